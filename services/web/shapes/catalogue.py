"""The shapes of the catalogue of matters and of the decision lists. As in `shapes`, an unknown field is refused by name, and a
field that may be `null` says when it is."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from engine.catalogue import Category
from engine.decision_lists import Hit, InputKind
from services.web.shapes.cases import LARGEST_PAGE, PAGE, Instant, _Body, _Query


class Book(Enum):
    """The books of the catalogue, as addresses name them."""

    MATTERS = "matters"
    BUNDLES = "bundles"
    PARKS = "parks"
    DEPARTMENTS = "departments"
    SYSTEMS = "systems"

    @property
    def category(self) -> Category:
        """Which entries it holds."""
        return Category(self.value.removesuffix("s"))


class BookPath(BaseModel):
    """Which book."""

    book: Book


class EntryPath(BookPath):
    """Which entry, by its code."""

    code: str = Field(max_length=100)


class EntriesQuery(_Query):
    """Which entries, by code."""

    at: Instant | None = Field(None, description="As they were in force then; left out: now.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class OwnValues(_Body):
    """The office's own values of some fields of an entry."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"values": {"supervisor": "市城管局"}, "basis": "岳审改〔2026〕1号"}]})

    values: dict[str, Any] = Field(min_length=1, max_length=50, description="By field; null takes the shipped value again.")
    basis: str = Field(min_length=1, max_length=1000, description="The document it rests on.")


class Entry(BaseModel):
    """An entry of the catalogue."""

    code: str
    name: str
    values: dict[str, Any] = Field(description="Every field of the entry; a limit's amount is null until it is filled in.")
    sources: dict[str, str] = Field(description="Of each field: `office` or `shipped`.")
    since: datetime | None = Field(description="When the office's own values were entered; null: it has none.")
    basis: str | None = Field(description="Null when `since` is.")
    entered_by: str | None = Field(description="Null when `since` is.")


class Entries(BaseModel):
    """A page of a book."""

    items: list[Entry]
    next: str | None = Field(description="Null on the last page.")


class OwnEntry(BaseModel):
    """What the office entered of an entry."""

    id: int
    values: dict[str, Any]
    basis: str
    since: datetime
    until: datetime | None = Field(description="When other values followed or it was ended; null: in force.")
    entered_by: str


class OwnEntries(BaseModel):
    """A page of what the office entered of an entry."""

    items: list[OwnEntry]
    next: str | None = Field(description="Null on the last page.")


class Finding(BaseModel):
    """Something in the catalogue that somebody should look at."""

    model_config = ConfigDict(from_attributes=True)

    category: Category
    code: str
    message: str
    is_gap: bool = Field(description="True: it only has not been filled in yet.")


class Findings(BaseModel):
    """What somebody should look at."""

    items: list[Finding]


class ListPath(BaseModel):
    """Which decision list, by its code."""

    code: str = Field(max_length=100)


class VersionPath(BaseModel):
    """Which version, by the number under which it was entered."""

    number: int = Field(ge=1, le=2**53)


class ListInput(BaseModel):
    """A column of a list."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    kind: InputKind


class DecisionList(BaseModel):
    """A decision list, with the version in force."""

    code: str
    name: str
    hit: Hit
    inputs: list[ListInput]
    outcomes: list[str]
    note: str
    version: int | None = Field(description="Null while none is in force.")
    document: str | None = Field(description="Null when `version` is.")
    since: date | None = Field(description="Null when `version` is.")


class DecisionLists(BaseModel):
    """The decision lists of the shelf."""

    items: list[DecisionList]


class ListLine(BaseModel):
    """A row."""

    model_config = ConfigDict(from_attributes=True)

    cells: dict[str, str]
    outcome: str
    basis: str


class ListVersion(BaseModel):
    """A version of a list."""

    number: int = Field(description="Under which it was entered.")
    code: str = Field(description="Of the list.")
    version: int | None = Field(description="Null unless it was approved.")
    hit: Hit
    lines: list[ListLine]
    document: str
    valid_from: date
    in_force_on: date | None = Field(description="Null unless it was approved.")
    entered_by: str
    entered_at: datetime
    decided_by: str | None = Field(description="Null while nobody has decided.")
    decided_at: datetime | None = Field(description="Null while nobody has decided.")
    is_approved: bool | None = Field(description="Null while nobody has decided.")


class ListVersions(BaseModel):
    """A page of versions."""

    items: list[ListVersion]
    next: str | None = Field(description="Null on the last page.")


class NewListVersion(_Body):
    """A version to be entered, as a sheet: a column for each input, then 结果 and 依据. Either `csv` or `xlsx`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "csv": "项目类型,建筑面积(平方米),区位,结果,依据\n厂房,≤3000,,免于审查,附件一第1类\n,,,技审分离,\n",
        "document": "岳资规〔2026〕5号", "valid_from": "2026-03-02"}]})

    csv: str | None = Field(None, description="The sheet as CSV; null: it is sent as XLSX.")
    xlsx: str | None = Field(None, description="The sheet as XLSX, base64; null: it is sent as CSV.")
    document: str = Field(min_length=1, max_length=200, description="文号 of what publishes it.")
    valid_from: date = Field(description="The day it names; it counts from then, never before its approval.")
    hit: Hit | None = Field(None, description="Which row counts when several fit; null: as the list has it.")


class EnteredVersion(BaseModel):
    """A version as it was entered, and what is odd about it."""

    entered: ListVersion
    gaps: list[str] = Field(description="Particulars no row fits, in words; at most twenty.")
    idle: list[int] = Field(description="Rows that never count; at most twenty.")
    is_whole: bool = Field(description="False: the list is too tangled to find them all.")


class Question(_Body):
    """The particulars of a case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"values": {"project_kind": "厂房", "floor_area": 2400}}]})

    values: dict[str, Any] = Field(max_length=50, description="By input.")


class ListAnswer(BaseModel):
    """What a list says."""

    version: int
    row: int | None = Field(description="Null when no row fits, or something is missing.")
    outcome: str
    basis: str
    missing: list[str] = Field(description="Inputs without which it cannot say.")
