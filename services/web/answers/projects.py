"""Projects and the register of regional assessments, in the shapes of the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec
import orjson

from engine import projects as rules
from engine.assessments import KINDS
from engine.projects import STAGE_NAMES
from services.project_files import Happened
from services.projects import File, Kept, Standing
from services.store.assessments import AssessmentRow
from services.web.shapes import projects as shapes
from services.web.shapes.assessments import Assessment
from services.web.shapes.rulings import ProjectCommitment


def project(file: File) -> shapes.Project:
    """A project with all that belongs to it."""
    held, plan = file.project, file.project.plan
    return shapes.Project(
        number=held.number, code=held.code, code_warning=held.code_warning, stage=held.stage,
        stage_name=STAGE_NAMES[held.stage],
        closed_because=held.closed_because, seq=held.seq, profile=plain(held.profile),
        agreement=plain(held.agreement) if held.agreement else None, team=plain(held.team) if held.team else None,
        suggested_tier=rules.suggested_tier(held.profile.amount), plan_version=plan.version if plan else 0,
        plan_reason=plan.reason if plan else "", items=[_standing(each) for each in file.items],
        assessments=[verdict(each) for each in plan.assessments] if plan else [],
        cases=[shapes.ProjectCase(number=row.number, process=row.process, state=row.state, standing=row.standing, item=row.item)
               for row in file.cases],
        commitments=[ProjectCommitment(**row._asdict()) for row in file.commitments], missing=list(file.missing))


def event(happened: Happened) -> shapes.ProjectEvent:
    """What happened to a project."""
    return shapes.ProjectEvent(seq=happened.seq, kind=type(happened.event).__name__, at=happened.at, by=happened.by,
                               data=plain(happened.event))


def kept(each: Kept) -> shapes.KeptCommitment:
    """A commitment and what became of it."""
    return shapes.KeptCommitment(
        commitment=ProjectCommitment(**each.commitment._asdict()),
        promises=[shapes.Promise(case=one.case, clock=one.clock, keeping=one.keeping, due_on=one.due_on,
                                 lapsed_at=one.lapsed_at, stopped_on=one.stopped_on) for one in each.promises])


def verdict(said: Any) -> shapes.Verdict:
    """What the register says on one kind."""
    return shapes.Verdict.model_validate(asdict(said))


def assessment(row: AssessmentRow) -> Assessment:
    """A result in the register."""
    return Assessment(**{**row._asdict(), **orjson.loads(row.body), "kind_name": KINDS.get(row.kind, row.kind)})


def plain(value: Any) -> dict[str, Any]:
    """A value of the engine as JSON has it."""
    return dict(msgspec.to_builtins(value))


def _standing(each: Standing) -> shapes.PlanStanding:
    item = each.item
    return shapes.PlanStanding(
        key=item.key, process=item.process, title=item.title, after=list(item.after), department=item.department,
        responsible=item.responsible, due_on=item.due_on, materials=list(item.materials), state=each.state, case=each.case)
