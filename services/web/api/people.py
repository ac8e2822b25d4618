"""The API of the people of an office: who they are, what they may do, who stands in for them; mandates 委托书 of agents.

Who may change them is decided by `engine.administering`; an office without a system administrator is given one at the machine
itself, never through here.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.case import local_day
from services import administering, people
from services.administering import Entry, Instruction
from services.database import reading as read
from services.people import Listed
from services.store.people import MandateRow
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.incoming import expect_nothing
from services.web.sent import as_json
from services.web.shapes import people as shapes
from services.web.shapes.rulings import Ruling

api = APIBlueprint("people", __name__, url_prefix=API, abp_tags=[Tag(name="people", description="人员、角色、委托")],
                   abp_security=SECURITY)


@api.get("/people", summary="List the people", operation_id="list_people", responses=answered(shapes.People))
def list_people(query: shapes.PeopleQuery) -> Response:
    """In the order they were entered, with their roles and absences."""
    with read(door().database) as connection:
        found = people.listed(connection, on=local_day(now()), unit=query.unit, role=query.role, with_history=query.history,
                              after=after(query.after), most=query.limit + 1)
    return as_json(shapes.People(items=[_person(each) for each in found[:query.limit]],
                                 next=following([each.person.number for each in found], query.limit)))


@api.post("/people", summary="Enter a person", operation_id="enter_person", responses=answered(shapes.Person, 409))
def enter_person(header: Ruling, body: shapes.NewPerson) -> Response:
    """By a system administrator, or the administrator of the unit. An account with the identity document of another is the
    same natural person."""
    def enter(connection: Connection, told: Instruction) -> BaseModel:
        new = people.NewPerson(**{**body.model_dump(), "since_on": body.since_on or told.today})
        return _account(connection, administering.enter(connection, told, Entry(person=new)).id)

    return _perform(header, enter)


@api.post("/people/<id>/change", summary="Change a person", operation_id="change_person",
          responses=answered(shapes.Person, 404, 409))
def change_person(path: shapes.PersonPath, header: Ruling, body: shapes.PersonChange) -> Response:
    """His name, his unit, his last day in office. Who moves between units is changed by the administrator of both."""
    return _perform(header, lambda connection, told: _account(connection, administering.change(
        connection, told, path.id, name=body.name, unit=body.unit, until_on=body.until_on).id))


@api.post("/people/<id>/roles", summary="Grant a role", operation_id="grant_role", responses=answered(shapes.Role, 404, 409))
def grant_role(path: shapes.PersonPath, header: Ruling, body: shapes.NewRole) -> Response:
    """Within a scope of park, department and process, from a day on. Nobody grants himself a role; the system, the security
    and the audit administrator are three natural persons."""
    def grant(connection: Connection, told: Instruction) -> BaseModel:
        new = people.NewGrant(**{**body.model_dump(), "person": path.id, "since_on": body.since_on or told.today})
        return shapes.Role.model_validate(administering.grant(connection, told, new))

    return _perform(header, grant)


@api.post("/people/roles/<grant>/end", summary="End a role", operation_id="end_role",
          responses=answered(shapes.Role, 404, 409))
def end_role(path: shapes.GrantPath, header: Ruling, body: shapes.EndedRole) -> Response:
    """What its holder may do ends with that day, at the next request."""
    return _perform(header, lambda connection, told: shapes.Role.model_validate(
        administering.end_grant(connection, told, path.grant, until_on=body.until_on)))


@api.post("/people/<id>/absences", summary="Somebody is away 代理", operation_id="be_absent",
          responses=answered(shapes.Absence, 404, 409))
def be_absent(path: shapes.PersonPath, header: Ruling, body: shapes.NewAbsence) -> Response:
    """His substitute does his work, with the bans of both. Said by himself or by his administrator."""
    return _perform(header, lambda connection, told: shapes.Absence.model_validate(
        administering.absent(connection, told, person=path.id, **body.model_dump())))


@api.post("/people/<id>/back", summary="Somebody is back", operation_id="be_back", responses=answered(shapes.Person, 404, 409))
def be_back(path: shapes.PersonPath, header: Ruling) -> Response:
    """His absences are over since yesterday."""
    expect_nothing()

    def come_back(connection: Connection, told: Instruction) -> BaseModel:
        administering.back(connection, told, person=path.id)
        return _account(connection, path.id)

    return _perform(header, come_back)


@api.get("/mandates", summary="List the mandates", operation_id="list_mandates", responses=answered(shapes.Mandates))
def list_mandates(query: shapes.MandatesQuery) -> Response:
    """委托书 in the order they were entered, revoked ones too."""
    with read(door().database) as connection:
        found = people.mandates(connection, agent=query.agent, after=after(query.after), most=query.limit + 1)
    return as_json(shapes.Mandates(items=[_mandate(row) for row in found[:query.limit]],
                                   next=following([row.id for row in found], query.limit)))


@api.post("/mandates", summary="Register a mandate 委托书", operation_id="enter_mandate",
          responses=answered(shapes.Mandate, 404, 409))
def enter_mandate(header: Ruling, body: shapes.NewMandate) -> Response:
    """By a clerk at the window or the agent's administrator, never by the agent."""
    new = people.NewMandate(**{**body.model_dump(), "deeds": frozenset(body.deeds)})
    return _perform(header, lambda connection, told: _mandate(administering.entrust(connection, told, new)))


@api.post("/mandates/revoke", summary="Revoke a mandate", operation_id="revoke_mandate",
          responses=answered(shapes.Mandate, 404, 409))
def revoke_mandate(header: Ruling, body: shapes.RevokedMandate) -> Response:
    """It covers nothing from now on; what was done under it stays."""
    return _perform(header, lambda connection, told: _mandate(administering.revoke_mandate(connection, told, body.number)))


def _perform(header: Ruling, command: Callable[[Connection, Instruction], BaseModel]) -> Response:
    return perform(lambda connection, at: command(connection, Instruction(by=header.by, now=at)))


def _account(connection: Connection, id: str) -> shapes.Person:
    return _person(people.account(connection, id))


def _person(listed: Listed) -> shapes.Person:
    return shapes.Person(**{name: value for name, value in listed.person._asdict().items() if name != "identity"},
                         roles=[shapes.Role.model_validate(row) for row in listed.grants],
                         absences=[shapes.Absence.model_validate(row) for row in listed.absences])


def _mandate(row: MandateRow) -> shapes.Mandate:
    return shapes.Mandate(**{**row._asdict(), "deeds": row.deeds.split(",")})
