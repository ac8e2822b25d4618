"""Sending back in random processes: never a dead end, and exactly where brute force finds that it may. More: `make kernel`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from engine.definitions.model import Node, NodeKind, Process, Scope
from engine.definitions.soundness import Budget, Game
from engine.process import kernel
from engine.process.codec import load
from engine.process.compile import Program, compile_program
from engine.process.events import holder
from engine.process.instance import Instance
from engine.process.nodes import NodeSpec
from engine.process.returning import send_back, targets
from engine.process.step import Step, Wait, WaitKind
from engine.process.token import Token
from tests.engine.process import marking_oracle as oracle
from tests.engine.process.blocks import NONE, VARIABLES, Flow, Maker, Where, definition

BATCH = 75
BATCHES = int(os.environ.get("JIBAN_PROCESSES", "600")) // BATCH
MOST_STEPS = 400


class Anything(Maker):
    """Blocks of every kind inside each other, parallel ones in loops too."""

    def _composed(self, where: Where):
        return super()._composed(replace(where, in_loop=False, in_inclusive=False))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_random_case_that_was_sent_back_still_comes_to_its_end_and_does_nothing_twice_at_once(batch):
    counts = Counter[str]()
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        send(seed, counts)

    assert counts["sent back"] > BATCH // 4  # how many of the cases have somewhere to go back to is chance
    assert set(counts) <= {"sent back", "agreed: legal", "agreed: refused", "refused as later or beside", "not looked at"}


def send(seed: int, counts: Counter[str]) -> None:
    """Walk a random case, send every open task back everywhere it may go, and walk on to the end."""
    random = Random(seed)
    maker = Anything(seed, depth=2 + seed % 2, is_free=True)
    program = compile_program(maker.definition())
    step = kernel.start(program, {name: random.randint(0, 1) for name in VARIABLES})
    for _ in range(random.randint(0, 25)):
        step = act(program, step, maker, random, 0.35) or step
    for wait in kernel.waits(program, step.state):
        if wait.kind is WaitKind.TASK:
            for verdict in compared(program, step.state, wait):
                counts[verdict] += 1
            for target in targets(program, step.state, wait.id):
                after = send_back(program, step.state, wait.id, target.node, target.scope)
                assert {one.id for one in after.ended} == {one.id for one in target.cancels} | {wait.id}, (seed, wait.node)
                walk_on(program, after, maker, seed)
                counts["sent back"] += 1


def walk_on(program: Program, step: Step, maker: Maker, seed: int) -> None:
    """Nothing is done twice at once, and the end is reached."""
    random = Random(seed)
    for _ in range(MOST_STEPS):
        assert oracle.every_scope_can_be_reached(program, step.state), seed
        if step.is_completed:
            return
        after = act(program, step, maker, random, 0.1)
        assert after is not None, f"dead end: seed {seed}"
        step = after
    raise AssertionError(f"not over: seed {seed}")


def act(program: Program, step: Step, maker: Maker, random: Random, again: float) -> Step | None:
    """One random thing happens; None when nothing can."""
    waits = kernel.waits(program, step.state)
    tasks = [wait for wait in waits if wait.kind is WaitKind.TASK]
    events = [wait for wait in waits if wait.kind in (WaitKind.TIMER, WaitKind.MESSAGE)]
    if events and (not tasks or random.random() < 0.1):
        wait = random.choice(events)
        if wait.kind is WaitKind.TIMER:
            return kernel.fire(program, step.state, wait.id)
        return kernel.correlate(program, step.state, wait.event or "", {}, wait.id)
    if not tasks:
        return None
    wait = random.choice(tasks)
    answer = maker.answers.get(wait.node)
    return kernel.complete(program, step.state, wait.id, {answer: int(random.random() < again)} if answer else {})


def compared(program: Program, state: bytes, wait: Wait) -> Iterator[str]:
    """What we and the oracle say of each user task of the enclosing scopes."""
    run = load(program, state)
    legal = {(target.scope, target.node): target for target in targets(program, state, wait.id)}
    at: Token | None = run.tasks[wait.id]
    while at is not None:
        present = holder(at)
        for target in present.workflow.spec.nodes.values():
            if target.node.kind is NodeKind.USER_TASK and target is not present.task_spec:
                ours = (present.workflow.path, target.bpmn_id) in legal
                yield verdict(program, state, wait, present, target, ours)
        at = present.workflow.host


def verdict(program: Program, state: bytes, wait: Wait, present: Token, target: NodeSpec, ours: bool) -> str:
    """agreed, or what we disagree in."""
    scope, spec = present.workflow.spec, present.task_spec
    beside = oracle.beside(scope)
    if spec.bpmn_id in beside or target.bpmn_id in beside:
        assert not ours or (spec.bpmn_id in beside and target.bpmn_id in beside)
        return "refused as later or beside" if not ours else "agreed: legal"
    ways = oracle.ways_back(present, target.bpmn_id)
    if ways is None:
        return "not looked at"
    theirs = bool(ways) and oracle.comes_to(scope, target.bpmn_id, spec.bpmn_id)
    if theirs and not ours and oracle.is_later_or_beside(scope, target.bpmn_id, spec.bpmn_id):
        return "refused as later or beside"
    if ours != theirs:
        return f"we say {ours}, brute force says {theirs}: {wait.node} to {target.bpmn_id}"
    if ours:
        after = send_back_ended(program, state, wait, present, target)
        if after not in ways:
            return f"we end {after:b}, least is {ways}: {wait.node} to {target.bpmn_id}"
    return f"agreed: {'legal' if ours else 'refused'}"


def send_back_ended(program: Program, state: bytes, wait: Wait, present: Token, target: NodeSpec) -> int:
    """The places that are emptied, as bits."""
    before = oracle.marking(present.workflow)
    after = send_back(program, state, wait.id, target.bpmn_id, present.workflow.path)
    run = load(program, after.state)
    stays = oracle.marking(scope_of(run, present))
    return before & ~stays


def scope_of(run, present: Token) -> Instance:
    """The same scope after the step."""
    host = present.workflow.host
    return run.instances[0 if host is None else host.id]


@pytest.mark.parametrize("batch", range(10))
def test_in_random_sound_processes_not_made_of_blocks_no_return_lets_a_case_get_stuck(batch):
    counts = Counter[str]()
    for seed in range(batch * 600, (batch + 1) * 600):
        scope = tangle(Random(seed))
        if scope is not None:
            send_in_tangle(scope, Random(seed), counts)

    assert counts["sent back"] > 20 and set(counts) == {"sent back"}


def send_in_tangle(scope: Scope, random: Random, counts: Counter[str]) -> None:
    program = compile_program(definition({"p": Process(id="p", name="p", scope=scope)}))
    for _ in range(6):
        step = kernel.start(program, {"c": random.randint(0, 1)})
        for _ in range(random.randint(0, 10)):
            open_waits = kernel.waits(program, step.state)
            if open_waits:
                step = kernel.complete(program, step.state, random.choice(open_waits).id, {"c": random.randint(0, 1)})
        for wait in kernel.waits(program, step.state):
            for target in targets(program, step.state, wait.id):
                after = load(program, send_back(program, step.state, wait.id, target.node).state)
                marking = oracle.marking(after.top)
                for net in oracle.field_of(program.scope).nets:
                    start = frozenset(place for place in net.target if marking >> place & 1)
                    assert Game(replace(net, start=start), Budget(10**6)).play() == set(), (scope, wait, target)
                counts["sent back"] += 1


def tangle(random: Random) -> Scope | None:
    """Gateways wired at random, a task on each flow; None unless that is sound."""
    splits = [True, False] * random.randint(2, 3)
    kinds = [random.choice((NodeKind.EXCLUSIVE_GATEWAY, NodeKind.PARALLEL_GATEWAY, NodeKind.PARALLEL_GATEWAY,
                            NodeKind.INCLUSIVE_GATEWAY)) for _ in splits]
    outs = ["start", *(f"g{at}" for at, split in enumerate(splits) for _ in range(2 if split else 1))]
    ins = ["end", *(f"g{at}" for at, split in enumerate(splits) for _ in range(1 if split else 2))]
    random.shuffle(ins)
    nodes = [Node(id="start", kind=NodeKind.START_EVENT, event=NONE), Node(id="end", kind=NodeKind.END_EVENT, event=NONE)]
    flows, defaults = [], {}
    for number, (source, target) in enumerate(zip(outs, ins, strict=True)):
        chooses = source != "start" and splits[int(source[1:])] and kinds[int(source[1:])] is not NodeKind.PARALLEL_GATEWAY
        is_default = chooses and defaults.setdefault(source, f"out{number}") == f"out{number}"
        flows.append(Flow(id=f"out{number}", source=source, target=f"t{number}",
                          condition="c == 1" if chooses and not is_default else None))
        flows.append(Flow(id=f"in{number}", source=f"t{number}", target=target))
        nodes.append(Node(id=f"t{number}", kind=NodeKind.USER_TASK))
    nodes += [Node(id=f"g{at}", kind=kind, default=defaults.get(f"g{at}")) for at, kind in enumerate(kinds)]
    return oracle.sound(Scope(nodes=tuple(nodes), flows=tuple(flows)))
