"""A row is answered, or refused with the field that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InvalidInput
from engine.limit_vectors import answer
from services.calendars import load_calendar

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
ROW = {"id": 7, "at": "2026-02-11T10:00", "limit": {"amount": 5}}


def test_the_least_row_is_working_days_from_an_acceptance() -> None:
    assert answer(ROW, CALENDAR) == {"id": 7, "due": "2026-02-25", "provisional": False}


def test_a_row_without_an_id_is_answered_without_one() -> None:
    assert answer({"at": ROW["at"], "limit": ROW["limit"]}, CALENDAR)["id"] is None


def test_a_stop_without_an_end_is_answered_with_no_due_date() -> None:
    row = ROW | {"suspensions": [{"from": "2026-02-12", "to": None, "ground": "hearing"}]}

    assert answer(row, CALENDAR) == {"id": 7, "due": None, "provisional": False}


def test_an_extension_without_a_unit_is_in_the_limits_unit() -> None:
    row = ROW | {"limit": {"amount": 4, "unit": "working_hour"}, "extensions": [{"amount": 2}]}

    assert answer(row, CALENDAR)["due"] == "2026-02-11T17:00"


def test_closures_of_a_row_hold_for_that_row_only() -> None:
    closed = answer(ROW | {"closures": [{"from": "2026-02-12", "to": "2026-02-13", "reference": "停办公告"}]}, CALENDAR)

    assert closed["due"] == "2026-02-27" and answer(ROW, CALENDAR)["due"] == "2026-02-25"


@pytest.mark.parametrize(("op", "at", "due", "provisional"), [
    ("previous_workday", "2026-02-18T00:00", "2026-02-14", False),
    ("previous_workday", "2026-02-18", "2026-02-14", False),
    ("previous_workday", "2027-01-02T00:00", "2026-12-31", True),  # 2 January 2027 may yet be worked
    ("latest_start", "2026-07-10T00:00", "2026-07-05", False),
    ("latest_start", "2027-01-04T00:00", "2026-12-27", True),
])
def test_a_question_backward_is_provisional_like_one_forward(op: str, at: str, due: str, provisional: bool) -> None:
    found = answer({"op": op, "at": at, "limit": {"amount": 4}}, CALENDAR)

    assert found == {"id": None, "due": due, "provisional": provisional}


def test_a_question_backward_heeds_closures() -> None:
    closures = [{"from": "2026-07-06", "to": "2026-07-07", "reference": "停办公告"}]

    assert answer({"op": "previous_workday", "at": "2026-07-07", "closures": closures}, CALENDAR)["due"] == "2026-07-03"


@pytest.mark.parametrize(("change", "field"), [
    ({"at": "tomorrow"}, "at"),
    ({"at": 20260211}, "at"),
    ({"at": "0001-01-01T00:00+14:00"}, "at"),
    ({"at": "1979-12-31T10:00"}, "at"),
    ({"op": "due"}, "op"),
    ({"event": "submited"}, "event"),
    ({"event": ["accepted"]}, "event"),
    ({"limit": 5}, "limit"),
    ({"limit": {}}, "limit.amount"),
    ({"limit": {"amount": -1}}, "limit.amount"),
    ({"limit": {"amount": 1.5}}, "limit.amount"),
    ({"limit": {"amount": True}}, "limit.amount"),
    ({"limit": {"amount": 5, "unit": "week"}}, "limit.unit"),
    ({"limit": {"amount": 5, "unit": ["workday"]}}, "limit.unit"),
    ({"limit": {"amount": 5, "count_first": True}}, "limit.count_first"),
    ({"limit": {"amount": 5, "count_first_day": "no"}}, "limit.count_first_day"),
    ({"limit": {"amount": 5, "roll_off_holiday": 1}}, "limit.roll_off_holiday"),
    ({"suspension": []}, "suspension"),
    ({"suspensions": {}}, "suspensions"),
    ({"suspensions": [{"to": "2026-02-12"}]}, "suspensions[0].from"),
    ({"suspensions": [{"from": "2026-02-12", "to": "2026-02-11"}]}, "suspensions[0].to"),
    ({"suspensions": [{"from": "2026-02-12", "to": "12 Feb"}]}, "suspensions[0].to"),
    ({"suspensions": [{"from": "2026-02-12", "to": "2026-02-13", "ground": 1}]}, "suspensions[0].ground"),
    ({"extensions": [{"unit": "workday"}]}, "extensions[0].amount"),
    ({"extensions": [{"amount": 1, "unit": "month"}]}, "extensions[0].unit"),
    ({"closures": [{"from": "2026-02-12", "to": "2026-02-11"}]}, "closures[0].to"),
    ({"closures": [{"first": "2026-02-12"}]}, "closures[0].from"),
    ({"op": "latest_start", "limit": {"amount": 1, "unit": "half_day"}}, "limit.unit"),
    ({"op": "latest_start", "suspensions": [{"from": "2026-02-12", "to": "2026-02-13"}]}, "suspensions"),
    ({"limit": {"amount": 10**12}}, "day"),
    ({"limit": {"amount": 10**12, "unit": "month"}}, "limit.amount"),
])
def test_a_row_that_cannot_be_answered_is_refused_with_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        answer(ROW | change, CALENDAR)

    assert refused.value.field == field


@pytest.mark.parametrize("row", [[], "row", None, 3])
def test_a_row_that_is_no_object_is_refused(row: object) -> None:
    with pytest.raises(InvalidInput, match="expected an object"):
        answer(row, CALENDAR)


@pytest.mark.parametrize("missing", ["at", "limit"])
def test_a_row_without_an_instant_or_a_limit_is_refused(missing: str) -> None:
    with pytest.raises(InvalidInput, match=f"{missing}: is missing"):
        answer({name: value for name, value in ROW.items() if name != missing}, CALENDAR)
