"""A case made again from its facts: the kernel gets every command a second time, every fact is folded.

The opening starts the process, a bringing in walks it to where the case stood, a completed task completes it, as does a child
case that has come out or a worker that has answered; a fired timer fires, a message correlates, a withdrawal, termination or
voiding cancels; all other facts only say what followed. Facts do not say where one command ends: the waits it opened become
rows when the next command begins, by which time all that followed has been folded. No day is counted here: what a clock was
due is in its facts. """

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sqlalchemy import Connection

from engine import events
from engine.calendar import Calendar
from engine.case import Case, evolve
from engine.events import Fact, Recorded
from engine.process import kernel, restoring, returning, signers
from engine.process.compile import Program
from engine.process.placing import place
from engine.process.step import Step, Wait, WaitKind
from engine.ratings import BAD
from engine.timers import due_at
from services import waiting
from services.branching import held_values
from services.cases import brought, given, scalars
from services.deployments import Deployment
from services.office import Office
from services.store import reading
from services.store.rows import ExternalTaskRow, MessageRow, TaskRow, TimerRow

_COMMANDS = (
    events.CaseOpened, events.TaskCompleted, events.TimerFired, events.MessageReceived, events.CaseWithdrawn,
    events.CaseTerminated, events.CaseVoided, events.CaseReturned, events.IncidentRaised, events.HelpAsked, events.HelpGiven,
    events.TaskClaimed, events.TaskUnclaimed, events.TaskAssigned, events.TaskTransferred, events.TaskDelegated,
    events.TaskResolved, events.TaskSentBack, events.TaskTakenBack, events.SignerAdded, events.SignerDropped,
    events.ChildEnded, events.ServiceRated, events.RatingAnswered, events.WithdrawalAsked, events.WithdrawalDenied,
    events.ExternalTaskCompleted, events.BpmnErrorThrown, events.IncidentRetried)
"""Facts before which an earlier command was over; an incident is raised last, or alone."""


class _Undo(NamedTuple):
    """A case as it was before a task was completed."""

    tokens: bytes
    data: dict[str, object]
    tasks: dict[int, TaskRow]
    timers: dict[int, TimerRow]
    messages: dict[int, MessageRow]
    externals: dict[int, ExternalTaskRow]


@dataclass(slots=True, kw_only=True)
class Replay:
    """A case as its facts make it again. Of an external task only what its facts decide: not who has it, nor how often it
    failed. `unserved`: the waits that an earlier release, which knew no external tasks, only raised an incident for, by the
    number of that fact. `opening`: waits of the last command, not yet rows; `undo`: how it was before the last task was
    completed."""

    deployment: Deployment
    calendar: Calendar
    case: Case | None = None
    tokens: bytes = b""
    data: dict[str, object] = field(default_factory=dict)
    tasks: dict[int, TaskRow] = field(default_factory=dict)
    timers: dict[int, TimerRow] = field(default_factory=dict)
    messages: dict[int, MessageRow] = field(default_factory=dict)
    externals: dict[int, ExternalTaskRow] = field(default_factory=dict)
    unserved: dict[int, int] = field(default_factory=dict)
    opening: tuple[Wait, ...] = ()
    undo: _Undo | None = None

    def take(self, recorded: Recorded) -> None:
        """Take the next fact."""
        if isinstance(recorded.fact, _COMMANDS) or (self.case is not None and recorded.at > self.case.recorded_at):
            self.settle()
        self.case = evolve(self.case, recorded)
        self._take_beside(recorded)
        if (step := self._command(recorded.fact)) is not None:
            self.tokens, self.opening = step.state, step.opened
            for ended in step.ended:
                for waits in (self.tasks, self.timers, self.messages, self.externals):
                    waits.pop(ended.id, None)
            if isinstance(recorded.fact, events.TimerFired):
                self._set_again(recorded.fact)

    def settle(self) -> None:
        """The last command is over: its waits become rows."""
        assert self.case is not None or not self.opening
        if self.case is None:
            return
        for wait in self.opening:
            self._open(wait, self.case)
        self.opening = ()

    def _take_beside(self, recorded: Recorded) -> None:
        """What people did about tasks, and beside the diagram."""
        match fact := recorded.fact:
            case events.HelpAsked():
                asked = waiting.beside(fact, recorded.seq, recorded.at)
                self.tasks[asked.token] = asked
            case events.ServiceRated() if fact.level <= BAD and self.case is not None:
                mending = waiting.mending(fact, recorded.seq, self.case, recorded.at)
                self.tasks[mending.token] = mending
            case events.HelpGiven() | events.HelpRecalled() | events.RatingAnswered():
                self.tasks.pop(fact.token, None)
            case events.ReentryAsked():
                self._enter_by_hand(fact)
            case events.IncidentRaised(code="no_connector", token=int(unserved)):
                self.unserved[recorded.seq] = unserved
                self.externals.pop(unserved, None)
            case events.IncidentRetried() if fact.raised in self.unserved:
                self._open(self._waits()[self.unserved.pop(fact.raised)], _of(self.case))
            case _ if (token := getattr(fact, "token", None)) in self.tasks:
                self.tasks[token] = waiting.held(self.tasks[token], fact)

    def _command(self, fact: Fact) -> Step | None:
        """Give the kernel the command a fact tells of; None when it was none of the kernel's."""
        program = self.deployment.program
        match fact:
            case events.CaseOpened():
                self.data = dict(fact.data)
                return kernel.start(program, scalars(self.deployment, fact.data))
            case events.DecisionListApplied():
                self.data[fact.variable] = fact.value
            case events.CaseBroughtIn():
                return place(program, scalars(self.deployment, self.data), fact.way)
            case events.TaskCompleted():
                self.undo = _Undo(self.tokens, dict(self.data), dict(self.tasks), dict(self.timers), dict(self.messages),
                                  dict(self.externals))
                self.data.update(fact.data)
                return kernel.complete(program, self.tokens, fact.token, scalars(self.deployment, self._held() | given(fact)))
            case events.TaskSentBack():
                return returning.send_back(program, self.tokens, fact.token, fact.to, fact.scope)
            case events.TaskTakenBack():
                return self._take_back(fact)
            case events.SignerAdded():
                return signers.add_instance(program, self.tokens, fact.token, fact.signer)
            case events.SignerDropped():
                return signers.drop_instance(program, self.tokens, fact.token)
            case events.TimerFired():
                return kernel.fire(program, self.tokens, fact.token)
            case events.MessageReceived():
                self.data.update(fact.data)
                return kernel.correlate(program, self.tokens, fact.name, scalars(self.deployment, self._held() | {**fact.data}),
                                        wait_id=fact.token)
            case events.ExternalTaskCompleted():
                self.data.update(fact.data)
                return kernel.complete(program, self.tokens, fact.token, self._given(fact.data))
            case events.BpmnErrorThrown():
                self.data.update(fact.data)
                return kernel.fail(program, self.tokens, fact.token, fact.code, self._given(fact.data))
            case events.IncidentRetried():
                self.data.update(fact.data)
                if fact.token is not None and fact.token in self.timers:
                    self.timers[fact.token] = self.timers[fact.token]._replace(due_at=fact.due_at)
                if fact.token is not None and fact.data:
                    return kernel.assign(program, self.tokens, fact.token, self._given(fact.data))
            case events.ChildEnded():
                self.data.update(fact.data)
                return kernel.complete(program, self.tokens, fact.token, scalars(self.deployment, brought(fact)))
            case events.CaseWithdrawn() | events.CaseTerminated() | events.CaseVoided():
                return kernel.cancel(program, self.tokens)
            case events.CaseReturned(reason=reason) if reason:
                return kernel.cancel(program, self.tokens)
            case events.IncidentRaised(token=int(token)) if token in self.timers:
                self.timers[token] = self.timers[token]._replace(due_at=None)
        return None

    def _take_back(self, fact: events.TaskTakenBack) -> Step:
        """The state before the completion, and its rows under their new numbers."""
        undo = self.undo
        assert undo is not None
        program = self.deployment.program
        step = restoring.restore(program, undo.tokens, self.tokens, fact.token)
        fresh = reopened(program, undo.tokens, self.tokens, step)
        self.data = dict(undo.data)
        self.tasks |= {fresh[id]: row._replace(token=fresh[id]) for id, row in undo.tasks.items() if id in fresh}
        self.timers |= {fresh[id]: row._replace(token=fresh[id]) for id, row in undo.timers.items() if id in fresh}
        self.messages |= {fresh[id]: row._replace(token=fresh[id]) for id, row in undo.messages.items() if id in fresh}
        self.externals |= {fresh[id]: row._replace(token=fresh[id]) for id, row in undo.externals.items() if id in fresh}
        return replace(step, opened=())

    def _held(self) -> dict[str, object]:
        return held_values(self.case) if self.case is not None else {}

    def _given(self, data: Mapping[str, object]) -> dict[str, object]:
        return scalars(self.deployment, self._held() | {**data})

    def _enter_by_hand(self, fact: events.ReentryAsked) -> None:
        """The external task of a service task is a person's instead: from the beginning, or from now on."""
        wait, case = self._waits()[fact.token], _of(self.case)
        node = self.deployment.nodes[wait.scope, wait.node]
        self.externals.pop(fact.token, None)
        self.tasks.setdefault(fact.token, waiting.reentered(
            fact, node, case.recorded_at, unit=waiting.unit(node, case, self.deployment), form=self.deployment.form_of(node)))

    def _open(self, wait: Wait, case: Case) -> None:
        match wait.kind:
            case WaitKind.TASK:
                node = self.deployment.nodes[wait.scope, wait.node]
                self.tasks[wait.id] = waiting.task(wait, node, case.recorded_at,
                                                   unit=waiting.unit(node, case, self.deployment))
            case WaitKind.TIMER if waiting.limit_of(wait) is None:
                self.timers[wait.id] = waiting.timer(wait, self.calendar, case.recorded_at)
            case WaitKind.MESSAGE | WaitKind.SIGNAL:
                self.messages[wait.id] = waiting.message(wait)
            case WaitKind.CONNECTOR if wait.id not in self.tasks:
                node = self.deployment.nodes[wait.scope, wait.node]
                self.externals[wait.id] = waiting.external(wait, node, case.recorded_at)

    def _set_again(self, fact: events.TimerFired) -> None:
        """A cycle that has firings left waits for its next period."""
        if (timer := self.timers.get(fact.token)) is None:
            return
        wait = self._waits()[fact.token]
        assert wait.timer is not None
        due = due_at(wait.timer, timer.opened_at, self.calendar, previous=fact.scheduled_at)
        self.timers[fact.token] = timer._replace(firing=timer.firing + 1, due_at=due)

    def _waits(self) -> dict[int, Wait]:
        return {wait.id: wait for wait in kernel.waits(self.deployment.program, self.tokens)}


def _of(case: Case | None) -> Case:
    assert case is not None
    return case


def reopened(program: Program, before: bytes, after: bytes, step: Step) -> Mapping[int, int]:
    """Of a state that stands again, the waits that come back: by the number they had, the number they have now."""
    there = {wait.id for wait in kernel.waits(program, after)}
    gone = sorted(wait.id for wait in kernel.waits(program, before) if wait.id not in there)
    return dict(zip(gone, (wait.id for wait in step.opened), strict=True))


def replayed(connection: Connection, office: Office, case_id: int, definition_id: int) -> Replay:
    """A stored case made again from all its facts."""
    replay = Replay(deployment=office.deployment(connection, definition_id), calendar=office.calendar)
    for recorded in reading.history(connection, case_id):
        replay.take(recorded)
    replay.settle()
    return replay
