"""What has been published or approved about days: notices 放假通知, statutory days 法定节假日, closures 停办.

A notice is law: it is kept as it was published, with its document number, and refused when it contradicts itself;
nothing is repaired. This module reads parsed JSON into values; it opens no file and counts no days (that is
`engine.calendar`).

Sources: 全国年节及纪念日放假办法 (revised 2024) art. 2 and 6; the yearly notice of the General Office of the State
Council 国务院办公厅关于…年部分节假日安排的通知.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import InvalidInput

# 放假办法 art. 2: the days off that no notice can move, as (month, day). The lunar ones differ from year to year.
_FIXED_DAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
_SECOND_OF_MAY_SINCE = 2025  # added by the revision of 2024
_SATURDAY = 5


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
    """The published arrangement of one year, under its document number 文号. `source`: where it can be read, may be
    ""."""

    year: int
    number: str
    title: str
    published_on: date
    source: str
    holidays: tuple[Holiday, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryYear:
    """The statutory days of a year whose notice is not published: certain days off; swapped days are unknown."""

    year: int
    holidays: tuple[Holiday, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """停办: an approved closure, no working day from `first` to `last`, both included. `reference`: the order's
    number."""

    first: date
    last: date
    reference: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput("closures", f"a closure ends on {self.last}, before it begins on {self.first}")

    def days(self) -> Iterator[date]:
        """Every day of the closure, weekends included."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def fixed_days_off(year: int) -> frozenset[date]:
    """The days off that the statute names by date, whatever a notice says."""
    days = frozenset(date(year, month, day) for month, day in _FIXED_DAYS_OFF)
    return days | {date(year, 5, 2)} if year >= _SECOND_OF_MAY_SINCE else days


def read_notice(data: object) -> Notice:
    """The notice in a parsed JSON object: `year, number, title, published_on, source?, holidays: [{name, first, last,
    make_up?}]`, dates as YYYY-MM-DD. Raises InvalidInput naming the field when it is malformed or contradicts
    itself."""
    row = fields(data, "", required=("year", "number", "title", "published_on", "holidays"), optional=("source",))
    notice = Notice(
        year=_year(row["year"], "year"), number=text(row["number"], "number"), title=text(row["title"], "title"),
        published_on=read_date(row["published_on"], "published_on"), source=text(row.get("source", ""), "source"),
        holidays=_holidays(row["holidays"], "holidays"))
    if not notice.number.strip():
        raise InvalidInput("number", "a notice is known by its document number; none is given")
    _check_days_off(notice.year, notice.holidays)
    _check_make_up(notice.year, notice.holidays)
    return notice


def read_statutory(data: object) -> tuple[StatutoryYear, ...]:
    """The statutory days in a parsed JSON object: `title, years: [{year, holidays: [{name, first, last}]}]`."""
    row = fields(data, "", required=("years",), optional=("title",))
    return tuple(_statutory_year(entry, f"years[{index}]") for index, entry in enumerate(items(row["years"], "years")))


def read_closures(data: object) -> tuple[Closure, ...]:
    """The closures in a parsed JSON array of `{first, last, reference}`, both ends included."""
    return tuple(_closure(entry, f"[{index}]") for index, entry in enumerate(items(data, "")))


def read_date(value: object, field: str) -> date:
    """A date written YYYY-MM-DD, and no other way of ISO 8601."""
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise InvalidInput(field, f"expected a date like 2026-02-14, found {value!r}")


def _check_days_off(year: int, holidays: tuple[Holiday, ...]) -> None:
    seen: dict[date, str] = {}
    for index, holiday in enumerate(holidays):
        field = f"holidays[{index}]"
        if holiday.last < holiday.first:
            raise InvalidInput(f"{field}.last", f"{holiday.name} ends on {holiday.last}, before it begins on "
                                                f"{holiday.first}")
        _check_near(year, holiday.first, f"{field}.first")
        _check_near(year, holiday.last, f"{field}.last")
        for day in holiday.days():
            if day in seen:
                raise InvalidInput(field, f"{day} is named twice: by {seen[day]} and by {holiday.name}")
            seen[day] = holiday.name


def _check_make_up(year: int, holidays: tuple[Holiday, ...]) -> None:
    off = {day: holiday.name for holiday in holidays for day in holiday.days()}
    seen: set[date] = set()
    for index, holiday in enumerate(holidays):
        for place, day in enumerate(holiday.make_up):
            field = f"holidays[{index}].make_up[{place}]"
            _check_near(year, day, field)
            if day in off:
                raise InvalidInput(field, f"{day} is a day off ({off[day]}) and a make-up working day at once")
            if day in seen:
                raise InvalidInput(field, f"{day} is named twice as a make-up working day")
            if day.weekday() < _SATURDAY:
                raise InvalidInput(field, f"{day} falls on a weekday and is worked anyway: not a make-up working day")
            if day in fixed_days_off(day.year):
                raise InvalidInput(field, f"{day} is off by statute (放假办法 art. 2): no notice can have it worked")
            seen.add(day)


def _check_near(year: int, day: date, field: str) -> None:
    """A notice rules its year; the New Year break may reach into the December before (2018-12-29 was worked under the
    notice for 2019) or the first days of the January after."""
    if not date(year - 1, 12, 1) <= day <= date(year + 1, 1, 10):
        raise InvalidInput(field, f"{day} lies outside {year}, the year of the notice")


def _statutory_year(data: object, field: str) -> StatutoryYear:
    row = fields(data, field, required=("year", "holidays"))
    year = _year(row["year"], f"{field}.year")
    holidays = _holidays(row["holidays"], f"{field}.holidays")
    for holiday in holidays:
        if holiday.last < holiday.first or {holiday.first.year, holiday.last.year} != {year} or holiday.make_up:
            raise InvalidInput(f"{field}.holidays", f"{holiday.name} must be days of {year}, first to last, without "
                                                    "make-up days: those only a notice can name")
    return StatutoryYear(year=year, holidays=holidays)


def _holidays(data: object, field: str) -> tuple[Holiday, ...]:
    return tuple(_holiday(entry, f"{field}[{index}]") for index, entry in enumerate(items(data, field)))


def _holiday(data: object, field: str) -> Holiday:
    row = fields(data, field, required=("name", "first", "last"), optional=("make_up",))
    make_up = items(row.get("make_up", []), f"{field}.make_up")
    return Holiday(
        name=text(row["name"], f"{field}.name"), first=read_date(row["first"], f"{field}.first"),
        last=read_date(row["last"], f"{field}.last"),
        make_up=tuple(read_date(day, f"{field}.make_up[{place}]") for place, day in enumerate(make_up)))


def _closure(data: object, field: str) -> Closure:
    row = fields(data, field, required=("first", "last", "reference"))
    return Closure(first=read_date(row["first"], f"{field}.first"), last=read_date(row["last"], f"{field}.last"),
                   reference=text(row["reference"], f"{field}.reference"))


def fields(
    data: object, field: str, *, required: tuple[str, ...], optional: tuple[str, ...] = (),
) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise InvalidInput(field, f"expected an object with {', '.join(required)}, found {type(data).__name__}")
    dot = f"{field}." if field else ""
    for name in required:
        if name not in data:
            raise InvalidInput(f"{dot}{name}", "is missing")
    for name in data:
        if name not in required and name not in optional:
            raise InvalidInput(f"{dot}{name}", f"is not a field here; known: {', '.join(required + optional)}")
    return data


def items(data: object, field: str) -> list[object]:
    if not isinstance(data, list):
        raise InvalidInput(field, f"expected a list, found {type(data).__name__}")
    return data


def text(data: object, field: str) -> str:
    if not isinstance(data, str):
        raise InvalidInput(field, f"expected text, found {type(data).__name__}")
    return data


def _year(data: object, field: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or not date.min.year < data < date.max.year:
        raise InvalidInput(field, f"expected a year like 2026, found {data!r}")
    return data
