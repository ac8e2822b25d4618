"""Random block-structured processes, as values of the model: the same seed gives the same process.

Left out is what stock SpiffWorkflow gets wrong, each of which has a test of its own: parallel and inclusive blocks in a loop,
several timers on an event gateway, and, unless asked for, everything but sequences in an inclusive branch: its inclusive join
overlooks much of what is still on its way. Conditions read variables given at the start, or those a task sets when it is
completed (`answers`: task id → variable).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import pairwise
from random import Random

from engine.definitions.model import (
    Definition,
    Event,
    EventKind,
    Flow,
    MultiInstance,
    Node,
    NodeKind,
    Process,
    Scope,
    StandardLoop,
    Timer,
    TimerKind,
)

VARIABLES = ("c0", "c1", "c2", "c3")
NONE = Event(kind=EventKind.NONE)
Fragment = tuple[str, str]  # its first and last node


@dataclass(frozen=True, kw_only=True)
class Where:
    """What surrounds a block."""

    depth: int
    in_loop: bool = False
    in_inclusive: bool = False
    in_several: bool = False


@dataclass(kw_only=True)
class Draft:
    """A scope being made."""

    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)


class Maker:
    """Makes blocks at random. `is_free`: anything may stand in an inclusive branch. `answers`: the variable a task sets to 0
    or 1 when it is completed."""

    def __init__(self, seed: int, depth: int = 3, *, is_free: bool = False) -> None:
        self.random = Random(seed)
        self.is_free = is_free
        self.count = 0
        self.draft = Draft()
        self.answers: dict[str, str] = {}
        self.called: dict[str, Process] = {}
        self.depth = depth

    def definition(self) -> Definition:
        """A whole definition."""
        scope = self.scope(Where(depth=self.depth))
        processes = {"p": Process(id="p", name="p", scope=scope), **self.called}
        return definition(processes)

    def scope(self, where: Where, after: Callable[[], None] | None = None) -> Scope:
        """Start, a block, end; `after` may add to it."""
        outer, self.draft = self.draft, Draft()
        start, end = self.node("start", NodeKind.START_EVENT, event=NONE), self.node("end", NodeKind.END_EVENT, event=NONE)
        first, last = self.sequence(where)
        self.flow(start, first)
        self.flow(last, end)
        if after is not None:
            after()
        made, self.draft = self.draft, outer
        return Scope(nodes=tuple(made.nodes), flows=tuple(made.flows))

    def node(self, word: str, kind: NodeKind, **fields: object) -> str:
        """A new node; its id."""
        self.count += 1
        self.draft.nodes.append(Node(id=f"{word}{self.count}", kind=kind, **fields))  # type: ignore[arg-type]
        return f"{word}{self.count}"

    def flow(self, source: str, target: str, condition: str | None = None) -> str:
        """A new flow; its id."""
        self.count += 1
        self.draft.flows.append(Flow(id=f"f{self.count}", source=source, target=target, condition=condition))
        return f"f{self.count}"

    def default(self, gateway: str, flow: str) -> None:
        """Make a flow the default of a gateway."""
        at = next(at for at, node in enumerate(self.draft.nodes) if node.id == gateway)
        self.draft.nodes[at] = replace(self.draft.nodes[at], default=flow)

    def sequence(self, where: Where) -> Fragment:
        """One to three blocks in a row."""
        blocks = [self.block(where) for _ in range(self.random.randint(1, 3 if where.depth == self.depth else 2))]
        for (_, last), (first, _) in pairwise(blocks):
            self.flow(last, first)
        return blocks[0][0], blocks[-1][1]

    def block(self, where: Where) -> Fragment:
        """Any block that fits here."""
        fitting = [self.task, self.throw, self.watched_task]
        if self.is_free or not where.in_inclusive:
            fitting += [self.guarded_task, self.event_choice]
            if not where.in_several:
                fitting += [self.while_task, self.several_tasks, self.several_tasks]
            if where.depth > 0:
                fitting += self._composed(where)
        inner = replace(where, depth=where.depth - 1)
        return self.random.choice(fitting)(inner)

    def _composed(self, where: Where) -> list[Callable[[Where], Fragment]]:
        fitting = [self.choice, self.choice, self.rework, self.subprocess, self.call, self.guarded_subprocess, self.failing,
                   self.escalating, self.terminating]
        if not where.in_loop:
            fitting += [self.parallel, self.parallel, self.inclusive, self.inclusive]
        if not where.in_several:
            fitting += [self.several_subprocesses]
        if not where.in_loop and not where.in_several:
            fitting += [self.signalling]
        return [*fitting, self.racing]

    def task(self, where: Where) -> Fragment:
        """A user task."""
        task = self.node("t", NodeKind.USER_TASK)
        return task, task

    def throw(self, where: Where) -> Fragment:
        """A none throw event with a task behind it."""
        event, (first, last) = self.node("n", NodeKind.THROW_EVENT, event=NONE), self.task(where)
        self.flow(event, first)
        return event, last

    def choice(self, where: Where) -> Fragment:
        """Exclusive split and merge."""
        return self._split(NodeKind.EXCLUSIVE_GATEWAY, where)

    def inclusive(self, where: Where) -> Fragment:
        """Inclusive split and join."""
        return self._split(NodeKind.INCLUSIVE_GATEWAY, replace(where, in_inclusive=True))

    def parallel(self, where: Where) -> Fragment:
        """Parallel split and join."""
        split, join = (self.node("g", NodeKind.PARALLEL_GATEWAY) for _ in "sj")
        for _ in range(self.random.randint(2, 3)):
            first, last = self.sequence(where)
            self.flow(split, first)
            self.flow(last, join)
        return split, join

    def _split(self, kind: NodeKind, where: Where) -> Fragment:
        split, join = self.node("g", kind), self.node("g", kind)
        branches = [self.sequence(where) for _ in range(self.random.randint(2, 3))]
        for number, (first, last) in enumerate(branches):
            is_default = number == len(branches) - 1
            flow = self.flow(split, first, None if is_default else self.condition())
            if is_default:
                self.default(split, flow)
            self.flow(last, join)
        return split, join

    def condition(self) -> str:
        """A condition both languages understand."""
        return f"{self.random.choice(VARIABLES)} == {self.random.randint(0, 1)}"

    def rework(self, where: Where) -> Fragment:
        """Do, ask, and back again while the answer is 1."""
        merge = self.node("g", NodeKind.EXCLUSIVE_GATEWAY)
        first, last = self.sequence(replace(where, in_loop=True))
        ask, split = self.node("t", NodeKind.USER_TASK), self.node("g", NodeKind.EXCLUSIVE_GATEWAY)
        self.answers[ask] = f"again_{ask}"
        out = self.node("n", NodeKind.THROW_EVENT, event=NONE)
        self.flow(merge, first)
        self.flow(last, ask)
        self.flow(ask, split)
        self.flow(split, merge, f"again_{ask} == 1")
        self.default(split, self.flow(split, out))
        return merge, out

    def several_tasks(self, where: Where) -> Fragment:
        """A multi-instance task, with or without a completion condition."""
        self.count += 1
        task = f"m{self.count}"
        completion = None
        if self.random.random() < 0.4:
            self.answers[task] = f"enough_{task}"
            completion = f"enough_{task} == 1"
        self.draft.nodes.append(Node(id=task, kind=NodeKind.USER_TASK, loop=MultiInstance(
            sequential=self.random.random() < 0.5, cardinality=str(self.random.randint(1, 3)), completion=completion)))
        return task, task

    def while_task(self, where: Where) -> Fragment:
        """A task that repeats while the answer is 1."""
        self.count += 1
        task = f"w{self.count}"
        self.answers[task] = f"more_{task}"
        self.draft.nodes.append(Node(id=task, kind=NodeKind.USER_TASK, loop=StandardLoop(
            condition=f"more_{task} == 1", maximum=self.random.randint(1, 3))))
        return task, task

    def subprocess(self, where: Where) -> Fragment:
        """An embedded sub-process."""
        node = self.node("sub", NodeKind.SUBPROCESS, body=self.scope(where))
        return node, node

    def several_subprocesses(self, where: Where) -> Fragment:
        """A multi-instance sub-process."""
        node = self.node("sub", NodeKind.SUBPROCESS, body=self.scope(replace(where, in_several=True)), loop=MultiInstance(
            sequential=self.random.random() < 0.5, cardinality=str(self.random.randint(1, 3))))
        return node, node

    def call(self, where: Where) -> Fragment:
        """A call activity and the process it calls."""
        self.count += 1
        id = f"q{self.count}"
        self.called[id] = Process(id=id, name=id, scope=self.scope(where))
        node = self.node("call", NodeKind.CALL_ACTIVITY, called=id)
        return node, node

    def watched_task(self, where: Where) -> Fragment:
        """A task with a timer beside it."""
        return self._with_boundary(self.node("t", NodeKind.USER_TASK), self.timer(), False, "timer")

    def guarded_task(self, where: Where) -> Fragment:
        """A task with a timer or message at its edge."""
        return self._guarded(self.node("t", NodeKind.USER_TASK), where)

    def guarded_subprocess(self, where: Where) -> Fragment:
        """A sub-process with a timer or message at its edge."""
        return self._guarded(self.subprocess(where)[0], where)

    def _guarded(self, host: str, where: Where) -> Fragment:
        is_timer = where.in_several or self.random.random() < 0.5
        word = "timer" if is_timer else "message"
        return self._with_boundary(host, self.timer() if is_timer else self.message(), self.random.random() < 0.5, word)

    def timer(self) -> Event:
        """A timer of five days."""
        return Event(kind=EventKind.TIMER, timer=Timer(kind=TimerKind.DURATION, text="P5D"))

    def message(self) -> Event:
        """A message nobody else awaits."""
        self.count += 1
        return Event(kind=EventKind.MESSAGE, name=f"msg{self.count}")

    def _with_boundary(self, host: str, event: Event, interrupting: bool, word: str = "b") -> Fragment:
        merge = self.node("g", NodeKind.EXCLUSIVE_GATEWAY)
        boundary = self.node(word, NodeKind.BOUNDARY_EVENT, event=event, attached_to=host, interrupting=interrupting)
        task = self.node("t", NodeKind.USER_TASK)
        self.flow(host, merge)
        self.flow(boundary, task)
        self.flow(task, merge if interrupting else self.node("end", NodeKind.END_EVENT, event=NONE))
        return host, merge

    def event_choice(self, where: Where) -> Fragment:
        """An event gateway: a timer or a message, whichever comes first."""
        gateway, merge = self.node("eg", NodeKind.EVENT_GATEWAY), self.node("g", NodeKind.EXCLUSIVE_GATEWAY)
        events = [self.timer(), self.message() if not where.in_several else None]
        if self.random.random() < 0.3 and not where.in_several:
            events[0] = self.message()
        for event in events:
            if event is not None:
                word = "timer" if event.kind is EventKind.TIMER else "message"
                catch, task = self.node(word, NodeKind.CATCH_EVENT, event=event), self.node("t", NodeKind.USER_TASK)
                self.flow(gateway, catch)
                self.flow(catch, task)
                self.flow(task, merge)
        return gateway, merge

    def failing(self, where: Where) -> Fragment:
        """A sub-process that may end in an error, caught at its edge."""
        code = f"err{self.count}"
        body = self.scope(where, lambda: self._leave_early(Event(kind=EventKind.ERROR, name=code)))
        host = self.node("sub", NodeKind.SUBPROCESS, body=body)
        return self._with_boundary(host, Event(kind=EventKind.ERROR, name=code), True)

    def escalating(self, where: Where) -> Fragment:
        """A sub-process that escalates on its way, caught at its edge."""
        code = f"esc{self.count}"
        body = self.scope(where, lambda: self._escalate(Event(kind=EventKind.ESCALATION, name=code)))
        host = self.node("sub", NodeKind.SUBPROCESS, body=body)
        return self._with_boundary(host, Event(kind=EventKind.ESCALATION, name=code), self.random.random() < 0.5)

    def terminating(self, where: Where) -> Fragment:
        """A sub-process with a way that terminates it."""
        node = self.node("sub", NodeKind.SUBPROCESS, body=self.scope(
            where, lambda: self._leave_early(Event(kind=EventKind.TERMINATE))))
        return node, node

    def racing(self, where: Where) -> Fragment:
        """A sub-process with two branches of which the first to end ends both: in an error, or terminated."""
        error = Event(kind=EventKind.ERROR, name=f"race{self.count}") if self.random.random() < 0.5 else None
        end = Event(kind=EventKind.TERMINATE) if error is None else error
        host = self.node("sub", NodeKind.SUBPROCESS, body=self.scope(where, lambda: self._race(where, end)))
        return (host, host) if error is None else self._with_boundary(host, error, True)

    def _race(self, where: Where, event: Event) -> None:
        to_end = self.draft.flows[self._to_end()]
        split = self.node("g", NodeKind.PARALLEL_GATEWAY)
        self.draft.flows[self._to_end()] = replace(to_end, target=split)
        for end in (self.node("end", NodeKind.END_EVENT, event=event), to_end.target):
            first, last = self.sequence(where)
            self.flow(split, first)
            self.flow(last, end)

    def signalling(self, where: Where) -> Fragment:
        """Two branches of which one awaits a signal of the other."""
        split, join = (self.node("g", NodeKind.PARALLEL_GATEWAY) for _ in "sj")
        signal = Event(kind=EventKind.SIGNAL, name=f"sig{self.count}")
        (first, last), throw = self.sequence(where), self.node("s", NodeKind.THROW_EVENT, event=signal)
        catch, (second, _) = self.node("c", NodeKind.CATCH_EVENT, event=signal), self.task(where)
        for pair in ((split, first), (last, throw), (throw, join), (split, catch), (catch, second), (second, join)):
            self.flow(*pair)
        return split, join

    def _leave_early(self, event: Event) -> None:
        """Before the scope's end: a choice that may lead to another end event."""
        last = self.draft.flows[self._to_end()]
        split = self.node("g", NodeKind.EXCLUSIVE_GATEWAY)
        self.draft.flows[self._to_end()] = replace(last, target=split)
        self.flow(split, self.node("end", NodeKind.END_EVENT, event=event), self.condition())
        self.default(split, self.flow(split, last.target))

    def _escalate(self, event: Event) -> None:
        last = self.draft.flows[self._to_end()]
        throw, task = self.node("e", NodeKind.THROW_EVENT, event=event), self.node("t", NodeKind.USER_TASK)
        self.draft.flows[self._to_end()] = replace(last, target=throw)
        self.flow(throw, task)
        self.flow(task, last.target)

    def _to_end(self) -> int:
        end = self.draft.nodes[1].id
        return next(at for at, flow in enumerate(self.draft.flows) if flow.target == end)


def definition(processes: dict[str, Process], primary: str = "p") -> Definition:
    """A definition of these processes, with a hash of their meaning."""
    return Definition(primary=primary, processes=processes, hash=sha256(repr(processes).encode()).hexdigest())
