"""Reading the calendars on the shelf: files in, what is published in them out.

`<year>.json` is a published notice, `statutory.json` the certain days of years without one, `closures.json` (may be
absent) the approved closures. What the files mean is decided by `engine.notices`; an error names the file, the field and, in
a notice, the line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from engine.calendar import Calendar
from engine.errors import InvalidInput
from engine.notices import Closure, Notice, StatutoryYear, read_closures, read_notice_file, read_statutory
from engine.sentences import say

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """What the files of a shelf say, each on its own."""

    notices: tuple[Notice, ...] = ()
    statutory: tuple[StatutoryYear, ...] = ()
    closures: tuple[Closure, ...] = ()


def read_shelf(shelf: Path) -> Shelved:
    """What is published in `<shelf>/calendars`. Raises InvalidInput with file and field when a file cannot be used."""
    folder = shelf / "calendars"
    certain, closed = folder / "statutory.json", folder / "closures.json"
    statutory = _read(certain, read_statutory) if certain.exists() else ()
    notices = tuple(read_notice_file(path.read_bytes(), path.name, statutory=statutory)
                    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].json")))
    return Shelved(notices=notices, statutory=statutory,
                   closures=_read(closed, read_closures) if closed.exists() else ())


def load_calendar(shelf: Path) -> Calendar:
    """The city's calendar as shipped on a shelf. Raises InvalidInput as `read_shelf` does; a shelf without notices gives a
    calendar whose every answer is provisional."""
    shelved = read_shelf(shelf)
    return Calendar(notices=shelved.notices, statutory=shelved.statutory,
                    closures=tuple(closure for closure in shelved.closures if closure.binds()))


def _read(path: Path, reader: Callable[[object], _Value]) -> _Value:
    try:
        return reader(json.loads(path.read_text(encoding="utf-8")))
    except InvalidInput as refusal:
        raise InvalidInput(f"{path.name}: {refusal.field}" if refusal.field else path.name, refusal.reason) from refusal
    except ValueError as error:  # not JSON, or not UTF-8
        raise InvalidInput(path.name, say("is not a JSON file: {technical}", technical=error)) from error
