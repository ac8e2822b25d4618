"""The shapes of what upstream platforms send, and of what people see and do about it. As in `shapes`, an unknown field is
refused by name, and a field that may be `null` says when it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.web.shapes.cases import PAGE, _Body, _Query
from services.web.shapes.headers import Addressed, _Headers

_ASCII = r"^[\x21-\x7e]+$"


class PlatformPath(Addressed):
    """Which platform."""

    platform: str = Field(min_length=1, max_length=40, description="Its name, as its file on the shelf is called.")


class SecretPath(PlatformPath):
    """Which secret of a platform."""

    id: int = Field(ge=1)


class MessagePath(Addressed):
    """Which message of a platform."""

    id: int = Field(ge=1)


class Signing(_Headers):
    """The headers of a signed message (Standard Webhooks)."""

    id: str = Field("", alias="webhook-id", description=(
        "Of this message, at most 200 characters, new for every message. The same again as it was is answered as before; "
        "another body under it is refused (409)."))
    timestamp: str = Field("", alias="webhook-timestamp", description="Seconds since 1970, within five minutes of our clock.")
    signature: str = Field("", alias="webhook-signature", description=(
        "`v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body` under the secret that is shared; several, with spaces "
        "between, while secrets are changed."))


class Submitted(BaseModel):
    """The case of an application."""

    number: str = Field(description="The case here.")
    platform_number: str = Field(description="The application there.")
    is_new: bool = Field(description="False: the application had come before.")
    doubts: dict[str, str] = Field(description="What is odd about a field that was taken all the same, by its name there.")


class CalledBack(BaseModel):
    """What became of a callback."""

    id: int = Field(description="The message here.")
    state: str = Field(description="done | waiting: for its case | unmatched: for a person.")
    case: str | None = Field(description="The case it is for; null: not known yet.")


class PlatformSecret(BaseModel):
    """A secret that is shared with a platform; never the secret itself."""

    id: int
    issued_by: str
    issued_at: datetime
    ended_by: str | None = Field(description="null: it lives.")
    ended_at: datetime | None = Field(description="null: it lives.")


class NewSecret(PlatformSecret):
    """A secret, shown this once."""

    secret: str


class Platform(BaseModel):
    """An upstream platform."""

    name: str
    title: str
    applications: int = Field(description="How many have come.")
    last_application_at: datetime | None = Field(description="null: none has come.")
    last_callback_at: datetime | None = Field(description="null: none has come.")
    forged: int = Field(description="What came without a signature that fits, in the last 30 days.")
    secrets: list[PlatformSecret]
    codes: dict[str, str]


class Platforms(BaseModel):
    """The platforms of the shelf."""

    items: list[Platform]


class MessagesQuery(_Query):
    """Which messages."""

    open: bool = Field(True, description="Only what is still to be dealt with.")
    after: str | None = Field(None, max_length=200, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=200)


class PlatformMessage(BaseModel):
    """What a platform has told."""

    id: int
    platform: str
    ask: str = Field(description="note | message | task | withdrawal | person")
    code: str
    name: str
    keys: dict[str, str] = Field(description="By what it names its case.")
    state: str = Field(description="waiting | unmatched | done | dismissed")
    why: str = Field(description="Why it is not done; empty once it is.")
    case: str | None = Field(description="null: not known.")
    received_at: datetime
    tries: int
    settled_at: datetime | None = Field(description="null: still to be dealt with.")
    settled_by: str | None = Field(description="null: still to be dealt with.")
    reason: str = Field(description="Why it was dismissed; empty: it was not.")


class PlatformMessages(BaseModel):
    """Messages, newest first."""

    items: list[PlatformMessage]
    next: str | None = Field(description="null: this is the last page.")


class WholeMessage(PlatformMessage):
    """A message with what it says."""

    body: dict[str, Any]


class Delivering(_Body):
    """Which case a message is for."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"case": "4306002026021100001"}]})

    case: str = Field(min_length=1, max_length=40)


class Dismissing(_Body):
    """Why nothing is to be done about a message."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "平台测试数据"}]})

    reason: str = Field(min_length=1, max_length=1000)


class PlatformAnswer(_Body):
    """At which endpoint a platform is told."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"endpoint": 1}]})

    endpoint: int = Field(ge=1, description="Entered for it, and told nothing else.")


class AnsweredPlatform(BaseModel):
    """Where a platform is told of its cases."""

    platform: str
    endpoint: int
    kinds: list[str] = Field(description="The facts that have a code of it.")


class Status(BaseModel):
    """What a platform is told of a fact of a case."""

    seq: int
    fact: str
    body: dict[str, Any] = Field(description="As the platform gets it.")


class Statuses(BaseModel):
    """Everything a platform is told of a case, in order."""

    platform: str
    platform_number: str
    items: list[Status]


BODIES = (Delivering, Dismissing, PlatformAnswer)
