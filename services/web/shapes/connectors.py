"""What crosses the API of connectors: which systems are asked over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.connectors import LONGEST_REASON, MOST_SECONDS, SECONDS
from services.web.shapes.cases import PageQuery, _Body

_Mapping = Annotated[dict[str, str], Field(max_length=100)]


class ConnectorsQuery(PageQuery):
    """Which page of the connectors, all versions, in the order of entering."""


class ConnectorPath(BaseModel):
    """Which connector."""

    name: str = Field(description="As it was entered.", json_schema_extra={"example": "登记系统"})


class EnteringConnector(_Body):
    """A connector, or the next version of the one of this name."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"name": "登记系统", "topic": "registry.lookup", "url": "https://registry.example.gov.cn/lookup",
         "sends": {"code": "credit_code"}, "reads": {"is_registered": "/data/registered"}, "errors": {"404": "NOT_FOUND"}}]})

    name: str = Field(min_length=1, max_length=100)
    topic: str = Field(min_length=1, max_length=200, description="Of the service tasks it answers.")
    url: str = Field(min_length=1, max_length=2000, description="On the list of JIBAN_WEBHOOK_ALLOW.")
    method: str = Field("POST", description="POST sends the fields as JSON, GET as the query.")
    sends: _Mapping = Field(default_factory=dict, description="The variable by the name of its field.")
    reads: _Mapping = Field(default_factory=dict, description=(
        "Where each variable stands in the answer, as a JSON pointer (RFC 6901), by its name."))
    errors: _Mapping = Field(default_factory=dict, description="The code of a BPMN error by the status that means it.")
    seconds: int = Field(SECONDS, ge=1, le=MOST_SECONDS, description="For one request.")
    is_new_secret: bool = Field(False, description="Make its secret anew.")


class EndingConnector(_Body):
    """Why a connector ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "改由对接程序办理"}]})

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class Connector(BaseModel):
    """A version of a connector; its secret is never shown. `ended_at` null: it is asked, unless another version follows;
    `reason`: why it ended."""

    name: str
    version: int
    topic: str
    url: str
    method: str
    sends: dict[str, str]
    reads: dict[str, str]
    errors: dict[str, str]
    seconds: int
    is_latest: bool
    entered_by: str
    entered_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    reason: str


class EnteredConnector(BaseModel):
    """What was entered. `secret`: with which its requests are signed, shown this once; null where it stays as it was."""

    connector: Connector
    secret: str | None


class Connectors(BaseModel):
    """A page of connectors."""

    items: list[Connector]
    next: str | None


BODIES: tuple[type[BaseModel], ...] = (EnteringConnector, EndingConnector)
"""The bodies that have examples."""
