"""Limits: the published examples and the combinations they leave open."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.calendar import SHANGHAI
from engine.counting import Suspension
from engine.errors import InvalidInput
from engine.limit_vectors import answer
from engine.limits import Deadline, Extension, Limit, Unit, deadline
from engine.notices import Closure
from services.calendars import load_calendar

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
EXAMPLES = Path(__file__).parent / "data" / "deadlines.jsonl"
VECTORS = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
MAY_STOP = ("2026-05-06", "2026-05-08")  # Wednesday used; Thursday and Friday left out; Saturday the 9th is worked


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['id']}-{row['note']}")
def test_the_published_examples_hold(row: dict[str, object]) -> None:
    found = answer({name: value for name, value in row.items() if name not in ("due", "provisional")}, CALENDAR)

    assert found == {"id": row["id"], "due": row["due"], "provisional": row["provisional"]}


def due(
    at: str, amount: int, unit: str, *, event: str = "accepted", stops: tuple[tuple[str, str | None], ...] = (),
    extra: int = 0, closed: tuple[str, str] | None = None, count_first_day: bool = False, roll_off_holiday: bool = True,
) -> Deadline:
    """A deadline asked for in short."""
    calendar = CALENDAR
    if closed:
        first, last = map(date.fromisoformat, closed)
        calendar = calendar.with_closures([Closure(first=first, last=last, reference="停办公告")])
    limit = Limit(amount=amount, unit=Unit(unit), count_first_day=count_first_day, roll_off_holiday=roll_off_holiday)
    return deadline(
        calendar, limit, datetime.fromisoformat(at).replace(tzinfo=SHANGHAI), event=event,
        extensions=[Extension(amount=extra, unit=Unit(unit))] if extra else (),
        suspensions=[Suspension(start=date.fromisoformat(start), end=date.fromisoformat(end) if end else None,
                                ground="testing") for start, end in stops])


@pytest.mark.parametrize(("at", "unit", "amount", "expected"), [
    # after the close: received the next working day at nine
    ("2025-01-27T17:30", "workday", 1, "2025-02-06"),
    ("2025-01-27T17:01", "workday", 1, "2025-02-06"),
    ("2025-01-27T17:00", "workday", 1, "2025-02-05"),  # the close itself is in time
    ("2026-02-14T17:30", "half_day", 1, "2026-02-24T17:00"),  # received 24 February in the morning
    ("2026-02-14T17:30", "working_hour", 4, "2026-02-24T14:00"),
    ("2026-02-14T17:30", "hour", 24, "2026-02-25T09:00"),
    ("2026-02-14T17:30", "calendar_day", 3, "2026-02-27"),
    ("2026-02-14T17:30", "month", 1, "2026-03-24"),
    ("2026-02-14T17:30", "workday", 0, "2026-02-24"),
    # before the opening and at lunch of a working day: the same day
    ("2026-03-02T08:00", "workday", 1, "2026-03-03"),
    ("2026-03-02T08:00", "working_hour", 1, "2026-03-02T10:00"),
    ("2026-03-02T08:00", "half_day", 1, "2026-03-02T17:00"),
    ("2026-03-02T08:00", "hour", 2, "2026-03-02T10:00"),
    ("2026-03-02T12:30", "workday", 1, "2026-03-03"),
    ("2026-03-02T12:30", "working_hour", 1, "2026-03-02T14:00"),
    ("2026-03-02T12:30", "half_day", 1, "2026-03-03T12:00"),  # the afternoon has begun
    ("2026-03-02T00:00", "workday", 1, "2026-03-03"),
    # on a day off
    ("2026-02-18T10:00", "workday", 1, "2026-02-25"),
    ("2026-02-18T10:00", "half_day", 2, "2026-02-25T12:00"),
    ("2026-02-18T10:00", "working_hour", 7, "2026-02-24T17:00"),
    ("2026-02-18T10:00", "hour", 1, "2026-02-24T10:00"),
    ("2026-10-10T16:00", "workday", 1, "2026-10-12"),  # a make-up Saturday is not a day off
])
def test_an_online_filing_after_hours_counts_as_received_on_the_next_working_day(
    at: str, unit: str, amount: int, expected: str,
) -> None:
    assert due(at, amount, unit, event="submitted").text == expected


def test_a_filing_in_a_closure_is_received_when_the_hall_opens_again() -> None:
    found = due("2026-07-06T10:00", 1, "workday", event="submitted", closed=("2026-07-06", "2026-07-07"))

    assert found.text == "2026-07-09"


@pytest.mark.parametrize(("at", "unit", "amount", "expected"), [
    ("2026-02-18T10:00", "workday", 1, "2026-02-24"),
    ("2026-02-18T10:00", "half_day", 1, "2026-02-24T12:00"),
    ("2026-02-18T10:00", "half_day", 2, "2026-02-24T17:00"),
    ("2026-02-18T10:00", "working_hour", 4, "2026-02-24T14:00"),
    ("2026-02-18T10:00", "hour", 24, "2026-02-19T10:00"),
    ("2026-02-18T10:00", "calendar_day", 1, "2026-02-24"),
    ("2026-03-02T18:00", "workday", 1, "2026-03-03"),
    ("2026-03-02T18:00", "half_day", 1, "2026-03-03T12:00"),
    ("2026-03-02T18:00", "working_hour", 1, "2026-03-03T10:00"),
    ("2026-03-02T12:30", "half_day", 1, "2026-03-03T12:00"),
    ("2026-03-02T12:00", "half_day", 1, "2026-03-02T17:00"),
    ("2026-03-02T08:00", "half_day", 1, "2026-03-02T17:00"),
    ("2026-03-02T12:30", "working_hour", 4, "2026-03-02T17:00"),
    ("2026-03-02T08:00", "working_hour", 3, "2026-03-02T12:00"),  # due as the morning ends, not as the afternoon begins
    ("2026-03-02T09:00", "working_hour", 7, "2026-03-02T17:00"),
    ("2026-03-02T09:00", "working_hour", 8, "2026-03-03T10:00"),
])
def test_an_acceptance_entered_outside_hours_stays_where_it_is(at: str, unit: str, amount: int, expected: str) -> None:
    assert due(at, amount, unit).text == expected


@pytest.mark.parametrize(("at", "unit", "amount", "expected"), [
    ("2026-02-18T10:00", "workday", 1, "2026-02-24"),  # on a holiday: the first working day is day one
    ("2026-02-18T10:00", "workday", 2, "2026-02-25"),
    ("2026-02-14T10:00", "workday", 2, "2026-02-24"),
    ("2026-03-10T09:00", "calendar_day", 20, "2026-03-30"),  # Sunday 29 March rolls
    ("2026-03-10T09:00", "calendar_day", 1, "2026-03-10"),
    ("2026-03-01T09:00", "month", 1, "2026-03-31"),
    ("2026-03-11T09:00", "month", 1, "2026-04-10"),
    ("2025-01-31T09:00", "month", 1, "2025-02-28"),  # no corresponding day: the month's last
    ("2026-03-02T10:00", "half_day", 1, "2026-03-02T12:00"),
    ("2026-03-02T15:00", "half_day", 2, "2026-03-03T12:00"),
    ("2026-02-18T10:00", "half_day", 1, "2026-02-24T12:00"),
    ("2026-03-02T10:00", "working_hour", 1, "2026-03-02T11:00"),  # hours run from the instant
])
def test_with_the_first_day_counted_the_day_of_the_event_is_day_one(
    at: str, unit: str, amount: int, expected: str,
) -> None:
    assert due(at, amount, unit, event="noticed", count_first_day=True).text == expected


@pytest.mark.parametrize(("at", "months", "rolls", "expected"), [
    ("2024-01-31", 1, False, "2024-02-29"),  # leap year
    ("2024-02-29", 12, False, "2025-02-28"),
    ("2024-02-29", 48, False, "2028-02-29"),
    ("2025-08-31", 1, False, "2025-09-30"),
    ("2025-12-31", 2, False, "2026-02-28"),
    ("2025-11-30", 3, True, "2026-02-28"),  # a make-up Saturday does not move
    ("2026-01-15", 1, True, "2026-02-24"),  # ends on the first day of the festival
    ("2026-01-15", 1, False, "2026-02-15"),
    ("2025-12-01", 1, True, "2026-01-04"),  # New Year; its make-up Sunday is a working day
    ("2025-10-31", 2, True, "2025-12-31"),
    ("2026-11-01", 2, True, "2027-01-04"),
])
def test_months_end_on_the_corresponding_day_or_the_months_last(
    at: str, months: int, rolls: bool, expected: str,
) -> None:
    assert due(f"{at}T10:00", months, "month", event="granted", roll_off_holiday=rolls).text == expected


@pytest.mark.parametrize(("unit", "at", "expected"), [
    ("workday", "2026-03-02T10:00", "2026-03-02"),
    ("workday", "2026-03-02T18:00", "2026-03-02"),  # entered after the close: a date has no hours
    ("workday", "2026-02-14T10:00", "2026-02-14"),  # make-up Saturday
    ("workday", "2026-02-15T10:00", "2026-02-24"),  # a holiday is no business day: the next one
    ("calendar_day", "2026-03-02T10:00", "2026-03-02"),
    ("calendar_day", "2026-02-15T10:00", "2026-02-24"),
    ("month", "2026-03-02T10:00", "2026-03-02"),
    ("half_day", "2026-03-02T10:00", "2026-03-02T17:00"),
    ("half_day", "2026-03-02T15:00", "2026-03-02T17:00"),
    ("working_hour", "2026-02-15T10:00", "2026-02-24T17:00"),
    ("hour", "2026-03-02T17:00", "2026-03-02T17:00"),
    ("hour", "2026-03-02T17:01", "2026-03-03T17:00"),
])
def test_an_amount_of_nothing_is_due_on_the_same_business_day(unit: str, at: str, expected: str) -> None:
    assert due(at, 0, unit).text == expected


@pytest.mark.parametrize(("unit", "amount", "expected"), [
    ("workday", 3, "2026-05-12"),  # Sat 9, Mon 11, Tue 12
    ("calendar_day", 3, "2026-05-11"),  # 9, 10, 11
    ("calendar_day", 2, "2026-05-11"),  # ends on Sunday 10 and rolls
    ("month", 1, "2026-06-08"),  # 6 June and two days
    ("half_day", 1, "2026-05-06T17:00"),  # the day of the stop is used
    ("half_day", 2, "2026-05-09T12:00"),
    ("working_hour", 6, "2026-05-06T17:00"),
    ("working_hour", 7, "2026-05-09T10:00"),
    ("hour", 14, "2026-05-07T00:00"),
    ("hour", 24, "2026-05-09T10:00"),
])
def test_stopped_days_are_left_out_in_every_unit(unit: str, amount: int, expected: str) -> None:
    assert due("2026-05-06T10:00", amount, unit, stops=(MAY_STOP,)).text == expected


@pytest.mark.parametrize("stops", [
    (("2026-06-03", "2026-06-10"), ("2026-06-08", "2026-06-12")),  # overlapping
    (("2026-06-08", "2026-06-12"), ("2026-06-03", "2026-06-10")),  # in any order
    (("2026-06-03", "2026-06-12"), ("2026-06-05", "2026-06-08")),  # one inside the other
    (("2026-06-03", "2026-06-08"), ("2026-06-08", "2026-06-12")),  # adjoining
    (("2026-06-03", "2026-06-12"), ("2026-06-03", "2026-06-03")),  # one resumed at once
    (("2026-06-03", "2026-06-12"), ("2026-07-09", "2026-07-20")),  # one that begins on the due day
    (("2026-05-01", "2026-05-20"), ("2026-06-03", "2026-06-12")),  # one over before the event
])
def test_stops_that_overlap_count_once(stops: tuple[tuple[str, str], ...]) -> None:
    assert due("2026-06-01T10:00", 20, "workday", stops=stops).text == "2026-07-09"


def test_a_stop_reached_only_because_of_an_earlier_one_counts_too() -> None:
    found = due("2026-06-01T10:00", 3, "workday", stops=(("2026-06-02", "2026-06-04"), ("2026-06-05", "2026-06-09")))

    assert found.text == "2026-06-10"


def test_a_case_stopped_on_the_due_day_is_due_on_that_day() -> None:
    assert due("2026-05-06T10:00", 1, "workday", stops=(("2026-05-07", "2026-05-20"),)).text == "2026-05-07"
    assert due("2026-05-06T10:00", 2, "workday", stops=(("2026-05-07", "2026-05-20"),)).text == "2026-05-21"


@pytest.mark.parametrize("unit", [unit.value for unit in Unit])
def test_a_stop_without_an_end_leaves_the_due_date_unknown(unit: str) -> None:
    found = due("2026-05-06T10:00", 40, unit, stops=(("2026-05-06", None),))

    assert found == Deadline(text=None, due_on=None, lapses_at=None, is_provisional=False)


def test_a_stop_without_an_end_changes_nothing_once_the_limit_is_over() -> None:
    assert due("2026-05-06T10:00", 2, "workday", stops=(("2026-05-08", None),)).text == "2026-05-08"


@pytest.mark.parametrize(("unit", "amount", "expected"), [
    ("workday", 1, "2026-05-09"),
    ("half_day", 1, "2026-05-09T12:00"),  # the event's own session is not among the counted ones
    ("working_hour", 1, "2026-05-09T10:00"),
    ("hour", 1, "2026-05-09T01:00"),
    ("calendar_day", 1, "2026-05-09"),
    ("workday", 0, "2026-05-09"),
])
def test_an_event_on_a_stopped_day_starts_the_count_when_it_is_resumed(unit: str, amount: int, expected: str) -> None:
    assert due("2026-05-07T10:00", amount, unit, stops=(MAY_STOP,)).text == expected


def test_a_moved_end_is_not_stopped_again() -> None:
    found = due("2026-05-15T10:00", 1, "calendar_day", stops=(("2026-05-16", "2026-05-29"),))

    assert found.text == "2026-05-18"  # Saturday 16 is the end; Monday is its next working day


@pytest.mark.parametrize(("unit", "amount", "extra", "expected"), [
    ("workday", 20, 10, "2025-11-18"),
    ("calendar_day", 5, 5, "2025-10-10"),
    ("month", 1, 1, "2025-12-01"),  # 30 November is a Sunday
    ("half_day", 1, 1, "2025-10-09T17:00"),
    ("working_hour", 1, 1, "2025-10-09T10:00"),
    ("hour", 1, 23, "2025-10-01T16:00"),
    ("workday", 0, 1, "2025-10-09"),
])
def test_an_extension_is_added_and_counted_from_the_original_start(
    unit: str, amount: int, extra: int, expected: str,
) -> None:
    assert due("2025-09-30T16:00", amount, unit, extra=extra).text == expected


def test_an_extension_in_another_unit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="counted in workday too, not in month"):
        deadline(CALENDAR, Limit(amount=20), datetime(2026, 3, 2, 10, tzinfo=SHANGHAI),
                 extensions=[Extension(amount=1, unit=Unit.MONTH)])


@pytest.mark.parametrize(("unit", "amount", "expected"), [
    ("workday", 5, "2026-07-13"),
    ("half_day", 4, "2026-07-08T12:00"),  # accepted on Thursday morning
    ("working_hour", 14, "2026-07-08T10:00"),
    ("hour", 96, "2026-07-06T10:00"),  # clock hours do not know the hall
    ("calendar_day", 4, "2026-07-08"),  # 6 July is closed: the end rolls
    ("month", 0, "2026-07-02"),
])
def test_a_closure_is_no_working_day_in_every_unit(unit: str, amount: int, expected: str) -> None:
    assert due("2026-07-02T10:00", amount, unit, closed=("2026-07-06", "2026-07-07")).text == expected


def test_a_closure_inside_a_stop_is_left_out_once() -> None:
    found = due("2026-07-02T10:00", 10, "workday", stops=(("2026-07-03", "2026-07-08"),),
                closed=("2026-07-06", "2026-07-07"))

    assert found.text == "2026-07-21"


def test_an_end_rolled_by_a_closure_reaches_the_next_year_and_is_provisional() -> None:
    found = due("2026-12-21T10:00", 10, "calendar_day", closed=("2026-12-31", "2026-12-31"))

    assert (found.text, found.is_provisional) == ("2027-01-04", True)


@pytest.mark.parametrize(("at", "unit", "amount", "is_provisional"), [
    ("2026-12-24T10:00", "workday", 5, False),  # due on 31 December
    ("2026-12-24T10:00", "workday", 6, True),
    ("2026-12-21T10:00", "calendar_day", 10, False),
    ("2026-12-21T10:00", "calendar_day", 11, True),
    ("2026-11-30T10:00", "month", 1, False),
    ("2026-12-01T10:00", "month", 1, True),
    ("2026-12-31T10:00", "hour", 13, False),  # 23:00
    ("2026-12-31T10:00", "hour", 24, True),
    ("2026-12-31T10:00", "half_day", 1, False),
    ("2026-12-31T15:00", "half_day", 1, True),
    ("2026-12-31T16:00", "working_hour", 1, False),
    ("2026-12-31T16:00", "working_hour", 2, True),
    ("2023-12-29T10:00", "workday", 1, True),  # the notice for 2023 is not on the shelf
    ("2024-01-02T10:00", "workday", 1, False),
])
def test_an_answer_through_a_year_without_a_notice_is_provisional(
    at: str, unit: str, amount: int, is_provisional: bool,
) -> None:
    assert due(at, amount, unit).is_provisional is is_provisional


def test_a_limit_in_days_lapses_when_its_last_day_is_over_in_shanghai() -> None:
    found = due("2026-02-13T10:00", 1, "workday")

    assert (found.due_on, found.lapses_at) == (date(2026, 2, 14), datetime(2026, 2, 14, 16, tzinfo=UTC))


def test_a_limit_in_hours_lapses_at_its_minute() -> None:
    found = due("2026-02-14T15:00", 4, "working_hour")

    assert (found.due_on, found.lapses_at) == (date(2026, 2, 24), datetime(2026, 2, 24, 3, tzinfo=UTC))


def test_the_instant_of_an_event_is_read_in_shanghai() -> None:
    late_on_friday_in_utc = datetime(2026, 3, 6, 23, tzinfo=UTC)  # Saturday 07:00 in Shanghai

    assert deadline(CALENDAR, Limit(amount=1), late_on_friday_in_utc).text == "2026-03-09"
    assert deadline(CALENDAR, Limit(amount=1), late_on_friday_in_utc, event="submitted").text == "2026-03-10"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        deadline(CALENDAR, Limit(amount=1), datetime(2026, 3, 6, 10))  # noqa: DTZ001 - a naive time is the case


@pytest.mark.parametrize("unit", list(Unit))
def test_a_limit_beyond_the_calendar_is_refused(unit: Unit) -> None:
    with pytest.raises(InvalidInput, match="2100"):
        deadline(CALENDAR, Limit(amount=10**15, unit=unit), datetime(2026, 3, 6, 10, tzinfo=SHANGHAI))


@pytest.mark.parametrize("amount", [-1, 2.5, True, "3"])
def test_an_amount_that_is_no_whole_number_is_refused(amount: object) -> None:
    with pytest.raises(InvalidInput, match="whole number"):
        Limit(amount=amount)  # type: ignore[arg-type]


def test_a_stop_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="before it begins"):
        Suspension(start=date(2026, 3, 6), end=date(2026, 3, 5), ground="testing")
