"""What came from upstream platforms: each application has exactly one case and the other way round; each message was given to
its case once, or still waits for somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from services.verify.report import Problem
from services.verify.rows import Followed
from services.verify.stored import COUNTER, PLATFORM_MESSAGE, scan

PLATFORM = "平台:"
"""Begins by whom a fact is that a platform gave."""

_OPEN, _SETTLED = frozenset({"waiting", "unmatched"}), frozenset({"done", "dismissed"})


def given_by_case(connection: Connection) -> Counter[int]:
    """How many messages platforms have given to each case by themselves."""
    return Counter(row.case_id for row in scan(connection, PLATFORM_MESSAGE, ("id",)) if _is_given(row))


def check_submission(told: Followed, submissions: Sequence[Row[Any]]) -> None:
    """A case is found by the number of an application exactly when its first fact says that this opened it."""
    opened = told.history.opened
    data = opened.data if opened is not None else {}
    said = [(data.get("platform"), data.get("platform_number"))] if data.get("platform") else []
    stored = [(row.platform, row.number) for row in submissions]
    if stored != said:
        told.found("submission", 1, f"it was opened by the applications {stored}, its facts say {said}")


def check_given(told: Followed, given: int) -> None:
    """What was given to a case and what it says that it was given are as many."""
    if told.history.given != given:
        told.found("message", None, f"{given} messages of platforms were given to it, its facts tell of {told.history.given}")


def check_messages(connection: Connection) -> Iterator[Problem]:
    """No message is lost, and each either waits for somebody or says who has dealt with it."""
    most, count = connection.execute(select(func.coalesce(func.max(PLATFORM_MESSAGE.c.id), 0), func.count())
                                     .select_from(PLATFORM_MESSAGE)).one()
    numbered = connection.execute(select(COUNTER.c.value).where(COUNTER.c.name == "platform_message")).scalar() or 0
    if not numbered == most == count:
        yield _problem("counter", f"{numbered} messages of platforms were numbered, {count} are there, up to id {most}")
    for row in scan(connection, PLATFORM_MESSAGE, ("id",)):
        if (row.settled_at is not None, row.settled_by is not None) != (row.state in _SETTLED,) * 2 or (
                row.state not in _OPEN | _SETTLED):
            yield _problem("message", f"message {row.id} of {row.platform} is {row.state}, dealt with by {row.settled_by}")
        if (row.try_at is not None) is not (row.state == "waiting"):
            yield _problem("message", f"message {row.id} of {row.platform} is {row.state}, and tried again at {row.try_at}")


def _is_given(row: Row[Any]) -> bool:
    return (row.ask == "message" and row.state == "done" and row.case_id is not None
            and str(row.settled_by).startswith(PLATFORM))


def _problem(check: str, message: str) -> Problem:
    return Problem(check=check, case="", seq=None, message=message)
