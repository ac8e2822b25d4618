"""A tree of BPMN elements becomes processes as values: which nodes there are, which flows, what each node is.

Decides what every element of a process means, and says so for each that has no meaning here. What was left out or drawn in
a roundabout way (flows without ids, links) is put straight by `normalise`, scope by scope. Drawing (BPMNDI) is never looked
at, nor is `incoming`/`outgoing`: a sequence flow's own source and target say it all, and order is the order in the file.
"""

from __future__ import annotations

from dataclasses import replace

from engine.definitions.activities import CONNECTORS, PEOPLE, read_activity, read_loop
from engine.definitions.events import MAX_NAME, NONE, read_event
from engine.definitions.foreign import declare_foreign, point_out
from engine.definitions.model import Event, EventKind, Flow, Node, NodeKind, Party, Process, Scope, TimerKind
from engine.definitions.normalise import Draft, normalise
from engine.definitions.reader import BPMN, Element, child, children, local, namespace, text_of
from engine.definitions.reading import SCRIPT_LANGUAGES, Reading
from engine.definitions.words import (
    declare_variables,
    only,
    read_defaults,
    read_limits,
    read_milestone,
    read_party,
    read_stopped_by,
    words,
)

MAX_NODES_IN_SCOPE = 400
MAX_FLOWS_IN_SCOPE = 2000
MAX_NODES = 2000
MAX_DEPTH = 10
MAX_ID = 200

_TASKS = {*PEOPLE, *CONNECTORS, "receiveTask", "scriptTask", "callActivity"}
_GATEWAYS = {"exclusiveGateway": NodeKind.EXCLUSIVE_GATEWAY, "parallelGateway": NodeKind.PARALLEL_GATEWAY,
             "inclusiveGateway": NodeKind.INCLUSIVE_GATEWAY, "eventBasedGateway": NodeKind.EVENT_GATEWAY}
_EVENTS = {"startEvent": NodeKind.START_EVENT, "endEvent": NodeKind.END_EVENT, "boundaryEvent": NodeKind.BOUNDARY_EVENT,
           "intermediateCatchEvent": NodeKind.CATCH_EVENT, "intermediateThrowEvent": NodeKind.THROW_EVENT}
_ALLOWED = {
    NodeKind.START_EVENT: {EventKind.NONE, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.TIMER},
    NodeKind.END_EVENT: {EventKind.NONE, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ERROR, EventKind.ESCALATION,
                         EventKind.TERMINATE},
    NodeKind.BOUNDARY_EVENT: {EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ERROR, EventKind.ESCALATION},
    NodeKind.CATCH_EVENT: {EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL},
    NodeKind.THROW_EVENT: {EventKind.NONE, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ESCALATION},
}
_SCOPES = {"subProcess", "transaction", "adHocSubProcess"}
_DATA = {"dataObject", "dataObjectReference", "dataStoreReference", "ioSpecification", "property", "ioBinding"}
_SILENT = {"documentation", "extensionElements", "laneSet", "incoming", "outgoing", "textAnnotation", "association", "group",
           "auditing", "monitoring", "resourceRole", "performer", "potentialOwner", "humanPerformer", "supports", "category",
           "correlationSubscription", "supportedInterfaceRef", "multiInstanceLoopCharacteristics",
           "standardLoopCharacteristics", "sequenceFlow", "dataInputAssociation", "dataOutputAssociation", "artifact"}


def build_process(reading: Reading, element: Element) -> Process:
    """The process of a `process` element."""
    reading.variables = {}
    reading.check_length(element, "id", element.get("id"), MAX_ID)
    reading.check_length(element, "name", element.get("name"), MAX_NAME)
    found = words(reading, element)
    declare_variables(reading, found)
    matter, start = only(found, "matter"), only(found, "start")
    about = matter.attrib if matter is not None else {}
    lanes, reading.parties = _lanes(element), _parties(reading, element)
    scope = _scope(reading, element, lanes, 0)
    return Process(id=element.get("id") or "process", name=element.get("name") or element.get("id") or "",
                      scope=scope, matter=about.get("code"),
                      department=about.get("department", ""), system=about.get("system", ""),
                      situation=about.get("situation", ""), stopped_by=read_stopped_by(reading, found),
                      limits=read_limits(reading, found), variables=dict(reading.variables),
                      defaults=read_defaults(reading, found), form=start.get("form") if start is not None else None,
                      line=element.sourceline)


def _scope(reading: Reading, owner: Element, lanes: dict[str, str], depth: int) -> Scope:
    draft = Draft()
    _declare_data(reading, owner)
    declare_foreign(reading, owner)
    for element in owner:
        if namespace(element) != BPMN:
            reading.findings.warning("foreign_element", element, f"<{local(element)}> does not belong to BPMN and is not read",
                                     "other vendors' elements belong into extensionElements")
        elif node := _read_node(reading, element, lanes, draft, depth):
            draft.nodes.append(node)
        elif local(element) == "sequenceFlow":
            _read_flow(reading, element, draft)
    if len(draft.nodes) > MAX_NODES_IN_SCOPE:
        reading.findings.error("too_many_nodes", owner, f"{len(draft.nodes)} nodes in one process or sub-process, more than "
                               f"{MAX_NODES_IN_SCOPE}", "move parts into sub-processes or called processes")
    return normalise(reading.findings, draft)


def _read_node(
    reading: Reading, element: Element, lanes: dict[str, str], draft: Draft, depth: int,
) -> Node | None:
    """The node of an element; None when it is none, or one that is only data or text."""
    tag = local(element)
    if tag in _SILENT:
        return None
    if tag in _DATA:
        reading.findings.note("data_not_enforced", None, "data objects and stores are documentation here: no task waits "
                              "for data", "what conditions read is declared with jb:variable or a form")
        return None
    if not _register(reading, element):
        return None
    name, lane = " ".join((element.get("name") or "").split()), lanes.get(element.get("id"))
    if tag in _TASKS:
        _check_tokens(reading, element)
        return replace(read_activity(reading, element, name, lane), default=element.get("default"),
                       party=reading.parties.get(element.get("id")))
    if tag in _EVENTS:
        return _event(reading, element, name, lane, draft)
    if tag in _GATEWAYS:
        return _gateway(reading, element, name, lane)
    if tag in _SCOPES:
        return _subprocess(reading, element, name, lane, lanes, depth)
    hints = {"complexGateway": "use exclusive, inclusive or parallel gateways"}
    reading.findings.error("complex_gateway" if tag == "complexGateway" else "unknown_element", element,
                           f"<{tag}> is not supported", hints.get(tag, "remove it, or draw it with supported elements"))
    return Node(id=element.get("id"), kind=NodeKind.THROW_EVENT, event=NONE, line=element.sourceline)


def _register(reading: Reading, element: Element) -> bool:
    """Every node needs an id of its own."""
    own = element.get("id")
    if not own:
        reading.findings.error("no_id", element, f"<{local(element)}> has no id", "give every element an id")
        return False
    if own in reading.ids:
        reading.findings.error("duplicate_id", element, f"the id “{own}” is used already on line {reading.ids[own]}",
                               "give every element an id of its own")
        return False
    reading.check_length(element, "id", own, MAX_ID)
    reading.check_length(element, "name", element.get("name"), MAX_NAME)
    reading.ids[own] = element.sourceline
    reading.nodes += 1
    if reading.nodes > MAX_NODES:
        reading.findings.error("too_many_nodes", None, f"more than {MAX_NODES} nodes in the file: the rest is not looked at",
                               "split the file into processes that call each other")
    return reading.nodes <= MAX_NODES


def _check_tokens(reading: Reading, element: Element) -> None:
    for attribute in ("startQuantity", "completionQuantity"):
        if element.get(attribute, "1").strip() != "1":
            reading.findings.error("token_quantity", element, f"{attribute}={element.get(attribute)} is not supported",
                                   "draw a parallel gateway or a multi-instance activity")
    if element.get("isForCompensation") == "true":
        reading.findings.error("compensation", element, "compensation is not run", "draw the undoing as a path of its own")


def _event(reading: Reading, element: Element, name: str, lane: str | None, draft: Draft) -> Node:
    kind = _EVENTS[local(element)]
    catches = kind not in (NodeKind.END_EVENT, NodeKind.THROW_EVENT)
    event, link = read_event(reading, element, catches=catches)
    point_out(reading, element)
    declare_foreign(reading, element)
    if link is not None:
        return _link(reading, element, kind, name, lane, link, draft)
    if event.kind not in _ALLOWED[kind] and not _is_noted(reading, element):
        what = "no event" if event.kind is EventKind.NONE else f"the event “{event.kind.value}”"
        reading.findings.error("unsupported_event", element, f"a {kind.value.replace('_', ' ')} cannot have {what}",
                               f"one of {', '.join(sorted(each.value for each in _ALLOWED[kind]))}")
    interrupting = element.get("cancelActivity", "true") != "false"
    if kind is NodeKind.BOUNDARY_EVENT and event.kind is EventKind.ERROR and not interrupting:
        reading.findings.error("error_must_interrupt", element, "an error always ends the activity it comes from",
                               "set cancelActivity to true, or use an escalation")
    if kind is NodeKind.CATCH_EVENT or (kind is NodeKind.BOUNDARY_EVENT and interrupting):
        event = _once(event)
    return Node(id=element.get("id"), kind=kind, name=name, lane=lane, event=event, line=element.sourceline,
                attached_to=element.get("attachedToRef") if kind is NodeKind.BOUNDARY_EVENT else None,
                interrupting=interrupting, milestone=read_milestone(reading, words(reading, element)))


def _is_noted(reading: Reading, element: Element) -> bool:
    return any(found.element == element.get("id") and found.severity.value == "error" for found in reading.findings.all)


def _once(event: Event) -> Event:
    """A cycle that ends what it interrupts fires once."""
    if event.timer is None or event.timer.kind is not TimerKind.CYCLE:
        return event
    return replace(event, timer=replace(event.timer, repetitions=1))


def _link(
    reading: Reading, element: Element, kind: NodeKind, name: str, lane: str | None, link: str, draft: Draft,
) -> Node:
    if kind not in (NodeKind.CATCH_EVENT, NodeKind.THROW_EVENT) or not link:
        reading.findings.error("bad_link", element, "a link must have a name and be an intermediate event",
                               "name both ends of the link alike")
    else:
        draft.links[element.get("id")] = link
    own = NodeKind.CATCH_EVENT if kind is NodeKind.CATCH_EVENT else NodeKind.THROW_EVENT
    return Node(id=element.get("id"), kind=own, name=name, lane=lane, event=NONE, line=element.sourceline)


def _gateway(reading: Reading, element: Element, name: str, lane: str | None) -> Node:
    kind = _GATEWAYS[local(element)]
    if kind is NodeKind.EVENT_GATEWAY and (element.get("instantiate") == "true"
                                           or element.get("eventGatewayType") == "Parallel"):
        reading.findings.error("instantiating_gateway", element, "an event gateway that starts the process, or waits for "
                               "all its events, is not supported", "begin with a start event; wait for all after a "
                               "parallel gateway")
    return Node(id=element.get("id"), kind=kind, name=name, lane=lane, default=element.get("default"),
                line=element.sourceline)


def _subprocess(
    reading: Reading, element: Element, name: str, lane: str | None, lanes: dict[str, str], depth: int,
) -> Node:
    _check_tokens(reading, element)
    point_out(reading, element)
    words(reading, element)
    tag = local(element)
    if tag == "adHocSubProcess":
        reading.findings.error("ad_hoc", element, "an ad-hoc sub-process has no order that could be followed",
                               "draw the order, or one user task with a checklist")
    elif element.get("triggeredByEvent") == "true":
        reading.findings.error("event_subprocess", element, "event sub-processes are not supported",
                               "attach a boundary event to the activity it should watch")
    if tag == "adHocSubProcess" or element.get("triggeredByEvent") == "true" or depth >= MAX_DEPTH:
        if depth >= MAX_DEPTH:
            reading.findings.error("too_deep", element, f"sub-processes are nested deeper than {MAX_DEPTH}",
                                   "move the inner ones into called processes")
        return Node(id=element.get("id"), kind=NodeKind.USER_TASK, name=name, lane=lane, line=element.sourceline)
    if tag == "transaction":
        reading.findings.note("transaction", element, "a transaction is run as a plain sub-process: nothing is undone")
    return Node(id=element.get("id"), kind=NodeKind.SUBPROCESS, name=name, lane=lane, loop=read_loop(reading, element),
                default=element.get("default"), line=element.sourceline,
                body=_scope(reading, element, lanes, depth + 1))


def _read_flow(reading: Reading, element: Element, draft: Draft) -> None:
    own = element.get("id")
    if own and own in reading.ids:
        reading.findings.error("duplicate_id", element, f"the id “{own}” is used already on line {reading.ids[own]}",
                               "give every element an id of its own")
        return
    if own:
        reading.ids[own] = element.sourceline
    source, target = element.get("sourceRef"), element.get("targetRef")
    if not source or not target:
        reading.findings.error("dangling_flow", element, "the flow does not say where it begins and ends",
                               "connect both its ends")
        return
    if len(draft.flows) >= MAX_FLOWS_IN_SCOPE:
        reading.findings.error("too_many_flows", None, f"more than {MAX_FLOWS_IN_SCOPE} flows in one process or sub-process: "
                               "the rest is not looked at", "move parts into sub-processes or called processes")
        return
    draft.flows.append(Flow(id=own or "", source=source, target=target, condition=_condition(reading, element)))


def _condition(reading: Reading, element: Element) -> str | None:
    condition = child(element, "conditionExpression")
    if condition is None:
        return None
    language = (condition.get("language") or "").lower()
    if any(word in language for word in SCRIPT_LANGUAGES) or any("resource" in name for name in condition.attrib):
        reading.findings.error("script_condition", element, "the condition is a script, which is never run",
                               "write it in CEL over the case's variables, such as: verify == \"accept\"")
        return None
    text = text_of(condition)
    if not text:
        reading.findings.note("empty_condition", element, "the condition is empty: the flow is read as having none")
        return None
    return reading.expression(text, element, "the condition")


def _declare_data(reading: Reading, owner: Element) -> None:
    """Data objects and properties are variables by their names."""
    for element in children(owner, "dataObject", "dataObjectReference", "property"):
        reading.declare(element.get("name") or element.get("id"))


def _lanes(process: Element) -> dict[str, str]:
    """Node id → name of its innermost lane; nested lanes come later in the document than the lane around them."""
    lanes = {}
    for lane in process.iter(f"{{{BPMN}}}lane"):
        for reference in children(lane, "flowNodeRef"):
            lanes[text_of(reference)] = lane.get("name") or lane.get("id") or ""
    return lanes


def _parties(reading: Reading, process: Element) -> dict[str, Party]:
    """Node id → what its innermost lane is said to be, or else the lane around it."""
    parties: dict[str, Party] = {}
    said: dict[Element, Party | None] = {}
    for lane in process.iter(f"{{{BPMN}}}lane"):
        around = next(lane.iterancestors(f"{{{BPMN}}}lane"), None)
        said[lane] = read_party(reading, lane, words(reading, lane)) or (said.get(around) if around is not None else None)
        for reference in children(lane, "flowNodeRef"):
            if (party := said[lane]) is not None:
                parties[text_of(reference)] = party
            else:
                parties.pop(text_of(reference), None)
    return parties
