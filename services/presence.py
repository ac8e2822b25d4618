"""Who serves a database now: each node holds a lock of its session as long as it lives, and `jiban migrate` wants all of them.

Nodes of two releases never work side by side on one database: tables change for all at once, and an older node would write what
the newer no longer reads. So a database whose tables have to change is migrated only while no node serves it, and a node begins
only while nobody migrates. The lock is PostgreSQL's own and goes with the connection: a node that is killed holds nothing, a
frozen one does. When its connection is cut a node takes the lock again, and looks whether the tables are still those it knows.
On SQLite there is one node, and whoever migrates stops it first.
"""

from __future__ import annotations

from contextlib import suppress

import psycopg
from sqlalchemy import Connection, Engine, text

from services.database import plain_address

_SERVING = 0x6A69736572766564  # any number of ours: "jiserved"
_COUNT = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ShareLock' "
              "AND classid = :high AND objid = :low "
              "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
_ALONE = text("SELECT pg_try_advisory_xact_lock(:key)")


class Presence:
    """Whether this node is known to serve."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def take(self) -> bool:
        """Be known to serve from now on; False: somebody migrates. Raises psycopg.Error."""
        if self._database.dialect.name != "postgresql" or self.is_held():
            return True
        connection = psycopg.connect(plain_address(self._database), autocommit=True)
        row = connection.execute("SELECT pg_try_advisory_lock_shared(%s)", [_SERVING]).fetchone()
        if row is None or not row[0]:
            connection.close()
            return False
        self._connection = connection
        return True

    def is_held(self) -> bool:
        """Is it still known? Asks the database."""
        if self._database.dialect.name != "postgresql":
            return True
        if self._connection is None:
            return False
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self.leave()
            return False
        return True

    def leave(self) -> None:
        """Be known no more."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


def be_alone(connection: Connection) -> int:
    """Let no node begin to serve until this transaction has ended. Returns how many serve now; then nothing is locked."""
    if connection.execute(_ALONE, {"key": _SERVING}).scalar_one():
        return 0
    return int(connection.execute(_COUNT, {"high": _SERVING >> 32, "low": _SERVING & 0xFFFFFFFF}).scalar_one()) or 1
