"""Cases in progress as a sheet: the list an office takes out of its old system, filled in with a spreadsheet.

Decides what the columns are called and what their words mean; how a file is read is decided in `services.sheets`, what may be
brought in by `services.bringing_in`. Beside the columns below, each column named like a field of an application (申请人,
建筑面积(平方米) …) fills that field. A row that cannot be read is one refused line; the others go on.

A cell of stops holds one stop a line (or after “;”), its parts divided by “|”: the ground, the first day, the last (empty
while it lasts), the document, the rule it rests on, the day it was expected to end:
``专家评审|2026-05-13|2026-06-02|岳特〔2026〕1号``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from sqlalchemy import Connection

from engine.bringing_in import Past, opening_of
from engine.calendar import SHANGHAI
from engine.errors import InvalidInput
from engine.events import PastStop
from engine.sentences import say, sentence_of
from engine.stops import GROUNDS, PAUSES, StopKind
from services import forms, sheets
from services.bringing_in import InProgress, Row
from services.office import Office
from services.sheets import SheetRow
from services.store import reading

COLUMNS: Mapping[str, str] = {
    "process": "事项名称", "source": "来源系统", "old_number": "原办件编号", "received_on": "收件日期",
    "accepted_at": "受理时间",
    "steps": "当前环节", "since": "到达环节日期", "outcomes": "已有结论", "stops": "停表记录", "resubmitted_on": "补正日期",
    "corrections": "补正次数", "extension": "延期工作日", "extension_document": "延期文号", "decided_on": "决定日期",
    "concluded_on": "办结日期", "due_on": "到期日", "handler": "承办人", "department": "受理部门", "park": "所属园区",
    "project": "项目代码", "is_carded": "补发黄红牌",
}
"""The fields of a row and their columns. A row needs its matter, its old number, its receipt and its step."""

_NEEDED = ("process", "old_number", "received_on", "steps")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
_KINDS = {**dict.fromkeys((*GROUNDS, "statute"), StopKind.SPECIAL), **dict.fromkeys(PAUSES, StopKind.PAUSE),
          "order": StopKind.HOLD, "drawing_examination": StopKind.EXAMINATION}
_GROUNDS = {**{name: ground for ground, name in (*GROUNDS.items(), *PAUSES.items())}, "法律、法规另有规定": "statute",
            "挂起": "order", "依令挂起": "order", "审图": "drawing_examination", "施工图审查": "drawing_examination"}
_YES, _NO = frozenset({"是", "true", "1", "有", "√"}), frozenset({"否", "false", "0", "无", ""})
_PARTS = 6


def read_rows(connection: Connection, office: Office, data: bytes, *, file: str, source: str = "") -> list[Row]:
    """The rows of a CSV or XLSX file. `source`: the other system, of rows that name none. Raises InvalidInput when the file as
    a whole cannot be read; a single row that cannot is refused by itself."""
    known = _forms(connection, office)
    columns = _columns(known.values())
    rows = sheets.read_sheet(data, file=file, columns=columns, optional=[name for name in columns if name not in _NEEDED])
    return [_row(each, known, source) for each in rows]


def _forms(connection: Connection, office: Office) -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """The fields of each process's application, by its id and by its name."""
    found: dict[str, Mapping[str, Mapping[str, object]]] = {}
    for row in reading.latest_definitions(connection):
        fields = forms.start_fields(office.shelf, office.deployment(connection, row.id))
        found |= {row.process: fields, row.name: fields}
    return found


def _columns(known: Iterable[Mapping[str, Mapping[str, object]]]) -> dict[str, str]:
    """The columns of this page and one for each field of an application; of two fields with one title, the second is asked for
    by its name."""
    columns = dict(COLUMNS)
    taken = {*columns, *columns.values()}
    for fields in known:
        for name, schema in fields.items():
            if (field := f"data.{name}") in columns or name in ("park", "project_code"):
                continue
            title = str(schema.get("title", name))
            columns[field] = name if title in taken else title
            taken.add(columns[field])
    return columns


def _row(sheet: SheetRow, known: Mapping[str, Mapping[str, Mapping[str, object]]], source: str) -> Row:
    old_number = sheet.values["old_number"]
    try:
        return Row(line=sheet.line, old_number=old_number, case=_case(sheet, known, source))
    except InvalidInput as refusal:
        return Row(line=sheet.line, old_number=old_number, refusal=say(
            "{field}: {reason}", field=_column(sheet, refusal.field), reason=sentence_of(refusal.reason)))


def _column(sheet: SheetRow, field: str) -> str:
    """The column of a field, as the refusal of a row names it."""
    return sheet.columns.get(field, field)


def _case(sheet: SheetRow, known: Mapping[str, Mapping[str, Mapping[str, object]]], source: str) -> InProgress:
    cell = sheet.values
    received_on = _day(cell["received_on"], "received_on")
    if received_on is None:
        raise InvalidInput("received_on", "is missing")
    past = Past(
        received_on=received_on, accepted_at=_instant(cell["accepted_at"]), since=_day(cell["since"], "since"),
        resubmitted_on=_day(cell["resubmitted_on"], "resubmitted_on"), decided_on=_day(cell["decided_on"], "decided_on"),
        concluded_on=_day(cell["concluded_on"], "concluded_on"), stops=tuple(_stops(cell["stops"])),
        corrections=_whole(cell["corrections"], "corrections") if cell["corrections"] else None,
        extension=_whole(cell["extension"], "extension"), extension_document=cell["extension_document"],
        handler=cell["handler"], is_carded=_is_yes(cell["is_carded"], "is_carded"))
    return InProgress(
        process=cell["process"], source=cell["source"] or source, old_number=cell["old_number"],
        steps=tuple(_parts(cell["steps"])), outcomes=_outcomes(cell["outcomes"]), past=past,
        data=_data(cell, known.get(cell["process"], {})), park=cell["park"],
        department=cell["department"], project=cell["project"], due_on=_day(cell["due_on"], "due_on"))


def _parts(text: str) -> list[str]:
    """What a cell lists, whatever divides it."""
    return [part.strip() for part in re.split(r"[、,，;；\n]", text) if part.strip()]


def _outcomes(text: str) -> dict[str, str]:
    """“decide_planning=grant; …”."""
    pairs = [part.partition("=") for part in _parts(text)]
    if not all(node and equals and outcome for node, equals, outcome in pairs):
        raise InvalidInput("outcomes", "expected the step and its outcome, like decide_planning=grant; the diagram has their "
                                       "names")
    return {node.strip(): outcome.strip() for node, _, outcome in pairs}


def _stops(text: str) -> list[PastStop]:
    return [_stop([part.strip() for part in line.split("|")]) for line in re.split(r"[;；\n]", text) if line.strip()]


def _stop(parts: list[str]) -> PastStop:
    if not 2 <= len(parts) <= _PARTS:
        raise InvalidInput("stops", "expected ground|from|to|document|rule|expected end, like 专家评审|2026-05-13|2026-06-02|"
                                    "岳特〔2026〕1号")
    ground, start, end, document, basis, expected = [*parts, *[""] * (_PARTS - len(parts))]
    meant = _GROUNDS.get(ground, ground)
    if meant not in _KINDS:
        raise InvalidInput("stops", say("“{ground}” is no ground: {known}", ground=ground[:40], known='、'.join(_GROUNDS)))
    begun = _day(start, "stops")
    if begun is None:
        raise InvalidInput("stops", say("{ground}: its first day is missing", ground=ground))
    return PastStop(ground=meant, start=begun, end=_day(end, "stops"), document=document, kind=_KINDS[meant].value,
                    basis=basis, expected_end=_day(expected, "stops"))


def _data(cell: Mapping[str, str], fields: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """What the cells say to the fields of the application; a cell for a field it does not have is kept, so that it is refused
    by name."""
    given = {field.removeprefix("data."): text for field, text in cell.items() if field.startswith("data.") and text}
    return {name: _value(text, str(fields.get(name, {}).get("type", "string")), name) for name, text in given.items()}


def _value(text: str, kind: str, name: str) -> object:
    match kind:
        case "boolean":
            return _is_yes(text, f"data.{name}")
        case "integer" | "number":
            return _number(text, name)
        case "array":
            return _parts(text)
    return text


def _number(text: str, name: str) -> int | float:
    plain = text.replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", plain, re.ASCII):
        raise InvalidInput(f"data.{name}", say("expected a number, found “{found}”", found=text[:40]))
    return float(plain) if "." in plain else int(plain)


def _is_yes(text: str, field: str) -> bool:
    word = text.casefold()
    if word not in _YES | _NO:
        raise InvalidInput(field, say("expected 是 or 否, found “{found}”", found=text[:40]))
    return word in _YES


def _whole(text: str, field: str) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
        raise InvalidInput(field, say("expected a whole number, found “{found}”", found=text[:40]))
    return int(text)


def _day(text: str, field: str) -> date | None:
    return None if not text else _read(text, field).date()


def _instant(text: str) -> datetime | None:
    """An acceptance; on a day without an hour, as the hall opens."""
    if not text:
        return None
    at = _read(text, "accepted_at")
    return at if at.time() != time() else opening_of(at.date())


def _read(text: str, field: str) -> datetime:
    found = _DAY.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)
    except ValueError:
        raise InvalidInput(field, say("expected a date like 2026-03-02, found “{found}”", found=text[:40])) from None
