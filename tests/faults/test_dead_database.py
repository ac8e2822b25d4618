"""PostgreSQL dies under the clerks: every command is wholly done or wholly not, and work goes on when it is back."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import pytest

from engine.errors import AlreadyDecided, Stale
from services.bench.postgres import PostgresServer
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.office import Office
from services.settings import SHELF, Settings
from services.store import reading
from services.web.app import create_app
from tests.faults.kept import decisions
from tests.faults.postmaster import crash, desk_at, revive
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

OUTAGES = 4
OUTCOMES = {"fill": "filled", "check": "back", "reminder": "seen"}


@dataclass(kw_only=True)
class Clerk:
    """A clerk without a server. `done`: task and key of what was confirmed. `outages`: how often the database was away."""

    desk: Desk
    number: int
    stop: threading.Event
    done: set[str] = field(default_factory=set)
    outages: int = 0

    def work(self) -> None:
        """Complete whatever is open until told to stop; what failed is tried again."""
        random = Random(self.number)
        while True:
            with suppress(DatabaseUnavailable, AlreadyDecided, Stale):  # away, or a colleague was quicker
                if tasks := self._open():
                    self._complete(*random.choice(tasks))
            if self.stop.is_set():
                return

    def _open(self) -> list[tuple[str, str]]:
        with read(self.desk.database) as connection:
            return [(f"{number}-{task.token}", task.node) for number, _, task in reading.tasks_page(connection, most=50)]

    def _complete(self, task: str, node: str) -> None:
        while not self.stop.is_set():
            try:
                self.desk.complete_id(task, OUTCOMES[node])
                self.done.add(task)
                return
            except DatabaseUnavailable:
                self.outages += 1
                self.stop.wait(0.02)


@dataclass(kw_only=True)
class Bell:
    """Rings on a clock that it turns itself, a second at a time."""

    desk: Desk
    stop: threading.Event

    def work(self) -> None:
        """Ring until told to stop."""
        while not self.stop.wait(0.02):
            self.desk.now += timedelta(seconds=1)
            with suppress(DatabaseUnavailable):
                self.desk.ring()


def test_outages_under_load_lose_nothing_and_do_nothing_twice(server: PostgresServer, office: Office) -> None:
    with desk_at(server, office) as desk:
        for _ in range(8):
            desk.open("busy")
        stop = threading.Event()
        clerks = [Clerk(desk=desk, number=number, stop=stop) for number in range(3)]
        threads = [threading.Thread(target=each.work) for each in (*clerks, Bell(desk=desk, stop=stop))]

        for thread in threads:
            thread.start()
        for _ in range(OUTAGES):
            time.sleep(0.6)
            crash(server)
            time.sleep(0.2)
            revive(server)
        time.sleep(0.6)
        stop.set()
        for thread in threads:
            thread.join()

        assert sum(clerk.outages for clerk in clerks) > 0 and sum(len(clerk.done) for clerk in clerks) > OUTAGES
        assert set().union(*(clerk.done for clerk in clerks)) <= decisions(desk).keys()
        assert desk.rows("incident") == 0 and desk.problems() == []


def test_the_web_face_answers_503_meanwhile_and_works_again_afterwards(server: PostgresServer, office: Office) -> None:
    with desk_at(server, office) as desk:
        client = create_app(desk.database, desk.office, Settings(shelf=SHELF, token="t")).test_client()
        headers, body = {"Authorization": "Bearer t"}, {"process": "busy", "data": {}}
        assert client.post("/api/v1/cases", json=body, headers=headers).status_code == 201

        crash(server)
        away = [client.post("/api/v1/cases", json=body, headers=headers), client.get("/api/v1/cases", headers=headers),
                client.get("/readyz")]
        alive = client.get("/healthz").status_code
        revive(server)
        back = client.post("/api/v1/cases", json=body, headers=headers)

        assert [answer.status_code for answer in away] == [503] * 3 and alive == 200 and back.status_code == 201
        assert away[0].mimetype == "application/problem+json" and desk.rows("case") == 2
