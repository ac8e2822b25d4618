"""What a connector asks a system over HTTP, and what the system's answer means: pure, from values to values.

A connector says which variable is sent by which field, and by which JSON pointer (RFC 6901) each variable of the answer is
found. A POST sends the fields as a JSON object, a GET as the query. An answer of 2xx is read; a status the connector has a
BPMN error for is that error; a system that is busy or broken (408, 425, 429, 5xx) is asked again later; any other answer, a
redirect among them, means that what we ask is not what it takes, which no repetition mends: a person has to look. What the
system said is never part of a reason: it may hold what is nobody's business. """

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import orjson

from engine.errors import InvalidInput
from engine.sentences import Sentence, say
from webhooks.post import Answer
from webhooks.schedule import asked_for

METHODS = ("POST", "GET")
_AGAIN = frozenset({408, 425, 429})
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How a system is asked. `sends`: the variable by the name of its field; `reads`: the JSON pointer by the name of the
    variable it fills; `errors`: the code of a BPMN error by the status that means it."""

    url: str
    method: str = "POST"
    sends: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The system has answered with these values."""

    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threw:
    """The system has answered with what the diagram draws as an error."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """No answer that can be taken. `is_final`: asking again would not help; `pause`: how long the system asks to be left alone,
    None: it does not say."""

    reason: Sentence
    is_final: bool
    pause: timedelta | None = None


def check(call: Call) -> None:
    """Raises InvalidInput naming what is wrong."""
    if call.method not in METHODS:
        raise InvalidInput("method", say("expected one of {known}", known=METHODS))
    for name, pointer in call.reads.items():
        if not name.isidentifier() or (pointer and not pointer.startswith("/")) or len(pointer) > 500:
            raise InvalidInput(f"reads.{name}", "expected the name of a variable and a JSON pointer like /data/number")
    for name, variable in call.sends.items():
        if not name.strip() or not name.isprintable() or not variable.isidentifier():
            raise InvalidInput(f"sends.{name}", "expected the name of a field and of a variable")
    for status, code in call.errors.items():
        if not (status.isascii() and status.isdigit() and 400 <= int(status[:4]) <= 599) or not code:
            raise InvalidInput(f"errors.{status}", "expected a status from 400 to 599 and the code of an error")


def asked(call: Call, variables: Mapping[str, object]) -> tuple[str, bytes]:
    """Where a request goes and its body; a field whose variable has no value is left out."""
    sent = {name: variables[variable] for name, variable in call.sends.items() if variables.get(variable) is not None}
    if call.method == "POST":
        return call.url, orjson.dumps(sent)
    query = urlencode({name: _as_text(value) for name, value in sent.items()}, doseq=True)
    return (f"{call.url}{'&' if '?' in call.url else '?'}{query}" if query else call.url), b""


def meant(call: Call, answer: Answer) -> Answered | Threw | Unserved:
    """What an answer means."""
    if (code := call.errors.get(str(answer.status))) is not None:
        return Threw(code=code)
    if 200 <= answer.status < 300:
        return _read(call, answer)
    if answer.status in _AGAIN or answer.status >= 500:
        return Unserved(reason=say("the system answered with status {status}", status=answer.status), is_final=False,
                        pause=asked_for(answer.status, answer.headers) or None)
    return Unserved(reason=say("the system refused with status {status}", status=answer.status), is_final=True)


def _read(call: Call, answer: Answer) -> Answered | Unserved:
    if not call.reads:
        return Answered(data={})
    if not answer.is_whole:
        return Unserved(reason=say("the answer is longer than {most} bytes", most=len(answer.body)), is_final=True)
    try:
        said: Any = orjson.loads(answer.body)
        return Answered(data={name: _at(said, pointer) for name, pointer in call.reads.items()})
    except orjson.JSONDecodeError:
        return Unserved(reason=say("the answer is no JSON"), is_final=True)
    except LookupError as missing:
        return Unserved(reason=say("the answer has nothing at {pointer}", pointer=str(missing.args[0])), is_final=True)


def _at(said: Any, pointer: str) -> object:
    """What stands at a JSON pointer. Raises LookupError with the pointer."""
    at = said
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(at, dict) and name in at:
            at = at[name]
        elif isinstance(at, list) and name.isascii() and name.isdigit() and int(name[:9]) < len(at):
            at = at[int(name[:9])]
        else:
            raise LookupError(pointer)
    return at


def _as_text(value: object) -> object:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return [_as_text(each) for each in value]
    return value
