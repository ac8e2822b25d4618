"""A file named by somebody becomes bytes for the gate, or a reason why it cannot be read.

Only regular files are read: a pipe or a device could keep us waiting, or never end. What is far too large is refused by
its size, before it is read; what is merely too large is left to the check.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from engine.definitions.diagnostic import Diagnostic, Severity
from engine.errors import DefinitionError

READ_MOST = 16 * 1024 * 1024
_HINTS = {"unreadable": "name a BPMN file that may be read",
          "too_large": "split the diagram into processes that call each other"}


def read_file(file: str | Path) -> bytes:
    """The content of a regular file. Raises DefinitionError with one diagnostic, `unreadable` or `too_large`."""
    try:
        return _read(str(file))
    except OSError as error:
        raise _refusal(file, "unreadable", f"the file cannot be read: {error.strerror or error}") from error


def is_on_shelf(file: str | Path, shelf: Path) -> bool:
    """Is this a file of our own shelf, wherever the name given leads?"""
    return Path(file).resolve().is_relative_to(shelf.resolve())


def _read(file: str) -> bytes:
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe without a writer must not hold us up
    try:
        _guard(file, os.fstat(handle))
        with open(handle, "rb", closefd=False) as opened:
            return opened.read(READ_MOST + 1)
    finally:
        os.close(handle)


def _guard(file: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or a device"
        raise _refusal(file, "unreadable", f"this is {what}, not a file")
    if found.st_size > READ_MOST:
        raise _refusal(file, "too_large", f"the file has {found.st_size:,} bytes, more than can be read")


def _refusal(file: str | Path, code: str, message: str) -> DefinitionError:
    return DefinitionError(str(file), [Diagnostic(code=code, severity=Severity.ERROR, element=None, line=None,
                                                  message=message, hint=_HINTS[code])])
