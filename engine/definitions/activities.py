"""Activities: tasks, call activities and what repeats them (BPMN 2.0 §10.3).

Decides who is waited for: a person (user, manual and plain tasks), a connector (service, send and business rule tasks) or
a message (receive tasks). Nothing runs by itself: a script task is refused, a service task waits for its connector.
"""

from __future__ import annotations

from engine.definitions.events import reference_name
from engine.definitions.expression_dialects import dialect_of
from engine.definitions.foreign import (
    declare_foreign,
    form_of,
    point_out,
    repeated_over,
    role_of,
    topic_of,
    vendor,
)
from engine.definitions.model import MAX_INSTANCES, Event, EventKind, MultiInstance, Node, NodeKind, StandardLoop
from engine.definitions.reader import Element, child, children, extensions, local, text_of
from engine.definitions.reading import Reading
from engine.definitions.words import (
    MAX_TOPIC,
    declare_variables,
    only,
    read_child,
    read_connector,
    read_countersign,
    read_limits,
    read_work,
    words,
)

PEOPLE = ("userTask", "manualTask", "task")
CONNECTORS = ("serviceTask", "sendTask", "businessRuleTask")
GLOBAL_TASKS = ("globalTask", "globalUserTask", "globalManualTask")


def read_activity(reading: Reading, element: Element, name: str, lane: str | None) -> Node:
    """The node of a task or call activity."""
    found = words(reading, element)
    declare_variables(reading, found)
    declare_foreign(reading, element)
    point_out(reading, element)
    tag = local(element)
    loop = read_loop(reading, element)
    if tag in PEOPLE:
        work = read_work(reading, element, found, role_of(element), form_of(element))
        if read_limits(reading, found):
            reading.findings.warning("limit_not_drawn", element, "nobody is told when the limit of this task lapses",
                                     "draw it: a non-interrupting boundary timer with the jb:limit and its escalation path")
        return _node(element, NodeKind.USER_TASK, name, lane, loop=_signed(reading, element, found, loop), work=work)
    if tag == "receiveTask":
        return _receive(reading, element, name, lane, loop)
    if tag == "callActivity":
        return _call(reading, element, name, lane, loop, found)
    if tag == "scriptTask":
        reading.findings.error("script_task", element, "a script task is code in a diagram and is never run",
                               "use a service task with a connector, or let a person or a form give the value")
        return _node(element, NodeKind.USER_TASK, name, lane)
    return _connector(reading, element, name, lane, loop, only(found, "connector"))


def _signed(
    reading: Reading, element: Element, found: list[Element], loop: MultiInstance | StandardLoop | None,
) -> MultiInstance | StandardLoop | None:
    """What repeats a task: its countersigning or its loop, not both."""
    countersign = read_countersign(reading, found)
    if countersign is not None and loop is not None:
        reading.findings.error("bad_word", element, "the task has both a jb:countersign and a loop of its own",
                               "keep one of them")
    return countersign or loop


def _node(
    element: Element, kind: NodeKind, name: str, lane: str | None, *, loop: MultiInstance | StandardLoop | None = None,
    **fields: object,
) -> Node:
    return Node(id=element.get("id"), kind=kind, name=name, lane=lane, line=element.sourceline, loop=loop,
                **fields)  # type: ignore[arg-type]


def _receive(
    reading: Reading, element: Element, name: str, lane: str | None, loop: MultiInstance | StandardLoop | None,
) -> Node:
    if element.get("instantiate") == "true":
        reading.findings.error("instantiating_receive", element, "a receive task that starts the process is not supported",
                               "begin with a start event")
    awaited = reference_name(reading, element, element.get("messageRef"), "message", True)
    return _node(element, NodeKind.CATCH_EVENT, name, lane, loop=loop, event=Event(kind=EventKind.MESSAGE, name=awaited))


def _connector(
    reading: Reading, element: Element, name: str, lane: str | None, loop: MultiInstance | StandardLoop | None,
    connector: Element | None,
) -> Node:
    if any(local(word) == "script" for word in extensions(element)) or vendor(element, "type") == "shell":
        reading.findings.error("script_task", element, "the task runs a script or a shell command, which is never run",
                               "use a connector: <jb:connector topic=\"…\"/>")
    topic = connector.get("topic") if connector is not None else topic_of(element)
    message = element.get("messageRef")
    if not topic and message and local(element) == "sendTask" and loop is None:
        thrown = reference_name(reading, element, message, "message", False)
        return _node(element, NodeKind.THROW_EVENT, name, lane, event=Event(kind=EventKind.MESSAGE, name=thrown))
    if not topic:
        reading.findings.warning("no_connector", element, f"the task names no connector; it waits for “{element.get('id')}”",
                                 'add <jb:connector topic="…"/> to its extensionElements')
    reading.check_length(element, "topic", topic, MAX_TOPIC)
    return _node(element, NodeKind.SERVICE_TASK, name, lane, loop=loop, topic=topic or element.get("id"),
                 connector=read_connector(reading, element, connector))


def _call(
    reading: Reading, element: Element, name: str, lane: str | None, loop: MultiInstance | StandardLoop | None,
    found: list[Element],
) -> Node:
    opens = read_child(reading, element, found)
    called = (element.get("calledElement") or _zeebe_called(element) or "").strip()
    if called.startswith(("${", "#{", "=")):
        reading.findings.error("dynamic_call", element, f"which process is called depends on “{called[:80]}”",
                               "name the process; draw a gateway where there is a choice")
    elif not called:
        reading.findings.error("no_called_process", element, "the call activity does not say which process it calls",
                               "set calledElement to the id of a process")
    if reading.root_element(called, "globalTask") is not None or any(
            reading.root_element(called, tag) is not None for tag in GLOBAL_TASKS):
        reading.findings.note("global_task", element, f"it calls the global task “{called}”: read as a task here")
        return _node(element, NodeKind.USER_TASK, name, lane, loop=loop, work=read_work(reading, element, [], None, None))
    return _node(element, NodeKind.CALL_ACTIVITY, name, lane, loop=loop, called=called.rpartition(":")[2] or "?", child=opens)


def _zeebe_called(element: Element) -> str | None:
    return next((word.get("processId") for word in extensions(element) if local(word) == "calledElement"), None)


def read_loop(reading: Reading, element: Element) -> MultiInstance | StandardLoop | None:
    """How often the activity runs; None means once."""
    standard = child(element, "standardLoopCharacteristics")
    if standard is not None:
        return _standard(reading, element, standard)
    several = child(element, "multiInstanceLoopCharacteristics")
    return None if several is None else _several(reading, element, several)


def _standard(reading: Reading, element: Element, loop: Element) -> StandardLoop | None:
    text, maximum = text_of(child(loop, "loopCondition")), loop.get("loopMaximum")
    if maximum is not None and not (maximum.isdigit() and maximum.isascii() and 0 < int(maximum[:9]) <= MAX_INSTANCES):
        reading.findings.error("bad_loop", element, f"loopMaximum “{maximum[:20]}” is no number from 1 to {MAX_INSTANCES}",
                               "give a whole number")
        return None
    if not text and maximum is None:
        reading.findings.error("bad_loop", element, "the loop says neither how long nor how often it goes on",
                               "add a loopCondition, or a loopMaximum")
        return None
    condition = reading.expression(text, element, "the loop condition") if text else None
    return StandardLoop(condition=condition, maximum=int(maximum) if maximum else None,
                        test_before=loop.get("testBefore") == "true")


def _several(reading: Reading, element: Element, loop: Element) -> MultiInstance | None:
    if loop.get("behavior", "All") != "All" or children(loop, "complexBehaviorDefinition"):
        reading.findings.error("loop_behavior", element, "events thrown as instances finish are not supported",
                               "remove “behavior”; throw the event after the activity")
    collection, variable, completion = repeated_over(loop)
    collection = collection or text_of(child(loop, "loopDataInputRef")) or None
    item = child(loop, "inputDataItem")
    variable = variable or (item.get("name") or item.get("id") if item is not None else None)
    cardinality = text_of(child(loop, "loopCardinality")) or None
    completion = text_of(child(loop, "completionCondition")) or completion
    if cardinality is None and collection is None:
        reading.findings.error("no_cardinality", element, "nothing says how many instances there are",
                               "add a <loopCardinality>, or a collection, such as a list of the departments asked")
        return None
    return MultiInstance(
        sequential=loop.get("isSequential") == "true",
        cardinality=_cardinality(reading, element, cardinality) if cardinality and not collection else None,
        collection=_list_name(reading, element, collection) if collection else None, element=variable or None,
        completion=reading.expression(completion, element, "the completion condition") if completion else None)


def _cardinality(reading: Reading, element: Element, text: str) -> str | None:
    inner = dialect_of(text)[1]
    if inner.lstrip("+-").isdigit() and not 0 < int(inner[:20]) <= MAX_INSTANCES:
        reading.findings.error("too_many_instances", element, f"{inner[:20]} instances: expected 1 to {MAX_INSTANCES}",
                               "give a number in that range")
        return None
    return reading.expression(text, element, "the number of instances")


def _list_name(reading: Reading, element: Element, text: str) -> str | None:
    """The variable that holds the list. To go through a list is to say that there is one: it need not be declared again."""
    name = dialect_of(text)[1]
    data = next((found for found in reading.root.iter("{*}dataInput", "{*}dataObject", "{*}dataObjectReference")
                 if found.get("id") == name), None)
    name = data.get("name") or name if data is not None else name
    if not name.isidentifier():
        reading.findings.error("bad_collection", element, f"“{text[:80]}” is not the name of a list variable",
                               "name a variable that holds a list of texts or numbers")
        return None
    reading.declare(name, "list")
    return name
