"""The application: its routes, its errors, its headers. Every request passes the same gates before a view sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

from flask import Response, request
from flask_openapi3 import OpenAPI
from pydantic import ValidationError
from sqlalchemy import Engine

from engine.errors import InvalidInput
from engine.sentences import quoted, say
from services.office import Office
from services.oidc.client import Client
from services.readiness import Threshold
from services.settings import Settings
from services.web import admitting, auth, describe, forgery, frame, health, incoming, observing, problems, seeing, visiting
from services.web.api import ROOMS
from services.web.door import Door, hang, system_clock
from services.web.pages import PAGES, demo
from services.web.shapes.cases import Problem

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                               "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                               "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "same-origin",  # with “no-referrer” browsers would not say either where a form was sent from (Origin)
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(
    database: Engine, office: Office, settings: Settings, *, clock: Callable[[], datetime] = system_clock,
    turn: Callable[[], bool] | None = None, threshold: Threshold | None = None,
) -> OpenAPI:
    """The web face of one database and office. The database must stand at this release's tables. `clock`, `turn`,
    `threshold`: as in `Door`; only a demonstration has the pages that move its clock and switch between its people."""
    app = OpenAPI(__name__, info=describe.INFO, security_schemes=describe.SCHEMES, doc_ui=False,
                  validation_error_status="default", validation_error_model=Problem, validation_error_callback=_refuse)
    app.config["MAX_CONTENT_LENGTH"] = incoming.LARGEST
    app.json = incoming.Orjson(app)
    hang(app, Door(database=database, office=office, settings=settings, clock=clock, turn=turn, threshold=threshold,
                   vouching=Client(settings.provider) if settings.provider is not None and turn is None else None))
    observing.install(app)
    for gate in (health.require_begun, auth.require_token, incoming.check_address, visiting.recognise, admitting.admit,
                 seeing.require_sight, incoming.check_body, forgery.refuse_forged):
        app.before_request(gate)
    for room in (*ROOMS, health.api):
        app.register_api(room)
    for pages in PAGES if turn is None else (*PAGES, demo.pages):
        app.register_blueprint(pages)
    frame.install(app, settings.language)
    describe.describe(app)
    problems.register(app)
    app.after_request(_with_headers)
    app.after_request(visiting.keep_form_cookie)
    return app


def _refuse(error: ValidationError) -> NoReturn:
    """What does not have the shape of the API, as the first wrong value."""
    first = error.errors(include_url=False, include_context=False)[0]
    if not first["loc"] and first["type"] == "model_type":
        raise InvalidInput("", "the body is missing; send one JSON object")
    reason = (say("unknown; leave it out") if first["type"] == "extra_forbidden"
              else quoted(first["msg"].removeprefix("Value error, ")))
    raise InvalidInput(".".join(map(str, first["loc"])), reason)


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
    return response
