"""The statements about what upstream platforms tell cases: what waits for its case or for a person, and who is meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, exists, insert, or_, select, update

from engine.errors import Forbidden
from engine.sentences import say
from services import tables as t


class MessageRow(NamedTuple):
    """What a platform has told. `ask`: what it asks of us; `keys`: by what it names its case, JSON; `state`: waiting for its
    case, unmatched, done, dismissed; `why`: it is not done; `case_id` None: not known; `case`: its number, "" then; `try_at`
    None: only a person tries it again. `settled_at`, `settled_by` None: it is still there to be dealt with."""

    id: int
    platform: str
    webhook_id: str
    digest: bytes
    body: bytes
    ask: str
    code: str
    name: str
    keys: str
    state: str
    why: str
    case_id: int | None
    received_at: datetime
    tries: int
    try_at: datetime | None
    settled_at: datetime | None
    settled_by: str | None
    reason: str
    case: str = ""


class WaitingRow(NamedTuple):
    """A case that waits for a message, with the data by which it may be meant."""

    case_id: int
    number: str
    data: bytes


_M = t.platform_message.c
_STORED = MessageRow._fields[:-1]
_ALL = select(*(_M[name] for name in _STORED), t.case.c.number).join_from(
    t.platform_message, t.case, t.case.c.id == _M.case_id, isouter=True)
_ONE = _ALL.where(_M.id == bindparam("of_id"))
_PAGE = _ALL.where(_M.id < bindparam("before")).order_by(_M.id.desc()).limit(bindparam("most"))
_OPEN = _PAGE.where(_M.settled_at.is_(None))
_KEPT = _ALL.where(_M.platform == bindparam("of_platform"), _M.digest == bindparam("of_digest"), _M.ask == bindparam("of_ask"),
                   _M.settled_at.is_(None)).limit(1)
_AWAITED = exists().where(and_(t.message.c.case_id == _M.case_id, t.message.c.name == _M.name))
_DUE = (select(_M.id).where(_M.try_at.is_not(None), or_(_M.try_at <= bindparam("now", type_=_M.try_at.type), _AWAITED))
        .order_by(_M.try_at, _M.id).limit(bindparam("most")))
_ASKS_OPEN = select(_M.id).where(_M.case_id == bindparam("of_case"), _M.ask == bindparam("of_ask"), _M.id != bindparam("but"),
                                 _M.settled_at.is_(None)).limit(1)
_INSERT = insert(t.platform_message)
_CHANGED = ("state", "why", "case_id", "tries", "try_at", "settled_at", "settled_by", "reason")
_CHANGE = (update(t.platform_message).where(_M.id == bindparam("of_id"), _M.settled_at.is_(None), _M.tries == bindparam("read"))
           .values({name: bindparam(f"new_{name}", type_=_M[name].type) for name in _CHANGED}))
_WAITING = (select(t.case.c.id, t.case.c.number, t.case.c.data).join_from(t.message, t.case, t.case.c.id == t.message.c.case_id)
            .where(t.message.c.name == bindparam("of_name")).order_by(t.case.c.id).limit(bindparam("most")))


def message(connection: Connection, id: int) -> MessageRow | None:
    """A message by its number."""
    row = connection.execute(_ONE, {"of_id": id}).first()
    return _made(row) if row else None


def messages(connection: Connection, *, is_open: bool, before: int, most: int) -> list[MessageRow]:
    """Messages, newest first, with a number below `before`; `is_open`: only what is not settled."""
    return [_made(row) for row in connection.execute(_OPEN if is_open else _PAGE, {"before": before, "most": most})]


def kept(connection: Connection, platform: str, digest: bytes, ask: str) -> MessageRow | None:
    """What came with this body and still waits to be dealt with."""
    row = connection.execute(_KEPT, {"of_platform": platform, "of_digest": digest, "of_ask": ask}).first()
    return _made(row) if row else None


def due(connection: Connection, now: datetime, most: int) -> list[int]:
    """The messages to be tried again: their time has come, or their case has begun to wait for them."""
    return [int(id) for id, in connection.execute(_DUE, {"now": now, "most": most})]


def asks_open(connection: Connection, case_id: int, ask: str, but: int) -> bool:
    """Does another message that asks this of a case still wait to be dealt with?"""
    return connection.execute(_ASKS_OPEN, {"of_case": case_id, "of_ask": ask, "but": but}).first() is not None


def insert_message(connection: Connection, row: MessageRow) -> None:
    """Write a message."""
    given = row._asdict()
    del given["case"]
    connection.execute(_INSERT, given)


def change(connection: Connection, row: MessageRow, read: int) -> None:
    """Write what has become of a message that was read after so many tries. Raises Forbidden when somebody has dealt with it
    meanwhile; the transaction is lost then."""
    given = {f"new_{name}": getattr(row, name) for name in _CHANGED}
    if not connection.execute(_CHANGE, {"of_id": row.id, "read": read, **given}).rowcount:
        raise Forbidden("message", say("message {id} has just been dealt with by somebody else: look again", id=row.id))


def waiting(connection: Connection, name: str, most: int) -> Sequence[WaitingRow]:
    """The cases that wait for a message of this name."""
    return [WaitingRow._make(row) for row in connection.execute(_WAITING, {"of_name": name, "most": most})]


def _made(row: Sequence[object]) -> MessageRow:
    return MessageRow._make((*row[:-1], row[-1] or ""))
