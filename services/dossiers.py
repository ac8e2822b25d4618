"""The evidence 依据 about a case for whoever supervises it: its facts, its clocks explained, and who has it now and since when.

Reads only, and of one case; six statements, whatever its age.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from engine import events
from engine.calendar import Calendar
from engine.case import Case, local_day
from engine.errors import NotFound
from engine.events import Recorded
from services.explaining import ExplainedCase, explain_case
from services.folded import fold_of
from services.office import Office
from services.store import reading
from services.store.rows import CaseRow, TaskRow

_TOLD = (events.CardIssued, events.CardAppealed, events.CardUpheld, events.CardWrittenOff, events.CardExempted,
         events.CaseReminded, events.OrderIssued, events.OrderReplied, events.OrderReturned, events.OrderClosed)
_HANDED = (events.TaskClaimed, events.TaskAssigned, events.TaskTransferred, events.TaskDelegated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An open task of the case. `since`: when whoever has it got it, or, while nobody has, when it was opened; `workdays`: how
    many working days have passed since that day."""

    task: TaskRow
    since: datetime
    workdays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A case with its evidence. `matter`: the name of its process. `calendar`: the days of its hall, window and platform.
    `over`: the day on which a clock was over, by its name; those that still run are not in it."""

    row: CaseRow
    case: Case
    matter: str
    calendar: Calendar
    explained: ExplainedCase
    over: Mapping[str, date]
    holdings: tuple[Holding, ...]

    @property
    def facts(self) -> tuple[Recorded, ...]:
        """Its facts, in order."""
        return self.explained.facts


def dossier(connection: Connection, office: Office, row: CaseRow, *, now: datetime) -> Dossier:
    """The evidence about a case that was found and may be seen."""
    explained = explain_case(connection, office, row.number, today=local_day(now))
    case = fold_of(row)
    calendar = office.general_terms(case).calendar
    tasks = reading.tasks_of(connection, row.id)
    return Dossier(row=row, case=case, matter=reading.definition_names(connection, [row.definition_id])[row.definition_id],
                   calendar=calendar, explained=explained, over=_over(explained.facts),
                   holdings=tuple(_holding(task, explained.facts, calendar, now) for task in tasks))


def about(found: Dossier, seq: int, name: str) -> tuple[Recorded, ...]:
    """The fact that began a `card` or an `order` of the case, by its number, and those that name it."""
    return tuple(recorded for recorded in found.facts if isinstance(recorded.fact, _TOLD)
                 and (recorded.seq == seq or getattr(recorded.fact, name, None) == seq))


def find(connection: Connection, number: str) -> CaseRow:
    """A case by its number. Raises NotFound."""
    row = reading.peek_case(connection, number)
    if row is None:
        raise NotFound("case", number)
    return row


def _over(facts: Sequence[Recorded]) -> dict[str, date]:
    """Clocks that belong to a timer or a stop are forgotten by the case when they are over; the facts know them."""
    over: dict[str, date] = {}
    for recorded in facts:
        match recorded.fact:
            case events.ClockStarted(clock=clock):
                over.pop(clock, None)
            case events.ClockStopped(clock=clock, stopped_on=stopped_on):
                over[clock] = stopped_on
    return over


def _holding(task: TaskRow, facts: Sequence[Recorded], calendar: Calendar, now: datetime) -> Holding:
    since = max((recorded.at for recorded in facts if isinstance(recorded.fact, _HANDED) and recorded.fact.token == task.token),
                default=task.opened_at) if task.assignee else task.opened_at
    return Holding(task=task, since=since, workdays=max(calendar.workdays_between(local_day(since), local_day(now)), 0))
