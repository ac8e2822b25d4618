"""The shapes of drafts of diagrams: begun, drawn on, handed in, published by another. An unknown field is refused by name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _Query
from services.web.shapes.headers import Keyed, _name, _version

_LONG, _TITLE = 1000, 200
_State = Literal["drawing", "submitted", "returned", "published", "dropped"]
_Origin = Literal["empty", "version", "shelf", "upload"]
_XML = Field(description="The diagram, BPMN 2.0, of at most 768 KiB.")
"""Its size is bounded in bytes (`services.drafts.MOST_BYTES`), which a schema cannot say."""


def _read_version(value: object) -> int:
    """As of a case, but that one has to be named: whoever has read none overwrites nothing."""
    version = _version(value)
    if version is None:
        raise ValueError("expected the version of the draft that was read, like 3 or \"3\"")
    return version


class Beginning(Keyed):
    """Headers of a request that begins a draft."""

    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description="Who draws.")


class Drawing(Keyed):
    """Headers of a request that changes a draft."""

    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description="Who draws, or publishes.")
    version: Annotated[int, BeforeValidator(_read_version)] = Field(
        alias="If-Match", json_schema_extra={"type": "string", "example": "\"3\""},
        description="The version of the draft you have read. If somebody has changed it since, 409.")


class DraftPath(BaseModel):
    """Which draft."""

    id: int = Field(ge=1, le=2**62, description="The `id` of the draft.")


class DraftsQuery(_Query):
    """Which drafts, the newest first."""

    process: str | None = Field(None, max_length=_TITLE, description="Only those of this process, by its id.")
    state: _State | None = Field(None, description="Only those in this state.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class NewDraft(_Body):
    """What a draft is begun from: nothing (`process` and `title`), a version by its id, a diagram of the shelf by its file, or
    a diagram that is sent along."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"origin": "empty", "process": "water_permit", "title": "取水许可"},
        {"origin": "version", "definition": 3}, {"origin": "shelf", "file": "company_setup.bpmn"}]})

    origin: _Origin
    title: str = Field("", max_length=_TITLE, description="Empty: that of what it is begun from.")
    process: str = Field("", max_length=60, description="Of `empty`: its id.")
    definition: int = Field(0, ge=0, le=2**62, description="Of `version`: the `id` of the version.")
    file: str = Field("", max_length=_TITLE, description="Of `shelf`: which one; of `upload`: the name of the file.")
    xml: str = Field("", description="Of `upload`: the diagram, BPMN 2.0, of at most 768 KiB.")


class SavedDraft(_Body):
    """What was drawn, with errors too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "取水许可", "xml": "<bpmn:definitions …/>"}]})

    xml: str = _XML
    title: str = Field(max_length=_TITLE)


class ReturnedDraft(_Body):
    """退回修改."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "承诺时限长于法定时限"}]})

    reason: str = Field(max_length=_LONG, description="What has to be mended.")


class CheckedDiagram(_Body):
    """A diagram to be checked; nothing of it is kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"xml": "<bpmn:definitions …/>"}]})

    xml: str = _XML


class DiagramFinding(BaseModel):
    """What the check has found. `element`, `line`: null for the whole file."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    severity: Literal["error", "warning", "note"]
    element: str | None
    line: int | None
    message: str
    hint: str


class DiagramFindings(BaseModel):
    """What the check says of a diagram. `process`: which one it draws; empty when it cannot be read."""

    verdict: str = Field(description="`deployable`, or else why it is not.")
    process: str
    findings: list[DiagramFinding]


class DraftLine(BaseModel):
    """A draft in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    process: str
    name: str
    state: _State
    version: int
    drawn_by: str
    changed_by: str
    changed_at: datetime


class Drafts(BaseModel):
    """A page of drafts."""

    items: list[DraftLine]
    next: str | None = Field(description="Null on the last page.")


class DraftEvent(BaseModel):
    """What was done with a draft. `sha256`: of its content then."""

    model_config = ConfigDict(from_attributes=True)

    place: int
    kind: str
    by: str
    at: datetime
    sha256: str
    reason: str


class Draft(DraftLine):
    """A draft with its history. `definition_id`: the version it was published as, null until then. `barred`: why whoever asks
    may not publish it, empty when he may; `may_draw`: may he draw on it?"""

    sha256: str
    origin: _Origin
    origin_name: str
    drawn_at: datetime
    definition_id: int | None
    events: list[DraftEvent]
    barred: str
    may_draw: bool
    bpmn: str = Field(description="The address of its diagram.")


class CheckedDraft(DiagramFindings):
    """A draft as it stands, with what the check says of its content."""

    draft: Draft


class DrawnLimit(BaseModel):
    """A limit as it is drawn. `needs_commitment`: a project's commitment or the catalogue gives the number."""

    amount: int
    unit: str
    basis: str
    needs_commitment: bool


class DraftDifference(BaseModel):
    """One difference from the newest version. `was`, `now`: a limit, or the condition of a flow; null where there was or is
    none."""

    change: Literal["added", "removed", "changed"]
    subject: Literal["limit", "node", "flow", "process"]
    id: str
    name: str
    aspects: list[str]
    was: DrawnLimit | str | None
    now: DrawnLimit | str | None


class DraftDifferences(BaseModel):
    """What a draft says differently from the newest version of its process. `is_compared`: false for a new process, for a draft
    that has errors, and for one that was published."""

    is_compared: bool
    items: list[DraftDifference]


BODIES = (NewDraft, SavedDraft, ReturnedDraft, CheckedDiagram)
"""Bodies with examples."""
