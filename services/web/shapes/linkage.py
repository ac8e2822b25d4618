"""The shapes of the register of connected systems 系统对接台账 and of its rectifications. As in `shapes`, an unknown field is
refused by name, and a field that may be `null` says when it is."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from engine.linkage import Item
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _Query
from services.web.shapes.projects import Day

_SYSTEM = "Its code in the catalogue, or its name."


class MatrixQuery(_Query):
    """The register on which day."""

    on: date | None = Field(None, description="As it stood at the end of this day; absent: today.")


class CellQuery(_Query):
    """Which cell."""

    park: str = Field(min_length=1, max_length=100, description="Its standard name.")
    system: str = Field(min_length=1, max_length=100, description="Its code in the catalogue.")
    item: Item


class RectificationsQuery(_Query):
    """Which rectifications, in the order they were ordered."""

    department: str = Field("", max_length=100, description="Only those of this department.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class RectificationPath(BaseModel):
    """Which rectification."""

    id: int = Field(ge=1, le=2**62)


class NewSystemCheck(_Body):
    """A cell of the register."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"park": "岳阳经发区", "system": "工改系统", "item": "port", "is_in_place": True, "evidence": "联调记录〔2026〕3号",
         "checked_on": "2026-03-02"}]})

    park: str = Field(min_length=1, max_length=100)
    system: str = Field(min_length=1, max_length=100, description=_SYSTEM)
    item: Item = Field(description="through 打通, port 端口, account 账号, data 数据共享.")
    is_in_place: bool = Field(description="到位")
    evidence: str = Field(min_length=1, max_length=1000, description="What it rests on, or what is missing.")
    checked_on: Day


class SystemCheckSheet(_Body):
    """A sheet of cells."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"csv": "园区,系统,检查项,是否到位,佐证,核对日期\n岳阳经发区,工改系统,端口,是,联调记录〔2026〕3号,2026-03-02\n"}]})

    csv: str = Field(min_length=1, description="CSV with the columns 园区,系统,检查项,是否到位,佐证,核对日期.")


class SystemCheck(BaseModel):
    """What somebody has entered for a cell."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    park: str
    system: str
    item: Item
    version: int = Field(description="Of this cell, from 1.")
    is_in_place: bool
    evidence: str
    checked_on: str
    entered_by: str
    entered_at: datetime


class SystemChecks(BaseModel):
    """Every version of a cell, the oldest first; or what a sheet has entered."""

    items: list[SystemCheck]


class SystemCell(BaseModel):
    """What a cell says on a day."""

    park: str
    system: str
    item: Item
    is_in_place: bool
    evidence: str
    checked_on: date
    version: int
    entered_by: str


class InPlace(BaseModel):
    """到位率."""

    in_place: int
    cells: int
    percent: int = Field(description="Rounded down.")


class SystemMatrix(BaseModel):
    """The register on a day. A cell nobody has entered is not in place."""

    on: date
    parks: list[str]
    systems: list[str] = Field(description="Their codes.")
    cells: list[SystemCell] = Field(description="Those that were entered.")
    by_park: dict[str, InPlace]
    by_system: dict[str, InPlace]
    whole: InPlace
    unconfirmed: int = Field(description="Cells in place that nobody has looked at in the month of the day.")


class NewRectification(_Body):
    """发起整改 of a cell that is not in place."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"park": "岳阳经发区", "system": "工改系统", "item": "port", "owner": "刘工", "text": "开放办件回写端口",
         "due_on": "2027-03-31"}]})

    park: str = Field(min_length=1, max_length=100)
    system: str = Field(min_length=1, max_length=100, description=_SYSTEM)
    item: Item
    owner: str = Field(min_length=1, max_length=100, description="Who answers for it in the department.")
    text: str = Field(min_length=1, max_length=1000)
    due_on: Day
    department: str = Field("", max_length=100, description="Empty: the department that leads the system.")


class RectificationReply(_Body):
    """整改答复, or what was found when it is closed 销号."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "端口已开放，附联调记录"}]})

    text: str = Field(min_length=1, max_length=1000)


class RectificationReturn(_Body):
    """退回重新整改."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "未见佐证", "due_on": "2027-04-15"}]})

    reason: str = Field(min_length=1, max_length=1000)
    due_on: Day


class Rectification(BaseModel):
    """A rectification as it stands."""

    id: int
    park: str
    system: str
    item: Item
    department: str
    owner: str
    text: str
    due_on: date
    ordered_by: str
    state: str = Field(description="open, replied or closed.")
    reply: str = Field(description="Empty while nobody has answered.")
    remark: str = Field(description="Of the last return or of the closing.")


class Rectifications(BaseModel):
    """A page of rectifications."""

    items: list[Rectification]
    next: str | None = Field(description="Null on the last page.")


BODIES = (NewSystemCheck, SystemCheckSheet, NewRectification, RectificationReply, RectificationReturn)
