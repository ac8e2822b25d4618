"""The empowerment list 赋权清单 as values: which park may do what, how the park works, whose a matter is otherwise.

Three kinds of rows, each in force from a first day to a last day, both included, of one park:

- an *empowerment*: a matter, in a situation, in one of the five ways (直接赋权 … 委托收件), with the documents it rests on;
- a *park mode*: one hall, one seal, one body (相对集中行政许可权 pilot); a hall; or no hall, so that the county's or the city's
  centre receives (measure 2);
- a *local authority* 属地: whose a matter is where nothing empowers the park.

Decides what such a row must say, and when two of them contradict each other: for one key and day there is at most one. It does
not know what follows for a case (`engine.routing`), nor who may enter a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeAlias

from engine.errors import InvalidInput
from engine.sentences import Sentence, listed, say


class Mode(Enum):
    """赋权方式: how a park takes part in a matter."""

    DIRECT = "direct"  # 直接赋权: the park decides in its own name, with its own seal
    ENTRUSTED = "entrusted"  # 委托行使: the park decides in the name and with the seal of the authority
    STATIONED = "stationed"  # 服务前移: people of the authority work in the park
    DIRECT_REPORT = "direct_report"  # 审批直报: the park receives and reviews first, the city decides
    RECEIVED_ONLY = "received_only"  # 委托收件、受审分离: the park only receives
    NONE = "none"  # 未赋权: the local authority 属地


class Taking(Enum):
    """承接状态: how far a park has taken over what it was given."""

    GRANTED = "granted"  # 已赋权
    TAKEN_OVER = "taken_over"  # 已承接
    RUNNING = "running"  # 有效运行: counted from concluded cases, never entered
    NOT_TAKEN_OVER = "not_taken_over"  # 未有效承接: the park only receives
    TAKEN_BACK = "taken_back"  # 已收回: ended before its time, never entered


class Hall(Enum):
    """园区运行模式."""

    PILOT = "pilot"  # 试点: 一个大厅、一枚印章、一个主体
    HALL = "hall"  # 有大厅未试点
    NO_HALL = "no_hall"  # 无大厅: 政务服务中心“园区事园区办”综合窗口 receives


OWN_DEPARTMENT = "事项主管部门"
"""As a local authority: the department whose matter it is by its own diagram, as with taxes or a bank account, which no county
office has."""

ENTERED_TAKINGS = frozenset({Taking.GRANTED, Taking.TAKEN_OVER, Taking.NOT_TAKEN_OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Empowerment:
    """赋权: a matter given to a park. `situation` "": every situation without a row of its own. `holder`: the park's body that
    takes part, "" for the park itself; `authority`: the department that empowers 赋权部门; `supervisor`: who supervises
    afterwards, "" for the authority. `seal`: the number of the seal decisions carry. `handover` 交接书, `mandate` 委托书,
    `notice` 委托公告: references. `name`: the matter's, for people. `valid_until`: the last day, None without end. `line`:
    of the sheet on which a row that is not yet entered stands."""

    park: str
    matter: str
    mode: Mode
    authority: str
    batch: str
    document: str
    valid_from: date
    valid_until: date | None = None
    situation: str = ""
    holder: str = ""
    supervisor: str = ""
    seal: str = ""
    taking: Taking = Taking.GRANTED
    handover: str = ""
    mandate: str = ""
    notice: str = ""
    name: str = ""
    id: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkMode:
    """园区运行模式. `body`: what acts for the park (园区行政审批局 in the pilot), "" for the park itself. `seal`: the pilot's
    one seal. `window`: who receives where there is no hall. `staff`: the park's people delegated to that window."""

    park: str
    hall: Hall
    document: str
    valid_from: date
    valid_until: date | None = None
    body: str = ""
    seal: str = ""
    window: str = ""
    staff: tuple[str, ...] = ()
    id: int = 0
    line: int = 0

    matter = situation = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAuthority:
    """属地: whose a matter ("": every matter without a row of its own) is where the park is not empowered; `OWN_DEPARTMENT`
    where nobody more local has it. `window`: where it is received, "" at the department itself."""

    park: str
    department: str
    document: str
    valid_from: date
    valid_until: date | None = None
    matter: str = ""
    window: str = ""
    supervisor: str = ""
    seal: str = ""
    id: int = 0
    line: int = 0

    situation = ""


Rule: TypeAlias = Empowerment | ParkMode | LocalAuthority


def is_valid(rule: Rule, day: date) -> bool:
    """Is a row in force on a day? Its first and its last day are."""
    return rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until)


def check(rule: Rule) -> Rule:
    """A row that can be acted on, as given. Raises InvalidInput naming the field."""
    if rule.valid_until is not None and rule.valid_until < rule.valid_from:
        raise InvalidInput("valid_until", say(
            "the last day {valid_until} is before the first, {valid_from}",
            valid_until=rule.valid_until, valid_from=rule.valid_from))
    match rule:
        case Empowerment():
            _check_empowerment(rule)
        case ParkMode():
            _check_mode(rule)
    return rule


def check_beside(rule: Rule, others: Iterable[Rule]) -> None:
    """Refuse a row that contradicts one that is there: both for one key on one day (the table has one answer), or entrusted
    by a body that holds the matter only by entrustment itself (行政许可法 art. 24: no re-delegation). `others`: of its park.
    Raises InvalidInput naming both."""
    for other in others:
        if other is rule or not _meet(rule, other):
            continue
        if type(other) is type(rule) and key(other) == key(rule):
            raise InvalidInput("valid_from", say(
                "{rule} overlaps {other}: for one park, matter and situation one row may be in force; end the other the day "
                "before, or choose other days", rule=named(rule), other=named(other)))
        if isinstance(rule, Empowerment) and isinstance(other, Empowerment) and rule.matter == other.matter:
            _check_entrusting(rule, other)
            _check_entrusting(other, rule)


def key(rule: Rule) -> tuple[str, str, str]:
    """Park, matter, situation: what a row is found by, beside the day."""
    return rule.park, rule.matter, rule.situation


def named(rule: Rule) -> Sentence:
    """A row as people find it again."""
    number = (say("row {row}", row=rule.id) if rule.id else say("line {line}", line=rule.line) if rule.line
              else say("the new row"))
    days = say("{first} to {last}", first=rule.valid_from, last=rule.valid_until or say("further notice"))
    what = listed([*filter(None, key(rule)), days], " ")
    if isinstance(rule, Empowerment):
        return say("{number} ({what}, batch {batch})", number=number, what=what, batch=rule.batch)
    return say("{number} ({what})", number=number, what=what)


def _meet(one: Rule, other: Rule) -> bool:
    """Is there a day on which both are in force?"""
    return is_valid(one, other.valid_from) or is_valid(other, one.valid_from)


def _check_empowerment(row: Empowerment) -> None:
    if row.mode is Mode.NONE:
        raise InvalidInput("mode", "a matter that is not given needs no row; without one the local authority 属地 has it")
    if row.taking not in ENTERED_TAKINGS:
        raise InvalidInput("taking", say(
            "“{taking}” is found out, not entered: 有效运行 from concluded cases, 已收回 from a row's end", taking=row.taking))
    if row.mode is Mode.ENTRUSTED:
        _check_entrusted(row)
    if row.mode is Mode.DIRECT and row.taking is Taking.TAKEN_OVER and not row.handover:
        raise InvalidInput("handover", "what a park has taken over 已承接 rests on a 交接书; give its number")


def _check_entrusted(row: Empowerment) -> None:
    """行政许可法 art. 24: the entrusting authority answers for it and publishes what it entrusts, to whom."""
    for field, text, what in (("mandate", row.mandate, say("the mandate 委托书")),
                              ("notice", row.notice, say("the public notice 委托公告")),
                              ("seal", row.seal, say("the authority's seal"))):
        if not text:
            raise InvalidInput(field, say("委托行使 needs {what} (行政许可法 art. 24)", what=what))
    if row.valid_until is None:
        raise InvalidInput("valid_until", "委托行使 has a period 委托期限; give its last day")


def _check_mode(mode: ParkMode) -> None:
    if mode.hall is Hall.PILOT and not (mode.body and mode.seal):
        raise InvalidInput("seal" if mode.body else "body", "the pilot is one body with one seal 一个主体、一枚印章; give both")
    if mode.hall is Hall.NO_HALL and not mode.window:
        raise InvalidInput("window", "a park without a hall is served at the centre's “园区事园区办”综合窗口; name it")


def _check_entrusting(row: Empowerment, other: Empowerment) -> None:
    if row.mode is Mode.ENTRUSTED and other.mode is Mode.ENTRUSTED and row.authority == (other.holder or other.park):
        raise InvalidInput("authority", say(
            "{authority} holds the matter by entrustment itself ({other}) and may not entrust it on (行政许可法 art. 24)",
            authority=row.authority, other=named(other)))
