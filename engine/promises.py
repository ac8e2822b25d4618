"""Promises kept and broken 兑现/违约: what became of each commitment of a project, read from the facts of its cases.

A commitment is kept when the clock it gave its number was stopped in time, broken when that clock lapsed; a lapse that a
closure repaired afterwards is none. Before such a clock has begun nothing can be said. The clause a breach is judged by is the
commitment's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from engine import events
from engine.events import Fact
from engine.precedence import Source


class Keeping(Enum):
    """What became of a commitment."""

    NOT_BEGUN = "not_begun"  # 未起算
    RUNNING = "running"  # 履行中
    KEPT = "kept"  # 兑现
    BROKEN = "broken"  # 违约


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A commitment at work in a case: the clock it gave its number. `item`: what the commitment is on; `basis`: its agreement
    and clause, as the clock has them. `lapsed_at`: None unless it lapsed; `stopped_on`: None while it runs."""

    item: str
    case: str
    clock: str
    basis: str
    counted_from: datetime | None
    due_on: date | None
    lapsed_at: datetime | None = None
    stopped_on: date | None = None

    @property
    def keeping(self) -> Keeping:
        """Kept, broken or still running."""
        if self.lapsed_at is not None:
            return Keeping.BROKEN
        return Keeping.RUNNING if self.stopped_on is None else Keeping.KEPT


_CALLED_OFF = (events.CaseWithdrawn, events.CaseTerminated, events.CaseVoided)


def promises(case: str, facts: Iterable[Fact], item_of: Callable[[events.ClockStarted], str]) -> list[Promise]:
    """The commitments at work in a case, in the order their clocks began. `item_of`: what the commitment of a clock is on. A
    case that was withdrawn, terminated or voided keeps and breaks nothing more than it had."""
    found: dict[str, Promise] = {}
    done: list[Promise] = []
    is_called_off = False
    for fact in facts:
        is_called_off |= isinstance(fact, _CALLED_OFF)
        match fact:
            case events.ClockStarted(source=source) if source == Source.COMMITMENT:
                done += [found.pop(fact.clock)] if fact.clock in found else []
                found[fact.clock] = Promise(item=item_of(fact), case=case, clock=fact.clock, basis=fact.basis,
                                            counted_from=fact.counted_from, due_on=fact.due_on)
            case _:
                found |= {name: changed for name, promise in found.items()
                          if (changed := _after(promise, fact, is_called_off)) is not promise}
    return [promise for promise in (*done, *found.values()) if not (is_called_off and promise.keeping is Keeping.RUNNING)]


def _after(promise: Promise, fact: Fact, is_called_off: bool) -> Promise:
    """A promise after a fact about its clock; itself when the fact is about another."""
    match fact:
        case events.ClockMoved(clock=promise.clock):
            return replace(promise, due_on=fact.due_on)
        case events.ClocksRecounted():
            return next((replace(promise, due_on=each.due_on) for each in fact.recounts if each.clock == promise.clock),
                        promise)
        case events.DeadlineLapsed(clock=promise.clock):
            return replace(promise, lapsed_at=fact.scheduled_at)
        case events.LapseRepaired(clock=promise.clock):
            return replace(promise, lapsed_at=None)
        case events.ClockStopped(clock=promise.clock) if not is_called_off:
            return replace(promise, stopped_on=fact.stopped_on)
    return promise
