"""An entry of the catalogue as JSON, as the shelf and the office's own values have it.

Decides only the writing and what no entry may say: an unknown field, an unknown word, a code that cannot be true, a number that
only a project may give. Every refusal names the field, so that a slip of the pen never becomes a value nobody meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from engine import codes
from engine.catalogue import KINDS, Alias, Bundle, Category, Department, Entry, LimitGiver, Matter, MatterLimit, Park
from engine.errors import InvalidInput
from engine.limits import DRAWN
from engine.sentences import quoted, say

MAX_TEXT = 1000
MAX_NAME = 100
MAX_ITEMS = 200
_LARGEST_AMOUNT = 10_000
_MOST_STEPS = 50
_DIVISION = re.compile(r"\d{6}", re.ASCII)
_PLACE = re.compile(r"(.*) - at `\$\.?(.*)`$")


def read_entry(category: Category, data: object) -> Entry:
    """The entry in a parsed JSON object. Raises InvalidInput naming the field."""
    if not isinstance(data, dict):
        raise InvalidInput("", say("expected an object, found {type}", type=type(data).__name__))
    for path, value in _everything(data, ""):
        _check_size(path, value)
    try:
        entry: Entry = msgspec.convert(data, KINDS[category])
    except msgspec.ValidationError as wrong:
        told = _PLACE.match(str(wrong))
        raise InvalidInput(told[2] if told else "", quoted(told[1] if told else str(wrong))) from wrong
    _refuse_strange(data, msgspec.to_builtins(entry), "")
    return _checked(entry)


def write_entry(entry: Entry) -> dict[str, Any]:
    """An entry as a JSON object, whole: defaults are written out."""
    return cast(dict[str, Any], msgspec.to_builtins(entry))


def _everything(value: object, path: str) -> Iterator[tuple[str, object]]:
    yield path, value
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _everything(each, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _everything(each, f"{path}[{place}]")


def _check_size(path: str, value: object) -> None:
    if isinstance(value, str) and (len(value) > MAX_TEXT or not value.isprintable()):
        raise InvalidInput(path, say("expected at most {most} printable characters on one line", most=MAX_TEXT))
    if isinstance(value, Mapping | list) and len(value) > MAX_ITEMS:
        raise InvalidInput(path, say("expected at most {most} items, found {count}", most=MAX_ITEMS, count=len(value)))


def _refuse_strange(given: object, known: object, path: str) -> None:
    """A field that the entry did not take up is unknown. A mapping takes up every name."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            if name not in known:
                raise InvalidInput(f"{path}.{name}".removeprefix("."), say(
                    "unknown field; known are: {known}", known=tuple(known)))
            _refuse_strange(value, known[name], f"{path}.{name}".removeprefix("."))
    elif isinstance(given, list) and isinstance(known, list | tuple):
        for place, (value, taken) in enumerate(zip(given, known, strict=True)):
            _refuse_strange(value, taken, f"{path}[{place}]")


def _checked(entry: Entry) -> Entry:
    """An entry without a contradiction. Raises InvalidInput."""
    for field, value in (("code", entry.code), ("name", entry.name)):
        if not value.strip() or len(value) > MAX_NAME:
            raise InvalidInput(field, say("expected 1 to {most} characters", most=MAX_NAME))
    match entry:
        case Matter():
            _check_matter(entry)
        case Bundle():
            _check_bundle(entry)
        case Park():
            _check_aliases(entry.aliases)
            for place, division in enumerate(entry.divisions):
                if not _DIVISION.fullmatch(division):
                    raise InvalidInput(f"divisions[{place}]", say(
                        "区划代码: expected six digits, found “{division}”", division=division[:20]))
        case Department():
            _check_aliases(entry.aliases)
            if entry.credit_code:
                codes.credit_code(entry.credit_code, "credit_code")
    return entry


def _check_matter(matter: Matter) -> None:
    if matter.implementation_code:
        codes.matter_code(matter.implementation_code, "implementation_code")
    for field, names in (("materials", [material.name for material in matter.materials]), ("requires", list(matter.requires)),
                         ("limits", [limit.key for limit in matter.limits])):
        for place, name in enumerate(names):
            if not name or name in names[:place]:
                raise InvalidInput(f"{field}[{place}]", say("“{name}” is empty or there twice", name=name))
    for place, limit in enumerate(matter.limits):
        _check_limit(limit, f"limits[{place}]")


def _check_limit(limit: MatterLimit, path: str) -> None:
    if limit.kind not in DRAWN:
        raise InvalidInput(f"{path}.kind", say("expected one of {known}", known=tuple(sorted(kind.value for kind in DRAWN))))
    if limit.amount is None:
        return
    if limit.giver is LimitGiver.PROJECT:
        raise InvalidInput(f"{path}.amount", say(
            "only a project's commitment gives the number of “{limit}”: enter it there (jiban limits commit)", limit=limit.key))
    if not 0 <= limit.amount <= _LARGEST_AMOUNT:
        raise InvalidInput(f"{path}.amount", say(
            "expected a whole number from 0 to {most}, found {found}", most=_LARGEST_AMOUNT, found=limit.amount))


def _check_bundle(bundle: Bundle) -> None:
    named = [each.matter for each in bundle.matters]
    for place, each in enumerate(bundle.matters):
        if each.matter in named[:place]:
            raise InvalidInput(f"matters[{place}].matter", say("“{matter}” is there twice", matter=each.matter))
        if not 1 <= each.step <= _MOST_STEPS:
            raise InvalidInput(f"matters[{place}].step", say(
                "expected a step from 1 to {most}, found {found}", most=_MOST_STEPS, found=each.step))


def _check_aliases(aliases: tuple[Alias, ...]) -> None:
    for place, alias in enumerate(aliases):
        if not alias.name.strip():
            raise InvalidInput(f"aliases[{place}].name", "is missing")
        if alias.since is not None and alias.until is not None and alias.until <= alias.since:
            raise InvalidInput(f"aliases[{place}].until", say(
                "{until} is not after {since}", until=alias.until, since=alias.since))
