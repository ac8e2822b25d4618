"""The statements of the templates of undertakings 承诺书范本 and of the credit register 失信记录."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Boolean, Connection, String, bindparam, insert, or_, select, update

from services import tables as t


class TemplateRow(NamedTuple):
    """A template, in force in [since, until); `until` None: still. `excluded`: why the matter is not decided on a declaration,
    "": it may be."""

    id: int
    kind: str
    process: str
    version: int
    text: str
    verify_workdays: int
    correct_workdays: int
    on_lapse: str
    excluded: str
    basis: str
    since: datetime
    until: datetime | None
    entered_by: str


class CreditRow(NamedTuple):
    """A record against an applicant. `state`: proposed, in_force, dropped, restored."""

    id: int
    code: str
    name: str
    reason: str
    document: str
    case_number: str
    state: str
    since: datetime
    until_on: str | None
    proposed_by: str
    decided_by: str
    restored_at: datetime | None
    restored_for: str


_T, _C = t.undertaking_template.c, t.credit_record.c
_PROCESS, _CODE, _STATE = (bindparam(name, type_=String) for name in ("process", "code", "state"))
_TEMPLATES = (
    select(t.undertaking_template)
    .where(_T.id > bindparam("after"), or_(_PROCESS.is_(None), _T.process == _PROCESS),
           or_(_T.until.is_(None), bindparam("with_history", type_=Boolean)))
    .order_by(_T.id).limit(bindparam("most")))
_IN_FORCE = (
    select(t.undertaking_template)
    .where(_T.kind == bindparam("kind"), _T.process.in_(("", bindparam("process"))), _T.until.is_(None))
    .order_by(_T.process.desc(), _T.id.desc()).limit(1))
_STANDING = (
    select(t.undertaking_template).where(_T.kind == bindparam("kind"), _T.process == bindparam("process"))
    .order_by(_T.version.desc()).limit(1))
_END = update(t.undertaking_template).where(_T.id == bindparam("of_id")).values(until=bindparam("ended"))
_INSERT_TEMPLATE, _INSERT_CREDIT = insert(t.undertaking_template), insert(t.credit_record)
_RECORDS = (
    select(t.credit_record)
    .where(_C.id > bindparam("after"), or_(_CODE.is_(None), _C.code == _CODE), or_(_STATE.is_(None), _C.state == _STATE))
    .order_by(_C.id).limit(bindparam("most")))
_RECORD = select(t.credit_record).where(_C.id == bindparam("id")).with_for_update()
_AGAINST = (
    select(t.credit_record)
    .where(_C.code.in_(bindparam("codes", expanding=True)), _C.state == "in_force",
           or_(_C.until_on.is_(None), _C.until_on >= bindparam("today")))
    .order_by(_C.id).limit(1))
_OF_CASE = select(t.credit_record.c.id).where(_C.case_number == bindparam("case_number"), _C.code == bindparam("code")).limit(1)
_CHANGED = ("state", "since", "until_on", "document", "decided_by", "restored_at", "restored_for")
_CHANGE = (update(t.credit_record).where(_C.id == bindparam("of_id"))
           .values({name: bindparam(f"new_{name}") for name in _CHANGED}))


def templates_page(
    connection: Connection, *, process: str | None, with_history: bool, after: int, most: int,
) -> list[TemplateRow]:
    """Templates in the order they were entered; `process` None asks for all."""
    given = {"process": process, "with_history": with_history, "after": after, "most": most}
    return [TemplateRow._make(row) for row in connection.execute(_TEMPLATES, given)]


def template_in_force(connection: Connection, *, kind: str, process: str) -> TemplateRow | None:
    """The template of a matter, else the one of all matters."""
    row = connection.execute(_IN_FORCE, {"kind": kind, "process": process}).first()
    return TemplateRow._make(row) if row else None


def newest_template(connection: Connection, *, kind: str, process: str) -> TemplateRow | None:
    """The newest template of a matter ("": all), in force or not."""
    row = connection.execute(_STANDING, {"kind": kind, "process": process}).first()
    return TemplateRow._make(row) if row else None


def end_template(connection: Connection, template_id: int, ended: datetime) -> None:
    """Close a template's row."""
    connection.execute(_END, {"of_id": template_id, "ended": ended})


def insert_template(connection: Connection, row: TemplateRow) -> None:
    """Write a template."""
    connection.execute(_INSERT_TEMPLATE, row._asdict())


def records_page(
    connection: Connection, *, code: str | None, state: str | None, after: int, most: int,
) -> list[CreditRow]:
    """Credit records in the order they were entered; None asks for all."""
    given = {"code": code, "state": state, "after": after, "most": most}
    return [CreditRow._make(row) for row in connection.execute(_RECORDS, given)]


def record(connection: Connection, record_id: int) -> CreditRow | None:
    """A credit record to be changed: locked until the transaction ends."""
    row = connection.execute(_RECORD, {"id": record_id}).first()
    return CreditRow._make(row) if row else None


def record_against(connection: Connection, codes: Sequence[str], today: str) -> CreditRow | None:
    """A record in force against one of these codes."""
    row = connection.execute(_AGAINST, {"codes": list(codes), "today": today}).first() if codes else None
    return CreditRow._make(row) if row else None


def has_record_of(connection: Connection, case_number: str, code: str) -> bool:
    """Has a case brought up a record against this code already?"""
    return connection.execute(_OF_CASE, {"case_number": case_number, "code": code}).first() is not None


def insert_record(connection: Connection, row: CreditRow) -> None:
    """Write a credit record."""
    connection.execute(_INSERT_CREDIT, row._asdict())


def change_record(connection: Connection, row: CreditRow) -> None:
    """Write what has changed of a credit record."""
    connection.execute(_CHANGE, {"of_id": row.id, **{f"new_{name}": getattr(row, name) for name in _CHANGED}})
