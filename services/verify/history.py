"""What the facts of one case say, taken together: where it stands, what was decided, what fired, what has to leave.

The tables of states and of what leaves are those of the engine, written down a second time from outside; a test holds the
two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.verify.chain import Told, micros_of
from services.verify.report import Found

STATES: Mapping[str, str] = {
    "CaseAccepted": "accepted", "CorrectionRequested": "correcting", "CorrectionSubmitted": "received",
    "ReviewStarted": "reviewing", "DecisionMade": "decided", "CaseConcluded": "concluded", "CaseCertified": "certified",
    "CaseHandedOver": "handed_over", "CaseArchived": "archived", "CaseDeclined": "declined",
    "CaseNotApplicable": "not_applicable", "CaseReturned": "returned", "CaseDeemedWithdrawn": "deemed_withdrawn",
    "CaseWithdrawn": "withdrawn", "CaseTerminated": "terminated", "CaseVoided": "voided", "CaseSuspended": "suspended",
    "CaseResumed": "reviewing",
}
"""The state a fact leads to."""

LEAVING = frozenset({
    "CaseOpened", "CaseAccepted", "CorrectionRequested", "DecisionMade", "CaseConcluded", "CaseHandedOver", "CaseDeclined",
    "CaseNotApplicable", "CaseReturned", "CaseWithdrawn", "CaseTerminated", "CaseVoided", "CaseDeemedWithdrawn",
    "CaseSuspended", "CaseResumed", "DeadlineLapsed", "CardIssued",
})
"""The facts that must be told outside."""

_DECLINED = frozenset({"declined", "not_applicable", "returned"})
_WITHDRAWN = frozenset({"withdrawn", "deemed_withdrawn", "terminated", "voided"})
_ENDINGS = frozenset({"CaseWithdrawn", "CaseTerminated", "CaseVoided", "ProcessCompleted"})
_AFTER = frozenset({"CaseConcluded", "IncidentResolved"})
"""What an ending brings with it."""
_COMMANDS = frozenset({"TaskCompleted", "TimerFired", "MessageReceived", "CaseSuspended", "CaseResumed", "CaseWithdrawn",
                       "CaseTerminated", "CaseVoided"})
_GOVERNING = ("promised", "target", "statutory")


class ClockSaid(NamedTuple):
    """The last deadline of one of the case's clocks. `started_at`: when it began to run."""

    started_at: int
    due_on: str | None
    lapses_at: int | None
    is_provisional: bool


@dataclass(slots=True, kw_only=True)
class History:
    """The facts taken so far. `commands`: how many of them somebody or a timer brought about, each of which saved the case
    once. `decided`: by task, `fired`: firings by timer, `leaving` and `incidents`: by the number of the fact."""

    found: Found
    opened: Told | None = None
    state: str = "received"
    accepted_on: str | None = None
    concluded_on: str | None = None
    ended: Told | None = None
    commands: int = 0
    clocks: dict[str, ClockSaid] = field(default_factory=dict)
    decided: dict[int, Told] = field(default_factory=dict)
    fired: dict[int, int] = field(default_factory=dict)
    leaving: dict[int, Told] = field(default_factory=dict)
    incidents: dict[int, Told] = field(default_factory=dict)

    def take(self, told: Told) -> None:
        """Take the next fact."""
        self._check_place(told)
        self.state = STATES.get(told.kind, self.state)
        self.commands += told.kind in _COMMANDS
        if told.kind in LEAVING:
            self.leaving[told.seq] = told
        match told.kind:
            case "CaseOpened":
                self.opened = self.opened or told
            case "CaseAccepted":
                self.accepted_on = told.data.get("accepted_on")
            case "CaseConcluded":
                self.concluded_on = told.data.get("concluded_on")
            case "ClockStarted" | "ClockMoved":
                self._set_clock(told)
            case "TaskCompleted":
                self._decide(told)
            case "TimerFired":
                self._fire(told)
            case "IncidentRaised":
                self.incidents[told.seq] = told
            case "IncidentResolved" if self.incidents.pop(told.whole("raised"), None) is None:
                self.found("reference", told.seq, f"it resolves incident {told.whole('raised')}, which is not open")

    @property
    def governing(self) -> ClockSaid | None:
        """The clock people look at: what was promised, else the target, else the statutory one."""
        return next((self.clocks[kind] for kind in _GOVERNING if kind in self.clocks), None)

    @property
    def standing(self) -> str | None:
        """How the case came out; None while it is open."""
        if self.state in _DECLINED or self.state in _WITHDRAWN:
            return "declined" if self.state in _DECLINED else "withdrawn"
        if self.concluded_on is None:
            return None
        clock = self.governing
        if clock is None or clock.due_on is None or self.concluded_on == clock.due_on:
            return "on_time"
        return "early" if self.concluded_on < clock.due_on else "late"

    @property
    def parked(self) -> set[Any]:
        """The waits that stand still because of an incident."""
        return {told.data.get("token") for told in self.incidents.values()}

    def _check_place(self, told: Told) -> None:
        if (told.kind == "CaseOpened") is not (told.seq == 1):
            self.found("order", told.seq, f"{told.kind} cannot be fact {told.seq}: a case is opened once, by its first fact")
        if self.ended is not None and told.kind not in _AFTER:
            self.found("ending", told.seq, f"{told.kind} was told after the case had ended with {self.ended.kind}")
        if told.kind in _ENDINGS:
            self.ended = told
        if told.kind == "ProcessCompleted" and not told.data.get("ends"):
            self.found("ending", told.seq, "the process is called complete, but no end event was reached")

    def _set_clock(self, told: Told) -> None:
        kind, data = str(told.data.get("clock")), told.data
        began = self.clocks[kind].started_at if kind in self.clocks else told.at
        self.clocks[kind] = ClockSaid(began, data.get("due_on"), micros_of(data.get("lapses_at")),
                                      bool(data.get("is_provisional")))

    def _decide(self, told: Told) -> None:
        token = told.whole("token")
        if token in self.decided:
            self.found("decision", told.seq, f"task {token} was completed a second time; fact {self.decided[token].seq} had "
                                             "completed it")
        self.decided.setdefault(token, told)

    def _fire(self, told: Told) -> None:
        token, firing = told.whole("token"), told.whole("firing")
        expected = self.fired.get(token, 0) + 1
        if firing != expected:
            again = "again" if firing < expected else "too early"
            self.found("firing", told.seq, f"firing {firing} of timer {token} happened {again}; expected was firing {expected}")
        self.fired[token] = max(firing, expected - 1)
