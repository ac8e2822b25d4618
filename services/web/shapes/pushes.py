"""The shapes of 双推送双报告: what was pushed to a department, its receipt, what was found. As in `shapes`, an unknown field is
refused by name."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.feedback import LONGEST
from engine.pushes import SORTS
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _Query


class PushesQuery(_Query):
    """Which pushed results."""

    stands: Literal["waiting", "overdue", "received", "late", "all"] = Field("waiting", description=(
        "waiting 待签收, overdue 逾期未签收, received 已签收, late 逾期签收."))
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class PushFiguresQuery(_Query):
    """Pushed on which days."""

    first: date = Field(description="From this day on.")
    last: date = Field(description="Up to this day, included.")


class PushPath(BaseModel):
    """Which pushed result of which case."""

    number: str = Field(description="办件编号", json_schema_extra={"example": "43060020260211000001"})
    push: int = Field(ge=1, le=2**31 - 1, description="The number of the fact that pushed it.")


class PushedResult(BaseModel):
    """A pushed result."""

    model_config = ConfigDict(from_attributes=True)

    number: str
    push: int = Field(description="The number of the fact that pushed it.")
    matter: str
    department: str = Field(description="Which supervises it.")
    park: str
    result: str = Field(description="granted, change, renew, annul, revoke or cancel.")
    label: str = Field(description="The same in the office's words.", examples=["准予"])
    pushed_on: str
    due: str = Field(description="By when it has to be signed for; empty: no clock runs.")
    received_on: str = Field(description="Empty while nobody has signed for it.")
    received_by: str
    is_late: bool
    findings: int
    may_act: bool = Field(description="Is whoever asks of the department it was pushed to?")


class PushedResults(BaseModel):
    """A page of pushed results, in the order they were pushed."""

    items: list[PushedResult]
    next: str | None = Field(description="Null on the last page.")


class PushCounts(BaseModel):
    """What a department was pushed from a park, and what has become of it."""

    department: str
    park: str
    pushed: int
    in_time: int = Field(description="Signed for in time.")
    late: int = Field(description="Signed for after its day.")
    waiting: int = Field(description="Not signed for yet.")
    overdue: int = Field(description="Of those, after their day.")
    findings: int


class PushFigures(BaseModel):
    """The figures of a span of days."""

    items: list[PushCounts]


class SupervisionFinding(_Body):
    """监管反馈."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"sort": "check", "text": "现场与许可内容不符", "measure": "责令限期改正", "document": "岳城改〔2026〕3号"}]})

    sort: str = Field(max_length=20, json_schema_extra={"enum": list(SORTS)})
    text: str = Field(max_length=LONGEST)
    measure: str = Field("", max_length=LONGEST)
    document: str = Field("", max_length=200)


BODIES = (SupervisionFinding,)
