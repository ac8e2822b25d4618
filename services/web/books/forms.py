"""The questions the acts of books ask, as JSON Schemas: texts, days, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from engine.errors import InvalidInput
from services.web.fields import Schema


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


def number(title: str, hint: str = "") -> dict[str, Any]:
    """A whole number."""
    return {"type": "integer", "title": title, "description": hint}


def one_of(title: str, choices: Mapping[str, str], hint: str = "") -> dict[str, Any]:
    """One of several, by value and label."""
    return {"type": "string", "title": title, "description": hint,
            "oneOf": [{"const": value, "title": label} for value, label in choices.items()]}


def some_of(title: str, choices: Mapping[str, str]) -> dict[str, Any]:
    """Any of several."""
    return {"type": "array", "title": title, "items": {
        "oneOf": [{"const": value, "title": label} for value, label in choices.items()]}}


def text(said: Mapping[str, Any], name: str) -> str:
    """What was typed as a text; "" when it was left empty."""
    return str(said.get(name, ""))


def read_day(said: Mapping[str, Any], name: str) -> date | None:
    """What was typed as a date; None when it was left empty. Raises InvalidInput."""
    if name not in said:
        return None
    try:
        return date.fromisoformat(str(said[name]))
    except ValueError:
        raise InvalidInput(name, "expected a date such as 2026-11-25") from None
