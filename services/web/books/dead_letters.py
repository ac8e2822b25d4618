"""死信: deliveries that were not taken after their last try; redriven or given up by a person."""

from __future__ import annotations

from collections.abc import Sequence

from services.administering import Instruction
from services.deliveries import dead_letters, health
from services.store import deliveries as store
from services.store import endpoints
from services.store.deliveries import Shown
from services.web import frame
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section, at
from services.web.books.endpoints import KEEPERS, READERS
from services.web.books.forms import asking, key_number, line, one_of, text
from services.web.books.shelves import WIRE
from services.web.books.wire_words import KIND_NAMES, answered
from services.web.fields import Schema

_POST_COLUMNS = ("时间", "结果", "用时", "答复", "正文摘要")
_ACTS = ("redrive", "dismiss")


def _rows(asked: Asked) -> Sequence[Row]:
    names = {row.id: row.name for row in endpoints.endpoints(asked.connection)}
    found = [each for state in (("dead", "dismissed") if asked.with_history else ("dead",))
             for each in store.page(asked.connection, endpoint=None, state=state, number=None, before=None, most=EVERY)]
    return [_row(each, names) for each in found]


def _row(shown: Shown, names: dict[int, str]) -> Row:
    row = shown.delivery
    is_over = row.state == "dismissed"
    tag, colour = (frame.text("已放弃"), "grey") if is_over else (frame.text("死信"), "red")
    return Row(key=row.id, is_over=is_over, tag=tag, colour=colour, acts=() if is_over else _ACTS, cells=(
        names[row.endpoint], shown.number, frame.text(KIND_NAMES[row.kind]), at(row.made_at), str(row.attempts),
        f"{row.dismissed_by} {at(row.settled_at)} {row.reason}" if is_over else ""))


def _details(asked: Asked) -> Sequence[Section]:
    posts = store.attempts_of(asked.connection, asked.key)
    return [Section(title=frame.text("推送记录"), columns=_POST_COLUMNS, rows=tuple(
        (at(each.at), answered(each), frame.text("{number}毫秒").format(number=each.milliseconds), each.said[:500],
         each.digest[:16]) for each in posts))]


def _told(asked: Asked) -> Instruction:
    return Instruction(by=asked.by, now=asked.now)


def _redrive(asked: Asked, said: Said) -> None:
    dead_letters.redrive(asked.connection, _told(asked), asked.key)


def _dismiss(asked: Asked, said: Said) -> None:
    dead_letters.dismiss(asked.connection, _told(asked), asked.key, reason=text(said, "reason"))


def _whose(asked: Asked) -> Schema:
    dead = [each for each in health.healths(asked.connection, asked.now) if each.standing.dead]
    return asking(("endpoint",), endpoint=one_of("推送地址", {
        str(each.row.id): f"{each.row.name}（{each.standing.dead}）" for each in dead}))


def _redrive_all(asked: Asked, said: Said) -> None:
    dead_letters.redrive_all(asked.connection, _told(asked), key_number(text(said, "endpoint")))


def _waiting(asked: Asked) -> int:
    return sum(each.standing.dead for each in health.healths(asked.connection, asked.now))


BOOK = Book(
    name="dead_letters", title="死信",
    note="多次推送对方都没有收下的消息。同一办件后面的消息在它处理之前不会推送。", shelf=WIRE, rows=_rows, details=_details,
    readers=READERS, columns=("推送地址", "办件", "事实", "列入时间", "次数", "放弃"), waiting=_waiting,
    acts=(
        Act(name="redrive_all", label="全部重推", consequence="该地址的全部死信用原来的标识重新推送。", roles=KEEPERS,
            asks=_whose, do=_redrive_all),
        Act(name="redrive", label="重推", consequence="用原来的标识立即重新推送，次数从头计。", roles=KEEPERS,
            asks=lambda asked: asking(), do=_redrive, is_about_row=True),
        Act(name="dismiss", label="放弃", consequence="不再推送这一条，同一办件后面的消息继续推送。", roles=KEEPERS,
            asks=lambda asked: asking(("reason",), reason=line("理由", 200)), do=_dismiss, is_about_row=True)))
