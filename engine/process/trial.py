"""Trying a definition out: run it in memory and say how far it gets, on a clock that only this module turns.

Asked to complete, it does what patient people would: each open task is completed in the order it opened; only when no task is
open does time pass, to the next timer that is due. A task with outcomes gets the one the start variables name, the first time,
and then its first: the ordinary way. A child case comes out as they name it, else granted. Messages, signals, connectors and
called processes that are not there stay waits, and so does a gateway that asks for a variable nobody gave: the task before it
counts as done, and is tried again when others have moved, since they may have given it. A timer that repeats without end is
fired once. An instance that stands still with nothing to wait for has met a dead end, which is an incident. Nothing is asked of
the real clock: a trial is bounded by counting, so it gives the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from engine.calendar import Calendar
from engine.definitions.model import RESULTS, Definition, Node
from engine.errors import Incident, MissingVariable
from engine.process import kernel
from engine.process.codec import load, tokens_made
from engine.process.compile import Program, compile_program
from engine.process.step import Step, Wait, WaitKind
from engine.sentences import say, sentence_of
from engine.timers import due_at

MAX_COMMANDS = 2_000
MAX_ACTIVITIES = 10_000
MAX_WORK = 200_000
"""Living waits, summed over the commands: what the time of a trial is in proportion to."""

VARIABLE = "variable"
_START = 0
"""Stands for the start where a wait's id is meant; ids of waits begin at 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What a trial stands still for. `id`: BPMN id. `kind`: a WaitKind's value, or `variable`. `name`: the name of the
    node, message, signal, connector topic, called process or variable."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How far it got. `outcome`: waiting | completed (through an end event) | incident, with its `message` and the `node`.
    `trace`: the user tasks completed and child cases passed, `end_events`: the end events reached, both as BPMN ids in
    order."""

    outcome: str
    waiting_for: tuple[Awaited, ...] = ()
    trace: tuple[str, ...] = ()
    end_events: tuple[str, ...] = ()
    message: str | None = None
    node: str | None = None


def trial(
    definition: Definition, *, library: Mapping[str, Definition], data: Mapping[str, object], complete: bool,
    calendar: Calendar, start_at: datetime,
) -> Trial:
    """Run a definition to its first wait, or with `complete` as far as it goes. `start_at` is aware. Raises InvalidInput
    for data the state cannot hold."""
    walk = _Walk(program=compile_program(definition, library), calendar=calendar, now=start_at, answers=dict(data))
    try:
        return walk.run(data, complete=complete)
    except Incident as incident:
        return walk.report("incident", incident)


@dataclass(slots=True, kw_only=True)
class _Walk:
    """A trial under way. `answers`: outcomes the start variables name and no task has had yet. `fired`: the last scheduled
    firing. `tried`: waits given their command at least once; `blocked`: those that then asked for a variable.
    `has_moved`: something has gone on since they were tried."""

    program: Program
    calendar: Calendar
    now: datetime
    answers: dict[str, object]
    state: bytes = b""
    is_completed: bool = False
    has_moved: bool = False
    open: dict[int, Wait] = field(default_factory=dict)
    opened_at: dict[int, datetime] = field(default_factory=dict)
    fired: dict[int, datetime] = field(default_factory=dict)
    tried: set[int] = field(default_factory=set)
    blocked: dict[int, MissingVariable] = field(default_factory=dict)
    trace: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    commands: int = 0
    work: int = 0

    def run(self, data: Mapping[str, object], *, complete: bool) -> Trial:
        """From the start on. Raises Incident."""
        self._advance(_START, partial(kernel.start, self.program, data))
        while complete and not self.is_completed and (wait := self._next()) is not None:
            self._bound(wait)
            if wait.kind is not WaitKind.TIMER and wait.id not in self.tried:
                self.trace.append(wait.node)
            self.tried.add(wait.id)
            self._advance(wait.id, self._doing(wait))
        if not (self.is_completed or self.open or self.blocked):
            raise self._dead_end()
        return self.report("completed" if self.is_completed else "waiting")

    def report(self, outcome: str, incident: Incident | None = None) -> Trial:
        """What has come of it; open waits in the order they opened, after the variables that are missing."""
        missing = {(blocked.node, blocked.variable): Awaited(id=blocked.node, kind=VARIABLE, name=blocked.variable)
                   for blocked in self.blocked.values()}
        waits = [wait for id, wait in sorted(self.open.items()) if id not in self.blocked]
        return Trial(outcome=outcome, trace=tuple(self.trace), end_events=tuple(self.ends),
                     waiting_for=(*missing.values(), *map(_awaited, waits)),
                     message=None if incident is None else str(incident), node=None if incident is None else incident.node)

    def _next(self) -> Wait | None:
        """The task to complete or the timer to fire next; None when everything left has to come from elsewhere."""
        if (task := self._next_task()) is not None:
            return task
        if self.has_moved and self.blocked:
            self.blocked, self.has_moved = {}, False
            return self._next()
        timers = [wait for wait in self.open.values() if wait.kind is WaitKind.TIMER and wait.id not in self.blocked
                  and not (wait.remaining is None and wait.id in self.fired)]
        return min(timers, key=lambda wait: (self._due(wait), wait.id), default=None)

    def _next_task(self) -> Wait | None:
        return next((wait for wait in self.open.values() if wait.id not in self.blocked
                     and (wait.kind is WaitKind.TASK or self._node(wait).child is not None)), None)

    def _doing(self, wait: Wait) -> Callable[[], Step]:
        if wait.kind is WaitKind.TIMER:
            self.fired[wait.id] = self._due(wait)
            self.now = max(self.now, self.fired[wait.id])
            return partial(kernel.fire, self.program, self.state, wait.id)
        return partial(kernel.complete, self.program, self.state, wait.id, self._outcome(wait))

    def _outcome(self, wait: Wait) -> dict[str, object]:
        """What the completion says; nothing for a task without outcomes."""
        node = self._node(wait)
        name = wait.node if node.child is None else node.child.result
        keys = [outcome.key for outcome in node.work.outcomes] if node.work is not None else []
        keys = keys if node.child is None else list(RESULTS)
        given = self.answers.pop(name, None)
        return {name: given if given in keys else keys[0]} if keys else {}

    def _node(self, wait: Wait) -> Node:
        scope = self.program.scope
        for id in wait.scope:
            scope = scope.nodes[id].body
        return scope.nodes[wait.node].node

    def _advance(self, wait_id: int, command: Callable[[], Step]) -> None:
        try:
            step = command()
        except MissingVariable as missing:
            self.blocked[wait_id] = missing
            return
        self.state, self.is_completed, self.has_moved = step.state, step.is_completed, True
        self.ends += [passed.node for passed in step.passed if passed.is_end]
        for ended in step.ended:
            self.open.pop(ended.id, None)
            self.blocked.pop(ended.id, None)
        for wait in step.opened:
            self.open[wait.id], self.opened_at[wait.id] = wait, self.now

    def _due(self, wait: Wait) -> datetime:
        assert wait.timer is not None
        try:
            due = due_at(wait.timer, self.opened_at[wait.id], self.calendar, previous=self.fired.get(wait.id))
        except ValueError as error:
            raise Incident(wait.node, say(
                "the timer “{wait}” cannot be set: {reason}",
                wait=wait.name or wait.node, reason=sentence_of(error))) from error
        return due if due is not None else datetime.max.replace(tzinfo=UTC)

    def _bound(self, wait: Wait) -> None:
        self.commands += 1
        self.work += len(self.open)
        for count, most, what in ((self.commands, MAX_COMMANDS, say("tasks completed and timers fired")),
                                  (tokens_made(self.state), MAX_ACTIVITIES, say("activities begun")),
                                  (self.work, MAX_WORK, say("waits looked through"))):
            if count > most:
                raise Incident(wait.node, say(
                    "not over after {most:,} {what}, last at “{node}”: the trial stops here",
                    most=most, what=what, node=wait.node))

    def _dead_end(self) -> Incident:
        """Nothing to wait for; what is alive, if anything, are joins for which nothing more can come."""
        stuck = [token.task_spec.bpmn_id for token in load(self.program, self.state).tasks.values()]
        if not stuck:
            return Incident("", "dead end: nothing is left to wait for, and no end event was reached")
        return Incident(stuck[0], say("dead end at {stuck}: nothing is left to wait for, and no end event was reached",
                                      stuck=tuple(f"“{node}”" for node in stuck)))


def _awaited(wait: Wait) -> Awaited:
    return Awaited(id=wait.node, kind=wait.kind.value, name=wait.event or wait.name or wait.node)
