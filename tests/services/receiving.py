"""An office that is connected: an endpoint at a real receiver, and passes of what posts to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text

from services.administering import Instruction
from services.database import reading, writing
from services.deliveries import endpoints, outgoing, subscriptions
from services.deliveries.endpoints import NewEndpoint
from services.deliveries.outgoing import Sent
from services.deliveries.subscriptions import NewSubscription
from services.store.endpoints import EndpointRow, SubscriptionRow
from tests.services.desk import Desk
from tests.services.staff import enter
from tests.webhooks.receiving import Receiver
from webhooks.guard import Guard, origins_of
from webhooks.networks import networks_of
from webhooks.post import Wire

GUARD = Guard(origins=origins_of("http://127.0.0.1:*"), networks=networks_of("127.0.0.1"))
ADMIN = "管"


@dataclass(slots=True)
class Wired:
    """A desk whose facts leave. `secret`: the first of the last endpoint that was entered."""

    desk: Desk
    wire: Wire = field(default_factory=lambda: Wire(guard=GUARD, seconds=2.0))
    secret: str = ""

    def told(self, by: str = ADMIN) -> Instruction:
        return Instruction(by=by, now=self.desk.now)

    def enter(self, url: str, **given: Any) -> EndpointRow:
        with writing(self.desk.database) as connection:
            row, self.secret = endpoints.enter(connection, GUARD, self.told(), NewEndpoint(name="市平台", url=url, **given))
        return row

    def subscribe(self, endpoint: EndpointRow, **given: Any) -> SubscriptionRow:
        with writing(self.desk.database) as connection:
            self.desk.office.refresh(connection)
            return subscriptions.subscribe(connection, self.desk.office, self.told(),
                                           NewSubscription(endpoint=endpoint.id, **given))

    def connect(self, receiver: Receiver, **given: Any) -> EndpointRow:
        """An endpoint there that is told everything."""
        row = self.enter(receiver.url, **given)
        self.subscribe(row)
        return row

    def do(self, use_case: Any, *given: Any, **named: Any) -> Any:
        with writing(self.desk.database) as connection:
            return use_case(connection, self.told(), *given, **named)

    def run(self, now: datetime | None = None, **given: Any) -> Sent:
        return outgoing.run(self.desk.database, self.desk.office, self.wire, now=now or self.desk.now, **given)

    def run_through(self, days: float = 4, step: timedelta = timedelta(minutes=20)) -> Sent:
        """Passes over some days, until nothing is due."""
        sent, now = Sent(), self.desk.now
        while now < self.desk.now + timedelta(days=days):
            sent += self.run(now)
            now += step
        return sent

    def rows(self, statement: str, **given: Any) -> list[Any]:
        with reading(self.desk.database) as connection:
            return list(connection.execute(text(statement), given).all())

    def states(self) -> list[tuple[int, str, int]]:
        """Deliveries by the number of their fact: seq, state, attempts."""
        return [tuple(row) for row in self.rows("SELECT seq, state, attempts FROM delivery ORDER BY case_id, seq, endpoint")]


def wired(desk: Desk) -> Wired:
    """A desk with a system administrator."""
    with writing(desk.database) as connection:
        for id, *roles in ((ADMIN, "system_admin"), ("王", "clerk", "certifier"), ("李", "reviewer"), ("赵", "approver")):
            enter(connection, id, *roles)
    return Wired(desk)


def events(receiver: Receiver) -> list[dict[str, Any]]:
    """What a receiver was told, in order."""
    return [orjson.loads(body) for body in receiver.bodies]


def ids(receiver: Receiver) -> list[str]:
    """The ids it was told under, in order."""
    return [next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("webhook-id"))
            for head in receiver.heads]


def kinds(receiver: Receiver, number: str) -> list[str]:
    """The kinds of the facts it was told of a case, in order."""
    return [each["data"]["kind"] for each in events(receiver) if each["subject"] == number]
