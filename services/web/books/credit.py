"""失信记录: who is barred from being decided on a declaration 告知承诺, until when; and the restoring of credit 信用修复."""

from __future__ import annotations

from collections.abc import Sequence

from engine.case import local_day
from services import credit
from services.store.undertakings import CreditRow
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, at, between
from services.web.books.forms import asking, day, key_number, line, read_day, text
from services.web.books.shelves import CREDIT, HANDLERS, READERS, RULERS
from services.web.fields import Schema

_WAITING, _LAPSED = ("待审核", "yellow"), ("已到期", "grey")
_STATES = {credit.PROPOSED: _WAITING, credit.IN_FORCE: ("生效中", "red"), credit.DROPPED: ("不予记录", "grey"),
           credit.RESTORED: ("已修复", "grey")}
_ACTS = {credit.PROPOSED: ("confirm", "drop"), credit.IN_FORCE: ("restore",)}
_KEEPERS = RULERS | HANDLERS


def _rows(asked: Asked) -> Sequence[Row]:
    today = local_day(asked.now).isoformat()
    rows = [_row(row, today) for row in reversed(credit.records(asked.connection, most=EVERY))]
    return [row for row in sorted(rows, key=lambda row: row.tag != _WAITING[0]) if asked.with_history or not row.is_over]


def _row(row: CreditRow, today: str) -> Row:
    is_past = row.until_on is not None and row.until_on < today
    tag, colour = _LAPSED if is_past and row.state == credit.IN_FORCE else _STATES[row.state]
    return Row(key=str(row.id), tag=tag, colour=colour, is_over=colour == "grey",
               acts=() if colour == "grey" else _ACTS.get(row.state, ()), cells=(
        row.name, row.code, row.reason, row.document, row.case_number,
        between(at(row.since), row.until_on or frame.text("修复为止")),
        row.proposed_by, "；".join(filter(None, (row.decided_by, row.restored_for, at(row.restored_at))))))


def _form(asked: Asked) -> Schema:
    return asking(("code", "name", "reason", "document"), name=line("名称、姓名", 200),
                  code=line("统一社会信用代码、证件号码", 18),
                  reason=line("失信事实", 200), document=line("认定文书文号", 200), until_on=day("截止日", "不填为修复为止"))


def _enter(asked: Asked, said: Said) -> None:
    credit.enter(asked.connection, credit.NewRecord(
        code=text(said, "code"), name=text(said, "name"), reason=text(said, "reason"), document=text(said, "document"),
        until_on=read_day(said, "until_on")), by=asked.by, now=asked.now)


def _confirm(asked: Asked, said: Said) -> None:
    credit.confirm(asked.connection, key_number(asked.key), document=text(said, "document"),
                   until_on=read_day(said, "until_on"), by=asked.by, now=asked.now)


def _drop(asked: Asked, said: Said) -> None:
    credit.drop(asked.connection, key_number(asked.key), reason=text(said, "reason"), by=asked.by)


def _restore(asked: Asked, said: Said) -> None:
    credit.restore(asked.connection, key_number(asked.key), document=text(said, "document"), by=asked.by, now=asked.now)


BOOK = Book(
    name="credit", title="失信记录",
    note="生效中的记录使当事人不能告知承诺。办件中提出的须另一人审核才生效；记录只会到期或者修复，不会删除。", shelf=CREDIT,
    columns=("名称", "代码", "失信事实", "文号", "办件", "起止", "提出人", "审核、修复"), rows=_rows,
    readers=_KEEPERS | READERS,
    waiting=lambda asked: len(credit.records(asked.connection, state=credit.PROPOSED)),
    acts=(
        Act(name="enter", label="登记认定",
            consequence="按已有的认定文书登记，立即生效：当事人此后不能告知承诺，须按普通程序办理。", roles=_KEEPERS,
            asks=_form, do=_enter),
        Act(name="confirm", label="确认", consequence="记录生效：当事人此后不能告知承诺。提出人不能自己确认。", roles=_KEEPERS,
            is_about_row=True, do=_confirm, asks=lambda asked: asking(("document",), document=line("认定文书文号", 200),
                                      until_on=day("截止日", "不填为修复为止"))),
        Act(name="drop", label="不予记录", consequence="不生效，连同理由留存。提出人不能自己决定。", roles=_KEEPERS,
            is_about_row=True, do=_drop, asks=lambda asked: asking(("reason",), reason=line("理由", 200))),
        Act(name="restore", label="信用修复", consequence="记录不再限制当事人，连同修复文书留存；不能再恢复。", roles=_KEEPERS,
            is_about_row=True, do=_restore, asks=lambda asked: asking(("document",), document=line("修复文书文号", 200)))))
