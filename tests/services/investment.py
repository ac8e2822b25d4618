"""An investment to test with: a project, its agreement, its plan, and the announcement of land it was promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from engine.limits import Unit
from engine.plans import ItemState, PlanItem
from engine.precedence import Commitment
from engine.project_events import Parcel, Party, Profile
from engine.projects import Project
from engine.promises import Keeping
from services import project_files as files
from services import projects
from services.database import reading, writing
from services.project_files import Change
from services.projects import File
from tests.services import diagrams
from tests.services.desk import Desk

PARK, CODE = "湘阴高新区", "2603-430624-04-01-123457"
INVESTOR = Party(role="investor", name="岳阳某某新材料有限公司", credit_code="91430600MA40000130")
PROFILE = Profile(name="年产五万吨新材料项目", park=PARK, industry="C2659", amount=120_000, parties=(INVESTOR,),
                  parcel=Parcel(id="YY-2026-017", area=66_667))
ANNOUNCED = diagrams.process(
    "announced", diagrams.words(variables="project_code:string"), diagrams.start(), diagrams.throw("accept", "accepted"),
    diagrams.task("announce"),
    '<bpmn:boundaryEvent id="late" attachedToRef="announce" cancelActivity="false"><bpmn:timerEventDefinition>'
    '<bpmn:extensionElements><jb:limit kind="stage" item="发布土地出让公告"/></bpmn:extensionElements>'
    "</bpmn:timerEventDefinition></bpmn:boundaryEvent>",
    diagrams.task("supervise", role="supervisor"), diagrams.end(milestone="concluded"),
    diagrams.flows("begin", "accept", "announce", "done"), diagrams.flows("late", "supervise", "over"),
    diagrams.end("over"), name="土地出让公告")
"""The park publishes the announcement within the days it has promised: a number only the agreement has."""

PLAN = (
    PlanItem(key="公告", process="土地出让公告", department="市资规局", responsible="张科长", due_on=date(2026, 4, 1)),
    PlanItem(key="开办", process="企业开办", materials=("名称预先核准",)),
    PlanItem(key="验收", process="竣工联合验收", after=("公告", "开办"), department="市住建局"),
)


def entered(desk: Desk, profile: Profile = PROFILE) -> str:
    """A project in the file; its number."""
    with writing(desk.database) as connection:
        return files.open_project(connection, profile, by="李招商", now=desk.now).number


def change(desk: Desk, project: str, name: str, *given: Any, seq: int | None = None, **named: Any) -> Project:
    """A change of the file by its name."""
    with writing(desk.database) as connection:
        return getattr(files, name)(connection, Change(project=project, by="李招商", now=desk.now, seq=seq), *given, **named)


def signed(desk: Desk, number: str, *commitments: Commitment) -> Project:
    return change(desk, number, "enter_agreement", number="招商协议〔2026〕8号", signed_on=date(2026, 3, 3),
                  effective_on=date(2026, 3, 4), commitments=commitments)


def promise(item: str = "发布土地出让公告", amount: int = 5) -> Commitment:
    return Commitment(item=item, amount=amount, unit=Unit.WORKDAY, clause="第六条", start_event="协议生效", responsible="园区")


def planned(desk: Desk, number: str, items: Sequence[PlanItem] = PLAN, reason: str = "首次定制") -> Project:
    return change(desk, number, "make_plan", items, reason=reason, assessed=("planning_environment", "energy"))


def shown(desk: Desk, number: str) -> File:
    with reading(desk.database) as connection:
        return projects.show(connection, desk.office, number)


def states(desk: Desk, number: str) -> dict[str, ItemState]:
    return {standing.item.key: standing.state for standing in shown(desk, number).items}


def opened(desk: Desk, number: str) -> list[projects.Opened]:
    return projects.open_ready(desk.database, desk.office, number, by="周帮办", now=desk.now)


def kept(desk: Desk, number: str) -> dict[str, list[Keeping]]:
    with reading(desk.database) as connection:
        return {each.commitment.item: [one.keeping for one in each.promises]
                for each in projects.kept(connection, desk.office, number)}


def attach(desk: Desk, number: str, case: str, item: str = "") -> Project:
    with writing(desk.database) as connection:
        return projects.attach(connection, desk.office, Change(project=number, by="周帮办", now=desk.now), case=case, item=item)
