"""The credit register 失信记录: who is barred from being decided on a declaration 告知承诺, until when, and the restoring of
credit 信用修复.

A record that comes out of a case is only proposed: it bars nobody before another person has decided on it. A record in force is
never deleted; it ends on its last day, or is restored with the document it rests on (国办发〔2020〕42号).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from engine.case import local_day
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.sentences import say
from services.store import undertakings as store
from services.store import writing
from services.store.undertakings import CreditRow

PROPOSED, IN_FORCE, DROPPED, RESTORED = "proposed", "in_force", "dropped", "restored"
STATES = (PROPOSED, IN_FORCE, DROPPED, RESTORED)
EVERY = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A record to be entered against `code`. `until_on`: the last day it counts, None until it is restored."""

    code: str
    name: str
    reason: str
    document: str
    until_on: date | None = None


def enter(connection: Connection, new: NewRecord, *, by: str, now: datetime) -> CreditRow:
    """Enter a record that another office has decided on, by its document; it counts from now on. Raises InvalidInput."""
    if new.until_on is not None and new.until_on < local_day(now):
        raise InvalidInput("until_on", say("{until_on} is over; a record counts from today on", until_on=new.until_on))
    row = _row(new, state=IN_FORCE, case_number="", by=by, now=now)._replace(decided_by=_text(by, "by", 100),
                                                                             document=_text(new.document, "document", 200))
    return _inserted(connection, row)


def propose(connection: Connection, new: NewRecord, *, case_number: str, by: str, now: datetime) -> CreditRow | None:
    """Propose a record that a case has brought up, once for each case; None: it is proposed already."""
    row = _row(new, state=PROPOSED, case_number=case_number, by=by, now=now)
    return None if store.has_record_of(connection, case_number, row.code) else _inserted(connection, row)


def confirm(
    connection: Connection, record: int, *, document: str, until_on: date | None, by: str, now: datetime,
) -> CreditRow:
    """Put a proposed record in force, by another person than who proposed it. Raises NotFound, Forbidden, InvalidInput."""
    row = _proposed(connection, record, by)
    if until_on is not None and until_on < local_day(now):
        raise InvalidInput("until_on", say("{until_on} is over; a record counts from today on", until_on=until_on))
    return _changed(connection, row._replace(
        state=IN_FORCE, since=max(now, row.since), until_on=until_on.isoformat() if until_on else None,
        document=_text(document, "document", 200), decided_by=_text(by, "by", 100)))


def drop(connection: Connection, record: int, *, reason: str, by: str) -> CreditRow:
    """Do not put a proposed record in force. Raises NotFound, Forbidden, InvalidInput."""
    row = _proposed(connection, record, by)
    return _changed(connection, row._replace(state=DROPPED, decided_by=_text(by, "by", 100),
                                             restored_for=_text(reason, "reason", 200)))


def restore(connection: Connection, record: int, *, document: str, by: str, now: datetime) -> CreditRow:
    """信用修复: a record in force counts no more, by the document that says so. Raises NotFound, Forbidden, InvalidInput."""
    row = _found(connection, record)
    if row.state != IN_FORCE:
        raise Forbidden("restore credit", say(
            "record {record} is {state}: only one in force is restored", record=record, state=row.state))
    return _changed(connection, row._replace(state=RESTORED, restored_at=max(now, row.since), decided_by=_text(by, "by", 100),
                                             restored_for=_text(document, "document", 200)))


def records(
    connection: Connection, *, code: str | None = None, state: str | None = None, after: int = 0, most: int = EVERY,
) -> list[CreditRow]:
    """Records in the order they were entered, from number `after` + 1; None asks for all."""
    return store.records_page(connection, code=code, state=state, after=after, most=most)


def barred(connection: Connection, codes: Iterable[str], now: datetime) -> str:
    """Why whoever has one of these codes is out of credit today; "" when nobody is."""
    asked = sorted({code.strip().upper() for code in codes} - {""})
    row = store.record_against(connection, asked, local_day(now).isoformat())
    if row is None:
        return ""
    since = local_day(row.since)
    if row.until_on:
        return say("{why} ({document}, since {since} until {until_on})",
                   why=row.reason, document=row.document, since=since, until_on=row.until_on)
    return say("{why} ({document}, since {since})", why=row.reason, document=row.document, since=since)


def _row(new: NewRecord, *, state: str, case_number: str, by: str, now: datetime) -> CreditRow:
    return CreditRow(
        id=0, code=_text(new.code, "code", 18).upper(), name=_text(new.name, "name", 200),
        reason=_text(new.reason, "reason", 1000), document=new.document.strip(), case_number=case_number, state=state,
        since=now, until_on=new.until_on.isoformat() if new.until_on else None, proposed_by=_text(by, "by", 100), decided_by="",
        restored_at=None, restored_for="")


def _inserted(connection: Connection, row: CreditRow) -> CreditRow:
    row = row._replace(id=writing.next_number(connection, "credit_record"))
    store.insert_record(connection, row)
    return row


def _changed(connection: Connection, row: CreditRow) -> CreditRow:
    store.change_record(connection, row)
    return row


def _found(connection: Connection, record: int) -> CreditRow:
    row = store.record(connection, record)
    if row is None:
        raise NotFound("credit record", str(record), "the list has those there are")
    return row


def _proposed(connection: Connection, record: int, by: str) -> CreditRow:
    row = _found(connection, record)
    if row.state != PROPOSED:
        raise Forbidden("decide on a credit record", say(
            "record {record} is {state}, nobody has to decide on it any more", record=record, state=row.state))
    if by.strip() == row.proposed_by:
        raise Forbidden("decide on a credit record", say("{by} has proposed it; another person decides", by=row.proposed_by))
    return row


def _text(value: str, name: str, most: int) -> str:
    kept = value.strip()
    if not kept:
        raise InvalidInput(name, "is missing; a record names whom it concerns, why, and what it rests on")
    if len(kept) > most or not kept.isprintable():
        raise InvalidInput(name, say("expected at most {most} printable characters on one line", most=most))
    return kept
