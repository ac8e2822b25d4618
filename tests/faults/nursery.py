"""A process that has imported the whole program, and forks one node after another: a node begins in a fraction of a second.

Told by lines on its standard input: one JSON object a node, with its `arguments` of the command line, its `environment`, where
its standard `output` and its `log` go, and perhaps a `rig`, ``module:function``, called in the node before it begins. Answers
each with a line, the node's process id. Its nodes end with it.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from importlib import import_module
from typing import Any, NoReturn

from services import cli, serving  # noqa: F401  # what a node needs, imported once for all of them

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Fork what is asked for, until nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a node: it leaves no zombie
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        node = os.fork()
        if node == 0:
            _begin(order)
        print(node, flush=True)


def _begin(order: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.environ.update(order["environment"])
    for name, number in (("log", 2), ("output", 1)):
        handle = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(handle, number)
    try:
        if order["rig"]:
            module, function = order["rig"].split(":")
            getattr(import_module(module), function)()
        sys.argv = ["jiban", *order["arguments"]]
        cli.main()
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    except BaseException:  # noqa: BLE001  # whatever it is belongs into the log, and never into the nursery's loop
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
