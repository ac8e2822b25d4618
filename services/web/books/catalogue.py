"""事项库: the four books of the catalogue, what was shipped and the office's own values beside each other; and of the matters
the list of who supervises what was permitted 监管责任清单."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import orjson

from engine.catalogue import Bundle, Category, Department, Entry, LimitGiver, Matter, MatterKind, MatterLimit, Park, System
from engine.catalogue_entries import read_entry, write_entry
from engine.errors import InvalidInput
from engine.limits import DRAWN, Unit
from services import catalogue
from services.catalogue import OFFICE, Held
from services.telling.naming import UNITS
from services.web import frame
from services.web.books.book import Act, Asked, Book, Row, Said, Section, at
from services.web.books.forms import asking, line, lines, listed, number, one_of, some_of, table, text, yes_no
from services.web.books.shelves import CATALOGUE, READERS, RULERS
from services.web.fields import Schema
from services.web.words import LIMITS
from services.web.words.refusals import field_name

MATTER_KINDS = {MatterKind.IMMEDIATE: "即办件", MatterKind.PROMISED: "承诺件", MatterKind.JOINT: "联办件",
                MatterKind.REPORTED: "上报件", MatterKind.SERVICE: "服务"}
_GIVERS = {LimitGiver.OFFICE.value: "本机关", LimitGiver.PROJECT.value: "项目承诺"}
_UNITS = {unit.value: UNITS[unit.value] for unit in Unit}
_KINDS = {kind.value: LIMITS[kind] for kind in LIMITS if kind in DRAWN}
_WORDS = {**{kind.value: word for kind, word in MATTER_KINDS.items()}, **_GIVERS, **_UNITS, **_KINDS}
_NOTE = line("备注", 200)
_OWN_VALUES, _UNLISTED = "本级有自定值", "未列"
_VALUE_COLUMNS = ("项目", "现行值", "本级自定值", "随系统发布的值")
_HISTORY_COLUMNS = ("自", "至", "录入人", "依据", "所定数值")
_CHANGE_COLUMNS = ("项目", "现行值", "改为")


def _questions(category: Category, asked: Asked) -> dict[str, Mapping[str, Any]]:
    """What an entry of a category may be given."""
    aliases = table(frame.text("别名（曾用名可写起止日）"), name=line("别名"), since=line("启用日", hint="如2026-01-01"),
                    until=line("停用日", hint="如2026-12-31"))
    match category:
        case Category.MATTER:
            return _matter(asked)
        case Category.BUNDLE:
            return {"name": line("名称"), "process": line("流程编号", 200), "theme": line("主题"), "note": _NOTE,
                    "matters": table(
                frame.text("包含事项"), matter=one_of("事项", _matters(asked)), is_mandatory=yes_no(frame.text("必办")),
                step=number("办理顺序"))}
        case Category.PARK:
            return {"name": line("标准名"), "divisions": lines(frame.text("所在区划代码")), "note": _NOTE, "aliases": aliases}
        case Category.DEPARTMENT:
            return {"name": line("标准名"), "credit_code": line("统一社会信用代码", 18), "note": _NOTE, "aliases": aliases}
        case Category.SYSTEM:
            return {"name": line("名称"), "lead": one_of("牵头部门", _departments(asked)), "note": _NOTE}


def _matter(asked: Asked) -> dict[str, Mapping[str, Any]]:
    departments = _departments(asked)
    return {
        "name": line("事项名称"), "department": one_of("主管部门", departments),
        "kind": one_of("办件类型", {kind.value: word for kind, word in MATTER_KINDS.items()}), "process": line("流程编号", 200),
        "supervisor": one_of("监管部门", departments), "implementation_code": line("实施编码", 31, "31位，可暂缺"),
        "allows_promise": yes_no(frame.text("可告知承诺")), "note": _NOTE, "basis": lines(frame.text("设定依据")),
        "outputs": lines(frame.text("办理结果")),
        "limits": table(frame.text("时限"), kind=one_of("类型", _KINDS), amount=number("数值"), unit=one_of("单位", _UNITS),
                        item=line("所属环节"), basis=line("依据", 200), giver=one_of("由谁给出", _GIVERS),
                        exception=line("例外说明", 200)),
        "materials": table(frame.text("申请材料"), name=line("材料名称"), is_required=yes_no(frame.text("必要")),
                           may_follow=yes_no(frame.text("可容缺")), licence=line("可用电子证照"), note=line("说明", 200))}


def _departments(asked: Asked) -> dict[str, str]:
    entered = {name: name for each in asked.office.catalogue.matters.values() for name in (each.department, each.supervisor)
               if name}
    return {**{each.name: each.name for each in asked.office.catalogue.departments.values()}, **entered}


def _matters(asked: Asked) -> dict[str, str]:
    return {code: f"{code} {each.name}" for code, each in asked.office.catalogue.matters.items()}


def _held(asked: Asked, category: Category) -> Held:
    return catalogue.held_entry(asked.connection, asked.office.shelved, category, asked.key, at=asked.now)


def _rows(category: Category, asked: Asked) -> Sequence[Row]:
    found = catalogue.held(asked.connection, asked.office.shelved, category, at=asked.now)
    return [_row(each) for each in found]


def _row(held: Held) -> Row:
    own = [field_name(name) for name, source in held.sources.items() if source == OFFICE and name != "code"]
    return Row(key=held.entry.code, cells=(held.entry.code, held.entry.name, *_cells(held.entry), "、".join(own)),
               acts=("set", "restore", "end") if held.row else ("set",), tag=_OWN_VALUES if held.row else "", colour="blue")


def _length(limit: MatterLimit) -> str:
    return frame.text("待填") if limit.amount is None else f"{limit.amount}{UNITS[limit.unit.value]}"


def _cells(entry: Entry) -> tuple[str, ...]:
    match entry:
        case Matter():
            return entry.department, frame.text(MATTER_KINDS[entry.kind]), entry.process, "；".join(
                frame.text(LIMITS[each.kind]) + _length(each) for each in entry.limits)
        case Bundle():
            return entry.theme, entry.process, "、".join(each.matter for each in entry.matters)
        case Park():
            return "、".join(each.name for each in entry.aliases), "、".join(entry.divisions)
        case Department():
            return "、".join(each.name for each in entry.aliases), entry.credit_code
        case System():
            return entry.lead, entry.note


def _details(category: Category, asked: Asked) -> Sequence[Section]:
    held = _held(asked, category)
    published = asked.office.shelved.get((category, held.entry.code))
    shipped = write_entry(read_entry(category, published)) if published else {}
    own = orjson.loads(held.row.body) if held.row else {}
    values = tuple((field_name(name), say_value(value), say_value(own[name]) if name in own else "",
                    say_value(shipped[name]) if name in shipped else "") for name, value in write_entry(held.entry).items()
                   if say_value(value) or say_value(shipped.get(name)))
    return [Section(title=frame.text("各项数值"), columns=_VALUE_COLUMNS, rows=values,
                    note=frame.text("本级自定值先于随系统发布的值；停用自定值后恢复为发布值。")),
            _history(category, held.entry.code, asked)]


def _history(category: Category, code: str, asked: Asked) -> Section:
    rows = reversed(catalogue.history(asked.connection, category, code))
    return Section(title=frame.text("本级自定值的历史"), columns=_HISTORY_COLUMNS, note="", rows=tuple(
        (at(each.since), at(each.until) or frame.text("现行"), each.entered_by, each.basis,
         "；".join(f"{field_name(name)}：{say_value(value)}" for name, value in orjson.loads(each.body).items()))
        for each in rows))


def say_value(value: Any) -> str:
    """A value of an entry, as people read it."""
    match value:
        case None:
            return ""
        case bool():
            return frame.text("是" if value else "否")
        case Mapping():
            return "，".join(_said(str(name), each) for name, each in value.items() if each not in ("", None, [], False))
        case list() | tuple():
            return ("；" if any(isinstance(each, Mapping) for each in value) else "、").join(map(say_value, value))
    return frame.text(_WORDS[str(value)]) if str(value) in _WORDS else str(value)


def _said(name: str, value: Any) -> str:
    """A value within another: a name says itself, a claim that it holds."""
    if name in ("name", "matter"):
        return str(value)
    return field_name(name) if value is True else f"{field_name(name)}{say_value(value)}"


def _set_form(category: Category, asked: Asked) -> Schema:
    return asking(("reason",), **_questions(category, asked), reason=line("自定的依据（文件、文号）", 200))


def _new_form(category: Category, asked: Asked) -> Schema:
    return asking(("code", "name", "reason"), code=line("编号"), **_questions(category, asked),
                  reason=line("自定的依据（文件、文号）", 200))


def _given(category: Category, asked: Asked) -> Said:
    return write_entry(_held(asked, category).entry)


def _changed(category: Category, asked: Asked, said: Said) -> dict[str, Any]:
    """Which fields were given another value than they have; one that was emptied has the empty one of its sort."""
    before = write_entry(_held(asked, category).entry)
    given = {name: said.get(name, type(before[name])()) for name in _questions(category, asked) if name in before}
    return {name: value for name, value in given.items() if not _is_same(before[name], value)}


def _is_same(before: Any, typed: Any) -> bool:
    """The same, where a row of a table leaves out what was left empty."""
    if isinstance(before, list | tuple) and isinstance(typed, list) and len(before) == len(typed):
        return all(_is_same(one, other) for one, other in zip(before, typed, strict=True))
    if isinstance(before, dict) and isinstance(typed, dict):
        return {name: each for name, each in before.items() if each not in ("", None)} == typed
    return bool(before == typed)


def _set(category: Category, asked: Asked, said: Said) -> None:
    changed = _changed(category, asked, said)
    if not changed:
        raise InvalidInput("", "nothing is given another value; change one first")
    _write(category, asked, asked.key, changed, text(said, "reason"))


def _preview(category: Category, asked: Asked, said: Said) -> Sequence[Section]:
    before = write_entry(_held(asked, category).entry)
    rows = tuple((field_name(name), say_value(before[name]), say_value(value))
                 for name, value in _changed(category, asked, said).items())
    return [Section(title=frame.text("将改动的项目"), columns=_CHANGE_COLUMNS, rows=rows,
                    note="" if rows else frame.text("没有改动任何一项。"))]


def _enter(category: Category, asked: Asked, said: Said) -> None:
    _write(category, asked, text(said, "code"), {name: value for name, value in said.items() if name != "reason"},
           text(said, "reason"))


def _own_fields(category: Category, asked: Asked) -> Schema:
    own = [name for name, source in _held(asked, category).sources.items() if source == OFFICE and name != "code"]
    return asking(("names", "reason"), names=some_of("恢复哪些项目", {name: field_name(name) for name in own}),
                  reason=line("依据（文件、文号）", 200))


def _restore(category: Category, asked: Asked, said: Said) -> None:
    _write(category, asked, asked.key, dict.fromkeys(listed(said, "names")), text(said, "reason"))


def _end(category: Category, asked: Asked, said: Said) -> None:
    catalogue.end_values(asked.connection, asked.office.shelved, category, asked.key, now=asked.now)


def _write(category: Category, asked: Asked, code: str, values: Mapping[str, Any], basis: str) -> None:
    try:
        catalogue.set_values(asked.connection, asked.office.shelved, category, code, values, basis=basis, by=asked.by,
                             now=asked.now)
    except InvalidInput as refusal:
        raise refusal if refusal.field != "basis" or "basis" in values else InvalidInput("reason", refusal.reason) from refusal


_FIRST, _LAST = ("编号", "名称"), "本级自定的项目"
_ENTER = ("新增", "本级自有的一条，须填写完整；自此刻起生效，可随时停用。")
_SET = ("自定数值", "只有改动的项目成为本级自定值，自此刻起先于发布值；正在办理的办件不变。")
_RESTORE = ("恢复部分发布值", "所选项目恢复为随系统发布的值，其余自定值不变。")
_END = ("停用自定值", "恢复为随系统发布的值；本级自有的一条不再存在。历史保留。")
"""What is done to an entry of any category: its label, and what comes of it."""


def _book(category: Category, name: str, title: str, note: str, columns: tuple[str, ...]) -> Book:
    def of(step: Callable[..., Any]) -> Any:
        return partial(step, category)

    return Book(
        name=name, title=title, note=note, shelf=CATALOGUE, columns=(*_FIRST, *columns, _LAST),
        readers=READERS,
        rows=of(_rows), details=of(_details), has_history=False,
        acts=(
            Act(name="enter", label=_ENTER[0], consequence=_ENTER[1], roles=RULERS, asks=of(_new_form), do=of(_enter)),
            Act(name="set", label=_SET[0], consequence=_SET[1], roles=RULERS, asks=of(_set_form),
                do=of(_set), given=of(_given), preview=of(_preview), is_about_row=True),
            Act(name="restore", label=_RESTORE[0], consequence=_RESTORE[1], roles=RULERS,
                asks=of(_own_fields), do=of(_restore), is_about_row=True),
            Act(name="end", label=_END[0], consequence=_END[1], roles=RULERS,
                asks=lambda asked: asking(), do=of(_end), is_about_row=True)))


MATTERS = _book(Category.MATTER, "matters", "事项", "办哪些事项、归哪个部门、要什么材料、时限多少。",
                ("主管部门", "办件类型", "流程", "时限"))
BUNDLES = _book(Category.BUNDLE, "bundles", "一件事", "哪些事项合为一件事、按什么顺序办。", ("主题", "流程", "包含事项"))
PARKS = _book(Category.PARK, "parks", "园区", "园区的标准名、别名和所在区划。", ("别名", "区划代码"))
DEPARTMENTS = _book(Category.DEPARTMENT, "departments", "部门", "部门的标准名、别名和统一社会信用代码。",
                    ("别名", "统一社会信用代码"))
SYSTEMS = _book(Category.SYSTEM, "systems", "对接系统", "园区要对接哪些系统平台、由哪个部门牵头。", ("牵头部门", "说明"))


def _supervised(asked: Asked) -> Sequence[Row]:
    found = catalogue.held(asked.connection, asked.office.shelved, Category.MATTER, at=asked.now)
    return [_supervised_row(each) for each in found if cast(Matter, each.entry).kind is not MatterKind.SERVICE]


def _supervised_row(held: Held) -> Row:
    matter = cast(Matter, held.entry)
    is_own = held.sources.get("supervisor") == OFFICE
    return Row(
        key=matter.code, cells=(matter.code, matter.name, matter.department, matter.supervisor,
                                frame.text("本级自定" if is_own else "随系统发布") if matter.supervisor else "",
                                held.row.basis if held.row and is_own else ""),
        acts=("assign", "withdraw") if is_own else ("assign",), tag="" if matter.supervisor else _UNLISTED, colour="yellow")


def _assign(asked: Asked, said: Said) -> None:
    _write(Category.MATTER, asked, asked.key, {"supervisor": text(said, "supervisor")}, text(said, "reason"))


def _withdraw(asked: Asked, said: Said) -> None:
    _write(Category.MATTER, asked, asked.key, {"supervisor": None}, text(said, "reason"))


SUPERVISION = Book(
    name="supervision", title="监管责任清单",
    note="每个事项许可之后由哪个部门监管，如何接收审批结果。未列的事项许可后无人监管。",
    shelf=CATALOGUE, columns=("事项编号", "事项名称", "主管部门", "监管部门", "来源", "依据"), readers=READERS,
    rows=_supervised,
    details=lambda asked: [_history(Category.MATTER, asked.key, asked)], has_history=False,
    acts=(
        Act(name="assign", label="指定监管部门", consequence="此后作出的许可推送给该部门；已推送的不变。", roles=RULERS,
            is_about_row=True,
            asks=lambda asked: asking(("supervisor", "reason"), supervisor=one_of("监管部门", _departments(asked)),
                                      reason=line("依据（文件、文号）", 200)), do=_assign),
        Act(name="withdraw", label="撤下本级指定", consequence="恢复为随系统发布的监管部门；没有发布的，该事项即为未列。",
            roles=RULERS,
            is_about_row=True, asks=lambda asked: asking(("reason",), reason=line("依据（文件、文号）", 200)), do=_withdraw)))
