"""Cases told fact by fact, for tests of the rules: no diagram and no store, only what follows from each fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from msgspec.structs import replace

from engine import events, moves
from engine.case import Case, evolve
from engine.consequences import Terms, tell
from engine.events import Fact, Recorded
from engine.lifecycle import State
from engine.limits import Limit, LimitKind
from engine.supervision import Policy
from services.calendars import load_calendar
from services.settings import SHELF

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""Wednesday 10:00 in the hall; no holiday is near before April."""
CALENDAR = load_calendar(SHELF)
TERMS = Terms(limits=(Limit(amount=5, kind=LimitKind.PROMISED), Limit(amount=20, kind=LimitKind.STATUTORY)),
              calendar=CALENDAR, policy=Policy(), hands_over=True)
JOINT = Terms(limits=(Limit(amount=45, kind=LimitKind.STATUTORY),), calendar=CALENDAR, policy=Policy())


def day(number: int, hour: int = 2) -> datetime:
    """An instant in March 2026, 10:00 in Shanghai unless said otherwise."""
    return datetime(2026, 3, number, hour, tzinfo=UTC)


def opened() -> Case:
    """A case on the desk since the 4th."""
    fact = events.CaseOpened(process="p", definition="d", received_on=date(2026, 3, 4), data={})
    return evolve(None, events.record("430600", 1, events.GENESIS, NOW, "王", fact))


def in_state(state: State) -> Case:
    """A case that is said to stand there."""
    return replace(opened(), state=state)


def then(case: Case, *facts: Fact, now: datetime = NOW, by: str = "李", terms: Terms = TERMS) -> Case:
    """The case after some facts and all that follows from them."""
    return after(case, *facts, now=now, by=by, terms=terms)[0]


def after(
    case: Case, *facts: Fact, now: datetime = NOW, by: str = "李", terms: Terms = TERMS,
) -> tuple[Case, list[Recorded]]:
    """As `then`, with everything that was recorded."""
    recorded: list[Recorded] = []
    for fact in facts:
        case, more = tell(case, fact, terms, now=now, by=by)
        recorded += more
    return case, recorded


def accepted(terms: Terms = TERMS) -> Case:
    """Accepted on the 4th and under review: promised until the 11th, by law until the 1st of April."""
    case = then(opened(), moves.reach(opened(), "accepted", "n", NOW), terms=terms)
    done = events.TaskCompleted(token=1, node="review", name="审查", act="review", outcome=None, data={})
    return then(case, events.ReviewStarted(), done, by="李", terms=terms)


def kinds(recorded: Sequence[Recorded]) -> list[str]:
    """What was told, in order."""
    return [each.kind for each in recorded]


def lapse(case: Case, clock: str, now: datetime = NOW) -> events.DeadlineLapsed:
    """The lapse of a clock's present deadline."""
    running = case.clock(clock)
    assert running is not None and running.lapses_at is not None
    return events.DeadlineLapsed(clock=clock, node="", due_on=running.due_on, scheduled_at=running.lapses_at, noticed_at=now,
                                 version=running.version)
