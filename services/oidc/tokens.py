"""Reading an ID token as OpenID Connect Core §3.1.3.7 wants it read: whose it is, or why it is not believed.

Only asymmetric signatures count. A token without one (`none`) says nothing; one signed with a shared secret (`HS256`) could be
made by whoever takes the provider's public key for that secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key
from joserfc.jws import JWSRegistry
from joserfc.registry import Header

from services.oidc.faults import TokenRefused
from services.oidc.provider import Provider

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")

_REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
"""What a header says beyond the standard is the provider's affair, unless it calls it critical."""

LEEWAY_SECONDS = 60
"""So far the clocks of two machines may be apart."""

_SHARED = "oct"
"""The sort of a key that whoever can check with it can also sign with."""

LONGEST = 200
"""Characters of a subject."""


class UnknownKey(Exception):
    """A token names a key that is not among those known: there may be newer ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token has to say. `access_token`: that came with it, which it may name too; "" for none."""

    provider: Provider
    nonce: str
    now: datetime
    access_token: str = field(default="", repr=False)


def keys_of(published: object) -> tuple[Key, ...]:
    """The keys of a set (RFC 7517 §5): of those that are not understood, or are for something else, none."""
    found = []
    for each in published if isinstance(published, list) else ():
        try:
            if isinstance(each, dict) and each.get("use", "sig") == "sig" and each.get("kty") != _SHARED:
                found.append(JWKRegistry.import_key(each))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return tuple(found)


def subject(token: str, keys: tuple[Key, ...], expected: Expected) -> str:
    """Whom a token vouches for. Raises UnknownKey, TokenRefused."""
    provider = expected.provider
    try:
        found = jwt.decode(token, lambda signed: _key(signed.headers(), keys), registry=_REGISTRY)
        claims = CodeIDToken(found.claims, found.header, options={
            "iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True, "value": provider.client_id},
            "nonce": {"essential": True, "value": expected.nonce},
        }, params={"client_id": provider.client_id, "nonce": expected.nonce, "access_token": expected.access_token})
        claims.validate(now=int(expected.now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError) as error:
        raise TokenRefused(f"the ID token is not believed: {error}") from error
    return _named(claims, provider.claim)


def _key(header: Header, keys: tuple[Key, ...]) -> Key:
    """The key a token names; without a name, the only one there is."""
    kid = header.get("kid")
    found = next((key for key in keys if key.kid == kid or (kid is None and len(keys) == 1)), None)
    if found is None:
        raise UnknownKey(f"no key “{str(kid)[:80]}”")
    return found


def _named(claims: Mapping[str, object], claim: str) -> str:
    found = claims.get(claim)
    if not isinstance(found, str) or not found.strip() or len(found) > LONGEST or not found.isprintable():
        raise TokenRefused(f"the ID token has no “{claim}” that is a text of 1 to {LONGEST} printable characters; "
                           "choose another with JIBAN_OIDC_CLAIM, or have the provider put it into the ID token")
    return found
