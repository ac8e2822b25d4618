"""The rows as they lie in the database: read in the order of their case, a page at a time, as the driver gives them.

The tables are described here once more, on purpose: a mistake in the program's own tables must not hide itself. Nothing is
converted, so that bytes which somebody replaced by text, or an instant by nonsense, are seen and not stumbled over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, TableClause, bindparam, column, inspect, select, table, tuple_

PAGE = 2000
"""Rows held at a time of each table."""


def _table(name: str, columns: str) -> TableClause:
    return table(name, *(column(each) for each in columns.split()))


COUNTER = _table("counter", "name value")
DEFINITION = _table("definition", "id process version hash calls")
CASE = _table("case", "id number process definition_id version state standing opened_at accepted_on due_on is_provisional "
                      "concluded_on ended_at park department project applicant parent parent_token seq head awaits")
FACT = _table("fact", "case_id seq kind at body hash decides doer")
TASK = _table("task", "case_id token opened_at act unit park department process phase warns_at late_at")
TIMER = _table("timer", "case_id token kind firing opened_at due_at")
MESSAGE = _table("message", "case_id token")
EXTERNAL = _table("external_task", "case_id token opened_at retries due_at worker fence")
REENTRY = _table("reentry", "case_id seq park system topic entered_on")
INCIDENT = _table("incident", "case_id seq token code node message opened_at")
OUTBOX = _table("outbox", "case_id seq kind created_at sent_at book")
DELIVERY = _table("delivery", "case_id seq endpoint id kind is_personal made_at state attempts settled_at")
LANE = _table("lane", "case_id endpoint due_at leased_until")
SUBSCRIPTION = _table("subscription", "id endpoint kinds process park supervisor is_personal since_at since_book until_book")
ENDPOINT = _table("endpoint", "id platform retired_at")
ERRAND = _table("errand", "case_id seq place kind token due_at")
CLOCK = _table("clock", "case_id clock kind node process park department amount unit since_on due lapses_at is_provisional "
                        "has_lapsed version law rings_at")
CARD = _table("card", "case_id seq colour rule clock process park department holder scheduled_at issued_at state")
ORDER = _table("supervision_order", "case_id seq text addressee issued_by issued_at due_on state")
RATING = _table("rating", "case_id seq level state process park department rated_on lapsed_on answered_on")
PUSH = _table("push", "case_id seq department process park result pushed_on received_on received_by lapsed_on findings")
ORIGIN = _table("origin", "case_id source old_number")
SUBMISSION = _table("submission", "case_id platform number")
PLATFORM_MESSAGE = _table("platform_message", "id platform ask state case_id try_at settled_at settled_by")
DOCUMENT = _table("document", "case_id place kind seq number content digest")
NOTIFICATION = _table("notification", "case_id seq place recipient unit channel created_at read_at")

OF_A_CASE = {
    **dict.fromkeys((FACT, INCIDENT, OUTBOX, CARD, ORDER, PUSH, REENTRY), ("case_id", "seq")),
    **dict.fromkeys((TASK, TIMER, MESSAGE, EXTERNAL), ("case_id", "token")),
    CLOCK: ("case_id", "clock"), ORIGIN: ("case_id",), SUBMISSION: ("case_id",), RATING: ("case_id",),
    NOTIFICATION: ("case_id", "seq", "place"), ERRAND: ("case_id", "seq", "place"),
    DELIVERY: ("case_id", "seq", "endpoint"), LANE: ("case_id", "endpoint"),
    DOCUMENT: ("case_id", "place"),
}
"""The tables that belong to a case, with their keys."""

COUNTED = ("process", "park", "department", "kind", "amount", "unit", "due", "is_provisional")
"""What the board tells clocks apart by."""
CLOCK_COUNT = _table("clock_count", " ".join((*COUNTED, "shard", "clocks")))


def missing_tables(connection: Connection) -> list[str]:
    """Which of the tables are not there."""
    there = set(inspect(connection).get_table_names())
    known = (COUNTER, DEFINITION, CASE, CLOCK_COUNT, ENDPOINT, SUBSCRIPTION, PLATFORM_MESSAGE, *OF_A_CASE)
    return [each.name for each in known if each.name not in there]


def scan(connection: Connection, rows: TableClause, keys: Sequence[str]) -> Iterator[Row[Any]]:
    """Every row in the order of its key, read page by page from the last key onwards."""
    key = [rows.c[name] for name in keys]
    first = select(*rows.c).order_by(*key).limit(PAGE)
    further = first.where(tuple_(*key) > tuple_(*(bindparam(name) for name in keys)))
    page = connection.execute(first).all()
    while page:
        yield from page
        last = page[-1]
        page = connection.execute(further, {name: getattr(last, name) for name in keys}).all()


class Stream:
    """The rows of a table of cases, handed out case by case in ascending order; nothing is read twice."""

    def __init__(self, connection: Connection, rows: TableClause) -> None:
        self.name = rows.name
        self._rows = scan(connection, rows, OF_A_CASE[rows])
        self._next = next(self._rows, None)

    def before(self, case_id: int | None) -> Iterator[Row[Any]]:
        """The rows left of cases before this one, of all cases when None."""
        while self._next is not None and (case_id is None or self._next.case_id < case_id):
            yield self._take()

    def of(self, case_id: int) -> Iterator[Row[Any]]:
        """The rows of this case, one at a time."""
        while self._next is not None and self._next.case_id == case_id:
            yield self._take()

    def _take(self) -> Row[Any]:
        taken = self._next
        assert taken is not None
        self._next = next(self._rows, None)
        return taken
