"""The shapes of the calendar as law: a year's notice, a closure, and how they are proposed, accepted or refused. As in
`shapes`, an unknown field is refused by name, and a field that may be `null` says when it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SkipValidation

from engine.calendar import FIRST_YEAR, LAST_YEAR
from engine.notices import FIXTURE, Scope
from services.web.shapes.cases import Day, _Body, _day, _Query
from services.web.shapes.headers import Keyed, _name

_Date = Annotated[date, BeforeValidator(_day)]
_Name = Annotated[str, AfterValidator(_name)]


class Acting(Keyed):
    """Headers of a request that changes the calendar."""

    by: _Name = Field("api", alias="X-Jiban-Actor", description=(
        "Who acts: a name in UTF-8, percent-encoded where needed. Whoever proposes a change cannot accept it."))


class CalendarQuery(_Query):
    """Which years."""

    year: int | None = Field(None, gt=FIRST_YEAR, le=LAST_YEAR, description="Only this year; left out: all that are known.")


class ChangePath(BaseModel):
    """Which change."""

    id: int = Field(ge=1, le=2**53, description="The change's `id`.", json_schema_extra={"example": 1})


class CalendarBreak(BaseModel):
    """Days off, first to last; `make_up`: the days worked instead 调休上班."""

    name: str
    first: Day
    last: Day
    make_up: list[Day] = Field(default_factory=list)


class NewNotice(_Body):
    """放假通知 in the format of the shelf. What contradicts itself or the statute is refused with the line of the body, so the
    values are looked at by `engine.notices`, which knows it, and only their names here."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{
        "year": 2027, "number": "测试〔2026〕1号", "title": "测试用2027年放假安排", "published_on": "2026-11-20",
        "fixture": True, "holidays": [
            {"name": "元旦", "first": "2027-01-01", "last": "2027-01-04", "make_up": ["2027-01-17"]}]}]})

    year: SkipValidation[int]
    number: SkipValidation[str] = Field(description="文号.")
    title: SkipValidation[str]
    published_on: SkipValidation[Day]
    source: SkipValidation[str] = Field("", description="Where it can be read.")
    fixture: SkipValidation[bool] = Field(False, description=f"Made up for a test: {FIXTURE}.")
    holidays: SkipValidation[list[CalendarBreak]] = Field(description="Every holiday of the statute.")


class NewClosure(_Body):
    """停办: an approved closure, both ends included."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "scope": "park", "place": "云溪", "first": "2026-12-28", "last": "2026-12-29", "reference": "岳停〔2026〕9号",
        "approver": "市政府办公室", "reason": "冰冻"}]})

    scope: Scope = Field(Scope.CITY, description="Whose cases it binds.")
    place: str = Field("", max_length=100, description="Which park, window or system; empty for the city.")
    first: _Date
    last: _Date
    reference: str = Field(min_length=1, max_length=200, description="文号 of the order.")
    approver: str = Field(min_length=1, max_length=100, description="Who approved it.")
    reason: str = Field(min_length=1, max_length=1000)


class Acceptance(_Body):
    """How a change is accepted."""

    signed_off_by: str | None = Field(None, max_length=100, description=(
        "The supervisor 督查员, needed when days already past change; neither proposer nor accepter."))
    fixture: bool = Field(False, description="Accept what is made up for a test: only in a test installation.")


class RefusedChange(_Body):
    """Why a change is refused."""

    reason: str = Field(min_length=1, max_length=1000)


class CalendarYear(BaseModel):
    """A year as the law has it, for the city. `number`, `title`, `published_on` and `source`: null while it is provisional;
    `holidays` are then the statutory ones that are known."""

    year: int
    is_provisional: bool
    is_fixture: bool = Field(description=f"Made up for a test: {FIXTURE}.")
    number: str | None
    title: str | None
    published_on: Day | None
    source: str | None
    holidays: list[CalendarBreak]
    months: list[int] = Field(description="Working days of each month.")
    workdays: int


class ClosureInForce(BaseModel):
    """A closure that binds the city or one place."""

    scope: Scope
    place: str
    first: Day
    last: Day
    reference: str
    approver: str


class CalendarChange(BaseModel):
    """A change of the calendar. `first_on`, `last_on`: the span of days it counts otherwise. `year`: null for a closure.
    `decided_by`, `decided_at`: null while it is pending. `signed_off_by`: null when no supervisor has signed. `version`: of
    the law it made; null until accepted. `applied_at`: when every open clock had been counted again; null until then."""

    id: int
    kind: Literal["notice", "closure"]
    state: Literal["pending", "accepted", "refused"]
    scope: Scope
    place: str
    year: int | None
    first_on: Day
    last_on: Day
    reference: str
    approver: str
    reason: str = Field(description="Why a closure is wanted.")
    refusal: str = Field(description="Why it was refused.")
    is_fixture: bool = Field(description=f"Made up for a test: {FIXTURE}.")
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    signed_off_by: str | None
    version: int | None
    applied_at: datetime | None


class ChangedDay(BaseModel):
    """A day that is worked before and off after, or the reverse, in words: 工作日 → 春节放假."""

    date: Day
    was: str
    becomes: str


class ShownChange(CalendarChange):
    """A change with what it changes: of one that is pending, in the law as it stands."""

    days: list[ChangedDay]
    clocks: int = Field(description="How many running clocks have a day in its span.")


class CalendarLaw(BaseModel):
    """The calendar in force. `version`: 0 as shipped, and one more for each accepted change."""

    version: int
    years: list[CalendarYear]
    closures: list[ClosureInForce]
    pending: list[CalendarChange]


class CalendarChanges(BaseModel):
    """A page of the changes that were ever proposed, oldest first."""

    items: list[CalendarChange]
    next: str | None = Field(description="The cursor of the page that follows; null: this was the last.")
