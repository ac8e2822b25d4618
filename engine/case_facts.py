"""Facts about the case itself: what came in, what people did, which legal moment was reached, what stood still.

Frozen, in the past tense, written down once (`engine.events`). A field added later has a default, so that what was written down
before can still be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """收件: an application is on the desk. `received_on`: the day that counts as the day of receipt (rule R18).

    `park`, `window`, `system`: where, which say whose closures and policy apply; `department`: whose case it is; `project`: the
    code of the project whose commitments count. "" for none.
    """

    process: str
    definition: str
    received_on: date
    data: Mapping[str, object]
    park: str = ""
    window: str = ""
    system: str = ""
    department: str = ""
    project: str = ""


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
    """一次性补正告知: the applicant was told everything that is missing. `number`: 1 for the one the law knows, more for those
    that were approved."""

    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionSubmitted:
    """补正材料收到. `received_on`: the day from which a deemed acceptance would count."""

    received_on: date | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One step of the way on which a case's tokens were taken to where it stands: the wait `token` at `node`, of a `kind` of
    wait, was passed, a task with this `outcome`, None where it has none. Nobody decided anything by it."""

    token: int
    node: str
    kind: str
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStop:
    """A stop of a case that was begun in another system: its days are those after `start` up to and including `end`; None while
    it lasts. The other fields as in `CaseSuspended`."""

    ground: str
    start: date
    end: date | None
    document: str
    kind: str = "special"
    basis: str = ""
    expected_end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBroughtIn:
    """在办件转入: the case was begun in another system, `source`, under `old_number`, and goes on here in `state` at `nodes`.

    What had happened there is told at once, with its own days, and as nobody's deed here. `way`: how the diagram was walked to
    `nodes`, so that the same walk leads there again. `counted_from`: as in `CaseAccepted`; None before acceptance. `since`:
    from when the limits drawn where it stands are counted. `extension`: working days added to the limit there, by
    `extension_document`. `granted`, `refused`: decisions made there, of several perhaps both. `handler`: who had it in hand,
    "" when nobody did. `is_carded`: a lapse before this fact gets its card here.
    """

    source: str
    old_number: str
    state: str
    nodes: Sequence[str]
    way: Sequence[Walked]
    accepted_on: date | None = None
    counted_from: datetime | None = None
    since: datetime | None = None
    resubmitted_on: date | None = None
    decided_at: datetime | None = None
    granted: bool = False
    refused: bool = False
    concluded_on: date | None = None
    stops: Sequence[PastStop] = ()
    corrections: int = 0
    extension: int = 0
    extension_document: str = ""
    handler: str = ""
    is_carded: bool = False
