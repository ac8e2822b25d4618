"""监管推送: what was pushed to the departments somebody works for, by where it stands, and the figures of it.

Whoever reviews, decides, administers or heads in a department sees what came to it, within his scope; a supervisor 督查员 sees
what lies in his. An office that has entered nobody hides nothing. A case with several overlapping scopes is told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection

from engine import sight
from engine.case import local_day
from engine.duties import SUPERVISOR_ROLE
from engine.feedback import SUPERVISING
from engine.pushes import RESULTS
from engine.sight import Scope
from services import sheets
from services.office import Office
from services.store import pushes as store
from services.store import reading
from services.store.pushes import ListedPush

STANDS = store.STANDS
FIRST = (-1, -1)
"""Before the first."""

COLUMNS = ("监管部门", "园区", "推送", "按时签收", "逾期签收", "待签收", "其中已逾期", "监管反馈")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A pushed result as it is listed. `push`: the number of its fact; `due`: by when it has to be signed for, "" for no day;
    `may_act`: is he who looks of the department it was pushed to?"""

    number: str
    push: int
    matter: str
    department: str
    park: str
    result: str
    pushed_on: str
    due: str
    received_on: str
    received_by: str
    is_late: bool
    findings: int
    may_act: bool
    key: tuple[int, int]

    @property
    def label(self) -> str:
        """What was pushed, in the words of the office."""
        return RESULTS.get(self.result, self.result)


class Figures(NamedTuple):
    """How many results a department was pushed from a park, and what has become of them."""

    department: str
    park: str
    pushed: int
    in_time: int
    late: int
    waiting: int
    overdue: int
    findings: int


def pushes(
    connection: Connection, office: Office, person: str | None, stands: str, *, now: datetime,
    after: tuple[int, int] = FIRST, most: int,
) -> list[Line]:
    """What was pushed within somebody's scopes and stands so, in the order in which it was pushed. `person` None: the
    operator, of whom nothing is hidden."""
    office.refresh(connection)
    own = _scopes(office, person, now, set(SUPERVISING))
    seen = _scopes(office, person, now, {*SUPERVISING, SUPERVISOR_ROLE})
    return _lines(connection, seen, own, stands, after=after, most=most)


def waiting(connection: Connection, office: Office, person: str, *, now: datetime, most: int) -> list[Line]:
    """What somebody's own departments have to sign for, in the order in which it was pushed, `most` at most: it lies in his
    inbox until then."""
    office.refresh(connection)
    own = _scopes(office, person, now, set(SUPERVISING))
    return _lines(connection, own, own, "waiting", after=FIRST, most=most)


def figures(
    connection: Connection, office: Office, person: str | None, *, first: date, last: date, now: datetime,
) -> list[Figures]:
    """How many were pushed from `first` to `last`, both included, for each department and park within somebody's scopes. What
    is counted together lies in a scope as a whole, so that overlapping scopes count nothing twice."""
    office.refresh(connection)
    found = {row[:3]: row for scope in _scopes(office, person, now, {*SUPERVISING, SUPERVISOR_ROLE})
             for row in store.counted(connection, first=first.isoformat(), last=last.isoformat(), park=scope.park,
                                      department=scope.department, process=scope.process)}
    summed: dict[tuple[str, str], list[int]] = {}
    for row in found.values():
        so_far = summed.setdefault((row.department, row.park), [0] * len(row[3:]))
        summed[row.department, row.park] = [one + more for one, more in zip(so_far, row[3:], strict=True)]
    return [Figures(department, park, *counts) for (department, park), counts in sorted(summed.items())]


def sheet(rows: list[Figures]) -> str:
    """The figures as a CSV file."""
    return sheets.write_sheet(COLUMNS, (tuple(map(str, row)) for row in rows))


def _scopes(office: Office, person: str | None, now: datetime, roles: set[str]) -> tuple[Scope, ...]:
    if person is None:
        return sight.EVERYWHERE
    return sight.scopes_of(office.people, person, local_day(now), roles)


def _lines(
    connection: Connection, scopes: tuple[Scope, ...], own: tuple[Scope, ...], stands: str, *, after: tuple[int, int],
    most: int,
) -> list[Line]:
    lists = [store.pushes(connection, stands=stands, park=scope.park, department=scope.department, process=scope.process,
                          after=after, most=most) for scope in scopes]
    rows = sorted({row.key: row for row in chain.from_iterable(lists)}.values(), key=lambda row: row.key)[:most]
    names = reading.definition_names(connection, sorted({row.definition_id for row in rows})) if rows else {}
    return [_line(row, names[row.definition_id], own) for row in rows]


def _line(row: ListedPush, matter: str, own: tuple[Scope, ...]) -> Line:
    push = row.push
    return Line(number=row.number, push=push.seq, matter=matter, department=push.department, park=push.park,
                result=push.result, pushed_on=push.pushed_on, due=row.due or "", received_on=push.received_on or "",
                received_by=push.received_by, is_late=push.lapsed_on is not None, findings=push.findings,
                may_act=sight.sees(own, push.park, {push.department}, push.process), key=row.key)
