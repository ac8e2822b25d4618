"""The shapes of cases in progress that are brought in from another system. As in `shapes`, an unknown field is refused by name,
and a field that may be `null` says when it is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.bringing_in import MOST_STOPS
from engine.stops import StopKind
from services.web.shapes.cases import Instant, _Body, _day, _Query

Day = Annotated[date, BeforeValidator(_day)]
_MaybeDay = Annotated[date | None, BeforeValidator(lambda value: None if value is None else _day(value))]


class PastStopped(_Body):
    """A stop of the case in the other system."""

    kind: StopKind = StopKind.SPECIAL
    ground: str = Field(min_length=1, max_length=40, description="As in the moves that stop a case here.")
    start: Day
    end: _MaybeDay = Field(None, description="The last day that did not count; null: it lasts.")
    document: str = Field("", max_length=200)
    basis: str = Field("", max_length=1000, description="The rule or law it rests on, where the ground needs one.")
    expected_end: _MaybeDay = Field(None, description="What the applicant was told; null: nothing.")


class InProgress(_Body):
    """A case as another system holds it."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"process": "竣工联合验收", "source": "老审批系统", "old_number": "YY-2026-0417", "steps": ["汇总验收意见"],
         "received_on": "2026-03-02", "accepted_at": "2026-03-03T10:00:00+08:00", "due_on": "2026-03-13",
         "data": {"applicant": "岳阳某某公司"}}]})

    process: str = Field(min_length=1, max_length=500, description="The process by its id or its Chinese name.")
    source: str = Field(min_length=1, max_length=100, description="来源系统: the other system.")
    old_number: str = Field(min_length=1, max_length=100, description="原办件编号: its number there, brought in once.")
    steps: list[str] = Field(min_length=1, max_length=50, description=(
        "Where it stands, in every parallel branch: node ids, or names of tasks."))
    received_on: Day
    accepted_at: Instant | None = Field(None, description="受理, with its offset; null: it is not accepted yet.")
    since: _MaybeDay = Field(None, description="When it came to that step, for limits drawn there; null: there are none.")
    resubmitted_on: _MaybeDay = Field(None, description="When corrected documents came in; null: none did.")
    decided_on: _MaybeDay = Field(None, description="The decision; null: there is none yet.")
    concluded_on: _MaybeDay = Field(None, description="办结; null: it is not concluded.")
    stops: list[PastStopped] = Field(default_factory=list, max_length=MOST_STOPS)
    corrections: int | None = Field(None, ge=0, le=99, description="Correction notices given; null: as the step shows.")
    extension: int = Field(0, ge=0, le=100, description="Working days the limit was extended by.")
    extension_document: str = Field("", max_length=200)
    handler: str = Field("", max_length=100, description="承办人")
    is_carded: bool = Field(False, description="Issue the cards of what lapsed before; else they stay with the other system.")
    outcomes: dict[str, str] = Field(default_factory=dict, max_length=200, description=(
        "By node id: the outcomes that led to the step, where they were not the ordinary ones."))
    data: dict[str, Any] = Field(default_factory=dict)
    department: str = Field("", max_length=100, description="Empty: the process's own.")
    park: str = Field("", max_length=100)
    project: str = Field("", max_length=100)
    due_on: _MaybeDay = Field(None, description="When it is due there; refused if it is not due then here. null: not compared.")
    dry_run: bool = Field(False, description="Say what would happen, and keep nothing.")


class ProgressSheet(_Body):
    """A sheet of cases in progress, by one of the two fields."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"source": "老审批系统",
         "csv": "事项名称,原办件编号,收件日期,受理时间,当前环节\n竣工联合验收,YY-1,2026-03-02,2026-03-03,联合踏勘\n"}]})

    csv: str = Field("", description="CSV text; empty: the sheet is in `xlsx`.")
    xlsx: str = Field("", description="An XLSX file in base64; empty: the sheet is in `csv`.")
    source: str = Field("", max_length=100, description="The other system, of rows that name none.")
    dry_run: bool = Field(False, description="Say what would happen to each line, and keep nothing.")


class OriginQuery(_Query):
    """Which number a case had."""

    old_number: str = Field(min_length=1, max_length=100)
    source: str | None = Field(None, max_length=100, description="Only in this system.")


class Landed(BaseModel):
    """What became of a case. After a dry run its `number` is not taken."""

    number: str
    is_new: bool = Field(description="False: it had been brought in before, and nothing was changed.")
    state: str
    due: dict[str, str | None] = Field(description="By clock: a date or a minute; null while it stands still.")
    is_provisional: bool
    lapsed: list[str] = Field(description="The clocks that were over already.")
    tasks: list[str] = Field(description="The open tasks by name.")


class BroughtInLine(BaseModel):
    """What became of a line of a sheet."""

    line: int
    old_number: str
    landed: Landed | None = Field(description="null: it was refused.")
    refusal: str = Field(description="Why it was refused; empty: it was not.")


class BroughtInLines(BaseModel):
    """What became of a sheet."""

    landed: int
    passed_over: int = Field(description="Lines whose case is here already.")
    refused: int
    items: list[BroughtInLine]


class Origin(BaseModel):
    """Where a case was begun."""

    number: str = Field(description="The case here.")
    source: str
    old_number: str


class Origins(BaseModel):
    """The cases that had a number elsewhere."""

    items: list[Origin]
