"""The shapes of the running clocks in lists, and of the lamp board. As in `shapes`, an unknown field is refused by name."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from engine.lifecycle import State
from engine.limits import LimitKind
from engine.supervision import Lamp
from services.clocks import MOST_WORKDAYS
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Query


class ClocksQuery(_Query):
    """Which running clocks, in the order in which they lapse. Neither `overdue` nor `due_within`: all that have a deadline."""

    overdue: bool = Field(False, description="Only those that have lapsed.")
    due_within: int | None = Field(None, ge=0, le=MOST_WORKDAYS, description=(
        "Only those that have not lapsed and have at most so many working days left; 0: today. Counted on the calendar of "
        "`park`, else on the city's."))
    kind: LimitKind | None = Field(None, description="Only limits of this kind.")
    process: str | None = Field(None, max_length=200, description="Only those of this process, by its id.")
    park: str | None = Field(None, max_length=100, description="Only those of this park.")
    after: str | None = Field(None, max_length=200, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class BoardQuery(_Query):
    """Which part of the board."""

    process: str | None = Field(None, max_length=200, description="Only this process, by its id.")
    park: str | None = Field(None, max_length=100, description="Only this park; empty: cases of no park.")
    department: str | None = Field(None, max_length=100, description="Only this department; empty: cases of none.")


class RunningClock(BaseModel):
    """A running clock of a case. `late_workdays`: working days since its last day, 0 while it is not over; `left_workdays`:
    working days after today until its last, 0 on that day and after."""

    case: str
    process: str
    process_name: str
    state: State
    park: str
    department: str
    name: str
    kind: LimitKind
    label: str = Field(description="What the offices call this kind of limit.")
    node: str = Field(description="Where it is drawn; empty for a limit of the whole case.")
    amount: int
    unit: str
    due: str
    due_on: date
    lapses_at: datetime
    is_provisional: bool
    lamp: Lamp
    lamp_label: str
    late_workdays: int
    left_workdays: int


class RunningClocks(BaseModel):
    """A page of running clocks. `next`: the `after` of the next page, null on the last."""

    items: list[RunningClock]
    next: str | None


class Lamps(BaseModel):
    """Numbers of clocks by lamp: 正常 green, 预警 yellow, 超期 red, 暂停 grey, 暂定 blue."""

    green: int = 0
    yellow: int = 0
    red: int = 0
    grey: int = 0
    blue: int = 0


class KindLamps(Lamps):
    """The clocks of one kind of limit."""

    kind: LimitKind
    label: str


class BoardGroup(BaseModel):
    """A matter in a park and a department. `lamps`: of the limits people look at (promised and target; where neither runs,
    statutory); `kinds`: of every kind of limit that runs there."""

    process: str
    process_name: str
    park: str
    department: str
    lamps: Lamps
    kinds: list[KindLamps]


class Board(BaseModel):
    """亮灯看板. `total`: the lamps of all groups together."""

    read_at: datetime
    total: Lamps
    groups: list[BoardGroup]
