"""Each request has an id, is counted, and leaves one line in the log: its route, never its address, which may name somebody."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from time import perf_counter

from flask import Flask, Response, g, request

from services import correlation, metrics, tracing

_LOG = logging.getLogger(__name__)
_UNWATCHED = frozenset({"static", "health.health", "health.ready"})
"""What is asked every few seconds, or with every page."""


def install(app: Flask) -> None:
    """Let an application watch its requests. Before every other gate, so that what those refuse is counted too."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def _leave(error: BaseException | None) -> None:
    traced = g.pop("traced", None)
    if traced is not None:
        traced.close()


def route() -> str:
    """The route of this request as the program writes it; of an address nobody has, a word for all of them."""
    return request.url_rule.rule if request.url_rule is not None else "(none)"


def _begin() -> None:
    g.begun_at = perf_counter()
    correlation.begin(correlation.taken(request.headers.get(correlation.HEADER)))
    g.traced = ExitStack()
    come_from = {"traceparent": request.headers["traceparent"]} if "traceparent" in request.headers else {}
    g.span = g.traced.enter_context(tracing.span(f"{request.method} {route()}", come_from=come_from))


def _end(response: Response) -> Response:
    seconds = perf_counter() - g.get("begun_at", perf_counter())
    response.headers[correlation.HEADER] = correlation.current()
    method = request.method if request.method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD") else "(other)"
    if g.get("span") is not None:
        g.span.set_attributes({"http.route": route(), "http.response.status_code": response.status_code,
                               "jiban.request": correlation.current()})
    metrics.requested(route(), method, response.status_code, seconds)
    if request.endpoint not in _UNWATCHED:
        _LOG.info("answered", extra={"method": method, "route": route(), "status": response.status_code,
                                     "ms": round(seconds * 1000, 1)})
    return response
