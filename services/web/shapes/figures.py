"""The shapes of the figures of a month. As in `shapes`, an unknown field of the query is refused by name."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class FiguresQuery(BaseModel):
    """Which month, and by what its figures are kept apart."""

    model_config = ConfigDict(extra="forbid")

    month: str = Field(max_length=20, description="The month, `YYYY-MM`.", json_schema_extra={"example": "2026-09"})
    by: list[Literal["park", "department", "process"]] = Field(default_factory=list, max_length=3, description=(
        "Also apart by this. May be repeated, and then apart by each combination."))


class FigureRatio(BaseModel):
    """A rate or a mean as an exact fraction, not reduced. `value`: the quotient, null when there is nothing to divide by."""

    numerator: int
    denominator: int
    value: float | None


class GroupFigures(BaseModel):
    """The figures of one park, department and process; an empty word stands for all of them. A case that names no park or
    department is counted under `（未填）`."""

    park: str
    department: str
    process: str
    figures: dict[str, int | FigureRatio] = Field(description="By name, as in `definitions`.")


class FigureDefinition(BaseModel):
    """What a figure means, as it is printed below a report. `unit`: 件, 工作日, 自然日, or % for a rate."""

    label: str
    definition: str
    unit: str


class FigureAmendment(GroupFigures):
    """更正: a frozen figure that was found to be another. `number`: the how manieth of its group. `reason`: from what to what,
    for which cases, and why."""

    number: int
    reason: str
    made_at: datetime


class MonthFigures(BaseModel):
    """The figures of a month, the total first where it may be seen. `is_frozen`: they are those the month ended with, and
    `amendments` what was found since; else they are as they stand, and there are none."""

    month: str
    is_frozen: bool
    groups: list[GroupFigures]
    definitions: dict[str, FigureDefinition]
    amendments: list[FigureAmendment]


class ReentriesQuery(BaseModel):
    """Which months, both included."""

    model_config = ConfigDict(extra="forbid")

    since: str = Field(max_length=20, description="The first month, `YYYY-MM`.", json_schema_extra={"example": "2026-01"})
    until: str = Field(max_length=20, description="The last month, `YYYY-MM`.", json_schema_extra={"example": "2026-09"})


class Reentry(BaseModel):
    """How often people entered in a month and park what a system knows already."""

    month: str
    park: str
    system: str
    times: int


class Reentries(BaseModel):
    """By month, park and system, in that order."""

    items: list[Reentry]
