"""The API of granted permits 许可证件: the register, the history of each, and their conditions.

A permit is granted by completing the task that certifies 制证; it is changed, renewed, annulled, revoked or cancelled by a
case of the process `permit_change` that names it.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.permits import PermitState
from services import permit_sorts, permits
from services.database import reading as read
from services.permits import Granted
from services.web import seeing
from services.web.auth import API
from services.web.cursor import after, cursor
from services.web.describe import SECURITY, answered, moved
from services.web.door import door
from services.web.once import mark, perform
from services.web.sent import as_json
from services.web.shapes import permits as shapes
from services.web.shapes.cases import Moved, Moving
from services.web.words import PERMIT_STATES

api = APIBlueprint("permits", __name__, url_prefix=f"{API}/permits", abp_security=SECURITY,
                   abp_tags=[Tag(name="permits", description="许可证件登记")])


@api.get("", summary="List the granted permits", operation_id="list_permits", responses=answered(shapes.Permits))
def list_permits(query: shapes.PermitsQuery) -> Response:
    """In the order they were granted."""
    with read(door().database) as connection:
        found, last = seeing.page(connection, lambda last, most: permits.permits(
            connection, state=query.state.value if query.state else None, sort=query.sort, holder_code=query.holder_code,
            park=query.park, after=last.row.id if last else after(query.after), most=most),
            lambda each: each.row.case_id, query.limit)
    return as_json(shapes.Permits(items=[_permit(each) for each in found], next=cursor(last.row.id) if last else None))


@api.get("/sorts", summary="List the sorts of permits", operation_id="list_permit_sorts", responses=answered(shapes.Sorts))
def list_sorts() -> Response:
    """As the shelf has them: how each is numbered and under which conditions it is granted."""
    found = permit_sorts.read_sorts(door().office.shelf).values()
    return as_json(shapes.Sorts(items=[shapes.Sort.model_validate(each, from_attributes=True) for each in found]))


@api.get("/<number>", summary="Look at a permit and its history", operation_id="permit",
         responses=answered(shapes.PermitHistory, 404))
def get_permit(path: shapes.PermitPath, query: shapes.HistoryQuery) -> Response:
    """With every fact about it, of whichever case, and the cases about it that are still open."""
    with read(door().database) as connection:
        found = permits.history(connection, path.number, after=query.events_after, most=query.events_limit)
    return as_json(shapes.PermitHistory(
        permit=_permit(found.granted), open_cases=[shapes.OpenCase.model_validate(each._asdict()) for each in found.open_cases],
        events=[shapes.PermitEvent.model_validate({**event._asdict(), "act": event.act or None, "case": case})
                for event, case in found.events]))


@api.post("/<number>/conditions/<condition>/meet", summary="A condition is met (已开工)", operation_id="meet_condition",
          responses=moved(Moved))
def meet_condition(path: shapes.ConditionPath, header: Moving, body: shapes.Meeting) -> Response:
    """Its clock is over. Answers with where the case that granted the permit stands."""
    return perform(mark(header.key), lambda connection, at: permits.meet_condition(
        connection, door().office, permit=path.number, condition=path.condition, met_on=body.met_on, by=header.by, now=at,
        version=header.version))


@api.post("/<number>/conditions/<condition>/extend", summary="A condition's time is extended (延期开工)",
          operation_id="extend_condition", responses=moved(Moved))
def extend_condition(path: shapes.ConditionPath, header: Moving, body: shapes.Extending) -> Response:
    """Before it is over, and as often as its sort allows (建筑法 art. 9: twice, three months each); counted from the grant."""
    return perform(mark(header.key), lambda connection, at: permits.extend_condition(
        connection, door().office, permit=path.number, condition=path.condition, document=body.document, by=header.by, now=at,
        version=header.version))


def _permit(found: Granted) -> shapes.Permit:
    row: Mapping[str, object] = found.row._asdict()
    state = PermitState(found.row.state)
    return shapes.Permit.model_validate({**row, "case": found.case, "conditions": orjson.loads(found.row.conditions),
                                         "state_label": PERMIT_STATES[state]})
