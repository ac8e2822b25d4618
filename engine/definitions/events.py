"""Event definitions: what an event waits for or throws, and when a timer is due (BPMN 2.0 §10.5).

Decides which of them have a meaning we can keep. Cancel, compensation, conditional and multiple events are refused; a link
is handed on by name, for it is only a way of drawing a flow.
"""

from __future__ import annotations

from datetime import UTC

from engine.definitions.expression_dialects import Dialect, dialect_of
from engine.definitions.foreign import vendor
from engine.definitions.model import Event, EventKind, Timer, TimerKind
from engine.definitions.reader import Element, child, children, local, text_of
from engine.definitions.reading import Reading
from engine.definitions.words import read_limits, words
from engine.iso8601 import parse_cycle, parse_duration, parse_instant

NONE = Event(kind=EventKind.NONE)
MAX_NAME = 400
_REFUSED = {
    "conditionalEventDefinition": "a conditional event fires when data change, which nothing here watches: use a message, "
                                  "or a gateway after the task that changes them",
    "compensateEventDefinition": "compensation is not run: draw the undoing as a path of its own",
    "cancelEventDefinition": "a transaction's cancel is not run: use an error event",
}
_TIMERS = {"timeDate": TimerKind.DATE, "timeDuration": TimerKind.DURATION, "timeCycle": TimerKind.CYCLE}
_NAMED = {"messageEventDefinition": ("messageRef", "message", EventKind.MESSAGE),
          "signalEventDefinition": ("signalRef", "signal", EventKind.SIGNAL)}
_CODED = {"errorEventDefinition": ("errorRef", "error", "errorCode", EventKind.ERROR),
          "escalationEventDefinition": ("escalationRef", "escalation", "escalationCode", EventKind.ESCALATION)}


def read_event(reading: Reading, element: Element, *, catches: bool) -> tuple[Event, str | None]:
    """The event an element stands for and, for a link, the link's name (the event is then NONE)."""
    found = _definitions(reading, element)
    if len(found) > 1 or element.get("parallelMultiple") == "true":
        reading.findings.error("multiple_events", element, "one event has several event definitions",
                               "draw one event for each, after an event-based or parallel gateway")
        return NONE, None
    if not found:
        return NONE, None
    definition, name = found[0], local(found[0])
    if name in _REFUSED:
        reading.findings.error("unsupported_event", element, f"<{name}> is not supported", _REFUSED[name])
    elif name in _NAMED:
        return _named(reading, element, definition, catches), None
    elif name in _CODED:
        return _coded(reading, element, definition, catches), None
    elif name == "timerEventDefinition":
        return Event(kind=EventKind.TIMER, timer=read_timer(reading, element, definition)), None
    elif name == "terminateEventDefinition":
        return Event(kind=EventKind.TERMINATE), None
    elif name == "linkEventDefinition":
        return NONE, (definition.get("name") or element.get("name") or "").strip()
    return NONE, None


def _definitions(reading: Reading, element: Element) -> list[Element]:
    inner = [found for found in children(element) if local(found).endswith("EventDefinition")]
    for reference in children(element, "eventDefinitionRef"):
        found = reading.roots.get(text_of(reference).rpartition(":")[2])
        if found is None:
            reading.findings.error("missing_reference", element, f"there is no event definition “{text_of(reference)}”",
                                   "put the event definition inside the event")
        else:
            inner.append(found)
    return inner


def _named(reading: Reading, element: Element, definition: Element, catches: bool) -> Event:
    """A message or a signal, known by its name."""
    attribute, tag, kind = _NAMED[local(definition)]
    return Event(kind=kind, name=reference_name(reading, element, definition.get(attribute), tag, catches))


def reference_name(reading: Reading, element: Element, reference: str | None, tag: str, catches: bool) -> str:
    """The name of the message or signal an element refers to. What waits must say for what: an error is noted. What
    throws without a name throws under its own id, since nobody can wait for it by mistake."""
    found = reading.root_element(reference, tag)
    if found is not None and (name := (found.get("name") or "").strip()):
        reading.check_length(found, "name", name, MAX_NAME)
        return name
    own = str(element.get("id"))
    if reference and found is None and ":" not in reference and tag == "signal":
        return reference
    if catches or found is not None:
        problem = "refers to none" if not reference else f"refers to “{reference}”, which has no name in this file"
        reading.findings.error(f"{tag}_without_name", element, f"it waits for or throws a {tag} but {problem}",
                               f'add <{tag} id="…" name="…"/> to the file and refer to it')
    else:
        reading.findings.warning(f"{tag}_unnamed", element, f"it throws a {tag} without a name; “{own}” is used",
                                 f'add <{tag} id="…" name="…"/> to the file and refer to it')
    return own


def _coded(reading: Reading, element: Element, definition: Element, catches: bool) -> Event:
    """An error or an escalation, known by its code. What catches may leave it open."""
    attribute, tag, code, kind = _CODED[local(definition)]
    reference = definition.get(attribute)
    found = reading.root_element(reference, tag)
    name = found.get(code) or found.get("name") or found.get("id") if found is not None else reference
    if not name and not catches:
        reading.findings.error(f"{tag}_without_code", element, f"it throws an {tag} without a code",
                               f'add <{tag} id="…" {code}="…"/> to the file and refer to it')
    return Event(kind=kind, name=name or None)


def read_timer(reading: Reading, element: Element, definition: Element) -> Timer | None:
    """When the timer is due; None when it cannot be said, which is an error noted."""
    limits = read_limits(reading, words(reading, definition))
    if limits:
        return Timer(kind=TimerKind.LIMIT, limit=limits[0])
    found = [(kind, text_of(child(definition, name))) for name, kind in _TIMERS.items() if child(definition, name) is not None]
    found = [(kind, text) for kind, text in found if text]
    if len(found) != 1:
        reading.findings.error("bad_timer", element, "the timer does not say when it is due" if not found else
                               "the timer says in several ways when it is due",
                               "one of timeDate, timeDuration, timeCycle (ISO 8601), or a jb:limit for working days")
        return None
    if vendor(definition, "businessCalendarName"):
        reading.findings.warning("calendar_ignored", element, "the timer's business calendar is not read",
                                 "working days are counted by a jb:limit")
    return _timer(reading, element, *found[0])


def _timer(reading: Reading, element: Element, kind: TimerKind, text: str) -> Timer | None:
    dialect, inner = dialect_of(text, reading.dialect)
    if inner[:1] == inner[-1:] and inner[:1] in ("'", '"') and len(inner) > 2:
        dialect, inner = Dialect.CEL, inner[1:-1]
    is_plain = inner[:1] in "PR+-" or inner[:1].isdigit() or " " in inner
    if dialect is Dialect.CEL or (dialect is Dialect.PYTHON and is_plain):
        return _literal(reading, element, kind, inner)
    expression = reading.expression(text, element, "the timer's expression")
    return None if expression is None else Timer(kind=kind, expression=expression)


def _literal(reading: Reading, element: Element, kind: TimerKind, text: str) -> Timer | None:
    repetitions: int | None = 1
    try:
        match kind:
            case TimerKind.DATE:
                parse_instant(text).astimezone(UTC)
            case TimerKind.DURATION:
                parse_duration(text)
            case _:
                repetitions = parse_cycle(text).repetitions
                if repetitions == 0:
                    raise ValueError(f"“{text}” never fires")
    except (ValueError, OverflowError) as wrong:
        reading.findings.error("bad_timer", element, str(wrong)[:200],
                               "ISO 8601: 2026-02-11T09:00+08:00, P5D, PT4H, R3/PT1H; working days: a jb:limit")
        return None
    return Timer(kind=kind, text=text, repetitions=repetitions)
