"""Bundles 一件事 from outside: do parent and children name each other, and is what one owes the other on its way?

A parent asks for a child by a fact that bears a token; the child's first fact and its row name the parent and that token. What
is between them is an errand, or an incident of the parent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from services.verify.chain import Told
from services.verify.report import Found
from services.verify.stored import CASE, ERRAND

_KINDS = frozenset({"open", "report", "look", "order"})


@dataclass(slots=True, kw_only=True)
class Children:
    """What the facts of a case say of its children. `requested`, `ended`: by token; `dropped`: tokens."""

    requested: dict[int, Told] = field(default_factory=dict)
    ended: dict[int, Told] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)

    def take(self, told: Told) -> None:
        """Take the next fact."""
        match told.kind:
            case "ChildRequested":
                self.requested[told.whole("token")] = told
            case "ChildEnded":
                self.ended[told.whole("token")] = told
            case "ChildDropped":
                self.dropped.add(told.whole("token"))

    @property
    def awaited(self) -> list[int]:
        """The tokens of the children the case waits for."""
        return [token for token in self.requested if token not in self.ended and token not in self.dropped]


def check_errands(row: Row[Any], seq: int, children: Children, errands: Iterable[Row[Any]], found: Found) -> None:
    """The errands a case has left, against its facts; `seq`: of the last of them."""
    for errand in errands:
        known = errand.token == row.parent_token if errand.kind == "report" else errand.token in children.requested
        if errand.kind not in _KINDS or not known or not 0 < errand.seq <= seq:
            found("errand", errand.seq, f"the errand “{errand.kind}” about {errand.token} follows from none of its facts")


def check_links(connection: Connection, row: Row[Any], children: Children, incidents: Iterable[Row[Any]], found: Found) -> None:
    """A child's parent is there; a parent's children are those it asked for, and none of them is lost."""
    if row.parent is not None and connection.execute(select(CASE.c.id).where(CASE.c.number == row.parent)).first() is None:
        found("bundle", 1, f"it is a child of case {row.parent}, which does not exist")
    children_there = connection.execute(
        select(CASE.c.number, CASE.c.process, CASE.c.parent_token, CASE.c.concluded_on, CASE.c.ended_at)
        .where(CASE.c.parent == row.number))
    there: dict[Any, Any] = {child.parent_token: child for child in children_there}
    for token, child in there.items():
        asked = children.requested.get(token)
        if asked is None or asked.data.get("process") != child.process:
            found("bundle", None, f"case {child.number} of “{child.process}” names it as its parent for {token}, which it "
                                  "never asked for")
    for token, told in children.ended.items():
        if token not in there or there[token].number != told.data.get("number"):
            found("bundle", told.seq, f"it says that its child {told.data.get('number')} has come out, which is not the one "
                                      f"opened for {token}")
    if children.awaited:
        _check_awaited(connection, row, children, there, {incident.token for incident in incidents}, found)


def _check_awaited(
    connection: Connection, row: Row[Any], children: Children, there: dict[Any, Any], held: set[int | None], found: Found,
) -> None:
    """Each is open, or something will open it or tell of it, or a person has to look."""
    pending = {(errand.kind, errand.token) for errand in connection.execute(
        select(ERRAND.c.kind, ERRAND.c.token).join_from(ERRAND, CASE, ERRAND.c.case_id == CASE.c.id)
        .where((CASE.c.number == row.number) | (CASE.c.parent == row.number)))}
    for token in children.awaited:
        child = there.get(token)
        is_told = row.state == "suspended" or token in held or bool({("report", token), ("look", token)} & pending)
        if child is None and ("open", token) not in pending and token not in held:
            found("bundle", children.requested[token].seq, "it asked for a child that is not there, and nothing will open it")
        elif child is not None and (child.concluded_on or child.ended_at) and not is_told:
            found("bundle", children.requested[token].seq, f"it waits for child {child.number}, which has come out, and "
                                                           "nothing will tell it so")
