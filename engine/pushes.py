"""A pushed result 推送 as the facts have made it: to which department, whether it was signed for and in time, how many findings
came back (seed measure 3, domain rules §1 row 3).

::

    pushed ──received──► received        a clock runs until it is signed for; findings may come back at any time after that

What has to be pushed is decided in `engine.pushing`, who may sign for it and report in `engine.feedback`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from engine import events
from engine.calendar import SHANGHAI
from engine.events import Recorded

GRANTED = "granted"
RESULTS: Mapping[str, str] = {GRANTED: "准予", "change": "变更", "renew": "延续", "annul": "撤销", "revoke": "撤回",
                              "cancel": "注销"}
"""What may be pushed."""

SORTS: Mapping[str, str] = {"check": "日常检查", "sampling": "双随机抽查", "complaint": "投诉举报", "violation": "违法违规",
                            "credit": "信用监管"}
"""From what a finding comes."""

BASIS = "双推送双报告"
"""On what the receipt of a pushed result rests: the seed's measure 3, which gives no number."""

CLOCK = "push"
"""How the clocks of pushes begin."""


class PushState(Enum):
    """Where a push stands."""

    PUSHED = "pushed"  # 待签收
    RECEIVED = "received"  # 已签收


ALLOWED: Mapping[PushState, frozenset[PushState]] = {
    PushState.PUSHED: frozenset({PushState.RECEIVED}),
    PushState.RECEIVED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A pushed result. `seq`: the number of its fact. `received_on`: None while nobody has signed for it; `lapsed_on`: the day
    by which somebody should have and had not, None when it was in time so far."""

    seq: int
    department: str
    result: str
    pushed_on: date
    received_on: date | None = None
    received_by: str = ""
    lapsed_on: date | None = None
    findings: int = 0

    @property
    def state(self) -> PushState:
        """Where it stands."""
        return PushState.PUSHED if self.received_on is None else PushState.RECEIVED

    @property
    def clock(self) -> str:
        """The name of its clock."""
        return clock_of(self.seq)


def clock_of(seq: int) -> str:
    """The name of the clock of the push that fact `seq` tells."""
    return f"{CLOCK}:{seq}"


def folded(pushes: tuple[Push, ...], recorded: Recorded) -> tuple[Push, ...]:
    """Fold a fact into the pushes of a case."""
    day = recorded.at.astimezone(SHANGHAI).date()
    match fact := recorded.fact:
        case events.ResultPushed():
            return (*pushes, Push(seq=recorded.seq, department=fact.department, result=fact.result, pushed_on=day))
        case events.PushReceived():
            return tuple(replace(each, received_on=day, received_by=recorded.by) if each.seq == fact.push else each
                         for each in pushes)
        case events.FindingReported():
            return tuple(replace(each, findings=each.findings + 1) if each.seq == fact.push else each for each in pushes)
        case events.DeadlineLapsed() | events.LapseRepaired():
            lapsed_on = fact.due_on if isinstance(fact, events.DeadlineLapsed) else None
            return tuple(replace(each, lapsed_on=lapsed_on) if each.clock == fact.clock else each for each in pushes)
    return pushes
