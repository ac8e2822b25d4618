"""One command at work: the living tokens, what still has to run, and notes of what happened.

A command changes one token; then automatic tokens run in the order they came about (first in, first out) until none is
left, scopes that have become empty end, and inclusive gateways that nothing can reach any more fire. The *budget* bounds
it: a diagram that loops without waiting for anybody meets it and becomes an incident instead of hanging.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from engine.errors import StepBudgetExceeded
from engine.process.step import Ended, Ending, Passed, WaitKind
from engine.process.token import Token

if TYPE_CHECKING:
    from engine.process.instance import Instance

BUDGET = 1000
"""Automatic activities one command may run: no approval diagram comes near it, a loop without a person meets it."""


class Run:
    """The tokens of one process instance during one command.

    `last`: the last token id given out. `before`: that number when the command began; a wait with a larger id was never
    seen outside. `instances`: by id of their host token, 0 for the top, outer ones first.
    """

    __slots__ = ("before", "budget", "emptied", "ended", "instances", "is_completed", "last", "left", "passed", "ready",
                 "tasks")

    def __init__(self, last: int = 0, budget: int = BUDGET) -> None:
        self.last = self.before = last
        self.budget = self.left = budget
        self.is_completed = False
        self.tasks: dict[int, Token] = {}
        self.instances: dict[int, Instance] = {}
        self.ready: deque[Token] = deque()
        self.emptied: list[Instance] = []
        self.ended: list[Ended] = []
        self.passed: list[Passed] = []

    @property
    def top(self) -> Instance:
        """The process instance itself."""
        return self.instances[0]

    def settle(self) -> None:
        """Run until nothing moves by itself. Raises StepBudgetExceeded and what running raises."""
        while True:
            if self.ready:
                self._run_next()
            elif self.emptied:
                self._end_scope(self.emptied.pop())
            elif not any(instance.spec.release(instance) for instance in list(self.instances.values())
                         if instance.joins and instance.spec.inclusive):
                return

    def _run_next(self) -> None:
        token = self.ready.popleft()
        if token.id in self.tasks:
            self.left -= 1
            if self.left < 0:
                raise StepBudgetExceeded(token.task_spec.bpmn_id, self.budget)
            token.run()

    def _end_scope(self, instance: Instance) -> None:
        if instance.alive or instance.is_closed:
            return
        if instance.host is not None:
            instance.host.task_spec.inner_done(instance)
        elif instance.end is not None:
            self.is_completed = True

    def end(self, token: Token, kind: WaitKind, how: Ending) -> None:
        """A wait is over; one that opened in this very command was never seen outside."""
        if token.id <= self.before:
            event = token.task_spec.node.event
            self.ended.append(Ended(id=token.id, kind=kind, node=token.task_spec.bpmn_id, how=how, is_limit=(
                event is not None and event.timer is not None and event.timer.limit is not None)))
