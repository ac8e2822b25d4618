"""Which systems we ask ourselves over HTTP 对接接口: entered, changed and ended by whoever keeps the machine.

A connector serves one topic: where it is, which variables are sent by which fields, where the answers stand. A change is its
next version, so that it can be said later what was asked when. Its secret is made with the first version, shown once, and
signs every request; it is made anew when asked for. Who asks, and when, is `services.connecting`. """

from __future__ import annotations

import secrets as random
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from engine.errors import Forbidden, InvalidInput, NotFound
from engine.sentences import say, sentence_of
from services.administering import Instruction
from services.people import people_in_force
from services.store import connectors as store
from services.store import writing
from services.store.connectors import ConnectorRow
from webhooks.calling import Call, check
from webhooks.faults import AddressRefused
from webhooks.guard import Guard
from webhooks.signature import SECRET_BYTES, secret_of

SECONDS, MOST_SECONDS = 10, 30
KEEPER = "system_admin"
LONGEST_REASON = 500
_LONGEST, _LONGEST_TOPIC, _MOST_FIELDS = 100, 200, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConnector:
    """A connector to be entered, or the next version of the one of this name. `is_new_secret`: its secret is made anew."""

    name: str
    topic: str
    call: Call
    seconds: int = SECONDS
    is_new_secret: bool = field(default=False)


def enter(connection: Connection, guard: Guard, told: Instruction, new: NewConnector) -> tuple[ConnectorRow, str | None]:
    """Enter a connector, or its next version. Returns it, and its secret where that is new, to be shown once. Raises Forbidden,
    InvalidInput."""
    _may(connection, told, "enter a connector")
    _check(guard, new)
    before = store.latest(connection, new.name)
    secret = secret_of(random.token_bytes(SECRET_BYTES)) if before is None or new.is_new_secret else before[1]
    row = ConnectorRow(
        id=writing.next_number(connection, "connector"), name=new.name, version=before[0].version + 1 if before else 1,
        topic=new.topic, url=new.call.url, method=new.call.method, sends=_json(new.call.sends), reads=_json(new.call.reads),
        errors=_json(new.call.errors), seconds=new.seconds, is_latest=True, entered_by=told.by, entered_at=told.now,
        ended_by=None, ended_at=None)
    try:
        with connection.begin_nested():
            if before is not None:
                store.follow(connection, before[0].id)
            store.insert_version(connection, row, secret)
    except IntegrityError as error:
        raise InvalidInput("topic", say("another connector serves “{topic}” already; end it first",
                                        topic=new.topic)) from error
    return row, secret if before is None or new.is_new_secret else None


def end(connection: Connection, told: Instruction, name: str, *, reason: str) -> ConnectorRow:
    """It is asked no more; its tasks wait for a worker, or for a connector entered anew. Raises NotFound, Forbidden,
    InvalidInput."""
    _may(connection, told, "end a connector")
    why = reason.strip()
    if not 1 <= len(why) <= LONGEST_REASON:
        raise InvalidInput("reason", say("expected 1 to {most} characters", most=LONGEST_REASON))
    row = in_force(connection, name)
    store.end(connection, row.id, by=told.by, at=told.now, reason=why)
    return row._replace(ended_by=told.by, ended_at=told.now, reason=why)


def in_force(connection: Connection, name: str) -> ConnectorRow:
    """The version of a connector that is asked. Raises NotFound."""
    found = store.latest(connection, name)
    if found is None or found[0].ended_at is not None:
        raise NotFound("connector in force", name)
    return found[0]


def free(connection: Connection, name: str) -> None:
    """Is nothing of this name asked? Raises InvalidInput."""
    found = store.latest(connection, name)
    if found is not None and found[0].ended_at is None:
        raise InvalidInput("name", say("“{name}” is asked already; change it instead", name=name))


def version(connection: Connection, id: int) -> ConnectorRow:
    """A version of a connector by its number. Raises NotFound."""
    found = store.page(connection, after=id - 1, most=1)
    if not found or found[0].id != id:
        raise NotFound("connector", str(id))
    return found[0]


def page(connection: Connection, *, after: int = 0, most: int) -> list[ConnectorRow]:
    """Every version of every connector, in the order of entering; secrets never."""
    return store.page(connection, after=after, most=most)


def call_of(row: ConnectorRow) -> Call:
    """How a system is asked, as it was entered."""
    return Call(url=row.url, method=row.method, sends=orjson.loads(row.sends), reads=orjson.loads(row.reads),
                errors=orjson.loads(row.errors))


def _may(connection: Connection, told: Instruction, command: str) -> None:
    """Whoever keeps the machine says where it sends the data of cases; while an office has entered nobody, its operator."""
    people = people_in_force(connection)
    if told.by not in people.persons:
        return
    if not any(grant.role == KEEPER and grant.is_in_force(told.today) for grant in people.grants.get(told.by, ())):
        raise Forbidden(command, say("{by} is no system administrator 系统管理员, who says where the data of cases is sent",
                                     by=told.by))


def _check(guard: Guard, new: NewConnector) -> None:
    for name, value, most in (("name", new.name, _LONGEST), ("topic", new.topic, _LONGEST_TOPIC)):
        if not value.strip() or len(value) > most or not value.isprintable():
            raise InvalidInput(name, say("expected 1 to {most} printable characters", most=most))
    if not 1 <= new.seconds <= MOST_SECONDS:
        raise InvalidInput("seconds", say("expected 1 to {most} seconds", most=MOST_SECONDS))
    for name, mapping in (("sends", new.call.sends), ("reads", new.call.reads), ("errors", new.call.errors)):
        if len(mapping) > _MOST_FIELDS:
            raise InvalidInput(name, say("expected at most {most} fields", most=_MOST_FIELDS))
    check(new.call)
    try:
        guard.target(new.call.url)
    except AddressRefused as error:
        raise InvalidInput("url", sentence_of(error)) from error


def _json(mapping: object) -> str:
    return orjson.dumps(mapping, option=orjson.OPT_SORT_KEYS).decode()
