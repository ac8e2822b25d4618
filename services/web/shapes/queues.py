"""The shapes of the counter: its queues with their counts, cases in one line, applications to be taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from engine.lifecycle import State
from engine.queues import Queue
from engine.supervision import Lamp
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Query

_SHORT = 100


class QueuePath(BaseModel):
    """Which queue."""

    queue: Queue = Field(description="待受理 … 已办", json_schema_extra={"example": "to_accept"})


class QueueQuery(_Query):
    """Which part of a queue."""

    after: str | None = Field(None, max_length=200, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class SearchQuery(_Query):
    """What one knows of a case."""

    q: str = Field(max_length=_SHORT, json_schema_extra={"example": "4306002026"}, description=(
        "The beginning of a case number or of an applicant's name; or a credit code, or a project code, whole."))
    limit: int = Field(30, ge=1, le=PAGE)


class QueueCount(BaseModel):
    """How many lines a queue has. `is_more`: more than are counted."""

    queue: Queue
    count: int
    is_more: bool


class QueueCounts(BaseModel):
    """The queues in their fixed order. What is done is not counted."""

    items: list[QueueCount]


class QueueLine(BaseModel):
    """A case in one line. `task`: the id of the task, null for a case that no diagram moves any more, and where one was
    searched for. `step`: what is done there. `due`: a date, or a minute of a limit shorter than a day, of the limit that
    presses; null where none does. `left_workdays`: after today, negative when it is late. `stops`: of which kinds the stops are
    that last. `done_at`, `outcome`: of what was completed; `outcome_label`: what its diagram calls it."""

    number: str
    version: int
    matter: str
    process: str
    park: str
    department: str
    applicant: str = Field(description="A number of a person in it is masked.")
    state: State
    lamp: Lamp
    task: str | None
    step: str
    act: str
    due: str | None
    left_workdays: int | None
    is_provisional: bool
    is_stopped: bool
    stops: list[str]
    assignee: str | None
    is_mine: bool
    done_at: datetime | None
    outcome: str
    outcome_label: str


class QueueLines(BaseModel):
    """A page of a queue, what lapses first on top; of what is done the newest."""

    items: list[QueueLine]
    next: str | None = Field(description="Null on the last page.")


class FoundCases(BaseModel):
    """The cases that were searched for, the surest first."""

    items: list[QueueLine]


class IntakeQuery(_Query):
    """Which matters."""

    q: str = Field("", max_length=_SHORT, description="A part of its name, code, department or process.")


class IntakeFormQuery(_Query):
    """For which park an application would be taken in."""

    park: str = Field("", max_length=_SHORT, description="Its own limits are foreseen; empty: of no park.")


class IntakeChoice(BaseModel):
    """A matter or bundle that can be taken in. `code`, `kind`: empty for what is in no catalogue."""

    process: str
    name: str
    code: str
    department: str
    kind: str
    is_bundle: bool


class IntakeChoices(BaseModel):
    """What can be taken in, bundles first."""

    items: list[IntakeChoice]


class FormPath(BaseModel):
    """Which form."""

    form: str = Field(max_length=_SHORT, description="The name of its file.", json_schema_extra={"example": "review.json"})


class StepForm(BaseModel):
    """What a task asks for."""

    form: dict[str, Any] = Field(description="JSON Schema.")


class ForeseenClock(BaseModel):
    """A clock that an acceptance now would start. `due`: null where its days would not count yet."""

    clock: str
    amount: int
    unit: str
    due: str | None
    is_provisional: bool


class ForeseenClocks(BaseModel):
    """What would be due, were the case accepted now; none for a case that was accepted, or is over."""

    items: list[ForeseenClock]


class IntakeForm(IntakeChoice):
    """The application form of a matter, and what would be due, were it accepted now."""

    form: dict[str, Any] = Field(description="JSON Schema; empty where the diagram asks for nothing.")
    foreseen: list[ForeseenClock]
