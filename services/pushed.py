"""Whether a pushed result has also reached the systems of the department that takes it from us (seed measure 3).

A result is *pushed* when it lies before the department in this system, which happens in the transaction that
concludes the case; its fact leaves the house besides, to whoever subscribes to it. Where the department has an endpoint of its
own, which is one with a subscription that names it as `supervisor`, the case is archived only after that endpoint has answered
2xx, or somebody has dismissed the delivery: this room is asked which have not. Any other subscription holds nothing up.

A result that was pushed in the very transaction that archives cannot have been delivered yet and is not asked about: a diagram
that archives as it concludes would never come to its end.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from engine.errors import Forbidden
from engine.sentences import listed, say
from services.addressing import tells
from services.store import addressed as store


def undelivered(connection: Connection, number: str, seqs: Collection[int]) -> tuple[str, ...]:
    """The names of the endpoints of supervising departments to which results, pushed by the facts `seqs` of a case, are
    addressed and which have not taken all of them; also while they were not handed over yet. One statement."""
    return tuple(sorted({each.name for each in store.addressed(connection, number, seqs)
                         if not each.is_settled and tells(each.subscription, each.platform, each.fact)}))


def require_delivered(connection: Connection, number: str, seqs: Collection[int], command: str) -> None:
    """Raises Forbidden while an endpoint has not taken the result."""
    names = undelivered(connection, number, seqs) if seqs else ()
    if names:
        raise Forbidden(command, say(
            "the result of case {case} has not arrived at {endpoints}: wait until it is posted again, or have the system "
            "administrator redrive or dismiss its dead letter 死信", case=number, endpoints=listed(names, "、")))
