"""What a command is given to read: a file, or standard input for `-`; never more of it than it may have."""

from __future__ import annotations

import sys
from pathlib import Path


def bytes_of(file: str, most: int) -> bytes:
    """The bytes of a file, at most one more than the `most` it may have, so that whoever reads them can refuse it. Raises
    OSError."""
    if file == "-":
        return sys.stdin.buffer.read(most + 1)
    with Path(file).open("rb") as source:
        return source.read(most + 1)
