"""The shapes of projects. As in `shapes`, an unknown field is refused by name, and
a field that may be `null` says when it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.assessments import Use
from engine.limits import Unit
from engine.plans import MOST_ITEMS, ItemState
from engine.projects import LARGEST_AMOUNT, MOST_CORNERS, MOST_PARTIES, MOST_TRAITS, Stage, Tier
from engine.promises import Keeping
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _day, _Query
from services.web.shapes.headers import _version
from services.web.shapes.rulings import ProjectCommitment, Ruling

Day = Annotated[date, BeforeValidator(_day)]
MaybeDay = Annotated[date | None, BeforeValidator(lambda value: None if value is None else _day(value))]
Corner = Annotated[list[float], Field(min_length=2, max_length=2, description="Longitude and latitude in degrees.")]
Short = Annotated[str, Field(min_length=1, max_length=200)]


class Changing(Ruling):
    """Headers of a request that changes a project."""

    seq: Annotated[int | None, BeforeValidator(_version)] = Field(
        None, alias="If-Match", json_schema_extra={"type": "string", "example": "\"3\""},
        description="The `seq` you have read (`3`, `\"3\"` or `W/\"3\"`). If the project has moved on since, 409.")


class ProjectPath(BaseModel):
    """Which project."""

    project: str = Field(description="Its number, or its 项目代码.", json_schema_extra={"example": "XM2026000001"})


class ProjectsQuery(_Query):
    """Which projects, in the order they were entered."""

    park: str | None = Field(None, max_length=200, description="Only those of this park.")
    stage: Stage | None = Field(None, description="Only those at this stage.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class Party(_Body):
    """Somebody who takes part."""

    role: str = Field(description="investor, park, builder, designer, contractor, supervisor, agent, other.")
    name: str = Field(min_length=1, max_length=200)
    credit_code: str = Field("", max_length=40, description="统一社会信用代码; empty: there is none yet.")


class Parcel(_Body):
    """地块."""

    id: str = Field(min_length=1, max_length=200)
    area: float = Field(0, ge=0, description="Square metres; 0: not measured.")
    polygon: list[Corner] = Field(default_factory=list, max_length=MOST_CORNERS, description="Its corners; empty: not drawn.")


class Profile(_Body):
    """What a project is."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"name": "年产五万吨新材料项目", "park": "湘阴高新区", "industry": "C2659", "amount": 120000,
         "parties": [{"role": "investor", "name": "岳阳某某新材料有限公司"}], "parcel": {"id": "YY-2026-017", "area": 66667}}]})

    name: str = Field(min_length=1, max_length=200)
    park: str = Field(min_length=1, max_length=200)
    industry: str = Field("", max_length=5, description="GB/T 4754; empty while unknown.")
    amount: int = Field(0, ge=0, le=LARGEST_AMOUNT, strict=True, description="The investment, in 万元.")
    parties: list[Party] = Field(default_factory=list, max_length=MOST_PARTIES)
    parcel: Parcel | None = Field(None, description="null: there is none yet.")
    traits: list[Short] = Field(default_factory=list, max_length=MOST_TRAITS, description="What a register may exclude: 两高.")


class ChangedProfile(_Body):
    """What a project is, entered anew."""

    profile: Profile
    reason: str = Field(min_length=1, max_length=1000)


class GivenCode(_Body):
    """赋码."""

    code: str = Field(min_length=1, max_length=40, json_schema_extra={"example": "2603-430624-04-01-123457"})


class PromisedItem(_Body):
    """What an agreement promises."""

    item: str = Field(min_length=1, max_length=200, description="A process, or the name a drawn limit asks for.")
    amount: int = Field(ge=0, le=10_000, strict=True)
    unit: Unit = Unit.WORKDAY
    clause: str = Field(min_length=1, max_length=1000, description="The clause a breach is judged by (违约责任).")
    start_event: str = Field("", max_length=100, description="From when, as the agreement words it.")
    responsible: str = Field("", max_length=100)


class NewAgreement(_Body):
    """招商协议 with its commitments."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"number": "招商协议〔2026〕8号", "signed_on": "2026-03-03", "effective_on": "2026-03-04",
         "commitments": [{"item": "竣工联合验收", "amount": 6, "clause": "第六条"}]}]})

    number: str = Field(min_length=1, max_length=200)
    signed_on: Day
    effective_on: Day
    commitments: list[PromisedItem] = Field(default_factory=list, max_length=100)


class NewTeam(_Body):
    """帮代办团队."""

    team: str = Field(min_length=1, max_length=200)
    tier: Tier | None = Field(None, description="null: the one the investment suggests.")


class NewStage(_Body):
    """The stage a project comes to."""

    stage: Stage
    reason: str = Field("", max_length=1000, description="Needed to close it.")


class PlanItem(_Body):
    """A matter of a plan."""

    key: str = Field(min_length=1, max_length=200, description="Its name in the plan.")
    process: str = Field(min_length=1, max_length=500, description="The process by its id or its Chinese name.")
    title: str = Field("", max_length=200)
    after: list[Short] = Field(default_factory=list, max_length=MOST_ITEMS, description="The keys of what comes before it.")
    department: str = Field("", max_length=100)
    responsible: str = Field("", max_length=100)
    due_on: MaybeDay = Field(None, description="The day it should be done by; null: none is set.")
    materials: list[Short] = Field(default_factory=list, max_length=100)
    data: dict[str, Any] | None = Field(None, description="Of its application, beside what the file fills in; null: nothing.")


class NewPlan(_Body):
    """定制单."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"reason": "首次定制", "items": [{"key": "开办", "process": "企业开办"},
                                    {"key": "验收", "process": "竣工联合验收", "after": ["开办"]}]}]})

    items: list[PlanItem] = Field(min_length=1, max_length=MOST_ITEMS)
    reason: str = Field(min_length=1, max_length=1000)


class AttachedCase(_Body):
    """A case that belongs to the project."""

    case: str = Field(min_length=1, max_length=40, description="办件编号")
    item: str = Field("", max_length=200, description="The key of the item it stands for; empty: none.")


class Verdict(BaseModel):
    """What the register says of a project on one kind of assessment."""

    kind: str
    mode: Use
    reason: str
    document: str = Field(description="成果编号; empty when it must be assessed singly.")
    valid_until: date | None = Field(description="Of that result; null when there is none.")


class PlanStanding(BaseModel):
    """An item of the plan, and where it stands by its case."""

    key: str
    process: str
    title: str
    after: list[str]
    department: str
    responsible: str
    due_on: date | None = Field(description="null: none is set.")
    materials: list[str]
    state: ItemState
    case: str = Field(description="Empty: it has none.")


class ProjectCase(BaseModel):
    """A case that belongs to a project."""

    number: str
    process: str
    state: str
    standing: str | None = Field(description="null while it is open.")
    item: str = Field(description="Of the plan; empty: none.")


class ProjectSummary(BaseModel):
    """A project as it is listed."""

    number: str
    code: str = Field(description="Empty: it has none yet.")
    name: str
    park: str
    stage: Stage
    seq: int


class Project(BaseModel):
    """A project with all that belongs to it."""

    number: str
    code: str = Field(description="项目代码; empty: it has none yet.")
    code_warning: str = Field(description="What is odd about the code; empty: nothing.")
    stage: Stage
    stage_name: str
    closed_because: str
    seq: int = Field(description="How many events it has: send it as `If-Match`.")
    profile: dict[str, Any]
    agreement: dict[str, Any] | None = Field(description="null: none is entered.")
    team: dict[str, Any] | None = Field(description="null: none is assigned.")
    suggested_tier: Tier
    plan_version: int = Field(description="0: there is no plan.")
    plan_reason: str
    items: list[PlanStanding]
    assessments: list[Verdict] = Field(description="What the register said when the plan was made.")
    cases: list[ProjectCase]
    commitments: list[ProjectCommitment]
    missing: list[str] = Field(description="What has to be entered, and by whom, in sentences.")


class Projects(BaseModel):
    """A page of projects."""

    items: list[ProjectSummary]
    next: str | None = Field(description="The cursor of the page that follows; null: this was the last.")


class ProjectEvent(BaseModel):
    """What happened to a project."""

    seq: int
    kind: str
    at: datetime
    by: str
    data: dict[str, Any]


class ProjectHistory(BaseModel):
    """A page of what has happened to a project."""

    items: list[ProjectEvent]
    next: str | None = Field(description="The cursor of the page that follows; null: this was the last.")


class OpenedItem(BaseModel):
    """What became of an item that was ready."""

    item: str
    case: str = Field(description="Empty: it could not be opened.")
    refusal: str = Field(description="Why not; empty: it was opened.")


class OpenedItems(BaseModel):
    """What became of all that were ready."""

    items: list[OpenedItem]


class Promise(BaseModel):
    """A commitment at work in a case."""

    case: str
    clock: str
    keeping: Keeping
    due_on: date | None = Field(description="null while the clock stands still.")
    lapsed_at: datetime | None = Field(description="null: it has not lapsed.")
    stopped_on: date | None = Field(description="null: it runs.")


class KeptCommitment(BaseModel):
    """A commitment 承诺, and what became of it 兑现/违约."""

    commitment: ProjectCommitment
    promises: list[Promise] = Field(description="Empty: no clock has begun with it.")


class KeptCommitments(BaseModel):
    """What became of each commitment of a project."""

    items: list[KeptCommitment]


class Verdicts(BaseModel):
    """What the register says of a project today."""

    items: list[Verdict]
