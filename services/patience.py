"""How long a PostgreSQL at the other end of a network is waited for, and how long it waits for us.

A peer that is gone closes nothing: a network that swallows packets, a machine without power, a process that was stopped. Who
waits for it would wait for ever, with a thread of the door each, and what it had locked would stay locked. So each side gives
up by itself. We do when a connection is not made, when what we have sent is not acknowledged (the kernel tells), and when an
answer stays away (we look at the clock: a peer whose kernel acknowledges and whose process is frozen answers nothing either).
The server does when a statement takes longer than anybody waits for it, and when a transaction is left lying: that is the lease
of a node. A node that is frozen past it finds its connection closed when it thaws, and nothing that it was doing was done.

It decides nothing about what an error means (`services.database`).
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.errors import _WaitTimeout

ALIVE = {"connect_timeout": 4, "keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2,
         "tcp_user_timeout": 5000}
"""How a connection is to be opened (libpq, §34.1.2): a server whose machine has vanished is noticed within ten seconds, not
after the quarter of an hour that TCP gives it. Over a Unix socket what concerns TCP is ignored."""

ANSWER_SECONDS = 30.0
"""Far longer than any statement of a request or a batch takes, shorter than a person looks at a page that does not come."""

LEASE_SECONDS = 30
"""How long a transaction may lie idle. Between two statements of ours lie milliseconds, and seconds on a crowded machine."""


class Impatient(psycopg.Connection[Any]):
    """A connection that gives a server up which does not answer. `answer_seconds`: for how long it waits each time, None for
    ever."""

    answer_seconds: float | None = ANSWER_SECONDS

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for an answer. Raises OperationalError, with the connection closed, when none comes."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answer_seconds)
        except _WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server has not answered within {self.answer_seconds:g} s") from error


def arguments(options: str, *, answer_seconds: float | None, lease_seconds: float | None) -> dict[str, Any]:
    """How a connection of ours is to be opened. `options`: what the address itself asks of the server, which prevails. None:
    for ever."""
    ours = {"statement_timeout": answer_seconds, "idle_in_transaction_session_timeout": lease_seconds}
    asked = [f"-c {name}={seconds * 1000:.0f}" for name, seconds in ours.items() if seconds is not None]
    return {**ALIVE, "options": " ".join([*asked, options]).strip()}
