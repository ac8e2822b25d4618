"""Who may use the API: whoever bears the token of the settings. Without a token set nobody may.

The description of the API (`openapi.json`) says nothing secret and is open, like the page and `/healthz`. Refusing comes
before routing, so that a stranger cannot find out which addresses exist.
"""

from __future__ import annotations

import hmac

from flask import request
from werkzeug.exceptions import Unauthorized

from services.web.door import door

API = "/api/v1"
DESCRIPTION = f"{API}/openapi.json"


def require_token() -> None:
    """Refuse a request to the API that does not bear the token. Raises Unauthorized."""
    if not request.path.startswith("/api/") or request.path == DESCRIPTION:
        return
    token = door().settings.token
    if token is None:
        raise Unauthorized("this server has no token, so its API answers nobody: set JIBAN_TOKEN and start it again")
    given = _bearer(request.headers.get("Authorization", ""))
    if given is None:
        raise Unauthorized("send the header “Authorization: Bearer TOKEN” with the token of JIBAN_TOKEN")
    if not hmac.compare_digest(given, token.encode()):
        raise Unauthorized("this token is not the one of JIBAN_TOKEN; check the header “Authorization: Bearer TOKEN”")


def _bearer(header: str) -> bytes | None:
    """The token of an Authorization header, None when it is no bearer token. WSGI hands headers over as Latin-1."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    return token.strip().encode("latin-1", "replace")
