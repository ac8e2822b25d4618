"""A rating 好差评 of a case, as the facts have made it: five levels, and of a bad one what has become of it.

Source: 国办发〔2019〕51号, GB/T 39734—2020, GB/T 39735—2020; domain rules §5.6. A case that nobody rates is not rated: there is
no 默认好评. Who may rate and who answers is decided in `engine.appraising`.

::

    settled                                level 3 to 5: nothing is to be done
    open ─┬─ answered                      level 1 or 2: a task and a clock 整改
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from engine import events
from engine.calendar import SHANGHAI
from engine.events import Recorded
from engine.side_tasks import is_beside, token_of

LEVELS: Mapping[int, str] = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
"""The five levels and nothing else, the best first."""

BAD = 2
"""差评: this level and below."""

REASONS: Mapping[str, str] = {
    "late": "超过承诺时间", "attitude": "服务态度不好", "unclear": "没有一次告知清楚", "materials": "要求提供无关材料",
    "trips": "跑动次数多", "waiting": "排队等候久", "pushed": "推诿扯皮", "system": "系统不好用", "fees": "收费不合理",
    "other": "其他",
}
"""Why somebody is not satisfied; a bad rating names at least one."""

CHANNELS: Mapping[str, str] = {"web": "网上", "window": "窗口"}

NODE = "rating"
"""What the task of a bad rating is called where a diagram's task has its node."""
_CLOCK = "rating"


class RatingState(Enum):
    """Where a rating stands. The values are stored."""

    SETTLED = "settled"  # 好评: nothing is to be done
    OPEN = "open"  # 差评待整改
    ANSWERED = "answered"  # 已整改


ALLOWED: Mapping[RatingState, frozenset[RatingState]] = {
    RatingState.SETTLED: frozenset(),
    RatingState.OPEN: frozenset({RatingState.ANSWERED}),
    RatingState.ANSWERED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A rating. `seq`: the number of its fact. `lapsed_on`: the day by which it should have been answered and was not, None
    when it was not late; `answered_on`: None while it is not."""

    seq: int
    level: int
    rated_on: date
    state: RatingState
    lapsed_on: date | None = None
    answered_on: date | None = None

    @property
    def token(self) -> int:
        """The number of its task."""
        return token_of(self.seq)

    @property
    def clock(self) -> str:
        """The name of its clock."""
        return clock_of(self.seq)


def clock_of(seq: int) -> str:
    """The name of the clock of the rating that fact `seq` tells."""
    return f"{_CLOCK}:{seq}"


def is_mending(token: int, node: str) -> bool:
    """Is it the task of a bad rating?"""
    return is_beside(token) and node == NODE


def folded(rating: Rating | None, recorded: Recorded) -> Rating | None:
    """Fold a fact into the rating. None: the case is not rated."""
    day = recorded.at.astimezone(SHANGHAI).date()
    match fact := recorded.fact:
        case events.ServiceRated():
            return Rating(seq=recorded.seq, level=fact.level, rated_on=day,
                          state=RatingState.OPEN if fact.level <= BAD else RatingState.SETTLED)
        case events.RatingAnswered() if rating is not None:
            return replace(rating, state=RatingState.ANSWERED, answered_on=day)
        case events.DeadlineLapsed() if rating is not None and fact.clock == rating.clock:
            return replace(rating, lapsed_on=fact.due_on)
        case events.LapseRepaired() if rating is not None and fact.clock == rating.clock:
            return replace(rating, lapsed_on=None)
    return rating
