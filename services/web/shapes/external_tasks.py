"""What crosses the API of external tasks: workers and the tasks handed to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.external_tasks import LONGEST, LONGEST_ERROR, MOST
from services.web.shapes.cases import RaisedIncident, _Body
from services.web.shapes.headers import Keyed, _name

LONGEST_WAIT = 30
LONGEST_CODE = 200
_ID, _WORKER = "43060020260211000001-3", "registry-1"


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("expected printable characters")
    return value


_Name = Annotated[str, AfterValidator(_printable)]


class Serving(Keyed):
    """Headers of a worker's request."""

    by: Annotated[str, AfterValidator(_name)] = Field("api", alias="X-Jiban-Actor", description=(
        "On whose account, for the record."))


class ExternalTaskPath(BaseModel):
    """Which external task."""

    id: str = Field(description="The task's `id`.", json_schema_extra={"example": _ID})


class Fetching(_Body):
    """What a worker can do, and how much of it it takes."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"worker": _WORKER, "topics": ["registry.lookup"], "most": 10, "lock_seconds": 60, "wait_seconds": 20}]})

    worker: _Name = Field(min_length=1, max_length=100, description="What the worker calls itself; best one name a process.")
    topics: list[Annotated[_Name, Field(min_length=1, max_length=200)]] = Field(min_length=1, max_length=50)
    most: int = Field(1, ge=1, le=MOST, description="At most so many tasks.")
    lock_seconds: int = Field(300, ge=1, le=int(LONGEST.total_seconds()), description=(
        "How long they are the worker's. After that another may fetch them."))
    wait_seconds: int = Field(0, ge=0, le=LONGEST_WAIT, description=(
        "How long to wait for a task where there is none. The server may answer earlier, with an empty list."))


class _Holding(_Body):
    worker: _Name = Field(min_length=1, max_length=100, description="As it was fetched.")
    fence: int = Field(ge=1, le=2**31 - 1, description="As the task was handed.")


class ExtendingLock(_Holding):
    """For how long the worker goes on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"worker": _WORKER, "fence": 1, "lock_seconds": 60}]})

    lock_seconds: int = Field(ge=1, le=int(LONGEST.total_seconds()), description="From now.")


class CompletingExternal(_Holding):
    """What the worker answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"worker": _WORKER, "fence": 1, "variables": {"is_registered": True}}]})

    variables: dict[str, Any] = Field(default_factory=dict, description=(
        "Of what the task gives; where its diagram does not say, of what it declares."))


class FailingExternal(_Holding):
    """Why the worker could not do it, and when to try again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"worker": _WORKER, "fence": 1, "error": "登记系统无响应"}]})

    error: str = Field(min_length=1, max_length=LONGEST_ERROR, description="For whoever looks at it. No personal data.")
    retries: int | None = Field(None, ge=0, le=100, description=(
        "How often it may be tried again; 0 calls a person. Left out: once less than before."))
    retry_seconds: int | None = Field(None, ge=0, le=7 * 86_400, description=(
        "When it may be tried again. Left out: after half a minute, then later each time."))


class ThrowingError(_Holding):
    """An error the diagram knows."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"worker": _WORKER, "fence": 1, "code": "NOT_FOUND"}]})

    code: _Name = Field(min_length=1, max_length=LONGEST_CODE, description="The code of an error boundary event.")
    message: str = Field("", max_length=LONGEST_ERROR)
    variables: dict[str, Any] = Field(default_factory=dict)


class HandedTask(BaseModel):
    """An external task as it is handed to a worker."""

    id: str = Field(description="Never changes and is never used again: send it along as the key of what you do outside.")
    topic: str
    case: str = Field(description="办件编号")
    process: str
    node: str
    name: str
    fence: int = Field(description="Tells this handing from others; name it with whatever you say about the task.")
    locked_until: datetime
    retries: int = Field(description="How often it may still fail.")
    error: str = Field(description="Of the failure before; empty when there was none.")
    variables: dict[str, Any] = Field(description="What the diagram's `takes` names of the case's data.")


class HandedTasks(BaseModel):
    """What was handed out; empty when there is nothing."""

    items: list[HandedTask]


class Extended(BaseModel):
    """How long the task is the worker's."""

    locked_until: datetime


class ServedCase(BaseModel):
    """What came of a worker's word. `version`: of the case, null when it did not change; `incident`: a person has been called,
    null when none was."""

    case: str
    version: int | None
    incident: RaisedIncident | None


BODIES: tuple[type[BaseModel], ...] = (Fetching, ExtendingLock, CompletingExternal, FailingExternal, ThrowingError)
"""The bodies that have examples."""
