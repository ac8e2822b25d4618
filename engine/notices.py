"""What has been published or approved about days: notices 放假通知, statutory days 法定节假日, closures 停办.

A notice is law: it is kept as it was published, with its document number, and refused when it contradicts itself or the
statute; nothing is repaired. This module reads JSON into values; it opens no file, counts no days (that is
`engine.calendar`) and does not know who may make what it reads the law (that is `services.calendar_changes`).

Sources: 全国年节及纪念日放假办法 (revised 2024) art. 2 and 6; the yearly notice of the General Office of the State
Council 国务院办公厅关于…年部分节假日安排的通知.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from engine.errors import InvalidInput
from engine.json_lines import line_of, read_json
from engine.sentences import say, sentence_of

# 放假办法 art. 2: the days off that no notice can move, as (month, day). The lunar ones differ from year to year.
_FIXED_DAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
_SECOND_OF_MAY_SINCE = 2025  # added by the revision of 2024
# The holidays of art. 2, as their names begin: a notice may write 清明节 or 清明, and 国庆节、中秋节 in one when they meet.
_HOLIDAYS = ("元旦", "春节", "劳动", "国庆")
_LATER_HOLIDAYS = ("清明", "端午", "中秋")
_LATER_HOLIDAYS_SINCE = 2008  # added by the revision of 2007
_SATURDAY = 5
_LONGEST_TEXT = 200
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

FIXTURE = "测试数据,非法定"
"""What is shown wherever a notice made up for a test is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """One break of a notice: days off from `first` to `last`, both included, and the days worked instead (调休上班)."""

    name: str
    first: date
    last: date
    make_up: tuple[date, ...] = ()

    def days(self) -> Iterator[date]:
        """Every day of the break, weekends included."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The published arrangement of one year, under its document number 文号. `source`: where it can be read, may be "".
    `is_fixture`: made up for a test, not law."""

    year: int
    number: str
    title: str
    published_on: date
    source: str
    holidays: tuple[Holiday, ...]
    is_fixture: bool = False

    @property
    def citation(self) -> str:
        """The document number as it is shown: a notice made up for a test says so."""
        return f"{self.number}({FIXTURE})" if self.is_fixture else self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryYear:
    """The statutory days of a year whose notice is not published: certain days off; swapped days are unknown."""

    year: int
    holidays: tuple[Holiday, ...]


class Scope(Enum):
    """Whose days a closure takes away."""

    CITY = "city"  # 全市: every case
    PARK = "park"  # 园区: the cases of one park
    WINDOW = "window"  # 窗口: the cases of one window
    SYSTEM = "system"  # 系统: the cases handled on one platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """停办: an approved closure, no working day from `first` to `last`, both included. `reference`: the order's number.
    `place`: which park, window or system; "" for the city. `approver`: who approved it, "" where the order says so."""

    first: date
    last: date
    reference: str
    scope: Scope = Scope.CITY
    place: str = ""
    approver: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput("last", say(
                "a closure ends on {last}, before it begins on {first}", last=self.last, first=self.first))
        if (self.scope is Scope.CITY) != (self.place == ""):
            raise InvalidInput("place", say(
                "a closure of the city names no place, any other names the park, window or system; found {scope} “{place}”",
                scope=self.scope, place=self.place))

    def binds(self, *, park: str = "", window: str = "", system: str = "") -> bool:
        """Does it close the office for a case of this park, window and system? "": the case has none."""
        where = {Scope.CITY: "", Scope.PARK: park, Scope.WINDOW: window, Scope.SYSTEM: system}
        return where[self.scope] == self.place

    def days(self) -> Iterator[date]:
        """Every day of the closure, weekends included."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def fixed_days_off(year: int) -> frozenset[date]:
    """The days off that the statute names by date, whatever a notice says."""
    days = frozenset(date(year, month, day) for month, day in _FIXED_DAYS_OFF)
    return days | {date(year, 5, 2)} if year >= _SECOND_OF_MAY_SINCE else days


def read_notice(data: object) -> Notice:
    """The notice in a parsed JSON object: `year, number, title, published_on, source?, holidays: [{name, first, last,
    make_up?}], fixture?`, dates as YYYY-MM-DD. Raises InvalidInput naming the field when it is malformed, contradicts
    itself or leaves out a holiday of the statute."""
    row = fields(data, "", required=("year", "number", "title", "published_on", "holidays"), optional=("source", "fixture"))
    notice = Notice(
        year=_year(row["year"], "year"), number=_line(row["number"], "number"), title=_line(row["title"], "title"),
        published_on=read_date(row["published_on"], "published_on"), source=text(row.get("source", ""), "source"),
        holidays=_holidays(row["holidays"], "holidays"), is_fixture=_flag(row.get("fixture", False), "fixture"))
    _check_days_off(notice.year, notice.holidays)
    _check_make_up(notice.year, notice.holidays)
    if not notice.is_fixture:  # what is made up for a test may be about a few days only
        _check_whole(notice)
    return notice


def read_notice_file(data: bytes, file: str, *, statutory: Iterable[StatutoryYear] = ()) -> Notice:
    """The notice in a file, which also leaves every day off that is `statutory` in its year. Raises InvalidInput whose field
    begins with the file's name ("": no file) and whose reason begins with the line: “line 12: …”."""
    lines: dict[str, int] | None = None
    try:
        value, lines = read_json(data)
        notice = read_notice(value)
        if not notice.is_fixture:
            _check_statute(notice, statutory)
    except InvalidInput as refusal:
        reason = (say("line {line}: {reason}", line=line_of(lines, refusal.field), reason=sentence_of(refusal.reason))
                  if lines else refusal.reason)
        raise InvalidInput(": ".join(filter(None, (file, refusal.field))), reason) from refusal
    return notice


def read_statutory(data: object) -> tuple[StatutoryYear, ...]:
    """The statutory days in a parsed JSON object: `title, years: [{year, holidays: [{name, first, last}]}]`."""
    row = fields(data, "", required=("years",), optional=("title",))
    return tuple(_statutory_year(entry, f"years[{index}]") for index, entry in enumerate(items(row["years"], "years")))


def read_closures(data: object) -> tuple[Closure, ...]:
    """The closures in a parsed JSON array of `{first, last, reference, scope?, place?, approver?}`, both ends included;
    `scope` is city unless given."""
    return tuple(_closure(entry, f"[{index}]") for index, entry in enumerate(items(data, "")))


def read_date(value: object, field: str) -> date:
    """A date written YYYY-MM-DD, and no other way of ISO 8601."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise InvalidInput(field, say("expected a date like 2026-02-14, found {found}", found=f"{value!r}"))


def _check_days_off(year: int, holidays: tuple[Holiday, ...]) -> None:
    seen: dict[date, str] = {}
    for index, holiday in enumerate(holidays):
        field = f"holidays[{index}]"
        if holiday.last < holiday.first:
            raise InvalidInput(f"{field}.last", say(
                "{holiday} ends on {last}, before it begins on {first}",
                holiday=holiday.name, last=holiday.last, first=holiday.first))
        _check_near(year, holiday.first, f"{field}.first")
        _check_near(year, holiday.last, f"{field}.last")
        for day in holiday.days():
            if day in seen:
                raise InvalidInput(field, say(
                    "{day} is named twice: by {other} and by {holiday}", day=day, other=seen[day], holiday=holiday.name))
            seen[day] = holiday.name


def _check_make_up(year: int, holidays: tuple[Holiday, ...]) -> None:
    off = {day: holiday.name for holiday in holidays for day in holiday.days()}
    seen: set[date] = set()
    for index, holiday in enumerate(holidays):
        for place, day in enumerate(holiday.make_up):
            field = f"holidays[{index}].make_up[{place}]"
            _check_near(year, day, field)
            if day in off:
                raise InvalidInput(field, say(
                    "{day} is a day off ({name}) and a make-up working day at once", day=day, name=off[day]))
            if day in seen:
                raise InvalidInput(field, say("{day} is named twice as a make-up working day", day=day))
            if day.weekday() < _SATURDAY:
                raise InvalidInput(field, say(
                    "{day} falls on a weekday and is worked anyway: not a make-up working day", day=day))
            if day in fixed_days_off(day.year):
                raise InvalidInput(field, say(
                    "{day} is off by statute (放假办法 art. 2): no notice can have it worked", day=day))
            seen.add(day)


def _check_whole(notice: Notice) -> None:
    """A notice arranges every holiday of the statute; one that is silent about one is a part of a notice."""
    names = [holiday.name for holiday in notice.holidays]
    for wanted in _HOLIDAYS + (_LATER_HOLIDAYS if notice.year >= _LATER_HOLIDAYS_SINCE else ()):
        if not any(wanted in name for name in names):
            raise InvalidInput("holidays", say(
                "{wanted} is missing: a notice arranges every holiday of 放假办法 art. 2", wanted=wanted))
    off = {day for holiday in notice.holidays for day in holiday.days()}
    for day in sorted(fixed_days_off(notice.year) - off):
        raise InvalidInput("holidays", say(
            "{day} is off by statute (放假办法 art. 2) and is in no break of this notice", day=day))


def _check_statute(notice: Notice, statutory: Iterable[StatutoryYear]) -> None:
    """The lunar days are as certain as the others: a notice that has one worked is not the notice of that year."""
    off = {day for holiday in notice.holidays for day in holiday.days()}
    for known in (holiday for year in statutory if year.year == notice.year for holiday in year.holidays):
        for day in (day for day in known.days() if day not in off):
            raise InvalidInput("holidays", say(
                "{day} is off by statute ({holiday}, 放假办法 art. 2) and is in no break of this notice",
                day=day, holiday=known.name))


def _check_near(year: int, day: date, field: str) -> None:
    """A notice rules its year; the New Year break may reach into the December before (2018-12-29 was worked under the
    notice for 2019) or the first days of the January after."""
    if not date(year - 1, 12, 1) <= day <= date(year + 1, 1, 10):
        raise InvalidInput(field, say("{day} lies outside {year}, the year of the notice", day=day, year=year))


def _statutory_year(data: object, field: str) -> StatutoryYear:
    row = fields(data, field, required=("year", "holidays"))
    year = _year(row["year"], f"{field}.year")
    holidays = _holidays(row["holidays"], f"{field}.holidays")
    for holiday in holidays:
        if holiday.last < holiday.first or {holiday.first.year, holiday.last.year} != {year} or holiday.make_up:
            raise InvalidInput(f"{field}.holidays", say(
                "{holiday} must be days of {year}, first to last, without make-up days: those only a notice can name",
                holiday=holiday.name, year=year))
    return StatutoryYear(year=year, holidays=holidays)


def _holidays(data: object, field: str) -> tuple[Holiday, ...]:
    return tuple(_holiday(entry, f"{field}[{index}]") for index, entry in enumerate(items(data, field)))


def _holiday(data: object, field: str) -> Holiday:
    row = fields(data, field, required=("name", "first", "last"), optional=("make_up",))
    make_up = items(row.get("make_up", []), f"{field}.make_up")
    return Holiday(
        name=_line(row["name"], f"{field}.name"), first=read_date(row["first"], f"{field}.first"),
        last=read_date(row["last"], f"{field}.last"),
        make_up=tuple(read_date(day, f"{field}.make_up[{place}]") for place, day in enumerate(make_up)))


def _closure(data: object, field: str) -> Closure:
    row = fields(data, field, required=("first", "last", "reference"), optional=("scope", "place", "approver"))
    return Closure(
        first=read_date(row["first"], f"{field}.first"), last=read_date(row["last"], f"{field}.last"),
        reference=text(row["reference"], f"{field}.reference"), scope=read_scope(row.get("scope", "city"), f"{field}.scope"),
        place=text(row.get("place", ""), f"{field}.place"), approver=text(row.get("approver", ""), f"{field}.approver"))


def read_scope(value: object, field: str) -> Scope:
    """A scope by its word: city, park, window or system."""
    try:
        return Scope(value)
    except ValueError as error:
        raise InvalidInput(field, say("expected {known}, found {found}", known=tuple(Scope), found=f"{value!r}")) from error


def fields(
    data: object, field: str, *, required: tuple[str, ...], optional: tuple[str, ...] = (),
) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise InvalidInput(field, say(
            "expected an object with {required}, found {type}", required=tuple(required), type=type(data).__name__))
    dot = f"{field}." if field else ""
    for name in required:
        if name not in data:
            raise InvalidInput(f"{dot}{name}", "is missing")
    for name in data:
        if name not in required and name not in optional:
            raise InvalidInput(f"{dot}{name}", say("is not a field here; known: {known}", known=tuple(required + optional)))
    return data


def items(data: object, field: str) -> list[object]:
    if not isinstance(data, list):
        raise InvalidInput(field, say("expected a list, found {type}", type=type(data).__name__))
    return data


def text(data: object, field: str) -> str:
    if not isinstance(data, str):
        raise InvalidInput(field, say("expected text, found {type}", type=type(data).__name__))
    return data


def _line(data: object, field: str) -> str:
    """A text that is shown on one line and is known by what it says."""
    found = text(data, field)
    if not found.strip() or len(found) > _LONGEST_TEXT or not found.isprintable():
        raise InvalidInput(field, say(
            "expected 1 to {most} printable characters on one line, found {found}",
            most=_LONGEST_TEXT, found=f"{found[:40]!r}"))
    return found


def _flag(data: object, field: str) -> bool:
    if not isinstance(data, bool):
        raise InvalidInput(field, say("expected true or false, found {found}", found=f"{data!r}"))
    return data


def _year(data: object, field: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or not date.min.year < data < date.max.year:
        raise InvalidInput(field, say("expected a year like 2026, found {found}", found=f"{data!r}"))
    return data
