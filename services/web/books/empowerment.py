"""赋权清单: which park may do what, how each park works, whose a matter is otherwise. One person enters, another approves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from engine.case import local_day
from engine.catalogue import Catalogue
from engine.empowerment import ENTERED_TAKINGS, Empowerment, Hall, LocalAuthority, Mode, ParkMode, Rule, Taking
from engine.errors import InvalidInput
from services import empowerment
from services.empowerment import Entered
from services.empowerment_sheets import COLUMNS, HALLS, MODES, TAKINGS, enter_sheet, survey_sheet
from services.store.empowerment import RuleRow
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section, at, between
from services.web.books.forms import asking, chosen, day, key_number, line, listed, one_of, read_day, sheet, text, uploaded
from services.web.books.forms import lines as several
from services.web.books.shelves import EMPOWERING, READERS, RULERS
from services.web.fields import Schema

KINDS = {"empowerment": "赋权事项", "park_mode": "园区运行模式", "local_authority": "属地部门"}
_BATCH = "按批次审核"
_DECISIONS = {"yes": "批准", "no": "拒绝"}
_WAITING, _REFUSED = ("待审核", "yellow"), ("已拒绝", "grey")
_ENDED, _TO_COME = ("已失效", "grey"), ("未生效", "blue")
_FIRST, _LAST = day("生效日"), day("失效日（最后一日）", "不填为长期")
_CONTENT_COLUMNS = ("项目", "内容")
_EVENT_COLUMNS = ("事项", "时间", "经办人", "理由")


def _rows(asked: Asked) -> Sequence[Row]:
    found = [_row(row, asked) for row in reversed(empowerment.rows(asked.connection))]
    found = sorted(found, key=lambda row: row.tag != _WAITING[0])
    return [row for row in found if asked.with_history or not row.is_over]


def _row(row: RuleRow, asked: Asked) -> Row:
    rule = empowerment.rule_of(row)
    tag, colour = _state(row, local_day(asked.now).isoformat())
    acts = ("approve", "refuse") if row.is_approved is None else ("end",) if row.is_approved and row.ended_on is None else ()
    return Row(key=str(row.id), tag=tag, colour=colour, is_over=(tag, colour) in (_REFUSED, _ENDED), acts=acts, cells=(
        f"{row.id}", frame.text(KINDS[row.kind]), row.park, *_says(rule, asked.office.catalogue), rule.document,
        between(row.valid_from, row.ended_on or row.valid_until or frame.text("长期")), row.entered_by, row.decided_by or ""))


def _state(row: RuleRow, today: str) -> tuple[str, str]:
    last = row.ended_on or row.valid_until
    if row.is_approved is None:
        return _WAITING
    if not row.is_approved:
        return _REFUSED
    if last is not None and last < today:
        return _ENDED
    return _TO_COME if today < row.valid_from else ("", "")


def _says(rule: Rule, catalogue: Catalogue) -> tuple[str, str]:
    """What a row is about, and what it says of it."""
    match rule:
        case Empowerment():
            about = " ".join(filter(None, (rule.matter, rule.name or _matter(rule.matter, catalogue), rule.situation)))
            whose = f"{rule.authority}→{rule.holder}" if rule.holder else rule.authority
            return about, "，".join((frame.text(MODES[rule.mode]), whose, frame.text(TAKINGS[rule.taking])))
        case ParkMode():
            return "", "，".join(filter(None, (frame.text(HALLS[rule.hall]), rule.body, rule.window)))
        case LocalAuthority():
            about = f"{rule.matter} {_matter(rule.matter, catalogue)}".strip()
            return about or frame.text("各事项"), "，".join(filter(None, (rule.department, rule.window)))


def _matter(code: str, catalogue: Catalogue) -> str:
    found = catalogue.matters.get(code) or catalogue.bundles.get(code)
    return found.name if found else ""


def _details(asked: Asked) -> Sequence[Section]:
    row = next((each for each in empowerment.rows(asked.connection) if str(each.id) == asked.key), None)
    if row is None:
        return ()
    rule = empowerment.rule_of(row)
    words: Mapping[Any, str] = {**MODES, **TAKINGS, **HALLS}
    said = tuple((column, _shown(getattr(rule, name), words)) for name, column in COLUMNS[row.kind].items())
    happened = ((frame.text("录入"), at(row.entered_at), row.entered_by, ""),
                (frame.text("批准" if row.is_approved else "拒绝"), at(row.decided_at), row.decided_by or "", ""),
                (frame.text("终止于{day}").format(day=row.ended_on), at(row.ended_at), row.ended_by or "", row.ending or ""))
    return [Section(title=frame.text("记载内容"), columns=_CONTENT_COLUMNS, rows=tuple(each for each in said if each[1])),
            Section(title=frame.text("经过"), columns=_EVENT_COLUMNS, rows=tuple(each for each in happened if each[1]))]


def _shown(value: Any, words: Mapping[Any, str]) -> str:
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return "" if value is None else words.get(value, str(value)) if isinstance(value, Mode | Taking | Hall) else str(value)


def _parks(asked: Asked) -> dict[str, str]:
    return {park.name: park.name for park in asked.office.catalogue.parks.values()}


def _departments(asked: Asked) -> dict[str, str]:
    return {each.name: each.name for each in asked.office.catalogue.departments.values()}


def _empowerment_form(asked: Asked) -> Schema:
    matters = {code: f"{code} {each.name}" for code, each in asked.office.catalogue.matters.items()}
    return asking(
        ("park", "matter", "mode", "authority", "batch", "document", "valid_from"), park=one_of("园区", _parks(asked)),
        matter=one_of("事项", matters), situation=line("业务情形", hint="不填为各种情形"),
        mode=one_of("赋权方式", {mode.value: word for mode, word in MODES.items() if mode is not Mode.NONE}),
        authority=one_of("赋权部门", _departments(asked)), holder=line("承接机构", hint="不填为园区本身"),
        supervisor=line("监管部门", hint="不填为赋权部门"), seal=line("印章编号", hint="直接赋权的非试点园区须填"),
        taking=one_of("承接状态", {taking.value: TAKINGS[taking] for taking in Taking if taking in ENTERED_TAKINGS}),
        batch=line("批次号"), document=line("文号", 200), handover=line("交接书", 200), mandate=line("委托书", 200),
        notice=line("委托公告", 200), valid_from=_FIRST, valid_until=_LAST)


def _mode_form(asked: Asked) -> Schema:
    return asking(
        ("park", "hall", "document", "valid_from"), park=one_of("园区", _parks(asked)),
        hall=one_of("运行模式", {hall.value: word for hall, word in HALLS.items()}), body=line("审批机构"),
        seal=line("印章编号"), window=line("综合窗口", hint="无大厅时由哪里收件"), document=line("文号", 200),
        valid_from=_FIRST,
        valid_until=_LAST, staff=several(frame.text("委派人员")))


def _authority_form(asked: Asked) -> Schema:
    matters = {code: f"{code} {each.name}" for code, each in asked.office.catalogue.matters.items()}
    return asking(
        ("park", "department", "document", "valid_from"), park=one_of("园区", _parks(asked)),
        matter=one_of("事项（不选为各事项）", matters),
        department=line("属地部门"), window=line("收件窗口"), supervisor=line("监管部门"), seal=line("印章编号"),
        document=line("文号", 200), valid_from=_FIRST, valid_until=_LAST)


def _texts(said: Said, *without: str) -> dict[str, Any]:
    """What was typed, with days as days."""
    return {**{name: value for name, value in said.items() if name not in without}, "valid_from": read_day(said, "valid_from"),
            "valid_until": read_day(said, "valid_until")}


def _new_empowerment(asked: Asked, said: Said) -> Empowerment:
    taking = Taking(chosen(said, "taking", [each.value for each in ENTERED_TAKINGS])) if "taking" in said else Taking.GRANTED
    matter = asked.office.catalogue.matters.get(text(said, "matter"))
    return Empowerment(**{**_texts(said), "mode": Mode(chosen(said, "mode", [each.value for each in Mode])), "taking": taking,
                          "name": matter.name if matter else ""})


def _new_mode(asked: Asked, said: Said) -> ParkMode:
    return ParkMode(**{**_texts(said), "hall": Hall(chosen(said, "hall", [each.value for each in Hall])),
                       "staff": tuple(listed(said, "staff"))})


def _new_authority(asked: Asked, said: Said) -> LocalAuthority:
    return LocalAuthority(**_texts(said))


def _catalogue(asked: Asked) -> Catalogue:
    return asked.office.catalogue


def _enter(asked: Asked, rule: Rule) -> None:
    entered = empowerment.enter(asked.connection, [rule], by=asked.by, now=asked.now, catalogue=_catalogue(asked))
    if not entered.rows:
        raise InvalidInput("", "the list has this row already; nothing was entered")


def _upload_form(asked: Asked) -> Schema:
    headers = "；".join(f"{KINDS[kind]}——{'、'.join(names.values())}" for kind, names in COLUMNS.items())
    return asking(("kind", "sheet"), kind=one_of("表格类别", KINDS), sheet=sheet(
        frame.text("表格（CSV或XLSX，不超过1MB）"), frame.text("表头用：{headers}").format(headers=headers)))


def _survey(asked: Asked, said: Said) -> Sequence[Section]:
    entered = survey_sheet(asked.connection, uploaded(said, "sheet"), chosen(said, "kind", KINDS), by=asked.by, now=asked.now,
                           catalogue=_catalogue(asked))
    return [_entered(entered, asked)]


def _entered(entered: Entered, asked: Asked) -> Section:
    return Section(title=frame.text("将录入的记录"), columns=_COLUMNS[1:7],
                   rows=tuple(_row(row, asked).cells[1:7] for row in entered.rows[:EVERY]),
                   note=frame.text("新增{new}条，待另一人审核后生效；已有而不变的{unchanged}条。").format(
                       new=len(entered.rows), unchanged=entered.unchanged))


def _upload(asked: Asked, said: Said) -> None:
    entered = enter_sheet(asked.connection, uploaded(said, "sheet"), chosen(said, "kind", KINDS), by=asked.by, now=asked.now,
                          catalogue=_catalogue(asked))
    if not entered.rows:
        raise InvalidInput("sheet", "the list has every row of it already; nothing was entered")


def _decide(asked: Asked, is_approved: bool) -> None:
    empowerment.decide(asked.connection, ids=[key_number(asked.key)], is_approved=is_approved, by=asked.by, now=asked.now)


def _batches(asked: Asked) -> Schema:
    waiting = empowerment.rows(asked.connection, pending=True)
    counts = Counter(row.batch for row in waiting if row.batch)
    names = {batch: frame.text("{batch}（{count}条）").format(batch=batch, count=count) for batch, count in counts.items()}
    return asking(("batch", "decision"), batch=one_of("批次", names), decision=one_of("决定", _DECISIONS))


def _waiting_rows(asked: Asked) -> Sequence[Section]:
    rows = [_row(row, asked) for row in empowerment.rows(asked.connection, pending=True)]
    return [Section(title=frame.text("待审核的记录"), columns=_COLUMNS[:8], rows=tuple(row.cells[:8] for row in rows[:EVERY]))]


def _decide_batch(asked: Asked, said: Said) -> None:
    empowerment.decide(asked.connection, batch=text(said, "batch"),
                       is_approved=chosen(said, "decision", ("yes", "no")) == "yes",
                       by=asked.by, now=asked.now)


def _end(asked: Asked, said: Said) -> None:
    on = read_day(said, "on")
    if on is None:
        raise InvalidInput("on", "is missing")
    empowerment.end(asked.connection, key_number(asked.key), on=on, reason=text(said, "reason"), by=asked.by, now=asked.now)


_COLUMNS = ("序号", "类别", "园区", "事项及情形", "方式、机构", "文号", "有效期", "录入人", "审核人")
_WAITS = "录入后为“待审核”，由另一人批准才生效；与现有记录冲突的不予录入。"
BOOK = Book(
    name="empowerment", title="赋权清单",
    note="园区可以办哪些事项、以什么方式办；园区如何运行；未赋权的事项归谁。收件当天的记录决定一个办件的办理主体。",
    shelf=EMPOWERING, columns=_COLUMNS, rows=_rows, readers=READERS, details=_details,
    waiting=lambda asked: len(empowerment.rows(asked.connection, pending=True)),
    acts=(
        Act(name="enter", label="录入赋权事项", consequence=_WAITS, roles=RULERS, asks=_empowerment_form,
            do=lambda asked, said: _enter(asked, _new_empowerment(asked, said))),
        Act(name="enter_mode", label="录入运行模式", consequence=_WAITS, roles=RULERS, asks=_mode_form,
            do=lambda asked, said: _enter(asked, _new_mode(asked, said))),
        Act(name="enter_authority", label="录入属地部门", consequence=_WAITS, roles=RULERS, asks=_authority_form,
            do=lambda asked, said: _enter(asked, _new_authority(asked, said))),
        Act(name="upload", label="上传表格", consequence="整张表一起录入，有一行不能用就全部不录，并逐行说明。请先预览。",
            roles=RULERS, asks=_upload_form, do=_upload, preview=_survey),
        Act(name="decide_batch", label=_BATCH,
            consequence="该批次待审核的记录一起批准或拒绝；其中有本人录入的，全部不能由本人审核。", roles=RULERS,
            asks=_batches, do=_decide_batch, foresees=_waiting_rows),
        Act(name="approve", label="批准", consequence="自生效日起，收到的办件按此确定受理、审查、决定和用印主体；在办的不变。",
            roles=RULERS,
            asks=lambda asked: asking(), do=lambda asked, said: _decide(asked, True), is_about_row=True, foresees=_details),
        Act(name="refuse", label="拒绝", consequence="这条记录不生效，留在历史中；需要时重新录入。", roles=RULERS,
            asks=lambda asked: asking(), do=lambda asked, said: _decide(asked, False), is_about_row=True, foresees=_details),
        Act(name="end", label="终止", consequence="所填日期是最后一日（含收回）；此前收到的办件仍按原记录办理。", roles=RULERS,
            asks=lambda asked: asking(("on", "reason"), on=day("最后一日"), reason=line("理由、文号", 200)), do=_end,
            is_about_row=True)))
