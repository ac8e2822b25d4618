"""决策清单: which branch a case takes, as versions of a sheet: one person uploads, another approves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.case import local_day
from engine.decision_checks import Review, review
from engine.decision_lists import Hit, Line, Shape, compile_list
from engine.errors import InvalidInput
from services import decision_lists
from services.decision_lists import NewVersion, Version
from services.web import frame
from services.web.books.book import Act, Asked, Book, Row, Said, Section, at
from services.web.books.forms import asking, chosen, day, key_number, line, one_of, read_day, sheet, text, uploaded
from services.web.books.shelves import EMPOWERING, READERS, RULERS
from services.web.fields import Schema
from services.web.words.refusals import said as in_chinese

HITS = {Hit.FIRST.value: "首个命中", Hit.UNIQUE.value: "唯一命中"}
_WAITING, _REFUSED, _REPLACED = ("待审核", "yellow"), ("已拒绝", "grey"), ("已被取代", "grey")
_TO_COME, _IN_FORCE, _MISSING = ("未生效", "blue"), ("现行", "green"), ("还没有版本", "yellow")
_REVIEW_COLUMNS = ("情形", "说明")
_PLACE, _OUTCOME = "行", ("结果", "依据")


def _rows(asked: Asked) -> Sequence[Row]:
    shapes, today = asked.office.shapes, local_day(asked.now)
    found = decision_lists.versions(asked.connection)
    current = {code: each.version for code, lists in decision_lists.load_lists(asked.connection, shapes).items()
               if (each := decision_lists.in_force(lists, today)) is not None}
    rows = [_row(each, shapes, current, today.isoformat()) for each in reversed(found)]
    named = {each.row.list for each in found}
    empty = [Row(key=f"list:{code}", cells=(shape.name, "", "", "", "", "", ""), tag=_MISSING[0], colour=_MISSING[1])
             for code, shape in shapes.items() if code not in named]
    shown = [*empty, *sorted(rows, key=lambda row: row.tag != _WAITING[0])]
    return [row for row in shown if asked.with_history or not row.is_over]


def _row(version: Version, shapes: Mapping[str, Shape], current: dict[str, int], today: str) -> Row:
    row = version.row
    tag, colour = _state(version, current, today)
    called = frame.text("第{number}版" if row.version else "提交{number}").format(number=row.version or row.id)
    return Row(key=str(row.id), tag=tag, colour=colour, is_over=(tag, colour) in (_REFUSED, _REPLACED),
               acts=("approve", "refuse") if row.is_approved is None else (), cells=(
        shapes[row.list].name if row.list in shapes else row.list, called, row.document,
        str(len(version.lines)), row.in_force_on or row.valid_from, f"{row.entered_by} {at(row.entered_at)}",
        f"{row.decided_by or ''} {at(row.decided_at)}".strip()))


def _state(version: Version, current: dict[str, int], today: str) -> tuple[str, str]:
    row = version.row
    if row.is_approved is None:
        return _WAITING
    if not row.is_approved:
        return _REFUSED
    if (row.in_force_on or "") > today:
        return _TO_COME
    return _IN_FORCE if row.version == current.get(row.list) else _REPLACED


def _details(asked: Asked) -> Sequence[Section]:
    if asked.key.startswith("list:"):
        return ()
    version = decision_lists.version(asked.connection, key_number(asked.key))
    shape = asked.office.shapes.get(version.row.list)
    if shape is None:
        return ()
    return [*_reviewed(version.row.hit, shape, version), _lines(shape, version.lines)]


def _lines(shape: Shape, lines: Sequence[Line]) -> Section:
    columns = (_PLACE, *(each.title for each in shape.inputs), *_OUTCOME)
    return Section(title=frame.text("各行"), columns=columns, note=shape.note, rows=tuple(
        (str(place), *(line.cells.get(each.name, "") for each in shape.inputs), line.outcome,
         line.basis)
        for place, line in enumerate(lines, 1)))


def _reviewed(hit: str, shape: Shape, version: Version) -> Sequence[Section]:
    try:
        found = review(compile_list(shape, Hit(hit), version.lines))
    except InvalidInput as refusal:
        return [Section(title=frame.text("检查"), note=in_chinese(refusal.sentence))]
    return [_review(found)]


def _review(found: Review) -> Section:
    told = (*((frame.text("没有覆盖"), in_chinese(gap)) for gap in found.gaps),
            *((frame.text("永远轮不到"), frame.text("第{row}行").format(row=row)) for row in found.idle),
            *((frame.text("可能同时适合"), frame.text("第{one}行与第{other}行").format(one=one, other=other))
              for one, other in found.overlaps))
    note = frame.text("请核对：有空白时，落在空白里的办件由人工选择。" if told else "没有发现空白、重叠和用不到的行。")
    return Section(title=frame.text("检查"), columns=_REVIEW_COLUMNS, rows=told,
                   note=note if found.is_whole else note + frame.text("表太复杂，没有查全。"))


def _form(asked: Asked) -> Schema:
    lists = {code: shape.name for code, shape in asked.office.shapes.items()}
    headers = "；".join(f"{each.name}——{'、'.join((*(one.title for one in each.inputs), *_OUTCOME))}"
                       for each in asked.office.shapes.values())
    outcomes = "；".join("、".join(each.outcomes) for each in asked.office.shapes.values())
    hint = frame.text("表头：{headers}。结果只能是：{outcomes}").format(headers=headers, outcomes=outcomes)
    return asking(("list", "document", "valid_from", "sheet"), list=one_of("清单", lists), document=line("文号", 200),
                  valid_from=day("生效日"), hit=one_of("命中方式", HITS, "不选为清单原定的方式"),
                  sheet=sheet(frame.text("表格（CSV或XLSX，不超过1MB）"), hint))


def _new(asked: Asked, said: Said) -> tuple[Shape, NewVersion]:
    shape = decision_lists.shape_of(asked.office.shapes, chosen(said, "list", asked.office.shapes))
    first = read_day(said, "valid_from")
    if first is None:
        raise InvalidInput("valid_from", "is missing")
    return shape, NewVersion(lines=decision_lists.read_rows(shape, uploaded(said, "sheet"), file="the sheet"), valid_from=first,
                             document=text(said, "document"), hit=Hit(chosen(said, "hit", HITS)) if "hit" in said else None)


def _preview(asked: Asked, said: Said) -> Sequence[Section]:
    shape, new = _new(asked, said)
    return [_review(review(compile_list(shape, new.hit or shape.hit, new.lines))), _lines(shape, new.lines)]


def _enter(asked: Asked, said: Said) -> None:
    shape, new = _new(asked, said)
    decision_lists.enter(asked.connection, shape, new, by=asked.by, now=asked.now)


def _approve(asked: Asked, said: Said) -> None:
    decision_lists.approve(asked.connection, key_number(asked.key), by=asked.by, now=asked.now)


def _refuse(asked: Asked, said: Said) -> None:
    decision_lists.refuse(asked.connection, key_number(asked.key), by=asked.by, now=asked.now)


BOOK = Book(
    name="lists", title="决策清单", note="流程按清单选择分支，如规划审查方式。版本一经录入不再修改；由另一人批准后生效。",
    shelf=EMPOWERING, rows=_rows,
    columns=("清单", "版本", "文号", "行数", "生效日", "录入", "审核"), readers=READERS, details=_details,
    waiting=lambda asked: sum(each.row.is_approved is None for each in decision_lists.versions(asked.connection)),
    acts=(
        Act(name="enter", label="上传新版本",
            consequence="由另一人批准后才使用；有一行不能用就全部不录，并逐行说明。请先预览。", roles=RULERS, asks=_form,
            do=_enter, preview=_preview),
        Act(name="approve", label="批准", consequence="自生效日（不早于今天）起，走到该分支的办件按新版本选择；已走过的不变。",
            roles=RULERS, asks=lambda asked: asking(), do=_approve, is_about_row=True, foresees=_details),
        Act(name="refuse", label="拒绝", consequence="该版本不使用，留在历史中；录入人可以这样收回。", roles=RULERS,
            asks=lambda asked: asking(), do=_refuse, is_about_row=True)))
