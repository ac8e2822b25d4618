"""系统对接 as values: the four checks of a system in a park, the matrix they make, and what becomes of a cell that is not in
place (seed measure 4: 打通到位、端口开放到位、账号配置到位、数据共享到位).

Decides what a check is, when a system counts as connected (all four in place, as last entered), how the rate 到位率 is
counted (a cell that nobody has entered is not in place), and the life of a rectification task 整改任务. It knows no tables,
and not who may enter what.

::

    open ──replied──► replied ──closed──► closed        closed by another than who mended (整改人≠销号人)
      ▲                  │
      └────returned──────┘ with a new day
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum


class Item(Enum):
    """One of the four checks 四到位. The values are stored."""

    THROUGH = "through"  # 系统打通到位
    PORT = "port"  # 端口开放到位
    ACCOUNT = "account"  # 账号配置到位
    DATA = "data"  # 业务数据共享到位


ITEMS: Mapping[Item, str] = {Item.THROUGH: "打通", Item.PORT: "端口", Item.ACCOUNT: "账号", Item.DATA: "数据共享"}
"""As the register heads its columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A cell of the register. `system`: its code in the catalogue."""

    park: str
    system: str
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a cell says. `version`: of the cell, from 1; `evidence`: what it rests on; `checked_on`: as of which day."""

    place: Place
    is_in_place: bool
    evidence: str
    checked_on: date
    version: int = 1
    entered_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """到位率: how many of how many cells are in place."""

    in_place: int
    cells: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 is said of what is whole; 0 of nothing."""
        return self.in_place * 100 // self.cells if self.cells else 0


class MendingState(Enum):
    """Where a rectification stands."""

    OPEN = "open"  # 待整改
    REPLIED = "replied"  # 待销号
    CLOSED = "closed"  # 已销号


class Deed(Enum):
    """What happens to a rectification. The values are stored."""

    REPLIED = "replied"  # 整改答复
    RETURNED = "returned"  # 退回重新整改
    CLOSED = "closed"  # 销号


TARGETS: Mapping[Deed, MendingState] = {
    Deed.REPLIED: MendingState.REPLIED, Deed.RETURNED: MendingState.OPEN, Deed.CLOSED: MendingState.CLOSED}
ALLOWED: Mapping[MendingState, frozenset[Deed]] = {
    MendingState.OPEN: frozenset({Deed.REPLIED}),
    MendingState.REPLIED: frozenset({Deed.RETURNED, Deed.CLOSED}),
    MendingState.CLOSED: frozenset(),
}
"""What may happen next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that has happened to a rectification. `due_on`: of a return, the new day."""

    deed: Deed
    by: str
    natural: str
    text: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectification:
    """整改任务: a cell that is to be put in place, by `owner` of a department, by a day. `replied_by`: who has mended it last,
    as a natural person; "" for nobody."""

    id: int
    place: Place
    department: str
    owner: str
    text: str
    due_on: date
    ordered_by: str
    state: MendingState = MendingState.OPEN
    reply: str = ""
    replied_by: str = ""
    remark: str = ""

    def is_late(self, on: date) -> bool:
        """Should it have been answered before this day?"""
        return self.state is MendingState.OPEN and self.due_on < on


def folded(task: Rectification, happened: Iterable[Happened]) -> Rectification:
    """A rectification with what has happened to it, in order."""
    for each in happened:
        match each.deed:
            case Deed.REPLIED:
                task = replace(task, state=TARGETS[each.deed], reply=each.text, replied_by=each.natural)
            case Deed.RETURNED:
                task = replace(task, state=TARGETS[each.deed], due_on=each.due_on or task.due_on, remark=each.text)
            case Deed.CLOSED:
                task = replace(task, state=TARGETS[each.deed], remark=each.text)
    return task


def is_whole(cells: Sequence[Entered]) -> bool:
    """四到位: do the newest entries of a system in a park say that all four are in place?"""
    return {cell.place.item for cell in cells if cell.is_in_place} == set(Item)


def rate(cells: Mapping[Place, Entered], places: Iterable[Place]) -> Rate:
    """How many of some places are in place; what nobody has entered is not."""
    asked = list(places)
    return Rate(in_place=sum(place in cells and cells[place].is_in_place for place in asked), cells=len(asked))
