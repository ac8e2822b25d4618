"""平台消息: what upstream platforms have told and no case has taken yet; a person gives it to its case, or says why not."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from engine.errors import NotFound
from engine.platforms import Ask
from services import sight
from services.masking import hidden, hidden_in
from services.platforms import callbacks
from services.store import platform_messages as store
from services.store.platform_messages import MessageRow
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section, at
from services.web.books.forms import asking, key_number, line, long, text
from services.web.books.platforms import ASKS
from services.web.books.shelves import KEEPERS, WIRE
from services.web.fields import Schema
from services.web.words.refusals import field_name
from services.web.words.refusals import said as in_words

_STATES = {callbacks.WAITING: ("等待办件", "blue"), callbacks.UNMATCHED: ("待处理", "yellow"), callbacks.DONE: ("已办", ""),
           callbacks.DISMISSED: ("不予处理", "")}
_KEYS = {"number": "办件编号", "platform_number": "平台申请编号"}
_SAID, _DEALT = ("字段", "内容"), ("项目", "内容")
_FIRST = 2**62
_LONGEST_VALUE = 200


def _rows(asked: Asked) -> Sequence[Row]:
    rows = store.messages(asked.connection, is_open=not asked.with_history, before=_FIRST, most=EVERY)
    return [_row(asked, row) for row in rows if _is_shown(asked, row)]


def _row(asked: Asked, row: MessageRow) -> Row:
    tag, colour = _STATES[row.state]
    is_over = row.settled_at is not None
    platform = asked.office.platforms.get(row.platform)
    settled = f"{row.settled_by} {at(row.settled_at)}" if is_over else hidden(in_words(row.why))
    return Row(key=str(row.id), is_over=is_over, tag=tag, colour=colour, acts=() if is_over else ("deliver", "dismiss"), cells=(
        str(row.id), platform.title if platform else row.platform, _said(asked, row), _named(row), row.case or "—",
        at(row.received_at), settled))


def _said(asked: Asked, row: MessageRow) -> str:
    """What it asks, in the words of its platform."""
    if row.name == callbacks.APPLICATION and not row.code:
        return frame.text("同号不同内容的申请")
    platform = asked.office.platforms.get(row.platform)
    name = platform.codes.get(row.code, "") if platform else ""
    what = " ".join(part for part in (row.code, name, row.name) if part)
    return f"{what}（{frame.text(ASKS[Ask(row.ask)])}）"


def _named(row: MessageRow) -> str:
    return "、".join(f"{frame.text(_KEYS.get(name) or field_name(name))} {value}"
                    for name, value in orjson.loads(row.keys).items())


def _details(asked: Asked) -> Sequence[Section]:
    row = _found(asked)
    body = hidden_in(orjson.loads(row.body))
    shown = tuple((name, _short(value)) for name, value in body.items())
    why = ((frame.text("不予处理的理由"), row.reason),) if row.reason else ()
    return [Section(title=frame.text("平台报文（电话、证件号码已遮盖）"), columns=_SAID, rows=shown),
            Section(title=frame.text("处理"), columns=_DEALT, rows=(
                (frame.text("消息编号"), row.webhook_id), (frame.text("已试次数"), str(row.tries)),
                (frame.text("下次自动重试"), at(row.try_at) or "—"), *why))]


def _short(value: object) -> str:
    written = value if isinstance(value, str) else orjson.dumps(value).decode()
    return written if len(written) <= _LONGEST_VALUE else f"{written[:_LONGEST_VALUE]}…"


def _deliver_form(asked: Asked) -> Schema:
    return asking(("case",), case=line("办件编号", 40, "按平台报文核对是哪一件"))


def _given(asked: Asked) -> Said:
    row = _found(asked)
    return {"case": row.case} if row.case else {}


def _deliver(asked: Asked, said: Said) -> None:
    number = text(said, "case").strip()
    _found(asked)
    sight.visible_case(asked.connection, asked.office, asked.by, number, asked.now)
    callbacks.deliver(asked.connection, asked.office, key_number(asked.key), number, by=asked.by, now=asked.now)


def _dismiss(asked: Asked, said: Said) -> None:
    _found(asked)
    callbacks.dismiss(asked.connection, asked.office, key_number(asked.key), text(said, "reason"), by=asked.by, now=asked.now)


def _found(asked: Asked) -> MessageRow:
    """A message this visitor may see. Raises NotFound."""
    row = store.message(asked.connection, key_number(asked.key))
    if row is None or not _is_shown(asked, row):
        raise NotFound("row of this book", asked.key)
    return row


def _is_shown(asked: Asked, row: MessageRow) -> bool:
    """What is known to be for a case is seen by whoever may see the case."""
    if not row.case:
        return True
    try:
        sight.visible_case(asked.connection, asked.office, asked.by, row.case, asked.now)
    except NotFound:
        return False
    return True


def _waiting(asked: Asked) -> int:
    return sum(row.state == callbacks.UNMATCHED and _is_shown(asked, row) for row in store.messages(
        asked.connection, is_open=True, before=_FIRST, most=EVERY))


BOOK = Book(
    name="platform_messages", title="平台消息",
    note="上级平台推来、尚无办件接收的消息。找不到办件的先自动重试一天，其余等人认领；撤件须由人确认。",
    shelf=WIRE, columns=("编号", "平台", "内容", "指向", "办件", "收到", "原因或经办"), rows=_rows, readers=KEEPERS,
    details=_details, waiting=_waiting,
    acts=(
        Act(name="deliver", label="认领", consequence="消息交给所填办件，按流程继续办理；撤件的，该办件随即撤件。",
            roles=KEEPERS, asks=_deliver_form, given=_given, do=_deliver, is_about_row=True),
        Act(name="dismiss", label="不予处理", consequence="消息不再交给任何办件；要求撤件的，办件继续办理并告知平台。",
            roles=KEEPERS, asks=lambda asked: asking(("reason",), reason=long("理由")), do=_dismiss, is_about_row=True)))
