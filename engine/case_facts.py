"""Facts about the case itself: what came in, what people did, which legal moment was reached, what stood still.

Frozen, in the past tense, written down once (`engine.events`). A field added later has a default, so that what was written down
before can still be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.bundle_facts import Awaited


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """收件: an application is on the desk. `received_on`: the day that counts as the day of receipt (rule R18).

    `park`, `window`, `system`: where, which say whose closures and policy apply; `department`: whose case it is; `project`:
    the code of the project whose commitments count; `applicant`: by which the applicant is found again, a code or a name. ""
    for none. `refiles`: the case that was withdrawn within thirty days before and is filed again with this one. `agent`,
    `mandate`: who has filed for the applicant (代办), and his 委托书. `hands`: what people have done on the case this one is
    part of.

    `platform`, `platform_number`: the upstream platform it came from, and its number there; "" for a case that came otherwise.

    `is_bundle`: it opens child cases, whose stops stop its clocks as `stopped_by` says. Of a child case 事项办件: `parent`, the
    number of its bundle, in which it is known by `parent_token`; `after`: the siblings that have to be granted first;
    `is_optional`: the applicant may withdraw it alone.
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
    applicant: str = ""
    refiles: str = ""
    agent: str = ""
    mandate: str = ""
    hands: tuple[tuple[str, str], ...] = ()
    platform: str = ""
    platform_number: str = ""
    is_bundle: bool = False
    stopped_by: str = "all"
    parent: str = ""
    parent_token: int = 0
    is_optional: bool = False
    after: Sequence[Awaited] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRouted:
    """Who has the case, as the empowerment list 赋权清单 said on the day of receipt; kept, whatever the list says later.

    `mode`: 赋权方式, "none" for the local authority; `hall`: how the park works. `rule`: the row it was found in, whose kind
    `source` is: empowerment | local_authority. The units: `receives` 收件, `accepts` 受理, `reviews` 审查, `decides` 决定,
    `seals` 用印 with the seal `seal` in the name of `in_name_of`, `liable` 法律责任, `supervises` 监管. `why`: the row, for
    people.
    """

    rule: int
    source: str
    mode: str
    hall: str
    matter: str
    situation: str
    receives: str
    accepts: str
    reviews: str
    decides: str
    seals: str
    seal: str
    in_name_of: str
    liable: str
    supervises: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionListApplied:
    """A decision list picked the branch: `row` of its `version` (published as `document`) fitted the case, so the diagram's
    `variable` is `value`. Told again when the particulars or the version change before acceptance; the last one counts."""

    list: str
    name: str
    version: int
    document: str
    row: int
    outcome: str
    basis: str
    variable: str
    value: str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted:
    """A person completed a task; `token` is the task's id within the case. `duty`: which of the duties that are kept apart it
    is, "" for none, None in facts of before there were duties; `natural`: the natural persons whose hands these were (none:
    whoever is recorded); `on_behalf`: whom he stood in for (代理); `mandate`: of the agent who did it for the applicant
    (代办)."""

    token: int
    node: str
    name: str
    act: str
    outcome: str | None
    data: Mapping[str, object]
    duty: str | None = None
    natural: tuple[str, ...] = ()
    on_behalf: str = ""
    mandate: str = ""


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
    """制证. `seal`: the number of the seal it carries, `in_name_of`: whose it is; "" where the case was not routed."""

    seal: str = ""
    in_name_of: str = ""


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
    """退件: returned to the applicant before acceptance. `reason`: of the person who did it beside the diagram, which is
    cancelled with it; "" where the diagram draws it."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDeemedWithdrawn:
    """视为撤回: the applicant's period lapsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWithdrawn:
    """撤件, by the applicant, before the decision. `mandate`: of the agent who did it for him."""

    reason: str
    mandate: str = ""


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
