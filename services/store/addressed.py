"""The statement that says which subscriptions of a supervising department ask for pushed results of a case, and how far each of
them has come at the endpoint.

One statement, so that it sees a fact either before it is handed over or with its deliveries, never in between.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, or_, select

from services import tables as t
from services.store.endpoints import SubscriptionRow
from services.store.handing import LEAVING, Leaving


class Addressed(NamedTuple):
    """A pushed result beside a subscription of its department: one that was in force when it was handed over, or that is in
    force and it was not. `name`, `platform`: of the endpoint."""

    fact: Leaving
    subscription: SubscriptionRow
    name: str
    platform: str
    is_settled: bool


_OUT, _SUBSCRIBED = t.outbox.c, t.subscription.c
_IN_FORCE = or_(
    and_(_OUT.book.is_(None), _SUBSCRIBED.until_book.is_(None)),
    and_(_SUBSCRIBED.since_book <= _OUT.book, or_(_SUBSCRIBED.until_book.is_(None), _SUBSCRIBED.until_book > _OUT.book)))
_FACT = (*LEAVING[:-1], t.push.c.department)
_ADDRESSED = (
    select(*_FACT, *(_SUBSCRIBED[name] for name in SubscriptionRow._fields), t.endpoint.c.name, t.endpoint.c.platform,
           t.delivery.c.settled_at)
    .join_from(t.case, t.push, t.push.c.case_id == t.case.c.id)
    .join(t.outbox, and_(_OUT.case_id == t.push.c.case_id, _OUT.seq == t.push.c.seq))
    .join(t.subscription, and_(_SUBSCRIBED.supervisor == t.push.c.department, _IN_FORCE))
    .join(t.endpoint, t.endpoint.c.id == _SUBSCRIBED.endpoint)
    .outerjoin(t.submission, t.submission.c.case_id == t.push.c.case_id)
    .outerjoin(t.delivery, and_(t.delivery.c.case_id == t.push.c.case_id, t.delivery.c.seq == t.push.c.seq,
                                t.delivery.c.endpoint == _SUBSCRIBED.endpoint))
    .where(t.case.c.number == bindparam("of_number"), t.push.c.seq.in_(bindparam("of_seqs", expanding=True))))


def addressed(connection: Connection, number: str, seqs: Collection[int]) -> list[Addressed]:
    """The results pushed by the facts `seqs` of a case, each beside every subscription of its department."""
    size = len(_FACT)
    return [Addressed(Leaving._make(row[:size]), SubscriptionRow._make(row[size:-3]), row[-3], row[-2], row[-1] is not None)
            for row in connection.execute(_ADDRESSED, {"of_number": number, "of_seqs": sorted(seqs)})]
