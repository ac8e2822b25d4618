"""A deadline lapses: a due timer goes off, in the transaction that moves its case.

The drawn timer is only the bell. Whether the limit really is over is asked of the case at that moment: it may have been
suspended, moved or concluded since the bell was set. A lapse is judged by the scheduled instant; when the machine was down
it is noticed late, and both instants are kept.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from engine.case import Case, local_day
from engine.errors import Incident
from engine.events import DeadlineLapsed, TimerFired
from engine.limits import CASE_CLOCKS, LimitKind
from engine.process import kernel
from engine.process.step import Step
from engine.timers import due_at
from services.chapter import Chapter
from services.office import Office
from services.store.rows import HeldCase, TimerRow

CLOCK = "时钟"
"""Who acts when nobody does."""

_LIMITS = frozenset(kind.value for kind in LimitKind)
_CASE_CLOCKS = frozenset(kind.value for kind in CASE_CLOCKS)


def fire(
    connection: Connection, office: Office, row: HeldCase, timer: TimerRow, *, now: datetime,
) -> tuple[Chapter, bool]:
    """Fire a claimed, due timer of a locked case. Returns the chapter to be saved, and False when the timer was not due any
    more and was moved instead."""
    assert timer.due_at is not None
    chapter = Chapter.resume(connection, office, office.deployment(connection, row.definition_id), row, now=now, by=CLOCK)
    if not _is_due(chapter, timer):
        return chapter, False
    try:
        _lapse(chapter, timer)
        step = kernel.fire(chapter.deployment.program, row.tokens, timer.token)
        chapter.advance(step)
        _set_again(chapter, timer, step)
    except Incident as incident:
        return chapter.failed(incident, timer.token, is_timer=True), True
    return chapter, True


def _is_due(chapter: Chapter, timer: TimerRow) -> bool:
    if timer.kind not in _CASE_CLOCKS:
        return True
    clock = chapter.case.clock(LimitKind(timer.kind))
    if chapter.case.concluded_on is not None:
        chapter.rows.moved[timer.token] = None  # 办结 stopped the clock: nothing can lapse any more
        return False
    if clock is not None and clock.lapses_at != timer.due_at:
        chapter.rows.moved[timer.token] = clock.lapses_at
        return clock.lapses_at is not None and clock.lapses_at <= chapter.now
    return True


def _lapse(chapter: Chapter, timer: TimerRow) -> None:
    scheduled = timer.due_at
    assert scheduled is not None
    chapter.tell(TimerFired(token=timer.token, node=timer.node, firing=timer.firing, scheduled_at=scheduled,
                            fired_at=chapter.now))
    if timer.kind in _LIMITS:
        last_day = _last_day(chapter.case, timer.kind, scheduled)
        chapter.tell(DeadlineLapsed(clock=timer.kind, node=timer.node, due_on=last_day, scheduled_at=scheduled,
                                    noticed_at=chapter.now))


def _last_day(case: Case, kind: str, lapses_at: datetime) -> date:
    clock = case.clock(LimitKind(kind))
    return clock.due_on if clock and clock.due_on else local_day(lapses_at - timedelta(microseconds=1))


def _set_again(chapter: Chapter, timer: TimerRow, step: Step) -> None:
    """A cycle that has firings left stays open in the process: set its row to the next period."""
    if timer.token in {ended.id for ended in step.ended}:
        return
    wait = next(w for w in kernel.waits(chapter.deployment.program, step.state) if w.id == timer.token)
    assert wait.timer is not None
    chapter.rows.moved[timer.token] = due_at(wait.timer, timer.opened_at, chapter.terms.calendar, previous=timer.due_at)
    chapter.rows.refired.add(timer.token)
