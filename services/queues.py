"""The queues of the counter for one person: how many lines each has, a page of one, and a case found by what one knows of it.

Shown is what he may do: the tasks he has and those open for his roles within their scopes, the same of whom he stands in for,
and ended cases of his scopes that nobody has handed over or archived. `engine.queues` says in which queue each lies. A line
says how a case stands at this instant: its lamp is computed as everywhere (`services.lamps`), of the limit that presses now.

Counts are exact up to `MOST_COUNTED`; a larger one says only that there are more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import orjson
from sqlalchemy import Connection

from engine import queues, sight, supervision
from engine.case import Case, local_day
from engine.clocks import Clock
from engine.duties import APPLICANT_ROLE
from engine.errors import InvalidInput
from engine.lifecycle import State
from engine.limits import remaining_workdays
from engine.queues import CLOSERS, Queue
from engine.sentences import say
from engine.sight import Reach, Scope
from engine.stops import StopKind
from engine.supervision import Lamp
from services.folded import fold_of_bytes
from services.lamps import case_lamp, clock_lamp
from services.office import Office
from services.sight import onlooker, visible
from services.store import queues as store
from services.store import reading
from services.store import sight as finding
from services.store.queues import FIRST, MOST_COUNTED, NEWEST, DoneRow, Key, QueuedRow, Source

__all__ = ["FIRST", "MOST_COUNTED", "NEWEST", "Key", "Line", "counts", "page", "search"]

_LONGEST = 100
_MOST_STEPS = 3
_FEW = 5
"""So many matters of one place are looked for one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A case in one line. `key`: its place in the queue. `task`: the public id of the task, None for a case that no diagram
    moves any more and for one that was searched for. `step`: what is done there, or was; "" where nothing is. `due`: a date, or
    a minute of a limit shorter than a day, of the limit that presses; None where none does. `left_workdays`: how many are left
    after today, negative when it is late, None where no limit presses. `stops`: of what kinds the stops are that last.
    `outcome`: of what was completed; `outcome_label`: what its diagram calls it."""

    key: Key
    number: str
    version: int
    matter: str
    process: str
    park: str
    department: str
    applicant: str
    state: State
    lamp: Lamp
    task: str | None
    step: str
    act: str
    due: str | None
    left_workdays: int | None
    is_provisional: bool
    is_stopped: bool
    stops: tuple[StopKind, ...]
    assignee: str | None
    is_mine: bool
    done_at: datetime | None = None
    outcome: str = ""
    outcome_label: str = ""


def counts(connection: Connection, office: Office, account: str, *, now: datetime) -> Mapping[Queue, int]:
    """How many lines of each queue somebody has; more than `MOST_COUNTED` are told as one more than that. One statement."""
    office.refresh(connection)
    sources = _sources(connection, office, account, now)
    return store.counts(connection, sources, doer=account, now=now, horizon=_horizon(office, now))


def page(
    connection: Connection, office: Office, account: str, queue: Queue, *, after: Key | None = None, most: int, now: datetime,
) -> list[Line]:
    """Lines of a queue after a key, None: from its beginning. What lapses first comes first, where no limit presses last; of
    what is done the newest. One statement, and of what is done one more for each version of a process not seen lately."""
    office.refresh(connection)
    if queue is Queue.DONE:
        done = store.done(connection, account, after=after or NEWEST, most=most)
        return [_done(connection, office, row, account, now) for row in done]
    rows = store.page(connection, _sources(connection, office, account, now), queue, after=after or FIRST, most=most, now=now,
                      horizon=_horizon(office, now))
    return [_queued(office, row, account, now) for row in rows]


def search(connection: Connection, office: Office, account: str, text: str, *, most: int, now: datetime) -> list[Line]:
    """The cases somebody may see whose number begins with a text, whose applicant's credit code or whose project's code it is,
    or whose applicant's name begins with it. Raises InvalidInput for an empty or an endless text."""
    wanted = text.strip()
    if not wanted or len(wanted) > _LONGEST or not wanted.isprintable():
        raise InvalidInput("q", say(
            "expected 1 to {most} printable characters: a case number 办件编号, the name of an applicant 申请人, a credit code "
            "统一社会信用代码 or a project code 项目代码", most=_LONGEST))
    who = onlooker(connection, office, account, now)
    rows = {row.id: row for row in _found(connection, wanted)}
    seen = [rows[each.id] for each in visible(connection, who, [row.seen for row in rows.values()])][:most]
    tasks = reading.tasks_of_cases(connection, [row.id for row in seen]) if seen else {}
    lines = []
    for row in seen:
        steps = "、".join(task.name for task in tasks.get(row.id, [])[:_MOST_STEPS])
        lines.append(_line(office, fold_of_bytes(row.fold), Key(now, row.id, -1), row.version, row.matter, row.applicant_name,
                           now, step=steps))
    return lines


def _found(connection: Connection, text: str) -> Iterator[finding.FoundRow]:
    """The cases a text may mean, the surest first."""
    if text.isascii() and text.isdigit():
        yield from finding.by_number(connection, text)
    if text.isascii():
        yield from finding.by_code(connection, text.upper())
    yield from finding.by_name(connection, text)


def _sources(connection: Connection, office: Office, account: str, now: datetime) -> list[Source]:
    """Where somebody's lines come from. In an office that has entered nobody whatever is open is everybody's."""
    today, people = local_day(now), office.people
    reaches: Iterable[Reach] = sight.reaches_of(people, account, today)
    if not people.persons:
        reaches = [Reach(role=role, scope=Scope()) for role in store.roles(connection)]
    return [*(Source(account=each) for each in sight.accounts_of(people, account, today)),
            *_merged([(role, reach.scope) for reach in reaches for role in _waited_for(reach.role)]),
            *_merged([("", scope) for scope in sight.scopes_of(people, account, today, CLOSERS)])]


def _waited_for(role: str) -> tuple[str, ...]:
    """Whose tasks stand in the queues of a role: at the window those of applicants too, which are waited for there, and entered
    there for whoever comes with a paper."""
    return (role, APPLICANT_ROLE) if role == "clerk" else (role,)


def _merged(held: Sequence[tuple[str, Scope]]) -> Iterator[Source]:
    """Roles with their scopes: a few processes of one place each for itself, very many taken together."""
    def place(each: tuple[str, Scope]) -> tuple[str, str, str]:
        return each[0], each[1].park, each[1].department

    for (role, park, department), each in groupby(sorted(set(held)), key=place):
        processes = tuple(sorted(scope.process for _, scope in each))
        if "" in processes:
            yield Source(role=role, park=park, department=department)
        elif len(processes) > _FEW and (park or department):
            yield Source(role=role, park=park, department=department, processes=processes)
        else:
            yield from (Source(role=role, park=park, department=department, processes=(process,)) for process in processes)


def _horizon(office: Office, now: datetime) -> datetime:
    """After which no lamp is yellow that is not red, in whatever park, at whatever window."""
    today = local_day(now)
    closed = sum((closure.last - max(closure.first, today)).days + 1 for closure in office.law.closures
                 if closure.last >= today)
    policies = (office.policies.default, *office.policies.by_place.values())
    return supervision.warned_until(office.calendar, policies, today, closed=closed)


def _queued(office: Office, row: QueuedRow, account: str, now: datetime) -> Line:
    task = None if row.name is None else f"{row.number}-{row.part}"
    return _line(office, fold_of_bytes(row.fold), Key(row.at, row.case_id, row.part), row.version, row.matter,
                 row.applicant_name, now, task=task, step=row.name or "", act=row.act or "", unit=row.unit or "",
                 assignee=row.assignee, is_mine=row.assignee == account)


def _done(connection: Connection, office: Office, row: DoneRow, account: str, now: datetime) -> Line:
    said = orjson.loads(row.body)["data"]
    outcome = said.get("outcome") or ""
    labels = office.deployment(connection, row.definition_id).outcomes if outcome else {}
    return _line(office, fold_of_bytes(row.fold), Key(row.at, row.case_id, row.part), row.version, row.matter,
                 row.applicant_name, now, step=said.get("name", ""), act=said.get("act", ""), assignee=account, is_mine=True,
                 done_at=row.at, outcome=outcome, outcome_label=labels.get((said.get("node", ""), outcome), outcome))


def _line(
    office: Office, case: Case, key: Key, version: int, matter: str, applicant: str, now: datetime, *, task: str | None = None,
    step: str = "", act: str = "", unit: str = "", assignee: str | None = None, is_mine: bool = False,
    done_at: datetime | None = None, outcome: str = "", outcome_label: str = "",
) -> Line:
    clock = queues.pressing(case, queues.phase_of(case, act)) if done_at is None else None
    return Line(
        key=key, number=case.number, version=version, matter=matter, process=case.process, park=case.park,
        department=unit or case.department, applicant=applicant or case.applicant, state=case.state,
        lamp=case_lamp(office, case, now) if clock is None else clock_lamp(office, case, clock, now), task=task, step=step,
        act=act, due=clock.due if clock else None, left_workdays=_left(office, case, clock, now),
        is_provisional=clock is not None and clock.is_provisional, is_stopped=queues.is_stopped(case),
        stops=tuple(dict.fromkeys(stop.kind for stop in case.all_stops if stop.end is None)), assignee=assignee,
        is_mine=is_mine, done_at=done_at, outcome=outcome, outcome_label=outcome_label)


def _left(office: Office, case: Case, clock: Clock | None, now: datetime) -> int | None:
    if clock is None or clock.due_on is None:
        return None
    return remaining_workdays(office.general_terms(case).calendar, local_day(now), clock.due_on)
