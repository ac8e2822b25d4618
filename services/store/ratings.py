"""The statement of the bad ratings of a scope that wait for an answer."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, String, and_, bindparam, func, literal, or_, select

from services import tables as t

_NO_DAY = "9999"
"""What has no day comes after all that has one."""


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

    @property
    def key(self) -> tuple[str, int]:
        """The most urgent first."""
        return (self.due or _NO_DAY, self.case_id)


_R = t.rating.c
_WITHIN = [or_(asked == "", _R[asked.key] == asked)
           for asked in (bindparam(place, type_=String) for place in ("park", "department", "process"))]
_OPEN = (
    select(_R.case_id, t.case.c.number, t.case.c.definition_id, _R.seq, _R.level, _R.process, _R.park, _R.department,
           _R.rated_on, _R.lapsed_on, t.clock.c.due)
    .join_from(t.rating, t.case, _R.case_id == t.case.c.id)
    .join(t.clock, and_(t.clock.c.case_id == _R.case_id, t.clock.c.kind == "rectification"), isouter=True)
    .where(_R.level <= 2, _R.state == "open", *_WITHIN)
    .order_by(func.coalesce(t.clock.c.due, literal(_NO_DAY)), _R.case_id).limit(bindparam("most")))


def open_ratings(connection: Connection, *, park: str, department: str, process: str, most: int) -> list[OpenRow]:
    """The bad ratings of a scope without an answer, the most urgent first; "" in a place: everywhere."""
    given = {"park": park, "department": department, "process": process, "most": most}
    return [OpenRow._make(row) for row in connection.execute(_OPEN, given)]
