"""The shapes of one's own inbox 站内消息."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Query
from services.web.shapes.headers import Keyed, _Headers, _name
from services.web.shapes.oversight import Notification


class Told(_Headers):
    """Headers of a request about one's own messages."""

    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description="Whose inbox it is.")


class Noting(Told, Keyed):
    """Headers of a request that notes what was read."""


class InboxQuery(_Query):
    """Which of one's own messages, the newest first."""

    unread: bool = Field(False, description="Only what has not been read.")
    after: str | None = Field(None, max_length=200, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class Inbox(BaseModel):
    """A page of what whoever asks was told."""

    items: list[Notification]
    next: str | None = Field(description="Null on the last page.")
