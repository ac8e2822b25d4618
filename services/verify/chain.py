"""The facts of one case as a chain: numbered without a gap, each hashed with the one before, never earlier than it.

A fact is the bytes it was hashed as (README § Facts): ``hash = SHA-256(hash of the previous fact ‖ body)``, 32 zero bytes
before the first. The columns beside the bytes are a convenience and must say the same as the bytes do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.verify.report import Found

GENESIS = bytes(32)
DECIDING = frozenset({"TaskCompleted", "TaskSentBack", "HelpGiven", "RatingAnswered"})
"""The facts that decide a task."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A stored fact, read. `at`: microseconds since 1970, as instants are stored."""

    seq: int
    kind: str
    at: int
    by: str
    data: Mapping[str, Any]

    @property
    def decides(self) -> int | None:
        """The task it decides, by its token; None when it decides none."""
        return self.whole("token") if self.kind in DECIDING else None

    def whole(self, name: str) -> int:
        """A number among its data; -1, which no row has, when it is none."""
        value = self.data.get(name)
        return value if isinstance(value, int) else -1


@dataclass(slots=True, kw_only=True)
class Chain:
    """How far a case's facts have been followed. `seq`, `head` and `at`: of the last one."""

    number: str
    found: Found
    seq: int = 0
    head: bytes = GENESIS
    at: int = 0
    instants: set[int] = field(default_factory=set)

    def follow(self, row: Row[Any]) -> Told | None:
        """Check the next link, and read it; None when its bytes are not a fact."""
        body, link = as_bytes(row.body), as_bytes(row.hash)
        if row.seq != self.seq + 1:
            self.found("sequence", row.seq, f"expected fact {self.seq + 1}, found {row.seq}: facts are missing")
        if hashlib.sha256(self.head + body).digest() != link:
            self.found("chain", row.seq, "its hash is not that of the previous hash and its bytes: a fact was changed, "
                                         "removed or put in")
        self.seq, self.head = row.seq, link  # on with what is stored: one break is one problem
        told = self._read(body, row)
        if row.at < self.at:
            self.found("time", row.seq, f"it was recorded at {instant(row.at)}, before the fact preceding it")
        self.at = max(self.at, row.at)
        self.instants.add(row.at)
        return told

    def _read(self, body: bytes, row: Row[Any]) -> Told | None:
        try:
            raw = json.loads(body)
            told = Told(seq=raw["seq"], kind=raw["kind"], at=_micros(raw["at"]), by=raw["by"], data=dict(raw["data"]))
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            self.found("body", row.seq, f"its bytes are not a fact: {error!r}")
            return None
        stated = {"case": (raw.get("case"), self.number), "seq": (told.seq, row.seq), "kind": (told.kind, row.kind),
                  "at": (told.at, row.at), "decides": (told.decides, row.decides),
                  "doer": (None if told.decides is None else told.by, row.doer)}
        for name, (inside, beside) in stated.items():
            if inside != beside:
                self.found("body", row.seq, f"its bytes say {name} {inside!r}, its row says {beside!r}")
        return told


def as_bytes(value: object) -> bytes:
    """What should be bytes, as bytes; text that somebody put in their place is taken by its UTF-8."""
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode()


def instant(micros: object) -> str:
    """A stored instant, for a message."""
    try:
        return (EPOCH + timedelta(microseconds=micros)).isoformat()  # type: ignore[arg-type]
    except (OverflowError, TypeError):
        return repr(micros)


def _micros(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def micros_of(text: object) -> int | None:
    """An instant written in a fact, as instants are stored; None when there is none."""
    try:
        return _micros(text) if isinstance(text, str) else None
    except (ValueError, TypeError):  # written by hand
        return None
