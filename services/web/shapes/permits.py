"""The shapes of undertakings, of the credit register and of granted permits. As in `shapes`, an unknown field is refused by
name, and a field that may be `null` says when it is. Empty texts are judged by the engine, which says what is required, why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.accepting import LATE_SUPPLY, MOST_MISSING
from engine.permits import Act, PermitState
from engine.undertakings import OnLapse
from services.credit import STATES
from services.undertakings import Kind
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _day, _Query

_LONG, _SHORT = 1000, 200
_STATES: dict[str, Any] = {"enum": list(STATES)}


class Supplying(_Body):
    """补齐."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"materials": ["授权书原件"]}]})

    materials: list[Annotated[str, Field(max_length=_SHORT)]] = Field(
        max_length=MOST_MISSING, description="Which of the missing materials have come, by their names.")
    role: str = Field("", max_length=40, json_schema_extra={"enum": ["", *LATE_SUPPLY]}, description=(
        "After the supply period: in which office they are let come late."))


class Verifying(_Body):
    """What the verification of a declaration has found."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"findings": "现场与承诺一致"}]})

    findings: str = Field(max_length=_LONG)


class FindingUnmet(_Body):
    """What is not yet met, and the notice to mend it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"findings": "绿地率不足", "document": "岳整〔2026〕5号"}]})

    findings: str = Field(max_length=_LONG)
    document: str = Field(max_length=_SHORT, description="Number of the 责令限期整改通知书.")


class TemplatesQuery(_Query):
    """Which templates, in the order they were entered."""

    process: str | None = Field(None, max_length=500, description="Only those of this process, by its id.")
    history: bool = Field(False, description="Those that others have followed, too.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class NewTemplate(_Body):
    """A template of an undertaking, or that a matter is excluded from declarations."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"kind": "declared", "process": "four_permits", "text": "本单位承诺……", "verify_workdays": 20, "correct_workdays": 10,
         "basis": "岳审改〔2026〕3号"}]})

    kind: Kind
    process: str = Field("", max_length=500, description="The process by its id or its Chinese name; empty: all matters.")
    text: str = Field("", max_length=20_000, description="What is signed; empty only for an exclusion.")
    verify_workdays: int = Field(20, ge=1, le=1000, strict=True, description="Verified so long after the decision (核查).")
    correct_workdays: int = Field(10, ge=1, le=1000, strict=True, description="Mended within so long (限期整改).")
    on_lapse: OnLapse = Field(OnLapse.DECIDE, description=(
        "When the supply period lapses: `decide`, the approver decides; `pause`, besides the office's days stand still."))
    excluded: str = Field("", max_length=_SHORT, description=(
        "Why the matter is not decided on a declaration; empty: it may be."))
    basis: str = Field(max_length=_LONG, description="The document it rests on.")


class EndedTemplate(_Body):
    """Which template is ended."""

    kind: Kind
    process: str = Field("", max_length=500)


class Template(BaseModel):
    """A template. `until`: when another followed or it was ended; null: in force."""

    id: int
    kind: Kind
    process: str
    version: int
    text: str
    verify_workdays: int
    correct_workdays: int
    on_lapse: OnLapse
    excluded: str
    basis: str
    since: datetime
    until: datetime | None
    entered_by: str


class Templates(BaseModel):
    """A page of templates. `next`: the `after` of the next page, null on the last."""

    items: list[Template]
    next: str | None


class CreditQuery(_Query):
    """Which credit records, in the order they were entered."""

    code: str | None = Field(None, max_length=18, description="Only those against this code.")
    state: Literal[STATES] | None = Field(None, description="Only those that stand like this.")  # type: ignore[valid-type]
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class RecordPath(BaseModel):
    """Which credit record."""

    id: int = Field(ge=1, le=2**62)


class NewRecord(_Body):
    """A record that another office has decided on."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"code": "91430600MA40000130", "name": "岳阳某某公司", "reason": "虚假承诺", "document": "岳信〔2026〕1号"}]})

    code: str = Field(max_length=18, description="统一社会信用代码, or the number of an identity card.")
    name: str = Field(max_length=_SHORT)
    reason: str = Field(max_length=_LONG)
    document: str = Field(max_length=_SHORT)
    until_on: Annotated[date, BeforeValidator(_day)] | None = Field(None, description="The last day; null: until restored.")


class Confirming(_Body):
    """A proposed record is put in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "岳信〔2026〕2号", "until_on": "2027-03-04"}]})

    document: str = Field(max_length=_SHORT)
    until_on: Annotated[date, BeforeValidator(_day)] | None = Field(None, description="The last day; null: until restored.")


class Dropping(_Body):
    """A proposed record is not put in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "核查有误"}]})

    reason: str = Field(max_length=_SHORT)


class Restoring(_Body):
    """信用修复."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "岳信修〔2026〕1号"}]})

    document: str = Field(max_length=_SHORT, description="Number of the decision it rests on.")


class Record(BaseModel):
    """A credit record. `until_on`: its last day, null until it is restored; `restored_at`: null while it is not."""

    id: int
    code: str
    name: str
    reason: str
    document: str
    case: str = Field(description="The case that brought it up; empty: none.")
    state: str = Field(json_schema_extra=_STATES)
    since: datetime
    until_on: date | None
    proposed_by: str
    decided_by: str
    restored_at: datetime | None
    restored_for: str


class Records(BaseModel):
    """A page of credit records. `next`: the `after` of the next page, null on the last."""

    items: list[Record]
    next: str | None


class PermitsQuery(_Query):
    """Which permits, in the order they were granted."""

    state: PermitState | None = Field(None, description="Only those that stand like this.")
    sort: str | None = Field(None, max_length=40, description="Only those of this sort, by its code.")
    holder_code: str | None = Field(None, max_length=18, description="Only those of this holder.")
    park: str | None = Field(None, max_length=100, description="Only those of this park.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class PermitPath(BaseModel):
    """Which permit."""

    number: str = Field(max_length=100, description="证件编号", json_schema_extra={"example": "430600202603040001"})


class ConditionPath(PermitPath):
    """Which condition of a permit."""

    condition: str = Field(max_length=40, json_schema_extra={"example": "begin_work"})


class HistoryQuery(_Query):
    """Which part of a permit's history."""

    events_after: int = Field(0, ge=0, le=2**31, description="Events from number `events_after` + 1 on.")
    events_limit: int = Field(1000, ge=1, le=1000)


class Meeting(_Body):
    """A condition was met."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"met_on": "2026-04-01"}]})

    met_on: Annotated[date, BeforeValidator(_day)] = Field(description="The day, not in the future.")


class Extending(_Body):
    """A condition's time is extended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "岳建延〔2026〕1号"}]})

    document: str = Field(max_length=_SHORT, description="Number of the approval.")


class Condition(BaseModel):
    """What the holder has to do within a time."""

    name: str
    label: str
    amount: int
    unit: str
    basis: str
    extensions: int
    extension_amount: int


class Permit(BaseModel):
    """A granted permit. `valid_until`: null for one without end."""

    number: str
    sort: str
    name: str
    holder: str
    holder_code: str
    case: str = Field(description="The case that granted it.")
    process: str
    park: str
    authority: str
    seal: str
    granted_on: date
    valid_from: date
    valid_until: date | None
    conditions: list[Condition]
    state: PermitState
    state_label: str
    version: int = Field(description="Of its content: each change 变更 makes the next.")
    follows: str = Field(description="The permit it renews; empty: none.")


class Permits(BaseModel):
    """A page of permits. `next`: the `after` of the next page, null on the last."""

    items: list[Permit]
    next: str | None


class PermitEvent(BaseModel):
    """Something that happened to a permit: fact `seq` of a case. `state`: of the permit afterwards."""

    place: int
    kind: str
    act: Act | None = Field(description="Null where it is none of the five.")
    case: str
    seq: int
    at: datetime
    by: str
    state: PermitState


class OpenCase(BaseModel):
    """A case about the permit that has not ended."""

    number: str
    act: Act


class PermitHistory(BaseModel):
    """A permit with its history."""

    permit: Permit
    events: list[PermitEvent]
    open_cases: list[OpenCase]


class Sort(BaseModel):
    """A sort of permits of the shelf."""

    sort: str
    name: str
    pattern: str
    seal: str
    conditions: list[Condition]


class Sorts(BaseModel):
    """The sorts of permits."""

    items: list[Sort]


BODIES = (Supplying, Verifying, FindingUnmet, NewTemplate, NewRecord, Confirming, Dropping, Restoring, Meeting, Extending)
