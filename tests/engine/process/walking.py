"""Walking a shipped diagram from its start to an end event: tasks are done as they come, time passes when none is left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.definitions.check import load
from engine.definitions.model import Definition, NodeKind
from engine.process.compile import Program, compile_program
from engine.process.kernel import complete, fire, start, waits
from engine.process.step import Step, Wait, WaitKind

SHELF = Path(__file__).parents[3] / "bpmn"
LIBRARY = {path.stem: load(path.read_bytes(), file=path.name) for path in sorted(SHELF.glob("*.bpmn"))}
NODES = {(process.id, node.id): node for definition in LIBRARY.values() for process in definition.processes.values()
         for node in process.scope.every_node()}
MOST_STEPS = 100


@dataclass(kw_only=True)
class Walk:
    """One way through a process. `answers`: outcomes of a task, one for each time it comes; then its first outcome, the
    ordinary way; of a child case, by the id of its call activity, how it comes out, else granted. `lapses`: timers that fire as
    soon as they are set; what is drawn to be waited for passes when nothing else is left to do."""

    process: str
    data: Mapping[str, object] = field(default_factory=dict)
    answers: Mapping[str, list[str]] = field(default_factory=dict)
    lapses: frozenset[str] = frozenset()
    milestones: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    is_completed: bool = False

    def go(self) -> None:
        """Walk until nothing is left to do."""
        program = program_of(self.process)
        answers = {task: list(outcomes) for task, outcomes in self.answers.items()}
        step = self._take(start(program, self.data))
        for _ in range(MOST_STEPS):
            wait = self._next(waits(program, step.state))
            if wait is None:
                break
            step = self._take(self._move(program, step, wait, answers))
        self.is_completed = step.is_completed

    def _next(self, open_waits: tuple[Wait, ...]) -> Wait | None:
        due = [wait for wait in open_waits if wait.node in self.lapses and wait.kind is WaitKind.TIMER]
        ready = [wait for wait in open_waits if wait.kind in (WaitKind.TASK, WaitKind.CALL)]
        later = [wait for wait in open_waits if self._is_waited_for(wait)]
        return next(iter(due + ready + later), None)

    def _is_waited_for(self, wait: Wait) -> bool:
        node = NODES.get((self.process, wait.node))
        return wait.kind is WaitKind.TIMER and node is not None and node.kind is NodeKind.CATCH_EVENT

    def _move(self, program: Program, step: Step, wait: Wait, answers: dict[str, list[str]]) -> Step:
        if wait.kind is WaitKind.TIMER:
            return fire(program, step.state, wait.id)
        self.done.append(wait.node)
        left = answers.get(wait.node)
        ordinary = "granted" if wait.kind is WaitKind.CALL else first_outcome(self.process, wait.node)
        outcome = left.pop(0) if left else ordinary
        return complete(program, step.state, wait.id, {wait.node: outcome})

    def _take(self, step: Step) -> Step:
        self.milestones += [passed.milestone for passed in step.passed if passed.milestone]
        self.ends += [passed.node for passed in step.passed if passed.is_end]
        return step


def program_of(process: str) -> Program:
    return compile_program(LIBRARY[process], LIBRARY)


def first_outcome(process: str, task: str) -> str:
    node = NODES.get((process, task)) or NODES["receipt", task]
    return node.work.outcomes[0].key


def ends_of(definition: Definition) -> set[str]:
    return {node.id for node in definition.process.scope.every_node() if node.kind is NodeKind.END_EVENT}


def walked(walk: Walk) -> Walk:
    fresh = Walk(process=walk.process, data=walk.data, answers=walk.answers, lapses=walk.lapses)
    fresh.go()
    return fresh
