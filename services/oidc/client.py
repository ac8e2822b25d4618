"""The two moments of signing in elsewhere (OpenID Connect Core §3.1): where the browser is sent, and whom the code with which
it comes back stands for.

The provider describes itself and publishes its keys; both are kept for an hour, and the keys are fetched once more when a token
names one that is not among them, so that the provider may change them at any time. Two requests that fetch them at once do so
twice, which harms nobody. Only a few wait for the provider at once: when it hangs, the rest of the server goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import get_well_known_url
from joserfc.jwk import Key

from services.oidc import tokens
from services.oidc.attempt import Attempt
from services.oidc.faults import ProviderUnreachable, TokenRefused
from services.oidc.provider import Provider, is_safe_way
from services.oidc.tokens import Expected, UnknownKey
from services.oidc.wire import SECONDS, Said, ask

KEPT = timedelta(hours=1)

AT_ONCE = 3
"""So many requests ask the provider at the same time, of the eight that the server answers."""

_PATIENCE_SECONDS = 1.0
_FORM = "application/x-www-form-urlencoded"
_BASIC, _POSTED = "client_secret_basic", "client_secret_post"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the provider has said of itself, and when. `secret_goes`: how it wants our secret."""

    authorization: str
    token: str
    keys_at: str
    secret_goes: str
    keys: tuple[Key, ...]
    at: datetime


class Client:
    """This installation before its provider. Keeps what the provider has said of itself, nothing of anybody who signs in."""

    def __init__(self, provider: Provider, *, seconds: float = SECONDS) -> None:
        self.provider = provider
        self._seconds = seconds
        self._kept: _Known | None = None
        self._turns = BoundedSemaphore(AT_ONCE)

    def address(self, attempt: Attempt, now: datetime, *, anew: bool = False) -> str:
        """Where the browser is sent; `anew`: even somebody whom the provider still knows says there who he is. Raises
        ProviderUnreachable."""
        return str(prepare_grant_uri(
            self._known(now).authorization, client_id=self.provider.client_id, response_type="code",
            redirect_uri=self.provider.return_to, scope=" ".join(self.provider.scopes), state=attempt.state,
            nonce=attempt.nonce, code_challenge=create_s256_code_challenge(attempt.verifier), code_challenge_method="S256",
            prompt="login" if anew else None))

    def subject(self, code: str, attempt: Attempt, now: datetime) -> str:
        """Whom a code stands for. Raises ProviderUnreachable, TokenRefused."""
        known = self._known(now)
        token, access_token = self._exchanged(known, code, attempt)
        expected = Expected(provider=self.provider, nonce=attempt.nonce, now=now, access_token=access_token)
        try:
            return tokens.subject(token, known.keys, expected)
        except UnknownKey:
            self._kept = known = replace(known, keys=self._published(known.keys_at))
        try:
            return tokens.subject(token, known.keys, expected)
        except UnknownKey as error:
            raise TokenRefused(f"the ID token is signed with a key that is not published: {error}") from error

    def _known(self, now: datetime) -> _Known:
        kept = self._kept
        if kept is None or not timedelta(0) <= now - kept.at < KEPT:
            kept = self._kept = self._asked(now)
        return kept

    def _asked(self, now: datetime) -> _Known:
        """What the provider says of itself (OpenID Connect Discovery §4)."""
        address = get_well_known_url(self.provider.issuer, external=True)
        said = self._got(address)
        if said.get("issuer") != self.provider.issuer:
            raise ProviderUnreachable(f"{address} describes another issuer, “{str(said.get('issuer'))[:200]}”: set "
                                      "JIBAN_OIDC_ISSUER to exactly what the provider calls itself")
        keys_at = _way(said, "jwks_uri", address)
        return _Known(authorization=_way(said, "authorization_endpoint", address), token=_way(said, "token_endpoint", address),
                      keys_at=keys_at, secret_goes=_secret_goes(said), keys=self._published(keys_at), at=now)

    def _published(self, address: str) -> tuple[Key, ...]:
        found = tokens.keys_of(self._got(address).get("keys"))
        if not found:
            raise ProviderUnreachable(f"{address} publishes no key that signs")
        return found

    def _got(self, address: str) -> Mapping[str, object]:
        said = self._ask(address)
        if said.status != 200:
            raise ProviderUnreachable(f"{address} answers {said.status}")
        return said.members

    def _exchanged(self, known: _Known, code: str, attempt: Attempt) -> tuple[str, str]:
        """The ID token for a code, and the access token that comes with it."""
        body = prepare_token_request("authorization_code", redirect_uri=self.provider.return_to, code=code,
                                     code_verifier=attempt.verifier)
        secret = ClientAuth(self.provider.client_id, self.provider.client_secret, known.secret_goes)
        address, headers, body = secret.prepare("POST", known.token, {"Content-Type": _FORM}, body)
        said = self._ask(address, body=body, headers=headers)
        if said.status >= 500:
            raise ProviderUnreachable(f"{known.token} answers {said.status}")
        token, access_token = said.members.get("id_token"), said.members.get("access_token")
        if said.status != 200 or not isinstance(token, str):
            raise TokenRefused(f"the code gets no ID token: {said.status} {ascii(said.members.get('error'))[:100]}")
        return token, access_token if isinstance(access_token, str) else ""

    def _ask(self, address: str, *, body: str | None = None, headers: Mapping[str, str] | None = None) -> Said:
        if not self._turns.acquire(timeout=_PATIENCE_SECONDS):
            raise ProviderUnreachable(f"{AT_ONCE} requests wait for {address} already")
        try:
            return ask(address, body=body, headers=headers, seconds=self._seconds)
        finally:
            self._turns.release()


def _way(said: Mapping[str, object], name: str, address: str) -> str:
    found = said.get(name)
    if not isinstance(found, str) or not is_safe_way(found):
        raise ProviderUnreachable(f"{address} names no “{name}” by https")
    return found


def _secret_goes(said: Mapping[str, object]) -> str:
    """In the header unless the provider takes it only in the body (OpenID Connect Discovery §3: the header is the default)."""
    taken = said.get("token_endpoint_auth_methods_supported")
    return _POSTED if isinstance(taken, list) and _POSTED in taken and _BASIC not in taken else _BASIC
