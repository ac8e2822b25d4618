"""Hands in the database: what somebody with the password could do to the rows, past every constraint."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Engine


@dataclass(frozen=True, kw_only=True)
class Hands:
    """A plain connection without foreign keys. `late`, `open`, `stopped`, `stuck`, `gone`, `reminded`: ids of the cases of
    `tests.services.test_verify.live`."""

    connection: Any
    late: int = 1
    open: int = 2
    stopped: int = 3
    stuck: int = 4
    gone: int = 5
    reminded: int = 6

    def do(self, statement: str, *given: object) -> list[Any]:
        """One statement, with ``?`` for each value."""
        if isinstance(self.connection, psycopg.Connection):
            statement = statement.replace("?", "%s")
        cursor = self.connection.execute(statement, given)
        rows: list[Any] = cursor.fetchall() if cursor.description else []
        return rows

    def seq(self, case: int, kind: str) -> int:
        """The number of the first fact of a kind."""
        return int(self.do("SELECT min(seq) FROM fact WHERE case_id = ? AND kind = ?", case, kind)[0][0])

    def last(self, case: int, kind: str) -> int:
        """The number of the last fact of a kind."""
        return int(self.do("SELECT max(seq) FROM fact WHERE case_id = ? AND kind = ?", case, kind)[0][0])

    def rewrite(self, case: int, seq: int, change: Callable[[bytes], bytes], *, chain: bool = False,
                head: bool = False) -> None:
        """Change the bytes of a fact; `chain`: with all hashes after it, `head`: with that of the case too."""
        body = bytes(self.do("SELECT body FROM fact WHERE case_id = ? AND seq = ?", case, seq)[0][0])
        changed = change(body)
        assert changed != body
        self.do("UPDATE fact SET body = ? WHERE case_id = ? AND seq = ?", changed, case, seq)
        if chain:
            self._chain(case, head)

    def _chain(self, case: int, head: bool) -> None:
        link = bytes(32)
        for seq, body in self.do("SELECT seq, body FROM fact WHERE case_id = ? ORDER BY seq", case):
            link = hashlib.sha256(link + bytes(body)).digest()
            self.do("UPDATE fact SET hash = ? WHERE case_id = ? AND seq = ?", link, case, seq)
        if head:
            self.do('UPDATE "case" SET head = ? WHERE id = ?', link, case)


@contextmanager
def hands(database: Engine) -> Iterator[Hands]:
    """Hands in this database, until the work is committed."""
    database.dispose()
    if database.dialect.name == "sqlite":
        connection: Any = sqlite3.connect(str(database.url.database), isolation_level=None)
    else:
        url = database.url
        connection = psycopg.connect(f"host={url.query['host']} user={url.username} dbname={url.database}", autocommit=True)
        connection.execute("SET session_replication_role = replica")  # foreign keys are not asked
    yield Hands(connection=connection)
    connection.close()
