"""What a book is: columns, rows, acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.office import Office
from services.web.fields import Schema

EVERY = 2000
"""So many rows a book shows at once; its search narrows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks what of a book: its rows, or an act on one of them. `key`: of the row, "" for none."""

    connection: Connection
    office: Office
    by: str
    now: datetime
    key: str = ""
    with_history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a book. `key`: by which its acts find it; `acts`: the names of those it takes; `is_over`: it is history;
    `tag`: its state in a word, "" for none."""

    key: str
    cells: tuple[str, ...]
    acts: tuple[str, ...] = ()
    is_over: bool = False
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something done to a book or to a row. `consequence`: said before it is done; `roles`: who may; `asks`: the form;
    `given`: what stands in it at first; `do`: the use case, with what was typed, which raises what is refused."""

    name: str
    label: str
    consequence: str
    roles: frozenset[str]
    asks: Callable[[Asked], Schema]
    do: Callable[[Asked, Mapping[str, Any]], None]
    is_about_row: bool = False
    given: Callable[[Asked], Mapping[str, Any]] = lambda asked: {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book. `readers`: the roles that may read it; `note`: what it is for, in a sentence."""

    name: str
    title: str
    note: str
    columns: tuple[str, ...]
    readers: frozenset[str]
    rows: Callable[[Asked], Sequence[Row]]
    acts: tuple[Act, ...]
    has_history: bool = True

    def act(self, name: str) -> Act | None:
        """One of its acts."""
        return next((act for act in self.acts if act.name == name), None)
