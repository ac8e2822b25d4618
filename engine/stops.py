"""Stops 停表: why and how long the days of a case do not count.

Four kinds, which the law and the figures keep apart. A *special procedure* 特别程序 rests on one of the eight grounds of
行政许可法 art. 45, or on one that another law adds; the applicant is told in writing how long it will take. A *pause* 暂停
rests on a rule of the office with its basis (整改, 审查补正). A *hold* 挂起 is ordered by a court or a superior and bears the
order's number. An *examination* 审图 is the time of the drawing examiner, which is not the office's. This module knows what a
stop is and whom it stops; which of them may begin now is decided by `engine.stopping`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from engine.counting import Suspension
from engine.limits import CASE_CLOCKS, LimitKind

GROUNDS: Mapping[str, str] = {
    "hearing": "听证", "tender": "招标", "auction": "拍卖", "inspection": "检验", "testing": "检测",
    "quarantine": "检疫", "appraisal": "鉴定", "expert_review": "专家评审",
}
"""The eight grounds on which no day counts: 行政许可法 art. 45."""

STATUTE = "statute"
"""The ground of a special procedure that another law adds; its `basis` names the article."""

PAUSES: Mapping[str, str] = {"rectification": "整改", "supplement": "审查补正", "other_rule": "其他规定"}
"""The grounds of a pause: none is among those of art. 45, so each needs a rule it rests on (domain rules R13, §2d)."""

SUPPLY_LAPSED = "supply_lapsed"
"""The ground of a pause that nobody begins: a supply period 容缺补齐期限 lapsed, and its template says 暂停 (rule R23)."""


class StopKind(Enum):
    """On what a stop rests. The figures count each apart."""

    SPECIAL = "special"  # 特别程序
    PAUSE = "pause"  # 暂停
    HOLD = "hold"  # 挂起
    EXAMINATION = "examination"  # 审图
    CHILDREN = "children"  # 事项停表: of a bundle whose children are stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A time in which days do not count: those after `start` up to and including `end`; None while it lasts. `seq`: the
    number of the fact that began it. `expected_end`: what the applicant was told; None: nobody can say."""

    seq: int
    kind: StopKind
    ground: str
    start: date
    end: date | None = None
    expected_end: date | None = None
    document: str = ""
    basis: str = ""

    @property
    def suspension(self) -> Suspension:
        """As it is counted."""
        return Suspension(start=self.start, end=self.end, ground=self.ground)


CHILDREN = "children"
"""The ground of a stop that a bundle has from its children."""

_OFFICE = frozenset(CASE_CLOCKS | {LimitKind.STAGE})


def stopping(stops: Iterable[Stop], kind: LimitKind) -> tuple[Suspension, ...]:
    """Those of the stops that stop a clock of this kind. The office's own clocks stand still during each of them; the time for
    handing over only while a hold lasts; an applicant's period, a notice and what alarms us run on. What stops the children
    of a bundle stops the clocks of the bundle as a whole."""
    if kind in CASE_CLOCKS:
        return tuple(stop.suspension for stop in stops)
    if kind in _OFFICE:
        return tuple(stop.suspension for stop in stops if stop.kind is not StopKind.CHILDREN)
    if kind is LimitKind.HAND_OVER:
        return tuple(stop.suspension for stop in stops if stop.kind is StopKind.HOLD)
    return ()


_OTHERS: Mapping[str, str] = {
    STATUTE: "法律、法规另有规定", "order": "依令挂起", "drawing_examination": "施工图审查", CHILDREN: "所含事项停表",
    SUPPLY_LAPSED: "容缺材料逾期未补齐",
}


def ground_name(ground: str) -> str:
    """The Chinese name of a ground; the ground itself when it is none of the known."""
    return GROUNDS.get(ground) or PAUSES.get(ground) or _OTHERS.get(ground, ground)
