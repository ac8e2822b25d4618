"""Facts about time: clocks started, moved and stopped; stops, extensions, hearings; deadlines lapsed and who was told.

A due date is never stored as truth: each fact says which limit was counted from when, and what that came to. Whoever disputes a
deadline finds every one it ever had, with the reason it moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted:
    """A limit began to run. `clock`: its name in the case (its kind as drawn, or kind:token).

    `kind`: its force, "" for the name itself; a target that a project's agreement made a promise is named target and is
    promised. `source`: where the value comes from (diagram, catalogue, office, commitment, law, order). `counted_from`: the
    instant and `event` of `engine.limits.deadline`; None: the case's own. `token`: the drawn timer it belongs to, None for a
    clock of the case. `law`: the version of the calendar it was counted with. `extra`: what an extension had added before it
    began here.
    """

    clock: str
    amount: int
    unit: str
    basis: str
    source: str
    due: str | None
    due_on: date | None
    lapses_at: datetime | None
    is_provisional: bool
    kind: str = ""
    count_first_day: bool = False
    roll_off_holiday: bool = True
    counted_from: datetime | None = None
    event: str = "accepted"
    node: str = ""
    token: int | None = None
    law: int = 0
    extra: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMoved:
    """A legal move changed the due date. `was`: the due date until now; None: it was stopped. `due` None: stopped, no due date
    for now. `extra`: what extensions have added to the limit, in its unit."""

    clock: str
    due: str | None
    due_on: date | None
    lapses_at: datetime | None
    is_provisional: bool
    reason: str
    was: str | None = None
    extra: int = 0
    law: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """What a clock comes to under the changed calendar; `was` is its due date until now."""

    clock: str
    was: str
    due: str | None
    due_on: date | None
    lapses_at: datetime | None
    is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksRecounted:
    """The calendar has changed under a ruling, `reference`, and with it these deadlines of the case. `law`: the version."""

    reference: str
    law: int
    recounts: Sequence[Recount]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStopped:
    """A limit is over on `stopped_on`: what it was for has been done, or the case has ended."""

    clock: str
    stopped_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineLapsed:
    """A limit lapsed. `due_on` was the last day; judged by `scheduled_at`, noticed at `noticed_at`. `version`: which of the
    clock's deadlines."""

    clock: str
    node: str
    due_on: date | None
    scheduled_at: datetime
    noticed_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseRepaired:
    """What had lapsed has not: a closure approved afterwards moved the deadline `due` beyond it. Never silently (R20):
    `reference` of the closure, `signed_off_by` the supervisor. The lapse and its cards stay on record."""

    clock: str
    was: str
    due: str
    reference: str
    signed_off_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody a rung of the ladder reached, or did not: `recipient` is a role or a person of the contact book, "" when the
    book names nobody. `channel`: inbox, sms."""

    role: str
    recipient: str
    unit: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """A rung of the ladder was reached (domain rules §4.2): who was told, and `missing`: the roles nobody stands for."""

    clock: str
    rung: str
    version: int
    due_on: date | None
    scheduled_at: datetime
    told_at: datetime
    told: Sequence[Told]
    missing: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSuspended:
    """The days stop counting after `suspended_on`. `kind`: special 特别程序 (行政许可法 art. 45), pause 暂停 (by a rule), hold
    挂起 (by order), examination 审图 (the drawing examiner's own clock). `basis`: the rule, the law or the order it rests on.
    `workdays`: the length told, where it is one in working days; 0 where it is a day."""

    ground: str
    suspended_on: date
    expected_end: date | None
    document: str
    kind: str = "special"
    basis: str = ""
    workdays: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResumed:
    """A stop is over: `resumed_on` itself does not count, the next day does. `stop`: the number of the fact that began it, 0
    for the only one. `remaining`: other stops that still last; `back_to`: the state the case goes on in when none does."""

    ground: str
    resumed_on: date
    stop: int = 0
    remaining: int = 0
    back_to: str = "reviewing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionApproved:
    """A further correction notice may be given (行政许可法 art. 32(4) knows one): approved by the legal officer or the head."""

    role: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionProposed:
    """延期申请, by the reviewer (行政许可法 art. 42): `amount` in `unit`, added to the limit from its original start.
    `is_joint`: art. 42(2)."""

    amount: int
    unit: str
    reason: str
    is_joint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionApproved:
    """批准延期, by the head of the office (art. 42(2): of the government), with the number of the notice to the applicant."""

    amount: int
    unit: str
    document: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRefused:
    """The extension was not approved; the deadlines stay."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingOffered:
    """告知听证权利 (行政许可法 art. 47): the applicant has five days to ask for a hearing."""

    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingRequested:
    """申请听证, in time: the office has to hold it within twenty days (art. 47)."""

    applicant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingScheduled:
    """The hearing's day was told, seven days ahead at least (art. 48(1)). `chair`: not the reviewer (art. 48(3))."""

    held_on: date
    chair: str
    document: str
