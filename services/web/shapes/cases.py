"""The shapes that cross the API: what may be sent, and what is answered. The description of the API is made from them.

An unknown field is refused by name. A field that may be `null` says when it is.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from engine.lifecycle import Standing, State
from engine.supervision import Lamp
from services.web.shapes.bundles import Child, Relative
from services.web.shapes.headers import Addressed, CaseVersion, Keyed, _name, _optional
from services.web.shapes.routing import Routing

PAGE = 50
LARGEST_PAGE = 200
LARGEST_FACTS = 1000


def _day(value: object) -> date:
    """Only ``YYYY-MM-DD``: pydantic alone would take a number for seconds since 1970."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("expected a date like 2026-02-11")
    return date.fromisoformat(value)


def _instant(value: object) -> datetime:
    """Only ISO 8601 with its day: pydantic alone would take a number for seconds since 1970."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d[T ]", value, re.ASCII):
        raise ValueError("expected an instant like 2026-02-11T10:00:00+08:00")
    return datetime.fromisoformat(value)


Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @classmethod
    def model_validate(cls, obj: object, **given: Any) -> Self:
        """A body is JSON and nothing else: 0 is not false, and a text of digits is no number."""
        return cls.model_validate_json(orjson.dumps(obj), strict=True)


class _Query(Addressed):
    model_config = ConfigDict(extra="forbid", json_schema_extra=_optional)


class Moving(Keyed):
    """Headers of a request that moves a case."""

    version: CaseVersion
    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description=(
        "Who acts, for the record: a name in UTF-8, percent-encoded where needed."))


class Opening(Keyed):
    """Headers of a request that opens a case."""

    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description="Who receives the case.")


class CasePath(BaseModel):
    """Which case."""

    number: str = Field(description="办件编号", json_schema_extra={"example": "43060020260211000001"})


class TaskPath(BaseModel):
    """Which task."""

    id: str = Field(description="The task's `id`.", json_schema_extra={"example": "43060020260211000001-3"})


class PageQuery(_Query):
    """Which page of a list that is read in order."""

    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class CaseQuery(_Query):
    """Which facts of a case."""

    facts_after: int = Field(0, ge=0, le=2**31, description="Facts from number `facts_after` + 1 on.")
    facts_limit: int = Field(LARGEST_FACTS, ge=1, le=LARGEST_FACTS, description="At most so many facts.")


class CasesQuery(_Query):
    """Which cases, newest first."""

    state: State | None = Field(None, description="Only cases in this state.")
    parent: str | None = Field(None, max_length=40, description="Only the child cases of this bundle.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class TasksQuery(_Query):
    """Which open tasks, in the order of their cases."""

    case: str | None = Field(None, max_length=40, description="Only the tasks of this case.")
    role: str | None = Field(None, max_length=100, description="Only the tasks of this role.")
    unit: str | None = Field(None, max_length=100, description="Only the tasks of this unit: a department, a park, a window.")
    assignee: str | None = Field(None, max_length=100, description="Only the tasks this person has.")
    mine: str | None = Field(None, max_length=100, description=(
        "What this person may do now: the tasks he has, those of his roles that nobody has claimed, and the same of whom he "
        "stands in for while they are away. Goes with no other filter."))
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class NewCase(_Body):
    """收件: what a case is opened with."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"process": "company_setup", "data": {"applicant": "岳阳某某科技有限公司", "wants_bank": False}}]})

    process: str = Field(min_length=1, max_length=500, description="The process by its id or its Chinese name.")
    data: dict[str, Any] = Field(default_factory=dict, description="The fields of the process's start form.")


class Completing(_Body):
    """How a task is completed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "accept", "data": {}}]})

    outcome: str | None = Field(None, max_length=100, description="One of the task's outcomes; left out when it has none.")
    data: dict[str, Any] = Field(default_factory=dict, description="The fields of the task's form.")


class Ending(_Body):
    """Why a case is ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "申请人撤回申请"}]})

    reason: str = Field(min_length=1, max_length=1000)


class Message(_Body):
    """A message the case waits for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "paid", "data": {}}]})

    name: str = Field(min_length=1, max_length=500)
    data: dict[str, Any] = Field(default_factory=dict)


Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


class Task(BaseModel):
    """An open task. `version`: of its case, for `If-Match`."""

    id: str
    case: str
    name: str
    act: str
    role: str | None
    form: str | None
    node: str
    outcomes: list[str]
    labels: dict[str, str] = Field(description="Outcome → what its button says.")
    version: int
    opened_at: datetime
    unit: str = Field(description="The department or park whose people may do it; empty: nobody's in particular.")
    assignee: str | None = Field(description="Who has it; null while nobody has claimed it.")
    owner: str | None = Field(description="Who has delegated it and gets it back; null when nobody has.")
    host: str | None = Field(description="The task beside which a person has asked for it; null for a step of the diagram.")


class RaisedIncident(BaseModel):
    """A step that could not be finished by rule; a person has to look."""

    code: str
    message: str


class Moved(BaseModel):
    """Where a case stands after a move. `incident`: what the move ran into, null when nothing. A task that is still among
    `tasks` then has not been completed: its tokens have stayed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "number": "43060020260211000001", "version": 3, "state": "reviewing", "incident": None, "tasks": [{
            "id": "43060020260211000001-8", "case": "43060020260211000001", "name": "企业登记审查", "act": "review",
            "role": "reviewer", "form": "review.json", "node": "review_registration",
            "outcomes": ["propose_grant", "propose_refuse"], "labels": {"propose_grant": "拟准予", "propose_refuse": "拟不予"},
            "version": 3, "opened_at": "2026-02-11T01:00:00Z", "unit": "市市场监管局", "assignee": None, "owner": None,
            "host": None}]}]})

    number: str
    version: int
    state: State
    tasks: list[Task]
    incident: RaisedIncident | None
    doubts: dict[str, str] = Field(default_factory=dict, description="What is odd about a field, by its path; it was taken.")


class Clock(BaseModel):
    """A limit of the case. `due`: the date, or the minute of a limit shorter than a day; null while no day counts.
    `stopped_on`: the day it was over, null while it runs."""

    name: str = Field(description="Its name in the case: the kind it is drawn with, or `kind:number` of what it belongs to.")
    kind: str
    label: str = Field(description="What the offices call this kind of limit.")
    amount: int
    unit: str
    extra: int = Field(description="What an extension has added, in the same unit.")
    basis: str = Field(description="The article or document it rests on.")
    source: str = Field(description=(
        "Whose value it is: `commitment` of the project, `office`, `catalogue`, `diagram`, `law`, or `order`."))
    source_label: str
    counted_from: datetime
    due: str | None
    due_on: date | None
    lapses_at: datetime | None
    stopped_on: date | None
    has_lapsed: bool
    version: int = Field(description="Which of its deadlines this is, from 1; each move makes the next.")
    law: int = Field(description="The version of the calendar it was last counted with; 0: as shipped.")
    is_provisional: bool = Field(description="Passes through a year whose working days are not published yet.")
    is_governing: bool = Field(description="Is this the limit people look at?")
    lamp: Lamp


class Suspension(BaseModel):
    """A stop: a time in which no day counts. `seq`: the number of the fact that began it, by which it is resumed; 0 for one
    that a bundle has from its children. `end`: null while it lasts; `expected_end`: what the applicant was told, null when
    nobody could say."""

    seq: int
    kind: str = Field(description="`special` 特别程序, `pause` 暂停, `hold` 挂起, `examination` 审图, or `children` 事项停表.")
    label: str
    ground: str
    ground_label: str
    start: date
    end: date | None
    expected_end: date | None
    document: str
    basis: str


class Card(BaseModel):
    """黄牌 or 红牌 of the case. `seq`: the number of the fact that issued it; `version`: which deadline of its clock lapsed.
    `holder`: who had the case then, "" for nobody yet."""

    seq: int
    colour: str
    colour_label: str
    rule: str
    rule_label: str
    clock: str
    version: int
    scheduled_at: datetime = Field(description="When the limit lapsed, by which the lapse is judged.")
    issued_at: datetime = Field(description="When it was noticed; later after a downtime.")
    holder: str
    state: str
    state_label: str


class Order(BaseModel):
    """督办单 about the case. `seq`: the number of the fact that issued it. `replied_by`: who answered, "" before."""

    seq: int
    addressee: str
    text: str
    due_on: date
    issued_by: str
    issued_at: datetime
    replied_by: str
    state: str
    state_label: str


class Fact(BaseModel):
    """Something that has happened to the case, as it was written down. `hash` chains it to the one before."""

    seq: int
    kind: str
    at: datetime
    by: str
    data: dict[str, Any]
    hash: str


class OpenIncident(BaseModel):
    """An incident nobody has resolved yet."""

    seq: int
    code: str
    node: str
    message: str
    token: int | None = Field(description="The wait it holds up; null for the whole case.")
    opened_at: datetime


class CaseSummary(BaseModel):
    """A case in a list. `standing`: how it came out, null while it is open. `due_on`: by the governing limit, null while no
    day counts."""

    number: str
    process: str
    process_name: str
    state: State
    standing: Standing | None
    version: int
    opened_at: datetime
    accepted_on: Day | None
    due_on: Day | None
    is_provisional: bool
    concluded_on: Day | None
    ended_at: datetime | None
    park: str
    department: str
    project: str
    parent_number: str | None = Field(description="办件编号 of the bundle 一件事 it belongs to; null when it is no child.")
    lamp: Lamp


class Case(CaseSummary):
    """A case. `routing`: null when it is in no park, or the office has no empowerment list. `facts_next`: the `facts_after` of
    the next facts, null after the last. `parent`: the bundle it belongs to, null when it is no child; `children`: of a bundle,
    in the order they were asked for."""

    data: dict[str, Any]
    routing: Routing | None
    tasks: list[Task]
    clocks: list[Clock]
    suspensions: list[Suspension]
    cards: list[Card]
    orders: list[Order]
    messages: list[str] = Field(description="The messages the case waits for, by name.")
    incidents: list[OpenIncident]
    parent: Relative | None
    children: list[Child]
    facts: list[Fact]
    facts_next: int | None


class Cases(BaseModel):
    """A page of cases. `next`: the `after` of the next page, null on the last."""

    items: list[CaseSummary]
    next: str | None


class Tasks(BaseModel):
    """A page of open tasks. `next`: the `after` of the next page, null on the last."""

    items: list[Task]
    next: str | None
    barred: dict[str, str] = Field(default_factory=dict, description=(
        "Of a list asked for with `mine`: the tasks on this page that this person may not do after all, by id, and why: his "
        "hands are not free on the case (受理、审查、审批三分离)."))


class Problem(BaseModel):
    """RFC 9457. `field` comes with 422: the path of the wrong value, "" for the whole body."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "type": "urn:jiban:problem:invalid_input", "title": "A value is wrong", "status": 422,
        "detail": "outcome: expected one of accept, correct, found nothing", "field": "outcome"}]})

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None


class Health(BaseModel):
    """The server lives."""

    status: Literal["ok"]


class Ready(BaseModel):
    """The server may be sent requests."""

    status: Literal["ready"]
