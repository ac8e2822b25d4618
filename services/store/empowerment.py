"""The statements of the empowerment list 赋权清单. A row says the same for ever; it is decided once, and may be ended once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Boolean, Connection, String, bindparam, func, insert, or_, select, update

from services import tables as t


class RuleRow(NamedTuple):
    """A row of the list. `valid_until` None: without end. `is_approved` None: nobody has decided yet. `ended_on`: the last day
    instead of `valid_until`, None while nobody has ended it."""

    id: int
    kind: str
    park: str
    matter: str
    situation: str
    batch: str
    valid_from: str
    valid_until: str | None
    body: bytes
    entered_by: str
    entered_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    is_approved: bool | None = None
    ended_on: str | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    ending: str | None = None


_R = t.routing_rule.c
_RULE = [_R[name] for name in RuleRow._fields]
_LAST = func.coalesce(_R.ended_on, _R.valid_until)
_KIND, _PARK, _MATTER, _BATCH, _ON = (bindparam(name, type_=String) for name in ("kind", "park", "matter", "batch", "on"))
_ON_DAY = (_R.valid_from <= _ON) & or_(_LAST.is_(None), _LAST >= _ON)
_PAGE = (
    select(*_RULE)
    .where(_R.id > bindparam("after"), or_(_KIND.is_(None), _R.kind == _KIND), or_(_PARK.is_(None), _R.park == _PARK),
           or_(_MATTER.is_(None), _R.matter == _MATTER), or_(_BATCH.is_(None), _R.batch == _BATCH),
           or_(_ON.is_(None), _ON_DAY & _R.is_approved.is_(True)),
           or_(~bindparam("pending", type_=Boolean), _R.is_approved.is_(None)))
    .order_by(_R.id).limit(bindparam("most")))
_IN_FORCE = select(*_RULE).where(_R.is_approved.is_(True), _R.park == bindparam("park"),
                                 _R.matter.in_(["", bindparam("matter")]), _R.valid_from <= bindparam("on"),
                                 or_(_LAST.is_(None), bindparam("on") <= _LAST)).order_by(_R.id)
_STANDING = select(*_RULE).where(or_(_R.is_approved.is_(None), _R.is_approved)).order_by(_R.id)
_PENDING = select(*_RULE).where(_R.is_approved.is_(None)).order_by(_R.id)
_PENDING_OF_BATCH = _PENDING.where(_R.batch == bindparam("batch"))
_PENDING_OF_KIND = _PENDING.where(_R.kind == bindparam("kind"))
_PENDING_OF_IDS = _PENDING.where(_R.id.in_(bindparam("ids", expanding=True)))
_BY_ID = select(*_RULE).where(_R.id == bindparam("id"))
_LAST_ID = select(func.coalesce(func.max(_R.id), 0))
_IS_ASKED = select(_R.id).where(_R.is_approved.is_(True), _R.kind != "park_mode").limit(1)
_INSERT = insert(t.routing_rule)
_DECIDE = (update(t.routing_rule).where(_R.id == bindparam("of_id"), _R.is_approved.is_(None))
           .values({name: bindparam(name) for name in ("decided_by", "decided_at", "is_approved")}))
_END = (update(t.routing_rule).where(_R.id == bindparam("of_id"), _R.ended_on.is_(None))
        .values({name: bindparam(name) for name in ("ended_on", "ended_by", "ended_at", "ending")}))
_CONCLUDED = (
    select(t.fact.c.body).join_from(t.case, t.fact, t.fact.c.case_id == t.case.c.id)
    .where(t.case.c.concluded_on > bindparam("after"), t.case.c.concluded_on <= bindparam("until"), t.fact.c.seq == 2,
           t.fact.c.kind == "CaseRouted"))
"""A case is routed in the command that opens it: the fact is its second."""


def rules_page(
    connection: Connection, *, kind: str | None, park: str | None, matter: str | None, batch: str | None, on: date | None,
    pending: bool, after: int, most: int,
) -> list[RuleRow]:
    """Rows in the order they were entered. None asks for all; `on`: approved and in force on the day; `pending`: those nobody
    has decided."""
    given = {"kind": kind, "park": park, "matter": matter, "batch": batch, "on": on.isoformat() if on else None,
             "pending": pending, "after": after, "most": most}
    return [RuleRow._make(row) for row in connection.execute(_PAGE, given)]


def in_force(connection: Connection, *, park: str, matter: str, on: date) -> list[RuleRow]:
    """The approved rows of a park on a day that may concern a matter, in one statement."""
    given = {"park": park, "matter": matter, "on": on.isoformat()}
    return [RuleRow._make(row) for row in connection.execute(_IN_FORCE, given)]


def standing(connection: Connection) -> list[RuleRow]:
    """The rows that a new one must not contradict: all but those refused."""
    return [RuleRow._make(row) for row in connection.execute(_STANDING)]


def pending(connection: Connection, *, batch: str | None, kind: str | None, ids: Sequence[int]) -> list[RuleRow]:
    """The rows nobody has decided: of a batch, else of a kind, else those of the numbers given."""
    if batch is not None:
        found = connection.execute(_PENDING_OF_BATCH, {"batch": batch})
    elif kind is not None:
        found = connection.execute(_PENDING_OF_KIND, {"kind": kind})
    else:
        found = connection.execute(_PENDING_OF_IDS, {"ids": list(ids)})
    return [RuleRow._make(row) for row in found]


def rule(connection: Connection, rule_id: int) -> RuleRow | None:
    """One row."""
    row = connection.execute(_BY_ID, {"id": rule_id}).first()
    return RuleRow._make(row) if row else None


def last_id(connection: Connection) -> int:
    """The number of the newest row, 0 when there is none. Ask it only while nobody else may enter one."""
    return int(connection.execute(_LAST_ID).scalar_one())


def is_asked(connection: Connection) -> bool:
    """Is there an approved row that says whose a matter is?"""
    return connection.execute(_IS_ASKED).first() is not None


def insert_rules(connection: Connection, rows: Sequence[RuleRow]) -> None:
    """Write new rows."""
    if rows:
        connection.execute(_INSERT, [row._asdict() for row in rows])


def decide(connection: Connection, rows: Sequence[RuleRow]) -> None:
    """Write the decision on rows."""
    connection.execute(_DECIDE, [{"of_id": row.id, "decided_by": row.decided_by, "decided_at": row.decided_at,
                                  "is_approved": row.is_approved} for row in rows])


def end(connection: Connection, row: RuleRow) -> None:
    """Write that a row ends before its time."""
    connection.execute(_END, {"of_id": row.id, "ended_on": row.ended_on, "ended_by": row.ended_by, "ended_at": row.ended_at,
                              "ending": row.ending})


def concluded(connection: Connection, *, after: date, until: date) -> Iterator[bytes]:
    """The routing facts, as written, of the cases concluded after a day and not later than another."""
    for row in connection.execute(_CONCLUDED, {"after": after.isoformat(), "until": until.isoformat()}):
        yield row[0]
