"""A process that has loaded the whole program, and forks one `jiban` after another: each begins in a fraction of a second.

Told by lines on its standard input: one JSON object each, with the `arguments` of the command line, the `environment`, where
the standard `output` and the `log` go, where its exit `status` is written once it has ended, and perhaps a `rig`,
``module:function``, called before it begins. Answers each with a line, the process id. What it forked ends with it.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from services import cli, serving  # noqa: F401  # what a node needs, loaded once for all of them
from services.cluster import bell, workers  # noqa: F401

_PR_SET_PDEATHSIG = 1
_STATUS: dict[int, Path] = {}


def main() -> None:
    """Fork what is asked for, until nobody asks any more."""
    signal.signal(signal.SIGCHLD, lambda number, frame: _reap())
    print("ready", flush=True)
    for line in sys.stdin:
        print(_forked(json.loads(line)), flush=True)


def _forked(order: dict[str, Any]) -> int:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # nobody is reaped before it is known where that is written
    child = os.fork()
    if child == 0:
        _begin(order)
    _STATUS[child] = Path(order["status"])
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    return child


def _reap() -> None:
    """Write the exit status of whoever has ended: negative, the signal it died of."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            file = _STATUS.pop(ended[0])
            with suppress(FileNotFoundError):  # nobody is left who would read it
                file.write_text(f"{os.waitstatus_to_exitcode(ended[1])}\n", "utf-8")


def _begin(order: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
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
        sys.stdout.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    except BaseException:  # noqa: BLE001  # whatever it is belongs into the log, and never into the nursery's loop
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
