"""Facts about what the office is to an applicant: how he is handed the result, what he says of the service, what is done about
it; what he has asked for on an upstream platform.

Frozen, in the past tense, written down once (`engine.events`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverChosen:
    """领取方式: how the applicant wants to be handed the result; the last choice counts. `way`: window 窗口领取 | post 邮寄;
    `recipient`, `phone`, `address`: where it is posted, "" at the window. `mandate`: of the agent who chose for him."""

    way: str
    recipient: str = ""
    phone: str = ""
    address: str = ""
    mandate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRated:
    """好差评: the applicant has rated the service, once a case. `level`: 5 非常满意 to 1 非常不满意; `reasons`: why it was bad,
    as `engine.ratings.REASONS` has them; `channel`: web 网上 | window 窗口 (GB/T 39734—2020: 一次一评)."""

    level: int
    reasons: Sequence[str] = ()
    text: str = ""
    channel: str = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingAnswered:
    """差评整改: what the department has done about a bad rating. `token`: the task that it had opened."""

    token: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalAsked:
    """撤件待确认: on this `platform` the applicant has asked for the case to be withdrawn; a person confirms it
    (`CaseWithdrawn`) or does not. Until then the case goes on."""

    platform: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalDenied:
    """撤件未确认: the case is not withdrawn, and goes on."""

    reason: str
