"""Limits: lengths of time with their unit. (skeleton; the arithmetic follows)"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class LimitKind(Enum):
    """What force a limit has."""

    STATUTORY = "statutory"  # 法定时限: lapse is a red card
    PROMISED = "promised"  # 承诺时限: lapse is a yellow card
    TARGET = "target"  # 力争时限: lapse escalates, no card unless a park switches it on
    STAGE = "stage"  # 环节时限: one step of the way; lapse is a yellow card
    NOTICE = "notice"  # 公示期: never a card
    APPLICANT = "applicant"  # 申请人期限: never a card


class Unit(Enum):
    """In what a limit is counted."""

    WORKDAY = "workday"
    HALF_DAY = "half_day"
    WORKING_HOUR = "working_hour"
    HOUR = "hour"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A length of time. `amount` ≥ 0 in `unit`; `basis`: the article or document it rests on."""

    amount: int
    unit: Unit = Unit.WORKDAY
    kind: LimitKind = LimitKind.PROMISED
    count_first_day: bool = False
    roll_off_holiday: bool = True
    basis: str = ""
