"""The cases of a bundle 一件事 beside each other: a case's parent and its children, as people look at them.

Read in two statements at most, however many there are; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from engine.case import Case
from engine.children import Child
from engine.lifecycle import State
from engine.supervision import Lamp
from services.folded import fold_of
from services.lamps import case_lamp
from services.office import Office
from services.store import errands as store
from services.store import reading
from services.store.rows import CaseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A case of the same bundle, as it stands."""

    number: str
    process: str
    process_name: str
    department: str
    state: State
    lamp: Lamp
    due_on: date | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A child the diagram has asked for. `case`: None while it is not opened yet. `after`: the call activities whose children
    it waits for still; `result`: how it came out, "" before; `is_wanted`: False when the bundle has ended or went another
    way."""

    token: int
    node: str
    name: str
    is_optional: bool
    after: tuple[str, ...]
    result: str
    is_wanted: bool
    case: Relative | None


def parent_of(connection: Connection, office: Office, case: Case, *, now: datetime) -> Relative | None:
    """The bundle a child belongs to; None for a case that is no child."""
    row = reading.peek_case(connection, case.parent) if case.parent else None
    return None if row is None else _relatives(connection, office, [row], now)[0]


def children_of(connection: Connection, office: Office, case: Case, *, now: datetime) -> list[Kin]:
    """The children of a bundle, in the order the diagram asked for them."""
    if not case.children:
        return []
    rows = store.children_of(connection, case.number)
    relatives = _relatives(connection, office, rows, now)
    by_token = {row.parent_token: (fold_of(row), relative) for row, relative in zip(rows, relatives, strict=True)}
    return [_kin(child, by_token.get(child.token)) for child in case.children]


def _kin(child: Child, opened: tuple[Case, Relative] | None) -> Kin:
    waits = tuple(each.name for each in opened[0].after) if opened else child.after
    return Kin(token=child.token, node=child.node, name=child.name, is_optional=child.optional, after=waits,
               result=child.result, is_wanted=child.is_open or bool(child.result), case=opened[1] if opened else None)


def _relatives(connection: Connection, office: Office, rows: Sequence[CaseRow], now: datetime) -> list[Relative]:
    names = reading.definition_names(connection, sorted({row.definition_id for row in rows}))
    return [_relative(office, row, names[row.definition_id], now) for row in rows]


def _relative(office: Office, row: CaseRow, name: str, now: datetime) -> Relative:
    return Relative(number=row.number, process=row.process, process_name=name, department=row.department,
                    state=State(row.state), lamp=case_lamp(office, fold_of(row), now), ended_at=row.ended_at,
                    due_on=date.fromisoformat(row.due_on) if row.due_on else None)
