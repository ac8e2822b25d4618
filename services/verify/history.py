"""What the facts of one case say, taken together: where it stands, what was decided, what fired, what has to leave.

The tables of states and of what leaves are those of the engine, written down a second time from outside; a test holds the
two against each other. What they say of clocks, cards and orders is taken down next door (`clocks`, `oversight`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.verify.bundles import Children
from services.verify.chain import Told
from services.verify.clocks import OF_ORDERS, Clocks
from services.verify.oversight import CARD_STATES, ORDER_STATES, Oversight
from services.verify.pushes import Pushes
from services.verify.ratings import BESIDE, Ratings
from services.verify.report import Found

STATES: Mapping[str, str] = {
    "CaseAccepted": "accepted", "CorrectionRequested": "correcting", "CorrectionSubmitted": "received",
    "ReviewStarted": "reviewing", "DecisionMade": "decided", "CaseConcluded": "concluded", "CaseCertified": "certified",
    "CaseHandedOver": "handed_over", "CaseArchived": "archived", "CaseDeclined": "declined",
    "CaseNotApplicable": "not_applicable", "CaseReturned": "returned", "CaseDeemedWithdrawn": "deemed_withdrawn",
    "CaseWithdrawn": "withdrawn", "CaseTerminated": "terminated", "CaseVoided": "voided", "CaseSuspended": "suspended",
    "CaseResumed": "reviewing",
}
"""The state a fact leads to; the end of a stop to the one it names, unless another stop lasts."""

LEAVING = frozenset({
    "CaseOpened", "CaseAccepted", "CorrectionRequested", "DecisionMade", "CaseConcluded", "CaseHandedOver", "CaseDeclined",
    "CaseNotApplicable", "CaseReturned", "CaseWithdrawn", "CaseTerminated", "CaseVoided", "CaseDeemedWithdrawn",
    "CaseSuspended", "CaseResumed", "DeadlineLapsed", "LapseRepaired", "Escalated", "ExtensionApproved", "HearingOffered",
    "HearingScheduled", "CardIssued", "CardWrittenOff", "CardExempted", "CaseReminded", "OrderIssued", "OrderReturned",
    "OrderClosed", "HelpAsked", "CaseCopied", "DocumentSealed", "CaseBroughtIn", "AcceptedConditionally",
    "ComplianceDeclared", "DeclarationUnmet", "DeclarationFailed", "PermitGranted", "PermitActedOn", "PermitLapsed",
    "PermitExpired", "PermitDeemedRenewed", "ServiceRated", "RatingAnswered", "ResultPushed", "PushReceived",
    "FindingReported", "WithdrawalAsked", "WithdrawalDenied", "ReviewStarted", "CorrectionSubmitted", "PermitActTold",
})
"""The facts that must be told outside."""

_DECLINED = frozenset({"declined", "not_applicable", "returned"})
_WITHDRAWN = frozenset({"withdrawn", "deemed_withdrawn", "terminated", "voided"})
_ENDINGS = frozenset({"CaseWithdrawn", "CaseTerminated", "CaseVoided", "ProcessCompleted"})
AFTERMATH = frozenset({"DeclarationVerified", "DeclarationUnmet", "DeclarationFailed", "PermitActTold", "ConditionMet",
                       "ConditionExtended", "PermitLapsed", "PermitDeemedRenewed", "PermitExpired"})
_AFTER = frozenset({"CaseConcluded", "IncidentResolved", "HelpRecalled", "ClockStopped", "ClocksRecounted", "LapseRepaired",
                    "IncidentRaised", "CardIssued", "OrderIssued", "CaseCertified", "DocumentSealed", "CaseHandedOver",
                    "CaseArchived", "CaseCopied", "ChildDropped", "HandOverChosen", "ServiceRated", "RatingAnswered",
                    "ResultPushed", "PushReceived", "FindingReported", "WithdrawalDenied", *CARD_STATES, *ORDER_STATES,
                    *AFTERMATH})
"""What may be told of a case that has ended: what its end brings with it, children it waits for no more, cards (a section's
too) and orders, another calendar and a repaired lapse, an alarm; its certificate, seal, hand-over and archive, that somebody
may read it, how the applicant is handed the result and what he says of the service, and what becomes of the permits it has
granted and of what was declared; that its result is pushed to who supervises it, signed for and reported on."""
_AFTER_OF_ORDERS = frozenset({"ClockStarted", "ClockMoved", "DeadlineLapsed", "Escalated"})
"""And what concerns the clock of an order or of a follow-up."""
_AFTER_OF_RATINGS = frozenset({"TaskClaimed", "TaskUnclaimed", "TaskAssigned", "TaskTransferred", "TaskDelegated",
                               "TaskResolved"})
"""And who has the task of a bad rating."""
_COMMANDS = frozenset({
    "TaskCompleted", "MessageReceived", "CaseSuspended", "CaseResumed", "CaseWithdrawn", "CaseTerminated", "CaseVoided",
    "CorrectionApproved", "ExtensionProposed", "ExtensionApproved", "ExtensionRefused", "HearingOffered", "HearingRequested",
    "HearingScheduled", "CaseReminded", "TaskClaimed", "TaskUnclaimed", "TaskAssigned", "TaskTransferred", "TaskDelegated",
    "TaskResolved", "TaskSentBack", "TaskTakenBack", "SignerAdded", "SignerDropped", "HelpGiven", "CaseCopied",
    "DocumentSealed", "DeclarationSigned", "HandOverChosen", "ServiceRated", "RatingAnswered", "PushReceived",
    "FindingReported", "WithdrawalAsked", "WithdrawalDenied", "ExternalTaskCompleted", "BpmnErrorThrown", "IncidentRetried",
    *CARD_STATES, *ORDER_STATES})
"""What a person does with a command of its own."""
_BY_ITSELF = "supply_lapsed"
"""The ground of a stop that a lapse begins and a supply ends."""


@dataclass(slots=True, kw_only=True)
class History:
    """The facts taken so far. `commands`: how many of them somebody brought about, each of which saved the case once;
    `firings`: the instants at which timers fired, of which one save may have fired several. `stops`: those that last, by the
    number of the fact that began each. `decided`: by task, `fired`: firings by timer, `leaving` and `incidents`: by the number
    of the fact; `given`: messages that platforms gave; `helps`: tasks beside the diagram that are open. `brought_in`: the fact
    that it was begun in another system; what lasted there is told with it. `by_hand`: the tasks in which people enter what a
    system knows already; `reentries`: what they have entered, by the number of the fact."""

    found: Found
    opened: Told | None = None
    state: str = "received"
    accepted_on: str | None = None
    concluded_on: str | None = None
    ended: Told | None = None
    brought_in: Told | None = None
    commands: int = 0
    firings: set[int] = field(default_factory=set)
    stops: list[int] = field(default_factory=list)
    clocks: Clocks = field(init=False)
    oversight: Oversight = field(init=False)
    children: Children = field(default_factory=Children)
    decided: dict[int, Told] = field(default_factory=dict)
    fired: dict[int, int] = field(default_factory=dict)
    leaving: dict[int, Told] = field(default_factory=dict)
    incidents: dict[int, Told] = field(default_factory=dict)
    given: int = 0
    helps: set[int] = field(default_factory=set)
    by_hand: set[int] = field(default_factory=set)
    reentries: dict[int, Told] = field(default_factory=dict)
    ratings: Ratings = field(init=False)
    pushes: Pushes = field(init=False)

    def __post_init__(self) -> None:
        self.clocks, self.oversight = Clocks(found=self.found), Oversight(found=self.found)
        self.ratings = Ratings(found=self.found)
        self.pushes = Pushes(found=self.found)

    def take(self, told: Told) -> None:
        """Take the next fact."""
        self._check_place(told)
        self.state = STATES.get(told.kind, self.state)
        self.commands += (told.kind in _COMMANDS and not self._came_along(told)
                          and told.data.get("ground") != _BY_ITSELF)
        self.clocks.take(told)
        self.oversight.take(told)
        self.children.take(told)
        self.ratings.take(told)
        self.pushes.take(told)
        if told.kind in LEAVING:
            self.leaving[told.seq] = told
        match told.kind:
            case "CaseOpened":
                self.opened = self.opened or told
            case "CaseBroughtIn":
                self._bring_in(told)
            case "CaseAccepted":
                self.accepted_on = told.data.get("accepted_on")
            case "CaseConcluded":
                self.concluded_on = told.data.get("concluded_on")
            case "CaseSuspended":
                self.stops.append(told.seq)
            case "CaseResumed":
                self._resume(told)
            case "TaskCompleted" | "TaskSentBack" | "RatingAnswered" | "ExternalTaskCompleted" | "BpmnErrorThrown":
                self._decide(told)
            case "ReentryAsked":
                self.by_hand.add(told.whole("token"))
            case "DataReentered":
                self._reenter(told)
            case "HelpAsked":
                self.helps.add(BESIDE + told.seq)
            case "HelpGiven" | "HelpRecalled":
                self._help(told)
            case "MessageReceived":
                self.given += told.by.startswith("平台:")
            case "TimerFired":
                self._fire(told)
            case "IncidentRaised":
                self.incidents[told.seq] = told
            case "IncidentResolved" if self.incidents.pop(told.whole("raised"), None) is None:
                self.found("reference", told.seq, f"it resolves incident {told.whole('raised')}, which is not open")

    @property
    def saves(self) -> int:
        """How often the case was saved, at least."""
        return 1 + self.commands + len(self.firings)

    @property
    def standing(self) -> str | None:
        """How the case came out; None while it is open. What lapsed within the last day, as half a day does, is late on it."""
        if self.state in _DECLINED or self.state in _WITHDRAWN:
            return "declined" if self.state in _DECLINED else "withdrawn"
        if self.concluded_on is None:
            return None
        clock = self.clocks.governing
        if clock is None or clock.due_on is None:
            return "on_time"
        if self.concluded_on == clock.due_on:
            return "late" if clock.has_lapsed else "on_time"
        return "early" if self.concluded_on < clock.due_on else "late"

    @property
    def parked(self) -> set[Any]:
        """The waits that stand still because of an incident."""
        return {told.data.get("token") for told in self.incidents.values()}

    def _check_place(self, told: Told) -> None:
        if (told.kind == "CaseOpened") is not (told.seq == 1):
            self.found("order", told.seq, f"{told.kind} cannot be fact {told.seq}: a case is opened once, by its first fact")
        if self.ended is not None and not _may_follow(told):
            self.found("ending", told.seq, f"{told.kind} was told after the case had ended with {self.ended.kind}")
        if told.kind in _ENDINGS or (told.kind == "CaseReturned" and told.data.get("reason")):
            self.ended = told
        if told.kind == "ProcessCompleted" and not told.data.get("ends"):
            self.found("ending", told.seq, "the process is called complete, but no end event was reached")

    def _bring_in(self, told: Told) -> None:
        if told.seq != 2:
            self.found("order", told.seq, "a case is brought in once, right after it was opened")
        self.brought_in, self.state = told, str(told.data.get("state"))
        self.accepted_on, self.concluded_on = told.data.get("accepted_on"), told.data.get("concluded_on")

    def _came_along(self, told: Told) -> bool:
        """Did this stop begin before the case was brought in, so that it was saved with that?"""
        return told.kind == "CaseSuspended" and self.brought_in is not None and told.at == self.brought_in.at

    def _resume(self, told: Told) -> None:
        """Which stop is over, and whether another lasts. `stop` 0: the only one."""
        stop = told.data.get("stop") or (self.stops[-1] if self.stops else None)
        if stop not in self.stops:
            self.found("stop", told.seq, f"it ends the stop of fact {stop}, which does not last")
        else:
            self.stops.remove(stop)
        self.state = "suspended" if told.data.get("remaining") else str(told.data.get("back_to", STATES["CaseResumed"]))
        if bool(told.data.get("remaining")) is not bool(self.stops):
            self.found("stop", told.seq, f"it says that {told.data.get('remaining', 0)} stops last, but {len(self.stops)} do")

    def _help(self, told: Told) -> None:
        """What was asked for beside the diagram is there, or is not wanted any more."""
        if told.kind == "HelpGiven":
            self._decide(told)
        if told.whole("token") not in self.helps:
            self.found("reference", told.seq, f"{told.kind} is about {told.whole('token')}, which nobody has asked for")
        self.helps.discard(told.whole("token"))

    def _decide(self, told: Told) -> None:
        token = told.whole("token")
        if token in self.decided:
            self.found("decision", told.seq, f"task {token} was completed a second time; fact {self.decided[token].seq} had "
                                             "completed it")
        self.decided.setdefault(token, told)

    def _reenter(self, told: Told) -> None:
        """Entered by hand is what was asked to be, in a completion just before."""
        token = told.whole("token")
        if token not in self.by_hand or token not in self.decided:
            self.found("reference", told.seq, f"it tells what was entered in task {token}, which nobody was asked for or has "
                                              "done")
        self.reentries[told.seq] = told

    def _fire(self, told: Told) -> None:
        token, firing = told.whole("token"), told.whole("firing")
        self.firings.add(told.at)
        expected = self.fired.get(token, 0) + 1
        if firing != expected:
            again = "again" if firing < expected else "too early"
            self.found("firing", told.seq, f"firing {firing} of timer {token} happened {again}; expected was firing {expected}")
        self.fired[token] = max(firing, expected - 1)


def _may_follow(told: Told) -> bool:
    """May this be told of a case that has ended?"""
    if told.kind in _AFTER_OF_RATINGS:
        return told.whole("token") >= BESIDE
    return told.kind in _AFTER or (told.kind in _AFTER_OF_ORDERS and str(told.data.get("clock")).startswith(OF_ORDERS))
