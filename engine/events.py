"""Every fact that can happen to a case, frozen and in the past tense.

A fact is recorded once and never changed: the timeline, the figures, the ledger and whatever leaves the house are all
read from the same facts, and the state of a case is a fold of them (`engine.case.evolve`). This module decides which
facts exist and how one is written down; it does not know who stores them.

Written form (README § Facts): JSON in UTF-8 without spaces, ``{"at","by","case","data","kind","seq"}`` in that order,
`data` holding the fields of the fact; `hash` = SHA-256(hash of the previous fact ‖ the stored bytes), 32 zero bytes
before the first. Whoever holds the rows can therefore check them without this program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import orjson

from engine.acceptance_facts import (
    AcceptedConditionally,
    ComplianceDeclared,
    DeclarationFailed,
    DeclarationSigned,
    DeclarationUnmet,
    DeclarationVerified,
    MaterialsSupplied,
)
from engine.bundle_facts import (
    ChildDecided,
    ChildDropped,
    ChildEnded,
    ChildRequested,
    ChildResumed,
    ChildStopped,
    SiblingCleared,
)
from engine.case_facts import (
    CaseAccepted,
    CaseArchived,
    CaseBroughtIn,
    CaseCertified,
    CaseConcluded,
    CaseDeclined,
    CaseDeemedWithdrawn,
    CaseHandedOver,
    CaseNotApplicable,
    CaseOpened,
    CaseReturned,
    CaseRouted,
    CaseTerminated,
    CaseVoided,
    CaseWithdrawn,
    CorrectionRequested,
    CorrectionSubmitted,
    DecisionListApplied,
    DecisionMade,
    IncidentRaised,
    IncidentResolved,
    MessageReceived,
    ProcessCompleted,
    ReviewStarted,
    TaskCompleted,
    TimerFired,
)
from engine.case_facts import (
    PastStop as PastStop,
)
from engine.case_facts import (
    Walked as Walked,
)
from engine.clock_facts import (
    CaseResumed,
    CaseSuspended,
    ClockMoved,
    ClocksRecounted,
    ClockStarted,
    ClockStopped,
    CorrectionApproved,
    DeadlineLapsed,
    Escalated,
    ExtensionApproved,
    ExtensionProposed,
    ExtensionRefused,
    HearingOffered,
    HearingRequested,
    HearingScheduled,
    LapseRepaired,
)
from engine.clock_facts import (
    Recount as Recount,
)
from engine.clock_facts import (
    Told as Told,
)
from engine.connector_facts import (
    BpmnErrorThrown,
    DataReentered,
    ExternalTaskCompleted,
    IncidentRetried,
    ReentryAsked,
)
from engine.errors import InvalidInput
from engine.oversight_facts import (
    CardAppealed,
    CardExempted,
    CardIssued,
    CardUpheld,
    CardWrittenOff,
    CaseReminded,
    OrderClosed,
    OrderIssued,
    OrderReplied,
    OrderReturned,
)
from engine.permit_facts import (
    ConditionExtended,
    ConditionMet,
    PermitActedOn,
    PermitActTold,
    PermitDeemedRenewed,
    PermitExpired,
    PermitGranted,
    PermitLapsed,
    PermitNamed,
)
from engine.push_facts import FindingReported, PushReceived, ResultPushed
from engine.sentences import say
from engine.service_facts import HandOverChosen, RatingAnswered, ServiceRated, WithdrawalAsked, WithdrawalDenied
from engine.task_facts import (
    CaseCopied,
    DocumentSealed,
    HelpAsked,
    HelpGiven,
    HelpRecalled,
    SignerAdded,
    SignerDropped,
    TaskAssigned,
    TaskClaimed,
    TaskDelegated,
    TaskResolved,
    TaskSentBack,
    TaskTakenBack,
    TaskTransferred,
    TaskUnclaimed,
)

GENESIS = bytes(32)

Fact = (
    CaseOpened | TaskCompleted | TimerFired | MessageReceived | CaseAccepted | CorrectionRequested | CorrectionSubmitted
    | ReviewStarted | DecisionMade | CaseConcluded | CaseCertified | CaseHandedOver | CaseArchived | CaseDeclined
    | CaseNotApplicable | CaseReturned | CaseDeemedWithdrawn | CaseWithdrawn | CaseTerminated | CaseVoided
    | IncidentRaised | IncidentResolved | ProcessCompleted | ClockStarted | ClockMoved | ClocksRecounted | ClockStopped
    | DeadlineLapsed | LapseRepaired | Escalated | CaseSuspended | CaseResumed | CorrectionApproved | ExtensionProposed
    | ExtensionApproved | ExtensionRefused | HearingOffered | HearingRequested | HearingScheduled | CardIssued
    | CardAppealed | CardUpheld | CardWrittenOff | CardExempted | CaseReminded | OrderIssued | OrderReplied
    | OrderReturned | OrderClosed | TaskClaimed | TaskUnclaimed | TaskAssigned | TaskTransferred | TaskDelegated | TaskResolved
    | TaskSentBack | TaskTakenBack | SignerAdded | SignerDropped | HelpAsked | HelpGiven | HelpRecalled | CaseCopied
    | DocumentSealed | ChildRequested | ChildStopped | ChildResumed | ChildDecided | ChildEnded | ChildDropped
    | SiblingCleared | CaseRouted | DecisionListApplied | CaseBroughtIn
    | AcceptedConditionally | MaterialsSupplied | ComplianceDeclared | DeclarationVerified | DeclarationUnmet
    | DeclarationFailed | PermitGranted | PermitNamed | PermitActedOn | PermitActTold | ConditionMet | ConditionExtended
    | PermitLapsed | PermitDeemedRenewed | PermitExpired | DeclarationSigned | HandOverChosen | ServiceRated | RatingAnswered
    | ResultPushed | PushReceived | FindingReported | WithdrawalAsked | WithdrawalDenied
    | ExternalTaskCompleted | BpmnErrorThrown | ReentryAsked | DataReentered | IncidentRetried
)

_DECIDING = (TaskCompleted, TaskSentBack, HelpGiven, RatingAnswered)
KINDS: Mapping[str, type] = {kind.__name__: kind for kind in Fact.__args__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A fact with its place in the case: who, when, which number, and its link in the chain."""

    case: str
    seq: int
    at: datetime
    by: str
    fact: Fact
    body: bytes = field(repr=False)
    hash: bytes = field(repr=False)

    @property
    def kind(self) -> str:
        """The fact's name, as stored."""
        return type(self.fact).__name__

    @property
    def decides(self) -> int | None:
        """The task it decides, by its token; None for a fact that decides none. A task is decided once."""
        return self.fact.token if isinstance(self.fact, _DECIDING) else None


def record(case: str, seq: int, previous: bytes, at: datetime, by: str, fact: Fact) -> Recorded:
    """Write a fact down as number `seq` of a case, chained to the `previous` hash. Raises InvalidInput for a value that JSON
    in UTF-8 cannot hold: half a surrogate pair, a whole number beyond 64 bits."""
    written = {"at": _instant(at), "by": by, "case": case, "data": fact, "kind": type(fact).__name__, "seq": seq}
    try:
        body = orjson.dumps(written, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError as error:
        raise InvalidInput("data", say(
            "{kind} cannot be written down: {technical}", kind=type(fact).__name__, technical=error)) from error
    return Recorded(case=case, seq=seq, at=at, by=by, fact=fact, body=body,
                    hash=hashlib.sha256(previous + body).digest())


def read(body: bytes, link: bytes) -> Recorded:
    """A stored fact as a value; `link` is its stored hash (not checked here: `jiban verify` does, from outside)."""
    raw = orjson.loads(body)
    fact: Fact = msgspec.convert(raw["data"], KINDS[raw["kind"]])
    return Recorded(case=raw["case"], seq=raw["seq"], at=datetime.fromisoformat(raw["at"]), by=raw["by"],
                    fact=fact, body=body, hash=link)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
