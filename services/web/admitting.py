"""The gate that lets in whom the table of admission admits.

Whoever is not signed in is sent to sign in and comes back to the page he wanted. When he was sending something, nothing may be
lost without a word: he is shown what he sent. For htmx it is the answer 401 with the event `signed-out`, whatever the method:
a page that is still open keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import NotAdmitted
from services.web import auth, forgery, visiting
from services.web.admission import EVERYBODY, SIGNED, Api, admission_of, admit_token, admit_visitor
from services.web.door import door

_WHILE_TO_BE_CHANGED = frozenset({"sign_in.password", "sign_in.change_password", "sign_in.leave"})
"""What is left to somebody whose password another has set."""

_NOT_TYPED = frozenset({forgery.FIELD, "version", "seq", "next"})


def admit() -> Response | tuple[str, int, dict[str, str]] | None:
    """The gate that lets in whom the table admits. Raises NotAdmitted."""
    if request.endpoint is None:
        return None  # no such address: that is said to everybody
    admission = admission_of(request.endpoint)
    if admission in (EVERYBODY, SIGNED):
        return None
    if isinstance(admission, Api):
        _admit_program(request.endpoint)
        return None
    found = visiting.present()
    if found is None:
        return _ask_to_sign_in()
    admit_visitor(request.endpoint, found.roles)
    if found.must_change and request.endpoint not in _WHILE_TO_BE_CHANGED:
        return redirect(url_for("sign_in.password"), 303)
    return None


def _admit_program(endpoint: str) -> None:
    """The operator's token does everything; a token of an account what that may do."""
    bearer = auth.bearer()
    if bearer is not None:
        admit_token(endpoint, bearer.scopes, bearer.roles)
    elif not auth.is_operator():
        raise NotAdmitted("this address", "it is for programs with a token, and lies beside the API")


def _ask_to_sign_in() -> Response | tuple[str, int, dict[str, str]]:
    if door().turn is not None and request.method in forgery.SAFE:
        return redirect(url_for("demo.welcome"), 303)  # in a demonstration nobody signs in: he chooses whom to be
    if "HX-Request" not in request.headers and request.method in forgery.SAFE:
        wanted = request.full_path if request.query_string else request.path
        return redirect(url_for("sign_in.form", next=wanted), 303)
    if request.method not in forgery.SAFE:
        forgery.require_our_origin()
    back = urlsplit(request.referrer or "")
    came_from = back.path + (f"?{back.query}" if back.query else "") if back.netloc == request.host else "/"
    page = render_template("signed_out.html", sent=list(_sent()), next=visiting.local(came_from))
    return page, 401, {"HX-Trigger": "signed-out", "HX-Reswap": "none", "WWW-Authenticate": 'Form realm="jiban"'}


def _sent() -> Iterator[tuple[str, str]]:
    """What was typed, without what nobody has typed or may see."""
    for name, value in request.form.items(multi=True):
        if name not in _NOT_TYPED and "password" not in name and value.strip():
            yield name, value
