"""The shapes of what applicants do and hand in. As in `shapes`, an unknown field is refused by name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask_openapi3 import FileStorage
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from engine.appraising import LONGEST
from engine.ratings import REASONS
from services.web.shapes.cases import _Body
from services.web.shapes.headers import CaseVersion, Keyed, _name

_SHORT = 200


class Uploading(BaseModel):
    """One file, for one of the matter's materials."""

    model_config = ConfigDict(extra="forbid")

    material: str = Field(max_length=_SHORT, description="Which material it is, by its name.")
    file: FileStorage = Field(description="PDF, JPEG, PNG, OFD, DOCX or XLSX; judged by its content.")


class Attaching(Keyed):
    """Headers of a request that hands a file in."""

    version: CaseVersion
    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description="Who hands it in.")


class UploadPath(BaseModel):
    """Which file of which case."""

    number: str = Field(description="办件编号", json_schema_extra={"example": "43060020260211000001"})
    id: int = Field(ge=1, le=2**62)


class Upload(BaseModel):
    """A file handed in. `sha256`: of its content, hexadecimal."""

    id: int
    material: str
    name: str
    media_type: str
    size: int
    sha256: str
    by: str
    at: datetime


class Uploads(BaseModel):
    """The files of a case, in the order they came."""

    items: list[Upload]


class SigningDeclaration(_Body):
    """签署告知承诺, before acceptance."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"signer": "岳阳某某科技有限公司", "digest": "0" * 64}]})

    signer: str = Field(max_length=_SHORT)
    digest: str = Field(max_length=64, description="SHA-256 of the text that was read, in UTF-8, hexadecimal.")


class ChoosingHandOver(_Body):
    """选择领取方式."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"way": "post", "recipient": "赵经理", "phone": "0730-8880000", "address": "岳阳市云溪区某路1号"}]})

    way: Literal["window", "post"]
    recipient: str = Field("", max_length=_SHORT)
    phone: str = Field("", max_length=_SHORT)
    address: str = Field("", max_length=_SHORT)


class Rating(_Body):
    """好差评, once a case."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"level": 2, "reasons": ["late"], "text": "比承诺晚了三天", "channel": "window"}]})

    level: int = Field(ge=1, le=5, strict=True, description="5 非常满意 to 1 非常不满意.")
    reasons: list[str] = Field(default_factory=list, max_length=20, json_schema_extra={"items": {"enum": list(REASONS)}},
                               description="Of a bad one (2 and below), at least one.")
    text: str = Field("", max_length=LONGEST)
    channel: Literal["web", "window"] = "web"


class AnsweringRating(_Body):
    """差评整改答复."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "已约谈窗口人员，并向申请人致歉"}]})

    text: str = Field(max_length=LONGEST)


class QueryCode(BaseModel):
    """The query code 查询码 of a case, as the receipt has it."""

    code: str


BODIES = (SigningDeclaration, ChoosingHandOver, Rating, AnsweringRating)
