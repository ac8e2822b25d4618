"""Trying a definition out: run it in memory and say how far it gets, on a clock that only this module turns.

Asked to complete, it does what patient people would: each open task is completed in the order it opened, with the first
of its outcomes; only when no task is open does time pass, to the next timer that is due. Messages, connectors and called
processes that are not there stay waits, and so does a gateway that asks for a variable nobody gave. A timer that repeats
without end is fired once. Nothing is asked of the real clock: a trial is bounded by counting, so it gives the same answer
on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from engine.calendar import Calendar
from engine.definitions.model import Definition, NodeKind, Scope
from engine.errors import Incident, InvalidInput, MissingVariable
from engine.process import kernel
from engine.process.codec import tokens_made
from engine.process.compile import Program, compile_program
from engine.process.step import Step, Wait, WaitKind
from engine.timers import due_at

MAX_COMMANDS = 2_000
MAX_ACTIVITIES = 10_000
MAX_WORK = 200_000
"""Living waits, summed over the commands: what the time of a trial is in proportion to."""

VARIABLE = "variable"


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
    `trace`: the user tasks completed, `end_events`: the end events reached, both as BPMN ids in order."""

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
    walk = _Walk(program=compile_program(definition, library), calendar=calendar, now=start_at,
                 outcomes=_first_outcomes(definition, library))
    try:
        return walk.run(data, complete=complete)
    except Incident as incident:
        return Trial(outcome="incident", trace=tuple(walk.trace), end_events=tuple(walk.ends), message=str(incident),
                     node=incident.node, waiting_for=walk.waiting_for())


@dataclass(slots=True, kw_only=True)
class _Walk:
    """A trial under way. `blocked`: waits whose completion asked for a variable. `fired`: the last scheduled firing."""

    program: Program
    calendar: Calendar
    now: datetime
    outcomes: Mapping[str, str]
    state: bytes = b""
    is_completed: bool = False
    open: dict[int, Wait] = field(default_factory=dict)
    opened_at: dict[int, datetime] = field(default_factory=dict)
    fired: dict[int, datetime] = field(default_factory=dict)
    blocked: dict[int, MissingVariable] = field(default_factory=dict)
    needed: dict[tuple[str, str], Awaited] = field(default_factory=dict)
    trace: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    commands: int = 0
    work: int = 0

    def run(self, data: Mapping[str, object], *, complete: bool) -> Trial:
        """From the start on. Raises Incident."""
        self._advance(None, partial(kernel.start, self.program, data))
        while complete and not self.is_completed and (command := self._next()) is not None:
            self._bound(command)
            if command.kind is WaitKind.TASK:
                self.trace.append(command.node)
            self._advance(command.id, self._doing(command))
        outcome = "completed" if self.is_completed else "waiting"
        return Trial(outcome=outcome, trace=tuple(self.trace), end_events=tuple(self.ends), waiting_for=self.waiting_for())

    def waiting_for(self) -> tuple[Awaited, ...]:
        """What is missing, then what is open, in the order it opened."""
        waits = [wait for id, wait in sorted(self.open.items()) if id not in self.blocked]
        return (*self.needed.values(), *(Awaited(id=wait.node, kind=wait.kind.value, name=wait.event or wait.name or wait.node)
                                         for wait in waits))

    def _next(self) -> Wait | None:
        """The task to complete or the timer to fire next; None when both have to come from elsewhere."""
        for wait in self.open.values():
            if wait.kind is WaitKind.TASK and wait.id not in self.blocked:
                return wait
        timers = [wait for wait in self.open.values() if wait.kind is WaitKind.TIMER and wait.id not in self.blocked
                  and not (wait.remaining is None and wait.id in self.fired)]
        return min(timers, key=lambda wait: (self._due(wait), wait.id), default=None)

    def _doing(self, wait: Wait) -> Callable[[], Step]:
        if wait.kind is WaitKind.TIMER:
            self.fired[wait.id] = self._due(wait)
            self.now = max(self.now, self.fired[wait.id])
            return partial(kernel.fire, self.program, self.state, wait.id)
        outcome = self.outcomes.get(wait.node)
        data = {} if outcome is None else {wait.node: outcome}
        return partial(kernel.complete, self.program, self.state, wait.id, data)

    def _advance(self, wait_id: int | None, command: Callable[[], Step]) -> None:
        try:
            step = command()
        except MissingVariable as missing:
            self.needed[missing.node, missing.variable] = Awaited(id=missing.node, kind=VARIABLE, name=missing.variable)
            if wait_id is not None:
                self.blocked[wait_id] = missing
            return
        self.state, self.is_completed = step.state, step.is_completed
        self.ends += [passed.node for passed in step.passed if passed.is_end]
        for ended in step.ended:
            self.open.pop(ended.id, None)
        for wait in step.opened:
            self.open[wait.id], self.opened_at[wait.id] = wait, self.now

    def _due(self, wait: Wait) -> datetime:
        assert wait.timer is not None
        try:
            due = due_at(wait.timer, self.opened_at[wait.id], self.calendar, previous=self.fired.get(wait.id))
        except (ValueError, OverflowError, InvalidInput) as error:
            raise Incident(wait.node, f"the timer “{wait.name or wait.node}” cannot be set: {error}") from error
        return due if due is not None else datetime.max.replace(tzinfo=UTC)

    def _bound(self, command: Wait) -> None:
        self.commands += 1
        self.work += len(self.open)
        for count, most, what in ((self.commands, MAX_COMMANDS, "tasks completed and timers fired"),
                                  (tokens_made(self.state), MAX_ACTIVITIES, "activities begun"),
                                  (self.work, MAX_WORK, "waits looked through")):
            if count > most:
                raise Incident(command.node, f"not over after {most:,} {what}, last at “{command.node}”: the trial stops "
                                             "here")


def _first_outcomes(definition: Definition, library: Mapping[str, Definition]) -> dict[str, str]:
    """The ordinary way to complete each task that has outcomes, by BPMN id."""
    found: dict[str, str] = {}
    for each in (*library.values(), definition):
        for process in each.processes.values():
            _collect(process.scope, found)
    return found


def _collect(scope: Scope, found: dict[str, str]) -> None:
    for node in scope.nodes:
        if node.kind is NodeKind.USER_TASK and node.work is not None and node.work.outcomes:
            found[node.id] = node.work.outcomes[0].key
        if node.body is not None:
            _collect(node.body, found)
