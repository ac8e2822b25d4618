"""What an upstream platform tells cases: given to the case that waits for it, or kept for a person; never dropped.

::

    comes ──► asks nothing ─────────────────────────────────► done
          ├─► one case is meant and waits for it ─► moved ──► done         ┌─ a person picks the case ─► done
          ├─► none is meant, or it does not wait yet ──► waiting ──► after a day ──► unmatched ─┤
          └─► several are meant, nobody knows the code ──────────────────────►─────┘             └─ dismissed, with a reason

A message may come before its case waits for it. So it is tried again: at the tick after its case has begun to wait, and where
no case is known yet after 5 s, 10 s, 20 s … at most 5 minutes; for `WAITS`. A person may deal with it at any time. What moves
a case and what is written of the message commit together; a message that two deal with at once is dealt with by one.

A withdrawal 撤件 is never carried out by itself: the case is told that it was asked for, and a person confirms it or does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from engine.case import local_day
from engine.errors import Forbidden, Incident, InvalidInput, NotFound, Refusal, Stale
from engine.platform_reading import their_field, told
from engine.platforms import Ask, Asked, Platform, Told
from engine.sentences import say
from services.acting import Command
from services.database import reading as read
from services.database import writing as write
from services.office import Office
from services.platforms import acts, correlating
from services.platforms.correlating import Meant
from services.store import platform_messages as store
from services.store import reading, writing
from services.store.platform_messages import MessageRow

WAITING, UNMATCHED, DONE, DISMISSED = "waiting", "unmatched", "done", "dismissed"
WAITS = timedelta(days=1)
"""So long a message waits for its case by itself."""

SOONEST, LATEST = timedelta(seconds=5), timedelta(minutes=5)
APPLICATION = "application"
"""The name of what is kept of an application that was refused for its number."""

_FOR_A_PERSON = Asked(ask=Ask.PERSON)
_LONGEST_REASON = 1000


def receive(
    connection: Connection, office: Office, platform: Platform, body: Mapping[str, Any], content: bytes, *, webhook_id: str,
    now: datetime,
) -> MessageRow:
    """Take in what has come: `content` is the body as it came. Raises InvalidInput naming the platform's field when it cannot
    be read, or brings what its case does not take; nothing is kept then."""
    heard = told(platform, body)
    row = _new(platform, heard, content, webhook_id, now)
    try:
        row = _tried(connection, office, platform, row, heard, now)
    except InvalidInput as refusal:
        raise InvalidInput(their_field(platform, refusal.field), refusal.reason) from refusal
    row = row._replace(id=writing.next_number(connection, "platform_message"))
    store.insert_message(connection, row)
    return row


def keep_application(
    connection: Connection, platform: Platform, number: str, case: str, why: str, content: bytes, *, webhook_id: str,
    now: datetime,
) -> MessageRow:
    """Keep for a person what came under a number that has opened another case; the same content is kept once."""
    digest = hashlib.sha256(content).digest()
    kept = store.kept(connection, platform.name, digest, Ask.PERSON.value)
    if kept is not None:
        return kept
    heard = Told(code="", message=APPLICATION, asked=_FOR_A_PERSON, keys={correlating.PLATFORM_NUMBER: number}, data={},
                 reason="")
    found = reading.peek_case(connection, case)
    row = _new(platform, heard, content, webhook_id, now)._replace(
        id=writing.next_number(connection, "platform_message"), state=UNMATCHED, why=str(why), try_at=None,
        case_id=found.id if found else None)
    store.insert_message(connection, row)
    return row


def deliver(connection: Connection, office: Office, id: int, number: str, *, by: str, now: datetime) -> MessageRow:
    """A person gives a message to the case it is for, and the case takes it as it would have. Raises NotFound, Forbidden,
    InvalidInput, and what the case refuses."""
    row, platform, heard = _open(connection, office, id)
    office.people.person(by, local_day(now), "deliver a message")
    case = reading.peek_case(connection, number.strip())
    if case is None:
        raise NotFound("case", number[:40])
    acts.act(connection, office, platform, heard, case, Command(number=case.number, by=by, now=now))
    return _settled(connection, row, state=DONE, case_id=case.id, by=by, now=now)


def dismiss(connection: Connection, office: Office, id: int, reason: str, *, by: str, now: datetime) -> MessageRow:
    """A person says that nothing is to be done about a message, and why. A case that was told of a withdrawal learns that it is
    not withdrawn. Raises NotFound, Forbidden, InvalidInput."""
    why = reason.strip()
    if not why or len(why) > _LONGEST_REASON:
        raise InvalidInput("reason", say("expected 1 to {most} characters", most=_LONGEST_REASON))
    row, _, heard = _open(connection, office, id)
    office.people.person(by, local_day(now), "dismiss a message")
    if heard.asked.ask is Ask.WITHDRAWAL and row.case:
        acts.deny_withdrawal(connection, office, Command(number=row.case, by=by, now=now), why)
    return _settled(connection, row, state=DISMISSED, case_id=row.case_id, by=by, now=now, reason=why)


def run(database: Engine, office: Office, *, now: datetime, most: int = 100) -> int:
    """Try again what waits for its case, each in a transaction of its own. Returns how many were given to one."""
    with read(database) as connection:
        due = store.due(connection, now, most)
    return sum(_try_again(database, office, id, now) for id in due)


def _try_again(database: Engine, office: Office, id: int, now: datetime) -> bool:
    try:
        with write(database) as connection:
            row, platform, heard = _open(connection, office, id)
            after = _kept_trying(connection, office, platform, row, heard, now)
            store.change(connection, after, row.tries)
    except (Stale, Forbidden, NotFound):
        return False  # somebody has moved the case, or dealt with the message: at the next tick, if ever
    return after.state == DONE


def _kept_trying(
    connection: Connection, office: Office, platform: Platform, row: MessageRow, heard: Told, now: datetime,
) -> MessageRow:
    """A message after another try: what its case does not take is a person's."""
    try:
        return _tried(connection, office, platform, row, heard, now)
    except InvalidInput as refusal:
        return row._replace(state=UNMATCHED, why=str(refusal.sentence), tries=row.tries + 1, try_at=None)


def _tried(
    connection: Connection, office: Office, platform: Platform, row: MessageRow, heard: Told, now: datetime,
) -> MessageRow:
    """A message after a try to give it to its case. Raises InvalidInput when the case does not take what it brings; Stale."""
    found = correlating.meant(connection, platform, heard)
    row = row._replace(tries=row.tries + 1, case_id=found.case.id if found.case else row.case_id,
                       case=found.case.number if found.case else row.case)
    if heard.asked.ask is Ask.NOTE:
        return _done(row, platform.actor, now)
    if heard.asked.ask is Ask.PERSON:
        return row._replace(state=UNMATCHED, why=str(say("what it asks is for a person to see to")), try_at=None)
    if found.case is None:
        return _not_yet(row, found, now) if found.may_come else row._replace(state=UNMATCHED, why=str(found.why), try_at=None)
    return _given(connection, office, platform, row, heard, found, now)


def _given(
    connection: Connection, office: Office, platform: Platform, row: MessageRow, heard: Told, found: Meant, now: datetime,
) -> MessageRow:
    assert found.case is not None
    command = Command(number=found.case.number, by=platform.actor, now=now)
    try:
        with connection.begin_nested():
            if heard.asked.ask is Ask.WITHDRAWAL:
                if store.asks_open(connection, found.case.id, Ask.WITHDRAWAL.value, row.id):
                    return _done(row, platform.actor, now)  # it was asked for, and a person has not answered yet
                acts.ask_withdrawal(connection, office, command, platform, heard.reason)
                return row._replace(state=UNMATCHED, try_at=None, why=str(say("a person confirms the withdrawal")))
            acts.act(connection, office, platform, heard, found.case, command)
    except (InvalidInput, Stale):
        raise
    except NotFound as refusal:  # it does not wait for it
        if found.case.ended_at is None:
            return _not_yet(row, replace(found, why=refusal.sentence), now)
        return row._replace(state=UNMATCHED, why=str(refusal.sentence), try_at=None)
    except (Refusal, Incident) as refusal:
        return row._replace(state=UNMATCHED, why=str(refusal.sentence), try_at=None)
    return _done(row, platform.actor, now)


def _new(platform: Platform, heard: Told, content: bytes, webhook_id: str, now: datetime) -> MessageRow:
    return MessageRow(
        id=0, platform=platform.name, webhook_id=webhook_id, digest=hashlib.sha256(content).digest(), body=content,
        ask=heard.asked.ask.value, code=heard.code, name=heard.message, keys=orjson.dumps(heard.keys).decode(), state=WAITING,
        why="", case_id=None, received_at=now, tries=0, try_at=now, settled_at=None, settled_by=None, reason="")


def _done(row: MessageRow, by: str, now: datetime) -> MessageRow:
    return row._replace(state=DONE, why="", try_at=None, settled_at=now, settled_by=by)


def _not_yet(row: MessageRow, found: Meant, now: datetime) -> MessageRow:
    if now - row.received_at >= WAITS:
        return row._replace(state=UNMATCHED, why=str(found.why), try_at=None)
    pause: timedelta = min(SOONEST * 2 ** min(row.tries - 1, 10), LATEST)
    return row._replace(state=WAITING, why=str(found.why), try_at=now + pause)


def _settled(
    connection: Connection, row: MessageRow, *, state: str, case_id: int | None, by: str, now: datetime, reason: str = "",
) -> MessageRow:
    after = row._replace(state=state, case_id=case_id, why="", tries=row.tries + 1, try_at=None, settled_at=now, settled_by=by,
                         reason=reason)
    store.change(connection, after, row.tries)
    found = store.message(connection, row.id)
    assert found is not None
    return found


def _open(connection: Connection, office: Office, id: int) -> tuple[MessageRow, Platform, Told]:
    """A message that is still to be dealt with, read again by the platform's file as it is now. Raises NotFound, Forbidden."""
    row = store.message(connection, id)
    if row is None:
        raise NotFound("message of a platform", str(id), "list them first")
    if row.settled_at is not None:
        raise Forbidden("message", say("message {id} was dealt with by {by}: it is {state}", id=id, by=row.settled_by or "",
                                       state=row.state))
    platform = office.platforms.get(row.platform)
    if platform is None:
        raise Forbidden("message", say("the platform {platform} is no longer on the shelf: put its file back",
                                       platform=row.platform))
    body = orjson.loads(row.body)
    if row.name == APPLICATION and row.ask == Ask.PERSON.value:
        return row, platform, Told(code="", message="", asked=_FOR_A_PERSON, keys={}, data={}, reason="")
    return row, platform, told(platform, body)
