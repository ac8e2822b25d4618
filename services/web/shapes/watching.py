"""The shapes of what a supervisor watches: the wall, the clocks behind a number, the evidence of a case, figures, the digest.
Everything within the scopes of whoever asks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from engine.limits import LimitKind
from engine.supervision import Lamp
from services.web.shapes.cases import LARGEST_PAGE, PAGE, Card, Order, _Query
from services.web.shapes.figures import FigureDefinition, FigureRatio
from services.web.shapes.headers import _Headers, _name

_NAME = 200


class Watching(_Headers):
    """Headers of a request that watches."""

    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description=(
        "Who watches. The token of the settings watches everything, whoever it names."))


class WatchQuery(_Query):
    """Of which park, department and process."""

    park: str | None = Field(None, max_length=_NAME, description="Only of this park; empty: of no park.")
    department: str | None = Field(None, max_length=_NAME, description="Only of this department; empty: of none.")
    process: str | None = Field(None, max_length=_NAME, description="Only of this process, by its id.")


class WatchedSheetQuery(WatchQuery):
    """Which clocks behind a number of the wall."""

    lamp: Lamp | None = Field(None, description="Only of this lamp.")
    due: Literal["overdue", "today", "tomorrow"] | None = Field(None, description=(
        "Only what has lapsed, lapses in the rest of today, or on the next working day. Goes before `lamp`."))


class WatchedClocksQuery(WatchedSheetQuery):
    """Which page of them."""

    after: str | None = Field(None, max_length=200, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class WallRow(BaseModel):
    """The clocks of a matter in a department, by lamp."""

    process: str
    matter: str
    lamps: dict[str, int]


class WallBlock(BaseModel):
    """A department, its worst matter first."""

    department: str
    lamps: dict[str, int]
    rows: list[WallRow]


class Wall(BaseModel):
    """The wall, the worst department first. `parks`: with a running clock, whatever park was asked for. `due_today`,
    `due_next`: how many lapse in the rest of today, and on the next working day, `next_on`."""

    lamps: dict[str, int]
    blocks: list[WallBlock]
    parks: list[str]
    due_today: int
    due_next: int
    next_on: date


class WatchedClock(BaseModel):
    """A running clock in a list. `due`: null while it is stopped. `late_workdays`, `left_workdays`: 0 then. `steps`, `holders`:
    what is being done, and who has it. `cards`: colours of those that stand."""

    case: str
    clock: str
    kind: LimitKind
    matter: str
    lamp: Lamp
    due: str | None
    is_provisional: bool
    late_workdays: int
    left_workdays: int
    park: str
    department: str
    steps: list[str]
    holders: list[str]
    cards: list[str]


class WatchedClocks(BaseModel):
    """A page of the clocks behind a number, the worst first. `total`: the number; null where it is not counted."""

    items: list[WatchedClock]
    total: int | None
    next: str | None = Field(description="Null on the last page.")


class Evidence(BaseModel):
    """A fact that tells of a card, an order or a reminder. Numbers of people in it are masked."""

    seq: int
    kind: str
    at: datetime
    by: str
    data: dict[str, Any]


class CardEvidence(BaseModel):
    """A card with all that was told of it."""

    card: Card
    facts: list[Evidence]


class OrderEvidence(BaseModel):
    """A supervision order with all that was told of it."""

    order: Order
    facts: list[Evidence]


class CaseHolding(BaseModel):
    """An open task. `since`: when whoever has it got it; while nobody has, when it was opened. `workdays`: since that day."""

    task: str
    name: str
    unit: str
    assignee: str | None
    since: datetime
    workdays: int


class CaseEvidence(BaseModel):
    """办件依据: who has a case, and what was issued and ordered about it. Its clocks day by day are explained
    elsewhere (`GET /cases/{number}/explain`)."""

    number: str
    version: int
    process: str
    matter: str
    park: str
    department: str
    lamp: Lamp
    holdings: list[CaseHolding]
    cards: list[CardEvidence]
    orders: list[OrderEvidence]
    reminders: list[Evidence]


class TrendMonth(BaseModel):
    """The figures of a month. `is_frozen`: they are those the month ended with."""

    month: str
    is_frozen: bool
    figures: dict[str, int | FigureRatio]


class Trend(BaseModel):
    """The last months, the present one last, with what the figures mean."""

    months: list[TrendMonth]
    definitions: dict[str, FigureDefinition]


class HeatStep(BaseModel):
    """A step: how often it was completed, in how many working minutes half of them (`p50`) and four of five (`p80`) at most,
    and all together; `open`: how many wait at it now."""

    node: str
    name: str
    completed: int
    p50: int
    p80: int
    total: int
    open: int


class HeatMap(BaseModel):
    """Where the time of a process goes, the longest step first. `cases`: how many concluded ones were looked at; `workday`: the
    minutes of a working day."""

    process: str
    name: str
    version: int
    cases: int
    workday: int
    steps: list[HeatStep]


class DigestCard(BaseModel):
    """A card that was issued since the last digest."""

    case: str
    seq: int
    colour: str
    issued_at: datetime


class DigestOrder(BaseModel):
    """A supervision order that waits."""

    case: str
    seq: int
    addressee: str
    due_on: date


class MorningDigest(BaseModel):
    """每日晨报: since the instant of the last one. `overdue`: how many running clocks have lapsed, `worst` of them and `lapsed`
    since; what is due today and next, on `next_on`; orders that wait to be closed, and overdue ones; cases concluded since, and
    late ones of them."""

    day: date
    since: datetime
    next_on: date
    overdue: int
    due_today: int
    due_next: int
    worst: list[WatchedClock]
    lapsed: list[WatchedClock]
    first_today: list[WatchedClock]
    first_next: list[WatchedClock]
    cards: list[DigestCard]
    answered: list[DigestOrder]
    unanswered: list[DigestOrder]
    concluded: int
    late: int
