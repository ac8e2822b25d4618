"""What the page of a case shows, read once: where it stands, what is to be done and by whom, its clocks, what has happened.

Everything in the words of the office. Nothing is decided here: who may do a task is asked of `services.worklists`, what a verb
does of `engine.verbs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.calendar import SHANGHAI
from engine.case import Case, local_day
from engine.clocks import Clock
from engine.events import ClockStarted, Fact, IncidentRaised, Recorded
from engine.limits import NAMES, LimitKind, remaining_workdays
from engine.sentences import say
from engine.side_tasks import is_beside
from engine.stops import ground_name
from services import family, foreseeing, sight, worklists
from services.deployments import Deployment
from services.folded import fold_of
from services.lamps import case_lamp, clock_lamp
from services.masking import hidden, is_personal, masked
from services.office import Office
from services.store import reading
from services.store.rows import CaseRow, IncidentRow, TaskRow
from services.store.worklists import Listed
from services.telling import told
from services.telling.naming import Telling, length
from services.veiling import fields_of
from services.web import words
from services.web.fields import Schema
from services.web.frame import text
from services.web.taking_in import step_form
from services.web.words.refusals import said as in_words

LONGEST = 500
"""So many facts the page shows at once, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An open task. `outcomes`: key and label, in the order drawn. `bar`: why whoever looks may not do it, "" when he may.
    `is_mine`: he has it. `is_beside`: a person has asked for it beside the diagram. `schema`: of its form, None without one."""

    id: str
    row: TaskRow
    holder: str
    outcomes: tuple[tuple[str, str], ...]
    bar: str
    is_mine: bool
    is_beside: bool
    schema: Schema | None
    since_workdays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """A clock of the case in words. `left`: what is left of it, "" while it stands still or is over."""

    name: str
    label: str
    length: str
    source: str
    due: str
    left: str
    lamp: str
    colour: str
    is_provisional: bool
    is_stopped: bool
    is_governing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A fact as the timeline tells it."""

    seq: int
    at: str
    by: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case as its page shows it. `seq`: how many facts it had when it was read; `foreseen`: the clocks an acceptance now
    would start, none once it is accepted."""

    row: CaseRow
    case: Case
    deployment: Deployment
    matter: str
    state: str
    lamp: str
    colour: str
    steps: tuple[Step, ...]
    clocks: tuple[ClockLine, ...]
    stops: tuple[str, ...]
    timeline: tuple[Happened, ...]
    incidents: tuple[IncidentRow, ...]
    particulars: tuple[tuple[str, str], ...]
    parent: family.Relative | None
    children: tuple[family.Kin, ...]
    foreseen: tuple[tuple[str, str, str, bool], ...] = ()

    @property
    def applicant(self) -> str:
        """Who applies, by name where it was entered."""
        name = orjson.loads(self.row.data).get("applicant")
        return hidden(name if isinstance(name, str) and name else self.row.applicant)

    @property
    def seq(self) -> int:
        """See the class."""
        return self.row.seq


def read(
    connection: Connection, office: Office, number: str, person: str, *, now: datetime, with_personal: bool = False,
) -> CaseFile:
    """A case as `person` sees it; `with_personal`: with the personal data in full, which is to be written down. Raises
    NotFound, also for one that he may not see."""
    row = sight.visible_case(connection, office, person, number, now)
    case, deployment = fold_of(row), office.deployment(connection, row.definition_id)
    lamp = case_lamp(office, case, now)
    return CaseFile(
        row=row, case=case, deployment=deployment, matter=deployment.definition.process.name or row.process,
        state=state_of(case), lamp=text(words.LAMPS[lamp]), colour=lamp.value,
        steps=tuple(_steps(connection, office, row, case, deployment, person, now)),
        clocks=tuple(_clock(office, case, clock, now) for clock in case.clocks if clock.is_running or clock is case.governing),
        stops=tuple(_stop(stop) for stop in case.open_stops), timeline=tuple(timeline(connection, office, row, deployment)),
        incidents=tuple(reading.incidents_of(connection, row.id)),
        particulars=tuple(_particulars(office, deployment, row, with_personal)),
        parent=family.parent_of(connection, office, case, now=now),
        children=tuple(family.children_of(connection, office, case, now=now)),
        foreseen=() if case.counted_from or case.ended_at else tuple(
            foreseen_line(fact) for fact in foreseeing.foresee(connection, office, deployment, case, now=now)))


def foreseen_line(fact: ClockStarted) -> tuple[str, str, str, bool]:
    """A clock an acceptance would start: which limit, its length, when it would be due, whether provisionally."""
    kind = LimitKind(fact.kind) if fact.kind else LimitKind(fact.clock.partition(":")[0])
    return text(NAMES[kind]), text(length(fact.amount, fact.unit)), (fact.due or "").replace("T", " "), fact.is_provisional


def state_of(case: Case) -> str:
    """Where a case stands; while it stands still, by each kind of stop that holds it."""
    kinds = dict.fromkeys(stop.kind for stop in case.open_stops)
    return "、".join(text(words.STOPS[kind]) for kind in kinds) if case.is_suspended else text(words.STATES[case.state])


def left_of(office: Office, case: Case, clock: Clock, at: datetime) -> str:
    """剩余时限 of a running clock, in working days."""
    if clock.due_on is None or not clock.is_running:
        return ""
    today = local_day(at)
    left = remaining_workdays(office.general_terms(case).calendar, today, clock.due_on)
    if today == clock.due_on:
        return text("今日到期") if clock.lapses_at is None or at < clock.lapses_at else text("今日已超期")
    if today < clock.due_on:
        return text("剩{days}个工作日").format(days=left)
    return text("已超{days}个工作日").format(days=-left) if left else text("已超期")


def timeline(connection: Connection, office: Office, row: CaseRow, deployment: Deployment, *, after: int = 0) -> list[Happened]:
    """What has happened after a fact, newest first, as far as one page shows it."""
    telling = Telling(labels=deployment.outcomes, person=lambda id: _name(office, id))
    found = [each for each in reading.history(connection, row.id) if each.seq > after]
    return [_happened(office, each, said) for each in reversed(found[-LONGEST:])
            if (said := _told(each.fact, telling)) is not None]


def minute(at: datetime) -> str:
    """An instant in Asia/Shanghai, to the minute."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _told(fact: Fact, telling: Telling) -> str | None:
    said = told(fact, telling)
    if isinstance(fact, IncidentRaised):
        said = say("异常:{what}", what=in_words(fact.message))
    return None if said is None else text(said)


def _happened(office: Office, recorded: Recorded, said: str) -> Happened:
    return Happened(seq=recorded.seq, at=minute(recorded.at), by=_name(office, recorded.by), said=hidden(said))


def _name(office: Office, id: str) -> str:
    person = office.people.persons.get(id)
    return person.name if person else id


def _steps(
    connection: Connection, office: Office, row: CaseRow, case: Case, deployment: Deployment, person: str, now: datetime,
) -> list[Step]:
    tasks = reading.tasks_of(connection, row.id)
    listed = [Listed(number=row.number, version=row.version, task=task) for task in tasks]
    bars = worklists.barred(connection, office, person, listed, now=now)
    return [_step(connection, office, row, case, each.task, bars.get(each.key, ""), person, now) for each in listed]


def _step(
    connection: Connection, office: Office, row: CaseRow, case: Case, task: TaskRow, bar: str, person: str, now: datetime,
) -> Step:
    has_other = task.assignee is not None and task.assignee != person and not _stands_in(office, person, task.assignee, now)
    calendar = office.general_terms(case).calendar
    return Step(
        id=f"{row.number}-{task.token}", row=task, holder=_name(office, task.assignee) if task.assignee else "",
        outcomes=tuple((key, label) for key, label in orjson.loads(task.outcomes)), is_mine=task.assignee == person,
        bar=bar or (text("本环节由{person}办理").format(person=_name(office, task.assignee or "")) if has_other else ""),
        is_beside=is_beside(task.token), schema=step_form(connection, task.form) if task.form else None,
        since_workdays=max(0, remaining_workdays(calendar, local_day(task.opened_at), local_day(now))))


def _stands_in(office: Office, person: str, holder: str, now: datetime) -> bool:
    return holder in office.people.away_for(person, local_day(now))


def _clock(office: Office, case: Case, clock: Clock, now: datetime) -> ClockLine:
    lamp = clock_lamp(office, case, clock, now)
    return ClockLine(
        name=clock.name, label=text(NAMES[clock.kind]), length=text(length(clock.amount, clock.unit.value)),
        source=text(words.SOURCES.get(clock.source, clock.source)), due=(clock.due or "").replace("T", " "),
        left=left_of(office, case, clock, now), lamp=text(words.LAMPS[lamp]), colour=lamp.value,
        is_provisional=clock.is_provisional, is_stopped=clock.is_running and clock.due is None,
        is_governing=clock is case.governing)


def _stop(stop: Any) -> str:
    until = text("，预计 {day} 结束").format(day=stop.expected_end) if stop.expected_end else ""
    kind, ground = words.STOP_KINDS[stop.kind], text(ground_name(stop.ground))
    return text("{kind}：{ground}，自 {start} 起{until}（{document}）").format(
        kind=text(kind), ground=ground, start=stop.start, until=until, document=stop.document or stop.basis)


def _particulars(office: Office, deployment: Deployment, row: CaseRow, with_personal: bool) -> list[tuple[str, str]]:
    """What was entered, by the titles of the forms."""
    asked = fields_of(office, deployment)
    data: dict[str, Any] = orjson.loads(row.data)
    return [(str(asked[name].get("title", name)), shown(asked[name], value, with_personal)) for name, value in data.items()
            if name in asked and value not in (None, "", [])]


def shown(schema: Mapping[str, Any], value: Any, with_personal: bool = False) -> str:
    """A value as people read it; what its form calls personal with its middle hidden, unless `with_personal`."""
    match value:
        case bool():
            return text("是") if value else text("否")
        case list():
            return "、".join(shown(schema.get("items", {}), each, with_personal) for each in value)
        case dict():
            inside = schema.get("properties", {})
            return "；".join(shown(inside.get(name, {}), each, with_personal) for name, each in value.items())
    if with_personal:
        return str(value)
    return masked(str(value)) if is_personal(schema) else hidden(str(value))


def due_sentence(file: CaseFile) -> str:
    """“剩 2 个工作日 (11-25)” of the clock people look at, "" when none runs."""
    clock = next((each for each in file.clocks if each.is_governing), None)
    if clock is None:
        return ""
    if clock.is_stopped:
        return text("停止计时")
    day = f"（{clock.due[5:]}）" if clock.due else ""
    return f"{clock.left}{day}" if clock.left else ""


def newer(facts: Sequence[Happened], seq: int) -> list[Happened]:
    """What happened after a case was read."""
    return [each for each in facts if each.seq > seq]
