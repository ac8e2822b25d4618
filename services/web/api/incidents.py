"""The API of incidents 运行故障: what is held up over all cases, and having it tried again."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import incidents
from services.database import reading as read
from services.web import auth, incident_lines
from services.web.auth import API
from services.web.cursor import cursor, key_of
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform_all
from services.web.incident_lines import Line, Tried
from services.web.sent import as_json
from services.web.shapes import incidents as shapes
from services.web.shapes.external_tasks import Serving

api = APIBlueprint("incidents", __name__, url_prefix=f"{API}/incidents",
                   abp_tags=[Tag(name="incidents", description="运行故障")], abp_security=SECURITY)


@api.get("", summary="List open incidents", operation_id="list_incidents", responses=answered(shapes.StandingIncidents))
def list_incidents(query: shapes.IncidentsQuery) -> Response:
    """In the order of their cases, with what can be done about each."""
    first, seq = (0, -1) if query.after is None else key_of(query.after, parts=2, field="after")
    person, roles = _asks()
    with read(door().database) as connection:
        door().office.refresh(connection)
        who = incident_lines.looks(connection, person, roles, now())
        lines, last = incident_lines.page(connection, who, after=(first, seq), code=query.code, most=query.limit)
        codes = dict(incidents.codes(connection)) if who is None else {}
    return as_json(shapes.StandingIncidents(items=[_shape(line) for line in lines], codes=codes,
                                            next=None if last is None else cursor(*last)))


@api.post("/retry", summary="重试: have what incidents hold up tried again", operation_id="retry_incidents",
          responses=answered(shapes.RetriedAll, 404, 409))
def retry(header: Serving, body: shapes.Retrying) -> Response:
    """One or many, each by itself: an external task, a timer or a clock goes on; with `by_hand` people do what the connector
    could not. Who, why and what was mended is a fact of the case."""
    shapes.require_one(body)
    person, roles = _asks()
    return perform_all(lambda: shapes.RetriedAll(items=[_tried(each) for each in incident_lines.retry(
        [(each.case, each.seq) for each in body.incidents], person=person, roles=roles, by=header.by, at=now(),
        reason=body.reason, data=body.data, by_hand=body.by_hand)]))


def _asks() -> tuple[str | None, frozenset[str]]:
    bearer = auth.bearer()
    return (None, frozenset()) if bearer is None else (bearer.person, bearer.roles)


def _shape(line: Line) -> shapes.StandingIncident:
    found, incident = line.found, line.found.incident
    return shapes.StandingIncident(
        case=found.number, seq=incident.seq, code=incident.code, node=incident.node, message=line.message,
        opened_at=incident.opened_at, process=found.process, park=found.park, department=found.department, topic=found.topic,
        error=line.error or None, ways=list(line.ways), changeable=list(line.changeable))


def _tried(each: Tried) -> shapes.Retried:
    return shapes.Retried(case=each.case, seq=each.seq, version=each.version,
                          refused=None if each.refused is None else str(each.refused))
