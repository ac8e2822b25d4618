"""The shapes of what an office rules: its limits, commitments and policies, and the contact book. As in `shapes`, an unknown
field is refused by name, and a field that may be `null` says when it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from engine.ladder import Rank
from engine.limits import LimitKind, Unit
from engine.precedence import Source
from services.web.shapes.cases import LARGEST_PAGE, PAGE, Instant, _Body, _Query
from services.web.shapes.headers import Keyed, _name

_PARK = "A park by its standard name; empty: all parks."
_UNTIL = "When another ruling followed or it was ended; null: in force."


class Ruling(Keyed):
    """Headers of a request that enters a ruling."""

    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description=(
        "Who enters it, for the record: a name in UTF-8, percent-encoded where needed."))


class RulingsQuery(_Query):
    """Which rulings, in the order they were entered."""

    process: str | None = Field(None, max_length=500, description="Only those of this process, by its id.")
    park: str | None = Field(None, max_length=100, description="Only those of this park.")
    history: bool = Field(False, description="Those that others have followed, too.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class CommitmentsQuery(_Query):
    """Which commitments, in the order they were entered."""

    project: str | None = Field(None, max_length=100, description="Only those of this project.")
    item: str | None = Field(None, max_length=200, description="Only those on this item.")
    history: bool = Field(False, description="Those that others have followed, too.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class EffectiveQuery(_Query):
    """Whose limit counts for a case of this kind."""

    process: str = Field(min_length=1, max_length=500, description="The process by its id or its Chinese name.")
    park: str = Field("", max_length=100, description="The case's park; empty: none.")
    project: str = Field("", max_length=100, description="The case's project; empty: none.")
    at: Instant | None = Field(None, description="An instant with its offset; left out: now.")


class ContactsQuery(_Query):
    """Which contacts, in the order they were entered."""

    unit: str | None = Field(None, max_length=100, description="Only those of this unit.")
    viewer_unit: str | None = Field(None, max_length=100, description=(
        "For which unit the list is made: its own mobile numbers are shown whole, all others masked."))
    history: bool = Field(False, description="Those whom others have followed, too.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class GapsQuery(_Query):
    """Of which units; repeat the field for several."""

    unit: list[str] = Field(min_length=1, max_length=LARGEST_PAGE)


class LimitException(_Body):
    """Why a promise is longer than the statute."""

    basis: str = Field(min_length=1, max_length=1000)
    approver: str = Field(min_length=1, max_length=100)
    explanation: str = Field(min_length=1, max_length=1000)


class NewOfficeLimit(_Body):
    """An office's own limit."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"process": "joint_completion_inspection", "park": "临港高新区(含综合区)", "kind": "promised", "amount": 6,
         "basis": "临港管发〔2026〕4号", "approver": "李主任"}]})

    process: str = Field(min_length=1, max_length=500, description="The process by its id or its Chinese name.")
    park: str = Field("", max_length=100, description=_PARK)
    kind: LimitKind = Field(description="One of a case as a whole: statutory, promised, target, hand_over.")
    amount: int = Field(ge=0, le=10_000, strict=True)
    unit: Unit = Unit.WORKDAY
    basis: str = Field(min_length=1, max_length=1000, description="The document it rests on.")
    approver: str = Field(min_length=1, max_length=100)
    exception: LimitException | None = Field(None, description="Only for a promise longer than the statute; else null.")


class EndedOfficeLimit(_Body):
    """Which office limit is ended."""

    process: str = Field(min_length=1, max_length=500)
    park: str = Field("", max_length=100, description=_PARK)
    kind: LimitKind = Field(description="One of a case as a whole: statutory, promised, target, hand_over.")


class OfficeLimit(BaseModel):
    """An office's own limit."""

    id: int
    process: str
    park: str = Field(description=_PARK)
    kind: str
    amount: int
    unit: Unit
    basis: str
    exception: LimitException | None = Field(description="Null when it needs none.")
    approver: str
    since: datetime
    until: datetime | None = Field(description=_UNTIL)
    entered_by: str


class OfficeLimits(BaseModel):
    """A page of office limits."""

    items: list[OfficeLimit]
    next: str | None = Field(description="Null on the last page.")


class SettledLimit(BaseModel):
    """A drawn limit and the value that counts instead."""

    kind: LimitKind = Field(description="As drawn.")
    item: str = Field(description="What a commitment calls it; empty: the process itself.")
    drawn_amount: int
    drawn_unit: Unit
    amount: int | None = Field(description="Null while only a project's commitment could give the number, and there is none.")
    unit: Unit | None = Field(description="Null when the amount is.")
    source: Source | None = Field(description="Null when the amount is.")
    becomes: LimitKind | None = Field(description="The kind of clock it starts; null when none starts.")
    basis: str
    passed_over: str = Field(description="Why a commitment there is does not count; empty when it does, or there is none.")


class SettledLimits(BaseModel):
    """Whose limit counts, for every limit drawn on a process."""

    process: str
    limits: list[SettledLimit]


class NewCommitment(_Body):
    """What an agreement promises a project (承诺清单)."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"project": "2603-430600-04-01-123456", "item": "发布土地出让公告", "amount": 15, "start_event": "签约",
         "clause": "第六条 违约责任", "agreement": "招商协议〔2026〕8号", "responsible": "市商粮局"}]})

    project: str = Field(min_length=1, max_length=100)
    item: str = Field(min_length=1, max_length=200, description="A process by its id or name, or the item a drawn limit names.")
    amount: int = Field(ge=0, le=10_000, strict=True)
    unit: Unit = Unit.WORKDAY
    start_event: str = Field("", max_length=100)
    clause: str = Field(min_length=1, max_length=1000, description="违约责任: the clause a breach is judged by.")
    agreement: str = Field(min_length=1, max_length=200)
    responsible: str = Field("", max_length=100)


class EndedCommitment(_Body):
    """Which commitment is ended."""

    project: str = Field(min_length=1, max_length=100)
    item: str = Field(min_length=1, max_length=200)


class ProjectCommitment(BaseModel):
    """What an agreement promises a project."""

    id: int
    project: str
    item: str
    amount: int
    unit: Unit
    start_event: str
    clause: str
    agreement: str
    responsible: str
    since: datetime
    until: datetime | None = Field(description=_UNTIL)
    entered_by: str


class ProjectCommitments(BaseModel):
    """A page of commitments."""

    items: list[ProjectCommitment]
    next: str | None = Field(description="Null on the last page.")


class NewPolicy(_Body):
    """A policy of lamps, cards and ladder."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"process": "four_permits", "park": "湘阴高新区", "policy": {"target_cards": True}}]})

    process: str = Field("", max_length=500, description="The process by its id or its Chinese name; empty: all.")
    park: str = Field("", max_length=100, description=_PARK)
    policy: dict[str, Any] = Field(description="Its fields; one left out has its default. GET shows them all.")


class EndedPolicy(_Body):
    """Which policy is ended."""

    process: str = Field("", max_length=500)
    park: str = Field("", max_length=100, description=_PARK)


class OfficePolicy(BaseModel):
    """A policy of lamps, cards and ladder."""

    id: int
    process: str
    park: str
    policy: dict[str, Any]
    since: datetime
    until: datetime | None = Field(description=_UNTIL)
    entered_by: str


class OfficePolicies(BaseModel):
    """A page of policies."""

    items: list[OfficePolicy]
    next: str | None = Field(description="Null on the last page.")


class NewContact(_Body):
    """A contact: somebody of a unit, at a rank, who can be reached."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"unit": "市住建局", "rank": "liaison", "name": "王联络", "title": "科员", "office_phone": "0730-8880000",
         "mobile": "13807301234"}]})

    unit: str = Field(min_length=1, max_length=100)
    rank: Rank
    name: str = Field(min_length=1, max_length=100)
    title: str = Field("", max_length=100)
    office_phone: str = Field("", max_length=40)
    mobile: str = Field("", max_length=40)
    note: str = Field("", max_length=1000)


class EndedContact(_Body):
    """Whose place in the book becomes empty."""

    unit: str = Field(min_length=1, max_length=100)
    rank: Rank


class Contact(BaseModel):
    """A contact of the book."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    unit: str
    rank: Rank
    name: str
    title: str
    office_phone: str
    mobile: str = Field(description="Masked unless the list was made for this unit.")
    note: str
    since: datetime
    until: datetime | None = Field(description=_UNTIL)
    entered_by: str


class Contacts(BaseModel):
    """A page of contacts."""

    items: list[Contact]
    next: str | None = Field(description="Null on the last page.")


class Gap(BaseModel):
    """A rank for which a unit has no contact."""

    model_config = ConfigDict(from_attributes=True)

    unit: str
    rank: Rank


class Gaps(BaseModel):
    """The gaps of the contact book."""

    items: list[Gap]


class Sheet(_Body):
    """A sheet of contacts."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"csv": "单位,类别,姓名,职务,办公电话,联系手机,备注\n市住建局,联络员,王联络,科员,,13807301234,\n"}]})

    csv: str = Field(min_length=1, description="CSV with the columns of annex 1: 单位,类别,姓名,职务,办公电话,联系手机,备注.")


class SheetEntered(BaseModel):
    """What a sheet did."""

    model_config = ConfigDict(from_attributes=True)

    added: int
    replaced: int
    unchanged: int
