"""The shapes of what an applicant sees of his case 办件进度: neither opinions nor who works on it nor cards."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from engine.lifecycle import Standing, State
from services.web.shapes.cases import _Body
from services.web.shapes.service import Upload

_TEXT = "Empty until then."


class LookingUp(_Body):
    """What stands on the receipt 收件凭证. In the body, so that no log of addresses has the code."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": "43060020260211000001", "code": "7K2M-9QRT"}]})

    number: str = Field(max_length=40, description="办件编号")
    code: str = Field(max_length=40, description="查询码")


class OwnDue(BaseModel):
    """预计办结日. `on`: a date or a minute, null while its days do not count; `is_past`: the day is over."""

    model_config = ConfigDict(from_attributes=True)

    on: str | None
    is_provisional: bool
    amount: int
    unit: str
    is_past: bool


class OwnTask(BaseModel):
    """A task of the applicant. `items`: what is wanted of him; `due`: by when, empty for no day."""

    id: str
    name: str
    items: list[str]
    due: str
    outcomes: dict[str, str] = Field(description="Their words by their keys.")


class OwnMissing(BaseModel):
    """A material that is to be supplied by a day."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    supply_on: str


class OwnDeclaration(BaseModel):
    """The 告知承诺书 that may be signed, whole. `is_signed`: this very version was."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    digest: str
    is_signed: bool


class OwnPart(BaseModel):
    """A matter of a bundle 一件事. `state`: null before its case is opened."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    number: str
    state: State | None
    due_on: str


class OwnHappened(BaseModel):
    """Something that has happened, as a stable word and what belongs to it."""

    at: datetime
    what: str
    given: dict[str, str]


class OwnStop(BaseModel):
    """What a case waits for while no day counts. `until`: empty where nobody can say."""

    ground: str
    until: str


class OwnProgress(BaseModel):
    """Where a case stands for its applicant. `steps`: the acts being done now; `due`: null before acceptance, and for a matter
    without a limit; `granted`: null before the decision; `to_window`: what he is to bring there; `collects`: how he gets the
    result, null while he has not chosen; `rated`: null until he has; `offers`: which of his verbs may be done."""

    number: str
    version: int
    matter: str
    applicant: str = Field(description="A person's name is masked.")
    state: State
    steps: list[str]
    stops: list[OwnStop]
    received_on: str
    accepted_on: str = Field(description=_TEXT)
    concluded_on: str = Field(description=_TEXT)
    standing: Standing | None
    due: OwnDue | None
    granted: bool | None
    permits: list[str]
    tasks: list[OwnTask]
    to_window: list[str]
    missing: list[OwnMissing]
    declaration: OwnDeclaration | None
    hearing_due: str = Field(description="By when a hearing may be asked for; empty where none may.")
    collects: str | None
    rated: int | None
    reply: str = Field(description="What was answered to a bad rating. " + _TEXT)
    offers: list[str]
    uploads: list[Upload]
    timeline: list[OwnHappened]
    parts: list[OwnPart]


class PrincipalCase(BaseModel):
    """A case of an agent's principal."""

    model_config = ConfigDict(from_attributes=True)

    number: str
    matter: str
    state: State
    applicant: str
    due_on: str
    is_open: bool


class PrincipalCases(BaseModel):
    """The cases an agent's mandates 委托书 cover today, the newest first, the last hundred of each principal."""

    items: list[PrincipalCase]


BODIES = (LookingUp,)
"""Bodies with examples."""
