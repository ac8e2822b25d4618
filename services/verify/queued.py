"""Where the facts of a case put it and its open tasks in the queues of the counter, against what their rows say.

A row says what it is looked for by: its place, its phase, when its lamp turns red. When it turns yellow is a matter of the
office's policy and is not asked. The rules are those of `engine.queues`, written down a second time from outside. """

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from services.verify.clocks import ClockSaid
from services.verify.history import History
from services.verify.rows import Followed

NEVER = 253_402_214_400_000_000
_RESULT = ("certify", "hand_over")
_BEFORE_ACCEPTANCE = ("stage", "notice")
_BY_THE_MINUTE = ("half_day", "working_hour", "hour")


def check_queued(row: Row[Any], told: Followed, tasks: Iterable[Row[Any]]) -> None:
    """The case awaits what its facts say, and each open task is found where they put it."""
    if row.awaits != (expected := _awaits(told.history)):
        told.found("queue", None, f"the case awaits {row.awaits!r}, its facts say {expected!r}")
    for task in tasks:
        phase = _phase(told.history, task.act)
        wanted = {"park": row.park, "department": task.unit or row.department, "process": row.process, "phase": phase,
                  "late_at": _late_at(_pressing(told.history, phase))}
        for name, value in wanted.items():
            if getattr(task, name) != value:
                told.found("queue", None, f"task {task.token} is found under {name} {getattr(task, name)!r}, its facts say "
                                          f"{value!r}")
        if (task.warns_at == NEVER) is not (task.late_at == NEVER):
            told.found("queue", None, f"task {task.token} turns yellow at {task.warns_at} and red at {task.late_at}: one "
                                      "without the other")


def _awaits(history: History) -> str:
    if history.ended is None or history.state not in ("concluded", "certified", "handed_over"):
        return ""
    is_owed = history.state == "certified" or (history.state == "concluded" and "hand_over" in history.clocks.said)
    return "result" if is_owed else "to_archive"


def _phase(history: History, act: object) -> str:
    clock = history.clocks.governing
    if history.state in ("correcting", "suspended") or (clock is not None and not clock.is_over and clock.due is None):
        return "stopped"
    if act in _RESULT:
        return "result"
    return "receipt" if history.state == "received" else "counting"


def _pressing(history: History, phase: str) -> ClockSaid | None:
    """The clock whose lapse the work of a phase has to be ahead of."""
    clock, hand_over = history.clocks.governing, history.clocks.running.get("hand_over")
    governing = [clock] if clock is not None and not clock.is_over else []
    pressing = {
        "receipt": [each for each in history.clocks.running.values() if each.kind in _BEFORE_ACCEPTANCE],
        "counting": governing,
        "result": [hand_over] if hand_over is not None and hand_over.lapses_at is not None else governing,
    }.get(phase, [])
    return min((each for each in pressing if each.lapses_at is not None), default=None,
               key=lambda each: each.lapses_at or 0)


def _late_at(clock: ClockSaid | None) -> int:
    """The instant from which the lamp is red: what is counted by the minute is in time for the whole of its last."""
    if clock is None or clock.lapses_at is None:
        return NEVER
    return clock.lapses_at + (1 if clock.unit in _BY_THE_MINUTE else 0)
