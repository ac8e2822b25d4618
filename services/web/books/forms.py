"""The questions the acts of books ask, as JSON Schemas: texts, days, choices, sheets; and what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from engine.errors import InvalidInput, NotFound
from engine.sentences import say
from services.web.fields import Schema, Upload


def asking(required: Iterable[str] = (), **questions: Mapping[str, Any]) -> Schema:
    """A form with these questions in their order."""
    return {"type": "object", "properties": questions, "required": list(required)}


def line(title: str, longest: int = 100, hint: str = "") -> dict[str, Any]:
    """A short text."""
    return {"type": "string", "title": title, "maxLength": min(longest, 200), "description": hint}


def long(title: str, longest: int = 1000, hint: str = "") -> dict[str, Any]:
    """A text of several lines."""
    return {"type": "string", "title": title, "maxLength": longest, "description": hint}


def day(title: str, hint: str = "") -> dict[str, Any]:
    """A date."""
    return {"type": "string", "format": "date", "title": title, "description": hint}


def sheet(title: str, hint: str = "") -> dict[str, Any]:
    """A CSV or XLSX file."""
    return {"type": "string", "format": "file", "title": title, "description": hint}


def yes_no(title: str, hint: str = "") -> dict[str, Any]:
    """A claim that holds or not."""
    return {"type": "boolean", "title": title, "description": hint}


def lines(title: str, hint: str = "") -> dict[str, Any]:
    """Several short texts, one on each line."""
    return {"type": "array", "title": title, "items": {"type": "string"}, "description": hint}


def table(title: str, **columns: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of questions."""
    return {"type": "array", "title": title, "items": {"type": "object", "properties": columns}}


def number(title: str, hint: str = "") -> dict[str, Any]:
    """A whole number."""
    return {"type": "integer", "title": title, "description": hint}


def one_of(title: str, choices: Mapping[str, str], hint: str = "") -> dict[str, Any]:
    """One of several, by value and label."""
    return {"type": "string", "title": title, "description": hint,
            "oneOf": [{"const": value, "title": label} for value, label in choices.items()]}


def some_of(title: str, choices: Mapping[str, str], hint: str = "") -> dict[str, Any]:
    """Any of several."""
    return {"type": "array", "title": title, "description": hint, "items": {
        "oneOf": [{"const": value, "title": label} for value, label in choices.items()]}}


def text(said: Mapping[str, Any], name: str) -> str:
    """What was typed as a text; "" when it was left empty."""
    return str(said.get(name, ""))


def whole(said: Mapping[str, Any], name: str, default: int) -> int:
    """What was typed as a whole number; the default when it was left empty. Raises InvalidInput."""
    found = said.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int):
        raise InvalidInput(name, say("expected a whole number, found “{found}”", found=str(found)[:40]))
    return found


def chosen(said: Mapping[str, Any], name: str, known: Iterable[str]) -> str:
    """Which of these was chosen. Raises InvalidInput when it is none of them, as a form that nobody showed could say."""
    found = text(said, name)
    if found not in known:
        raise InvalidInput(name, "choose one of the list")
    return found


def listed(said: Mapping[str, Any], name: str) -> list[str]:
    """What was typed on the lines of a question."""
    found = said.get(name, [])
    return [str(each) for each in found] if isinstance(found, list) else []


def pairs(said: Mapping[str, Any], name: str) -> dict[str, str]:
    """What was typed into a table of a left and a right column, by the left. Raises InvalidInput when one is there twice."""
    rows = said.get(name, [])
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else []:
        left = text(row, "left")
        if left in found:
            raise InvalidInput(name, say("“{left}” is there twice", left=left))
        found[left] = text(row, "right")
    return found


def uploaded(said: Mapping[str, Any], name: str) -> bytes:
    """The file that was sent. Raises InvalidInput when it is empty."""
    found = said.get(name)
    if not isinstance(found, Upload) or not found.data:
        raise InvalidInput(name, "choose a file that is not empty")
    return found.data


def key_number(key: str) -> int:
    """The number a row is known by. Raises NotFound."""
    if not (key.isascii() and key.isdigit() and len(key) < 16):
        raise NotFound("row of this book", key)
    return int(key)


def read_day(said: Mapping[str, Any], name: str) -> date | None:
    """What was typed as a date; None when it was left empty. Raises InvalidInput."""
    if name not in said:
        return None
    try:
        return date.fromisoformat(str(said[name]))
    except ValueError:
        raise InvalidInput(name, say("expected a date like 2026-03-02, found “{found}”", found=str(said[name])[:20])) from None
