"""The empowerment list 赋权清单 as sheets, one for each of its three kinds of rows, as offices keep them in a spreadsheet.

Decides what the words of a sheet mean; how a file is read is decided in `services.sheets`, what a row must say in
`engine.empowerment`. The file comes from anywhere: every line that cannot be used is told with its number and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Connection

from engine.catalogue import Catalogue
from engine.empowerment import Empowerment, Hall, LocalAuthority, Mode, ParkMode, Rule, Taking
from engine.errors import InvalidInput
from engine.sentences import say
from services import empowerment, sheets
from services.empowerment import UNKNOWN, Entered, NewRows
from services.sheets import LARGEST as LARGEST
from services.sheets import SheetRow

MODES: Mapping[Mode, str] = {
    Mode.DIRECT: "直接赋权", Mode.ENTRUSTED: "委托行使", Mode.STATIONED: "服务前移", Mode.DIRECT_REPORT: "审批直报",
    Mode.RECEIVED_ONLY: "委托收件", Mode.NONE: "未赋权"}
TAKINGS: Mapping[Taking, str] = {
    Taking.GRANTED: "已赋权", Taking.TAKEN_OVER: "已承接", Taking.RUNNING: "有效运行", Taking.NOT_TAKEN_OVER: "未有效承接",
    Taking.TAKEN_BACK: "已收回"}
HALLS: Mapping[Hall, str] = {Hall.PILOT: "试点", Hall.HALL: "有大厅", Hall.NO_HALL: "无大厅"}

_DAYS = {"valid_from": "生效日", "valid_until": "失效日"}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "empowerment": {
        "park": "园区", "matter": "事项编码", "name": "事项名称", "situation": "业务情形", "mode": "赋权方式",
        "holder": "承接机构", "authority": "赋权部门", "supervisor": "监管部门", "seal": "印章编号", "taking": "承接状态",
        "batch": "批次号", "document": "文号", "handover": "交接书", "mandate": "委托书", "notice": "委托公告", **_DAYS},
    "park_mode": {"park": "园区", "hall": "运行模式", "body": "审批机构", "seal": "印章编号", "window": "综合窗口",
                  "staff": "委派人员", "document": "文号", **_DAYS},
    "local_authority": {"park": "园区", "matter": "事项编码", "department": "属地部门", "window": "收件窗口",
                        "supervisor": "监管部门", "seal": "印章编号", "document": "文号", **_DAYS},
}
"""Of each kind of row: each field and its column, in order."""

_NEEDED: Mapping[str, frozenset[str]] = {
    "empowerment": frozenset({"park", "matter", "mode", "authority", "batch", "document", "valid_from"}),
    "park_mode": frozenset({"park", "hall", "document", "valid_from"}),
    "local_authority": frozenset({"park", "department", "document", "valid_from"})}

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_WITHOUT_END = ("", "长期", "无", "-", "—")
_NAMES = re.compile(r"[、,,;;\s]+")

_Word = TypeVar("_Word", bound=Enum)


def enter_sheet(
    connection: Connection, data: bytes, kind: str, *, by: str, now: datetime, catalogue: Catalogue = UNKNOWN,
) -> Entered:
    """Enter the rows of a CSV or XLSX file with the columns of its kind, in any order; columns nobody needs may be left out.
    All rows or none. `catalogue`: by whose parks they are named. Raises InvalidInput: its field is the first wrong line and
    column, its reason tells of every wrong line, up to twenty."""
    return empowerment.write(connection, _read(empowerment.locked(connection, catalogue), data, kind, by, now))


def survey_sheet(
    connection: Connection, data: bytes, kind: str, *, by: str, now: datetime, catalogue: Catalogue = UNKNOWN,
) -> Entered:
    """What entering a sheet would do; nothing is written. Raises as `enter_sheet` does."""
    return _read(NewRows(connection, catalogue), data, kind, by, now)


def write_sheet(rules: Iterable[Rule], kind: str) -> str:
    """Rows of one kind as a CSV file that spreadsheets open as it is, and that `enter_sheet` reads again."""
    columns = COLUMNS[kind]
    return sheets.write_sheet(list(columns.values()), ([_cell(asdict(rule)[name]) for name in columns] for rule in rules))


def _read(new: NewRows, data: bytes, kind: str, by: str, now: datetime) -> Entered:
    columns = COLUMNS[kind]
    found = sheets.read_sheet(data, file="the sheet", columns=columns, optional=columns.keys() - _NEEDED[kind])
    sheets.every(found, lambda row: new.add(_READERS[kind](row)))
    return new.entered(by=by, now=now)


def _empowerment(row: SheetRow) -> Rule:
    return Empowerment(**{**row.values, **_days(row), "mode": _word(row, "mode", MODES), "line": row.line,
                          "taking": _word(row, "taking", TAKINGS) if row.values["taking"] else Taking.GRANTED})


def _park_mode(row: SheetRow) -> Rule:
    staff = tuple(name for name in _NAMES.split(row.values["staff"]) if name)
    return ParkMode(**{**row.values, **_days(row), "hall": _word(row, "hall", HALLS), "staff": staff, "line": row.line})


def _local_authority(row: SheetRow) -> Rule:
    return LocalAuthority(**{**row.values, **_days(row), "line": row.line})


_READERS: Mapping[str, Callable[[SheetRow], Rule]] = {
    "empowerment": _empowerment, "park_mode": _park_mode, "local_authority": _local_authority}


def _days(row: SheetRow) -> dict[str, Any]:
    first = _day(row, "valid_from")
    if first is None:
        raise InvalidInput("valid_from", "is missing; give the first day")
    return {"valid_from": first, "valid_until": _day(row, "valid_until")}


def _day(row: SheetRow, field: str) -> date | None:
    """A day as spreadsheets and people write it; None: without end."""
    text = row.values[field]
    if text in _WITHOUT_END:
        return None
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(field, say("expected a day like 2026-03-08, found “{found}”", found=text[:40])) from None


def _word(row: SheetRow, field: str, words: Mapping[_Word, str]) -> _Word:
    """What a word of the sheet means: ours, or the offices'. “委托收件、受审分离” is 委托收件."""
    asked = sheets.plain(row.values[field]).removesuffix("、受审分离")
    found = next((meaning for meaning, word in words.items() if asked in (word, meaning.value)), None)
    if found is None:
        raise InvalidInput(field, say(
            "expected one of {known}, found “{found}”", known='、'.join(words.values()), found=row.values[field][:40]))
    return found


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case Mode():
            return MODES[value]
        case Taking():
            return TAKINGS[value]
        case Hall():
            return HALLS[value]
        case tuple():
            return "、".join(map(str, value))
    return str(value)
