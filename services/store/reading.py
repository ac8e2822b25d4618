"""Every statement that reads, built once at import. A list is read page by page, from a key onwards, never by offset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations

from sqlalchemy import Connection, bindparam, func, select, tuple_

from engine.errors import NotFound
from engine.events import Recorded, read
from services import tables as t
from services.store.rows import (
    AnswerRow,
    CardRow,
    CaseRow,
    ClockRow,
    DefinitionRow,
    ExternalTaskRow,
    HeldCase,
    IncidentRow,
    MessageRow,
    OrderRow,
    Progress,
    PushRow,
    RatingRow,
    TaskRow,
    TimerRow,
)

_CASE = [t.case.c[name] for name in CaseRow._fields]
RULED = ("law", "office_limit", "commitment", "policy", "people", "empowerment", "catalogue_entry", "decision_list")
"""The counters that grow whenever what an office rules changes: their sum says whether what was read of it is still so."""

_RULES = (select(func.coalesce(func.sum(t.counter.c.value), 0)).where(t.counter.c.name.in_(RULED))
          .scalar_subquery().label("rules"))
_HELD = [*(t.case.c[name] for name in HeldCase._fields[:-1]), _RULES]
_TASK = [t.task.c[name] for name in TaskRow._fields]
_TIMER = [t.timer.c[name] for name in TimerRow._fields]
_DEFINITION = [t.definition.c[name] for name in DefinitionRow._fields]
_MESSAGE = [t.message.c[name] for name in MessageRow._fields]
_INCIDENT = [t.incident.c[name] for name in IncidentRow._fields]

_CASE_BY_NUMBER = select(*_HELD).where(t.case.c.number == bindparam("number")).with_for_update()
_CASE_BY_ID = select(*_HELD).where(t.case.c.id == bindparam("id")).with_for_update()
_PEEK_CASE = select(*_CASE).where(t.case.c.number == bindparam("number"))
_CASE_AND_TASK = (
    select(*_HELD, *_TASK)
    .join_from(t.case, t.task, (t.task.c.case_id == t.case.c.id) & (t.task.c.token == bindparam("token")), isouter=True)
    .where(t.case.c.number == bindparam("number")).with_for_update(of=t.case))
_CLOCK = [t.clock.c[name] for name in ClockRow._fields]
_RINGING = (
    select(*_HELD, *_CLOCK).join_from(t.clock, t.case, t.clock.c.case_id == t.case.c.id)
    .where(t.clock.c.rings_at <= bindparam("now")).order_by(t.clock.c.rings_at).limit(bindparam("most"))
    .with_for_update(of=[t.clock, t.case], skip_locked=True))
_CLOCKS_OF = select(*_CLOCK).where(t.clock.c.case_id == bindparam("id")).order_by(t.clock.c.clock)
_CARDS_OF = (select(*(t.card.c[name] for name in CardRow._fields)).where(t.card.c.case_id == bindparam("id"))
             .order_by(t.card.c.seq))
_ORDERS_OF = (select(*(t.supervision_order.c[name] for name in OrderRow._fields))
              .where(t.supervision_order.c.case_id == bindparam("id")).order_by(t.supervision_order.c.seq))
_PUSHES_OF = (select(*(t.push.c[name] for name in PushRow._fields)).where(t.push.c.case_id == bindparam("id"))
              .order_by(t.push.c.seq))
_RATING_OF = select(*(t.rating.c[name] for name in RatingRow._fields)).where(t.rating.c.case_id == bindparam("id"))
_RULES_NOW = select(_RULES)
_DUE = (
    select(*_HELD, *_TIMER).join_from(t.timer, t.case, t.timer.c.case_id == t.case.c.id)
    .where(t.timer.c.due_at <= bindparam("now")).order_by(t.timer.c.due_at).limit(bindparam("most"))
    .with_for_update(of=[t.timer, t.case], skip_locked=True))
_NEXT = select(select(func.min(t.clock.c.rings_at)).where(t.clock.c.rings_at.is_not(None)).scalar_subquery(),
               select(func.min(t.timer.c.due_at)).where(t.timer.c.due_at.is_not(None)).scalar_subquery(),
               select(func.min(t.errand.c.due_at)).where(t.errand.c.due_at.is_not(None)).scalar_subquery())
_TIMERS_OF = select(*_TIMER).where(t.timer.c.case_id == bindparam("id")).order_by(t.timer.c.token)
_TASKS_OF = select(*_TASK).where(t.task.c.case_id == bindparam("id")).order_by(t.task.c.token)
_MESSAGES_OF = select(*_MESSAGE).where(t.message.c.case_id == bindparam("id")).order_by(t.message.c.token)
_EXTERNALS_OF = (select(*(t.external_task.c[name] for name in ExternalTaskRow._fields))
                 .where(t.external_task.c.case_id == bindparam("id")).order_by(t.external_task.c.token))
_INCIDENTS_OF = select(*_INCIDENT).where(t.incident.c.case_id == bindparam("id")).order_by(t.incident.c.seq)
_DECISION_OF = select(t.fact.c.body, t.fact.c.hash).where(t.fact.c.case_id == bindparam("id"),
                                                          t.fact.c.decides == bindparam("token"))
_FACTS_OF = (select(t.fact.c.body, t.fact.c.hash)
             .where(t.fact.c.case_id == bindparam("id"), t.fact.c.seq > bindparam("after")).order_by(t.fact.c.seq)
             .limit(bindparam("most")))
_CASES = select(*_CASE).where(t.case.c.id < bindparam("before")).order_by(t.case.c.id.desc()).limit(bindparam("most"))
_CASES_IN_STATE = _CASES.where(t.case.c.state == bindparam("state"))
_CASES_OF_PARENT = _CASES.where(t.case.c.parent == bindparam("parent"))
_CASES_ASKED = {(False, False): _CASES, (True, False): _CASES_IN_STATE, (False, True): _CASES_OF_PARENT,
                (True, True): _CASES_OF_PARENT.where(t.case.c.state == bindparam("state"))}
_TASKS = (
    select(t.case.c.number, t.case.c.version, *_TASK).join_from(t.task, t.case)
    .where(tuple_(t.task.c.case_id, t.task.c.token) > tuple_(bindparam("case_id"), bindparam("token")))
    .order_by(t.task.c.case_id, t.task.c.token).limit(bindparam("most")))
_TASK_FILTERS = {"number": t.case.c.number == bindparam("number"), "role": t.task.c.role == bindparam("role"),
                 "unit": (t.task.c.unit == bindparam("unit")) & (t.task.c.unit != ""),
                 "assignee": t.task.c.assignee == bindparam("assignee")}
_TASKS_ASKED = {frozenset(names): _TASKS.where(*(_TASK_FILTERS[name] for name in names))
                for most in range(len(_TASK_FILTERS) + 1) for names in combinations(_TASK_FILTERS, most)}
"""Which open tasks, by what is asked of them."""
_TASKS_OF_CASES = (select(*_TASK).where(t.task.c.case_id.in_(bindparam("ids", expanding=True)))
                   .order_by(t.task.c.case_id, t.task.c.token))
_PROGRESS = (
    select(t.case.c.state, t.incident.c.code, t.incident.c.message, *_TASK)
    .join_from(t.case, t.task, t.task.c.case_id == t.case.c.id, isouter=True)
    .join(t.incident, (t.incident.c.case_id == t.case.c.id) & (t.incident.c.opened_at == bindparam("at")), isouter=True)
    .where(t.case.c.number == bindparam("number")).order_by(t.task.c.token, t.incident.c.seq.desc()))
_ANSWER_BY_KEY = select(*(t.answer.c[name] for name in AnswerRow._fields)).where(t.answer.c.key == bindparam("key"))
_DEFINITION_BY_ID = select(*_DEFINITION).where(t.definition.c.id == bindparam("id"))
_NAMES = (select(t.definition.c.id, t.definition.c.name)
          .where(t.definition.c.id.in_(bindparam("ids", expanding=True))))
_DEFINITION_BY_HASH = select(*_DEFINITION).where(t.definition.c.process == bindparam("process"),
                                                 t.definition.c.hash == bindparam("hash")
                                                 ).order_by(t.definition.c.version.desc()).limit(1)
_WITHDRAWN_BEFORE = (
    select(t.case.c.number).where(t.case.c.applicant == bindparam("applicant"), t.case.c.process == bindparam("process"),
                                  t.case.c.state == "withdrawn", t.case.c.ended_at >= bindparam("since"))
    .order_by(t.case.c.id.desc()).limit(1))
_OF_APPLICANT = (select(*_CASE).where(t.case.c.applicant == bindparam("applicant"), t.case.c.applicant != "")
                 .order_by(t.case.c.id.desc()).limit(bindparam("most")))
_OF_APPLICANT_NAMED = (
    select(*_CASE).where(t.case.c.applicant_name == bindparam("applicant"), t.case.c.applicant_name != "")
    .order_by(t.case.c.id.desc()).limit(bindparam("most")))
_LATEST = (select(*_DEFINITION).where(t.definition.c.process == bindparam("process"))
           .order_by(t.definition.c.version.desc()).limit(1))
_LATEST_NAMED = (select(*_DEFINITION).where(t.definition.c.name == bindparam("name"))
                 .order_by(t.definition.c.id.desc()).limit(1))
_NEWER = t.definition.alias("newer")
_ALL_LATEST = (
    select(*_DEFINITION)
    .where(~select(_NEWER.c.id).where(_NEWER.c.process == t.definition.c.process,
                                      _NEWER.c.version > t.definition.c.version).exists())
    .order_by(t.definition.c.process))

_HISTORY = 1000  # facts read at a time
FIRST = 2**62
"""Before the newest case: where a list of cases, newest first, begins."""


def load_case(connection: Connection, number: str) -> HeldCase | None:
    """A case to be changed: locked until the transaction ends."""
    row = connection.execute(_CASE_BY_NUMBER, {"number": number}).first()
    return HeldCase._make(row) if row else None


def load_case_by_id(connection: Connection, case_id: int) -> HeldCase:
    """A case to be changed, by its key."""
    return HeldCase._make(connection.execute(_CASE_BY_ID, {"id": case_id}).one())


def peek_case(connection: Connection, number: str) -> CaseRow | None:
    """A case to be looked at, not locked."""
    row = connection.execute(_PEEK_CASE, {"number": number}).first()
    return CaseRow._make(row) if row else None


def load_case_with_task(connection: Connection, number: str, token: int) -> tuple[HeldCase | None, TaskRow | None]:
    """A case to be changed with one of its open tasks, in one statement. (None, None): no such case."""
    row = connection.execute(_CASE_AND_TASK, {"number": number, "token": token}).first()
    if row is None:
        return None, None
    width = len(_HELD)
    return HeldCase._make(row[:width]), TaskRow._make(row[width:]) if row[width] is not None else None


def withdrawn_before(connection: Connection, process: str, applicant: str, since: datetime) -> str | None:
    """The last case of this process that the applicant has withdrawn since an instant; None: there is none."""
    found = connection.execute(_WITHDRAWN_BEFORE, {"process": process, "applicant": applicant, "since": since}).scalar()
    return None if found is None else str(found)


def cases_of_applicant(connection: Connection, applicant: str, *, most: int) -> list[CaseRow]:
    """The newest cases filed under a code or a name, each once, in no order: by two indexes."""
    given = {"applicant": applicant, "most": most}
    found = [CaseRow._make(row) for statement in (_OF_APPLICANT, _OF_APPLICANT_NAMED)
             for row in connection.execute(statement, given)]
    return list({row.id: row for row in found}.values())


def claim_due(connection: Connection, now: datetime, most: int) -> list[tuple[HeldCase, TimerRow]]:
    """Due timers with their cases, earliest first, locked until the transaction ends; what another worker holds is
    skipped. A case appears once: its next timer is for the next batch, because the first may change it."""
    width = len(_HELD)
    claimed: dict[int, tuple[HeldCase, TimerRow]] = {}
    for row in connection.execute(_DUE, {"now": now, "most": most}):
        claimed.setdefault(row[0], (HeldCase._make(row[:width]), TimerRow._make(row[width:])))
    return list(claimed.values())


def claim_ringing(connection: Connection, now: datetime, most: int) -> list[tuple[HeldCase, ClockRow]]:
    """Clocks about which something has to be done, with their cases, as `claim_due`. Those of one instant come by their case
    and name on each database. They are sorted here: thousands may ring at one instant, which no statement should sort for each
    batch."""
    width = len(_HELD)
    rows = [(HeldCase._make(row[:width]), ClockRow._make(row[width:]))
            for row in connection.execute(_RINGING, {"now": now, "most": most})]
    claimed: dict[int, tuple[HeldCase, ClockRow]] = {}
    for case, clock in sorted(rows, key=lambda row: (row[1].rings_at, row[1].case_id, row[1].clock)):
        claimed.setdefault(case.id, (case, clock))
    return list(claimed.values())


def next_due(connection: Connection) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When something has to be done about a clock next, when the earliest timer is due, and the earliest errand; None where
    nothing is. One statement: it is asked at every tick."""
    ring, due, asked = connection.execute(_NEXT).one()
    return ring, due, asked


def rules(connection: Connection) -> int:
    """How often what the office rules has changed."""
    return int(connection.execute(_RULES_NOW).scalar_one())


def clocks_of(connection: Connection, case_id: int) -> list[ClockRow]:
    """The running clocks of a case."""
    return [ClockRow._make(row) for row in connection.execute(_CLOCKS_OF, {"id": case_id})]


def cards_of(connection: Connection, case_id: int) -> list[CardRow]:
    """The cards of a case."""
    return [CardRow._make(row) for row in connection.execute(_CARDS_OF, {"id": case_id})]


def orders_of(connection: Connection, case_id: int) -> list[OrderRow]:
    """The supervision orders of a case."""
    return [OrderRow._make(row) for row in connection.execute(_ORDERS_OF, {"id": case_id})]


def rating_of(connection: Connection, case_id: int) -> RatingRow | None:
    """How a case was rated; None: it was not."""
    row = connection.execute(_RATING_OF, {"id": case_id}).first()
    return RatingRow._make(row) if row else None


def pushes_of(connection: Connection, case_id: int) -> list[PushRow]:
    """The pushed results of a case."""
    return [PushRow._make(row) for row in connection.execute(_PUSHES_OF, {"id": case_id})]


def timers_of(connection: Connection, case_id: int) -> list[TimerRow]:
    """The pending timers of a case."""
    return [TimerRow._make(row) for row in connection.execute(_TIMERS_OF, {"id": case_id})]


def tasks_of(connection: Connection, case_id: int) -> list[TaskRow]:
    """The open tasks of a case."""
    return [TaskRow._make(row) for row in connection.execute(_TASKS_OF, {"id": case_id})]


def messages_of(connection: Connection, case_id: int) -> list[MessageRow]:
    """The awaited messages and signals of a case."""
    return [MessageRow._make(row) for row in connection.execute(_MESSAGES_OF, {"id": case_id})]


def externals_of(connection: Connection, case_id: int) -> list[ExternalTaskRow]:
    """The external tasks of a case."""
    return [ExternalTaskRow._make(row) for row in connection.execute(_EXTERNALS_OF, {"id": case_id})]


def incidents_of(connection: Connection, case_id: int) -> list[IncidentRow]:
    """The open incidents of a case."""
    return [IncidentRow._make(row) for row in connection.execute(_INCIDENTS_OF, {"id": case_id})]


def decision(connection: Connection, case_id: int, token: int) -> Recorded | None:
    """The fact that decided a task; None when there is none."""
    row = connection.execute(_DECISION_OF, {"id": case_id, "token": token}).first()
    return read(row[0], row[1]) if row else None


def facts_of(connection: Connection, case_id: int, *, after: int = 0, most: int = 100_000) -> Sequence[tuple[bytes, bytes]]:
    """(body, hash) of a case's facts in order, from number `after` + 1."""
    return [(row[0], row[1]) for row in connection.execute(_FACTS_OF, {"id": case_id, "after": after, "most": most})]


def history(connection: Connection, case_id: int) -> list[Recorded]:
    """A case's facts, in order."""
    found: list[Recorded] = []
    while page := facts_of(connection, case_id, after=len(found), most=_HISTORY):
        found += (read(body, link) for body, link in page)
    return found


def cases_page(
    connection: Connection, *, before: int = FIRST, state: str | None = None, parent: str | None = None, most: int,
) -> list[CaseRow]:
    """Cases, newest first, with an id below `before`; `parent`: only the children of a bundle."""
    asked = {name: value for name, value in (("state", state), ("parent", parent)) if value is not None}
    statement = _CASES_ASKED["state" in asked, "parent" in asked]
    given: dict[str, object] = {"before": before, "most": most, **asked}
    return [CaseRow._make(row) for row in connection.execute(statement, given)]


def tasks_page(
    connection: Connection, *, after: tuple[int, int] = (0, -1), number: str | None = None, role: str | None = None,
    unit: str | None = None, assignee: str | None = None, most: int,
) -> list[tuple[str, int, TaskRow]]:
    """(case number, case version, open task), in the order of opening, after the key (case id, token)."""
    filters = (("number", number), ("role", role), ("unit", unit), ("assignee", assignee))
    asked = {name: value for name, value in filters if value is not None}
    given: dict[str, object] = {"case_id": after[0], "token": after[1], "most": most, **asked}
    statement = _TASKS_ASKED[frozenset(asked)]
    return [(row[0], row[1], TaskRow._make(row[2:])) for row in connection.execute(statement, given)]


def tasks_of_cases(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[TaskRow]]:
    """The open tasks of several cases by case id, in one statement; a case without one is left out."""
    tasks: dict[int, list[TaskRow]] = {}
    for row in connection.execute(_TASKS_OF_CASES, {"ids": list(case_ids)}):
        tasks.setdefault(row[0], []).append(TaskRow._make(row))
    return tasks


def progress(connection: Connection, number: str, *, at: datetime) -> Progress:
    """How far a case has come after the command given at `at`, in one statement. Raises NotFound."""
    rows = connection.execute(_PROGRESS, {"number": number, "at": at}).all()
    if not rows:
        raise NotFound("case", number)
    tasks = {row[4]: TaskRow._make(row[3:]) for row in rows if row[3] is not None}
    return Progress(state=rows[0][0], tasks=list(tasks.values()),
                    incident=None if rows[0][1] is None else (rows[0][1], rows[0][2]))


def answer(connection: Connection, key: str) -> AnswerRow | None:
    """What a request with this idempotency key was told, if it was carried out."""
    row = connection.execute(_ANSWER_BY_KEY, {"key": key}).first()
    return AnswerRow._make(row) if row else None


def definition_names(connection: Connection, definition_ids: Sequence[int]) -> dict[int, str]:
    """The names of deployed definitions by id, in one statement."""
    return {row[0]: row[1] for row in connection.execute(_NAMES, {"ids": list(definition_ids)})}


def definition(connection: Connection, definition_id: int) -> DefinitionRow:
    """A deployed definition. Raises NotFound."""
    row = connection.execute(_DEFINITION_BY_ID, {"id": definition_id}).first()
    if row is None:
        raise NotFound("definition", str(definition_id))
    return DefinitionRow._make(row)


def definition_by_hash(connection: Connection, process: str, digest: str) -> DefinitionRow | None:
    """The newest version of a process with this meaning, if it was deployed."""
    row = connection.execute(_DEFINITION_BY_HASH, {"process": process, "hash": digest}).first()
    return DefinitionRow._make(row) if row else None


def latest_definition(connection: Connection, process: str) -> DefinitionRow | None:
    """The newest version of a process, by its id."""
    row = connection.execute(_LATEST, {"process": process}).first()
    return DefinitionRow._make(row) if row else None


def latest_definition_named(connection: Connection, name: str) -> DefinitionRow | None:
    """The newest version of a process, by its name."""
    row = connection.execute(_LATEST_NAMED, {"name": name}).first()
    return DefinitionRow._make(row) if row else None


def latest_definitions(connection: Connection) -> list[DefinitionRow]:
    """The newest version of every process."""
    return [DefinitionRow._make(row) for row in connection.execute(_ALL_LATEST)]
