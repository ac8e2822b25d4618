"""The empowerment list 赋权清单 (measures 1, 2, 15): entered by one person, approved by another, ended, asked and counted.

Decides that a row says the same for ever and that the list has one answer: a row that contradicts one entered before, approved
or still waiting, is refused, and many rows are entered all or none. What a row must say is decided in `engine.empowerment`,
what it means for a case in `engine.routing`. It never touches a case: a case keeps how it was routed at receipt.

Every change counts the counter “empowerment” up, whose row is the lock of the list and by which kept copies know that they are
old.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec
import orjson
from sqlalchemy import Connection

from engine.case import local_day
from engine.case_facts import CaseRouted
from engine.catalogue import Catalogue, plain
from engine.empowerment import (
    Empowerment,
    Hall,
    LocalAuthority,
    Mode,
    ParkMode,
    Rule,
    check,
    check_beside,
    is_valid,
    key,
    named,
)
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.intake import standard_park
from engine.routing import Table, route
from engine.sentences import say
from services.store import empowerment as store
from services.store import writing
from services.store.empowerment import RuleRow
from services.workbooks import LIKE_A_FORMULA

COUNTER = "empowerment"
UNKNOWN = Catalogue()
"""A catalogue that knows no parks and takes every name."""

EVERY = 100_000
"""More rows than any list has: one that is not read page by page."""

KINDS: dict[str, type[Rule]] = {"empowerment": Empowerment, "park_mode": ParkMode, "local_authority": LocalAuthority}
_NAMES = {kind: name for name, kind in KINDS.items()}
_COLUMNS = ("park", "matter", "situation", "batch", "valid_from", "valid_until")
_REQUIRED: dict[type[Rule], tuple[str, ...]] = {
    Empowerment: ("park", "matter", "authority", "batch", "document"), ParkMode: ("park", "document"),
    LocalAuthority: ("park", "department", "document")}
_LONG = frozenset({"document", "handover", "mandate", "notice", "name"})
_MOST_STAFF = 100

_AnyRule = TypeVar("_AnyRule", Empowerment, ParkMode, LocalAuthority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What entering rows did, or would do. `rows`: the new ones; `unchanged`: how many were there already."""

    rows: tuple[RuleRow, ...] = ()
    unchanged: int = 0


class NewRows:
    """Rows about to be entered, beside those that stand; each is checked against all before it. `catalogue`: by whose parks
    they are named."""

    def __init__(self, connection: Connection, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._by_matter: dict[str, list[Rule]] = defaultdict(list)
        for row in store.standing(connection):
            self._by_matter[row.matter].append(rule_of(row))
        self._first = store.last_id(connection) + 1
        self._new: list[Rule] = []
        self._unchanged = 0

    def add(self, rule: Rule) -> None:
        """One more row; one that is there already changes nothing. Raises InvalidInput naming the field."""
        kept = check(_cleaned(rule, self._catalogue))
        others = self._by_matter[kept.matter]
        if any(replace(other, id=0) == replace(kept, line=0) for other in others if key(other) == key(kept)):
            self._unchanged += 1
            return
        check_beside(kept, others)
        if isinstance(kept, Empowerment):
            self._check_seal(kept)
        others.append(kept)
        self._new.append(kept)

    def entered(self, *, by: str, now: datetime) -> Entered:
        """What entering them does."""
        return Entered(unchanged=self._unchanged, rows=tuple(
            _row(rule, number, by, now) for number, rule in enumerate(self._new, self._first)))

    def _check_seal(self, row: Empowerment) -> None:
        """What a park decides in its own name carries its own seal, in the pilot the one it has."""
        is_pilot = any(isinstance(mode, ParkMode) and mode.park == row.park and mode.hall is Hall.PILOT
                       and is_valid(mode, row.valid_from) for mode in self._by_matter[""])
        if row.mode is Mode.DIRECT and not row.seal and not is_pilot:
            raise InvalidInput("seal", say(
                "{park} decides in its own name (直接赋权) and is no pilot with one seal on {valid_from}; give the number of "
                "its seal", park=row.park, valid_from=row.valid_from))


def enter(
    connection: Connection, rules: Iterable[Rule], *, by: str, now: datetime, catalogue: Catalogue = UNKNOWN,
) -> Entered:
    """Enter rows, all or none; they count once a second person has approved them. `catalogue`: by whose parks they are named.
    Raises InvalidInput naming the field."""
    new = locked(connection, catalogue)
    for rule in rules:
        new.add(rule)
    return write(connection, new.entered(by=by, now=now))


def locked(connection: Connection, catalogue: Catalogue = UNKNOWN) -> NewRows:
    """The rows that stand, with nobody else writing in the list until the transaction ends."""
    writing.next_number(connection, COUNTER)
    return NewRows(connection, catalogue)


def write(connection: Connection, entered: Entered) -> Entered:
    """Write new rows that were made while the list was locked."""
    store.insert_rules(connection, entered.rows)
    return entered


def decide(
    connection: Connection, *, batch: str | None = None, kind: str | None = None, ids: Sequence[int] = (), is_approved: bool,
    by: str, now: datetime,
) -> list[RuleRow]:
    """Approve or refuse the rows of a batch, of a kind, or of the numbers given, that wait for it; all or none. Raises NotFound
    when one does not wait, Forbidden for who has entered one himself."""
    writing.next_number(connection, COUNTER)
    waiting = store.pending(connection, batch=batch, kind=kind, ids=ids)
    missing = sorted(set(ids) - {row.id for row in waiting})
    if missing or not waiting:
        raise NotFound("row that waits for approval", str(missing[0]) if missing else batch or kind or "",
                       "`jiban empowerment show --pending` lists those that do")
    decided = [_decided(row, is_approved, by, now) for row in waiting]
    store.decide(connection, decided)
    return decided


def end(connection: Connection, rule_id: int, *, on: date, reason: str, by: str, now: datetime) -> RuleRow:
    """收回, or any other end of an approved row before its time: `on` is its last day, today or later. Cases keep how they were
    routed. Raises NotFound, Forbidden, InvalidInput."""
    writing.next_number(connection, COUNTER)
    row = store.rule(connection, rule_id)
    if row is None:
        raise NotFound("row of the empowerment list", str(rule_id), "`jiban empowerment show` lists them")
    if not row.is_approved or row.ended_on is not None:
        raise Forbidden("end", say("row {row} ends on {ended_on} already", row=rule_id, ended_on=row.ended_on) if row.ended_on
                        else say("row {row} is not approved; a second person refuses it instead (`jiban empowerment approve "
                                 "--refuse`)", row=rule_id))
    _check_last_day(row, on, local_day(now))
    ended = row._replace(ended_on=on.isoformat(), ended_by=_text(by, "by", 100), ended_at=now,
                         ending=_required(reason, "reason", 1000))
    store.end(connection, ended)
    return ended


def rows(
    connection: Connection, *, kind: str | None = None, park: str | None = None, matter: str | None = None,
    batch: str | None = None, on: date | None = None, pending: bool = False, after: int = 0, most: int = EVERY,
) -> list[RuleRow]:
    """Rows in the order they were entered, from number `after` + 1; None asks for all. `on`: those in force on a day."""
    return store.rules_page(connection, kind=kind, park=None if park is None else park_named(park), matter=matter, batch=batch,
                            on=on, pending=pending, after=after, most=most)


def resolve(
    connection: Connection, *, park: str, matter: str, situation: str = "", on: date, department: str = "",
) -> CaseRouted:
    """Whose a case is that is received on a day. `department`: whose matter it is by its diagram. Raises InvalidInput when
    nothing says so."""
    asked = park_named(park)
    found = [rule_of(row) for row in store.in_force(connection, park=asked, matter=matter, on=on)]
    table = Table(empowerments=_of(found, Empowerment), modes=_of(found, ParkMode), authorities=_of(found, LocalAuthority))
    return route(table, park=asked, matter=matter, situation=situation, on=on, department=department)


def is_asked(connection: Connection) -> bool:
    """Does the list say whose any matter is? Without one, no case is routed."""
    return store.is_asked(connection)


def park_named(name: str, catalogue: Catalogue = UNKNOWN, on: date = date.max) -> str:
    """The park a name means on a day, by its standard name; without blanks, brackets of either width alike. Raises InvalidInput
    for one that is none of the catalogue's parks; a catalogue without parks takes every name."""
    try:
        return plain(standard_park(catalogue, name, on))
    except InvalidInput as refusal:
        raise InvalidInput("park", refusal.reason) from refusal


def rule_of(row: RuleRow) -> Rule:
    """What a row says; its last day is the one it ended on, when it was ended."""
    said = {**orjson.loads(row.body), **{name: getattr(row, name) for name in _COLUMNS}, "id": row.id,
            "valid_until": row.ended_on or row.valid_until}
    return msgspec.convert(said, KINDS[row.kind])


def _cleaned(rule: Rule, catalogue: Catalogue) -> Rule:
    """A row as it is kept: every text trimmed, on one line, bounded; the park's name as it is compared."""
    texts: dict[str, Any] = {name: _text(value, name, 200 if name in _LONG else 100)
                             for name, value in asdict(rule).items() if isinstance(value, str)}
    for name in _REQUIRED[type(rule)]:
        _required(texts[name], name, 200)
    if isinstance(rule, ParkMode):
        texts["staff"] = tuple(_text(name, "staff", 100) for name in rule.staff if name.strip())
        if len(rule.staff) > _MOST_STAFF:
            raise InvalidInput("staff", say(
                "at most {most} people are delegated to a window, found {count}", most=_MOST_STAFF, count=len(rule.staff)))
    return replace(rule, **{**texts, "park": park_named(texts["park"], catalogue, rule.valid_from)})


def _text(value: str, name: str, most: int) -> str:
    kept = " ".join(value.split())
    if len(kept) > most or not kept.isprintable():
        raise InvalidInput(name, say("expected at most {most} printable characters on one line", most=most))
    if kept.startswith(LIKE_A_FORMULA):
        raise InvalidInput(name, say(
            "begins with “{sign}”, which a spreadsheet would calculate; leave the sign out", sign=kept[0]))
    return kept


def _required(value: str, name: str, most: int) -> str:
    kept = _text(value, name, most)
    if not kept:
        raise InvalidInput(name, "is missing")
    return kept


def _row(rule: Rule, number: int, by: str, now: datetime) -> RuleRow:
    said = asdict(rule)
    columns = {name: said.pop(name) for name in _COLUMNS if name in said}
    for name in ("id", "line"):
        del said[name]
    return RuleRow(id=number, kind=_NAMES[type(rule)], park=rule.park, matter=rule.matter, situation=rule.situation,
                   batch=columns.get("batch", ""), valid_from=rule.valid_from.isoformat(),
                   valid_until=rule.valid_until.isoformat() if rule.valid_until else None, body=orjson.dumps(said),
                   entered_by=_required(by, "by", 100), entered_at=now)


def _decided(row: RuleRow, is_approved: bool, by: str, now: datetime) -> RuleRow:
    who = _required(by, "by", 100)
    if who == row.entered_by:
        raise Forbidden("approve", say(
            "{rule} was entered by {who}; a second person approves or refuses it", rule=named(rule_of(row)), who=who))
    return row._replace(decided_by=who, decided_at=now, is_approved=is_approved)


def _check_last_day(row: RuleRow, on: date, today: date) -> None:
    if on < today:
        raise InvalidInput("on", say(
            "the last day of row {row} cannot be before today, {today}: cases have been routed by it", row=row.id, today=today))
    if row.valid_until is not None and on.isoformat() >= row.valid_until:
        raise InvalidInput("on", say("row {row} ends on {valid_until} anyway", row=row.id, valid_until=row.valid_until))
    if on.isoformat() < row.valid_from:
        raise InvalidInput("on", say("row {row} begins on {valid_from} only", row=row.id, valid_from=row.valid_from))


def _of(rules: Iterable[Rule], kind: type[_AnyRule]) -> list[_AnyRule]:
    return [rule for rule in rules if isinstance(rule, kind)]
