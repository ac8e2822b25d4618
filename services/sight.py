"""Who may see a case: whose scope it is in, whose hands it has been through, to whom it was given to do or to read, who
supervises what came out.

Whoever may not see a case is told that there is none: a refusal would say which numbers exist in another park. The roles and
scopes are decided by `engine.sight`; here a stored case is held against them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine import sight
from engine.case import Case, local_day
from engine.errors import NotFound
from engine.sight import Scope
from services.acting import task_id
from services.folded import fold_of_bytes
from services.office import Office
from services.store import reading
from services.store import sight as store
from services.store.rows import CaseRow, TaskRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """Somebody who looks at cases on a day. `accounts`: his own and those he stands in for; `natural`: the persons behind
    them; `scopes`: where he sees everything."""

    accounts: frozenset[str]
    natural: frozenset[str]
    scopes: tuple[Scope, ...]

    @property
    def sees_all(self) -> bool:
        """Does a scope cover every case there is?"""
        return Scope() in self.scopes

    def sees_group(self, park: str, department: str, process: str) -> bool:
        """Does a scope cover all of what is counted together? "" in a place: everything is."""
        return any(scope.encloses(Scope(park=park, department=department, process=process)) for scope in self.scopes)

    def sees_park(self, park: str) -> bool:
        """Has he a scope in this park, however narrow? A project is of a park alone, and of every office in it."""
        return any(scope.park in ("", park) for scope in self.scopes)

    def sees(self, park: str, department: str, process: str, tasks: Sequence[TaskRow]) -> bool:
        """Does a scope cover the case, or has he a task of it?"""
        units = {department, *(task.unit for task in tasks if task.unit)}
        return sight.sees(self.scopes, park, units, process) or any(
            {task.assignee, task.owner} & self.accounts for task in tasks)

    def has_had(self, fold: bytes) -> bool:
        """Has the case been through his hands, or does he supervise what came out?"""
        case = fold_of_bytes(fold)
        return (not self.accounts.isdisjoint(case.handlers) or case.agent in self.natural
                or not self.natural.isdisjoint(person for _, person in case.hands) or self._supervises(case))

    def _supervises(self, case: Case) -> bool:
        """Was its result pushed to a department within his scopes?"""
        return bool(case.pushes) and sight.sees(
            self.scopes, case.park, {push.department for push in case.pushes}, case.process)


def onlooker(connection: Connection, office: Office, account: str, now: datetime) -> Onlooker:
    """Who an account is on this day; one that is not in office sees nothing."""
    office.refresh(connection)
    today = local_day(now)
    accounts = sight.accounts_of(office.people, account, today)
    return Onlooker(accounts=frozenset(accounts), natural=frozenset(map(office.people.natural, accounts)),
                    scopes=sight.scopes_of(office.people, account, today))


def visible_case(connection: Connection, office: Office, account: str, number: str, now: datetime) -> CaseRow:
    """A case as somebody may look at it. Raises NotFound for one that is not there, and for one he may not see."""
    row = reading.peek_case(connection, number)
    if row is None or not _is_visible(connection, onlooker(connection, office, account, now), row):
        raise NotFound("case", number)
    return row


def visible_task(
    connection: Connection, office: Office, account: str, task: str, now: datetime,
) -> tuple[CaseRow, TaskRow | None]:
    """A task as somebody may look at it, by its public id, with its case; None: it is over, or was never opened. Raises
    NotFound as `visible_case` does, naming the task."""
    number, token = task_id(task)
    try:
        row = visible_case(connection, office, account, number, now)
    except NotFound as missing:
        raise NotFound("task", task) from missing
    return row, next((each for each in reading.tasks_of(connection, row.id) if each.token == token), None)


def visible(connection: Connection, who: Onlooker, rows: Sequence[store.SeenRow]) -> list[store.SeenRow]:
    """Those of several cases that somebody may see, in their order: two statements for all of them."""
    if not rows or not who.accounts:
        return []
    ids = [row.id for row in rows]
    tasks, copied = reading.tasks_of_cases(connection, ids), store.copied(connection, ids, sorted(who.accounts))
    return [row for row in rows if who.sees(row.park, row.department, row.process, tasks.get(row.id, ()))
            or row.id in copied or who.has_had(row.fold)]


def visible_ids(connection: Connection, who: Onlooker, case_ids: Sequence[int]) -> set[int]:
    """Those of several cases that somebody may see, by their ids."""
    ids = sorted(set(case_ids))
    return set(ids) if who.sees_all else {row.id for row in visible(connection, who, store.seen(connection, ids))}


def _is_visible(connection: Connection, who: Onlooker, row: CaseRow) -> bool:
    seen = store.SeenRow(id=row.id, park=row.park, department=row.department, process=row.process, fold=row.fold)
    return bool(visible(connection, who, [seen]))
