"""Our kernel behind the same face as `stock_runner`: the state is saved and loaded again at every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from engine.definitions.model import Definition
from engine.process import kernel
from engine.process.compile import compile_program
from engine.process.step import Step, Wait, WaitKind
from tests.engine.process.stock_runner import Label


class Ours:
    """One instance of a definition on our kernel."""

    def __init__(self, definition: Definition, data: Mapping[str, Any]) -> None:
        self.program = compile_program(definition)
        self.reached: list[str] = []
        self.waits: dict[int, Wait] = {}
        self.take(kernel.start(self.program, data))

    def take(self, step: Step) -> None:
        """Keep what a step says, and check that it says all of it."""
        self.step = step
        self.reached += [passed.node for passed in step.passed if passed.is_end]
        for ended in step.ended:
            assert self.waits.pop(ended.id).kind is ended.kind
        self.waits |= {wait.id: wait for wait in step.opened}
        found = kernel.waits(self.program, step.state)
        assert [wait.id for wait in found] == sorted(self.waits) and step.waiting == len(found)

    def open(self, *kinds: WaitKind) -> dict[Label, list[Wait]]:
        """Open waits of these kinds, oldest first."""
        found: dict[Label, list[Wait]] = {}
        for _, wait in sorted(self.waits.items()):
            if wait.kind in kinds:
                found.setdefault((wait.scope, wait.node, wait.index), []).append(wait)
        return found

    def complete(self, label: Label, data: Mapping[str, Any]) -> None:
        """Complete a task."""
        self.take(kernel.complete(self.program, self.step.state, self.open(WaitKind.TASK)[label][0].id, data))

    def happen(self, label: Label) -> None:
        """A timer is due, or a message has come."""
        wait = self.open(WaitKind.TIMER, WaitKind.MESSAGE)[label][0]
        if wait.kind is WaitKind.TIMER:
            self.take(kernel.fire(self.program, self.step.state, wait.id))
        else:
            self.take(kernel.correlate(self.program, self.step.state, wait.event or "", {}, wait.id))

    def tasks(self) -> Counter[Label]:
        """Open user tasks."""
        return Counter({label: len(waits) for label, waits in self.open(WaitKind.TASK).items()})

    def ends(self) -> list[str]:
        """End events reached so far."""
        return sorted(self.reached)
