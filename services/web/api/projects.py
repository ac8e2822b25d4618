"""The API of projects: the file that joins the four 即 of one investment, its plan, and the cases the plan opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.plans import PlanItem
from engine.precedence import Commitment
from engine.project_events import Parcel, Party, Profile
from engine.projects import Project
from services import assessments, projects
from services import project_files as files
from services.database import reading as read
from services.project_files import Change
from services.web import seeing
from services.web.answers import projects as answers
from services.web.auth import API
from services.web.cursor import after, cursor, following
from services.web.describe import SECURITY, answered, moved, opened
from services.web.door import door, now
from services.web.entering import perform, perform_all
from services.web.sent import as_json
from services.web.shapes import projects as shapes
from services.web.shapes.cases import PageQuery

api = APIBlueprint("projects", __name__, url_prefix=f"{API}/projects", abp_tags=[Tag(name="projects", description="项目档案")],
                   abp_security=SECURITY)

Changing: TypeAlias = Callable[[Connection, Change], Project]


@api.post("", summary="在谈项目: enter a project", operation_id="open_project", responses=opened(shapes.Project))
def open_project(header: shapes.Ruling, body: shapes.Profile) -> Response:
    """A project that is being negotiated; it may have no 项目代码 and no credit codes yet."""
    def enter(connection: Connection, at: datetime) -> BaseModel:
        return _shown(connection, files.open_project(connection, _profile(body), by=header.by, now=at).number)

    return _tagged(perform(enter, status=201))


@api.get("", summary="List the projects", operation_id="list_projects", responses=answered(shapes.Projects))
def list_projects(query: shapes.ProjectsQuery) -> Response:
    """In the order they were entered."""
    with read(door().database) as connection:
        rows, last = seeing.page_of_parks(connection, lambda last, most: files.projects(
            connection, park=query.park, stage=query.stage, after=last.id if last else after(query.after), most=most),
            lambda row: row.park, query.limit)
    items = [shapes.ProjectSummary.model_validate(row._asdict()) for row in rows]
    return as_json(shapes.Projects(items=items, next=cursor(last.id) if last else None))


@api.get("/<project>", summary="Look at a project", operation_id="project", responses=answered(shapes.Project, 404))
def get_project(path: shapes.ProjectPath) -> Response:
    """The file, where its plan stands by its cases, what it was promised, and what is missing, with who can enter it."""
    with read(door().database) as connection:
        shape = _shown(connection, path.project)
    return as_json(shape, version=shape.seq)


@api.get("/<project>/history", summary="What has happened to a project", operation_id="project_history",
         responses=answered(shapes.ProjectHistory, 404))
def get_history(path: shapes.ProjectPath, query: PageQuery) -> Response:
    """Every event, in order: who, when, what."""
    with read(door().database) as connection:
        found = files.history(connection, path.project, after=after(query.after), most=query.limit + 1)
    return as_json(shapes.ProjectHistory(items=[answers.event(each) for each in found[:query.limit]],
                                         next=following([each.seq for each in found], query.limit)))


@api.get("/<project>/promises", summary="兑现/违约: what became of its commitments", operation_id="project_promises",
         responses=answered(shapes.KeptCommitments, 404))
def get_promises(path: shapes.ProjectPath) -> Response:
    """Each commitment with the clocks it gave its number: kept, broken with its clause, or running."""
    with read(door().database) as connection:
        found = projects.kept(connection, door().office, path.project)
        return as_json(shapes.KeptCommitments(items=[answers.kept(each) for each in found]))


@api.get("/<project>/assessments", summary="What need not be assessed again", operation_id="project_assessments",
         responses=answered(shapes.Verdicts, 404))
def get_verdicts(path: shapes.ProjectPath) -> Response:
    """What the register of regional assessments says of the project today, for each kind."""
    at = now()
    with read(door().database) as connection:
        found = assessments.verdicts_of(connection, files.read(connection, path.project), now=at)
        return as_json(shapes.Verdicts(items=[answers.verdict(each) for each in found]))


@api.post("/<project>/profile", summary="Enter anew what a project is", operation_id="change_project",
          responses=moved(shapes.Project))
def change_profile(path: shapes.ProjectPath, header: shapes.Changing, body: shapes.ChangedProfile) -> Response:
    """With a reason; what was entered before stays in the history."""
    return _change(path, header, lambda connection, change: files.change_profile(
        connection, change, _profile(body.profile), reason=body.reason))


@api.post("/<project>/code", summary="赋码: enter its 项目代码", operation_id="give_code", responses=moved(shapes.Project))
def give_code(path: shapes.ProjectPath, header: shapes.Changing, body: shapes.GivenCode) -> Response:
    """Once. A check digit that does not fit is a warning (`code_warning`). Its commitments count under the code from now on."""
    return _change(path, header, lambda connection, change: files.give_code(connection, change, body.code))


@api.post("/<project>/agreement", summary="招商协议: enter the agreement with its commitments", operation_id="enter_agreement",
          responses=moved(shapes.Project))
def enter_agreement(path: shapes.ProjectPath, header: shapes.Changing, body: shapes.NewAgreement) -> Response:
    """The agreement and every commitment, or nothing."""
    promised = [Commitment(**each.model_dump()) for each in body.commitments]
    return _change(path, header, lambda connection, change: files.enter_agreement(
        connection, change, number=body.number, signed_on=body.signed_on, effective_on=body.effective_on, commitments=promised))


@api.post("/<project>/team", summary="帮代办: assign a team", operation_id="assign_team", responses=moved(shapes.Project))
def assign_team(path: shapes.ProjectPath, header: shapes.Changing, body: shapes.NewTeam) -> Response:
    """Of the tier the investment suggests (十亿 the city's, 亿元 the county's), or of another."""
    return _change(path, header, lambda connection, change: files.assign_team(
        connection, change, team=body.team, tier=body.tier))


@api.post("/<project>/stage", summary="The project comes to a stage", operation_id="reach_stage",
          responses=moved(shapes.Project))
def reach_stage(path: shapes.ProjectPath, header: shapes.Changing, body: shapes.NewStage) -> Response:
    """洽谈 → 签约 → 供地 → 开工 → 竣工 → 办证; closed 归档 from any of them, for a reason."""
    return _change(path, header, lambda connection, change: files.reach_stage(
        connection, change, body.stage, reason=body.reason))


@api.post("/<project>/plan", summary="定制单: make the plan", operation_id="make_plan", responses=moved(shapes.Project))
def make_plan(path: shapes.ProjectPath, header: shapes.Changing, body: shapes.NewPlan) -> Response:
    """The next version, for a reason: which matters, in which order, whose, by when, with what the register says today."""
    items = [PlanItem(**{**each.model_dump(), "after": tuple(each.after), "materials": tuple(each.materials)})
             for each in body.items]
    return _change(path, header, lambda connection, change: files.make_plan(connection, change, items, reason=body.reason))


@api.post("/<project>/cases", summary="Attach a case to a project", operation_id="attach_case", responses=moved(shapes.Project))
def attach_case(path: shapes.ProjectPath, header: shapes.Changing, body: shapes.AttachedCase) -> Response:
    """A case that was opened outside of the plan, for an item of it or for none."""
    return _change(path, header, lambda connection, change: projects.attach(
        connection, door().office, change, case=seeing.case_here(connection, body.case).number, item=body.item))


@api.post("/<project>/open-ready", summary="Open the cases that are ready", operation_id="open_ready",
          responses=moved(shapes.OpenedItems))
def open_ready(path: shapes.ProjectPath, header: shapes.Ruling) -> Response:
    """Each in a transaction of its own; one that cannot be opened says why, and the others are. Sent twice, nothing is opened
    twice."""
    return perform_all(lambda: shapes.OpenedItems(items=[
        shapes.OpenedItem(item=each.item, case=each.case, refusal=each.refusal)
        for each in projects.open_ready(door().database, door().office, path.project, by=header.by, now=now())]))


def _change(path: shapes.ProjectPath, header: shapes.Changing, change: Changing) -> Response:
    def told(connection: Connection, at: datetime) -> BaseModel:
        changed = change(connection, Change(project=path.project, by=header.by, now=at, seq=header.seq))
        return _shown(connection, changed.number)

    return _tagged(perform(told))


def _shown(connection: Connection, name: str) -> shapes.Project:
    return answers.project(projects.show(connection, door().office, name))


def _tagged(response: Response) -> Response:
    """With the `seq` of the project as its entity tag."""
    response.headers["ETag"] = f'"{response.get_json()["seq"]}"'
    return response


def _profile(body: shapes.Profile) -> Profile:
    given: dict[str, Any] = body.model_dump()
    parcel = None if body.parcel is None else Parcel(**body.parcel.model_dump())
    return Profile(**{**given, "parties": tuple(Party(**party.model_dump()) for party in body.parties), "parcel": parcel,
                      "traits": tuple(body.traits)})
