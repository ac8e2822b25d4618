"""What a platform sends, read by its file: an application under our names, a callback with what it asks of us.

Whatever is wrong is said of the field as the platform has it, so that whoever runs the platform finds it. Which rules a value
has to keep besides, the form of its matter says, as at the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.errors import InvalidInput
from engine.platforms import Application, Ask, Asked, Field, Platform, Sort, Submission, Told
from engine.sentences import say

LONGEST_KEY = 100
"""Characters of a number or another value by which a case is found."""

_LONGEST_PATH = 200

Body = Mapping[str, Any]
_MISSING = object()
_TRUTHS: Mapping[str, bool] = {
    "1": True, "0": False, "true": True, "false": False, "是": True, "否": False, "Y": True, "N": False}


def submission(platform: Platform, body: Body) -> Submission:
    """Read an application. Raises InvalidInput naming the field as the platform has it."""
    form = platform.application
    number, matter = _key(body, form.number), _key(body, form.matter)
    data = _values(form.fields, body)
    if not form.is_open:
        _refuse_unknown(form, body)
    return Submission(number=number, matter=form.matters.get(matter, matter), data=data)


def told(platform: Platform, body: Body) -> Told:
    """Read a callback. A code nobody has mapped asks for a person, and so does one without code or message. Raises InvalidInput
    naming the field."""
    form = platform.callback
    code, message = (_key(body, path, "") if path else "" for path in (form.code, form.message))
    keys = {each.by: found for each in form.keys if (found := _key(body, each.path, ""))}
    if not keys:
        raise InvalidInput(form.keys[0].path, say("is missing: nothing says which case is meant"))
    asked = form.messages.get(message) or form.codes.get(code) or Asked(ask=Ask.PERSON)
    reason = _found(body, form.reason) if form.reason else ""
    return Told(code=code, message=asked.message or message, asked=asked, keys=keys, data=_values(form.fields, body),
                reason=reason if isinstance(reason, str) else "")


def their_field(platform: Platform, ours: str) -> str:
    """What the platform calls a field of ours, named as a refusal has it (`data.park`); ours where it has none."""
    name, dot, rest = ours.removeprefix("data.").partition(".")
    fields = (*platform.application.fields, *platform.callback.fields)
    found = next((each.path for each in fields if each.name == name), None)
    if found is None:
        return platform.application.matter if ours in ("process", "matter") else ours
    return f"{found}{dot}{rest}"


def _values(fields: Iterable[Field], body: Body) -> dict[str, object]:
    found = ((each, _found(body, each.path)) for each in fields)
    return {each.name: _read(each, value) for each, value in found if value not in (_MISSING, None, "")}


def _read(asked: Field, value: object) -> object:
    """A value as ours. Raises InvalidInput."""
    if asked.values:
        if not isinstance(value, str) or value not in asked.values:
            raise InvalidInput(asked.path, say("is none of {value}", value=tuple(asked.values)))
        return asked.values[value]
    match asked.sort:
        case Sort.TEXT if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        case Sort.INTEGER | Sort.NUMBER if isinstance(value, str):
            return _number(asked, value.strip())
        case Sort.BOOLEAN if isinstance(value, str | int) and str(value) in _TRUTHS:
            return _TRUTHS[str(value)]
    return value


def _number(asked: Field, text: str) -> object:
    plain = text.removeprefix("-").replace(".", "", 0 if asked.sort is Sort.INTEGER else 1)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 15):
        raise InvalidInput(asked.path, say("is not of the type {value}", value=asked.sort))
    return int(text) if "." not in text else float(text)


def _key(body: Body, path: str, default: str | None = None) -> str:
    """A text by which something is found. Raises InvalidInput when it is missing and has to be there, or is no such text."""
    value = _found(body, path)
    if value in (_MISSING, None, ""):
        if default is None:
            raise InvalidInput(path, "is missing")
        return default
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.isprintable() or not 0 < len(text.strip()) <= LONGEST_KEY:
        raise InvalidInput(path, say("expected 1 to {most} printable characters on one line", most=LONGEST_KEY))
    return text.strip()


def _found(body: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(body, Mapping) or name not in body:
            return _MISSING
        body = body[name]
    return body


def _refuse_unknown(form: Application, body: Body) -> None:
    """What is sent and nobody reads is a slip, or something this office has not been told of. Raises InvalidInput."""
    known = {form.number, form.matter, *form.passed_over, *(each.path for each in form.fields)}
    for path in _paths("", body, known):
        if path not in known:
            raise InvalidInput(path[:_LONGEST_PATH], say("unknown field; known are: {known}", known=tuple(sorted(known))))


def _paths(path: str, value: object, known: set[str]) -> Iterator[str]:
    if not isinstance(value, Mapping) or path in known:
        yield path
        return
    for name, inner in value.items():
        yield from _paths(f"{path}.{name}".lstrip("."), inner, known)
