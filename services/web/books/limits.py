"""时限: the office's own limits, what agreements promise projects, and whose limit counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from engine.case import local_day
from engine.errors import InvalidInput
from engine.jurisdiction import Place, may_rule
from engine.limits import Limit, LimitKind, Unit
from engine.precedence import Commitment, Departure
from services import catalogue, governing, rulings
from services.administering import Instruction
from services.rulings import OFFICE_KINDS, NewLimit
from services.store.rulings import CommitmentRow, OfficeLimitRow
from services.telling.naming import UNITS
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section, at, held, is_allowed
from services.web.books.forms import asking, chosen, line, number, one_of, text, whole
from services.web.books.shelves import READERS, RULERS, TIME
from services.web.fields import Schema
from services.web.words import LIMITS, SOURCES
from services.web.words.refusals import said as in_chinese

_KINDS = {kind.value: LIMITS[kind] for kind in OFFICE_KINDS}
_UNITS = {unit.value: UNITS[unit.value] for unit in Unit}
_HISTORY_COLUMNS = ("自", "至", "时限", "依据", "批准人", "例外", "录入人")
_COUNTING_COLUMNS = ("时限", "环节", "流程图上的", "计算用的", "来源", "依据", "没有采用的")


def processes(asked: Asked) -> dict[str, str]:
    """The deployed processes a ruling may be about."""
    return {each.process: each.name for each in asked.office.catalogue.matters.values() if each.process} | {
        each.process: each.name for each in asked.office.catalogue.bundles.values() if each.process}


def parks(asked: Asked) -> dict[str, str]:
    """The parks by their standard names."""
    return {park.name: park.name for park in asked.office.catalogue.parks.values()}


def rules(asked: Asked, place: Place) -> bool:
    """Does the visitor rule for a place?"""
    return is_allowed(may_rule, asked.office.people, asked.by, place, local_day(asked.now), command=governing.ENTER_LIMIT)


def told(asked: Asked) -> Instruction:
    """The visitor rules, now."""
    return Instruction(by=asked.by, now=asked.now)


def _rows(asked: Asked) -> Sequence[Row]:
    names = processes(asked)
    return [_row(asked, row, names) for row in
            reversed(rulings.office_limits(asked.connection, with_history=asked.with_history, most=EVERY))]


def _row(asked: Asked, row: OfficeLimitRow, names: Mapping[str, str]) -> Row:
    return Row(key=f"{row.process}:{row.kind}:{row.park}" if row.until is None else f"old:{row.id}",
               is_over=row.until is not None,
               acts=() if row.until or not rules(asked, Place(park=row.park, process=row.process)) else ("replace", "end"),
               cells=(
        names.get(row.process, row.process), row.park or frame.text("各园区"), frame.text(LIMITS[LimitKind(row.kind)]),
        f"{row.amount}{UNITS[row.unit]}",
        row.basis, row.approver, held(row.since, row.until), row.entered_by))


def _place(asked: Asked) -> tuple[str, LimitKind, str]:
    """Process, kind and park of a row in force."""
    process, _, rest = asked.key.partition(":")
    kind, _, park = rest.partition(":")
    if kind not in _KINDS:
        raise InvalidInput("kind", "choose one of the list")
    return process, LimitKind(kind), park


def _details(asked: Asked) -> Sequence[Section]:
    rows = rulings.office_limits(asked.connection, with_history=True)
    found = next((row for row in rows if asked.key in (f"old:{row.id}", f"{row.process}:{row.kind}:{row.park}")), None)
    if found is None:
        return ()
    place = (found.process, found.kind, found.park)
    same = [row for row in reversed(rows) if (row.process, row.kind, row.park) == place]
    history = Section(title=frame.text("历次规定"), columns=_HISTORY_COLUMNS, rows=tuple(
        (at(row.since), at(row.until) or frame.text("现行"), f"{row.amount}{UNITS[row.unit]}", row.basis, row.approver,
         _departure(row), row.entered_by) for row in same))
    return [*_counting(asked, found.process, found.park, ""), history]


def _departure(row: OfficeLimitRow) -> str:
    return "；".join(map(str, orjson.loads(row.exception).values())) if row.exception else ""


def _counting(asked: Asked, name: str, park: str, project: str) -> Sequence[Section]:
    """Whose limit counts for a case accepted now."""
    process, drawn = rulings.drawn_limits(asked.connection, name)
    listed = catalogue.load_catalogue(asked.connection, asked.office.shelved, at=asked.now).limits_of(process)
    in_force = rulings.effective_limits(asked.connection, process=process, park=park, project=project, at=asked.now,
                                        catalogue=listed)
    return [Section(title=frame.text("现在受理一件，以谁的时限为准"), columns=_COUNTING_COLUMNS,
                    rows=tuple(_counted(limit, in_force) for limit in drawn))]


def _counted(drawn: Limit, in_force: rulings.InForce) -> tuple[str, ...]:
    settled = in_force.settle(drawn)
    return (frame.text(LIMITS[drawn.kind]), drawn.item, _length(drawn),
            _length(settled.limit) if settled else frame.text("没有人给出，不能受理"),
            frame.text(SOURCES.get(settled.source, "")) if settled else "",
            (settled.limit.basis if settled else "") or drawn.basis, in_chinese(settled.passed_over) if settled else "")


def _length(limit: Limit) -> str:
    return "" if limit.amount is None else f"{limit.amount}{UNITS[limit.unit.value]}"


def _form(asked: Asked) -> Schema:
    return asking(("process", "kind", "amount", "unit", "basis", "approver"), process=one_of("事项流程", processes(asked)),
                  park=one_of("园区（不选为各园区）", parks(asked)), **_values())


def _values() -> dict[str, Mapping[str, object]]:
    exception = frame.text("承诺时限长于法定时限时三项都要填")
    return {"kind": one_of("时限类型", _KINDS), "amount": number("数值"), "unit": one_of("单位", _UNITS),
            "basis": line("依据（文件、文号）", 200), "approver": line("批准人"),
            "exception_basis": line("例外依据", 200, exception), "exception_approver": line("例外批准人"),
            "exception_explanation": line("例外说明", 200)}


def _replace_form(asked: Asked) -> Schema:
    values = _values()
    del values["kind"]
    return asking(("amount", "unit", "basis", "approver"), **values)


def _given(asked: Asked) -> Said:
    process, kind, park = _place(asked)
    row = next((each for each in rulings.office_limits(asked.connection, process=process, park=park)
                if each.kind == kind.value),
               None)
    return {} if row is None else {"amount": row.amount, "unit": row.unit, "basis": row.basis, "approver": row.approver}


def _enter(asked: Asked, said: Said) -> None:
    _write(asked, chosen(said, "process", processes(asked)), LimitKind(chosen(said, "kind", _KINDS)), text(said, "park"), said)


def _replace(asked: Asked, said: Said) -> None:
    process, kind, park = _place(asked)
    _write(asked, process, kind, park, said)


def _write(asked: Asked, name: str, kind: LimitKind, park: str, said: Said) -> None:
    process, drawn = rulings.drawn_limits(asked.connection, name)
    departs = [text(said, f"exception_{part}") for part in ("basis", "approver", "explanation")]
    try:
        governing.enter_office_limit(asked.connection, told(asked), NewLimit(
            process=process, kind=kind, amount=whole(said, "amount", 0), unit=Unit(chosen(said, "unit", _UNITS)),
            basis=text(said, "basis"), approver=text(said, "approver"), park=park,
            exception=Departure(basis=departs[0], approver=departs[1], explanation=departs[2]) if any(departs) else None),
            drawn=drawn)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.field.replace(".", "_"), refusal.reason) from refusal


def _end(asked: Asked, said: Said) -> None:
    process, kind, park = _place(asked)
    _, drawn = rulings.drawn_limits(asked.connection, process)
    governing.end_office_limit(asked.connection, told(asked), Place(park=park, process=process), kind, drawn=drawn)


def _ask_form(asked: Asked) -> Schema:
    return asking(("process",), process=one_of("事项流程", processes(asked)), park=one_of("园区", parks(asked)),
                  project=line("项目编号"))


def _ask(asked: Asked, said: Said) -> Sequence[Section]:
    return _counting(asked, chosen(said, "process", processes(asked)), text(said, "park"), text(said, "project"))


LIMITS_BOOK = Book(
    name="limits", title="本级时限",
    note="本机关规定的时限，先于事项库和流程图，次于项目承诺。自录入时起对新受理的办件有效，在办的不变。",
    shelf=TIME, columns=("事项流程", "园区", "时限类型", "时限", "依据", "批准人", "有效", "录入人"), rows=_rows,
    readers=READERS, details=_details,
    acts=(
        Act(name="enter", label="规定时限",
            consequence="此后受理的办件按此计算；承诺时限不得长于法定时限，确需例外须写明依据、批准人和理由。", roles=RULERS,
            asks=_form, do=_enter),
        Act(name="ask", label="查以谁为准", consequence="只查询，不改变任何规定：项目承诺＞本级规定＞事项库＞流程图。",
            roles=READERS, asks=_ask_form, do=None, preview=_ask),
        Act(name="replace", label="改定", consequence="原规定到此为止，留在历史中；在办的办件不变。", roles=RULERS,
            asks=_replace_form, do=_replace, is_about_row=True, given=_given, foresees=_details),
        Act(name="end", label="废止", consequence="此后受理的办件改用事项库或者流程图的时限；在办的不变。", roles=RULERS,
            asks=lambda asked: asking(), do=_end, is_about_row=True, foresees=_details)))


def _commitments(asked: Asked) -> Sequence[Row]:
    names = processes(asked)
    rows = rulings.commitments(asked.connection, with_history=asked.with_history, most=EVERY)
    return [_commitment(asked, row, names) for row in reversed(rows)]


def _commitment(asked: Asked, row: CommitmentRow, names: Mapping[str, str]) -> Row:
    may = row.until is None and rules(asked, governing.place_of(asked.connection, row.project, row.item))
    return Row(key=f"{row.project}:{row.item}" if row.until is None else f"old:{row.id}", is_over=row.until is not None,
               acts=("end",) if may else (), cells=(
        row.project, names.get(row.item, row.item), f"{row.amount}{UNITS[row.unit]}", row.start_event, row.agreement,
        row.clause,
        row.responsible, held(row.since, row.until), row.entered_by))


def _commit_form(asked: Asked) -> Schema:
    items = {**processes(asked), **{limit.item: limit.item for each in asked.office.catalogue.matters.values()
                                    for limit in each.limits if limit.item}}
    return asking(("project", "item", "amount", "unit", "clause", "agreement"), project=line("项目编号"),
                  item=one_of("承诺事项", items), amount=number("数值"), unit=one_of("单位", _UNITS),
                  start_event=line("起算事件", hint="协议怎么写就怎么写"), agreement=line("协议编号", 200),
                  clause=line("条款、违约责任", 200), responsible=line("责任单位"))


def _commit(asked: Asked, said: Said) -> None:
    item, current = rulings.committed_item(asked.connection, text(said, "item"))
    governing.enter_commitment(asked.connection, told(asked), Commitment(
        item=item, amount=whole(said, "amount", 0), unit=Unit(chosen(said, "unit", _UNITS)), clause=text(said, "clause"),
        agreement=text(said, "agreement"), start_event=text(said, "start_event"), responsible=text(said, "responsible")),
        project=text(said, "project"), current=current)


def _end_commitment(asked: Asked, said: Said) -> None:
    project, _, item = asked.key.partition(":")
    governing.end_commitment(asked.connection, told(asked), project=project, item=item)


COMMITMENTS = Book(
    name="commitments", title="项目承诺清单", note="招商协议对一个项目承诺的时限；只有比现行的短才采用。", shelf=TIME,
    rows=_commitments, readers=READERS,
    columns=("项目", "承诺事项", "时限", "起算事件", "协议", "条款", "责任单位", "有效", "录入人"),
    acts=(
        Act(name="enter", label="登记承诺",
            consequence="此后受理的该项目办件按此计算（须短于现行时限）；同一事项的原承诺留在历史中。", roles=RULERS,
            asks=_commit_form, do=_commit),
        Act(name="end", label="终止承诺", consequence="此后受理的办件不再按承诺计算；已在计时的仍按承诺。", roles=RULERS,
            asks=lambda asked: asking(), do=_end_commitment, is_about_row=True)))
