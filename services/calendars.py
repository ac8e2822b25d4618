"""Reading the calendars on the shelf: files in, one `engine.calendar.Calendar` out.

`<year>.json` is a published notice, `statutory.json` the certain days of years without one, `closures.json` (may be
absent) the approved closures. What the files mean is decided by `engine.notices`; an error names the file and the
field.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from engine.calendar import Calendar
from engine.errors import InvalidInput
from engine.notices import read_closures, read_notice, read_statutory

_Value = TypeVar("_Value")


def load_calendar(shelf: Path) -> Calendar:
    """The calendar of `<shelf>/calendars`. Raises InvalidInput with file and field when a file cannot be used; a shelf
    without notices gives a calendar whose every answer is provisional."""
    folder = shelf / "calendars"
    notices = tuple(_read(path, read_notice) for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].json")))
    statutory, closures = folder / "statutory.json", folder / "closures.json"
    return Calendar(
        notices=notices,
        statutory=_read(statutory, read_statutory) if statutory.exists() else (),
        closures=_read(closures, read_closures) if closures.exists() else ())


def _read(path: Path, reader: Callable[[object], _Value]) -> _Value:
    try:
        return reader(json.loads(path.read_text(encoding="utf-8")))
    except InvalidInput as refusal:
        raise InvalidInput(f"{path.name}: {refusal.field}" if refusal.field else path.name, refusal.reason) from refusal
    except ValueError as error:  # not JSON, or not UTF-8
        raise InvalidInput(path.name, f"is not a JSON file: {error}") from error
