"""The calendars of a shelf are read whole, or refused with file and field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.errors import InvalidInput
from services.calendars import load_calendar, read_shelf
from services.settings import SHELF

NOTICE = (SHELF / "calendars" / "2026.json").read_text(encoding="utf-8")


def shelf_with(folder: Path, **files: str) -> Path:
    (folder / "calendars").mkdir()
    for name, text in files.items():
        (folder / "calendars" / f"{name.lstrip('_')}.json").write_text(text, encoding="utf-8")
    return folder


def test_an_empty_shelf_gives_provisional_answers(tmp_path: Path) -> None:
    calendar = load_calendar(shelf_with(tmp_path))

    assert calendar.is_provisional(date(2026, 1, 1), date(2026, 12, 31))


def test_closures_on_the_shelf_are_days_off(tmp_path: Path) -> None:
    closures = """[{"first": "2026-03-04", "last": "2026-03-05", "reference": "停办公告"}]"""

    calendar = load_calendar(shelf_with(tmp_path, _2026=NOTICE, closures=closures))

    assert calendar.is_published(2026) and not calendar.is_workday(date(2026, 3, 5))


def test_the_city_works_through_the_closure_of_a_park(tmp_path: Path) -> None:
    closures = """[{"first": "2026-03-04", "last": "2026-03-05", "reference": "停办公告", "scope": "park", "place": "云溪"}]"""
    shelf = shelf_with(tmp_path, _2026=NOTICE, closures=closures)

    assert load_calendar(shelf).is_workday(date(2026, 3, 5))
    assert [closure.place for closure in read_shelf(shelf).closures] == ["云溪"]


@pytest.mark.parametrize(("text", "message"), [
    ("{", "2026.json: line 1: is not JSON"),
    ("[]", "2026.json: line 1: expected an object"),
    (NOTICE.replace("2025-11-04", "Nov 4", 1), "2026.json: published_on: line 5: expected a date"),
])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        load_calendar(shelf_with(tmp_path, _2026=text))


@pytest.mark.parametrize(("name", "text", "message"), [
    ("closures", "[{]", "closures.json: is not a JSON file"),
    ("closures", '[{"first": "2026-03-04"}]', r"closures.json: \[0\].last: is missing"),
    ("statutory", '{"years": 1}', "statutory.json: years: expected a list"),
])
def test_another_file_that_cannot_be_used_is_named_too(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        load_calendar(shelf_with(tmp_path, **{name: text}))
