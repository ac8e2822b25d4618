"""The statements that count tries: by what is tried, by whom, in which minute."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, update
from sqlalchemy.exc import IntegrityError

from services import tables as t

_ROW = (t.throttle.c.room == bindparam("of_room"), t.throttle.c.key == bindparam("of_key"),
        t.throttle.c.minute == bindparam("of_minute"))
_COUNT = (update(t.throttle).where(*_ROW, t.throttle.c.count < bindparam("most")).values(count=t.throttle.c.count + 1))
_GIVE_BACK = (update(t.throttle).where(*_ROW, t.throttle.c.count > 0).values(count=t.throttle.c.count - 1))
_START = insert(t.throttle)
_FORGET = delete(t.throttle).where(t.throttle.c.minute < bindparam("before"))


def count(connection: Connection, *, room: str, key: str, minute: int, most: int) -> bool:
    """Count one try, unless there were as many as allowed in this minute. Returns whether it was counted."""
    given = {"of_room": room, "of_key": key, "of_minute": minute, "most": most}
    if connection.execute(_COUNT, given).rowcount:
        return True
    try:
        with connection.begin_nested():
            connection.execute(_START, {"room": room, "key": key, "minute": minute, "count": 1})
        return True
    except IntegrityError:  # there is such a row: all are used up, or another transaction has just begun it
        return connection.execute(_COUNT, given).rowcount > 0


def give_back(connection: Connection, *, room: str, key: str, minute: int) -> None:
    """A try that was counted does not count."""
    connection.execute(_GIVE_BACK, {"of_room": room, "of_key": key, "of_minute": minute})


def forget(connection: Connection, before: int) -> int:
    """Forget the minutes before one. Returns how many rows went."""
    return connection.execute(_FORGET, {"before": before}).rowcount
