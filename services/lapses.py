"""A drawn timer of ISO 8601 goes off, in the transaction that moves its case.

Limits are not timers: their clocks ring (`services.ringing`). When the machine was down a timer fires late, once, and both the
scheduled and the actual instant are kept.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from engine.errors import Forbidden, Incident
from engine.events import TimerFired
from engine.process import kernel
from engine.process.step import Step
from engine.timers import due_at
from services.chapter import Chapter
from services.office import Office
from services.ringing import CLOCK
from services.store.rows import HeldCase, TimerRow


def fire(connection: Connection, office: Office, row: HeldCase, timer: TimerRow, *, now: datetime) -> tuple[Chapter, bool]:
    """Fire a claimed, due timer of a locked case. Returns the chapter to be saved, and that it was fired."""
    assert timer.due_at is not None
    chapter = Chapter.resume(connection, office, row, now=now, by=CLOCK)
    try:
        chapter.tell(TimerFired(token=timer.token, node=timer.node, firing=timer.firing, scheduled_at=timer.due_at,
                                fired_at=chapter.now))
        step = kernel.fire(chapter.deployment.program, row.tokens, timer.token)
        chapter.advance(step)
        _set_again(chapter, timer, step)
    except (Incident, Forbidden) as error:
        incident = error if isinstance(error, Incident) else Incident(timer.node, error.sentence)
        return chapter.failed(incident, timer.token, is_timer=True), True
    return chapter, True


def _set_again(chapter: Chapter, timer: TimerRow, step: Step) -> None:
    """A cycle that has firings left stays open in the process: set its row to the next period."""
    if timer.token in {ended.id for ended in step.ended}:
        return
    wait = next(w for w in kernel.waits(chapter.deployment.program, step.state) if w.id == timer.token)
    assert wait.timer is not None
    chapter.rows.moved[timer.token] = due_at(wait.timer, timer.opened_at, chapter.terms.calendar, previous=timer.due_at)
    chapter.rows.refired.add(timer.token)
