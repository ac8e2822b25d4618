"""Who may use the API: whoever bears the operator's token of the settings, or the token of an account.

The operator's may act for anybody (`X-Jiban-Actor`); it is of the machine that serves, like the database's password. The token
of an account acts for that account alone: who acts is written into the request here, so that no view has to think of it. The
description of the API (`openapi.json`) says nothing secret and is open, like `/healthz`. Refusing comes before routing, so
that a stranger cannot find out which addresses exist.
"""

from __future__ import annotations

import hmac
import logging
from urllib.parse import quote, unquote

from flask import g, request
from werkzeug.exceptions import Unauthorized

from engine.errors import NotAdmitted
from engine.sentences import say
from services import api_tokens
from services.api_tokens import PREFIX, Bearer
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.database import writing as write
from services.web.door import door, now

API = "/api/v1"
DESCRIPTION = f"{API}/openapi.json"
SIGNED_ENDPOINTS = frozenset({"incoming.apply", "incoming.call_back"})
"""Where no token is borne: what comes there is signed (`services.web.signed`)."""

_ACTOR = "X-Jiban-Actor"
_LOG = logging.getLogger(__name__)


def require_token() -> None:
    """The gate: refuse a request to the API that bears no token. Raises Unauthorized, NotAdmitted."""
    g.bearer, g.is_operator = None, False
    if not request.path.startswith("/api/") or request.path == DESCRIPTION or request.endpoint in SIGNED_ENDPOINTS:
        return
    given = _bearer(request.headers.get("Authorization", ""))
    g.is_operator = given is not None and _is_operators(given)
    if not g.is_operator:
        g.bearer = _found(given)
        _act_as(g.bearer.person)


def bearer() -> Bearer | None:
    """The account whose token this request bears; None for the operator, and where there is none."""
    found: Bearer | None = g.get("bearer")
    return found


def is_operator() -> bool:
    """Does this request bear the token of the settings?"""
    return bool(g.get("is_operator"))


def _is_operators(given: bytes) -> bool:
    token = door().settings.token
    return token is not None and hmac.compare_digest(given, token.encode())


def _found(given: bytes | None) -> Bearer:
    """The account of a token; that it was used is written once a minute. Raises Unauthorized."""
    if given is None or not given.startswith(PREFIX.encode()):
        raise Unauthorized(_refusal(given))
    at = now()
    with read(door().database) as connection:
        found = api_tokens.bearer(connection, given.decode("utf-8", "replace"), at)
    if found is None:
        raise Unauthorized(_refusal(given))
    if api_tokens.is_to_be_noted(found, at):
        try:
            with write(door().database) as connection:
                api_tokens.note(connection, found, at)
        except DatabaseUnavailable as error:
            _LOG.warning("the use of a token is not noted: %s", error)
    return found


def _act_as(person: str) -> None:
    """Who acts is the account, and nobody can say otherwise. Raises NotAdmitted."""
    said = request.headers.get(_ACTOR)
    if said is not None and unquote(said.encode("latin-1", "replace").decode("utf-8", "replace")).strip() != person:
        raise NotAdmitted("acting for somebody else", say("this token acts for its account alone; leave {header} out",
                                                          header=_ACTOR))
    request.environ["HTTP_X_JIBAN_ACTOR"] = quote(person)


def _refusal(given: bytes | None) -> str:
    if door().settings.token is None:
        return ("this server has no token, so that only tokens of accounts are answered: set JIBAN_TOKEN and start it again, "
                "or issue one with `jiban accounts issue`")
    if given is None:
        return "send the header “Authorization: Bearer TOKEN” with the token of JIBAN_TOKEN or of an account"
    return ("this token is neither the one of JIBAN_TOKEN nor one of an account that is in force; check the header "
            "“Authorization: Bearer TOKEN”")


def _bearer(header: str) -> bytes | None:
    """The token of an Authorization header, None when it is no bearer token. WSGI hands headers over as Latin-1."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    return token.strip().encode("latin-1", "replace")
