"""An attempt to sign in elsewhere, as the browser that began it keeps it.

The browser has one seed in a cookie; what the provider is told is made of that, so that only this browser can end what it has
begun, once, and within ten minutes: the state (RFC 6749 §10.12), the nonce, and the secret of PKCE (RFC 7636). Nothing in the
cookie is believed: whoever alters it has begun something else.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote, unquote

LASTING = timedelta(minutes=10)

_LONGEST_WANTED = 1500
"""Of the page to go on to, as the cookie has it: browsers keep no cookie above 4,096 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`seed`: random, of this browser; `begun_at`: to the second; `wanted`: the page to go on to, as it was asked for."""

    seed: str
    begun_at: datetime
    wanted: str

    @property
    def state(self) -> str:
        """What the provider gives back, by which the attempt is known."""
        return self._made("state")

    @property
    def nonce(self) -> str:
        """What the token must name."""
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        """With what the code is exchanged; the provider has its digest from the first."""
        return self._made("verifier")

    def lasts(self, now: datetime) -> bool:
        """May it still be ended?"""
        return timedelta(0) <= now - self.begun_at < LASTING

    def _made(self, use: str) -> str:
        seconds = int(self.begun_at.timestamp())
        digest = hmac.digest(self.seed.encode(), f"jiban oidc {use} {seconds}".encode(), sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def begin(wanted: str, now: datetime) -> Attempt:
    """A new attempt."""
    kept = wanted if len(quote(wanted)) <= _LONGEST_WANTED else ""
    return Attempt(seed=secrets.token_urlsafe(32), begun_at=now.replace(microsecond=0), wanted=kept)


def written(attempt: Attempt) -> str:
    """An attempt as a cookie."""
    return f"{attempt.seed}.{int(attempt.begun_at.timestamp())}.{quote(attempt.wanted)}"


def read(cookie: str) -> Attempt | None:
    """The attempt a cookie holds, None for none."""
    seed, _, rest = cookie.partition(".")
    seconds, _, wanted = rest.partition(".")
    if len(seed) < 40 or not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return None
    return Attempt(seed=seed, begun_at=datetime.fromtimestamp(int(seconds), UTC), wanted=unquote(wanted))
