"""The sorts of permits of the shelf (`permits.json`): what each is called, how it is numbered, what it is granted under.

Decides the pattern of a number: ``{district}``, ``{year}``, ``{day}`` (YYYYMMDD) and ``{serial:04d}``, a serial number within
the day, or else the year. It does not know which numbers are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import orjson

from engine.errors import InvalidInput
from engine.limits import Unit
from engine.notices import fields, items, text
from engine.permit_facts import Condition
from engine.sentences import say

FILE = "permits.json"
_LONGEST_CODE = 20  # it is part of the name of a counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A sort of permits. `conditions`: those every permit of it is granted under."""

    sort: str
    name: str
    pattern: str
    seal: str
    conditions: tuple[Condition, ...]

    def series(self, day: date) -> str:
        """Within what its serial numbers run: a day where the day is part of the number, else a year."""
        return f"permit-{self.sort}-{f'{day:%Y%m%d}' if '{day}' in self.pattern else day.year}"

    def number(self, district: str, day: date, serial: int) -> str:
        """The number of the permit with this serial number."""
        return self.pattern.format(district=district, year=day.year, day=f"{day:%Y%m%d}", serial=serial)


@lru_cache(maxsize=16)
def read_sorts(shelf: Path) -> Mapping[str, Sort]:
    """The sorts of the shelf, by their codes. Raises InvalidInput for a file that says something else."""
    try:
        data = orjson.loads((shelf / FILE).read_bytes())
    except FileNotFoundError:
        raise InvalidInput("permits", say("{file} is not on the shelf", file=FILE)) from None
    except orjson.JSONDecodeError as error:
        raise InvalidInput("permits", say("{file} is not JSON: {technical}", file=FILE, technical=error)) from error
    sorts = [_sort(each, f"permits[{place}]") for place, each in enumerate(items(data, "permits"))]
    return {each.sort: each for each in sorts}


def sort_of(shelf: Path, name: str) -> Sort:
    """A sort by its code or its Chinese name. Raises InvalidInput naming those there are."""
    sorts = read_sorts(shelf)
    found = sorts.get(name) or next((each for each in sorts.values() if each.name == name), None)
    if found is None:
        raise InvalidInput("sort", say(
            "no sort of permits “{found}”: there are {known}; the shelf's {file} has them",
            found=name[:40], known=tuple(f'{each.sort} {each.name}' for each in sorts.values()), file=FILE))
    return found


def _sort(data: object, field: str) -> Sort:
    row = fields(data, field, required=("sort", "name", "pattern"), optional=("seal", "conditions"))
    sort = Sort(sort=text(row["sort"], f"{field}.sort"), name=text(row["name"], f"{field}.name"),
                pattern=text(row["pattern"], f"{field}.pattern"), seal=str(row.get("seal", "")),
                conditions=tuple(_condition(each, f"{field}.conditions[{place}]")
                                 for place, each in enumerate(items(row.get("conditions", []), f"{field}.conditions"))))
    if not sort.sort.isidentifier() or len(sort.sort) > _LONGEST_CODE:
        raise InvalidInput(f"{field}.sort", say("expected a code of at most {most} letters, digits and _", most=_LONGEST_CODE))
    try:
        sort.number("430600", date(2026, 1, 1), 1)
    except (KeyError, ValueError, IndexError) as error:
        raise InvalidInput(f"{field}.pattern", say(
            "{technical}; it knows {known}", technical=error, known="{district}, {year}, {day} and {serial:04d}")) from error
    return sort


def _condition(data: object, field: str) -> Condition:
    row = fields(data, field, required=("name", "label", "amount", "unit", "basis"),
                 optional=("extensions", "extension_amount"))
    unit = row["unit"]
    if unit not in {each.value for each in Unit}:
        raise InvalidInput(f"{field}.unit", say("expected one of {known}, found {found}", known=tuple(Unit), found=f"{unit!r}"))
    return Condition(
        name=text(row["name"], f"{field}.name"), label=text(row["label"], f"{field}.label"), unit=unit,
        amount=_count(row, "amount", field), basis=text(row["basis"], f"{field}.basis"),
        extensions=_count(row, "extensions", field), extension_amount=_count(row, "extension_amount", field))


def _count(row: Mapping[str, object], name: str, field: str) -> int:
    value = row.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10_000:
        raise InvalidInput(f"{field}.{name}", say("expected a whole number from 0 to 10000, found {found}", found=f"{value!r}"))
    return value
