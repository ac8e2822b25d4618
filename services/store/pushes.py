"""The statements of pushed results: those of a scope, by where they stand, and how many of them there are for each department,
park and process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from services import tables as t
from services.store.rows import PushRow


class ListedPush(NamedTuple):
    """A pushed result with its case, and by when it has to be signed for; `due` None: no clock runs."""

    push: PushRow
    number: str
    definition_id: int
    due: str | None

    @property
    def key(self) -> tuple[int, int]:
        """In the order in which they were pushed."""
        return self.push.case_id, self.push.seq


class CountedPushes(NamedTuple):
    """How many results of a process a department was pushed from a park, and what has become of them."""

    department: str
    park: str
    process: str
    pushed: int
    in_time: int
    late: int
    waiting: int
    overdue: int
    findings: int


_P = t.push.c
_WAITING, _LAPSED = _P.received_on.is_(None), _P.lapsed_on.is_not(None)
_STANDS: Mapping[str, Any] = {"waiting": _WAITING, "overdue": and_(_WAITING, _LAPSED), "received": _P.received_on.is_not(None),
                              "late": and_(_P.received_on.is_not(None), _LAPSED), "all": literal(1) == literal(1)}
STANDS = tuple(_STANDS)
"""Where a pushed result may stand."""

_WITHIN = [or_(asked == "", _P[asked.key] == asked)
           for asked in (bindparam(place, type_=String) for place in ("park", "department", "process"))]
_AFTER = tuple_(_P.case_id, _P.seq) > tuple_(bindparam("after_case", type_=BigInteger), bindparam("after_seq", type_=Integer))


def _page(stands: Any) -> Select[Any]:
    return (select(*(_P[name] for name in PushRow._fields), t.case.c.number, t.case.c.definition_id, t.clock.c.due)
            .join_from(t.push, t.case, _P.case_id == t.case.c.id)
            .join(t.clock, and_(t.clock.c.case_id == _P.case_id,
                                t.clock.c.clock == literal("push:").concat(cast(_P.seq, String))), isouter=True)
            .where(stands, *_WITHIN, _AFTER).order_by(_P.case_id, _P.seq).limit(bindparam("most")))


def _how_many(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


_PAGES = {name: _page(stands) for name, stands in _STANDS.items()}
_COUNTED = (
    select(_P.department, _P.park, _P.process, func.count(),
           _how_many(and_(_P.received_on.is_not(None), _P.lapsed_on.is_(None))),
           _how_many(_STANDS["late"]), _how_many(_WAITING), _how_many(_STANDS["overdue"]), func.sum(_P.findings))
    .where(_P.pushed_on.between(bindparam("first", type_=String), bindparam("last", type_=String)), *_WITHIN)
    .group_by(_P.department, _P.park, _P.process))


def pushes(
    connection: Connection, *, stands: str, park: str, department: str, process: str, after: tuple[int, int], most: int,
) -> list[ListedPush]:
    """The pushed results of a scope that stand so, in the order of their cases; "" in a place: everywhere."""
    given = {"park": park, "department": department, "process": process, "after_case": after[0], "after_seq": after[1],
             "most": most}
    return [ListedPush(PushRow._make(row[:-3]), *row[-3:]) for row in connection.execute(_PAGES[stands], given)]


def counted(
    connection: Connection, *, first: str, last: str, park: str, department: str, process: str,
) -> list[CountedPushes]:
    """How many were pushed in a span of days, both included, within a scope."""
    given = {"first": first, "last": last, "park": park, "department": department, "process": process}
    return [CountedPushes(*row[:3], *map(int, row[3:])) for row in connection.execute(_COUNTED, given)]
