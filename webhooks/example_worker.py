"""An example worker: it answers the service task of `bpmn/examples/registry_check.bpmn` from a list that is not there.

::

    JIBAN_TOKEN=… python -m webhooks.example_worker http://127.0.0.1:8000

The token is that of the settings, or better one of an account in the role 对接程序 (`jiban accounts issue … --scope work`).
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Mapping

from webhooks.worker import BpmnError, Client, Task, serve

TOPIC = "registry.lookup"
_LENGTH = 18  # of a unified social credit code (GB 32100-2015)


def lookup(task: Task) -> Mapping[str, object]:
    """Is the company registered? A real worker asks its registry here, and sends `task.id` along as the key of what it asks."""
    code = str(task.variables.get("credit_code") or "")
    if len(code) != _LENGTH:
        raise BpmnError("NOT_FOUND", "no company bears such a code")
    return {"is_registered": True, "registered_name": f"信用代码 {code[:2]}… 的企业"}


def main(address: str) -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    client = Client(address, os.environ["JIBAN_TOKEN"], worker=f"{socket.gethostname()}-{os.getpid()}")
    serve(client, {TOPIC: lookup})


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
