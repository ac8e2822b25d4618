"""A worker that takes its time, in a process of its own: it notes each piece of work as it begins, and waits for a file before
it goes on."""

import sys
import time
from pathlib import Path

from webhooks.worker import Client, Task, serve


def main(address: str, token: str, name: str, folder: Path) -> None:
    """Serve until stopped."""
    def work(task: Task) -> dict[str, object]:
        (folder / f"{name}-{task.id}-{task.fence}").touch()
        while not (folder / "go").exists():
            time.sleep(0.02)
        return {"is_registered": True}

    serve(Client(address, token, worker=name), {"registry.lookup": work}, lock_seconds=2, wait_seconds=2)


if __name__ == "__main__":
    main(*sys.argv[1:4], Path(sys.argv[4]))
