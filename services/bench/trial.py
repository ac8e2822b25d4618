"""A cluster to try: a PostgreSQL of its own that keeps its data in a folder, the shelf deployed, three nodes. `make cluster`.

For a machine without PostgreSQL; an office names its own in JIBAN_DATABASE, migrates it, and runs `jiban cluster` or, on each
of its machines, `jiban serve`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from services.bench.postgres import PostgresServer, kept_postgres


def main(folder: Path) -> int:
    """Until Ctrl-C or SIGTERM; the exit status of the cluster."""
    with kept_postgres(folder) as server:
        os.environ["JIBAN_DATABASE"] = _database(server)
        for command in (["migrate"], ["deploy"]):
            subprocess.run([sys.executable, "-m", "services.cli", *command], check=True)
        cluster = subprocess.Popen([sys.executable, "-m", "services.cli", "cluster"])
        signal.signal(signal.SIGTERM, lambda number, frame: cluster.terminate())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells both
        return cluster.wait()


def _database(server: PostgresServer) -> str:
    """The database `jiban`, made unless it is there."""
    return server.url("jiban") if server.has("jiban") else server.create("jiban")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
