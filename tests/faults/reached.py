"""What a fault test has reached: a line for whoever looks on, and one of JSON in the file of ``JIBAN_FIGURES``.

``python -m tests.faults.reached FILE`` shows such a file as a table.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SAID_EVERY = 10.0


def size(name: str, small: int) -> int:
    """How large a run is to be: of the environment variable of this name, else the small size of `make test`."""
    return int(os.environ.get(name, small))


@dataclass(kw_only=True)
class Reached:
    """The figures of one run. `seed`: which makes it again."""

    fault: str
    seed: int = 0
    begun: float = field(default_factory=time.monotonic)
    said: float = field(default_factory=time.monotonic)

    def so_far(self, **figures: object) -> None:
        """Now and then, how far it has come."""
        if time.monotonic() - self.said > SAID_EVERY:
            self.said = time.monotonic()
            _say(f"  … {self.fault}: {_listed(figures)}")

    def note(self, **figures: object) -> None:
        """At the end, what it has reached."""
        whole = {"fault": self.fault, "seed": self.seed, **figures, "seconds": round(time.monotonic() - self.begun, 1)}
        _say(_listed(whole))
        if file := os.environ.get("JIBAN_FIGURES"):
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            with Path(file).open("a", encoding="utf-8") as opened:
                opened.write(json.dumps(whole, ensure_ascii=False) + "\n")


def _listed(figures: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in figures.items())


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def table(file: Path) -> str:
    """The lines of a file, each fault with what it has reached."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    heads = [f"{row.pop('fault')}, {row.pop('seconds'):g} s, seed {row.pop('seed')}" for row in rows]
    width = max(map(len, heads), default=0)
    return "\n".join(f"{head:<{width}}  {_listed(row)}" for head, row in zip(heads, rows, strict=True))


if __name__ == "__main__":
    print(table(Path(sys.argv[1])))
