"""A definition becomes a program: SpiffWorkflow specs built directly, once, and kept by content.

Decides what each node of the model is at run time and which called process a call activity runs: one of its own file,
else one of the main file, else one of the library. Nothing is parsed by SpiffWorkflow, so the drawing never matters
(its parser sorts outgoing flows by their height on the page). Every spec gets a number; the state refers to these numbers
and to the program's hash, so a state is never read with another program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from engine.definitions.model import (
    COUNTER,
    COUNTS,
    Definition,
    EventKind,
    MultiInstance,
    Node,
    NodeKind,
    StandardLoop,
)
from engine.expressions import Expression, compile_expression
from engine.process.activities import ActivitySpec, SubprocessSpec
from engine.process.events import BoundarySpec, CatchSpec, EndSpec, ThrowSpec
from engine.process.gateways import EventGatewaySpec, ExclusiveSpec, InclusiveSpec, ParallelSpec
from engine.process.loops import Several, WhileLoop
from engine.process.nodes import FlowSpec, NodeSpec
from engine.process.reach import nodes_reaching
from engine.process.scope import ScopeSpec

_ACTIVITIES = frozenset({NodeKind.USER_TASK, NodeKind.SERVICE_TASK, NodeKind.CATCH_EVENT, NodeKind.SUBPROCESS,
                         NodeKind.CALL_ACTIVITY})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """A runnable definition. `hash` (SHA-256, hex): of its meaning and that of all it calls. `variables`: the names any of
    its expressions reads. `specs` by number; `scope` is the top. `defaults`: variables an instance starts with."""

    hash: str
    variables: frozenset[str]
    scope: ScopeSpec
    specs: tuple[NodeSpec, ...]
    defaults: Mapping[str, object]
    prefix: bytes


def compile_program(
    definition: Definition, library: Mapping[str, Definition] | None = None, opens: Mapping[str, str] | None = None,
) -> Program:
    """The program of a definition; `library`: definitions that hold processes it may call, by process id. A called process
    that is nowhere becomes a CALL wait, as does one that is a child case; `opens`: the program hashes those run on, by process
    id, which are part of this one's identity. Cached. Raises ExpressionRefused for a text `check` would have refused."""
    others = dict(library or {})
    return _compiled(_Source(key=(definition.hash, definition.primary,
                                  tuple(sorted((process, other.hash) for process, other in others.items()))),
                             opens=tuple(sorted((opens or {}).items())), definition=definition, library=others))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What is compiled, equal by hashes."""

    key: tuple[str, str, tuple[tuple[str, str], ...]]
    opens: tuple[tuple[str, str], ...]
    definition: Definition = field(compare=False)
    library: Mapping[str, Definition] = field(compare=False)


@lru_cache(maxsize=512)
def _compiled(source: _Source) -> Program:
    builder = _Builder(source)
    definition = source.definition
    scope = builder.process(definition, definition.primary, is_called=False)
    opened = [f"child {process} {other}" for process, other in source.opens]
    digest = sha256("\n".join([definition.hash, definition.primary, *sorted(builder.used), *opened]).encode())
    return Program(hash=digest.hexdigest(), variables=frozenset(builder.variables) - COUNTS - {COUNTER}, scope=scope,
                   specs=tuple(builder.specs), defaults=dict(definition.process.defaults), prefix=digest.digest()[:8])


class _Builder:
    """The specs made so far. `used`: what was taken from the library, as “process hash”."""

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.specs: list[NodeSpec] = []
        self.variables: set[str] = set()
        self.used: set[str] = set()
        self.called: dict[tuple[str, str], ScopeSpec] = {}

    def process(self, home: Definition, id: str, *, is_called: bool) -> ScopeSpec:
        """The scope of a process; a process that calls itself meets its own scope."""
        process = home.processes[id]
        scope = ScopeSpec(id, process.scope, is_called=is_called, defaults=process.defaults)
        if is_called:
            self.called[home.hash, id] = scope
        self._fill(scope, home)
        return scope

    def _fill(self, scope: ScopeSpec, home: Definition) -> None:
        for place, node in enumerate(scope.drawn.nodes):
            spec = _CLASSES[node.kind](scope, node, len(self.specs))
            spec.place = place
            self.specs.append(spec)
            scope.nodes[node.id] = spec
            self._read(node)
        self._connect(scope)
        for spec in scope.nodes.values():
            self._complete(spec, home)
        scope.starts = tuple(_starts(scope))
        scope.inclusive = tuple(_joins(scope))

    def _connect(self, scope: ScopeSpec) -> None:
        arrivals = dict.fromkeys(scope.nodes, 0)
        for flow in scope.drawn.flows:
            source, target = scope.nodes[flow.source], scope.nodes[flow.target]
            source.flows.append(FlowSpec(flow.id, source, target, self._expression(flow.condition), arrivals[flow.target]))
            source.connect(target)
            arrivals[flow.target] += 1
        for id, count in arrivals.items():
            spec = scope.nodes[id]
            if isinstance(spec, ParallelSpec):
                spec.incoming = count
            spec.is_choice = _is_choice(spec)

    def _complete(self, spec: NodeSpec, home: Definition) -> None:
        """What needs the other nodes of the scope, or other scopes."""
        node = spec.node
        if isinstance(spec, BoundarySpec):
            spec.scope.nodes[node.attached_to or ""].boundary.append(spec)
        if isinstance(node.loop, MultiInstance):
            spec.loop = Several(node.loop)
        elif isinstance(node.loop, StandardLoop):
            spec.loop = WhileLoop(node.loop)
        if isinstance(spec, SubprocessSpec) and node.child is None and (body := self._body(node, home)) is not None:
            spec.contain(body)

    def _body(self, node: Node, home: Definition) -> ScopeSpec | None:
        if node.body is not None:
            body = ScopeSpec(node.id, node.body)
            self._fill(body, home)
            return body
        found = next((other for other in (home, self.source.definition, self.source.library.get(node.called or ""))
                      if other is not None and node.called in other.processes), None)
        if found is None or node.called is None:
            return None
        if found is not self.source.definition:
            self.used.add(f"{node.called} {found.hash}")
        return self.called.get((found.hash, node.called)) or self.process(found, node.called, is_called=True)

    def _read(self, node: Node) -> None:
        """Note which variables the node's own expressions read."""
        loop = node.loop
        if isinstance(loop, MultiInstance):
            self._expression(loop.cardinality)
            self._expression(loop.completion)
            self.variables |= {loop.collection} if loop.collection else set()
            self.variables |= {node.id} if loop.agree is not None else set()  # the outcome is counted, whoever reads it then
        elif isinstance(loop, StandardLoop):
            self._expression(loop.condition)
        if node.event is not None and node.event.timer is not None:
            self._expression(node.event.timer.expression)

    def _expression(self, text: str | None) -> Expression | None:
        if text is None:
            return None
        expression = compile_expression(text)
        self.variables |= expression.variables
        return expression


def _starts(scope: ScopeSpec) -> Iterator[NodeSpec]:
    """The none start event, else the first start event, else every node nothing leads to (BPMN 2.0 §13.2.1)."""
    events = [spec for spec in scope.nodes.values() if spec.node.kind is NodeKind.START_EVENT]
    plain = [spec for spec in events if spec.event.kind is EventKind.NONE]
    if events:
        yield (plain or events)[0]
        return
    for spec in scope.nodes.values():
        if not spec.inputs and not isinstance(spec, BoundarySpec):
            yield spec


def _joins(scope: ScopeSpec) -> Iterator[InclusiveSpec]:
    for spec in scope.nodes.values():
        if isinstance(spec, InclusiveSpec) and spec.incoming > 1:
            spec.reach = nodes_reaching(scope, spec)
            yield spec


def _is_choice(spec: NodeSpec) -> bool:
    """Do conditions decide over the way out? Of an activity with a condition on a flow they do as well."""
    if spec.node.kind in (NodeKind.EXCLUSIVE_GATEWAY, NodeKind.INCLUSIVE_GATEWAY):
        return len(spec.flows) > 1 or any(flow.condition is not None for flow in spec.flows)
    return spec.node.kind in _ACTIVITIES and any(flow.condition is not None for flow in spec.flows)


def _catch(scope: ScopeSpec, node: Node, number: int) -> NodeSpec:
    """A catch event of no kind is a link's landing: a token goes through."""
    is_plain = node.event is None or node.event.kind is EventKind.NONE
    return NodeSpec(scope, node, number) if is_plain else CatchSpec(scope, node, number)


_CLASSES: Mapping[NodeKind, Callable[[ScopeSpec, Node, int], NodeSpec]] = {
    NodeKind.START_EVENT: NodeSpec,
    NodeKind.END_EVENT: EndSpec,
    NodeKind.USER_TASK: ActivitySpec,
    NodeKind.SERVICE_TASK: ActivitySpec,
    NodeKind.CATCH_EVENT: _catch,
    NodeKind.THROW_EVENT: ThrowSpec,
    NodeKind.BOUNDARY_EVENT: BoundarySpec,
    NodeKind.EXCLUSIVE_GATEWAY: ExclusiveSpec,
    NodeKind.PARALLEL_GATEWAY: ParallelSpec,
    NodeKind.INCLUSIVE_GATEWAY: InclusiveSpec,
    NodeKind.EVENT_GATEWAY: EventGatewaySpec,
    NodeKind.SUBPROCESS: SubprocessSpec,
    NodeKind.CALL_ACTIVITY: SubprocessSpec,
}
