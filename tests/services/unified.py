"""A provider of unified authentication 统一身份认证 on a port of this machine, with keys of its own: it speaks OpenID Connect
over HTTP as a real one does, and can be told to misbehave in every way a test needs."""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

from services.oidc.provider import Provider

CLIENT, SECRET = "jiban", "a-secret-of-the-park"
RETURN_TO = "http://localhost/sign-in/oidc/return"
SUBJECT = "248289761001"


@lru_cache(maxsize=8)
def rsa(name: str) -> Key:
    """A key of this run, by its name."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@lru_cache(maxsize=8)
def curve(name: str) -> Key:
    """A key on a curve."""
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig"})


def public(key: Key) -> dict[str, Any]:
    """A key as it is published."""
    return dict(key.as_dict(private=False))


@dataclass
class Answer:
    """What is answered to a request."""

    status: int
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Unified:
    """The provider. `at`: the instant its tokens are issued at; `subject`: whoever sits at the browser; `claims`: what a token
    says otherwise than it should, None: leaves out; `key`, `algorithm`: with what it signs; `published`: its keys, as they are
    published; `denies`: with which error it sends people back, "" when it vouches; `raw`: makes the whole token; `instead`:
    what is done at a path instead; `return_to`: where it may send people back to; `asked`: the paths of every request; `about`:
    what its description says otherwise; `codes`: those it has given, with what was asked; `handed`: its tokens."""

    at: datetime
    port: int = 0
    subject: str = SUBJECT
    claims: dict[str, Any] = field(default_factory=dict)
    key: Key = field(default_factory=lambda: rsa("first"))
    algorithm: str = "RS256"
    published: list[dict[str, Any]] = field(default_factory=lambda: [public(rsa("first"))])
    denies: str = ""
    raw: Callable[[dict[str, Any]], str] | None = None
    instead: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    return_to: str = RETURN_TO
    about: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    handed: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/park"

    def provider(self, **other: Any) -> Provider:
        """It as an installation names it."""
        named = {"issuer": self.issuer, "client_id": CLIENT, "client_secret": SECRET, "return_to": self.return_to}
        return Provider(**named | other)

    def answer(self, method: str, address: str, headers: Mapping[str, str], form: dict[str, str]) -> Answer:
        """To any request."""
        parts = urlsplit(address)
        self.asked.append(parts.path)
        if parts.path in self.instead:
            return self.instead[parts.path]()
        match method, parts.path:
            case "GET", "/park/.well-known/openid-configuration":
                return _json(self.description())
            case "GET", "/keys":
                return _json({"keys": self.published})
            case "GET", "/authorize":
                return self._authorized(dict(parse_qsl(parts.query)))
            case "POST", "/token":
                return self._exchanged(headers, form)
        return Answer(404)

    def description(self) -> dict[str, Any]:
        """What it says of itself."""
        here = f"http://127.0.0.1:{self.port}"
        return {"issuer": self.issuer, "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token",
                "jwks_uri": f"{here}/keys", "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"]} | self.about

    def _authorized(self, asked: dict[str, str]) -> Answer:
        """Whoever sits there says who he is, and is sent back."""
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code" and "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256" and asked["redirect_uri"] == self.return_to
        if self.denies:
            back = {"error": self.denies, "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(8)
            self.codes[code] = asked
            back = {"code": code, "state": asked["state"]}
        return Answer(302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def _exchanged(self, headers: Mapping[str, str], form: dict[str, str]) -> Answer:
        asked = self.codes.pop(form.get("code", ""), None)
        shown = b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() or (
            f"{form.get('client_id')}:{form.get('client_secret')}")
        if shown != f"{CLIENT}:{SECRET}":
            return _json({"error": "invalid_client"}, 401)
        digest = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or digest != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return _json({"error": "invalid_grant"}, 400)
        token = self._token(asked["nonce"])
        self.handed.append(token)
        return _json({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _token(self, nonce: str) -> str:
        seconds = int(self.at.timestamp())
        said = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": seconds, "exp": seconds + 300, "nonce": nonce}
        said = {name: value for name, value in (said | self.claims).items() if value is not None}
        return self.raw(said) if self.raw else signed(said, self.key, self.algorithm)


def signed(claims: dict[str, Any], key: Key, algorithm: str) -> str:
    """A token signed with a key that it names."""
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])


def unsigned(claims: dict[str, Any]) -> str:
    """A token that nobody has signed."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def forged(claims: dict[str, Any]) -> str:
    """A token signed as with a shared secret, for which the published key of the provider was taken."""
    told = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{_part(claims)}"
    seal = hmac.digest(rsa("first").as_pem(private=False), told.encode(), sha256)
    return f"{told}.{urlsafe_b64encode(seal).rstrip(b'=').decode()}"


def tampered(claims: dict[str, Any]) -> str:
    """A token that was signed for somebody else."""
    head, _, seal = signed(claims | {"sub": "somebody else"}, rsa("first"), "RS256").split(".")
    return f"{head}.{_part(claims)}.{seal}"


def back_from(address: str) -> str:
    """Where the provider sends a browser that it was sent to: the path of ours, with what stands after it."""
    parts = urlsplit(address)
    line = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    line.request("GET", f"{parts.path}?{parts.query}")
    sent = line.getresponse()
    line.close()
    assert sent.status == 302, sent.status
    return (sent.getheader("Location") or "").removeprefix("http://localhost")


@contextmanager
def unified(at: datetime) -> Iterator[Unified]:
    """A provider that listens."""
    told = Unified(at=at)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())))

        def _answer(self, form: dict[str, str]) -> None:
            found = told.answer(self.command, self.path, self.headers, form)
            try:
                self.send_response(found.status)
                for name, value in found.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(found.body)
            except OSError:
                pass  # the other side has gone

        def log_message(self, format: str, *given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.socket.close()


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _part(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
