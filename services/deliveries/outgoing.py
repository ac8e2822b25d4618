"""What has happened is told outside: handed over, posted, written down; one pass, or as long as there is something to do.

No step of a case waits for any of it, and no transaction is open while something is posted. A pass posts from a few threads of
its own: each has one lane at a time, an endpoint no more of them than its concurrency, so that a receiver that hangs holds its
own lanes for ten seconds and nobody else's. Several nodes may run passes at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Connection, Engine

from services import tracing
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.database import writing as write
from services.deliveries import probing, sending
from services.deliveries.handing import WAITING, fan_out
from services.deliveries.sending import DEAD, DELIVERED
from services.office import Office
from services.store import deliveries, endpoints, handing, lanes
from services.store.lanes import LaneRow
from webhooks.post import Wire

__all__ = ["Sent", "fan_out", "forget", "run"]

THREADS = 16
LOOK_SECONDS = 0.5
"""How often a pass that waits for receivers looks for what else has happened."""

ATTEMPTS_KEPT = timedelta(days=183)
"""How long it is kept what was sent and answered: six months (Cybersecurity Law art. 21(3)). Deliveries are kept for good."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a pass did: facts `handed` over; posts that were `delivered`, that `failed` and are tried again, after which a
    delivery is `dead`, and that came too `late`, after the lease; `tests` that somebody has asked for."""

    handed: int = 0
    delivered: int = 0
    failed: int = 0
    dead: int = 0
    late: int = 0
    tests: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(handed=self.handed + other.handed, delivered=self.delivered + other.delivered,
                    failed=self.failed + other.failed, dead=self.dead + other.dead, late=self.late + other.late,
                    tests=self.tests + other.tests)

    @property
    def posted(self) -> int:
        """How often something was posted."""
        return self.delivered + self.failed + self.dead + self.late + self.tests

    @property
    def total(self) -> int:
        """How much was done at all."""
        return self.handed + self.posted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """One pass: what it works with, and the instant it is, which goes on while it lasts."""

    database: Engine
    office: Office
    wire: Wire
    now: datetime
    began: float
    is_stopping: Callable[[], bool]

    def clock(self) -> datetime:
        """The instant it is."""
        return self.now + timedelta(seconds=monotonic() - self.began)


def run(
    database: Engine, office: Office, wire: Wire, *, now: datetime, most: int = 100_000,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Sent:
    """Hand over and post until nothing is due any more, in at most `most` lanes, or until told to stop; what is on its way is
    always waited for. With nothing to do it only reads."""
    this = _Pass(database=database, office=office, wire=wire, now=now, began=monotonic(), is_stopping=is_stopping)
    sent, leased = Sent(), 0
    if not _has_work(this):
        return sent
    with ThreadPoolExecutor(THREADS, thread_name_prefix="sender") as pool:
        going: set[Future[Sent]] = set()
        while not is_stopping():
            sent += Sent(handed=fan_out(database, now=this.clock()), tests=probing.run(database, wire, clock=this.clock))
            found = _lease(this, min(THREADS - len(going), most - leased))
            leased += len(found)
            going |= {pool.submit(_empty, this, lane) for lane in found}
            if not going:
                break
            done, going = wait(going, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            sent += sum((each.result() for each in done), Sent())
        sent += sum((each.result() for each in going), Sent())
    return sent


def forget(connection: Connection, now: datetime) -> int:
    """Forget what was sent and answered long ago. Returns how many posts were."""
    return deliveries.forget_attempts(connection, now - ATTEMPTS_KEPT)


def _has_work(this: _Pass) -> bool:
    now = this.clock()
    with read(this.database) as connection:
        return handing.is_anything_unsent(connection) or any(
            each.test_asked_at is not None or (sending.is_open_for_work(each, now) and lanes.is_due(connection, each.id, now))
            for each in endpoints.endpoints(connection) if each.retired_at is None)


def _lease(this: _Pass, most: int) -> list[LaneRow]:
    """Lanes of all endpoints that have something due, shared among them."""
    if most <= 0:
        return []
    now = this.clock()
    with read(this.database) as connection:
        due = [each.id for each in endpoints.endpoints(connection)
               if sending.is_open_for_work(each, now) and lanes.is_due(connection, each.id, now)]
    found: list[LaneRow] = []
    for place, endpoint in enumerate(due):
        share = -(-(most - len(found)) // (len(due) - place))
        if share > 0:
            with write(this.database) as connection:
                found += sending.lease(connection, endpoint, this.clock(), share)
    return found


def _empty(this: _Pass, lane: LaneRow) -> Sent:
    """Post what is in a lane, as long as it is taken and the lease lasts."""
    sent, keeps = Sent(), True
    try:
        while keeps:
            state, keeps = _next(this, lane)
            sent += _counted(state)
    except DatabaseUnavailable as error:
        _LOG.warning("lane %s/%s waits until its lease ends: %s", lane.endpoint, lane.case_id, error)
    return sent


def _next(this: _Pass, lane: LaneRow) -> tuple[str | None, bool]:
    """Post what is first in a lane. Returns how it stands then, None when there was nothing, and whether the lane is kept."""
    try:
        with read(this.database) as connection:
            message = sending.next_message(connection, this.office, lane, this.clock())
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001
        # The door of the senders: a fact that cannot be written must not stop every other, and somebody has to hear of it.
        _LOG.exception("a delivery of lane %s/%s could not be written", lane.endpoint, lane.case_id)
        with write(this.database) as connection:
            return sending.record_unwritten(connection, lane, error, this.clock())
    if message is None:
        with write(this.database) as connection:
            sending.leave_empty(connection, lane, this.clock())
        return None, False
    if not message.body:
        with write(this.database) as connection:
            return sending.pass_over(connection, lane, message, this.clock())
    with tracing.span("delivery"):
        outcome = sending.post(this.wire, message)
    with write(this.database) as connection:
        return sending.record(connection, lane, message, outcome, this.clock(), may_keep=not this.is_stopping())


def _counted(state: str | None) -> Sent:
    if state is None:
        return Sent()
    if state == "":
        return Sent(late=1)
    return Sent(delivered=state == DELIVERED, dead=state == DEAD, failed=state == WAITING)
