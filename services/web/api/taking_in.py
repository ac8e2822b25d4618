"""The API of 收件: which matters can be taken in, what their forms ask for, and what would be due. `POST /cases` opens one."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.events import ClockStarted
from services import foreseeing
from services.database import reading as read
from services.folded import fold_of
from services.web import taking_in
from services.web.auth import API
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.seeing import case_here
from services.web.sent import as_json
from services.web.shapes import queues as shapes
from services.web.shapes.cases import CasePath
from services.web.shapes.library import ProcessPath

api = APIBlueprint("taking_in", __name__, url_prefix=API, abp_tags=[Tag(name="intake", description="收件")],
                   abp_security=SECURITY)


@api.get("/intake", summary="What can be taken in", operation_id="list_intake", responses=answered(shapes.IntakeChoices))
def list_choices(query: shapes.IntakeQuery) -> Response:
    """Every deployed matter and bundle, bundles first."""
    with read(door().database) as connection:
        found = taking_in.choices(connection, query.q.strip())
    return as_json(shapes.IntakeChoices(items=[shapes.IntakeChoice(**asdict(each)) for each in found]))


@api.get("/intake/<process>", summary="The application form of a matter", operation_id="get_intake",
         responses=answered(shapes.IntakeForm, 404))
def get_form(path: ProcessPath, query: shapes.IntakeFormQuery) -> Response:
    """With the parks there are and what the catalogue requires; and by when it would be done, were it accepted now."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        deployment = taking_in.deployment_of(connection, path.process)
        clocks = taking_in.foreseen(connection, deployment, query.park)
    form = taking_in.asked_of(deployment, door().office.catalogue.matter_of(deployment.process))
    return as_json(shapes.IntakeForm(**asdict(taking_in.choice_of(deployment)), form=dict(form), foreseen=_clocks(clocks)))


@api.get("/forms/<form>", summary="The form of a task", operation_id="get_step_form", responses=answered(shapes.StepForm, 404))
def get_step_form(path: shapes.FormPath) -> Response:
    """By what the task calls it (`form`): what its data may be when it is completed."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        form = dict(taking_in.step_form(connection, path.form))
    return as_json(shapes.StepForm(form=form))


@api.get("/cases/<number>/foreseen", summary="By when a case would be done, were it accepted now", operation_id="foreseen",
         responses=answered(shapes.ForeseenClocks, 404))
def get_foreseen(path: CasePath) -> Response:
    """Before its acceptance."""
    with read(door().database) as connection:
        row = case_here(connection, path.number)
        door().office.refresh(connection)
        case, deployment = fold_of(row), door().office.deployment(connection, row.definition_id)
        is_over = case.counted_from is not None or case.ended_at is not None
        clocks = [] if is_over else foreseeing.foresee(connection, door().office, deployment, case, now=now())
    return as_json(shapes.ForeseenClocks(items=_clocks(clocks)))


def _clocks(found: list[ClockStarted]) -> list[shapes.ForeseenClock]:
    return [shapes.ForeseenClock(clock=each.clock, amount=each.amount, unit=each.unit, due=each.due,
                                 is_provisional=each.is_provisional) for each in found]
