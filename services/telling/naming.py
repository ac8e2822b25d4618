"""What the office calls a clock, a day, a role: the words in which facts are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine import events
from engine.calendar import SHANGHAI
from engine.consequences import FIRST_REVIEW_CLOCK, TRANSFER_CLOCK
from engine.ladder import LADDER, Role
from engine.limits import NAMES, LimitKind, Unit
from engine.precedence import Source
from engine.sentences import Sentence, listed, say, sentence_of
from engine.stops import StopKind

COLOURS: Mapping[str, str] = {"yellow": "黄牌", "red": "红牌"}
UNITS: Mapping[str, str] = {
    Unit.WORKDAY.value: "个工作日", Unit.HALF_DAY.value: "个半日", Unit.WORKING_HOUR.value: "个工作小时",
    Unit.HOUR.value: "小时", Unit.CALENDAR_DAY.value: "日", Unit.MONTH.value: "个月",
}
SOURCES: Mapping[str, str] = {Source.COMMITMENT: "项目承诺", Source.OFFICE: "本级规定", Source.CATALOGUE: "事项库"}
STOPS: Mapping[StopKind, str] = {
    StopKind.SPECIAL: "特别程序", StopKind.PAUSE: "暂停", StopKind.HOLD: "挂起", StopKind.EXAMINATION: "审图",
    StopKind.CHILDREN: "事项停表",
}
ROLES: Mapping[str, str] = {
    Role.REVIEWER.value: "承办人", Role.CLERK.value: "窗口", Role.APPROVER.value: "首席", Role.SUPERVISOR.value: "督查员",
    Role.SECTION_HEAD.value: "科室负责人", Role.DEPARTMENT_ADMINISTRATOR.value: "部门管理员",
    Role.DEPARTMENT_LEADER.value: "分管领导", Role.PARK_HEAD.value: "园区负责人", Role.PARK_ADMINISTRATOR.value: "园区管理员",
    Role.PARK_LEADER.value: "园区分管领导", Role.GOVERNMENT_SUPERVISION.value: "政府督查室",
    Role.REFORM_OFFICE.value: "市审改办",
}
RUNGS: Mapping[str, str] = {rung.name: rung.label for rung in LADDER}
"""The rungs as shipped."""
APPLICANTS: Mapping[str, str] = {"hearing_request": "申请听证期限", "supply": "容缺补齐期限"}
"""Clocks that bear neither their kind nor the number of what they belong to."""
_KINDS: Mapping[str, LimitKind] = {"rating": LimitKind.RECTIFICATION, FIRST_REVIEW_CLOCK: LimitKind.STAGE,
                                   TRANSFER_CLOCK: LimitKind.STAGE}
"""Clocks that are named by what they belong to."""
_WEEKDAYS = "周一", "周二", "周三", "周四", "周五", "周六", "周日"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What facts are told with. `labels`: of outcomes, by step and outcome; `person`: the name of an account; `rungs`: what the
    office calls the rungs of its ladders."""

    labels: Mapping[tuple[str, str], str]
    person: Callable[[str], str] = str
    rungs: Mapping[str, str] = field(default_factory=dict)

    def rung(self, name: str) -> str:
        """What a rung is called."""
        return self.rungs.get(name) or word(RUNGS, name)


def word(table: Mapping[str, str], key: str) -> str:
    """A word of ours, which can be said in another language; what the table lacks stays as it is."""
    return Sentence(table[key]) if key in table else key


def length(amount: int, unit: str) -> Sentence:
    """How long a limit is."""
    return say("{amount}{unit}", amount=amount, unit=word(UNITS, unit))


def instant(at: datetime) -> Sentence:
    """When it happened: date, weekday, minute, in Asia/Shanghai."""
    local = at.astimezone(SHANGHAI)
    return say("{at:%m-%d} {weekday} {at:%H:%M}", at=local, weekday=sentence_of(_WEEKDAYS[local.weekday()]))


def limit_name(clock: str) -> Sentence:
    """What the office calls a clock, by its name."""
    return Sentence(APPLICANTS.get(clock) or NAMES[kind_of(clock)])


def kind_of(clock: str) -> LimitKind:
    """The kind in a clock's name (`engine.clocks`)."""
    beginning = clock.partition(":")[0]
    return LimitKind.APPLICANT if clock in APPLICANTS else _KINDS.get(beginning) or LimitKind(beginning)


def due_of(fact: events.ClockStarted | events.ClockMoved) -> Sentence:
    """A date, with the minute where it matters."""
    minute = f" {fact.due[11:]}" if fact.due and "T" in fact.due else ""
    return say("{day}{minute}", day=day_name(fact.due_on), minute=minute)


def over_of(fact: events.DeadlineLapsed) -> str:
    """When a limit was over: at the end of its last day, or within it."""
    at = fact.scheduled_at.astimezone(SHANGHAI)
    return f"{at:%m-%d %H:%M}" if at.date() == fact.due_on else say("{day} 终了", day=day_name(fact.due_on))


def provisional_of(fact: events.ClockStarted | events.ClockMoved) -> str:
    return say("(暂定)") if fact.is_provisional else ""


def told_of(told: Iterable[events.Told]) -> Sentence:
    """Who was told, unit by unit: a role that works on the case, or a rank with the name in the contact book."""
    units: dict[str, list[Sentence]] = {}
    for each in told:
        name = "" if each.recipient == each.role else each.recipient
        units.setdefault(each.unit, []).append(say("{role}{name}", role=word(ROLES, each.role), name=name))
    return listed((say("{unit}{names}", unit=unit, names=listed(dict.fromkeys(names), "、")) for unit, names in units.items()),
                  ";")


def for_another(mandate: str) -> str:
    """Beside what an agent has done: the mandate 委托书 it was done under; "" for none."""
    return say(",代办(委托书{mandate})", mandate=mandate) if mandate else ""


def names_of(roles: Iterable[str]) -> Sentence:
    return listed((word(ROLES, role) for role in roles), "、")


def remark_of(data: Mapping[str, object]) -> str:
    said = [str(data[name]) for name in ("opinion", "reason", "cause", "measures", "findings") if data.get(name)]
    return f"({';'.join(said)})" if said else ""


def day_name(day: date | None) -> str:
    return f"{day:%m-%d}" if day else say("无")
