"""What a book is: columns, rows, the particulars of a row, acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.calendar import SHANGHAI
from engine.errors import Forbidden
from services.office import Office
from services.passwords import STRONG, Hashing
from services.web import frame
from services.web.fields import Schema
from webhooks.guard import NOWHERE, Guard

EVERY = 2000
"""So many rows a book shows at once; its search narrows them."""

Said = Mapping[str, Any]
"""What was typed into the form of an act, by the names of its questions; what was left empty is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks what of a book: its rows, or an act on one of them. `key`: of the row, "" for none. `hashing`: what keeping a
    password costs here; `issuer`: of the provider of unified authentication 统一身份认证, "" for none; `guard`: where facts may
    be posted to."""

    connection: Connection
    office: Office
    by: str
    now: datetime
    key: str = ""
    with_history: bool = False
    hashing: Hashing = STRONG
    issuer: str = ""
    guard: Guard = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a book. `key`: by which its acts find it; `acts`: the names of those it takes; `is_over`: it is history;
    `tag`: its state in a word, "" for none, with the colour of a lamp in `colour`."""

    key: str
    cells: tuple[str, ...]
    acts: tuple[str, ...] = ()
    is_over: bool = False
    tag: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of particulars: of a row, of what an act would do, of what it did. `secret`: shown once, to be copied."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""
    secret: str = ""


def _given_nothing(asked: Asked) -> Said:
    return {}


def _foresees_nothing(asked: Asked) -> Sequence[Section]:
    return ()


def _as_said(asked: Asked, said: Said) -> Said:
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something done to a book or to a row. `consequence`: said before it is done; `roles`: who may; `asks`: the form; `given`:
    what stands in it at first; `do`: the use case, with what was typed, which raises what is refused and returns what is to be
    shown once, None when the book shows it all.

    `do` None: it only asks, and `preview` answers.

    `foresees`: what it would change, beside the form from the first; `preview`: the same, of what was typed, on request; None:
    it has none. `readies`: what takes long and needs no lock, done before the transaction that writes."""

    name: str
    label: str
    consequence: str
    roles: frozenset[str]
    asks: Callable[[Asked], Schema]
    do: Callable[[Asked, Said], Sequence[Section] | None] | None
    is_about_row: bool = False
    given: Callable[[Asked], Said] = _given_nothing
    foresees: Callable[[Asked], Sequence[Section]] = _foresees_nothing
    preview: Callable[[Asked, Said], Sequence[Section]] | None = None
    readies: Callable[[Asked, Said], Said] = _as_said


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book. `readers`: the roles that may read it; `note`: what it is for, in a sentence; `shelf`: under which heading it
    stands; `details`: the particulars of a row, None when its cells say all; `waiting`: how many rows wait for somebody,
    None when none ever does."""

    name: str
    title: str
    note: str
    shelf: str
    columns: tuple[str, ...]
    readers: frozenset[str]
    rows: Callable[[Asked], Sequence[Row]]
    acts: tuple[Act, ...]
    has_history: bool = True
    details: Callable[[Asked], Sequence[Section]] | None = None
    waiting: Callable[[Asked], int] | None = None

    def act(self, name: str) -> Act | None:
        """One of its acts."""
        return next((act for act in self.acts if act.name == name), None)

    @property
    def keepers(self) -> frozenset[str]:
        """Who may change anything in it."""
        return frozenset().union(*(act.roles for act in self.acts if act.do))


def is_allowed(judge: Callable[..., object], *given: Any, **named: Any) -> bool:
    """Does the rule by which a use case refuses somebody let this one do it? What it would refuse is not offered."""
    try:
        judge(*given, **named)
    except Forbidden:
        return False
    return True


def at(instant: datetime | None) -> str:
    """An instant by the clock on the wall, "" for none."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if instant else ""


def between(first: object, last: object) -> str:
    """A period, from one day to another."""
    return frame.text("{first}至{last}").format(first=first, last=last)


def held(since: datetime, until: datetime | None) -> str:
    """From when on a ruling has held, and until when, if it is over."""
    return (frame.text("{since}起，{until}止") if until else frame.text("{since}起")).format(since=at(since), until=at(until))
