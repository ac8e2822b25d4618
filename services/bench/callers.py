"""Clerks in a process of their own who drive whole cases over HTTP, as fast as they are answered, for so many seconds.

Started by `services.bench.cluster`: `python -m services.bench.callers TOKEN SECONDS THREADS PORT…`; it says how many cases came
to their end. An answer that is none of ours ends it: a figure with failures in it says nothing.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from http.client import HTTPConnection
from typing import Any

PROCESS = "bench"


class Clerk:
    """Opens a case, completes its tasks one after another, and begins with the next."""

    def __init__(self, port: int, token: str, until: float) -> None:
        self.ended, self._until = 0, until
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def work(self) -> None:
        """Until it is time."""
        while time.time() < self._until:
            moved = self._post("/api/v1/cases", {"process": PROCESS, "data": {"applicant": "岳阳某某制造有限公司"}})
            while moved["tasks"] and time.time() < self._until:
                moved = self._post(f"/api/v1/tasks/{moved['tasks'][0]['id']}/complete", {"outcome": "pass"})
            self.ended += not moved["tasks"]

    def _post(self, path: str, body: object) -> Any:
        self._connection.request("POST", path, json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        told = json.loads(answer.read())
        if answer.status not in (200, 201):
            raise SystemExit(f"{path}: {answer.status} {told}")
        return told


def work(token: str, seconds: float, threads: int, ports: list[int]) -> int:
    """How many cases came to their end."""
    until = time.time() + seconds
    clerks = [Clerk(ports[number % len(ports)], token, until) for number in range(threads)]
    working = [threading.Thread(target=clerk.work) for clerk in clerks]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    return sum(clerk.ended for clerk in clerks)


if __name__ == "__main__":
    print(work(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), [int(port) for port in sys.argv[4:]]), flush=True)
