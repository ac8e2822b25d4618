"""Our kernel and stock SpiffWorkflow do the same on random processes, ours restarted after each step. More: `make kernel`."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from engine.process.step import WaitKind
from tests.engine.process.blocks import VARIABLES, Maker
from tests.engine.process.kernel_runner import Ours
from tests.engine.process.stock_runner import Label, Stock, mended_inclusive_joins

MOST_STEPS = 150
BATCH = 20
BATCHES = int(os.environ.get("JIBAN_PROCESSES", "600")) // BATCH


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_processes_go_the_same_way_as_in_stock_spiffworkflow(batch):
    outcomes = [compare(seed) for seed in range(batch * BATCH, (batch + 1) * BATCH)]

    assert [outcome for outcome in outcomes if outcome.startswith("different")] == []


@pytest.mark.parametrize("batch", range(BATCHES // 3))
def test_random_processes_with_anything_in_inclusive_branches_go_the_same_way_as_in_mended_stock(batch):
    with mended_inclusive_joins():
        outcomes = [compare(seed, is_free=True) for seed in range(batch * BATCH, (batch + 1) * BATCH)]

    assert [outcome for outcome in outcomes if outcome.startswith("different")] == []


def compare(seed: int, *, is_free: bool = False) -> str:
    """Run one random process on both, with random choices: same, undecided (too long), or different with the reason."""
    maker = Maker(seed, depth=2 + seed % 2, is_free=is_free)
    definition = maker.definition()
    random = Random(seed)
    data = {name: random.randint(0, 1) for name in VARIABLES}
    stock, ours = Stock(definition, data), Ours(definition, data)
    done: list[str] = []
    for _ in range(MOST_STEPS):
        if difference := _difference(stock, ours):
            return f"different: seed {seed} after {done}: {difference}"
        if ours.step.is_completed:
            return "same"
        done.append(_act(stock, ours, maker, random))
    return "undecided"


def _difference(stock: Stock, ours: Ours) -> str | None:
    theirs = Counter({label: len(tasks) for label, tasks in stock.tasks().items()})
    if theirs != ours.tasks():
        return f"stock waits for {sorted(theirs, key=str)}, ours for {sorted(ours.tasks(), key=str)}"
    if stock.ends() != ours.ends():
        return f"stock ended in {stock.ends()}, ours in {ours.ends()}"
    if stock.is_completed() != ours.step.is_completed:
        return f"stock is completed: {stock.is_completed()}, ours: {ours.step.is_completed}"
    return None


def _act(stock: Stock, ours: Ours, maker: Maker, random: Random) -> str:
    """One random thing happens in both."""
    events = [label for label in ours.open(WaitKind.TIMER, WaitKind.MESSAGE) if label in stock.events()]
    tasks = list(ours.open(WaitKind.TASK))
    if events and (not tasks or random.random() < 0.3):
        label: Label = random.choice(sorted(events, key=str))
        wait = ours.open(WaitKind.TIMER, WaitKind.MESSAGE)[label][0]
        ours.happen(label)
        stock.fire(label) if wait.kind is WaitKind.TIMER else stock.send(wait.event or "")
    else:
        label = random.choice(sorted(tasks, key=str))
        answer = maker.answers.get(label[1])
        data = {answer: int(random.random() < 0.35)} if answer else {}
        ours.complete(label, data)
        stock.complete(label, data)
    return label[1]
