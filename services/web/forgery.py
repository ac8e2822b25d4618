"""Requests that another site makes a browser send (CSRF), refused on every page that changes something.

Two marks, because each fails in some browser: where the request was sent from, as the browser says it (Sec-Fetch-Site, Origin),
and a secret that stands only in pages shown to this visitor (OWASP: synchronizer token). A token of the API is sent by no
browser of its own accord, so that the API needs neither.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import request

from engine.errors import Forged
from services.web import visiting

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD, HEADER = "csrf", "X-CSRF"


def refuse_forged() -> None:
    """The gate. Raises Forged."""
    if request.method in SAFE or request.endpoint is None or request.path.startswith("/api/"):
        return
    require_our_origin()
    given = (request.headers.get(HEADER) or request.form.get(FIELD, "")).encode("utf-8", "replace")
    if not any(hmac.compare_digest(given, mark.encode()) for mark in visiting.marks()):
        raise Forged("this request", "it does not bear the mark of a page shown to you; open the page again and repeat")


def require_our_origin() -> None:
    """Refuse what was sent from another site's page. Raises Forged. Only the host is compared: a proxy in front may speak
    https where this server hears http."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_ours = site in {"same-origin", "none"} if site is not None else origin is None or urlsplit(origin).netloc == request.host
    if not is_ours:
        raise Forged("this request", "it was sent from a page of another site")
