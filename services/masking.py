"""What of people's numbers a page shows: as much as tells two of them apart (domain rules §5: 身份证 前6后4, 电话 前3后4).

A field is personal when its form says so: by the format of an identity number or by `"x-personal": true`. In what was typed
freely (an applicant's name, an opinion, a reminder) a number is found by its looks, and an identity number by its check digit,
so that the codes of cases, companies and projects stay readable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine import codes
from engine.errors import InvalidInput

FORMATS = frozenset({"resident-id"})
"""The formats of `engine.codes` that are numbers of people."""

_IDENTITY = re.compile(r"\d{17}[\dXx]|\d{15}", re.ASCII)
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z-])(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[ -]?\d{7,8}|\d{17}[\dXx])(?![0-9A-Za-z-])", re.ASCII)


def is_personal(schema: Mapping[str, Any]) -> bool:
    """Does a field hold what concerns a person alone?"""
    return schema.get("x-personal") is True or schema.get("format") in FORMATS


def masked(value: str) -> str:
    """A personal value with its middle hidden: of an identity number six characters before it and four after, of anything else
    three and four; of what is too short for that, all but the last."""
    first = 6 if _IDENTITY.fullmatch(value) else 3
    if len(value) < first + 4 + 3:
        return f"{'*' * (len(value) - 1)}{value[-1:]}"
    return f"{value[:first]}{'*' * (len(value) - first - 4)}{value[-4:]}"


def hidden(text: str) -> str:
    """A text in which the numbers of phones and of people are masked."""
    return _NUMBER.sub(lambda found: masked(found[0]) if _is_persons(found[0]) else found[0], text)


def hidden_in(value: Any) -> Any:
    """The same of every text in a value of JSON."""
    match value:
        case str():
            return hidden(value)
        case list():
            return [hidden_in(each) for each in value]
        case dict():
            return {name: hidden_in(each) for name, each in value.items()}
    return value


def _is_persons(number: str) -> bool:
    if not _IDENTITY.fullmatch(number):
        return True
    try:
        codes.resident_id(number)
    except InvalidInput:
        return False
    return True
