"""One process that fires due timers, told by lines: `ready` when it has begun, `go` to begin, its count when nothing is left.

Started by `services.bench.timers`, which may kill it at any moment; a deployment runs `jiban work` instead.
"""

from __future__ import annotations

import sys
from datetime import datetime

from services import jobs
from services.database import connect
from services.office import open_office
from services.settings import SHELF, Settings


def work(url: str, now: datetime) -> None:
    """Fire everything due at `now` on the database behind `url`, once told to."""
    database, office = connect(url), open_office(Settings(shelf=SHELF))
    jobs.run_due(database, office, now=now.replace(year=1990))
    print("ready", flush=True)
    sys.stdin.readline()
    print(jobs.run_due(database, office, now=now).fired, flush=True)


if __name__ == "__main__":
    work(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
