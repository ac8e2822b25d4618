"""The shapes of bundles 一件事: the parent and the children of a case."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from engine.lifecycle import State
from engine.supervision import Lamp


class ChildPath(BaseModel):
    """Which child of a bundle."""

    number: str = Field(description="办件编号 of the bundle.", json_schema_extra={"example": "43060020260211000001"})
    token: int = Field(ge=1, le=2**53, description="The child's `token`.")


class Relative(BaseModel):
    """A case of the same bundle, as it stands. `due_on`: by its governing limit, null while no day counts."""

    number: str
    process: str
    process_name: str
    department: str
    state: State
    lamp: Lamp
    due_on: date | None
    ended_at: datetime | None


class Child(BaseModel):
    """A matter of the bundle 事项办件."""

    token: int = Field(description="By which the bundle knows it.")
    node: str = Field(description="The call activity that asks for it.")
    name: str
    is_optional: bool = Field(description="The applicant may withdraw it alone.")
    after: list[str] = Field(description="Whose grant it still waits for, by name, before it may be decided.")
    result: str = Field(description="How it came out: `granted`, `refused`, `concluded`, `declined` …; \"\" before.")
    is_wanted: bool = Field(description="false when the bundle has ended without it or went another way.")
    case: Relative | None = Field(description="The case; null for the moment until it is opened.")
