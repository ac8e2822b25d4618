"""Poisoned diagrams: whatever a file is, the gate has an explained answer within two seconds, and the next file too."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from engine.definitions.diagnostic import Severity
from services.gate.door import Gate
from services.gate.messages import Answer, Attempt, Request
from services.settings import SHELF
from tests.engine.definitions.test_corpus import FOLDERS
from tests.faults.mutations import mutate
from tests.faults.reached import Reached, size

pytestmark = pytest.mark.faults

MUTATIONS = size("JIBAN_MUTATIONS", 150)
"""Ten thousand: ``make faults``."""

SEED = 20260308
SLOWEST = 2.0
GROWN = 200 * 1024 * 1024
FILES = [*sorted(SHELF.glob("*.bpmn")), *sorted(file for folder in FOLDERS for file in folder.iterdir())]
"""Our own, and those of other engines where they are at hand."""

ENDED = {"too_slow", "too_hungry", "crashed"}
"""What is said of a file that ended the child."""


@dataclass(kw_only=True)
class Taster:
    """Asks the gate about one file after another. `slowest`: seconds, and of what."""

    gate: Gate
    verdicts: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    slow: list[str] = field(default_factory=list)

    def taste(self, name: str, data: bytes) -> None:
        """Ask about it, and have it tried where it can be run."""
        for complete in (False, True):
            begun = time.monotonic()
            answer = self.gate.ask(Request(file=name, data=data, attempt=Attempt(complete=complete)))
            taken = time.monotonic() - begun
            self.slowest = max(self.slowest, (taken, name))
            if taken > SLOWEST:
                self.slow.append(f"{name}: {taken:.2f} s")
            self._note(name, answer)
            if answer.attempted is None:
                return

    def _note(self, name: str, answer: Answer) -> None:
        self.verdicts[answer.verdict] += 1
        errors = [found for found in answer.diagnostics if found.severity is Severity.ERROR]
        assert (answer.verdict == "deployable") is not bool(errors), name
        assert all(found.message and found.hint for found in errors), name
        codes = {found.code for found in answer.diagnostics} & ENDED
        self.ended.update(codes)
        if "crashed" in codes:
            self.crashes.append(f"{name}: {answer.diagnostics[0].message}")
        if (tried := answer.attempted) is not None:
            assert {"completed": tried.end_events, "waiting": tried.waiting_for, "incident": tried.message}[tried.outcome], name


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """The shipped gate, which has answered once."""
    with Gate(SHELF) as opened:
        opened.ask(Request(file="receipt.bpmn", data=(SHELF / "receipt.bpmn").read_bytes()))
        yield opened


def test_a_poisoned_diagram_is_answered_in_time_and_harms_nobody(gate: Gate) -> None:
    reached, random, taster = Reached(fault="poisoned diagrams", seed=SEED), Random(SEED), Taster(gate=gate)
    before = memory()

    whole = FILES if len(FILES) < MUTATIONS else random.sample(FILES, min(60, len(FILES)))
    for file in whole:
        taster.taste(file.name, file.read_bytes())
    for number in range(MUTATIONS):
        file = random.choice(FILES)
        names, data = mutate(file.read_bytes(), random)
        taster.taste(f"{number} {file.parent.name}/{file.name} {names}", data)
        reached.so_far(mutations=number, **taster.verdicts, **taster.ended)

    reached.note(files=len(whole), mutations=MUTATIONS, **taster.verdicts, **taster.ended, slowest=round(taster.slowest[0], 2),
                 of=taster.slowest[1], grown_mb=(memory() - before) >> 20)
    assert taster.crashes == [] and taster.slow == []
    assert memory() - before < GROWN


def memory() -> int:
    """What this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
