"""区域评估成果: what was assessed for a whole park, so that its projects need not have it done singly."""

from __future__ import annotations

from collections.abc import Sequence

from engine.assessments import KINDS, Assessment, Use
from engine.case import local_day
from engine.errors import InvalidInput
from services import assessments
from services.assessments import assessment_of, read_sheet
from services.store.assessments import AssessmentRow
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section, at, between
from services.web.books.forms import asking, day, line, lines, listed, one_of, read_day, sheet, text, uploaded
from services.web.books.limits import parks
from services.web.books.shelves import EMPOWERING, READERS, RULERS
from services.web.fields import Schema

_MODES = {Use.EXEMPT.value: "免评估", Use.DECLARED.value: "告知承诺"}
_REMOVED, _LAPSED = ("已移出", "grey"), ("已到期", "yellow")
_HISTORY_COLUMNS = ("自", "至", "有效期", "录入人")
_PREVIEW_COLUMNS = ("成果编号", "评估类型", "园区", "有效期")


def _rows(asked: Asked) -> Sequence[Row]:
    today = local_day(asked.now).isoformat()
    rows = assessments.assessments(asked.connection, with_history=asked.with_history, most=EVERY)
    return [_row(row, today) for row in reversed(rows)]


def _row(row: AssessmentRow, today: str) -> Row:
    result = assessment_of(row)
    covers = "、".join(result.parcels) or (frame.text("所绘范围") if result.area else frame.text("全园区"))
    tag, colour = _REMOVED if row.until else _LAPSED if row.valid_until < today else ("", "")
    return Row(key=f"{row.kind}:{row.park}:{row.document}" if row.until is None else f"old:{row.id}", tag=tag, colour=colour,
               is_over=row.until is not None, acts=() if row.until else ("end",), cells=(
        row.document, frame.text(KINDS[row.kind]), row.park, between(row.valid_from, row.valid_until), covers,
        frame.text(_MODES[result.mode]),
        "、".join(result.excluded), f"{row.entered_by} {at(row.since)}"))


def _details(asked: Asked) -> Sequence[Section]:
    rows = assessments.assessments(asked.connection, with_history=True)
    found = next((row for row in rows if asked.key in (f"old:{row.id}", f"{row.kind}:{row.park}:{row.document}")), None)
    if found is None:
        return ()
    same = [row for row in reversed(rows) if (row.kind, row.park, row.document) == (found.kind, found.park, found.document)]
    corners = "；".join(f"{east} {north}" for east, north in assessment_of(found).area)
    return [Section(title=frame.text("历次登记"), columns=_HISTORY_COLUMNS,
                    note=corners and frame.text("范围坐标：{corners}").format(corners=corners), rows=tuple(
            (at(row.since), at(row.until) or frame.text("现行"), between(row.valid_from, row.valid_until), row.entered_by)
            for row in same))]


def _form(asked: Asked) -> Schema:
    return asking(("kind", "park", "document", "valid_from", "valid_until"), kind=one_of("评估类型", KINDS),
                  park=one_of("所属园区", parks(asked)), document=line("成果编号"), valid_from=day("生效日期"),
                  valid_until=day("有效期至"), mode=one_of("适用方式", _MODES, "不选为免评估"),
                  parcels=lines(frame.text("覆盖地块"), frame.text("不填为全园区")),
                  excluded=lines(frame.text("负面清单"), frame.text("不适用的行业代码或项目特征")))


def _enter(asked: Asked, said: Said) -> None:
    first, last = read_day(said, "valid_from"), read_day(said, "valid_until")
    if first is None or last is None:
        raise InvalidInput("valid_from", "is missing")
    assessments.enter(asked.connection, Assessment(
        kind=text(said, "kind"), park=text(said, "park"), document=text(said, "document"), valid_from=first, valid_until=last,
        parcels=listed(said, "parcels"), excluded=listed(said, "excluded"), mode=text(said, "mode") or Use.EXEMPT.value),
        by=asked.by, now=asked.now)


def _upload_form(asked: Asked) -> Schema:
    headers = frame.text("表头：{columns}（后四项可缺）").format(columns="、".join(assessments.COLUMNS.values()))
    return asking(("sheet",), sheet=sheet(frame.text("表格（CSV或XLSX，不超过1MB）"), headers))


def _preview(asked: Asked, said: Said) -> Sequence[Section]:
    found = read_sheet(uploaded(said, "sheet"))
    return [Section(title=frame.text("将登记的成果"), columns=_PREVIEW_COLUMNS,
                    note=frame.text("共{count}项；编号相同的接续原登记。").format(count=len(found)),
                    rows=tuple(
            (each.document, frame.text(KINDS[each.kind]), each.park, between(each.valid_from, each.valid_until))
            for each in found[:EVERY]))]


def _upload(asked: Asked, said: Said) -> None:
    assessments.enter_all(asked.connection, read_sheet(uploaded(said, "sheet")), by=asked.by, now=asked.now)


def _end(asked: Asked, said: Said) -> None:
    kind, _, rest = asked.key.partition(":")
    park, _, document = rest.partition(":")
    assessments.end(asked.connection, kind=kind, park=park, document=document, now=asked.now)


BOOK = Book(
    name="assessments", title="区域评估成果", note="园区整体做过的评估，项目不再单独做。已有的项目方案仍按原成果。",
    shelf=EMPOWERING, rows=_rows, readers=READERS,
    columns=("成果编号", "评估类型", "园区", "有效期", "覆盖", "适用方式", "负面清单", "录入"), details=_details,
    acts=(
        Act(name="enter", label="登记成果", consequence="此后编制方案的项目可以引用；同一编号接续原登记，原登记留在历史中。",
            roles=RULERS, asks=_form, do=_enter),
        Act(name="upload", label="上传表格", consequence="整张表一起登记，有一行不能用就全部不登，并逐行说明。请先预览。",
            roles=RULERS, asks=_upload_form, do=_upload, preview=_preview),
        Act(name="end", label="移出", consequence="此后的项目不能再引用，须单独评估；已有的方案不变。", roles=RULERS,
            asks=lambda asked: asking(), do=_end, is_about_row=True)))
