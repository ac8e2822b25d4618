"""Which consequence a lapse has: cards and lamps, as policy values.

Sources: domain rules §4.2 (lamps and cards), after the electronic supervision rules of the provinces. This module
decides colours; it does not know who is told, nor through which channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from engine.calendar import Calendar
from engine.limits import LimitKind, remaining_workdays


class Colour(Enum):
    """A card 牌: an issued fact, for accountability."""

    YELLOW = "yellow"  # 黄牌: the promised limit or a stage limit lapsed
    RED = "red"  # 红牌: the statutory limit lapsed


class Lamp(Enum):
    """亮灯: computed progress, never stored."""

    GREEN = "green"  # 正常
    YELLOW = "yellow"  # 预警: at most `warn_workdays` left
    RED = "red"  # 超期: the due date is over
    GREY = "grey"  # 暂停: stopped by a special procedure or a correction, or no clock runs
    BLUE = "blue"  # 暂定: passes through a year without a published calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an office has decided. `cards`: the colour a lapse of each kind of limit issues; a kind not named issues
    none (a target 力争 is a target; notice and applicant's periods have consequences of their own).

    `warn_share`: a clock warns when at most this share of its limit is left, and always when `warn_workdays` are left.
    """

    cards: Mapping[LimitKind, Colour] = field(default_factory=lambda: {
        LimitKind.STATUTORY: Colour.RED, LimitKind.PROMISED: Colour.YELLOW, LimitKind.STAGE: Colour.YELLOW,
    })
    warn_workdays: int = 1
    warn_share: float = 0.2

    def card(self, kind: LimitKind) -> Colour | None:
        """The card a lapse of this kind of limit issues; None when it issues none."""
        return self.cards.get(kind)


def lamp(
    calendar: Calendar, policy: Policy, today: date, *, due_on: date | None, amount: int, is_provisional: bool,
    stopped_on: date | None = None,
) -> Lamp:
    """The lamp of a clock on `today`. `due_on` None: suspended or not started. `stopped_on`: the day the clock was
    stopped (办结); its lamp then no longer changes."""
    if due_on is None:
        return Lamp.GREY
    if (stopped_on or today) > due_on:
        return Lamp.RED
    if stopped_on is not None:
        return Lamp.GREEN
    if is_provisional:
        return Lamp.BLUE
    left = remaining_workdays(calendar, today, due_on)
    warn = max(policy.warn_workdays if amount > policy.warn_workdays else 0, int(amount * policy.warn_share))
    return Lamp.YELLOW if left <= warn else Lamp.GREEN
