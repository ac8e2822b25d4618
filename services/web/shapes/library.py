"""The shapes of the library of processes: each with its versions, the cases that run on them, and where it is used."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field


class ProcessPath(BaseModel):
    """Which process."""

    process: str = Field(description="流程标识", json_schema_extra={"example": "company_setup"})


class DefinitionPath(BaseModel):
    """Which version."""

    id: int = Field(ge=1, le=2**62, description="The `id` of the version.")


class Named(BaseModel):
    """A code or an id, and what people call it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str


class ProcessVersion(BaseModel):
    """A version as it was deployed. `draft_id`: of the draft it was published from; null: by the command line. `published_by`:
    who published that draft. `running`: cases that are open on it."""

    id: int
    version: int
    name: str
    file: str
    hash: str
    deployed_at: datetime
    draft_id: int | None
    published_by: str | None
    running: int
    bpmn: str = Field(description="The address of its diagram.")


class Process(BaseModel):
    """A process. `called_by`: processes that run it within their cases; `opened_by`: those that open a child case on it;
    `calls`: what it calls or opens itself; `running`: cases open on any version."""

    process: str
    name: str
    version: int = Field(description="The newest, on which new cases run.")
    running: int
    called_by: list[Named]
    opened_by: list[Named]
    calls: list[Named]
    matters: list[Named]
    bundles: list[Named]


class Processes(BaseModel):
    """Every deployed process, by its id."""

    items: list[Process]


class ProcessWithVersions(Process):
    """A process with its versions, the newest first."""

    versions: list[ProcessVersion]


class Vocabulary(BaseModel):
    """What diagrams are drawn with. `shelf`: the files of the diagrams that came with this release."""

    forms: list[Named]
    roles: list[Named]
    processes: list[Named]
    departments: list[str]
    systems: list[Named]
    shelf: list[str]
    today: date
