"""The shapes of the register of regional assessments. As in `shapes`, an unknown field is refused by name, and a field that
may be `null` says when it is."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from engine.assessments import Use
from engine.projects import MOST_CORNERS
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _Query
from services.web.shapes.projects import Corner, Day, Short


class AssessmentsQuery(_Query):
    """Which results, in the order they were entered."""

    park: str | None = Field(None, max_length=200, description="Only those of this park.")
    kind: str | None = Field(None, max_length=40, description="Only those of this kind.")
    history: bool = Field(False, description="Those that others have followed or that were taken out, too.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class NewAssessment(_Body):
    """A result of a regional assessment."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"kind": "planning_environment", "park": "湘阴高新区", "document": "岳环评〔2025〕3号", "valid_from": "2025-01-01",
         "valid_until": "2030-12-31", "parcels": ["YY-2026-017"], "excluded": ["两高", "26"]}]})

    kind: str = Field(min_length=1, max_length=40)
    park: str = Field(min_length=1, max_length=200)
    document: str = Field(min_length=1, max_length=200, description="成果编号")
    valid_from: Day
    valid_until: Day = Field(description="Included.")
    parcels: list[Short] = Field(default_factory=list, max_length=1000, description="With no area either: the whole park.")
    area: list[Corner] = Field(default_factory=list, max_length=MOST_CORNERS)
    excluded: list[Short] = Field(default_factory=list, max_length=1000, description="负面清单: codes of industries, traits.")
    mode: Use = Field(Use.EXEMPT, description="exempt or declared.")


class EndedAssessment(_Body):
    """Which result is taken out of the register."""

    kind: str = Field(min_length=1, max_length=40)
    park: str = Field(min_length=1, max_length=200)
    document: str = Field(min_length=1, max_length=200)


class AssessmentSheet(_Body):
    """A sheet of results."""

    csv: str = Field(min_length=1, description=(
        "CSV with the columns 评估类型,所属园区,成果编号,生效日期,有效期至,覆盖地块,范围坐标,负面清单,适用方式."))


class Assessment(BaseModel):
    """A result in the register."""

    id: int
    kind: str
    kind_name: str
    park: str
    document: str
    valid_from: date
    valid_until: date
    parcels: list[str]
    area: list[list[float]]
    excluded: list[str]
    mode: Use
    since: datetime
    until: datetime | None = Field(description="When another entry followed or it was taken out; null: in force.")
    entered_by: str


class Assessments(BaseModel):
    """A page of results."""

    items: list[Assessment]
    next: str | None = Field(description="The cursor of the page that follows; null: this was the last.")


class AssessmentsEntered(BaseModel):
    """What a sheet did."""

    model_config = ConfigDict(from_attributes=True)

    added: int
    replaced: int
    unchanged: int
