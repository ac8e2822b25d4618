"""One lane is emptied: its deliveries are posted in the order of their facts, and what comes of each is written down.

::

    due ──lease (fence + 1)──► read what is first ──► post, outside every transaction ──► write down ──┐
     ▲                              ▲                                                              │
     │                              └───────────────── taken, and there is more, and time ◄────────────────┤
     └── left: due at once, or after a pause, or only when something is put in or redriven ◄────────────────┘

A lane is the deliveries of one case at one endpoint: what is not taken holds the later ones of its case back, and no others. A
lease ends by itself, so that a sender that was killed loses nothing: another leases the lane and posts the same delivery under
the same id. A sender that wakes after its lease finds another fence, and writes down only what it has sent.

Nothing is changed in a lane without holding its endpoint first and then the lane.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from engine.duties import PLATFORM
from services.deliveries.handing import WAITING
from services.deliveries.leaving import event_of
from services.masking import hidden
from services.office import Office
from services.platforms import statuses
from services.store import endpoints, lanes
from services.store.endpoints import EndpointRow
from services.store.handing import DeliveryRow
from services.store.lanes import AttemptRow, LaneRow
from webhooks import schedule, signature
from webhooks.breaker import Breaker, Position, is_about_the_message, is_taken
from webhooks.envelope import CONTENT_TYPE, written
from webhooks.faults import Failure, Unanswered
from webhooks.post import SECONDS, Answer, Wire

LEASE = timedelta(seconds=30)
"""So long a sender has a lane: for a post of ten seconds, or many quick ones. Not longer, since the lanes of a node that was
killed count against the concurrency of their endpoints until it ends."""

ROOM = timedelta(seconds=SECONDS + 10)
"""What must be left of a lease for another post, and for writing it down."""

DELIVERED, DEAD, DISMISSED = "delivered", "dead", "dismissed"
KEPT = 2048
"""Characters of an answer that are kept."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A delivery as it is posted now. `secrets`: those it is signed with, never shown; `body` empty: its receiver, an upstream
    platform, has no word for it, and it is not posted."""

    delivery: DeliveryRow
    url: str
    body: bytes
    headers: dict[str, str]
    secrets: tuple[str, ...]
    at: datetime

    def __repr__(self) -> str:
        return f"Message({self.delivery.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a post: an answer, or why there is none. `is_ours`: the fault is not the receiver's."""

    answer: Answer | None = None
    failure: Unanswered | None = None
    is_ours: bool = False

    @property
    def is_taken(self) -> bool:
        """Has the receiver taken it?"""
        return self.answer is not None and is_taken(self.answer.status)


def lease(connection: Connection, endpoint: int, now: datetime, most: int) -> list[LaneRow]:
    """Lanes of an endpoint that are due, no more than its concurrency and its breaker allow."""
    row = endpoints.endpoint(connection, endpoint, is_held=True)
    if row is None or not is_open_for_work(row, now):
        return []
    at_once = 1 if breaker_of(row).position(now) is Position.HALF_OPEN else row.concurrency
    free = min(most, at_once - lanes.leased(connection, endpoint, now))
    return lanes.claim(connection, endpoint, now=now, until=now + LEASE, most=free) if free > 0 else []


def is_open_for_work(row: EndpointRow, now: datetime) -> bool:
    """May anything be posted to an endpoint now?"""
    return row.paused_at is None and row.retired_at is None and breaker_of(row).position(now) is not Position.OPEN


def breaker_of(row: EndpointRow) -> Breaker:
    """How its breaker stands."""
    return Breaker(failures=row.failures, open_until=row.open_until)


def next_message(connection: Connection, office: Office, lane: LaneRow, now: datetime) -> Message | None:
    """What is to be posted first in a lane; None: nothing."""
    delivery = lanes.head(connection, lane.endpoint, lane.case_id)
    endpoint = endpoints.endpoint(connection, lane.endpoint)
    if delivery is None or delivery.state != WAITING or endpoint is None:
        return None
    if endpoint.platform:
        body = statuses.status(connection, office, endpoint.platform, delivery.case_id, delivery.seq)
        return signed(connection, endpoint, delivery, body or b"", now, media="application/json; charset=UTF-8")
    return signed(connection, endpoint, delivery, written(event_of(connection, office, delivery)), now)


def signed(
    connection: Connection, endpoint: EndpointRow, delivery: DeliveryRow, body: bytes, now: datetime, *,
    media: str = CONTENT_TYPE,
) -> Message:
    """A delivery with its headers, signed with every secret of its endpoint that lives."""
    secrets = tuple(endpoints.signing(connection, endpoint.id, now))
    headers = {"content-type": media, **signature.sign(secrets, id=delivery.id, at=now, body=body)}
    return Message(delivery=delivery, url=endpoint.url, body=body, headers=headers, secrets=secrets, at=now)


def post(wire: Wire, message: Message) -> Outcome:
    """Post it. Never inside a transaction."""
    try:
        return Outcome(answer=wire.post(message.url, message.body, message.headers))
    except Unanswered as failure:
        return Outcome(failure=failure, is_ours=failure.failure is Failure.REFUSED)


def record(
    connection: Connection, lane: LaneRow, message: Message, outcome: Outcome, now: datetime, *, may_keep: bool = True,
) -> tuple[str, bool]:
    """Write down what came of a post. Returns the state of the delivery, "" when another sender has the lane by now, and
    whether this sender keeps the lane, which it may."""
    endpoint = endpoints.endpoint(connection, lane.endpoint, is_held=True)
    held = lanes.held(connection, lane.endpoint, lane.case_id)
    is_late = endpoint is None or held is None or held.fence != lane.fence
    lanes.insert_attempt(connection, attempt_of(message, lane.fence, outcome, is_late=is_late))
    if is_late or endpoint is None:
        _LOG.warning("%s was posted after the lease of its lane", message.delivery.id)
        return "", False
    _note(connection, endpoint, outcome, now)
    state, due_at = _settle(connection, message.delivery, outcome, now)
    has_time = lane.leased_until is not None and lane.leased_until - now > ROOM
    if may_keep and has_time and state == DELIVERED and is_open_for_work(endpoint, now):
        return state, True
    leave(connection, lane, due_at or now)
    return state, False


def record_unwritten(connection: Connection, lane: LaneRow, error: Exception, now: datetime) -> tuple[str | None, bool]:
    """Write down that the first delivery of a lane could not even be written: tried again like any other, and dead in the end.
    Of the error only its kind is kept: what it says may be of the case."""
    delivery = lanes.head(connection, lane.endpoint, lane.case_id)
    if delivery is None:
        leave_empty(connection, lane, now)
        return None, False
    why = Unanswered(Failure.UNWRITTEN, f"the message could not be written: {type(error).__name__}", 0)
    message = Message(delivery=delivery, url="", body=b"", headers={}, secrets=(), at=now)
    return record(connection, lane, message, Outcome(failure=why, is_ours=True), now)


def pass_over(connection: Connection, lane: LaneRow, message: Message, now: datetime) -> tuple[str | None, bool]:
    """An upstream platform has no word for a fact: it is settled without being posted. As `record`."""
    endpoint = endpoints.endpoint(connection, lane.endpoint, is_held=True)
    held = lanes.held(connection, lane.endpoint, lane.case_id)
    if endpoint is None or held is None or held.fence != lane.fence:
        return "", False
    lanes.change_delivery(connection, message.delivery, state=DISMISSED, settled_at=now,
                          dismissed_by=f"{PLATFORM}{endpoint.platform}", reason="no code of the platform means it")
    return DISMISSED, True


def leave(connection: Connection, lane: LaneRow, due_at: datetime) -> None:
    """A sender leaves a lane it has held: due again then, or not at all when nothing in it is to be posted."""
    head = lanes.head(connection, lane.endpoint, lane.case_id)
    lanes.leave(connection, lane.endpoint, lane.case_id, due_at if head is not None and head.state == WAITING else None)


def leave_empty(connection: Connection, lane: LaneRow, now: datetime) -> None:
    """A sender has found nothing to post in its lane."""
    endpoints.endpoint(connection, lane.endpoint, is_held=True)
    held = lanes.held(connection, lane.endpoint, lane.case_id)
    if held is not None and held.fence == lane.fence:
        leave(connection, lane, now)


def attempt_of(message: Message, fence: int, outcome: Outcome, *, is_late: bool = False) -> AttemptRow:
    """What was sent and answered, as it is kept."""
    answer, failure = outcome.answer, outcome.failure
    milliseconds = answer.milliseconds if answer else failure.milliseconds if failure else 0
    return AttemptRow(
        delivery=message.delivery.id, fence=fence, endpoint=message.delivery.endpoint, at=message.at,
        digest=sha256(message.body).hexdigest(), bytes=len(message.body), milliseconds=milliseconds,
        status=answer.status if answer else None, failure=failure.failure.value if failure else None,
        said=_said(message, answer) if answer else str(failure.reason if failure else "")[:KEPT], is_late=is_late)


def _said(message: Message, answer: Answer) -> str:
    """The beginning of an answer, if it is text; without what a receiver may have echoed of secrets and of people."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        return ""
    text = answer.body.decode("utf-8", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    for secret in (*message.secrets, *message.headers["webhook-signature"].split(" ")):
        text = text.replace(secret, "…").replace(secret.removeprefix("whsec_").removeprefix("v1,"), "…")
    return hidden(text)[:KEPT]


def _note(connection: Connection, endpoint: EndpointRow, outcome: Outcome, now: datetime) -> None:
    """What the breaker learns: nothing from a post that we have not let out."""
    if outcome.is_ours:
        return
    before = breaker_of(endpoint)
    is_there = outcome.is_taken or (outcome.answer is not None and is_about_the_message(outcome.answer.status))
    after = before.answered() if is_there else before.failed(now)
    if after != before:
        endpoints.change_endpoint(connection, endpoint.id, failures=after.failures, open_until=after.open_until)


def _settle(connection: Connection, delivery: DeliveryRow, outcome: Outcome, now: datetime) -> tuple[str, datetime | None]:
    """How a delivery stands after a post, and when it is tried again."""
    attempts = delivery.attempts + 1
    if outcome.is_taken:
        lanes.change_delivery(connection, delivery, state=DELIVERED, attempts=attempts, settled_at=now)
        return DELIVERED, None
    asked = schedule.asked_for(outcome.answer.status, outcome.answer.headers) if outcome.answer else timedelta()
    due_at = schedule.next_try(delivery.id, attempts, now, at_least=asked)
    state = DEAD if due_at is None else WAITING
    lanes.change_delivery(connection, delivery, state=state, attempts=attempts)
    return state, due_at
