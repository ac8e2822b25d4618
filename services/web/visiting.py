"""Who is at the door of the pages: the cookie of his visit, and the mark that his forms bear.

Where nobody is signed in the mark is made from a cookie of its own, so that the form to sign in cannot be sent by another site
either.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Response, g, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from services import visits
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.database import writing as write
from services.visits import Lifetimes, Visitor
from services.web.admission import EVERYBODY, admission_of
from services.web.door import door, now

COOKIE = "jiban"
FORM_COOKIE = "jiban_form"
"""Of a browser in which nobody is signed in: what its forms bear is made from it."""

BACKGROUND = "X-Jiban-Background"
"""A page that refreshes itself sends this header: a visit is not kept alive by a screen nobody looks at."""

_UNSEEN = frozenset({"static", "description", "health.health"})
_LONGEST_ADDRESS = 2000
_LOG = logging.getLogger(__name__)
_INPUT = Markup('<input type="hidden" name="csrf" value="{}">')


def visitor() -> Visitor:
    """Whoever is signed in, on a page that admits nobody else."""
    found = present()
    assert found is not None, f"{request.endpoint} is open to everybody, so that it must not ask for its visitor"
    return found


def present() -> Visitor | None:
    """Whoever is signed in; None when nobody is."""
    found: Visitor | None = g.get("visitor")
    return found


def csrf() -> str:
    """What a form of this page bears, so that no other site can send it."""
    found = present()
    if found is not None:
        return found.csrf
    kept = request.cookies.get(FORM_COOKIE) or g.setdefault("form_cookie", secrets.token_urlsafe(32))
    return _form_mark(kept)


def csrf_field() -> Markup:
    """That as a hidden field."""
    return _INPUT.format(csrf())


def recognise() -> None:
    """The gate that says whose request it is. That somebody was seen is written once a minute; if it cannot be, he is seen all
    the same."""
    g.visitor = None
    token = request.cookies.get(COOKIE)
    if not token or request.endpoint in _UNSEEN or request.path.startswith("/api/"):
        return
    at = now()
    with read(door().database) as connection:
        g.visitor = visits.visitor(connection, token, at, lifetimes())
    if g.visitor is None or BACKGROUND in request.headers or not visits.is_to_be_noted(g.visitor, at):
        return
    try:
        with write(door().database) as connection:
            visits.note(connection, g.visitor, at)
    except DatabaseUnavailable as error:
        _LOG.warning("a visitor is not noted: %s", error)


def lifetimes() -> Lifetimes:
    """How long a visit lasts here."""
    settings = door().settings
    return Lifetimes(idle=timedelta(minutes=settings.idle_minutes), whole=timedelta(hours=settings.visit_hours))


def let_in(answer: Answer, token: str) -> Answer:
    """Give a browser its visit."""
    answer.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=request.is_secure, path="/")
    return answer


def let_go(answer: Answer) -> Answer:
    """Take it away."""
    answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure, path="/")
    return answer


def token() -> str:
    """The token of this browser, "" for none."""
    return request.cookies.get(COOKIE, "")


def local(address: str | None) -> str:
    """An address to go on to, when it is a page of ours; else the first page. Browsers take a backslash for a slash and leave
    out control characters, so that neither may stand in it."""
    text = address or ""
    is_ours = (text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
               and len(text) <= _LONGEST_ADDRESS)
    ways = {url_for(name) for name in ("sign_in.form", "sign_in.leave", "oidc.begin", "oidc.arrive")}
    if not is_ours or urlsplit(text).path.rstrip("/") in ways:
        return url_for("home.index")
    return text


def marks() -> Iterator[str]:
    """What a form that was sent here may bear: what was shown to the visitor; of a page that is open to everybody also what was
    shown before he signed in."""
    found = present()
    if found is not None:
        yield found.csrf
    kept = request.cookies.get(FORM_COOKIE)
    if kept and request.endpoint is not None and admission_of(request.endpoint) is EVERYBODY:
        yield _form_mark(kept)


def keep_form_cookie(response: Response) -> Response:
    """Give a browser what its forms were made with."""
    made = g.get("form_cookie")
    if made is not None:
        response.set_cookie(FORM_COOKIE, made, httponly=True, samesite="Lax", secure=request.is_secure, path="/")
    return response


def _form_mark(kept: str) -> str:
    return sha256(f"jiban form {kept}".encode()).hexdigest()
