"""Limits asked in rows: one parsed JSON object in, `{"id", "due", "provisional"}` out.

Decides what a row means and refuses what it cannot mean, naming the field; the counting is done by `engine.limits`.
This is the format of `jiban deadline --vectors`:

    op            deadline (default) | previous_workday | latest_start
    at            YYYY-MM-DDTHH:MM in Asia/Shanghai; for the two other operations the day aimed at, the time is not read
    event         accepted (default) | decided | noticed | granted | submitted; not read by the two other operations
    limit         {amount, unit = "workday", count_first_day = false, roll_off_holiday = true}
    suspensions   [{from, to, ground}]: days in (from, to] are not counted; `to` null: still stopped, and `due` is null
    extensions    [{amount, unit = the limit's}]
    closures      [{from, to, reference}]: both ends included

`id`, `note`, `kind`, `due` and `provisional` may stand in a row and change nothing. Any other field is refused: a
misspelt stop would otherwise give a wrong date silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from engine.calendar import FIRST_YEAR, LAST_YEAR, SHANGHAI, Calendar
from engine.counting import Suspension
from engine.errors import InvalidInput
from engine.limits import EVENTS, Extension, Limit, Unit, deadline, latest_start
from engine.notices import Closure, fields, items, read_date, text
from engine.sentences import say

_MEANT = ("op", "event", "limit", "suspensions", "extensions", "closures")
_PASSED = ("id", "note", "kind", "due", "provisional")


def answer(row: object, calendar: Calendar) -> dict[str, object]:
    """The answer to one row: its `id` as given (None without one), `due` as a date or minute, or None while a stop is
    open, and `provisional`. Raises InvalidInput naming the field when the row cannot be answered."""
    asked = fields(row, "", required=("at",), optional=_MEANT + _PASSED)
    closures = tuple(_closure(entry, f"closures[{n}]") for n, entry in enumerate(_list(asked, "closures")))
    held = calendar.with_closures(closures) if closures else calendar
    due, provisional = _answered(asked, held)
    return {"id": asked.get("id"), "due": due, "provisional": provisional}


def _answered(row: Mapping[str, object], calendar: Calendar) -> tuple[str | None, bool]:
    at = _instant(row["at"])
    match row.get("op", "deadline"):
        case "deadline":
            limit = _limit(row)
            found = deadline(calendar, limit, at, event=_event(row), suspensions=_suspensions(row),
                             extensions=_extensions(row, limit))
            return found.text, found.is_provisional
        case "previous_workday":
            return _backward(calendar, calendar.previous_workday(at.date()), at.date())
        case "latest_start":
            limit = _limit(row)
            if _list(row, "suspensions"):
                raise InvalidInput("suspensions", "a latest start lies before a day to come: nothing is stopped yet")
            return _backward(calendar, latest_start(calendar, limit, at.date(), _extensions(row, limit)), at.date())
    raise InvalidInput("op", say("expected deadline, previous_workday or latest_start, found {found}", found=f"{row['op']!r}"))


def _backward(calendar: Calendar, found: date, aimed_at: date) -> tuple[str, bool]:
    return found.isoformat(), calendar.is_provisional(found, aimed_at)


def _instant(value: object) -> datetime:
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
            at = at.replace(tzinfo=SHANGHAI) if at.tzinfo is None else at.astimezone(SHANGHAI)
        except (ValueError, OverflowError):
            pass
        else:
            if FIRST_YEAR <= at.year <= LAST_YEAR:
                return at
    raise InvalidInput("at", say(
        "expected an instant like 2026-02-14T15:00 in {first_year}–{last_year}, found {found}",
        first_year=FIRST_YEAR, last_year=LAST_YEAR, found=f"{value!r}"))


def _event(row: Mapping[str, object]) -> str:
    event = row.get("event", EVENTS[0])
    if event not in EVENTS:
        raise InvalidInput("event", say("expected one of {known}, found {found}", known=tuple(EVENTS), found=f"{event!r}"))
    return str(event)


def _limit(row: Mapping[str, object]) -> Limit:
    if "limit" not in row:
        raise InvalidInput("limit", "is missing")
    limit = fields(row["limit"], "limit", required=("amount",),
                   optional=("unit", "count_first_day", "roll_off_holiday", "kind", "basis"))
    return Limit(
        amount=_amount(limit, "limit"), unit=_unit(limit, "limit", Unit.WORKDAY),
        count_first_day=_claim(limit, "count_first_day", False), roll_off_holiday=_claim(limit, "roll_off_holiday",
        True))


def _suspensions(row: Mapping[str, object]) -> list[Suspension]:
    return [_suspension(entry, f"suspensions[{n}]") for n, entry in enumerate(_list(row, "suspensions"))]


def _suspension(entry: object, field: str) -> Suspension:
    stop = fields(entry, field, required=("from",), optional=("to", "ground"))
    start = read_date(stop["from"], f"{field}.from")
    end = None if stop.get("to") is None else read_date(stop["to"], f"{field}.to")
    if end is not None and end < start:
        raise InvalidInput(f"{field}.to", say("{end} lies before {start}, where the suspension begins", end=end, start=start))
    return Suspension(start=start, end=end, ground=text(stop.get("ground", ""), f"{field}.ground"))


def _extensions(row: Mapping[str, object], limit: Limit) -> list[Extension]:
    return [_extension(entry, f"extensions[{n}]", limit) for n, entry in enumerate(_list(row, "extensions"))]


def _extension(entry: object, field: str, limit: Limit) -> Extension:
    extension = fields(entry, field, required=("amount",), optional=("unit",))
    unit = _unit(extension, field, limit.unit)
    if unit is not limit.unit:
        raise InvalidInput(f"{field}.unit", say(
            "an extension is counted in the limit's unit, {unit}, not in {found}", unit=limit.unit, found=unit))
    return Extension(amount=_amount(extension, field), unit=unit)


def _closure(entry: object, field: str) -> Closure:
    closure = fields(entry, field, required=("from", "to"), optional=("reference",))
    first, last = read_date(closure["from"], f"{field}.from"), read_date(closure["to"], f"{field}.to")
    if last < first:
        raise InvalidInput(f"{field}.to", say("{last} lies before {first}, where the closure begins", last=last, first=first))
    return Closure(first=first, last=last, reference=text(closure.get("reference", ""), f"{field}.reference"))


def _list(row: Mapping[str, object], name: str) -> list[object]:
    return items(row.get(name, []), name)


def _amount(values: Mapping[str, object], field: str) -> int:
    amount = values["amount"]
    if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
        raise InvalidInput(f"{field}.amount", say("expected a whole number from 0 up, found {found}", found=f"{amount!r}"))
    return amount


def _unit(values: Mapping[str, object], field: str, default: Unit) -> Unit:
    name = values.get("unit", default.value)
    try:
        return Unit(name)
    except ValueError:
        known = tuple(Unit)
        raise InvalidInput(f"{field}.unit", say(
            "expected one of {known}, found {found}", known=known, found=f"{name!r}")) from None


def _claim(values: Mapping[str, object], name: str, default: bool) -> bool:
    claim = values.get(name, default)
    if not isinstance(claim, bool):
        raise InvalidInput(f"limit.{name}", say("expected true or false, found {found}", found=f"{claim!r}"))
    return claim
