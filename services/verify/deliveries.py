"""What a case has to tell outside, against what was handed over and what stands in the lanes of its endpoints.

A fact is handed over by one edition of the subscriptions: to every endpoint that had one in force then which asks for it, and
to no other. An endpoint is told a case in the order of its facts: nothing is settled after something that is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from services.verify.report import Found
from services.verify.stored import ENDPOINT, SUBSCRIPTION, scan

_SETTLED = ("delivered", "dismissed")
_STATES = (*_SETTLED, "waiting", "dead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """Every subscription there ever was, and the endpoints, each with the upstream platform it is, "" for none."""

    rows: tuple[Row[Any], ...]
    endpoints: Mapping[int, str]

    @classmethod
    def of(cls, connection: Connection) -> Subscribed:
        """Those of a database."""
        return cls(rows=tuple(scan(connection, SUBSCRIPTION, ("id",))),
                   endpoints={row.id: row.platform for row in scan(connection, ENDPOINT, ("id",))})

    def of_fact(self, case: Row[Any], platform: str, department: str, sent: Row[Any]) -> dict[int, bool]:
        """The endpoints a fact had to be handed over to, each with whether personal data go with it. `platform`: which has sent
        the case, "" for none: a platform is told of its own. `department`: to which the result was pushed that the fact is
        about, "" for none."""
        told: dict[int, bool] = {}
        for row in self.rows:
            if _tells(row, case, department, sent) and self.endpoints.get(row.endpoint) in ("", platform):
                told[row.endpoint] = bool(row.is_personal) or told.get(row.endpoint, False)
        return told


def check_deliveries(case: Row[Any], platform: str, departments: Mapping[int, str], subscribed: Subscribed,
                     outbox: Iterable[Row[Any]], deliveries: Sequence[Row[Any]], lanes: Sequence[Row[Any]],
                     found: Found) -> None:
    """Everything was handed over to whom it had to be, in order, and what waits is due some time. `departments`: by the number
    of each fact about a pushed result."""
    left = {(row.seq, row.endpoint): row for row in deliveries}
    for sent in outbox:
        if (sent.sent_at is None) is not (sent.book is None):
            found("delivery", sent.seq, f"it was handed over at {sent.sent_at} by edition {sent.book}: one without the other")
        department = departments.get(sent.seq, "")
        expected = subscribed.of_fact(case, platform, department, sent) if sent.book is not None else {}
        for endpoint, is_personal in expected.items():
            _check_one(sent, endpoint, is_personal, left.pop((sent.seq, endpoint), None), found)
    for seq, endpoint in left:
        found("delivery", seq, f"endpoint {endpoint} is told of it, which no subscription asks for")
    due = {row.endpoint: row for row in lanes}
    for endpoint in sorted({row.endpoint for row in deliveries} | due.keys()):
        _check_lane(endpoint, [row for row in deliveries if row.endpoint == endpoint], due.get(endpoint), found)


def _tells(subscription: Row[Any], case: Row[Any], department: str, sent: Row[Any]) -> bool:
    return (subscription.since_book <= sent.book and (subscription.until_book is None or sent.book < subscription.until_book)
            and sent.created_at >= subscription.since_at and subscription.process in ("", case.process)
            and subscription.park in ("", case.park) and subscription.supervisor in ("", department)
            and (not subscription.kinds or sent.kind in str(subscription.kinds).split(",")))


def _check_one(sent: Row[Any], endpoint: int, is_personal: bool, row: Row[Any] | None, found: Found) -> None:
    if row is None:
        found("delivery", sent.seq, f"endpoint {endpoint} had to be told of it, and no delivery was made")
    elif row.kind != sent.kind or bool(row.is_personal) is not is_personal:
        found("delivery", sent.seq, f"endpoint {endpoint} is told of {row.kind} "
                                    f"{'with' if row.is_personal else 'without'} personal data, the fact is {sent.kind} "
                                    f"and its subscriptions say {'with' if is_personal else 'without'}")
    elif row.state not in _STATES or (row.state in _SETTLED) is (row.settled_at is None):
        found("delivery", sent.seq, f"the delivery {row.id} is {row.state} and was settled at {row.settled_at}")


def _check_lane(endpoint: int, deliveries: Sequence[Row[Any]], lane: Row[Any] | None, found: Found) -> None:
    """In the order of the facts: settled ones first; then the first that is not decides whether the lane is due."""
    unsettled = [row for row in deliveries if row.settled_at is None]
    if lane is None:
        found("delivery", None, f"endpoint {endpoint} is told of the case, and there is no lane for it")
        return
    for row in deliveries:
        if unsettled and row.state in _SETTLED and row.seq > unsettled[0].seq:
            found("delivery", row.seq, f"endpoint {endpoint} was told of it before fact {unsettled[0].seq}, which is "
                                       f"{unsettled[0].state}")
    if unsettled and unsettled[0].state == "waiting" and lane.due_at is None:
        found("delivery", unsettled[0].seq, f"endpoint {endpoint} waits to be told of it, and nobody ever will")
    if lane.due_at is not None and lane.leased_until is None and not (unsettled and unsettled[0].state == "waiting"):
        found("delivery", None, f"the lane of endpoint {endpoint} is due, and nothing in it can be told")
