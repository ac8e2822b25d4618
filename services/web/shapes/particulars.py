"""The shapes of what a case is about, and of papers that may be issued or are held up to be checked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.documents.kinds import DocumentKind
from services.unmasking import LONGEST
from services.web.shapes.cases import _Body, _Query


class UnmaskingReason(_Body):
    """Why somebody has to see personal data in full."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "电话通知补正"}]})

    reason: str = Field(max_length=2 * LONGEST, description="In 2 to 200 characters.")


class Particulars(BaseModel):
    """What was entered about a case, in full."""

    number: str
    data: dict[str, Any]


class OfferedDocument(BaseModel):
    """A document that whoever asks may issue now. `seq`: the fact it is about."""

    kind: DocumentKind
    title: str
    seq: int
    at: datetime


class OfferedDocuments(BaseModel):
    """Those of a case, in the order of the facts."""

    items: list[OfferedDocument]


class DocumentCheckQuery(_Query):
    """What stands on a document."""

    number: str = Field(max_length=200, description="文书编号")
    digest: str = Field(max_length=64, description="Its digest: the first 16 characters, or more of it.")


class DocumentChecked(BaseModel):
    """Is it real? `title`, `issued_on`: its kind and day, null when it is not. A wrong digest and a number that was never given
    look the same."""

    is_valid: bool
    title: str | None
    issued_on: date | None


class WaitingRating(BaseModel):
    """A bad rating that waits for an answer. `due`: by when, empty for no day."""

    model_config = ConfigDict(from_attributes=True)

    task: str
    number: str
    matter: str
    department: str
    level: int
    rated_on: str
    due: str
    is_late: bool
    reasons: list[str]
    text: str


class WaitingRatings(BaseModel):
    """Those that whoever asks may answer, the most urgent first."""

    items: list[WaitingRating]


BODIES = (UnmaskingReason,)
"""Bodies with examples."""
