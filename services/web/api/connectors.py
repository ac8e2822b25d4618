"""The API of connectors 对接接口: which systems are asked over HTTP for what service tasks wait for."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import connectors
from services.administering import Instruction
from services.connectors import NewConnector, call_of
from services.database import reading as read
from services.database import writing as write
from services.store.connectors import ConnectorRow
from services.web.auth import API
from services.web.cursor import after, cursor
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import connectors as shapes
from services.web.shapes.external_tasks import Serving
from services.web.shapes.offers import Asking
from webhooks.calling import Call

api = APIBlueprint("connectors", __name__, url_prefix=f"{API}/connectors",
                   abp_tags=[Tag(name="connectors", description="对接接口")], abp_security=SECURITY)


@api.get("", summary="List connectors", operation_id="list_connectors", responses=answered(shapes.Connectors))
def list_connectors(query: shapes.ConnectorsQuery) -> Response:
    """Every version of each, in the order of entering; secrets never."""
    with read(door().database) as connection:
        rows = connectors.page(connection, after=after(query.after), most=query.limit + 1)
    return as_json(shapes.Connectors(items=[_shape(row) for row in rows[:query.limit]],
                                     next=cursor(rows[query.limit - 1].id) if len(rows) > query.limit else None))


@api.post("", summary="Enter a connector, or its next version", operation_id="enter_connector",
          responses=answered(shapes.EnteredConnector, 409))
def enter(header: Asking, body: shapes.EnteringConnector) -> Response:
    """Its secret is answered once and kept under no key: whoever missed the answer has it made anew."""
    call = Call(url=body.url, method=body.method, sends=body.sends, reads=body.reads, errors=body.errors)
    new = NewConnector(name=body.name, topic=body.topic, call=call, seconds=body.seconds, is_new_secret=body.is_new_secret)
    with write(door().database) as connection:
        row, secret = connectors.enter(connection, door().settings.guard, Instruction(by=header.by, now=now()), new)
    return as_json(shapes.EnteredConnector(connector=_shape(row), secret=secret))


@api.post("/<name>/end", summary="Ask a system no more", operation_id="end_connector",
          responses=answered(shapes.Connector, 404, 409))
def end(path: shapes.ConnectorPath, header: Serving, body: shapes.EndingConnector) -> Response:
    """Its tasks wait for a worker, or for a connector entered anew."""
    return perform(lambda connection, at: _shape(connectors.end(
        connection, Instruction(by=header.by, now=at), path.name, reason=body.reason)))


def _shape(row: ConnectorRow) -> shapes.Connector:
    call = call_of(row)
    return shapes.Connector.model_validate({**row._asdict(), "sends": call.sends, "reads": call.reads, "errors": call.errors})
