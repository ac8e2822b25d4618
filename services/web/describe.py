"""The description of the API: OpenAPI 3.1, made from the routes and the shapes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_openapi3 import Info, OpenAPI
from pydantic import BaseModel

from services.web.auth import DESCRIPTION
from services.web.problems import MEDIA_TYPE
from services.web.shapes import accounts as shapes_accounts
from services.web.shapes import cases as shapes
from services.web.shapes import documents as shapes_documents
from services.web.shapes import drafts as shapes_drafts
from services.web.shapes import oversight as shapes_oversight
from services.web.shapes import particulars as shapes_particulars
from services.web.shapes import people as shapes_people
from services.web.shapes import permits as shapes_permits
from services.web.shapes import platforms as shapes_platforms
from services.web.shapes import progress as shapes_progress
from services.web.shapes import service as shapes_service
from services.web.shapes import time as shapes_time
from services.web.shapes import verbs as shapes_verbs
from services.web.shapes import webhooks as shapes_webhooks

BPMN = "application/xml"
"""The media type of a diagram."""

SECURITY: list[dict[str, list[str]]] = [{"bearer": []}]
SCHEMES: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": (
        "The token of the setting JIBAN_TOKEN, which may act for anybody, or one of an account, which acts for that account "
        "within its scopes and roles.")},
    "signature": {"type": "apiKey", "in": "header", "name": "webhook-signature", "description": (
        "Of an upstream platform: what it sends is signed after Standard Webhooks with a secret that is shared with it.")}}

INFO = Info(title="Jiban 即办", version="1", description=(
    "Approval cases 办件: open one, look at its tasks and clocks, complete its tasks, stop and extend its time as the law "
    "allows; see what is late, and supervise.\n\n"
    "Errors are problem details (RFC 9457); their `detail` says what is wrong and what to do. Dates are those of "
    "Asia/Shanghai, instants are in UTC. Bodies are JSON of at most 1 MiB, but for files; an unknown field is refused by name. "
    "Send what changes something with an `Idempotency-Key`, so that a lost answer can be asked for again. Lists are read page "
    "by page: `next` of one is the `after` of the following. The token of an account sees what its account may see; the rest "
    "is answered as if it were not there."))

_EXAMPLED: tuple[type[BaseModel], ...] = (
    shapes.NewCase, shapes.Completing, shapes.Ending, shapes.Message, *shapes_time.BODIES, *shapes_oversight.BODIES,
    *shapes_verbs.BODIES, *shapes_service.BODIES, *shapes_permits.BODIES, *shapes_people.BODIES, *shapes_documents.BODIES,
    *shapes_drafts.BODIES, *shapes_accounts.BODIES, *shapes_webhooks.BODIES,
    *shapes_particulars.BODIES, *shapes_progress.BODIES, *shapes_platforms.BODIES,
    shapes.Moved, shapes.Problem)

_MEANINGS = {
    401: "The token is missing or wrong, or the server has none.",
    403: "The token may not be used here: a scope or a role is wanting, or it names somebody else as acting.",
    404: "What was named does not exist, or is beyond what the account of the token may see.",
    409: "The case has moved on, the task is done, or the state of the case does not allow it.",
    422: "A value is wrong; `field` names it.",
    503: "The database is not available; nothing was half-written. Try again after `Retry-After` seconds.",
}


def answered(shape: type[BaseModel], *statuses: int) -> dict[Any, Any]:
    """The responses of a route that reads; `statuses`: the errors it has beyond those every route has."""
    return {200: shape, **_problems(401, 403, 422, 503, *statuses)}


def moved(shape: type[BaseModel]) -> dict[Any, Any]:
    """The responses of a route that moves a case."""
    return {200: shape, **_problems(401, 403, 404, 409, 422, 503)}


def signed(shape: type[BaseModel], other: int) -> dict[Any, Any]:
    """The responses of a route that takes what is signed; `other`: its second status when all is well."""
    return {200: shape, other: shape, **_problems(401, 409, 422, 503)}


def opened(shape: type[BaseModel]) -> dict[Any, Any]:
    """The responses of the route that opens a case."""
    return {201: shape, **_problems(401, 403, 404, 422, 503)}


def downloaded(kinds: Iterable[str], *statuses: int) -> dict[Any, Any]:
    """The responses of a route that answers with a file of one of these media types."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {200: {"description": "OK", "content": content}, **_problems(401, 403, 422, 503, *statuses)}


def well(shape: type[BaseModel]) -> dict[Any, Any]:
    """The responses of the health check."""
    return {200: shape, **_problems(503)}


def describe(app: OpenAPI) -> None:
    """Let an application serve its own description."""
    document = _finished(app.api_doc)
    app.add_url_rule(DESCRIPTION, "description", lambda: app.json.response(document))


def _finished(document: dict[str, Any]) -> dict[str, Any]:
    """What the library leaves to be done: examples of the shapes, and descriptions without its line breaks."""
    for shape in _EXAMPLED:
        document["components"]["schemas"][shape.__name__]["examples"] = shape.model_json_schema()["examples"]
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["description"] = operation["description"].replace("<br/>", " ")
    return document


def _problems(*statuses: int) -> dict[Any, Any]:
    return {"default": _problem("Any other error."), **{status: _problem(_MEANINGS[status]) for status in sorted(statuses)}}


def _problem(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
