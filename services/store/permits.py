"""The statements of the register of granted permits 许可证件登记. Its rows follow from the facts of cases and are written
beside them, in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, String, bindparam, exists, func, insert, or_, select, text, update

from services import tables as t


class PermitRow(NamedTuple):
    """A granted permit. `conditions`: JSON as granted. `untold`: the case whose act the granting case has not learnt yet;
    `wanted`: the act for which a case is to be opened, "" none."""

    id: int
    number: str
    sort: str
    name: str
    holder: str
    holder_code: str
    case_id: int
    process: str
    park: str
    department: str
    authority: str
    seal: str
    granted_on: str
    valid_from: str
    valid_until: str | None
    conditions: str
    state: str
    version: int
    follows: str
    untold: int | None
    wanted: str
    wanted_for: str


class EventRow(NamedTuple):
    """Something that happened to a permit: fact number `seq` of a case. `state`: of the permit afterwards."""

    permit_id: int
    place: int
    kind: str
    act: str
    case_id: int
    seq: int
    at: datetime
    by: str
    state: str


class OpenCaseRow(NamedTuple):
    """A case about a permit that has not ended. `at`: when it named the permit."""

    number: str
    act: str
    at: datetime


_P, _E = t.permit.c, t.permit_event.c
_STATE, _SORT, _PARK = (bindparam(name, type_=String) for name in ("state", "sort", "park"))
_PAGE = (
    select(t.permit, t.case.c.number.label("of_case")).join_from(t.permit, t.case, t.case.c.id == _P.case_id)
    .where(_P.id > bindparam("after"), or_(_STATE.is_(None), _P.state == _STATE), or_(_SORT.is_(None), _P.sort == _SORT),
           or_(_PARK.is_(None), _P.park == _PARK))
    .order_by(_P.id).limit(bindparam("most")))
_PAGE_OF_HOLDER = _PAGE.where(_P.holder_code == bindparam("holder_code"))
_BY_NUMBER = (
    select(t.permit, t.case.c.number.label("of_case")).join_from(t.permit, t.case, t.case.c.id == _P.case_id)
    .where(_P.number == bindparam("number")))
_LOCKED = select(t.permit).where(_P.number == bindparam("number")).with_for_update()
_OF_CASE = select(t.permit).where(_P.case_id == bindparam("of_case")).order_by(_P.id)
_NEWS = (
    select(t.permit).where(text("(untold IS NOT NULL OR wanted <> '')"), _P.id > bindparam("after"))  # as its index says
    .order_by(_P.id).limit(bindparam("most")))
_EVENTS = (
    select(t.permit_event, t.case.c.number.label("of_case"))
    .join_from(t.permit_event, t.case, t.case.c.id == _E.case_id)
    .where(_E.permit_id == bindparam("of_permit"), _E.place > bindparam("after")).order_by(_E.place).limit(bindparam("most")))
_OPEN_CASES = (
    select(t.case.c.number, _E.act, _E.at).join_from(t.permit_event, t.case, t.case.c.id == _E.case_id)
    .where(_E.permit_id == bindparam("of_permit"), _E.kind == "PermitNamed", t.case.c.ended_at.is_(None)).order_by(_E.place))
_LAST_PLACE = select(func.coalesce(func.max(_E.place), 0)).where(_E.permit_id == bindparam("of_permit"))
_IS_TAKEN = select(exists().where(_P.number == bindparam("number")))
_CASE_ID = select(t.case.c.id).where(t.case.c.number == bindparam("number"))
_CASE_NUMBER = select(t.case.c.number).where(t.case.c.id == bindparam("of_case"))
_INSERT, _INSERT_EVENT = insert(t.permit), insert(t.permit_event)
_CHANGED = ("holder", "holder_code", "authority", "seal", "state", "version", "untold", "wanted", "wanted_for")
_UPDATE = (update(t.permit).where(_P.id == bindparam("of_id"))
           .values({name: bindparam(f"new_{name}") for name in _CHANGED}))


def permits_page(
    connection: Connection, *, state: str | None, sort: str | None, holder_code: str | None, park: str | None, after: int,
    most: int,
) -> list[tuple[PermitRow, str]]:
    """Permits in the order they were granted, each with the number of its case; None asks for all."""
    given: dict[str, object] = {"state": state, "sort": sort, "park": park, "after": after, "most": most}
    if holder_code is None:
        rows = connection.execute(_PAGE, given)
    else:
        rows = connection.execute(_PAGE_OF_HOLDER, {**given, "holder_code": holder_code})
    return [(PermitRow._make(row[:-1]), row[-1]) for row in rows]


def permit(connection: Connection, number: str) -> tuple[PermitRow, str] | None:
    """A permit with the number of its case."""
    row = connection.execute(_BY_NUMBER, {"number": number}).first()
    return (PermitRow._make(row[:-1]), row[-1]) if row else None


def locked(connection: Connection, number: str) -> PermitRow | None:
    """A permit to be changed or pointed at: locked until the transaction ends."""
    row = connection.execute(_LOCKED, {"number": number}).first()
    return PermitRow._make(row) if row else None


def permits_of(connection: Connection, case_id: int) -> list[PermitRow]:
    """The permits a case has granted."""
    return [PermitRow._make(row) for row in connection.execute(_OF_CASE, {"of_case": case_id})]


def with_news(connection: Connection, *, after: int, most: int) -> list[PermitRow]:
    """Permits about which a case has to be told or opened."""
    return [PermitRow._make(row) for row in connection.execute(_NEWS, {"after": after, "most": most})]


def events_of(connection: Connection, permit_id: int, *, after: int = 0, most: int = 1000) -> list[tuple[EventRow, str]]:
    """What happened to a permit, in order, each with the number of the case."""
    given = {"of_permit": permit_id, "after": after, "most": most}
    return [(EventRow._make(row[:-1]), row[-1]) for row in connection.execute(_EVENTS, given)]


def open_cases(connection: Connection, permit_id: int) -> list[OpenCaseRow]:
    """The cases about a permit that have not ended."""
    return [OpenCaseRow._make(row) for row in connection.execute(_OPEN_CASES, {"of_permit": permit_id})]


def is_taken(connection: Connection, number: str) -> bool:
    """Is there a permit with this number?"""
    return bool(connection.execute(_IS_TAKEN, {"number": number}).scalar_one())


def case_id(connection: Connection, number: str) -> int:
    """The key of a case."""
    return int(connection.execute(_CASE_ID, {"number": number}).scalar_one())


def case_number(connection: Connection, of_case: int) -> str:
    """The number of a case."""
    return str(connection.execute(_CASE_NUMBER, {"of_case": of_case}).scalar_one())


def insert_permit(connection: Connection, row: PermitRow) -> None:
    """Write a permit."""
    connection.execute(_INSERT, row._asdict())


def change_permit(connection: Connection, row: PermitRow) -> None:
    """Write what has changed of a permit."""
    connection.execute(_UPDATE, {"of_id": row.id, **{f"new_{name}": getattr(row, name) for name in _CHANGED}})


def insert_event(connection: Connection, row: EventRow) -> None:
    """Write the next event of a permit; its `place` is given here."""
    place = int(connection.execute(_LAST_PLACE, {"of_permit": row.permit_id}).scalar_one()) + 1
    connection.execute(_INSERT_EVENT, row._replace(place=place)._asdict())
