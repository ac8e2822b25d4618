"""What crosses the API of incidents: what a person has to look at, and what he has tried again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from engine.errors import InvalidInput
from services.incidents import Way
from services.web.shapes.cases import PageQuery, _Body

MOST = 100


class IncidentsQuery(PageQuery):
    """Which incidents, in the order of their cases."""

    code: str | None = Field(None, max_length=40, description="Only those of one kind.")


class StandingIncident(BaseModel):
    """An open incident. `error`: of the last try of its external task; numbers of people in texts are masked."""

    case: str = Field(description="办件编号")
    seq: int = Field(description="The number of the fact that raised it.")
    code: str
    node: str
    message: str
    opened_at: datetime
    process: str
    park: str
    department: str
    topic: str | None = Field(description="Of the external task it holds up; null when it holds up none.")
    error: str | None
    ways: list[Way] = Field(description="What can be done about it, the usual first.")
    changeable: list[str] = Field(description="The values that may be mended with it.")


class StandingIncidents(BaseModel):
    """A page of incidents. `codes`: how many are open of each kind, over all cases; empty where not all may be seen."""

    items: list[StandingIncident]
    next: str | None
    codes: dict[str, int]


class NamedIncident(_Body):
    """One of those to be tried again."""

    case: str = Field(min_length=1, max_length=40)
    seq: int = Field(ge=1, le=2**31 - 1)


class Retrying(_Body):
    """What is to be tried again, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"incidents": [{"case": "43060020260211000001", "seq": 7}], "reason": "登记系统已恢复"}]})

    incidents: list[NamedIncident] = Field(min_length=1, max_length=MOST)
    reason: str = Field(min_length=1, max_length=1000)
    data: dict[str, Any] = Field(default_factory=dict, description="Values mended with it; of one incident only.")
    by_hand: bool = Field(False, description="转人工录入: people do what the connector could not.")


class Retried(BaseModel):
    """What came of one. `refused`: why not, null when it is tried again."""

    case: str
    seq: int
    version: int | None
    refused: str | None


class RetriedAll(BaseModel):
    """What came of each, in the order asked."""

    items: list[Retried]


def require_one(body: Retrying) -> None:
    """Values are mended with one incident. Raises InvalidInput."""
    if body.data and len(body.incidents) != 1:
        raise InvalidInput("data", "values are mended with one incident; name one")


BODIES: tuple[type[BaseModel], ...] = (Retrying,)
"""The bodies that have examples."""
