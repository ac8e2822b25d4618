"""委托书: what an agent 帮代办员 may do for whom, and until when."""

from __future__ import annotations

from collections.abc import Sequence

from engine import administering as rules
from engine.case import local_day
from engine.duties import Deed
from engine.errors import InvalidInput
from services import administering, people
from services.administering import Instruction
from services.people import NewMandate
from services.store.people import MandateRow
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, at, between, is_allowed
from services.web.books.forms import asking, day, line, listed, one_of, read_day, some_of, text
from services.web.books.shelves import KEEPERS, PEOPLE
from services.web.fields import Schema

_DEEDS = {Deed.APPLY.value: "申请", Deed.SUPPLY.value: "提交、补正材料", Deed.WITHDRAW.value: "撤件",
          Deed.COLLECT.value: "领取结果",
          Deed.DECLARE.value: "签署告知承诺"}
_REGISTRARS = KEEPERS | {"clerk"}
_REVOKED, _LAPSED, _TO_COME = "已撤销", "已到期", "未生效"


def _rows(asked: Asked) -> Sequence[Row]:
    today = local_day(asked.now).isoformat()
    rows = [_row(asked, each, today) for each in reversed(people.mandates(asked.connection, most=EVERY))]
    return rows if asked.with_history else [row for row in rows if not row.is_over]


def _row(asked: Asked, row: MandateRow, today: str) -> Row:
    may = is_allowed(rules.may_revoke, asked.office.people, asked.by, row.agent, local_day(asked.now))
    is_over = row.is_revoked or row.last_on < today
    tag = _REVOKED if row.is_revoked else _LAPSED if is_over else _TO_COME if today < row.first_on else ""
    return Row(key=row.number, is_over=is_over, tag=tag, acts=("revoke",) if may and not is_over else (), cells=(
        row.number, row.principal, row.agent, "、".join(frame.text(_DEEDS[each]) for each in row.deeds.split(",")), row.project,
        between(row.first_on, row.last_on), f"{row.entered_by} {at(row.entered_at)}"))


def _form(asked: Asked) -> Schema:
    agents = {id: f"{person.name}（{person.unit}）" for id, person in asked.office.people.persons.items()
              if any(grant.role == "agent" for grant in asked.office.people.grants.get(id, ()))}
    return asking(("number", "agent", "principal", "deeds", "first_on", "last_on"), number=line("委托书编号"),
                  agent=one_of("帮代办员", agents), principal=line("委托人", 200, "申请人名称，与申请一致"),
                  project=line("项目（限于一个项目时填写）"), deeds=some_of("委托办理", _DEEDS), first_on=day("起始日"),
                  last_on=day("截止日"))


def _enter(asked: Asked, said: Said) -> None:
    first, last = read_day(said, "first_on"), read_day(said, "last_on")
    deeds = listed(said, "deeds")
    if first is None or last is None or not set(deeds) <= set(_DEEDS):
        raise InvalidInput("deeds", "choose one of the list")
    administering.entrust(asked.connection, Instruction(by=asked.by, now=asked.now), NewMandate(
        number=text(said, "number"), agent=text(said, "agent"), principal=text(said, "principal"),
        project=text(said, "project"), deeds=frozenset(map(Deed, deeds)), first_on=first, last_on=last))


def _revoke(asked: Asked, said: Said) -> None:
    administering.revoke_mandate(asked.connection, Instruction(by=asked.by, now=asked.now), asked.key)


BOOK = Book(
    name="mandates", title="委托书", note="申请人委托帮代办员办理哪些事、到哪天为止。帮代办员不能登记自己的委托书。",
    shelf=PEOPLE,
    columns=("编号", "委托人", "帮代办员", "委托办理", "项目", "有效期", "登记"), rows=_rows,
    readers=_REGISTRARS | {"agent", "supervisor", "audit_admin"},
    acts=(
        Act(name="enter", label="登记委托书",
            consequence="自起始日起，帮代办员可以为委托人办理所选的事；签署告知承诺须单独选中。",
            roles=_REGISTRARS, asks=_form, do=_enter),
        Act(name="revoke", label="撤销", consequence="自此刻起帮代办员不能再代办；撤销后不能恢复，只能重新登记。",
            roles=_REGISTRARS | {"agent"}, asks=lambda asked: asking(), do=_revoke, is_about_row=True)))
