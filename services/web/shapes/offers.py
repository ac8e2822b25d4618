"""The shapes of what may be done: the table of verbs, and each of them judged for a task or a case."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from services.web.shapes.headers import _Headers, _name


class Asking(_Headers):
    """Headers of a request that asks what somebody may do."""

    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description=(
        "Who would act: a name in UTF-8, percent-encoded where needed."))


class Verb(BaseModel):
    """Something people do to a task or a case."""

    name: str = Field(description="Its name, the same in every answer.", examples=["send_back"])
    label: str = Field(description="The word its button bears.", examples=["退回"])
    about: str = Field(description="`task` or `case`.")
    roles: list[str] = Field(description="Who may; empty: whoever does the task, or has the case before him.")
    asks: list[str] = Field(description="What whoever does it fills in.")
    consequence: str = Field(description="What it does, in a sentence to be shown before it is done.")
    basis: str = Field(description="The article it rests on; empty where only the office's own order does.")
    moves_clock: bool = Field(description="Is it among the legal moves of a clock? None of the others changes one.")


class Verbs(BaseModel):
    """The table of verbs."""

    items: list[Verb]


class Offer(Verb):
    """A verb that may be done now, or why it may not."""

    is_allowed: bool
    reason: str = Field(description="Why it may not be done now, by whom or how instead; empty when it may.")


class Offers(BaseModel):
    """Every verb of a task or a case, judged."""

    items: list[Offer]
