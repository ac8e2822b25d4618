"""The shapes of the official documents 文书 of a case. An unknown field is refused by name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.documents.kinds import DocumentKind
from services.web.shapes.cases import _Body
from services.web.shapes.headers import CaseVersion, Keyed, _name


class Issuing(Keyed):
    """Headers of a request that issues a document."""

    version: CaseVersion
    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description=(
        "Who issues it, for the record: a name in UTF-8, percent-encoded where needed."))


class NewDocument(_Body):
    """Which document, about what."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "acceptance"}, {"kind": "red_card", "seq": 16}]})

    kind: DocumentKind
    seq: int | None = Field(None, ge=1, le=2**31, description=(
        "The number of the fact it is about (of the card, the stop, the order, the decision); null where only one will do."))


class DocumentPath(BaseModel):
    """Which document of a case."""

    number: str = Field(description="办件编号", json_schema_extra={"example": "43060020260211000001"})
    place: int = Field(ge=1, le=2**31, description="The document's `place` in the case.")


class Seal(BaseModel):
    """用印."""

    seal: str
    unit: str
    on: date


class Document(BaseModel):
    """An issued document. `place`: in the case, from 1; `seq`: the fact it is about; `sealed`: null while it bears no seal."""

    place: int
    kind: DocumentKind
    title: str
    number: str = Field(description="文书编号")
    issued_at: datetime
    by: str
    seq: int
    digest: str = Field(description="SHA-256 of its content, hexadecimal.")
    pdf: str = Field(description="The address of its print.")
    sealed: Seal | None


class Documents(BaseModel):
    """A page of the documents of a case, in the order they were issued."""

    items: list[Document]
    next: str | None = Field(description="The cursor of the page that follows; null: this was the last.")


BODIES = (NewDocument,)
"""Bodies with examples."""
