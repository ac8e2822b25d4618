"""A receiver that keeps books and has its moods: mostly it takes what it is told, now and then it fails or never answers."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from socket import socket

import orjson

from tests.webhooks.receiving import Heard, Manner, answering
from webhooks.envelope import TYPES
from webhooks.faults import SignatureRefused
from webhooks.signature import verify

FAILS, HANGS = 0.04, 0.01
"""How often it does, of all it is told."""
SLIPS = 2
"""So often at most with the same delivery, so that none waits for its fourth try."""

Told = tuple[str, int, str]
"""A fact as it is told: the case, its number in it, its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something was told. `is_taken`: it was answered 200."""

    id: str
    told: Told
    is_taken: bool


@dataclass(kw_only=True)
class Ledger:
    """`secret`: what is shared with the sender. `arrivals`: in the order they came. `strange`: what was not signed, or signed
    for something else."""

    seed: int
    secret: str = ""
    arrivals: list[Arrival] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    moods: Counter[str] = field(default_factory=Counter)
    _seen: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def mood(self, heard: Heard) -> Manner:
        """Write down what was heard, and how it is answered."""
        with self._lock:
            try:
                id = verify([self.secret], heard.headers, heard.body, datetime.now(UTC)).id
            except SignatureRefused as error:
                self.strange.append(str(error))
                return answering("401 Unauthorized")
            event = orjson.loads(heard.body)
            if event["id"] != id:
                self.strange.append(f"{event['id']} came as {id}")
            told = event["subject"], int(event["sequence"]), event["type"].removeprefix(TYPES)
            return self._write_down(id, told)

    def first_told(self) -> dict[str, Told]:
        """What was told under each id, in the order it was first."""
        first: dict[str, Told] = {}
        for each in self.arrivals:
            if first.setdefault(each.id, each.told) != each.told:
                self.strange.append(f"{each.id} was {first[each.id]}, then {each.told}")
        return first

    def taken(self) -> set[str]:
        """The ids that were answered 200."""
        return {each.id for each in self.arrivals if each.is_taken}

    def out_of_order(self) -> list[Told]:
        """What was told before the fact ahead of it in its case was taken."""
        pending: dict[str, Told] = {}
        taken: set[str] = set()
        early = []
        for each in self.arrivals:
            case = each.told[0]
            ahead = pending.get(case)
            if each.id not in taken and ahead not in (None, each.told):
                early.append(each.told)
            if each.is_taken:
                taken.add(each.id)
                if ahead == each.told:
                    del pending[case]
            elif each.id not in taken:
                pending.setdefault(case, each.told)
        return early

    def _write_down(self, id: str, told: Told) -> Manner:
        mood = self._drawn(told, self._seen[id])
        self._seen[id] += 1
        self.moods[mood] += 1
        self.arrivals.append(Arrival(id=id, told=told, is_taken=mood == "takes"))
        return _MANNERS[mood]

    def _drawn(self, told: Told, nth: int) -> str:
        """The same for the same fact, told as often."""
        drawn = Random(f"{self.seed}/{told}/{nth}").random()
        if nth >= SLIPS or drawn >= FAILS + HANGS:
            return "takes"
        return "hangs" if drawn < HANGS else "fails"


def in_order(told: Iterable[Told]) -> dict[str, list[tuple[int, str]]]:
    """The facts of each case, in the order they come."""
    cases: dict[str, list[tuple[int, str]]] = {}
    for case, seq, kind in told:
        cases.setdefault(case, []).append((seq, kind))
    return cases


def _hang(line: socket) -> None:
    """Until the sender has enough of it, or is dead."""
    line.recv(1)


_MANNERS: dict[str, Manner] = {
    "takes": answering(), "fails": answering("500 Internal Server Error", b"try again"), "hangs": _hang}
