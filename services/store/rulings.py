"""The statements of what an office rules beside the cases: its own limits, a project's commitments, its policies.

A row is never changed in meaning: `end` closes it and a new one follows. Whoever writes takes the next number of the table's
counter first, which on PostgreSQL makes writers of one table take turns, so that a place never has two rows in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Executable,
    String,
    Table,
    bindparam,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from services import tables as t


class OfficeLimitRow(NamedTuple):
    """An office's own limit. `park` "": all parks. `exception`: JSON of why it departs from the statute, "" when it does not.
    In force in [since, until); `until` None: still."""

    id: int
    process: str
    park: str
    kind: str
    amount: int
    unit: str
    basis: str
    exception: str
    approver: str
    since: datetime
    until: datetime | None
    entered_by: str


class CommitmentRow(NamedTuple):
    """What an agreement promises a project."""

    id: int
    project: str
    item: str
    amount: int
    unit: str
    start_event: str
    clause: str
    agreement: str
    responsible: str
    since: datetime
    until: datetime | None
    entered_by: str


class PolicyRow(NamedTuple):
    """An office's policy. `process` and `park` "": all. `body`: JSON of `engine.policies`."""

    id: int
    process: str
    park: str
    body: bytes
    since: datetime
    until: datetime | None
    entered_by: str


class CompetingRow(NamedTuple):
    """One value that competes for a limit. `source`: office or commitment. `name`: the kind of the office's limit, or the item
    of the commitment. `park`: of an office limit, "" for all and for commitments."""

    source: str
    park: str
    name: str
    amount: int
    unit: str
    basis: str
    agreement: str
    start_event: str
    responsible: str


def _is_in_force(table: Table) -> ColumnElement[bool]:
    return (table.c.since <= bindparam("at")) & or_(table.c.until.is_(None), table.c.until > bindparam("at"))


def _asked(table: Table, *names: str) -> ColumnElement[bool]:
    """The columns equal what is asked; a parameter that is NULL asks for nothing."""
    asked: ColumnElement[bool] = table.c.id > bindparam("after")
    for name in names:
        given = bindparam(name, type_=String)
        asked &= or_(given.is_(None), table.c[name] == given)
    return asked & or_(table.c.until.is_(None), bindparam("with_history", type_=Boolean))


def _page(table: Table, *names: str) -> Executable:
    return select(table).where(_asked(table, *names)).order_by(table.c.id).limit(bindparam("most"))


def _standing(table: Table, *key: str) -> Executable:
    """The row of a place that no other has followed yet."""
    standing: ColumnElement[bool] = table.c.until.is_(None)
    for name in key:
        standing &= table.c[name] == bindparam(name)
    return select(table).where(standing).order_by(table.c.id.desc()).limit(1)


def _end(table: Table) -> Executable:
    return update(table).where(table.c.id == bindparam("of_id")).values(until=bindparam("ended"))


def _competing() -> Executable:
    """Office limits and commitments as rows of one shape, so that an acceptance asks once."""
    limits, commitments, nothing = t.office_limit, t.commitment, literal("", String)
    return union_all(
        select(literal("office", String), limits.c.park, limits.c.kind, limits.c.amount, limits.c.unit, limits.c.basis, nothing,
               nothing, nothing)
        .where(limits.c.process == bindparam("process"), limits.c.park.in_([bindparam("park"), literal("", String)]),
               _is_in_force(limits)),
        select(literal("commitment", String), nothing, commitments.c.item, commitments.c.amount, commitments.c.unit,
               commitments.c.clause, commitments.c.agreement, commitments.c.start_event, commitments.c.responsible)
        .where(commitments.c.project == bindparam("project"), _is_in_force(commitments)))


_LIMITS, _COMMITMENTS = _page(t.office_limit, "process", "park"), _page(t.commitment, "project", "item")
_POLICIES = _page(t.policy, "process", "park")
_STANDING_LIMIT = _standing(t.office_limit, "process", "park", "kind")
_STANDING_LIMITS = (select(t.office_limit).where(t.office_limit.c.process == bindparam("process"),
                                                 t.office_limit.c.until.is_(None)).order_by(t.office_limit.c.id))
_STANDING_COMMITMENT = _standing(t.commitment, "project", "item")
_STANDING_POLICY = _standing(t.policy, "process", "park")
_STANDING_POLICIES = select(t.policy).where(t.policy.c.until.is_(None)).order_by(t.policy.c.id)
_COMPETING = _competing()
_HAS_LIMITS = select(t.counter.c.value).where(t.counter.c.name.in_(("office_limit", "commitment"))).limit(1)
_VERSION = select(t.counter.c.value).where(t.counter.c.name == "policy")
_END_LIMIT, _END_COMMITMENT, _END_POLICY = _end(t.office_limit), _end(t.commitment), _end(t.policy)
_INSERT_LIMIT, _INSERT_COMMITMENT, _INSERT_POLICY = insert(t.office_limit), insert(t.commitment), insert(t.policy)


def limits_page(
    connection: Connection, *, process: str | None, park: str | None, with_history: bool, after: int, most: int,
) -> list[OfficeLimitRow]:
    """Office limits in the order they were entered; None asks for all."""
    given = {"process": process, "park": park, "with_history": with_history, "after": after, "most": most}
    return [OfficeLimitRow._make(row) for row in connection.execute(_LIMITS, given)]


def commitments_page(
    connection: Connection, *, project: str | None, item: str | None, with_history: bool, after: int, most: int,
) -> list[CommitmentRow]:
    """Commitments in the order they were entered; None asks for all."""
    given = {"project": project, "item": item, "with_history": with_history, "after": after, "most": most}
    return [CommitmentRow._make(row) for row in connection.execute(_COMMITMENTS, given)]


def policies_page(
    connection: Connection, *, process: str | None, park: str | None, with_history: bool, after: int, most: int,
) -> list[PolicyRow]:
    """Policies in the order they were entered; None asks for all."""
    given = {"process": process, "park": park, "with_history": with_history, "after": after, "most": most}
    return [PolicyRow._make(row) for row in connection.execute(_POLICIES, given)]


def has_limits(connection: Connection) -> bool:
    """Has an office limit or a commitment ever been entered?"""
    return connection.execute(_HAS_LIMITS).first() is not None


def competing(connection: Connection, *, process: str, park: str, project: str, at: datetime) -> list[CompetingRow]:
    """What competes with the drawn limits of a case at an instant, in one statement."""
    given = {"process": process, "park": park, "project": project, "at": at}
    return [CompetingRow._make(row) for row in connection.execute(_COMPETING, given)]


def standing_limit(connection: Connection, *, process: str, park: str, kind: str) -> OfficeLimitRow | None:
    """The office limit of a place that no other has followed."""
    row = connection.execute(_STANDING_LIMIT, {"process": process, "park": park, "kind": kind}).first()
    return OfficeLimitRow._make(row) if row else None


def standing_limits(connection: Connection, process: str) -> Sequence[OfficeLimitRow]:
    """All office limits of a process that no other has followed."""
    return [OfficeLimitRow._make(row) for row in connection.execute(_STANDING_LIMITS, {"process": process})]


def standing_commitment(connection: Connection, *, project: str, item: str) -> CommitmentRow | None:
    """The commitment of a project on an item that no other has followed."""
    row = connection.execute(_STANDING_COMMITMENT, {"project": project, "item": item}).first()
    return CommitmentRow._make(row) if row else None


def standing_policy(connection: Connection, *, process: str, park: str) -> PolicyRow | None:
    """The policy of a place that no other has followed."""
    row = connection.execute(_STANDING_POLICY, {"process": process, "park": park}).first()
    return PolicyRow._make(row) if row else None


def standing_policies(connection: Connection) -> list[PolicyRow]:
    """All policies that no other has followed."""
    return [PolicyRow._make(row) for row in connection.execute(_STANDING_POLICIES)]


def policy_version(connection: Connection) -> int:
    """How often the policies have changed."""
    return connection.execute(_VERSION).scalar_one_or_none() or 0


def end_limit(connection: Connection, limit_id: int, ended: datetime) -> None:
    """Close an office limit."""
    connection.execute(_END_LIMIT, {"of_id": limit_id, "ended": ended})


def end_commitment(connection: Connection, commitment_id: int, ended: datetime) -> None:
    """Close a commitment."""
    connection.execute(_END_COMMITMENT, {"of_id": commitment_id, "ended": ended})


def end_policy(connection: Connection, policy_id: int, ended: datetime) -> None:
    """Close a policy."""
    connection.execute(_END_POLICY, {"of_id": policy_id, "ended": ended})


def insert_limit(connection: Connection, row: OfficeLimitRow) -> None:
    """Write an office limit."""
    connection.execute(_INSERT_LIMIT, row._asdict())


def insert_commitment(connection: Connection, row: CommitmentRow) -> None:
    """Write a commitment."""
    connection.execute(_INSERT_COMMITMENT, row._asdict())


def insert_policy(connection: Connection, row: PolicyRow) -> None:
    """Write a policy."""
    connection.execute(_INSERT_POLICY, row._asdict())
