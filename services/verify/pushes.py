"""What the facts of one case say of its pushed results, and their rows against them: pushed once, signed for once, reported
on only then.

Written down a second time from outside; a test holds it against the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row

from services.verify.chain import Told
from services.verify.clocks import day_at
from services.verify.report import Found

NAMES = ("seq", "department", "result", "pushed_on", "received_on", "received_by", "lapsed_on", "findings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A push as its facts have made it."""

    told: Told
    received_on: str | None = None
    received_by: str = ""
    lapsed_on: object = None
    findings: int = 0


@dataclass(slots=True, kw_only=True)
class Pushes:
    """The pushes so far, by the number of their fact."""

    found: Found
    said: dict[int, Pushed] = field(default_factory=dict)
    departments: dict[int, str] = field(default_factory=dict)
    """By the number of each fact about a pushed result: the department it was pushed to."""

    def take(self, told: Told) -> None:
        """Take the next fact."""
        match told.kind:
            case "ResultPushed":
                if self.said:
                    self.found("push", told.seq, f"its result is pushed a second time; fact {min(self.said)} had pushed it")
                self.said[told.seq] = Pushed(told=told)
                self.departments[told.seq] = str(told.data.get("department"))
            case "PushReceived" if (push := self._named(told)) is not None:
                if push.received_on is not None:
                    self.found("push", told.seq, f"the result of fact {push.told.seq} is signed for a second time")
                self.said[push.told.seq] = replace(push, received_on=day_at(told.at), received_by=told.by)
            case "FindingReported" if (push := self._named(told)) is not None:
                if push.received_on is None:
                    self.found("push", told.seq, f"a finding about the result of fact {push.told.seq}, which nobody has signed "
                                                 "for")
                self.said[push.told.seq] = replace(push, findings=push.findings + 1)
            case "DeadlineLapsed" | "LapseRepaired":
                lapsed_on = told.data.get("due_on") if told.kind == "DeadlineLapsed" else None
                for seq, each in self.said.items():
                    if told.data.get("clock") == f"push:{seq}":
                        self.said[seq] = replace(each, lapsed_on=lapsed_on)

    def _named(self, told: Told) -> Pushed | None:
        push = self.said.get(told.whole("push"))
        if push is None:
            self.found("reference", told.seq, f"{told.kind} is about the result of fact {told.whole('push')}, which pushed "
                                              "none")
        else:
            self.departments[told.seq] = self.departments[push.told.seq]
        return push


def check_pushes(row: Row[Any], pushes: Pushes, stored: Sequence[Row[Any]], found: Found) -> None:
    """Every pushed result has its row as the facts say, and no other is there."""
    expected = [(
        each.told.seq, each.told.data.get("department"), each.told.data.get("result"), day_at(each.told.at), each.received_on,
        each.received_by, each.lapsed_on, each.findings, row.process, row.park) for each in pushes.said.values()]
    there = [tuple(getattr(each, name) for name in (*NAMES, "process", "park")) for each in stored]
    if there != expected:
        found("push", next(iter(pushes.said), None), f"its pushed results are kept as {there}, its facts say {expected}")
