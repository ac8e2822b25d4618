"""工作日历: the notices 放假通知 and closures 停办 in force, and how two people change them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson

from engine.case import local_day
from engine.errors import InvalidInput
from engine.notices import Closure, Notice, Scope
from engine.sentences import say
from services import calendar_changes, governing
from services.administering import Instruction
from services.calendar_changes import Change
from services.law import known_years, load_law, year_of
from services.web import frame
from services.web.books.book import Act, Asked, Book, Row, Said, Section, at, between, is_allowed
from services.web.books.forms import asking, chosen, day, key_number, line, one_of, read_day, table, text, whole
from services.web.books.forms import number as whole_number
from services.web.books.shelves import READERS, RULERS, TIME
from services.web.fields import Schema

SCOPES = {Scope.CITY.value: "全市", Scope.PARK.value: "园区", Scope.WINDOW.value: "窗口", Scope.SYSTEM.value: "系统"}
_NAMES = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
_DAYS = re.compile(r"[、,，;；\s]+")
_DECIDERS = RULERS | {"supervisor"}
_WAITING, _REFUSED, _REPLACED = ("待审核", "yellow"), ("已拒绝", "grey"), ("已被取代", "grey")
_PROVISIONAL = "暂定（未公布）"
_TITLE = "国务院办公厅关于{year}年部分节假日安排的通知"
"""How the notice of a year is called: the title of a paper, which no other language changes."""
_HOLIDAY_COLUMNS = ("节日", "放假", "调休上班")
_MONTH_COLUMNS = ("月份", "工作日")
_CHANGE_COLUMNS = ("日期", "现在", "改为")
_PROPOSED_COLUMNS = ("节日", "首日", "末日", "天数", "调休上班")


def _rows(asked: Asked) -> Sequence[Row]:
    law = asked.office.law
    changes = calendar_changes.changes(asked.connection)
    rulings: list[Notice | Closure] = [*reversed(law.notices), *law.closures]
    accepted = [each.ruling for each in changes if each.row.is_accepted]
    shown = [_change_row(asked, each) for each in reversed(changes)]
    shipped = [_shipped_row(each) for each in rulings if each not in accepted]
    provisional = [_provisional_row(year) for year in reversed(known_years(law)) if law.notice(year) is None]
    found = sorted([*provisional, *shown, *shipped], key=lambda row: row.tag != _WAITING[0])
    return [row for row in found if asked.with_history or not row.is_over]


def _provisional_row(year: int) -> Row:
    cells = (frame.text("放假通知"), str(year), "", frame.text("全市"), "", "")
    return Row(key=f"year:{year}", cells=cells, tag=_PROVISIONAL, colour="blue")


def _change_row(asked: Asked, change: Change) -> Row:
    row, law = change.row, asked.office.law
    is_law = change.ruling in law.notices or change.ruling in law.closures
    tag, colour = (_WAITING if row.is_accepted is None else _REFUSED if not row.is_accepted
                   else ("", "") if is_law else _REPLACED)
    signed_off = frame.text("督查员{person}签认").format(person=row.signed_off_by) if row.signed_off_by else ""
    decided = "，".join(filter(None, (row.decided_by, signed_off)))
    return Row(key=str(change.id), tag=tag, colour=colour, is_over=colour == "grey",
               acts=_allowed(asked, change) if row.is_accepted is None else (),
               cells=(*_cells(change.ruling), f"{row.proposed_by} {at(row.proposed_at)}",
                      f"{decided} {at(row.decided_at)}".strip()))


def _allowed(asked: Asked, change: Change) -> tuple[str, ...]:
    judges = {"accept": governing.may_accept, "refuse": governing.may_refuse}
    return tuple(act for act, judge in judges.items() if is_allowed(judge, asked.office.people, _told(asked), change))


def _shipped_row(ruling: Notice | Closure) -> Row:
    key = f"year:{ruling.year}" if isinstance(ruling, Notice) else f"closure:{ruling.reference}:{ruling.first}"
    return Row(key=key, cells=(*_cells(ruling), frame.text("随系统发布"), ""))


def _cells(ruling: Notice | Closure) -> tuple[str, str, str, str]:
    if isinstance(ruling, Notice):
        return frame.text("放假通知"), str(ruling.year), ruling.citation, frame.text("全市")
    where = f"{frame.text(SCOPES[ruling.scope.value])}{ruling.place}"
    return frame.text("停办"), between(ruling.first, ruling.last), ruling.reference, where


def _details(asked: Asked) -> Sequence[Section]:
    if asked.key.startswith("year:"):
        return _year(asked, key_number(asked.key.removeprefix("year:")))
    if asked.key.startswith("closure:"):
        return ()
    change = calendar_changes.find(asked.connection, key_number(asked.key))
    return [*_changes(asked), *(_year(asked, change.ruling.year) if isinstance(change.ruling, Notice) else ())]


def _year(asked: Asked, year: int) -> Sequence[Section]:
    found = year_of(asked.office.law, year)
    holidays = tuple((each.name, between(each.first, each.last), "、".join(map(str, each.make_up))) for each in found.holidays)
    months = tuple((frame.text("{month}月").format(month=month), str(days)) for month, days in enumerate(found.months, 1))
    note = frame.text("现行。") if found.notice else frame.text(
        "通知尚未公布：只有法定节假日是确定的，经过这一年的期限标为“暂定”。")
    total = (frame.text("全年"), str(sum(found.months)))
    off, working = frame.text("{year}年放假与调休"), frame.text("{year}年各月工作日")
    return [Section(title=off.format(year=year), columns=_HOLIDAY_COLUMNS, rows=holidays, note=note),
            Section(title=working.format(year=year), columns=_MONTH_COLUMNS, rows=(*months, total))]


def _changes(asked: Asked) -> Sequence[Section]:
    """What a change does to the law as it stands; of an accepted one, to the law before it."""
    change = calendar_changes.find(asked.connection, key_number(asked.key))
    row = change.row
    law = asked.office.law if row.version is None else load_law(asked.connection, asked.office.shelf, version=row.version - 1)
    shown = calendar_changes.shown(asked.connection, law, change)
    why = "；".join(filter(None, (change.reason and frame.text("事由：{reason}").format(reason=change.reason),
                                 change.refusal and frame.text("拒绝理由：{reason}").format(reason=change.refusal))))
    return [Section(title=frame.text("逐日差别"), columns=_CHANGE_COLUMNS, rows=tuple(
        (f"{each.day}", each.was, each.becomes) for each in shown.days),
        note=frame.text("改变{days}天；有{clocks}个正在计时的时限经过这些日子，通过后逐一重算并记载。{why}").format(
            days=len(shown.days), clocks=shown.clocks, why=why))]


def _notice_form(asked: Asked) -> Schema:
    holiday = table(frame.text("放假安排（没有的一行清空；中秋与国庆相连时合为一行）"), name=line("节日"), first=day("首日"),
                    last=day("末日"), make_up=line("调休上班日", hint="如2027-02-06、2027-02-20"))
    return asking(("year", "number", "title", "published_on", "holidays"), year=whole_number(frame.text("年度")),
                  number=line("文号"), title=line("标题", 200), published_on=day("公布日期"), source=line("出处", 200),
                  holidays=holiday)


def _next_year(asked: Asked) -> Said:
    years = {notice.year for notice in asked.office.law.notices}
    year = next(each for each in range(local_day(asked.now).year, 10_000) if each not in years)
    return {"year": year, "title": _TITLE.format(year=year),
            "holidays": [{"name": name} for name in _NAMES]}


def _propose_notice(asked: Asked, said: Said) -> None:
    notice = {"year": whole(said, "year", 0), "number": text(said, "number"), "title": text(said, "title"),
              "published_on": text(said, "published_on"), "source": text(said, "source"),
              "holidays": [_holiday(each) for each in said.get("holidays", [])]}
    governing.propose_notice(asked.connection, _told(asked), asked.office.shelf, orjson.dumps(notice), file="")


def _holiday(typed: Said) -> dict[str, Any]:
    make_up = [each for each in _DAYS.split(text(typed, "make_up")) if each]
    return {**{name: text(typed, name) for name in ("name", "first", "last")}, "make_up": make_up}


def _closure_form(asked: Asked) -> Schema:
    return asking(("scope", "first", "last", "reference", "approver", "reason"), scope=one_of("范围", SCOPES),
                  place=line("园区、窗口或系统的名称", hint="全市不填"), first=day("首日"), last=day("末日"),
                  reference=line("文号"),
                  approver=line("批准人"), reason=line("事由", 200))


def _propose_closure(asked: Asked, said: Said) -> None:
    governing.propose_closure(
        asked.connection, _told(asked), asked.office.shelf, scope=Scope(chosen(said, "scope", SCOPES)),
        place=text(said, "place"), first=_needed(said, "first"), last=_needed(said, "last"), reference=text(said, "reference"),
        approver=text(said, "approver"), reason=text(said, "reason"))


def _told(asked: Asked) -> Instruction:
    return Instruction(by=asked.by, now=asked.now)


def _needed(said: Said, name: str) -> date:
    found = read_day(said, name)
    if found is None:
        raise InvalidInput(name, "is missing")
    return found


def _accept_form(asked: Asked) -> Schema:
    supervisors = {id: f"{person.name}（{person.unit}）" for id, person in asked.office.people.persons.items()
                   if any(grant.role == "supervisor" for grant in asked.office.people.grants.get(id, ()))}
    return asking((), signed_off_by=one_of("签认的督查员", supervisors, "改动已经过去的日子时须有；不能是提出人或者审核人"))


def _accept(asked: Asked, said: Said) -> None:
    governing.accept_change(asked.connection, _told(asked), asked.office.shelf, key_number(asked.key),
                            signed_off_by=text(said, "signed_off_by") or None)


def _refuse(asked: Asked, said: Said) -> None:
    governing.refuse_change(asked.connection, _told(asked), key_number(asked.key), reason=text(said, "reason"))


def _check_notice(asked: Asked, said: Said) -> Sequence[Section]:
    """How many days each holiday takes, before it is proposed."""
    holidays = [_holiday(each) for each in said.get("holidays", [])]
    return [Section(title=frame.text("将提出的放假安排"), columns=_PROPOSED_COLUMNS, rows=tuple(
        (each["name"], each["first"], each["last"], _length(each["first"], each["last"]), "、".join(each["make_up"]))
        for each in holidays))]


def _length(first: str, last: str) -> str:
    try:
        return str((date.fromisoformat(last) - date.fromisoformat(first)).days + 1)
    except ValueError:
        raise InvalidInput("holidays", say("expected a date like 2026-03-02, found “{found}”",
                                           found=(first or last)[:20])) from None


BOOK = Book(
    name="calendar", title="工作日历",
    note="哪天是工作日：公布的放假通知和批准的停办。一人提出，另一人审核；涉及已过去的日子还须督查员签认。", shelf=TIME,
    columns=("类别", "年度、起止", "文号", "范围", "提出", "审核"), rows=_rows, readers=READERS, details=_details,
    waiting=lambda asked: len(calendar_changes.pending(asked.connection)),
    acts=(
        Act(name="notice", label="提出放假通知",
            consequence="逐字保存，由另一人审核后才成为历法；缺法定节日或者自相矛盾的不予受理。", roles=RULERS,
            asks=_notice_form, do=_propose_notice, given=_next_year, preview=_check_notice),
        Act(name="closure", label="提出停办", consequence="由另一人审核后，停办的日子不计入时限；审核前不改变任何期限。",
            roles=RULERS, asks=_closure_form, do=_propose_closure),
        Act(name="accept", label="通过", consequence="自此刻起成为历法，在办时限逐一重算并记载；通过后不能撤回，只能另行提出。",
            roles=_DECIDERS, asks=_accept_form, do=_accept, is_about_row=True, foresees=_changes),
        Act(name="refuse", label="拒绝", consequence="不成为历法，连同理由留存；提出人可以这样收回自己的提议。",
            roles=_DECIDERS, is_about_row=True,
            asks=lambda asked: asking(("reason",), reason=line("理由", 200)), do=_refuse, foresees=_changes)))
