"""The eight queues of the counter: where a piece of work stands, so that whoever has it finds it in one of them only.

Each open task lies in exactly one queue; so does a case whose diagram has ended and that is not closed yet. The counts of the
queues therefore add up to the work there is. From top to bottom they are the life of a case::

    待受理 to_accept      a task of a case that is received, and neither accepted nor sent away yet
    办理中 in_hand        a task of an accepted case whose limit is not near its end, or that has none
    即将超期 due_soon     the same, once the lamp of the limit is yellow
    已超期 overdue        the same, once it is red
    补正/暂停 stopped     a task of a case that waits for the applicant's correction, or whose days do not count at present
    待出件/送达 result    a task that certifies or hands over; an ended case whose result nobody has handed over
    待归档 to_archive     an ended case of which nothing is left but to archive it
    已办 done             what somebody has completed himself, the newest first

The yellow and red ones divide the office's own limit, which runs from the acceptance to the conclusion. Before and after it
other limits press (the five days to tell what is missing, the ten to hand over): their lamp is shown, their order is that of
their lapse, but the work stays in its queue. What is stopped stays in its queue whatever the colour was.

What a database can look for are instants, never lamps: a task is stored with its `Phase`, the instant its lamp turns yellow
and the one it turns red (`turns`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum

from engine import supervision
from engine.calendar import Calendar
from engine.case import Case
from engine.clocks import Clock
from engine.lifecycle import State
from engine.limits import LimitKind
from engine.supervision import Lamp, Policy

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where no limit presses: after every deadline, so that such work stands last."""

RESULT_ACTS = frozenset({"certify", "hand_over"})
"""The acts 制证, 送达: what is left to be done with a result, wherever a diagram draws it."""

CLOSERS = frozenset({"clerk", "certifier"})
"""Whose it is to hand over and archive what no diagram draws any more."""


class Queue(Enum):
    """Where a piece of work stands, see the module. The values are part of addresses."""

    TO_ACCEPT = "to_accept"  # 待受理: received, to be accepted, corrected or sent away
    IN_HAND = "in_hand"  # 办理中: accepted, its limit not near the end
    DUE_SOON = "due_soon"  # 即将超期: the lamp is yellow
    OVERDUE = "overdue"  # 已超期: the lamp is red
    STOPPED = "stopped"  # 补正/暂停: waits for the applicant, or no day counts
    RESULT = "result"  # 待出件/送达: to be certified or handed over
    TO_ARCHIVE = "to_archive"  # 待归档: nothing else is left
    DONE = "done"  # 已办: completed by oneself


class Phase(Enum):
    """The part of its life in which a task of a case stands, whatever the hour. The values are stored."""

    RECEIPT = "receipt"  # before the acceptance
    COUNTING = "counting"  # the office's days count, or are over
    STOPPED = "stopped"  # 补正, 暂停: they do not
    RESULT = "result"  # what is left to be done with the result


_OF_PHASES = {Phase.RECEIPT: Queue.TO_ACCEPT, Phase.STOPPED: Queue.STOPPED, Phase.RESULT: Queue.RESULT}
_OF_LAMPS = {Lamp.RED: Queue.OVERDUE, Lamp.YELLOW: Queue.DUE_SOON}
_BEFORE_ACCEPTANCE = frozenset({LimitKind.STAGE, LimitKind.NOTICE})


def queue_of(case: Case, act: str, lamp: Lamp) -> Queue:
    """The queue of an open task at an instant. `act`: what is done there; `lamp`: of the clock that presses at that instant
    (`pressing`), whatever where none does."""
    phase = phase_of(case, act)
    if phase is not Phase.COUNTING:
        return _OF_PHASES[phase]
    return Queue.IN_HAND if pressing(case, phase) is None else _OF_LAMPS.get(lamp, Queue.IN_HAND)


def awaits(case: Case) -> Queue | None:
    """The queue of a case that no diagram moves any more: to be handed over, where it was certified or the ten days to hand
    over had begun, else to be archived; None when it is still at work, archived, or ended without a result."""
    if case.ended_at is None or case.state not in (State.CONCLUDED, State.CERTIFIED, State.HANDED_OVER):
        return None
    is_owed = case.state is State.CERTIFIED or (case.state is State.CONCLUDED
                                                and case.clock(LimitKind.HAND_OVER.value) is not None)
    return Queue.RESULT if is_owed else Queue.TO_ARCHIVE


def phase_of(case: Case, act: str) -> Phase:
    """Where a task of the case stands. `act`: what is done there."""
    if is_stopped(case):
        return Phase.STOPPED
    if act in RESULT_ACTS:
        return Phase.RESULT
    return Phase.RECEIPT if case.state is State.RECEIVED else Phase.COUNTING


def is_stopped(case: Case) -> bool:
    """Does it wait for the applicant, or does no day of its limit count at present? Its children stop a bundle, too."""
    if case.state in (State.CORRECTING, State.SUSPENDED):
        return True
    clock = case.governing
    return clock is not None and clock.is_running and clock.due is None


def pressing(case: Case, phase: Phase) -> Clock | None:
    """The clock whose lapse the work of a phase has to be ahead of; None: none runs, or it is stopped."""
    match phase:
        case Phase.RECEIPT:
            return _next(clock for clock in case.running if clock.kind in _BEFORE_ACCEPTANCE)
        case Phase.COUNTING:
            return _next(clock for clock in (case.governing,) if clock is not None and clock.is_running)
        case Phase.RESULT:
            hand_over = case.clock(LimitKind.HAND_OVER.value)
            runs = hand_over is not None and hand_over.is_running
            return _next((hand_over,) if runs and hand_over else ()) or pressing(case, Phase.COUNTING)
    return None


def turns(case: Case, phase: Phase, calendar: Calendar, policy: Policy) -> tuple[datetime, datetime]:
    """The instants from which the lamp of the clock that presses is yellow, and red; NEVER, both, where none does."""
    clock = pressing(case, phase)
    if clock is None or clock.due_on is None or clock.lapses_at is None:
        return NEVER, NEVER
    return supervision.turns(calendar, policy, due_on=clock.due_on, amount=clock.amount, unit=clock.unit,
                             lapses_at=clock.lapses_at)


def _next(clocks: Iterable[Clock]) -> Clock | None:
    """The one that lapses first, of those that have a deadline."""
    return min((clock for clock in clocks if clock.lapses_at is not None), default=None,
               key=lambda clock: (clock.lapses_at, clock.name))
