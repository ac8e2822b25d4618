"""Every error as a problem detail (RFC 9457), or as a page where people look.

A `Refusal` is shown as it is: its sentence says what is wrong and what to do. A fault of ours is shown by a reference only;
the log has the rest. What was refused has changed nothing: the transaction was rolled back.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import orjson
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from engine import errors
from engine.administering import OF_THE_OFFICE
from services.database import DatabaseUnavailable, OutcomeUnknown
from services.people import ROLES
from services.web.incoming import LARGEST
from services.web.observing import route
from services.web.replays import Replayed
from services.web.words import FAILURES, FORGED, NOT_ADMITTED, OUTCOME_UNKNOWN, SYSTEM_ADMIN, UNIT_ADMINS
from services.web.words.refusals import in_chinese
from services.web.words.spoken import text
from webhooks.faults import SignatureRefused

MEDIA_TYPE = "application/problem+json"
_HTML = "text/html; charset=utf-8"
_LOG = logging.getLogger(__name__)
_RETRY_SECONDS = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem detail. `slug` ends its type; `more` are its members beyond RFC 9457's own; `words`: what has happened and what
    to do, for people; None: what is always said with this status. `said`: the detail as people read it on a page, in Chinese;
    "" where a page has its own words."""

    slug: str
    title: str
    status: int
    detail: str
    more: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, str] | None = None
    said: str = ""


_KINDS: tuple[tuple[type[Exception], int, str, str], ...] = (
    (errors.NotFound, 404, "not_found", "Not found"),
    (errors.InvalidInput, 422, "invalid_input", "A value is wrong"),
    (errors.Stale, 409, "stale", "The case has moved on"),
    (errors.AlreadyDecided, 409, "already_decided", "The task takes no decision any more"),
    (errors.LockLost, 409, "lock_lost", "Another worker has the task"),
    (errors.Forbidden, 409, "forbidden", "Not allowed in the present state"),
    (errors.Forged, 403, "forged", "Not sent from a page of this server"),
    (SignatureRefused, 401, "unsigned", "Not signed as agreed"),
    (Replayed, 409, "replayed", "This id was used for something else"),
    (errors.NotAdmitted, 403, "not_admitted", "Not admitted"),
    (errors.DefinitionError, 422, "definition", "The diagram cannot be run"),
    (errors.Incident, 422, "incident", "The diagram cannot go on"),
)

_WAYS_OUT: Mapping[str, str] = {
    "case": "check the number, or list the cases with GET /api/v1/cases",
    "task": "list the open tasks with GET /api/v1/tasks",
    "address": "the addresses are listed at /api/v1/openapi.json",
}

_HTTP: Mapping[int, tuple[str, str]] = {
    400: ("malformed", "The request cannot be read"),
    401: ("unauthenticated", "The token is missing or wrong"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "This address takes another method"),
    413: ("too_large", "The body is too large"),
    415: ("unsupported_media_type", "The body is of another type than this address takes"),
}


def register(app: Flask) -> None:
    """Let an application answer every error this way."""
    app.register_error_handler(errors.JibanError, lambda error: respond(of_error(error)))
    app.register_error_handler(HTTPException, lambda error: respond(of_http(error)))


def of_error(error: errors.JibanError) -> Problem:
    """The problem an error of ours is."""
    for kind, status, slug, title in _KINDS:
        if isinstance(error, kind):
            words = _words(error)
            return Problem(slug=slug, title=title, status=status, detail=_sentence(error), more=_more(error),
                           words=words, said="" if words else in_chinese(error))
    return _outage(error) if isinstance(error, DatabaseUnavailable) else _fault(error)


def of_http(error: HTTPException) -> Problem:
    """The problem an HTTP error is."""
    if isinstance(error, InternalServerError):
        return _fault(error.original_exception or error)
    status = error.code or 500
    slug, title = _HTTP.get(status, (f"http_{status}", HTTPStatus(status).phrase))
    kept = {name: value for name, value in error.get_headers(request.environ) if name in ("Allow", "Retry-After")}
    if status == 401:
        kept["WWW-Authenticate"] = 'Bearer realm="jiban"'
    return Problem(slug=slug, title=title, status=status, detail=_http_sentence(status, error, kept), headers=kept)


def respond(problem: Problem) -> Response:
    """A problem as the answer to this request."""
    if _is_read_by_people():
        body = render_template("error.html", problem=problem, failure=problem.words or FAILURES.get(problem.status))
        media = _HTML
    else:
        body, media = orjson.dumps(members(problem)).decode(), MEDIA_TYPE
    return Response(body, problem.status, dict(problem.headers), content_type=media)


def members(problem: Problem) -> dict[str, object]:
    """A problem as it is written in JSON."""
    return {"type": f"urn:jiban:problem:{problem.slug}", "title": problem.title, "status": problem.status,
            "detail": problem.detail, **problem.more}


def _is_read_by_people() -> bool:
    if request.path.startswith("/api/") or request.path in ("/healthz", "/readyz"):
        return False
    is_page = request.url_rule is not None and request.endpoint != "static"
    return is_page or request.accept_mimetypes.best_match([MEDIA_TYPE, "text/html"]) == "text/html"


def _words(error: errors.JibanError) -> tuple[str, str] | None:
    """What a person is told whom a page does not admit: who may grant it to him."""
    match error:
        case errors.Forged():
            return FORGED
        case errors.NotAdmitted() if error.roles:
            granters = SYSTEM_ADMIN if OF_THE_OFFICE.issuperset(error.roles) else UNIT_ADMINS
            roles = "、".join(text(ROLES.get(role, role)) for role in error.roles)
            return NOT_ADMITTED[0], text(NOT_ADMITTED[1]).format(roles=roles, granters=text(granters))
    return None


def _sentence(error: errors.JibanError) -> str:
    way_out = _WAYS_OUT.get(error.kind, "") if isinstance(error, errors.NotFound) and not error.hint else ""
    return f"{error}: {way_out}" if way_out else str(error)


def _more(error: errors.JibanError) -> dict[str, object]:
    match error:
        case errors.InvalidInput():
            return {"field": error.field}
        case errors.Stale() if error.found is not None:
            return {"version": error.found}
        case errors.Incident():
            return {"code": error.code}
        case errors.DefinitionError():
            return {"diagnostics": [{"code": d.code, "message": d.message} for d in error.diagnostics]}
    return {}


def _outage(error: DatabaseUnavailable) -> Problem:
    """The database does not answer. Why is for the log: it may name hosts and files, and anybody may ask."""
    _LOG.warning("%s %s: %s", request.method, route(), error)
    if isinstance(error, OutcomeUnknown):
        return Problem(slug="outcome_unknown", title="Whether it was done is not known", status=503,
                       headers={"Retry-After": _RETRY_SECONDS}, words=OUTCOME_UNKNOWN,
                       detail="the database was lost while this was being written down: all of it was done or nothing. Send it "
                              "again under the same Idempotency-Key; without one, read how things stand before repeating it")
    return Problem(slug="unavailable", title="The database is not available", status=503,
                   headers={"Retry-After": _RETRY_SECONDS},
                   detail=f"the database does not answer or cannot write; nothing was half-written. Try again in "
                          f"{_RETRY_SECONDS} seconds; the server's log says why")


def _fault(error: BaseException) -> Problem:
    """A bug of ours: the log has the whole of it, the answer its reference."""
    reference = secrets.token_hex(4)
    _LOG.error("fault %s in %s %s", reference, request.method, route(), exc_info=error)
    return Problem(slug="internal", title="A fault of this program", status=500, more={"reference": reference},
                   detail=f"something went wrong that should not; nothing was half-written. Tell whoever runs this server "
                          f"the reference {reference}, under which its log has the rest")


def _http_sentence(status: int, error: HTTPException, headers: Mapping[str, str]) -> str:
    match status:
        case 404:
            return f"no address “{request.path}”: the addresses are listed at /api/v1/openapi.json"
        case 405:
            return f"“{request.path}” takes {headers.get('Allow', 'another method')}, not {request.method}"
        case 413:
            return f"the body is larger than {LARGEST} bytes; send less, for documents are not part of it"
    return error.description or HTTPStatus(status).description
