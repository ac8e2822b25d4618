"""The statement that counts what people entered by hand instead of a system, built once at import."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from services import tables as t


class CountedRow(NamedTuple):
    """So many entries by hand in a month (``YYYY-MM``), park and system."""

    month: str
    park: str
    system: str
    times: int


_MONTH = func.substr(t.reentry.c.entered_on, 1, 7)
_COUNTED = (
    select(_MONTH, t.reentry.c.park, t.reentry.c.system, func.count())
    .where(t.reentry.c.entered_on >= bindparam("first"), t.reentry.c.entered_on <= bindparam("last"))
    .group_by(_MONTH, t.reentry.c.park, t.reentry.c.system).order_by(_MONTH, t.reentry.c.park, t.reentry.c.system))


def counted(connection: Connection, first: str, last: str) -> list[CountedRow]:
    """By month, park and system, of what was entered from a day to a day, both included."""
    return [CountedRow._make(row) for row in connection.execute(_COUNTED, {"first": first, "last": last})]
