"""The calendars of a shelf are read whole, or refused with file and field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.errors import InvalidInput
from services.calendars import load_calendar

NOTICE = """
{"year": 2031, "number": "示例〔2030〕1号", "title": "示例", "published_on": "2030-11-05",
 "holidays": []}"""


def shelf_with(folder: Path, **files: str) -> Path:
    (folder / "calendars").mkdir()
    for name, text in files.items():
        (folder / "calendars" / f"{name.lstrip('_')}.json").write_text(text, encoding="utf-8")
    return folder


def test_an_empty_shelf_gives_provisional_answers(tmp_path: Path) -> None:
    calendar = load_calendar(shelf_with(tmp_path))

    assert calendar.is_provisional(date(2026, 1, 1), date(2026, 12, 31))


def test_closures_on_the_shelf_are_days_off(tmp_path: Path) -> None:
    closures = """[{"first": "2031-03-04", "last": "2031-03-05", "reference": "停办公告"}]"""

    calendar = load_calendar(shelf_with(tmp_path, _2031=NOTICE, closures=closures))

    assert calendar.is_published(2031) and not calendar.is_workday(date(2031, 3, 5))


@pytest.mark.parametrize(("text", "message"), [
    ("{", "2031.json: is not a JSON file"),
    ("[]", "2031.json: expected an object"),
    (NOTICE.replace("2030-11-05", "Nov 5"), "2031.json: published_on: expected a date"),
])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        load_calendar(shelf_with(tmp_path, _2031=text))
