"""Statements about the cards of a section, across its cases."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select

from services import tables as t

_LIVE = t.card.c.state.not_in(("written_off", "exempted"))
_OF_QUARTER = (t.card.c.issued_at >= bindparam("since")) & (t.card.c.department != "")
_YELLOW = (t.card.c.colour == "yellow") & _LIVE


class YellowCard(NamedTuple):
    """A yellow card that counts, by the number of the fact that issued it."""

    case_id: int
    seq: int


_SECTIONS = (
    select(t.card.c.department, func.sum(case((_YELLOW, 1), else_=0)),
           func.sum(case((t.card.c.rule == bindparam("rule"), 1), else_=0)))
    .where(_OF_QUARTER).group_by(t.card.c.department).order_by(t.card.c.department))
_YELLOWS = (
    select(*(t.card.c[name] for name in YellowCard._fields))
    .where(_OF_QUARTER, t.card.c.department == bindparam("department"), _YELLOW)
    .order_by(t.card.c.issued_at, t.card.c.case_id, t.card.c.seq))
_COUNT = (
    select(func.count()).select_from(t.card)
    .where(_OF_QUARTER, t.card.c.department == bindparam("department"), t.card.c.rule == bindparam("rule")))


def sections(connection: Connection, since: datetime, rule: str) -> list[tuple[str, int, int]]:
    """Of each section with a card since an instant: its yellow cards that count, and the cards a rule has issued."""
    return [(row[0], int(row[1]), int(row[2])) for row in connection.execute(_SECTIONS, {"since": since, "rule": rule})]


def yellow_cards(connection: Connection, department: str, since: datetime) -> list[YellowCard]:
    """The yellow cards of a section that count, in the order they were issued."""
    return [YellowCard._make(row) for row in connection.execute(_YELLOWS, {"since": since, "department": department})]


def count_cards(connection: Connection, department: str, since: datetime, rule: str) -> int:
    """How many cards a rule has issued to a section."""
    return int(connection.execute(_COUNT, {"since": since, "department": department, "rule": rule}).scalar_one())
