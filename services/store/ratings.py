"""The statement of the bad ratings that wait for an answer."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, func, literal, select

from services import tables as t

MOST = 500
"""An office with more of them unanswered answers the most urgent first."""


class OpenRow(NamedTuple):
    """A bad rating without an answer, of a case. `due`: None when no clock runs."""

    case_id: int
    number: str
    definition_id: int
    seq: int
    level: int
    process: str
    park: str
    department: str
    rated_on: str
    lapsed_on: str | None
    due: str | None


_R = t.rating.c
_OPEN = (
    select(_R.case_id, t.case.c.number, t.case.c.definition_id, _R.seq, _R.level, _R.process, _R.park, _R.department,
           _R.rated_on, _R.lapsed_on, t.clock.c.due)
    .join_from(t.rating, t.case, _R.case_id == t.case.c.id)
    .join(t.clock, and_(t.clock.c.case_id == _R.case_id, t.clock.c.kind == "rectification"), isouter=True)
    .where(_R.level <= 2, _R.state == "open")
    .order_by(func.coalesce(t.clock.c.due, literal("9999")), _R.case_id).limit(MOST))


def open_ratings(connection: Connection) -> list[OpenRow]:
    """The bad ratings without an answer, the most urgent first."""
    return [OpenRow._make(row) for row in connection.execute(_OPEN)]
