"""The shapes of the empowerment list 赋权清单. As in `shapes`, an unknown field is refused by name, and a field that may be
`null` says when it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from engine.empowerment import Hall, Mode, Taking
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _day, _Query

Kind = Literal["empowerment", "park_mode", "local_authority"]
_Day = Annotated[date, BeforeValidator(_day)]
_Id = Annotated[int, Field(ge=1, le=2**62, strict=True)]
_UNTIL = "The last day, included; null: without end."


def _day_or_none(value: object) -> date | None:
    return None if value is None else _day(value)


_LastDay = Annotated[date | None, BeforeValidator(_day_or_none)]


class RowsQuery(_Query):
    """Which rows, in the order they were entered."""

    kind: Kind | None = Field(None, description="Only rows of this kind.")
    park: str | None = Field(None, max_length=100, description="Only those of this park.")
    matter: str | None = Field(None, max_length=100, description="Only those of this matter, by its code.")
    batch: str | None = Field(None, max_length=100, description="Only those of this batch 批次号.")
    on: Annotated[date | None, BeforeValidator(_day_or_none)] = Field(
        None, description="Only what is approved and in force on this day; left out: all that was ever entered.")
    pending: bool = Field(False, description="Only what waits for a second person.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class ResolveQuery(_Query):
    """Whose a case would be."""

    park: str = Field(min_length=1, max_length=100)
    matter: str = Field(min_length=1, max_length=500, description="Its code, or a deployed process by its id or Chinese name.")
    situation: str = Field("", max_length=100, description="业务情形")
    on: _LastDay = Field(None, description="The day of receipt; left out: today.")


class ReportQuery(_Query):
    """Of which day, and for how long a concluded case shows that a row runs."""

    on: _LastDay = Field(None, description="Left out: today.")
    months: int | None = Field(None, ge=1, le=120, description="Left out: the setting JIBAN_RUNNING_MONTHS.")


class NewEmpowerment(_Body):
    """赋权: a matter given to a park."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"park": "湘阴高新区", "matter": "SJ-LHYS", "mode": "direct", "authority": "市住建局", "seal": "4306240001",
         "batch": "2026年第一批", "document": "岳政发〔2026〕1号", "valid_from": "2026-04-01"}]})

    park: str = Field(min_length=1, max_length=100)
    matter: str = Field(min_length=1, max_length=100, description="事项编码")
    name: str = Field("", max_length=200, description="事项名称, for people.")
    situation: str = Field("", max_length=100, description="业务情形; empty: every one without a row of its own.")
    mode: Mode = Field(description="赋权方式; `none` is not entered.")
    holder: str = Field("", max_length=100, description="承接机构; empty: the park itself, in the pilot its one body.")
    authority: str = Field(min_length=1, max_length=100, description="赋权部门")
    supervisor: str = Field("", max_length=100, description="监管部门; empty: the authority.")
    seal: str = Field("", max_length=100, description="印章编号")
    taking: Taking = Field(Taking.GRANTED, description="承接状态; `running` and `taken_back` are found out, not entered.")
    batch: str = Field(min_length=1, max_length=100, description="批次号")
    document: str = Field(min_length=1, max_length=200, description="文号")
    handover: str = Field("", max_length=200, description="交接书")
    mandate: str = Field("", max_length=200, description="委托书")
    notice: str = Field("", max_length=200, description="委托公告")
    valid_from: _Day = Field(description="The first day, included.")
    valid_until: _LastDay = Field(None, description=_UNTIL)


class NewParkMode(_Body):
    """园区运行模式: how a park works."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"park": "临湘高新区", "hall": "pilot", "body": "临湘高新区行政审批局", "seal": "4306820001", "document": "试点批复",
         "valid_from": "2022-03-08"}]})

    park: str = Field(min_length=1, max_length=100)
    hall: Hall
    body: str = Field("", max_length=100, description="审批机构; the pilot has one.")
    seal: str = Field("", max_length=100, description="印章编号; the pilot has one.")
    window: str = Field("", max_length=100, description="“园区事园区办”综合窗口; a park without a hall has one.")
    staff: list[str] = Field(default_factory=list, max_length=100, description="委派人员")
    document: str = Field(min_length=1, max_length=200, description="文号")
    valid_from: _Day = Field(description="The first day, included.")
    valid_until: _LastDay = Field(None, description=_UNTIL)


class NewLocalAuthority(_Body):
    """属地: whose a matter is where nothing empowers the park."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"park": "湘阴高新区", "department": "湘阴县行政审批服务局", "document": "三定方案", "valid_from": "2022-03-08"}]})

    park: str = Field(min_length=1, max_length=100)
    matter: str = Field("", max_length=100, description="事项编码; empty: every matter without a row of its own.")
    department: str = Field(min_length=1, max_length=100)
    window: str = Field("", max_length=100, description="收件窗口; empty: at the department.")
    supervisor: str = Field("", max_length=100, description="监管部门; empty: the department.")
    seal: str = Field("", max_length=100, description="印章编号")
    document: str = Field(min_length=1, max_length=200, description="文号")
    valid_from: _Day = Field(description="The first day, included.")
    valid_until: _LastDay = Field(None, description=_UNTIL)


class SheetOfRows(_Body):
    """A sheet of rows of one kind: its text, or a workbook."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"kind": "local_authority",
         "csv": "园区,属地部门,文号,生效日\n湘阴高新区,湘阴县行政审批服务局,三定方案,2022-03-08\n"}]})

    kind: Kind = "empowerment"
    csv: str = Field("", description="CSV with the columns of its kind, in any order.")
    xlsx: str = Field("", description="Instead: an XLSX workbook in Base64; its first sheet is read.")
    preview: bool = Field(False, strict=True, description="Only say what it would do.")

    @model_validator(mode="after")
    def _one_of_two(self) -> SheetOfRows:
        if bool(self.csv) == bool(self.xlsx):
            raise ValueError("send either csv or xlsx")
        return self


class Deciding(_Body):
    """Which rows that wait are approved or refused."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"batch": "2026年第一批", "is_approved": True}]})

    ids: list[_Id] = Field(default_factory=list, max_length=10_000, description="By their numbers.")
    batch: str | None = Field(None, min_length=1, max_length=100, description=(
        "Instead: every row of this batch; null: not by batch."))
    kind: Kind | None = Field(None, description="Instead: every row of this kind; null: not by kind.")
    is_approved: bool = Field(strict=True)

    @model_validator(mode="after")
    def _one_of_three(self) -> Deciding:
        if sum((bool(self.ids), self.batch is not None, self.kind is not None)) != 1:
            raise ValueError("name rows by ids, or a batch, or a kind, one of them")
        return self


class EndedRow(_Body):
    """When and why a row ends before its time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2026-06-30", "reason": "未有效承接,收回"}]})

    on: _Day = Field(description="Its last day, today or later.")
    reason: str = Field(min_length=1, max_length=1000)


class RowPath(BaseModel):
    """Which row."""

    id: int = Field(ge=1, le=2**62, json_schema_extra={"example": 12})


class Row(BaseModel):
    """A row of the empowerment list. `decided_by`, `decided_at`, `is_approved`: null while nobody has decided; `ended_on`,
    `ended_by`, `ended_at`, `ending`: null unless it was ended before its time."""

    id: int
    kind: Kind
    park: str
    matter: str
    situation: str
    batch: str
    valid_from: date
    valid_until: date | None = Field(description=_UNTIL)
    says: dict[str, Any] = Field(description="What else it says, as its kind has it.")
    entered_by: str
    entered_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    is_approved: bool | None
    ended_on: date | None
    ended_by: str | None
    ended_at: datetime | None
    ending: str | None


class Rows(BaseModel):
    """A page of rows."""

    items: list[Row]
    next: str | None = Field(description="Null on the last page.")


class RowsEntered(BaseModel):
    """What entering rows did, or would do."""

    items: list[Row] = Field(description="The new ones; they count once a second person has approved them.")
    unchanged: int = Field(description="How many were there already.")
    is_preview: bool = False


class RowsDecided(BaseModel):
    """The rows that were decided."""

    items: list[Row]


class ParkCounts(BaseModel):
    """赋权一批、承接一批、有效运行一批 of a park."""

    model_config = ConfigDict(from_attributes=True)

    park: str = Field(description="Empty: all parks.")
    granted: int = Field(description="赋权: rows in force.")
    taken_over: int = Field(description="承接")
    not_taken_over: int = Field(description="未有效承接")
    running: int = Field(description="有效运行: at least one case concluded in the months asked.")
    taken_back: int = Field(description="收回: ended before their time.")
    concluded: int = Field(description="Cases concluded by the rows in force, in the months asked.")


class TakingReport(BaseModel):
    """The counts of every park on a day."""

    model_config = ConfigDict(from_attributes=True)

    on: date
    after: date = Field(description="Cases concluded after this day and up to `on` were counted.")
    months: int
    parks: list[ParkCounts]
    total: ParkCounts
