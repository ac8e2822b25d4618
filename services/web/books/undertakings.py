"""承诺书模板: what an applicant signs when he is accepted conditionally 容缺受理 or on a declaration 告知承诺."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.undertakings import OnLapse
from services import rulings, undertakings
from services.store.undertakings import TemplateRow
from services.undertakings import Kind, NewTemplate
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section, at, held
from services.web.books.forms import asking, chosen, key_number, line, long, number, one_of, text, whole
from services.web.books.limits import processes
from services.web.books.shelves import CREDIT, READERS, RULERS
from services.web.fields import Schema

_KINDS = {Kind.CONDITIONAL.value: "容缺受理承诺书", Kind.DECLARED.value: "告知承诺书"}
_ON_LAPSE = {OnLapse.DECIDE.value: "由审批人决定", OnLapse.PAUSE.value: "暂停计时，补齐后恢复"}
_EXCLUDED = "不适用告知承诺"
_VERSION_COLUMNS = ("版本", "自", "至", "依据", "录入人")


def _rows(asked: Asked) -> Sequence[Row]:
    names = processes(asked)
    rows = undertakings.templates(asked.connection, with_history=asked.with_history, most=EVERY)
    return [_row(row, names) for row in reversed(rows)]


def _row(row: TemplateRow, names: Mapping[str, str]) -> Row:
    return Row(key=str(row.id), is_over=row.until is not None, tag=_EXCLUDED if row.excluded else "", colour="yellow",
               acts=() if row.until else ("replace", "end"), cells=(
        frame.text(_KINDS[row.kind]), names.get(row.process, row.process) or frame.text("各事项"), _version(row), row.basis,
        frame.text("核查{verify}个工作日，整改{correct}个工作日").format(
            verify=row.verify_workdays, correct=row.correct_workdays),
        row.excluded, held(row.since, row.until), row.entered_by))


def _version(row: TemplateRow) -> str:
    return frame.text("第{number}版").format(number=row.version)


def _template(asked: Asked) -> TemplateRow | None:
    wanted = key_number(asked.key)
    return next((row for row in undertakings.templates(asked.connection, with_history=True) if row.id == wanted), None)


def _details(asked: Asked) -> Sequence[Section]:
    row = _template(asked)
    if row is None:
        return ()
    rows = undertakings.templates(asked.connection, process=row.process, with_history=True)
    return [Section(title=frame.text("承诺书正文"), rows=tuple((line,) for line in row.text.splitlines() if line.strip()),
                    note=frame.text("补齐期满：{on_lapse}").format(on_lapse=frame.text(_ON_LAPSE[row.on_lapse]))),
            Section(title=frame.text("历次版本"), columns=_VERSION_COLUMNS, rows=tuple(
                (_version(each), at(each.since), at(each.until) or frame.text("现行"), each.basis, each.entered_by)
                for each in reversed(rows) if each.kind == row.kind))]


def _values() -> dict[str, Mapping[str, object]]:
    return {"basis": line("依据（文件、文号）", 200), "verify_workdays": number("核查期（工作日，不填为20）"),
            "correct_workdays": number("整改期（工作日，不填为10）"), "on_lapse": one_of("补齐期满", _ON_LAPSE),
            "excluded": line("不适用告知承诺的理由", 200, "填写后正文须空：该事项不能告知承诺"),
            "text": long("正文（申请人签署的内容）", 20_000)}


def _form(asked: Asked) -> Schema:
    return asking(("kind", "basis"), kind=one_of("种类", _KINDS), process=one_of("事项流程（不选为各事项）", processes(asked)),
                  **_values())


def _given(asked: Asked) -> Said:
    row = _template(asked)
    return {} if row is None else {name: getattr(row, name) for name in _values()}


def _enter(asked: Asked, said: Said) -> None:
    _write(asked, chosen(said, "kind", _KINDS), rulings.process_named(asked.connection, text(said, "process")), said)


def _replace(asked: Asked, said: Said) -> None:
    row = _template(asked)
    if row is not None:
        _write(asked, row.kind, row.process, said)


def _write(asked: Asked, kind: str, process: str, said: Said) -> None:
    undertakings.enter_template(asked.connection, NewTemplate(
        kind=Kind(kind), process=process, text=text(said, "text"), verify_workdays=whole(said, "verify_workdays", 20),
        correct_workdays=whole(said, "correct_workdays", 10), excluded=text(said, "excluded"), basis=text(said, "basis"),
        on_lapse=OnLapse(chosen(said, "on_lapse", _ON_LAPSE)) if "on_lapse" in said else OnLapse.DECIDE),
        by=asked.by, now=asked.now)


def _end(asked: Asked, said: Said) -> None:
    row = _template(asked)
    if row is not None:
        undertakings.end_template(asked.connection, kind=Kind(row.kind), process=row.process, now=asked.now)


BOOK = Book(
    name="undertakings", title="承诺书模板",
    note="容缺受理和告知承诺时申请人签什么、何时核查；某事项不能告知承诺的，也在这里写明理由。", shelf=CREDIT,
    columns=("种类", "事项流程", "版本", "依据", "期限", "不适用的理由", "有效", "录入人"), rows=_rows, readers=READERS,
    details=_details,
    acts=(
        Act(name="enter", label="录入模板", consequence="成为下一版，此后签署的用新版；已签的仍按原文。", roles=RULERS,
            asks=_form, do=_enter),
        Act(name="replace", label="改订", consequence="成为下一版，此后签署的用新版；已签的仍按原文。", roles=RULERS,
            is_about_row=True, asks=lambda asked: asking(("basis",), **_values()), do=_replace, given=_given),
        Act(name="end", label="停用", consequence="改用各事项通用的模板；没有通用的，不能再以这种方式受理。", roles=RULERS,
            asks=lambda asked: asking(), do=_end, is_about_row=True, foresees=_details)))
