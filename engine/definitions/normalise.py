"""One scope as it was drawn becomes one that says the same and can be run.

Decides how what SpiffWorkflow passes over in silence is put straight: a flow without an id gets one made from its ends (an
approval must not vanish because an optional attribute is missing), a pair of link events becomes a flow, and the only flow
without a condition that leaves a choice is its default. What cannot be put straight is noted as an error. Tasks that split
or choose need no mending: the kernel runs them as BPMN 2.0 §13.2 says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from engine.definitions.findings import Findings
from engine.definitions.model import Flow, Node, NodeKind, Scope

CHOOSING = frozenset({NodeKind.EXCLUSIVE_GATEWAY, NodeKind.INCLUSIVE_GATEWAY})
ACTIVITIES = frozenset({NodeKind.USER_TASK, NodeKind.SERVICE_TASK, NodeKind.CATCH_EVENT, NodeKind.SUBPROCESS,
                        NodeKind.CALL_ACTIVITY})


@dataclass(slots=True, kw_only=True)
class Draft:
    """A scope as read. `links`: the link name of each link event, by node id. A flow's id is "" when it has none."""

    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)


def normalise(findings: Findings, draft: Draft) -> Scope:
    """The scope with every flow whole, named and between nodes of the scope, links resolved and defaults set."""
    nodes = {node.id: node for node in draft.nodes}
    drawn = [*_connected(findings, draft.flows, nodes), *_link_flows(findings, draft, nodes)]
    flows = list(_named(drawn))
    leaving: dict[str, list[Flow]] = defaultdict(list)
    for flow in flows:
        leaving[flow.source].append(flow)
    kept = tuple(_with_default(findings, node, leaving[node.id]) for node in draft.nodes)
    defaults = {node.default for node in kept if node.default}
    return Scope(nodes=kept, flows=tuple(replace(flow, condition=None) if flow.id in defaults else flow for flow in flows))


def _connected(findings: Findings, flows: Iterable[Flow], nodes: Mapping[str, Node]) -> Iterable[Flow]:
    """The flows whose both ends are nodes of this scope."""
    for flow in flows:
        missing = next((end for end in (flow.source, flow.target) if end not in nodes), None)
        if missing is None:
            yield flow
        else:
            findings.error("dangling_flow", flow.id or flow.source, f"a flow from “{flow.source}” to “{flow.target}” ends at "
                           f"“{missing}”, which is no node of the same process or sub-process",
                           "connect it again; flows do not cross the border of a sub-process")


def _link_flows(findings: Findings, draft: Draft, nodes: Mapping[str, Node]) -> Iterable[Flow]:
    """A link is a flow that was not drawn (BPMN 2.0 §10.5.1): one from each throwing end to the catching end."""
    landings: dict[str, Node] = {}
    for own, name in draft.links.items():
        node = nodes[own]
        if node.kind is NodeKind.CATCH_EVENT and landings.setdefault(name, node) is not node:
            findings.error("bad_link", node, f"two catching ends have the name “{name}”", "give each link a name of its own")
    for own, name in draft.links.items():
        node = nodes[own]
        if node.kind is not NodeKind.THROW_EVENT:
            continue
        if name in landings:
            yield Flow(id="", source=own, target=landings[name].id)
        else:
            findings.error("bad_link", node, f"the link “{name}” has no catching end in the same process or sub-process",
                           "draw an intermediate catch event with a link of the same name")


def _named(flows: list[Flow]) -> Iterable[Flow]:
    """Every flow with an id, made from its ends where it had none; the same file gives the same ids."""
    taken, made = {flow.id for flow in flows if flow.id}, Counter[str]()
    for flow in flows:
        if flow.id:
            yield flow
            continue
        stem = own = f"{flow.source}__{flow.target}"
        while own in taken:
            made[stem] += 1
            own = f"{stem}_{made[stem] + 1}"
        taken.add(own)
        yield replace(flow, id=own)


def _with_default(findings: Findings, node: Node, leaving: list[Flow]) -> Node:
    """The node with a default that is one of its flows, or None."""
    if node.default is not None and node.default not in {flow.id for flow in leaving}:
        findings.error("bad_default", node, f"the default flow “{node.default}” does not leave “{node.id}”",
                       "set the default to a flow that leaves this element")
        return replace(node, default=None)
    if node.default is not None and node.kind not in CHOOSING | ACTIVITIES:
        findings.error("bad_default", node, f"a {node.kind.value.replace('_', ' ')} has no default flow",
                       "only activities, exclusive and inclusive gateways choose")
        return replace(node, default=None)
    return _with_made_default(findings, node, leaving)


def _with_made_default(findings: Findings, node: Node, leaving: list[Flow]) -> Node:
    if node.kind is not NodeKind.EXCLUSIVE_GATEWAY or len(leaving) < 2:
        return node
    plain = [flow for flow in leaving if flow.condition is None and flow.id != node.default]
    if len(plain) == 1 and node.default is None:
        findings.note("default_made", node, f"the flow to “{plain[0].target}” has no condition: it is taken when no other is",
                      "mark it as the default flow")
        return replace(node, default=plain[0].id)
    if plain:
        findings.error("no_condition", node, f"{len(plain)} flows leaving the exclusive gateway have no condition"
                       if node.default is None else "a flow leaving the exclusive gateway is neither conditional nor the "
                       "default", "give every flow but the default a condition")
    return node
