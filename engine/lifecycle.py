"""The lifecycle of a case as a table: states, which may follow which, and the facts that move a case along.

::

    received ─┬─ correcting ─┬─ (received)
              │              └─ deemed withdrawn
              ├─ accepted ─ reviewing ─┬─ decided ─ concluded ─ certified ─ handed over ─ archived
              │     └──── suspended ───┴────┘
              └─ declined · not applicable · returned · voided       any open state ─ withdrawn · terminated
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from engine import events


class State(Enum):
    """Where a case stands in law. The values are stored."""

    RECEIVED = "received"  # 已收件: on the desk, no limit of the office runs yet
    CORRECTING = "correcting"  # 补正中: the applicant was told what is missing
    ACCEPTED = "accepted"  # 已受理: the limits run
    REVIEWING = "reviewing"  # 审查中
    SUSPENDED = "suspended"  # 特别程序中, 暂停, 挂起: no day counts
    DECIDED = "decided"  # 已决定: granted or refused, other decisions may follow
    CONCLUDED = "concluded"  # 已办结: the limits have stopped
    CERTIFIED = "certified"  # 已制证
    HANDED_OVER = "handed_over"  # 已送达
    ARCHIVED = "archived"  # 已归档
    DECLINED = "declined"  # 不予受理
    NOT_APPLICABLE = "not_applicable"  # 不受理
    RETURNED = "returned"  # 已退件
    DEEMED_WITHDRAWN = "deemed_withdrawn"  # 视为撤回
    WITHDRAWN = "withdrawn"  # 已撤件
    TERMINATED = "terminated"  # 已终止
    VOIDED = "voided"  # 已作废


_ENDS_ANY_TIME = frozenset({State.WITHDRAWN, State.TERMINATED})
_STOPPABLE = frozenset({State.ACCEPTED, State.REVIEWING, State.DECIDED})
"""Where the office's days count, so that a stop can begin; and where it leads back to."""

ALLOWED: Mapping[State, frozenset[State]] = {
    State.RECEIVED: _ENDS_ANY_TIME | {
        State.CORRECTING, State.ACCEPTED, State.DECLINED, State.NOT_APPLICABLE, State.RETURNED, State.VOIDED,
        State.CONCLUDED,
    },
    State.CORRECTING: _ENDS_ANY_TIME | {
        State.RECEIVED, State.ACCEPTED, State.DECLINED, State.RETURNED, State.DEEMED_WITHDRAWN,
    },
    State.ACCEPTED: _ENDS_ANY_TIME | {State.REVIEWING, State.SUSPENDED, State.DECIDED, State.CONCLUDED},
    State.REVIEWING: _ENDS_ANY_TIME | {State.REVIEWING, State.SUSPENDED, State.DECIDED, State.CONCLUDED},
    State.SUSPENDED: _ENDS_ANY_TIME | _STOPPABLE | {State.SUSPENDED, State.CONCLUDED},
    State.DECIDED: frozenset({State.DECIDED, State.SUSPENDED, State.CONCLUDED, State.TERMINATED}),
    State.CONCLUDED: frozenset({State.CERTIFIED, State.HANDED_OVER, State.ARCHIVED}),
    State.CERTIFIED: frozenset({State.HANDED_OVER, State.ARCHIVED}),
    State.HANDED_OVER: frozenset({State.ARCHIVED}),
    State.ARCHIVED: frozenset(),
    State.DECLINED: frozenset(),
    State.NOT_APPLICABLE: frozenset(),
    State.RETURNED: frozenset(),
    State.DEEMED_WITHDRAWN: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.TERMINATED: frozenset(),
    State.VOIDED: frozenset(),
}

TARGETS: Mapping[type, State] = {
    events.CaseAccepted: State.ACCEPTED,
    events.CorrectionRequested: State.CORRECTING,
    events.CorrectionSubmitted: State.RECEIVED,
    events.ReviewStarted: State.REVIEWING,
    events.DecisionMade: State.DECIDED,
    events.CaseConcluded: State.CONCLUDED,
    events.CaseCertified: State.CERTIFIED,
    events.CaseHandedOver: State.HANDED_OVER,
    events.CaseArchived: State.ARCHIVED,
    events.CaseDeclined: State.DECLINED,
    events.CaseNotApplicable: State.NOT_APPLICABLE,
    events.CaseReturned: State.RETURNED,
    events.CaseDeemedWithdrawn: State.DEEMED_WITHDRAWN,
    events.CaseWithdrawn: State.WITHDRAWN,
    events.CaseTerminated: State.TERMINATED,
    events.CaseVoided: State.VOIDED,
    events.CaseSuspended: State.SUSPENDED,
    events.CaseResumed: State.REVIEWING,
}
"""Which facts move the lifecycle, and where to."""


class Standing(Enum):
    """How a case came out against its limit (domain rules §4.3). Derived, never stored as truth."""

    EARLY = "early"  # 提前办结
    ON_TIME = "on_time"  # 按时办结
    LATE = "late"  # 超期办结
    WITHDRAWN = "withdrawn"  # 撤件, 视为撤回, 终止, 作废
    DECLINED = "declined"  # 不予受理, 不受理, 退件
