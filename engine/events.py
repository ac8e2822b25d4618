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
from datetime import UTC, date, datetime

import msgspec
import orjson

from engine.errors import InvalidInput

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """收件: an application is on the desk. `received_on`: the day that counts as the day of receipt (rule R18)."""

    process: str
    definition: str
    received_on: date
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted:
    """A person completed a task; `token` is the task's id within the case."""

    token: int
    node: str
    name: str
    act: str
    outcome: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    """A due timer went off. A lapse is judged by `scheduled_at`; `fired_at` is later when the machine was down."""

    token: int
    node: str
    firing: int
    scheduled_at: datetime
    fired_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """A message or signal the case waited for has come."""

    token: int
    name: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccepted:
    """受理, or 视为受理 when `deemed` (行政许可法 art. 32(4)): the limits start, counted from `accepted_on`.

    `counted_from`: the instant the clocks count from (the receipt of the application when deemed).
    """

    accepted_on: date
    counted_from: datetime
    deemed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRequested:
    """一次性补正告知: the applicant was told everything that is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionSubmitted:
    """补正材料收到."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStarted:
    """审查."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade:
    """准予 or 不予许可. `node`: which decision, where a case has several."""

    granted: bool
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseConcluded:
    """办结: the limit stops on `concluded_on`."""

    concluded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCertified:
    """制证."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHandedOver:
    """送达."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseArchived:
    """归档."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDeclined:
    """不予受理."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNotApplicable:
    """不受理: wrong office, or no permit needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReturned:
    """退件: returned to the applicant before acceptance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDeemedWithdrawn:
    """视为撤回: the applicant's period lapsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWithdrawn:
    """撤件, by the applicant, before the decision."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTerminated:
    """终止: ends without a decision."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseVoided:
    """作废: entered by mistake, only at receipt."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSuspended:
    """特别程序开始 (行政许可法 art. 45): from the day after `suspended_on` no day counts."""

    ground: str
    suspended_on: date
    expected_end: date
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResumed:
    """特别程序结束: `resumed_on` itself does not count, the next working day does."""

    ground: str
    resumed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted:
    """A limit began to run. `source`: where the value comes from (diagram, catalogue, office, commitment)."""

    clock: str
    amount: int
    unit: str
    basis: str
    source: str
    due: str
    due_on: date
    lapses_at: datetime
    is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMoved:
    """A legal move changed the due date; the old one stays on record. None: stopped, no due date for now."""

    clock: str
    due: str | None
    due_on: date | None
    lapses_at: datetime | None
    is_provisional: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineLapsed:
    """A drawn limit lapsed. `due_on` was the last day; judged by `scheduled_at`, noticed at `noticed_at`."""

    clock: str
    node: str
    due_on: date | None
    scheduled_at: datetime
    noticed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssued:
    """黄牌 or 红牌, at most one per rule, case and deadline."""

    colour: str
    rule: str
    clock: str
    node: str
    due_on: date | None
    scheduled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRaised:
    """A step could not be finished by rule; a person has to look. Tokens have not moved. `token`: the wait that stands
    still until then (a task that could not be completed, a timer that could not be fired, a connector), None when it is none
    in particular."""

    code: str
    node: str
    message: str
    token: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentResolved:
    """What stood still has gone on, or the case has ended. `raised`: the number of the fact that raised the incident."""

    raised: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessCompleted:
    """The process instance is over, through these end events of the top process."""

    ends: tuple[str, ...]


Fact = (
    CaseOpened | TaskCompleted | TimerFired | MessageReceived | CaseAccepted | CorrectionRequested
    | CorrectionSubmitted | ReviewStarted | DecisionMade | CaseConcluded | CaseCertified | CaseHandedOver | CaseArchived
    | CaseDeclined | CaseNotApplicable | CaseReturned | CaseDeemedWithdrawn | CaseWithdrawn | CaseTerminated
    | CaseVoided | CaseSuspended | CaseResumed | ClockStarted | ClockMoved | DeadlineLapsed | CardIssued
    | IncidentRaised | IncidentResolved | ProcessCompleted
)

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
        return self.fact.token if isinstance(self.fact, TaskCompleted) else None


def record(case: str, seq: int, previous: bytes, at: datetime, by: str, fact: Fact) -> Recorded:
    """Write a fact down as number `seq` of a case, chained to the `previous` hash. Raises InvalidInput for a value that JSON
    in UTF-8 cannot hold: half a surrogate pair, a whole number beyond 64 bits."""
    written = {"at": _instant(at), "by": by, "case": case, "data": fact, "kind": type(fact).__name__, "seq": seq}
    try:
        body = orjson.dumps(written, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError as error:
        raise InvalidInput("data", f"{type(fact).__name__} cannot be written down: {error}") from error
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
