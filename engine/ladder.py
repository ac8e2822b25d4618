"""The escalation ladder as a value: which rung is climbed when, and who is told on it.

Decides what a rung is, who may be named on one and where such a person is looked up: in the application by role, or in the
contact book 联络表 by the unit and the rank. It knows no calendar (`engine.supervision` finds the instants), no names and no
channel. An office may change every value here by a policy of its own.

Source: domain rules §4.2; the ranks are the three rows of the contact book (annex 1 of the city's plan).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from engine.errors import InvalidInput
from engine.limits import LimitKind
from engine.sentences import say


class Rank(Enum):
    """A row of the contact book, the same three for every unit."""

    LEADER = "leader"  # 分管领导
    HEAD = "head"  # 市直科室(园区)负责人
    LIAISON = "liaison"  # 联络员


class Place(Enum):
    """Where a role is looked up when a rung is climbed."""

    APPLICATION = "application"  # who works on the case, or holds the role in the application
    DEPARTMENT = "department"  # the contact book, under the case's department
    PARK = "park"  # the contact book, under the case's park
    UNIT = "unit"  # the contact book, under a unit that is the same for every case


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where a role is found. `rank`: None in the application, where the role itself is asked for. `unit`: the fixed unit, ""
    elsewhere."""

    place: Place
    rank: Rank | None = None
    unit: str = ""


class Role(Enum):
    """Who can be told on a rung."""

    REVIEWER = "reviewer"  # 承办人
    CLERK = "clerk"  # 窗口
    APPROVER = "approver"  # 首席
    SUPERVISOR = "supervisor"  # 督查员
    SECTION_HEAD = "section_head"  # 科室负责人
    DEPARTMENT_ADMINISTRATOR = "department_administrator"  # 部门管理员
    DEPARTMENT_LEADER = "department_leader"  # 部门分管领导
    PARK_HEAD = "park_head"  # 园区负责人
    PARK_ADMINISTRATOR = "park_administrator"  # 园区管理员
    PARK_LEADER = "park_leader"  # 园区分管领导
    GOVERNMENT_SUPERVISION = "government_supervision"  # 政府督查室
    REFORM_OFFICE = "reform_office"  # 市审改办


GOVERNMENT_SUPERVISION_UNIT = "市政府督查室"
REFORM_OFFICE_UNIT = "市审改办"

SEATS: Mapping[Role, Seat] = {
    Role.REVIEWER: Seat(place=Place.APPLICATION),
    Role.CLERK: Seat(place=Place.APPLICATION),
    Role.APPROVER: Seat(place=Place.APPLICATION),
    Role.SUPERVISOR: Seat(place=Place.APPLICATION),
    Role.SECTION_HEAD: Seat(place=Place.DEPARTMENT, rank=Rank.HEAD),
    Role.DEPARTMENT_ADMINISTRATOR: Seat(place=Place.DEPARTMENT, rank=Rank.LIAISON),
    Role.DEPARTMENT_LEADER: Seat(place=Place.DEPARTMENT, rank=Rank.LEADER),
    Role.PARK_HEAD: Seat(place=Place.PARK, rank=Rank.HEAD),
    Role.PARK_ADMINISTRATOR: Seat(place=Place.PARK, rank=Rank.LIAISON),
    Role.PARK_LEADER: Seat(place=Place.PARK, rank=Rank.LEADER),
    Role.GOVERNMENT_SUPERVISION: Seat(place=Place.UNIT, rank=Rank.LIAISON, unit=GOVERNMENT_SUPERVISION_UNIT),
    Role.REFORM_OFFICE: Seat(place=Place.UNIT, rank=Rank.LIAISON, unit=REFORM_OFFICE_UNIT),
}


class Moment(Enum):
    """What a rung is measured from."""

    WARNING = "warning"  # as the clock begins to warn 预警
    WORKDAY = "workday"  # as the hall opens, so many working days after the due day
    LAPSE = "lapse"  # as the limit lapses
    DAYS_BEFORE = "days_before"  # as the hall opens, thirty days before the due day: in time to renew (行政许可法 art. 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the ladder. `name`: what a fact calls it, unique in a policy. `kinds`: the limits it belongs to.

    `workdays`: from the due day on, 0 that day itself; only with `Moment.WORKDAY`. `to`: everybody who is told on it, those
    told before included when they are to be told again. `issues_order`: a supervision order 督办单 is written too.
    """

    name: str
    label: str
    moment: Moment
    kinds: frozenset[LimitKind]
    to: tuple[Role, ...]
    workdays: int = 0
    issues_order: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 40:
            raise InvalidInput("name", "a rung has a name of 1 to 40 characters, by which a fact refers to it")
        if not isinstance(self.workdays, int) or isinstance(self.workdays, bool) or not 0 <= self.workdays <= 250:
            raise InvalidInput("workdays", say(
                "expected 0 to 250 working days after the due day, found {found}", found=f"{self.workdays!r}"))
        if self.workdays and self.moment is not Moment.WORKDAY:
            raise InvalidInput("workdays", say(
                "a rung “{moment}” has its own instant; leave the working days out", moment=self.moment))
        if not self.kinds:
            raise InvalidInput("kinds", "a rung belongs to at least one kind of limit; leave the rung out instead")
        if not self.to or len(set(self.to)) < len(self.to):
            raise InvalidInput("to", "a rung tells at least one role, and none twice")


def contact_of(role: Role, *, department: str, park: str) -> tuple[str, Rank] | None:
    """The unit and the rank under which the contact book has a role. None: it is no contact (a role held in the
    application), or the case has no such unit."""
    seat = SEATS[role]
    if seat.rank is None:
        return None
    unit = {Place.DEPARTMENT: department, Place.PARK: park}.get(seat.place, seat.unit)
    return (unit, seat.rank) if unit else None


_ESCALATING = frozenset({LimitKind.STATUTORY, LimitKind.PROMISED, LimitKind.TARGET, LimitKind.STAGE, LimitKind.HAND_OVER,
                         LimitKind.HEARING})
_AT_WORK = (Role.REVIEWER, Role.CLERK)
_DUE = (*_AT_WORK, Role.SECTION_HEAD, Role.APPROVER)
_FIRST_DAY_LATE = (*_DUE, Role.DEPARTMENT_ADMINISTRATOR, Role.PARK_ADMINISTRATOR)
_SECOND_DAY_LATE = (*_FIRST_DAY_LATE, Role.DEPARTMENT_LEADER, Role.SUPERVISOR)

LADDER: tuple[Rung, ...] = (
    Rung(name="warning", label="即将超期", moment=Moment.WARNING, kinds=_ESCALATING, to=_AT_WORK),
    Rung(name="due_day", label="今日到期", moment=Moment.WORKDAY, workdays=0, kinds=_ESCALATING, to=_DUE),
    Rung(name="first_day_late", label="超期1个工作日", moment=Moment.WORKDAY, workdays=1, kinds=_ESCALATING,
         to=_FIRST_DAY_LATE),
    Rung(name="second_day_late", label="超期2个工作日", moment=Moment.WORKDAY, workdays=2, kinds=_ESCALATING,
         to=_SECOND_DAY_LATE),
    Rung(name="fifth_day_late", label="超期5个工作日", moment=Moment.WORKDAY, workdays=5, kinds=_ESCALATING,
         to=(*_SECOND_DAY_LATE, Role.GOVERNMENT_SUPERVISION, Role.REFORM_OFFICE), issues_order=True),
    Rung(name="notice_ends", label="告知期限将满", moment=Moment.WARNING, kinds=frozenset({LimitKind.NOTICE}),
         to=(Role.CLERK,)),
    Rung(name="stop_overrun", label="停表超过告知的期限", moment=Moment.LAPSE, kinds=frozenset({LimitKind.STOP}),
         to=(Role.REVIEWER, Role.SECTION_HEAD, Role.SUPERVISOR)),
    Rung(name="order_unanswered", label="督办逾期未答复", moment=Moment.LAPSE, kinds=frozenset({LimitKind.ORDER}),
         to=(Role.SUPERVISOR,)),
    Rung(name="follow_up_ends", label="后续期限将满", moment=Moment.DAYS_BEFORE, kinds=frozenset({LimitKind.FOLLOW_UP}),
         to=(Role.REVIEWER, Role.CLERK)),
    Rung(name="follow_up_over", label="后续期限已满", moment=Moment.LAPSE, kinds=frozenset({LimitKind.FOLLOW_UP}),
         to=(Role.REVIEWER, Role.APPROVER)),
    Rung(name="rectification_ends", label="差评整改即将到期", moment=Moment.WARNING,
         kinds=frozenset({LimitKind.RECTIFICATION}), to=(Role.DEPARTMENT_ADMINISTRATOR,)),
    Rung(name="rectification_over", label="差评逾期未整改", moment=Moment.LAPSE, kinds=frozenset({LimitKind.RECTIFICATION}),
         to=(Role.DEPARTMENT_ADMINISTRATOR, Role.DEPARTMENT_LEADER, Role.SUPERVISOR)),
    Rung(name="receipt_ends", label="推送即将逾期未签收", moment=Moment.WARNING, kinds=frozenset({LimitKind.PUSH}),
         to=(Role.DEPARTMENT_ADMINISTRATOR,)),
    Rung(name="receipt_over", label="推送逾期未签收", moment=Moment.LAPSE, kinds=frozenset({LimitKind.PUSH}),
         to=(Role.DEPARTMENT_ADMINISTRATOR, Role.DEPARTMENT_LEADER, Role.SUPERVISOR), issues_order=True),
)
"""The ladder of an office that has decided nothing else. A lapsed notice or applicant's period has its own consequence in law
(视为受理, 视为撤回); of the notice clock only its end is announced, to whoever has to give the notice (行政许可法 art. 32)."""
