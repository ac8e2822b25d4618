"""The shapes of the people of an office: accounts, roles with a scope, absences, mandates of agents.

As in `shapes`, an unknown field is refused by name, and a field that may be `null` says when it is. The number of an identity
document is taken in and never given out, not even its digest.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.duties import Deed
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _day, _Query

_LONG, _SHORT, _PROCESS = 1000, 100, 200
_Day = Annotated[date, BeforeValidator(_day)]
_EVERYWHERE = "Empty: everywhere."
_UNTIL = "The last day, included; null: without end."


class PeopleQuery(_Query):
    """Which people, in the order they were entered."""

    unit: str | None = Field(None, max_length=_SHORT, description="Only those of this unit.")
    role: str | None = Field(None, max_length=_SHORT, description="Only those who hold this role today.")
    history: bool = Field(False, description="Their roles and absences that are over, too.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class MandatesQuery(_Query):
    """Which mandates, in the order they were entered."""

    agent: str | None = Field(None, max_length=_SHORT, description="Only those of this agent, by account.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class PersonPath(BaseModel):
    """Whose account."""

    id: str = Field(description="账号", json_schema_extra={"example": "周凯"})


class GrantPath(BaseModel):
    """Which granted role."""

    grant: int = Field(ge=0, le=2**62, description="The `id` of the role.")


class NewPerson(_Body):
    """An account to be entered."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"id": "周凯", "name": "周凯", "unit": "市住建局", "identity": "43060219850307001X"}]})

    id: str = Field(min_length=1, max_length=_SHORT, description="The account, by which he acts.")
    name: str = Field(min_length=1, max_length=_SHORT)
    unit: str = Field("", max_length=_SHORT, description="His department or park.")
    identity: str = Field("", max_length=40, description=(
        "The number of his identity document, by which two accounts of one natural person are found out; only a digest of it "
        "is kept."))
    since_on: _Day | None = Field(None, description="His first day in office; null: today.")


class PersonChange(_Body):
    """What is changed about an account; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"unit": "市水利局"}, {"until_on": "2026-06-30"}]})

    name: str | None = Field(None, min_length=1, max_length=_SHORT, description="Null: stays.")
    unit: str | None = Field(None, max_length=_SHORT, description="Null: stays.")
    until_on: _Day | None = Field(None, description="His last day in office; null: stays.")


class NewRole(_Body):
    """A role to be granted within a scope of park, department and process."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"role": "reviewer", "department": "市住建局", "reason": "岳建人〔2026〕3号"}]})

    role: str = Field(min_length=1, max_length=_SHORT, description="As diagrams name it: clerk, reviewer, approver …")
    park: str = Field("", max_length=_SHORT, description=_EVERYWHERE)
    department: str = Field("", max_length=_SHORT, description=_EVERYWHERE)
    process: str = Field("", max_length=_PROCESS, description="The process by its id. " + _EVERYWHERE)
    since_on: _Day | None = Field(None, description="Its first day; null: today.")
    until_on: _Day | None = Field(None, description=_UNTIL)
    reason: str = Field("", max_length=_LONG)


class EndedRole(_Body):
    """With which day a role ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until_on": "2026-06-30"}]})

    until_on: _Day = Field(description="The last day on which it is held.")


class NewAbsence(_Body):
    """Somebody is away, and who does his work (代理)."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"substitute": "李敏", "first_on": "2026-03-09", "last_on": "2026-03-13", "reason": "出差"}]})

    substitute: str = Field(min_length=1, max_length=_SHORT)
    first_on: _Day
    last_on: _Day
    reason: str = Field(min_length=1, max_length=_LONG)


class NewMandate(_Body):
    """委托书: what an agent may do for an applicant."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"number": "委〔2026〕7号", "agent": "周凯", "principal": "岳阳某某科技有限公司", "deeds": ["apply", "supply"],
         "first_on": "2026-03-01", "last_on": "2026-12-31"}]})

    number: str = Field(min_length=1, max_length=_SHORT)
    agent: str = Field(min_length=1, max_length=_SHORT)
    principal: str = Field(min_length=1, max_length=200, description="The applicant, by credit code or name.")
    deeds: list[Deed] = Field(min_length=1, max_length=len(Deed))
    first_on: _Day
    last_on: _Day
    project: str = Field("", max_length=_SHORT, description="Empty: in all his projects.")


class RevokedMandate(_Body):
    """Which mandate is revoked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": "委〔2026〕7号"}]})

    number: str = Field(min_length=1, max_length=_SHORT)


class Role(BaseModel):
    """A role within a scope. `ended_by`: who has ended it, null when nobody has."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    person: str
    role: str
    park: str = Field(description=_EVERYWHERE)
    department: str = Field(description=_EVERYWHERE)
    process: str = Field(description=_EVERYWHERE)
    since_on: date
    until_on: date | None = Field(description=_UNTIL)
    reason: str
    entered_by: str
    entered_at: datetime
    ended_by: str | None


class Absence(BaseModel):
    """Who is away, and who does his work meanwhile."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    person: str
    substitute: str
    first_on: date
    last_on: date
    reason: str
    entered_by: str
    entered_at: datetime


class Person(BaseModel):
    """An account with its roles and absences. `natural`: the first account of the same natural person."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    number: int
    name: str
    unit: str
    natural: str
    since_on: date
    until_on: date | None = Field(description=_UNTIL)
    entered_by: str
    entered_at: datetime
    roles: list[Role]
    absences: list[Absence]


class People(BaseModel):
    """A page of people."""

    items: list[Person]
    next: str | None = Field(description="Null on the last page.")


class Mandate(BaseModel):
    """委托书 of an agent."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    number: str
    agent: str
    principal: str
    project: str = Field(description="Empty: all projects of the applicant.")
    deeds: list[Deed]
    first_on: date
    last_on: date
    is_revoked: bool
    entered_by: str
    entered_at: datetime


class Mandates(BaseModel):
    """A page of mandates."""

    items: list[Mandate]
    next: str | None = Field(description="Null on the last page.")


BODIES = (NewPerson, PersonChange, NewRole, EndedRole, NewAbsence, NewMandate, RevokedMandate)
"""Bodies with examples."""
