"""Is the server well, and may it be sent requests? Two questions: a node that waits for its database lives, but is of no use.

`/healthz` asks nobody, so that no outage of the database makes whoever watches the process start it anew. `/readyz` asks the
database, and turns to 503 as soon as the process has been told to end. Both are open to everybody and say nothing secret.
"""

from __future__ import annotations

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag

from services.readiness import Threshold
from services.web import problems
from services.web.describe import well
from services.web.door import door
from services.web.sent import as_json
from services.web.shapes import cases as shapes

PATHS = ("/healthz", "/readyz")

api = APIBlueprint("health", __name__, abp_tags=[Tag(name="health", description="For the one who runs the server")])


@api.get("/healthz", summary="Does the process live?", operation_id="health", responses=well(shapes.Health))
def health() -> Response:
    """Open to everybody; asks nobody."""
    return as_json(shapes.Health(status="ok"))


@api.get("/readyz", summary="May it be sent requests?", operation_id="ready", responses=well(shapes.Ready))
def ready() -> Response:
    """Open to everybody; 503 with the reason while the database does not answer or does not stand at this release's tables,
    before the node has begun its work, and once it has been told to end."""
    threshold = door().threshold or Threshold.behind(door().database)
    if (reason := threshold.why_not()) is None:
        return as_json(shapes.Ready(status="ready"))
    return problems.respond(problems.Problem(slug="not_ready", title="Not ready", status=503, detail=reason,
                                             headers={"Retry-After": "5"}))


def require_begun() -> None:
    """The gate: until the node has begun its work, nothing but these is answered. Raises DatabaseUnavailable."""
    threshold = door().threshold
    if threshold is not None and request.path not in PATHS and not request.path.startswith("/static/"):
        threshold.admit()
