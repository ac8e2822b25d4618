"""Signatures after Standard Webhooks 1.0: who sent this, unchanged, within the last five minutes.

One message is signed with every secret that lives at the time: during a rotation that is two, so that a receiver may take up
the new one whenever it is ready. Where secrets are kept and until when each lives is not known here, nor whether a message was
seen before: `verify` says which id it bears, and whoever asks remembers it.

The foreign library signs. It does not verify for us: it reads the clock of the machine, knows one secret only, and answers a
malformed header with whatever exception comes first.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from engine.errors import InvalidInput
from engine.sentences import say
from webhooks.faults import SignatureRefused

TOLERANCE = timedelta(minutes=5)
"""So far may the sender's clock be from ours, either way; inclusive (Standard Webhooks: “Verifying webhook authenticity”)."""

SECRET_BYTES = 32
"""Random bytes in a secret of ours; Standard Webhooks asks for 24 to 64."""

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

_PREFIX = "whsec_"
_FEWEST, _MOST = 24, 64
_MOST_SIGNATURES = 16
_LATEST = 253_402_300_799  # seconds at the end of the year 9999, the last that a datetime knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a signature vouches for: the message's id, by which it is recognised when it comes again, and when it was sent."""

    id: str
    at: datetime


def secret_of(random: bytes) -> str:
    """Random bytes as the secret that two sides share. Raises InvalidInput unless there are 24 to 64 of them."""
    if not _FEWEST <= len(random) <= _MOST:
        raise InvalidInput("secret", say("expected {fewest} to {most} random bytes, found {found}", fewest=_FEWEST, most=_MOST,
                                         found=len(random)))
    return _PREFIX + b64encode(random).decode()


def sign(secrets: Sequence[str], *, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message: its id, the instant it is sent, one signature for each secret, in their order."""
    moment = at.astimezone(UTC)  # the library takes any offset for UTC
    text = body.decode()
    return {ID: id, TIMESTAMP: str(int(moment.timestamp())),
            SIGNATURE: " ".join(Webhook(secret).sign(id, moment, text) for secret in secrets)}


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> Verified:
    """Who holds one of the secrets has signed exactly this, within five minutes of `now`. Header names in any case.
    Raises SignatureRefused; it does not say which secret came near."""
    found = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not found.get(name)]
    if missing:
        raise SignatureRefused(say("this is not signed: the header {header} is missing", header=missing[0]))
    at = _instant(found[TIMESTAMP])
    if abs(now - at) > TOLERANCE:
        raise SignatureRefused(say("this was signed at {at:%Y-%m-%d %H:%M:%S} UTC, more than {minutes} minutes from now: "
                                   "set the sender's clock, and send it again", at=at.astimezone(UTC), minutes=5))
    if not _is_signed(secrets, found[ID], at, body, found[SIGNATURE]):
        raise SignatureRefused(say("the signature fits none of the secrets that are shared with this sender"))
    return Verified(id=found[ID], at=at)


def _instant(text: str) -> datetime:
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= _LATEST):
        raise SignatureRefused(say("the header {header} does not hold the seconds since 1970", header=TIMESTAMP))
    return datetime.fromtimestamp(int(text), UTC)


def _is_signed(secrets: Sequence[str], id: str, at: datetime, body: bytes, given: str) -> bool:
    """Every secret is compared with every signature, so that the time taken says nothing."""
    try:
        text = body.decode()
        id.encode()
    except UnicodeError:
        return False
    expected = [Webhook(secret).sign(id, at, text).encode() for secret in secrets]
    signatures = [part.encode(errors="replace") for part in given.split(" ")[:_MOST_SIGNATURES] if part.startswith("v1,")]
    return sum(hmac.compare_digest(one, other) for one in expected for other in signatures) > 0
