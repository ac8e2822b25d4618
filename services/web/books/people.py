"""The people of the office: accounts, roles with their scope, who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from engine import administering as rules
from engine.case import local_day
from engine.errors import InvalidInput
from services import administering, people
from services.administering import Entry, Instruction
from services.people import ROLES, Listed, NewGrant, NewPerson
from services.store.people import GrantRow
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Section, at, between, is_allowed
from services.web.books.forms import asking, day, line, one_of, read_day, text
from services.web.books.shelves import PEOPLE

_KEEPERS = frozenset({"system_admin", "department_admin", "park_admin"})
_GRANT_COLUMNS = ("岗位及范围", "起止", "理由", "授予", "收回")
_ABSENCE_COLUMNS = ("起止", "代理人", "事由", "登记")


def _rows(asked: Asked) -> Sequence[Row]:
    found = people.listed(asked.connection, on=local_day(asked.now), with_history=asked.with_history, most=EVERY)
    return [_row(asked, each) for each in found]


def _row(asked: Asked, listed: Listed) -> Row:
    person, today = listed.person, local_day(asked.now).isoformat()
    is_over = person.until_on is not None and person.until_on < today
    roles = "；".join(_role(grant) for grant in listed.grants)
    away = "；".join(_stand_in(each) for each in listed.absences)
    return Row(key=person.id, cells=(person.id, person.name, person.unit, roles, away, person.until_on or ""),
               is_over=is_over, acts=() if is_over else tuple(_allowed(asked, listed)))


def _allowed(asked: Asked, listed: Listed) -> Iterator[str]:
    """What the visitor may do about somebody."""
    of, by, id, today = asked.office.people, asked.by, listed.person.id, local_day(asked.now)
    if is_allowed(rules.may_give, of, by, id, today):
        yield "grant"
    if any(_may_end(asked, each) for each in listed.grants):
        yield "end_role"
    if is_allowed(rules.may_call_back, of, by, id, today):
        yield from ("absent", "back")
    if is_allowed(rules.may_change, of, by, {listed.person.unit}, today, command="change a person", account=id):
        yield "change"


def _may_end(asked: Asked, grant: GrantRow) -> bool:
    return is_allowed(rules.may_end, asked.office.people, asked.by, grant.person, people.grant_of(grant), local_day(asked.now))


def _stand_in(away: Any) -> str:
    return frame.text("{first}至{last}由{person}代理").format(first=away.first_on, last=away.last_on, person=away.substitute)


def _role(grant: Any) -> str:
    scope = "·".join(each for each in (grant.park, grant.department, grant.process) if each)
    until = frame.text("至{day}").format(day=grant.until_on) if grant.until_on else ""
    return f"{frame.text(ROLES.get(grant.role, grant.role)).partition('(')[0]}{f'（{scope}）' if scope else ''}{until}"


def _details(asked: Asked) -> Sequence[Section]:
    found = people.account(asked.connection, asked.key)
    grants = tuple((_role(each), between(each.since_on, each.until_on or frame.text("长期")), each.reason,
                    f"{each.entered_by} {at(each.entered_at)}",
                    each.ended_by or "") for each in reversed(found.grants))
    absences = tuple((between(each.first_on, each.last_on), each.substitute, each.reason,
                      f"{each.entered_by} {at(each.entered_at)}")
                     for each in reversed(found.absences))
    person = found.person
    return [Section(title=frame.text("历次岗位"), columns=_GRANT_COLUMNS, rows=grants),
            Section(title=frame.text("历次外出代理"), columns=_ABSENCE_COLUMNS, rows=absences,
                    note=frame.text("本账号由{person}于{time}登记，自{first}任职。").format(
                        person=person.entered_by, time=at(person.entered_at), first=person.since_on))]


def _told(asked: Asked) -> Instruction:
    return Instruction(by=asked.by, now=asked.now)


def _new_person(asked: Asked) -> Mapping[str, Any]:
    return asking(("id", "name", "unit"), id=line("账号", hint="登录用，不含“/”"), name=line("姓名", 50), unit=line("单位"),
                  identity=line("身份证件号码", 30, "只保存摘要，用来认出同一自然人的几个账号"), since_on=day("任职起始日"))


def _enter(asked: Asked, said: Mapping[str, Any]) -> None:
    administering.enter(asked.connection, _told(asked), Entry(person=NewPerson(
        id=text(said, "id"), name=text(said, "name"), unit=text(said, "unit"), identity=text(said, "identity"),
        since_on=read_day(said, "since_on") or local_day(asked.now))))


def _scope(asked: Asked) -> Mapping[str, Any]:
    parks = {park.name: park.name for park in asked.office.catalogue.parks.values()}
    return asking(("role", "reason"), role=one_of("岗位", ROLES), park=one_of("园区（不选为全部）", parks),
                  department=line("部门（不填为全部）"), process=line("事项流程（不填为全部）", 200), since_on=day("起始日"),
                  until_on=day("截止日（不填为长期）"), reason=line("理由", 200))


def _grant(asked: Asked, said: Mapping[str, Any]) -> None:
    administering.grant(asked.connection, _told(asked), NewGrant(
        person=asked.key, role=text(said, "role"), park=text(said, "park"), department=text(said, "department"),
        process=text(said, "process"), since_on=read_day(said, "since_on") or local_day(asked.now),
        until_on=read_day(said, "until_on"), reason=text(said, "reason")))


def _held(asked: Asked) -> Mapping[str, Any]:
    listed = people.account(asked.connection, asked.key)
    today = local_day(asked.now).isoformat()
    held = {str(each.id): _role(each) for each in listed.grants
            if (each.until_on is None or today <= each.until_on) and _may_end(asked, each)}
    return asking(("grant", "until_on"), grant=one_of("岗位", held), until_on=day("最后一日"))


def _end_role(asked: Asked, said: Mapping[str, Any]) -> None:
    chosen, until = text(said, "grant"), read_day(said, "until_on")
    if not (chosen.isascii() and chosen.isdigit()) or until is None:
        raise InvalidInput("until_on" if until is None else "grant", "is missing")
    administering.end_grant(asked.connection, _told(asked), int(chosen), until_on=until)


def _away(asked: Asked) -> Mapping[str, Any]:
    others = {id: f"{each.name}（{each.unit}）" for id, each in asked.office.people.persons.items() if id != asked.key}
    return asking(("substitute", "first_on", "last_on", "reason"), substitute=one_of("代理人", others), first_on=day("首日"),
                  last_on=day("末日"), reason=line("事由", 200))


def _absent(asked: Asked, said: Mapping[str, Any]) -> None:
    first, last = read_day(said, "first_on"), read_day(said, "last_on")
    if first is None or last is None:
        raise InvalidInput("first_on" if first is None else "last_on", "is missing")
    administering.absent(asked.connection, _told(asked), person=asked.key, substitute=text(said, "substitute"), first_on=first,
                         last_on=last, reason=text(said, "reason"))


def _back(asked: Asked, said: Mapping[str, Any]) -> None:
    administering.back(asked.connection, _told(asked), person=asked.key)


def _particulars(asked: Asked) -> Mapping[str, Any]:
    return asking((), name=line("姓名", 50), unit=line("单位"), until_on=day("离任：最后在岗日"))


def _as_entered(asked: Asked) -> Mapping[str, Any]:
    person = people.account(asked.connection, asked.key).person
    return {"name": person.name, "unit": person.unit, "until_on": person.until_on or ""}


def _change(asked: Asked, said: Mapping[str, Any]) -> None:
    administering.change(asked.connection, _told(asked), asked.key, name=said.get("name"), unit=said.get("unit"),
                         until_on=read_day(said, "until_on"))


def _next_day(asked: Asked) -> Mapping[str, Any]:
    tomorrow = local_day(asked.now) + timedelta(days=1)
    return {"first_on": tomorrow.isoformat(), "last_on": tomorrow.isoformat()}


BOOK = Book(
    name="people", title="人员与岗位", note="谁在这里工作、任什么岗位、管哪些园区、部门和事项。改动自下一次请求起生效。",
    shelf=PEOPLE,
    columns=("账号", "姓名", "单位", "岗位及范围", "代理", "离任日"), rows=_rows,
    readers=_KEEPERS | {"security_admin", "audit_admin"}, details=_details,
    acts=(
        Act(name="enter", label="登记人员", consequence="新账号可以被授予岗位；同一证件的两个账号是同一自然人。",
            roles=_KEEPERS, asks=_new_person, do=_enter),
        Act(name="grant", label="授予岗位", consequence="自起始日起可办范围内的环节；同一办件上受理、审查、审批仍须分离。",
            roles=_KEEPERS, asks=_scope, do=_grant, is_about_row=True),
        Act(name="end_role", label="收回岗位", consequence="最后一日之后不能再办该岗位的环节；已认领的须转办。", roles=_KEEPERS,
            asks=_held, do=_end_role, is_about_row=True),
        Act(name="absent", label="外出代理", consequence="期间由代理人办理，双方均受职责分离约束。", roles=_KEEPERS, asks=_away,
            do=_absent, is_about_row=True, given=_next_day),
        Act(name="back", label="已返岗", consequence="今天起代理停止。", roles=_KEEPERS, asks=lambda asked: asking(), do=_back,
            is_about_row=True),
        Act(name="change", label="改动", consequence="改名、调单位，或记最后在岗日。", roles=_KEEPERS, asks=_particulars,
            do=_change, is_about_row=True, given=_as_entered),
    ))
