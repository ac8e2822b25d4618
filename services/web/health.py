"""Is the server well? It is when its database answers a question that needs its tables."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services.database import reading as read
from services.store import reading
from services.web.describe import well
from services.web.door import door
from services.web.sent import as_json
from services.web.shapes import cases as shapes

api = APIBlueprint("health", __name__, abp_tags=[Tag(name="health", description="For the one who runs the server")])


@api.get("/healthz", summary="Does the database answer?", operation_id="health", responses=well(shapes.Health))
def health() -> Response:
    """Open to everybody; 503 when the database does not answer."""
    with read(door().database) as connection:
        reading.next_due(connection)
    return as_json(shapes.Health(status="ok"))
