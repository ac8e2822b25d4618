"""The contact book 联络表 (annex 1 of the city's plan): who is told when a deadline lapses, by unit and rank.

Decides what a contact looks like, that replacing one keeps the history, and who may see a mobile number: the unit itself;
everybody else sees it masked. A missing contact is a gap, and a gap is an alarm: 预警 cannot be switched on for a unit that has
one. It does not know which rung of the ladder asks (`engine.ladder`), nor files (`services.contact_sheets`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.errors import Forbidden, InvalidInput, NotFound
from engine.ladder import Rank
from engine.sentences import say
from services.store import contacts as store
from services.store import writing
from services.store.contacts import ContactRow
from services.workbooks import LIKE_A_FORMULA

EVERY = 100_000
"""More rows than any contact book has: a list that is not read page by page."""

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_OFFICE_PHONE = re.compile(r"(?:0\d{2,3}-?)?\d{7,8}(?:-\d{1,6})?|\d{3,6}", re.ASCII)
_WAYS = {Rank.LEADER: "分管领导", Rank.HEAD: "负责人", Rank.LIAISON: "联络员"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A contact to be entered: somebody of `unit` who can be reached by at least one number."""

    unit: str
    rank: Rank
    name: str
    title: str = ""
    office_phone: str = ""
    mobile: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as it is shown. `mobile` may be masked. In force in [since, until); `until` None: still."""

    id: int
    unit: str
    rank: Rank
    name: str
    title: str
    office_phone: str
    mobile: str
    note: str
    since: datetime
    until: datetime | None
    entered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A rank for which a unit has no contact: an alarm of its own."""

    unit: str
    rank: Rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What entering many contacts did."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0


def set_contact(connection: Connection, new: NewContact, *, by: str, now: datetime) -> Contact:
    """Enter the contact of a unit at a rank; whoever held the place before is kept in the history. The same again changes
    nothing. Raises InvalidInput naming the field."""
    row, _ = _set(connection, _row(new, by, now))
    return _shown(row, row.unit)


def set_contacts(connection: Connection, new: Iterable[NewContact], *, by: str, now: datetime) -> Entered:
    """Enter many contacts, all or none (the transaction is the caller's). Raises InvalidInput."""
    counts = {"added": 0, "replaced": 0, "unchanged": 0}
    for row in [_row(each, by, now) for each in new]:
        counts[_set(connection, row)[1]] += 1
    return Entered(**counts)


def end_contact(connection: Connection, *, unit: str, rank: Rank, now: datetime) -> Contact:
    """Take a contact out of the book without another: a gap from then on. Raises NotFound."""
    writing.next_number(connection, "contact")  # as when one is entered: nobody else writes in the book meanwhile
    held = store.standing_contact(connection, unit=unit, rank=rank.value)
    if held is None:
        raise NotFound("contact", f"{unit} {_WAYS[rank]}", "the list has those in force")
    until = max(now, held.since)
    store.end_contact(connection, held.id, until)
    return _shown(held._replace(until=until), unit)


def contacts(
    connection: Connection, *, viewer_unit: str | None, unit: str | None = None, with_history: bool = False, after: int = 0,
    most: int = EVERY,
) -> list[Contact]:
    """Contacts in the order they were entered, from number `after` + 1; `unit` None: of all units. Mobile numbers are whole
    for `viewer_unit` alone; None: for nobody."""
    rows = store.contacts_page(connection, unit=unit, with_history=with_history, after=after, most=most)
    return [_shown(row, viewer_unit) for row in rows]


def book_at(connection: Connection, units: Iterable[str], at: datetime) -> Mapping[tuple[str, Rank], Contact]:
    """The contacts of units in force at an instant, numbers whole, in one statement: for whoever sends the messages."""
    asked = sorted(set(units) - {""})
    rows = store.contacts_at(connection, asked, at) if asked else []
    return {(row.unit, Rank(row.rank)): _shown(row, row.unit) for row in rows}


def resolve(connection: Connection, *, units: Sequence[str], rank: Rank, at: datetime) -> Contact | None:
    """The contact at a rank of the first of the units that has one, number whole; None: a gap."""
    book = book_at(connection, units, at)
    return next((book[unit, rank] for unit in units if (unit, rank) in book), None)


def gaps(connection: Connection, units: Sequence[str], *, at: datetime) -> list[Gap]:
    """The ranks without a contact, in the order of the units given and of the ranks in the form."""
    book = book_at(connection, units, at)
    return [Gap(unit=unit, rank=rank) for unit in units for rank in Rank if (unit, rank) not in book]


def require_complete(connection: Connection, unit: str, *, at: datetime) -> None:
    """启用预警 for a unit takes a contact at every rank. Raises Forbidden naming those that are missing."""
    missing = [_WAYS[gap.rank] for gap in gaps(connection, [unit], at=at)]
    if missing:
        raise Forbidden("启用预警", say(
            "{unit} has no {missing} in the contact book, so nobody there would be told; its liaison or the park's "
            "administrator enters them first", unit=unit, missing='、'.join(missing)))


def mask(mobile: str) -> str:
    """A mobile number as other units see it: 138****1234."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) == 11 else "****" if mobile else ""


def check(new: NewContact) -> NewContact:
    """A contact as it is kept: trimmed, numbers in plain digits. Raises InvalidInput naming the field."""
    kept = NewContact(
        unit=_text(new.unit, "unit", 100), rank=new.rank, name=_text(new.name, "name", 100),
        title=_text(new.title, "title", 100, may_be_empty=True), office_phone=_office_phone(new.office_phone),
        mobile=_mobile(new.mobile), note=_text(new.note, "note", 1000, may_be_empty=True))
    if not kept.office_phone and not kept.mobile:
        raise InvalidInput("mobile", say(
            "{name} could not be reached: give a mobile number or an office phone", name=kept.name))
    return kept


def _row(new: NewContact, by: str, now: datetime) -> ContactRow:
    kept = check(new)
    return ContactRow(id=0, unit=kept.unit, rank=kept.rank.value, name=kept.name, title=kept.title,
                      office_phone=kept.office_phone, mobile=kept.mobile, note=kept.note, since=now, until=None,
                      entered_by=_text(by, "by", 100))


def _set(connection: Connection, row: ContactRow) -> tuple[ContactRow, str]:
    """The row in force afterwards, and what was done: added, replaced or unchanged."""
    held = store.standing_contact(connection, unit=row.unit, rank=row.rank)
    if held is not None and held._replace(id=0, since=row.since, entered_by=row.entered_by) == row:
        return held, "unchanged"
    number = writing.next_number(connection, "contact")  # from here on nobody else writes in the book
    held = store.standing_contact(connection, unit=row.unit, rank=row.rank)
    since = row.since if held is None else max(row.since, held.since)
    if held is not None:
        store.end_contact(connection, held.id, since)
    entered = row._replace(id=number, since=since)
    store.insert_contact(connection, entered)
    return entered, "added" if held is None else "replaced"


def _shown(row: ContactRow, viewer_unit: str | None) -> Contact:
    mobile = row.mobile if viewer_unit == row.unit else mask(row.mobile)
    return Contact(**{**row._asdict(), "rank": Rank(row.rank), "mobile": mobile})


def _text(value: str, name: str, most: int, *, may_be_empty: bool = False) -> str:
    kept = " ".join(value.split())  # a cell may be on two lines, a name be spaced out: 张 三
    if kept in ("-", "－", "—", "/", "无") and may_be_empty:
        return ""
    if not kept and not may_be_empty:
        raise InvalidInput(name, "is missing")
    if len(kept) > most or not kept.isprintable():
        raise InvalidInput(name, say("expected at most {most} printable characters on one line", most=most))
    if kept.startswith(LIKE_A_FORMULA):
        raise InvalidInput(name, say(
            "begins with “{sign}”, which a spreadsheet would calculate; leave the sign out", sign=kept[0]))
    return kept


def _digits(value: str) -> str:
    """A number without spaces, full-width figures and the country's code; every kind of dash as “-”."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", value))
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", plain)
    return "" if plain in ("-", "/", "无") else re.sub(r"^(?:\+86|0086)-?", "", plain)


def _mobile(value: str) -> str:
    if "*" in value:
        raise InvalidInput("mobile", "is masked; only the unit itself has the whole number: ask it, or leave this contact out")
    number = _digits(value).replace("-", "")
    if number and not _MOBILE.fullmatch(number):
        raise InvalidInput("mobile", "expected the eleven digits of a mobile number, like 13807301234")
    return number


def _office_phone(value: str) -> str:
    number = re.sub(r"^\((\d+)\)-?", r"\1-", _digits(value))  # the area code in brackets
    if number and not _OFFICE_PHONE.fullmatch(number):
        raise InvalidInput("office_phone", "expected an office phone like 0730-8880000, with its extension after a dash")
    return number
