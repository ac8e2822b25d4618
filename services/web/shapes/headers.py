"""The headers of requests: the key by which one is carried out once, the version that was read, who acts."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.duties import PLATFORM


def _version(value: object) -> int | None:
    """`If-Match`: 3, "3" or W/"3"; ``*`` is any version."""
    text = str(value).strip()
    if text == "*":
        return None
    found = re.fullmatch(r'(?:W/)?"(\d{1,9})"|(\d{1,9})', text, re.ASCII)
    if found is None:
        raise ValueError("expected a case version like 3 or \"3\"")
    return int(found[1] or found[2])


def _name(value: str) -> str:
    """A person's name from a header: UTF-8, as it is or percent-encoded. WSGI hands headers over as Latin-1."""
    try:
        name = unquote(value.encode("latin-1").decode("utf-8"), errors="strict").strip()
    except UnicodeError as error:
        raise ValueError("expected a name in UTF-8, percent-encoded (王 is %E7%8E%8B)") from error
    if not name or len(name) > 100 or not name.isprintable():
        raise ValueError("expected a name of 1 to 100 printable characters")
    if name.startswith(PLATFORM):
        raise ValueError(f"nobody is called “{PLATFORM}…”: an upstream platform signs what it sends")
    return name


def _optional(schema: dict[str, Any]) -> None:
    """A header or a query field that is left out is absent, not null: say so in the description."""
    for field in schema["properties"].values():
        if "default" in field and field["default"] is None:
            del field["default"]
            kinds = [kind for kind in field.pop("anyOf", []) if kind != {"type": "null"}]
            field.update({**kinds[0], **field} if kinds else {})


@cache
def _schema(shape: type[BaseModel]) -> dict[str, Any]:
    return shape.model_json_schema(by_alias=True)


class Addressed(BaseModel):
    """What is read from an address or from headers. The library asks for the schema of such a shape at every request, which
    would be two fifths of what refusing a completion costs: it is made once."""

    @classmethod
    def model_json_schema(cls, *given: Any, **named: Any) -> dict[str, Any]:
        return super().model_json_schema(*given, **named) if given or named else _schema(cls)


class _Headers(Addressed):
    model_config = ConfigDict(extra="ignore", json_schema_extra=_optional)


class Keyed(_Headers):
    """Headers of a request that changes something."""

    key: str | None = Field(None, alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{1,200}$", description=(
        "1 to 200 visible ASCII characters of your choice, best a UUID, new for every request you mean. Repeating a request "
        "under its key does nothing twice and gives the same answer; another request under the same key is refused (422)."))


CaseVersion = Annotated[int | None, BeforeValidator(_version), Field(
    None, alias="If-Match", json_schema_extra={"type": "string", "example": "\"3\""},
    description="The case version you have read (`3`, `\"3\"` or `W/\"3\"`). If the case has moved on since, 409.")]
