"""Whether a pushed result has also reached the systems of the department that takes it from us (seed measure 3).

A result is *pushed* when it lies in the inbox of the department in this system, which happens in the transaction that
concludes the case; its fact leaves the house besides, to whoever subscribes to it. Where a department has an endpoint of its
own, the case is archived only after that endpoint has answered 2xx: this room is asked which have not.

A result that was pushed in the very transaction that archives cannot have been delivered yet and is not asked about: a diagram
that archives as it concludes would never come to its end.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from engine.errors import Forbidden
from engine.sentences import listed, say


def undelivered(connection: Connection, number: str, seqs: Collection[int]) -> tuple[str, ...]:
    """The names of the endpoints to which the facts `seqs` of a case are addressed and which have not taken all of them (2xx).
    No endpoint is known in this release: nothing is outstanding."""
    return ()


def require_delivered(connection: Connection, number: str, seqs: Collection[int], command: str) -> None:
    """Raises Forbidden while an endpoint has not taken the result."""
    names = undelivered(connection, number, seqs) if seqs else ()
    if names:
        raise Forbidden(command, say(
            "the result of case {case} has not arrived at {endpoints}: wait for the next attempt, or have the administrator "
            "look at its deliveries and send them again", case=number, endpoints=listed(names, "、")))
