"""Sending back in the shipped diagrams: what a clerk, a reviewer and an approver are offered, and 60 random walks of each."""

from collections.abc import Callable
from random import Random

import pytest

from engine.definitions.model import NodeKind
from engine.process.kernel import complete, correlate, fire, start, waits
from engine.process.returning import barred, send_back, targets
from engine.process.step import Step, WaitKind
from tests.engine.process.drawing import fired, open_nodes, wait_at
from tests.engine.process.marking_oracle import every_scope_can_be_reached
from tests.engine.process.walking import LIBRARY, NODES, first_outcome, program_of

MOST_STEPS = 300
RESULTS = ("granted", "refused", "withdrawn")
"""How a child case comes out."""
GIVEN = {"company_tax": {"filing_due_on": "2026-03-16"}, "construction_support": {"phases": ["地上主体工程"]}}
"""What a case is opened with, where its diagram asks for it."""


def walked(process: str, until: str, **outcomes: str) -> Step:
    """Every task done with its first outcome, or the one given, until this one is open."""
    step = start(program_of(process))
    while until not in open_nodes(program_of(process), step):
        wait = next(wait for wait in waits(program_of(process), step.state) if wait.kind is WaitKind.TASK)
        step = complete(program_of(process), step.state, wait.id, {
            wait.node: outcomes.get(wait.node, first_outcome(process, wait.node))})
    return step


def offered(process: str, step: Step, task: str) -> dict[str, set[str]]:
    """Where the task may go back to → the legal moments behind it."""
    wait = wait_at(program_of(process), step, task)
    return {each.node: set(each.milestones.values()) for each in targets(program_of(process), step.state, wait.id)}


@pytest.mark.parametrize(("process", "task", "expected"), [
    ("receipt", "register", {}),  # the first step
    ("receipt", "verify", {"register": set(), "supplement": {"resubmitted"}}),
    ("company_setup", "review_registration", {"decide_registration": set()}),
    ("company_setup", "decide_registration", {"review_registration": set()}),
    ("company_setup", "make_seal", {"review_registration": {"granted"}, "decide_registration": {"granted"}}),
    ("company_setup", "hand_over", {}),  # both before it are inside what is over
    ("four_permits", "decide_planning", {"review_planning": set(), "check_commitment": set(), "check_exemption": set()}),
    ("four_permits", "review_drawings", {}),  # the first step of its branch, and nothing before the split
    ("four_permits", "decide_construction", {"review_again": set()}),
    ("four_permits", "hand_over", {"certify": {"certified"}}),
    ("joint_completion_inspection", "check_fire", {"dispatch": set()}),
    ("joint_completion_inspection", "decide_acceptance", {
        each: set() for each in ("dispatch", "visit", "summarise", "check_planning", "check_fire", "check_civil_defence",
                                 "check_archives", "check_quality", "notify_defects", "report_rectified", "visit_again")}),
    ("joint_completion_inspection", "hand_over", {"file_completion": set()}),
])
def test_what_a_step_of_the_shelf_may_be_sent_back_to(process: str, task: str, expected: dict[str, set[str]]) -> None:
    assert offered(process, walked(process, task), task) == expected


def test_sending_the_inspection_back_to_its_dispatch_ends_all_five_checks_and_the_promise_runs_on() -> None:
    program, step = program_of("joint_completion_inspection"), walked("joint_completion_inspection", "check_fire")
    promise = wait_at(program, step, "promise").id

    after = send_back(program, step.state, wait_at(program, step, "check_fire").id, "dispatch")

    assert sorted(open_nodes(program, after)) == ["dispatch", "promise"]
    assert wait_at(program, after, "promise").id == promise
    assert len(after.ended) == 5


def test_the_supervisor_of_a_late_case_keeps_the_order_when_the_case_goes_back() -> None:
    program = program_of("company_setup")
    step = fired(program, walked("company_setup", "decide_registration"), "promise")

    after = send_back(program, step.state, wait_at(program, step, "decide_registration").id, "review_registration")

    assert sorted(open_nodes(program, after)) == ["review_registration", "statute", "supervise_promise"]
    order = wait_at(program, step, "supervise_promise")
    assert targets(program, step.state, order.id) == ()
    assert all("督办" in each.reason or "子流程" in each.reason or "被调用流程" in each.reason or "already" in each.reason
               or "another way" in each.reason for each in barred(program, step.state, order.id))


def test_after_the_joint_review_nobody_goes_back_behind_the_decision_into_it() -> None:
    step = walked("four_permits", "certify")
    wait = wait_at(program_of("four_permits"), step, "certify")

    reasons = {each.node: each.reason for each in barred(program_of("four_permits"), step.state, wait.id)}

    assert "四证并联审批" in reasons["decide_planning"] and "收件受理" in reasons["verify"]
    assert "comes after" in reasons["hand_over"]


@pytest.mark.parametrize("process", sorted(LIBRARY))
def test_random_walks_with_cases_sent_back_come_to_an_end_on_every_process_of_the_shelf(process: str) -> None:
    for seed in range(60):
        random = Random(seed)
        step, returns = start(program_of(process), GIVEN.get(process, {})), random.randint(1, 6)
        for number in range(MOST_STEPS):
            if step.is_completed:
                break
            step, has_returned = one_thing(process, step, random, is_returning=returns > 0 and random.random() < 0.3,
                                           is_calm=number > 40)
            returns -= has_returned
            assert has_some_ways(process) or every_scope_can_be_reached(program_of(process), step.state)
        assert step.is_completed, (process, seed)


def has_some_ways(process: str) -> bool:
    """Does it draw a split into some of several ways, which the oracle knows only as one of them or all?"""
    return any(node.kind is NodeKind.INCLUSIVE_GATEWAY for definition in (LIBRARY[process], LIBRARY["receipt"])
               for node in definition.process.scope.every_node())


def one_thing(process: str, step: Step, random: Random, *, is_returning: bool, is_calm: bool) -> tuple[Step, bool]:
    """A task is done or sent back, a child case comes out, a timer goes off, or a message comes."""
    program = program_of(process)
    open_waits = waits(program, step.state)
    tasks = [wait for wait in open_waits if wait.kind in (WaitKind.TASK, WaitKind.CALL)]
    timers = [wait for wait in open_waits if wait.kind is WaitKind.TIMER]
    if timers and (not tasks or random.random() < 0.1):
        return fire(program, step.state, random.choice(timers).id), False
    if not tasks:
        message = next(wait for wait in open_waits if wait.kind is WaitKind.MESSAGE)
        return correlate(program, step.state, message.event or "", wait_id=message.id), False
    wait = random.choice(tasks)
    if wait.kind is WaitKind.CALL:
        return complete(program, step.state, wait.id, {wait.node: "granted" if is_calm else random.choice(RESULTS)}), False
    if is_returning and (legal := targets(program, step.state, wait.id)):
        target = random.choice(legal)
        return send_back(program, step.state, wait.id, target.node, target.scope), True
    node = NODES.get((process, wait.node)) or NODES["receipt", wait.node]
    assert node.work is not None
    keys = tuple(outcome.key for outcome in node.work.outcomes)
    choose: Callable[[tuple[str, ...]], str] = (lambda some: some[0]) if is_calm else random.choice
    return complete(program, step.state, wait.id, {wait.node: choose(keys)}), False
