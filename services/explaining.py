"""The clocks of a case explained: each with where its number comes from, every deadline it ever had, and its account day by
day.

Reads the facts of the case from the first to the last, so that a clock which is long over can be explained too. A clock that
runs is explained by the law in force; one that is over by the law it was last counted with, because that is what it was
judged by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from engine import events
from engine.calendar import Calendar
from engine.case import Case, evolve
from engine.clocks import Clock, move_said
from engine.errors import NotFound
from engine.events import Recorded
from engine.explanation import Account, explain
from engine.limit_words import said
from engine.limits import NAMES, LimitKind, Unit, deadline
from engine.sentences import say
from engine.stops import stopping
from services.law import load_law
from services.office import Office
from services.store import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineTold:
    """One deadline a clock has had. `due` None: it was stopped. `reason`: what moved it, `said` in Chinese; `seq` and `by`: of
    the fact that says so."""

    seq: int
    at: datetime
    by: str
    due: str | None
    provisional: bool
    reason: str

    @property
    def said(self) -> str:
        """What moved it, as the offices say it."""
        return move_said(self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedClock:
    """A clock and its account. `label`: its kind in Chinese. `lapsed_at`: when its last deadline lapsed, None when it has
    not. `opens_on`: of a public notice 公示期, the first working day after it is over 可申请日; None for other clocks."""

    clock: Clock
    label: str
    account: Account
    deadlines: tuple[DeadlineTold, ...]
    lapsed_at: datetime | None
    opens_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCase:
    """The clocks of a case, those of the case as a whole first, in the order they began. `governing`: the name of the one
    people look at; None before acceptance. `facts`: those it was followed through."""

    number: str
    governing: str | None
    clocks: tuple[ExplainedClock, ...]
    facts: tuple[Recorded, ...]

    def chosen(self, kind: str | None) -> ExplainedClock:
        """The clock of this name or kind (the last to begin, where there were several); None: the governing one. Raises
        NotFound."""
        wanted = kind or self.governing
        for found in (each for by_name in (True, False) for each in reversed(self.clocks)
                      if wanted == (each.clock.name if by_name else each.clock.kind.value)):
            return found
        known = tuple(each.clock.name for each in self.clocks) or say("none has begun yet")
        raise NotFound("clock", wanted or "of the case as a whole", say(
            "case {case} has: {clocks}", case=self.number, clocks=known))


def explain_case(connection: Connection, office: Office, number: str, *, today: date) -> ExplainedCase:
    """Every clock a case has had. Raises NotFound."""
    row = reading.peek_case(connection, number)
    if row is None:
        raise NotFound("case", number)
    office.refresh(connection)
    facts = [events.read(body, link) for body, link in reading.facts_of(connection, row.id)]
    case, clocks = _followed(facts)
    ordered = sorted(clocks.values(), key=lambda clock: clock.token is not None)
    return ExplainedCase(
        number=number, governing=case.governing.name if case.governing else None,
        clocks=tuple(_explained(case, clock, facts, _calendar(connection, office, case, clock), today) for clock in ordered),
        facts=tuple(facts))


def _followed(facts: Iterable[Recorded]) -> tuple[Case, dict[str, Clock]]:
    """The case, and the last each clock has been, by name, in the order they began."""
    case: Case | None = None
    clocks: dict[str, Clock] = {}
    for recorded in facts:
        case = evolve(case, recorded)
        clocks.update((clock.name, clock) for clock in case.clocks)
    assert case is not None
    return case, clocks


def _calendar(connection: Connection, office: Office, case: Case, clock: Clock) -> Calendar:
    law = office.law
    if not clock.is_running and clock.law != law.version:
        law = load_law(connection, office.shelf, version=clock.law)
    return law.calendar(park=case.park, window=case.window, system=case.system)


def _explained(case: Case, clock: Clock, facts: list[Recorded], calendar: Calendar, today: date) -> ExplainedClock:
    account = explain(calendar, clock.limit, clock.counted_from, event=clock.event,
                      suspensions=stopping(case.all_stops, clock.kind), extensions=clock.extensions, until=today)
    lapses = [recorded.fact for recorded in facts
              if isinstance(recorded.fact, events.DeadlineLapsed) and recorded.fact.clock == clock.name]
    return ExplainedClock(clock=clock, label=NAMES[clock.kind], account=account, deadlines=tuple(_deadlines(clock, facts)),
                          lapsed_at=lapses[-1].scheduled_at if clock.has_lapsed and lapses else None,
                          opens_on=_opens_on(clock, calendar))


def _opens_on(clock: Clock, calendar: Calendar) -> date | None:
    """可申请日: the notice's own last day is shown as it is counted, holiday or not; who waits for it comes on the first
    working day after (domain rules §3.3)."""
    if clock.kind is not LimitKind.NOTICE or clock.event != "noticed":
        return None
    ends_on = deadline(calendar, replace(clock.limit, roll_off_holiday=False), clock.counted_from, event=clock.event).due_on
    return None if ends_on is None else calendar.workday_after(ends_on, 1)


def _deadlines(clock: Clock, facts: Iterable[Recorded]) -> Iterable[DeadlineTold]:
    for recorded in facts:
        for due, is_provisional, reason in _told(recorded.fact, clock.name):
            yield DeadlineTold(seq=recorded.seq, at=recorded.at, by=recorded.by, due=due, provisional=is_provisional,
                               reason=reason)


def _told(fact: events.Fact, name: str) -> Iterator[tuple[str | None, bool, str]]:
    """What a fact says of a clock's deadline: the date, whether that is provisional, what moved it."""
    match fact:
        case events.ClockStarted(clock=clock) if clock == name:
            yield fact.due, fact.is_provisional, f"started: {said(fact.amount, Unit(fact.unit))}"
        case events.ClockMoved(clock=clock) if clock == name:
            yield fact.due, fact.is_provisional, fact.reason
        case events.ClocksRecounted():
            for each in fact.recounts:
                if each.clock == name:
                    yield each.due, each.is_provisional, f"calendar: {fact.reference}"
