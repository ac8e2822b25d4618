"""What can go wrong on the wire: an address that may not be reached, a post that got no answer, a signature that is none.

Each says why in one sentence without what was sent: that may hold personal data, and the sentence goes into logs.
"""

from __future__ import annotations

from enum import Enum

from engine.errors import JibanError, Refusal


class Failure(Enum):
    """Why a post has no answer."""

    UNWRITTEN = "unwritten"  # there was nothing to post: a fault of this program
    REFUSED = "refused"  # the guard does not let us go there
    UNRESOLVED = "unresolved"  # the host name has no address
    UNREACHABLE = "unreachable"  # nobody takes the connection
    TLS = "tls"  # the certificate or the encryption is wrong
    TIMED_OUT = "timed_out"  # the answer was not whole in time
    BROKEN = "broken"  # the connection ended within the answer, or what came is not HTTP


class AddressRefused(Refusal):
    """Nothing may be posted there: it is not on the list, or it leads into a network that is not configured."""


class Unanswered(JibanError):
    """A post got no answer: the receiver may have taken it all the same."""

    def __init__(self, failure: Failure, reason: str, milliseconds: int) -> None:
        self.failure, self.reason, self.milliseconds = failure, reason, milliseconds
        super().__init__(reason)


class SignatureRefused(Refusal):
    """What came in is not signed by whom it says, or not now."""
