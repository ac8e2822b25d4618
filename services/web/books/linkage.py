"""系统对接台账: which park is connected with which system, cell by cell; and 对接整改: what is to be put in place, by whom."""

from __future__ import annotations

from collections.abc import Sequence

from engine.case import local_day
from engine.catalogue import System
from engine.duties import SUPERVISOR_ROLE
from engine.errors import InvalidInput
from engine.linkage import ITEMS, Deed, Entered, Item, MendingState, Place, Rate, Rectification
from services import linkage_sheets, linking
from services.linking import Matrix, NewCheck, NewRectification
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section, at
from services.web.books.forms import (
    asking,
    chosen,
    day,
    key_number,
    line,
    long,
    one_of,
    read_day,
    sheet,
    text,
    uploaded,
    yes_no,
)
from services.web.books.limits import told
from services.web.books.shelves import HANDLERS, READERS, RULERS, WIRE
from services.web.fields import Schema

STATES = {MendingState.OPEN: "待整改", MendingState.REPLIED: "待销号", MendingState.CLOSED: "已销号"}
IN_PLACE, UNMET, BLANK = "到位", "未到位", "未填"
_DEEDS = {Deed.REPLIED: "整改答复", Deed.RETURNED: "退回重新整改", Deed.CLOSED: "销号"}
_COLOURS = {MendingState.OPEN: "yellow", MendingState.REPLIED: "blue", MendingState.CLOSED: "grey"}
_LATE = "已逾期"
_CHOICES = {item.value: label for item, label in ITEMS.items()}
_ITEM_COLUMNS = tuple(ITEMS.values())
_HISTORY_COLUMNS = ("检查项", "版次", "是否到位", "佐证", "核对日期", "录入")
_EVENT_COLUMNS = ("时间", "办理", "人员", "内容", "新期限")
_PREVIEW_COLUMNS = ("园区", "系统", "检查项", "是否到位", "佐证", "核对日期")
_JUDGES = RULERS | {SUPERVISOR_ROLE}
_MENDERS = frozenset({"reviewer", "approver", "department_admin", "head_of_office"})


def said(cell: Entered | None) -> str:
    """What a cell says, in a word."""
    return BLANK if cell is None else IN_PLACE if cell.is_in_place else UNMET


def percent(rate: Rate) -> str:
    """到位率."""
    return f"{rate.percent}%（{rate.in_place}/{rate.cells}）"


def _matrix(asked: Asked) -> Matrix:
    return linking.matrix(asked.connection, asked.office.catalogue, on=local_day(asked.now))


def _rows(asked: Asked) -> Sequence[Row]:
    found = _matrix(asked)
    return [_row(found, park, system) for park in found.parks for system in found.systems]


def _row(matrix: Matrix, park: str, system: System) -> Row:
    cells = [matrix.cells.get(Place(park=park, system=system.code, item=item)) for item in Item]
    is_whole = all(cell is not None and cell.is_in_place for cell in cells)
    checked = [cell.checked_on for cell in cells if cell is not None]
    return Row(key=f"{park}:{system.code}", acts=("record",) if is_whole else ("record", "order"), cells=(
        park, system.name, *(frame.text(said(cell)) for cell in cells), system.lead,
        min(checked).isoformat() if len(checked) == len(Item) else ""),
        tag=frame.text(IN_PLACE if is_whole else UNMET), colour="green" if is_whole else "yellow")


def _place(asked: Asked) -> tuple[str, str]:
    park, _, system = asked.key.partition(":")
    return park, system


def _details(asked: Asked) -> Sequence[Section]:
    park, system = _place(asked)
    rows = [row for item in Item for row in reversed(linking.history(
        asked.connection, Place(park=park, system=system, item=item)))]
    return [Section(title=frame.text("历次登记"), columns=_HISTORY_COLUMNS, rows=tuple(
        (frame.text(ITEMS[Item(row.item)]), str(row.version), frame.text(IN_PLACE if row.is_in_place else UNMET),
         row.evidence, row.checked_on, f"{row.entered_by} {at(row.entered_at)}") for row in rows))]


def _cell_form(asked: Asked) -> Schema:
    return asking(("item", "is_in_place", "evidence", "checked_on"), item=one_of("检查项", _CHOICES),
                  is_in_place=yes_no(frame.text("已经到位")),
                  evidence=long("佐证", 1000, "到位的凭据（文号、联调记录）；未到位的写缺什么"), checked_on=day("核对日期"))


def _record(asked: Asked, said: Said) -> None:
    park, system = _place(asked)
    checked_on = read_day(said, "checked_on")
    if checked_on is None:
        raise InvalidInput("checked_on", "is missing")
    linking.enter(asked.connection, told(asked), asked.office.catalogue, NewCheck(
        park=park, system=system, item=Item(chosen(said, "item", _CHOICES)), is_in_place=said.get("is_in_place") is True,
        evidence=text(said, "evidence"), checked_on=checked_on))


def _upload_form(asked: Asked) -> Schema:
    return asking(("sheet",), sheet=sheet(frame.text("表格（CSV或XLSX，不超过1MB）"), frame.text("表头：{columns}").format(
        columns="、".join(linkage_sheets.COLUMNS))))


def _preview(asked: Asked, said: Said) -> Sequence[Section]:
    found = linkage_sheets.read_sheet(uploaded(said, "sheet"))
    return [Section(title=frame.text("将登记的检查项"), columns=_PREVIEW_COLUMNS,
                    note=frame.text("共{count}项；未填“是否到位”的行不登记。").format(count=len(found)),
                    rows=tuple((each.park, each.system, frame.text(ITEMS[each.item]),
                                frame.text(IN_PLACE if each.is_in_place else UNMET), each.evidence, each.checked_on.isoformat())
                               for each in found[:EVERY]))]


def _upload(asked: Asked, said: Said) -> None:
    linking.enter_all(asked.connection, told(asked), asked.office.catalogue, linkage_sheets.read_sheet(uploaded(said, "sheet")))


def _order_form(asked: Asked) -> Schema:
    return asking(("item", "owner", "text", "due_on"), item=one_of("检查项", _CHOICES), owner=line("责任人", 50),
                  department=line("整改部门", 100, "不填为系统的牵头部门"), text=long("整改要求"), due_on=day("整改期限"))


def _order(asked: Asked, said: Said) -> None:
    park, system = _place(asked)
    due_on = read_day(said, "due_on")
    if due_on is None:
        raise InvalidInput("due_on", "is missing")
    linking.order(asked.connection, told(asked), asked.office.catalogue, NewRectification(
        park=park, system=system, item=Item(chosen(said, "item", _CHOICES)), owner=text(said, "owner"), text=text(said, "text"),
        due_on=due_on, department=text(said, "department")))


LINKAGE = Book(
    name="linkage", title="系统对接台账",
    note="每个园区与每个系统的“四到位”：打通、端口、账号、数据共享。每月核对；未全部到位的系统，办件中的相应环节转为人工二次录入。",
    shelf=WIRE, columns=("园区", "系统", *_ITEM_COLUMNS, "牵头部门", "最早核对"), readers=READERS, rows=_rows,
    details=_details, has_history=False,
    acts=(
        Act(name="upload", label="上传表格", consequence="整张表一起登记，有一行不能用就全部不登，并逐行说明。请先预览。",
            roles=RULERS, asks=_upload_form, do=_upload, preview=_preview),
        Act(name="record", label="登记核对", consequence="该项自此按这次登记计算；以前的登记留在历史中。", roles=RULERS,
            asks=_cell_form, do=_record, is_about_row=True),
        Act(name="order", label="发起整改", consequence="牵头部门收到整改任务，限期答复；由整改人以外的人销号。", roles=_JUDGES,
            asks=_order_form, do=_order, is_about_row=True)))


def _tasks(asked: Asked) -> Sequence[Row]:
    names = {each.code: each.name for each in asked.office.catalogue.systems.values()}
    return [_task_row(asked, each, names) for each in reversed(linking.rectifications(asked.connection))
            if asked.with_history or each.state is not MendingState.CLOSED]


def _task_row(asked: Asked, task: Rectification, names: dict[str, str]) -> Row:
    is_late = task.is_late(local_day(asked.now))
    acts = {MendingState.OPEN: ("reply",), MendingState.REPLIED: ("send_back", "close"), MendingState.CLOSED: ()}[task.state]
    return Row(key=str(task.id), is_over=task.state is MendingState.CLOSED, acts=acts,
               tag=frame.text(_LATE if is_late else STATES[task.state]), colour="red" if is_late else _COLOURS[task.state],
               cells=(str(task.id), task.place.park, names.get(task.place.system, task.place.system),
                      frame.text(ITEMS[task.place.item]), task.department, task.owner, task.text, task.due_on.isoformat(),
                      task.reply))


def _task_details(asked: Asked) -> Sequence[Section]:
    return [Section(title=frame.text("办理经过"), columns=_EVENT_COLUMNS, rows=tuple(
        (at(row.at), frame.text(_DEEDS[Deed(row.kind)]), row.by, row.text, row.due_on or "")
        for row in linking.happened(asked.connection, key_number(asked.key))))]


def _reply(asked: Asked, said: Said) -> None:
    linking.reply(asked.connection, told(asked), key_number(asked.key), text=text(said, "text"))


def _send_back(asked: Asked, said: Said) -> None:
    due_on = read_day(said, "due_on")
    if due_on is None:
        raise InvalidInput("due_on", "is missing")
    linking.send_back(asked.connection, told(asked), key_number(asked.key), reason=text(said, "reason"), due_on=due_on)


def _close(asked: Asked, said: Said) -> None:
    linking.close(asked.connection, told(asked), key_number(asked.key), text=text(said, "text"))


RECTIFICATIONS = Book(
    name="rectifications", title="对接整改", note="台账中未到位的检查项，由牵头部门限期整改；整改人不得销号。",
    shelf=WIRE, columns=("编号", "园区", "系统", "检查项", "整改部门", "责任人", "整改要求", "期限", "整改答复"),
    readers=READERS | HANDLERS, rows=_tasks, details=_task_details,
    waiting=lambda asked: sum(each.state is MendingState.REPLIED for each in linking.rectifications(asked.connection)),
    acts=(
        Act(name="reply", label="整改答复", consequence="任务待销号；由整改人以外的人核对。", roles=_MENDERS,
            asks=lambda asked: asking(("text",), text=long("整改情况")), do=_reply, is_about_row=True),
        Act(name="send_back", label="退回重新整改", consequence="任务重新整改，期限为所填日期。", roles=_JUDGES,
            asks=lambda asked: asking(("reason", "due_on"), reason=long("退回理由"), due_on=day("新的期限")), do=_send_back,
            is_about_row=True),
        Act(name="close", label="销号", consequence="任务销号；台账须已登记为到位，整改人不得销号。", roles=_JUDGES,
            asks=lambda asked: asking(("text",), text=long("核对情况")), do=_close, is_about_row=True)))
