"""The shipped diagrams walked from start to every end event, on time and late, with the legal moments they draw."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.case import Case
from engine.definitions.check import load
from engine.definitions.model import Definition, NodeKind
from engine.lifecycle import TARGETS, State
from engine.moves import reach
from engine.process.compile import Program, compile_program
from engine.process.kernel import complete, fire, start, waits
from engine.process.step import Step, Wait, WaitKind

SHELF = Path(__file__).parents[3] / "bpmn"
LIBRARY = {path.stem: load(path.read_bytes(), file=path.name) for path in sorted(SHELF.glob("*.bpmn"))}
OUTCOMES = {(process.id, node.id): tuple(outcome.key for outcome in node.work.outcomes)
            for definition in LIBRARY.values() for process in definition.processes.values()
            for scope in (process.scope, *(node.body for node in process.scope.nodes if node.body is not None))
            for node in scope.nodes if node.work is not None}
MOST_STEPS = 100


@dataclass(kw_only=True)
class Walk:
    """One way through a process. `answers`: outcomes of a task, one for each time it comes; then its first outcome, the
    ordinary way. `lapses`: timers that fire as soon as they are set."""

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
        return next(iter(due + [wait for wait in open_waits if wait.kind is WaitKind.TASK]), None)

    def _move(self, program: Program, step: Step, wait: Wait, answers: dict[str, list[str]]) -> Step:
        if wait.kind is WaitKind.TIMER:
            return fire(program, step.state, wait.id)
        self.done.append(wait.node)
        left = answers.get(wait.node)
        outcome = left.pop(0) if left else first_outcome(self.process, wait.node)
        return complete(program, step.state, wait.id, {wait.node: outcome})

    def _take(self, step: Step) -> Step:
        self.milestones += [passed.milestone for passed in step.passed if passed.milestone]
        self.ends += [passed.node for passed in step.passed if passed.is_end]
        return step


def program_of(process: str) -> Program:
    return compile_program(LIBRARY[process], LIBRARY)


def first_outcome(process: str, node: str) -> str:
    return (OUTCOMES.get((process, node)) or OUTCOMES["receipt", node])[0]


def ends_of(definition: Definition) -> set[str]:
    bodies = [node.body for node in definition.process.scope.nodes if node.body is not None]
    return {node.id for scope in (definition.process.scope, *bodies) for node in scope.nodes
            if node.kind is NodeKind.END_EVENT}


RECEIPT = {
    "accepted": Walk(process="receipt"),
    "accepted conditionally": Walk(process="receipt", answers={"verify": ["accept_conditionally"]}),
    "declared": Walk(process="receipt", answers={"verify": ["declare"]}),
    "on the spot": Walk(process="receipt", answers={"verify": ["on_the_spot"]}),
    "corrected twice": Walk(process="receipt", answers={"verify": ["correct", "correct"]}),
    "declined": Walk(process="receipt", answers={"verify": ["decline"]}),
    "not applicable": Walk(process="receipt", answers={"verify": ["not_applicable"]}),
    "returned": Walk(process="receipt", answers={"verify": ["return"]}),
    "nobody gave notice": Walk(process="receipt", lapses=frozenset({"notice_lapsed"})),
    "never corrected": Walk(process="receipt", answers={"verify": ["correct"]}, lapses=frozenset({"not_supplemented"})),
}
"""Ways through the receipt."""

COMPANY = {
    "on time": Walk(process="company_setup"),
    "nothing chosen": Walk(process="company_setup", data={"wants_fund": False, "wants_bank": False}),
    "only the bank": Walk(process="company_setup", data={"wants_fund": False}),
    "sent back": Walk(process="company_setup", answers={"decide_registration": ["send_back", "send_back", "grant"]}),
    "refused": Walk(process="company_setup", answers={"decide_registration": ["refuse"]}),
    "not accepted": Walk(process="company_setup", answers={"verify": ["decline"]}),
    "late": Walk(process="company_setup", lapses=frozenset({"promise"})),
    "late in law": Walk(process="company_setup", lapses=frozenset({"promise", "statute"})),
    "deemed accepted": Walk(process="company_setup", lapses=frozenset({"notice_lapsed"})),
}
"""Ways through the setting up of a company."""

PERMITS = {
    "on time": Walk(process="four_permits"),
    "declared": Walk(process="four_permits", data={"planning_review": "告知承诺"}),
    "exempt": Walk(process="four_permits", data={"planning_review": "免于审查"}),
    "sent back": Walk(process="four_permits", answers={
        "decide_planning": ["send_back"], "decide_construction": ["send_back", "send_back"]}),
    "planning refused": Walk(process="four_permits", answers={"decide_planning": ["refuse"]}),
    "drawings failed": Walk(process="four_permits", answers={"review_drawings": ["failed"]}),
    "construction refused": Walk(process="four_permits", answers={"decide_construction": ["refuse"]}),
    "not accepted": Walk(process="four_permits", answers={"verify": ["return"]}),
    "late": Walk(process="four_permits", lapses=frozenset({"target", "statute"})),
}
"""Ways through the four permits."""

INSPECTION = {
    "on time": Walk(process="joint_completion_inspection"),
    "two items": Walk(process="joint_completion_inspection",
                      data={"civil_defence": False, "archives": False, "quality": False}),
    "no item": Walk(process="joint_completion_inspection", data={
        "planning_check": False, "fire_check": False, "civil_defence": False, "archives": False, "quality": False}),
    "rectified": Walk(process="joint_completion_inspection", answers={"summarise": ["rectify", "rectify"]}),
    "sent back": Walk(process="joint_completion_inspection", answers={"decide_acceptance": ["send_back"]}),
    "failed": Walk(process="joint_completion_inspection", answers={
        "summarise": ["fail"], "decide_acceptance": ["refuse"]}),
    "not accepted": Walk(process="joint_completion_inspection", answers={"verify": ["not_applicable"]}),
    "late": Walk(process="joint_completion_inspection", lapses=frozenset({"promise"})),
}
"""Ways through the joint completion inspection."""

PERMIT_CHANGE = {
    "on time": Walk(process="permit_change"),
    "on the spot": Walk(process="permit_change", answers={"verify": ["on_the_spot"]}),
    "sent back": Walk(process="permit_change", answers={"decide_change": ["send_back"]}),
    "refused": Walk(process="permit_change", answers={"decide_change": ["refuse"]}),
    "not accepted": Walk(process="permit_change", answers={"verify": ["decline"]}),
    "late": Walk(process="permit_change", lapses=frozenset({"promise", "statute"})),
}
"""Ways through a case about a granted permit."""

SHELVES = {"receipt": RECEIPT, "company_setup": COMPANY, "four_permits": PERMITS,
           "joint_completion_inspection": INSPECTION, "permit_change": PERMIT_CHANGE}
GRANTED = ["accepted", "reviewing", "granted", "concluded", "handed_over"]
REFUSED = ["accepted", "reviewing", "refused", "concluded", "handed_over"]


def walked(walk: Walk) -> Walk:
    fresh = Walk(process=walk.process, data=walk.data, answers=walk.answers, lapses=walk.lapses)
    fresh.go()
    return fresh


@pytest.mark.parametrize("process", sorted(LIBRARY))
def test_a_case_opened_with_nothing_comes_to_a_good_end_by_first_outcomes(process: str) -> None:
    walk = walked(Walk(process=process))

    assert walk.is_completed
    assert walk.milestones[0] == "accepted"
    assert not {"refused", "declined", "returned"} & set(walk.milestones)


@pytest.mark.parametrize("process", sorted(LIBRARY))
def test_every_end_event_of_a_diagram_is_reached_by_some_way(process: str) -> None:
    walks = [walked(walk) for walk in SHELVES[process].values()]

    assert all(walk.is_completed for walk in walks)
    assert ends_of(LIBRARY[process]) <= {end for walk in walks for end in walk.ends}


@pytest.mark.parametrize(("process", "way"), [(process, way) for process, ways in SHELVES.items() for way in ways])
def test_no_way_draws_a_legal_moment_that_the_lifecycle_forbids(process: str, way: str) -> None:
    now = datetime(2026, 2, 11, 1, tzinfo=UTC)
    case = Case(number="1", process=process, state=State.RECEIVED, opened_at=now, received_on=now.date(), seq=1, head=b"",
                recorded_at=now)

    for milestone in walked(SHELVES[process][way]).milestones:
        reached = TARGETS[type(reach(case, milestone, way, now))]
        case = replace(case, state=State.CONCLUDED if milestone == "on_the_spot" else reached)  # granted and concluded as well

    assert case.state is not State.RECEIVED


@pytest.mark.parametrize(("way", "milestones"), [
    ("accepted", ["accepted"]),
    ("accepted conditionally", ["accepted_conditionally"]),
    ("declared", ["declared"]),
    ("on the spot", ["on_the_spot"]),
    ("corrected twice", ["correcting", "resubmitted", "correcting", "resubmitted", "accepted"]),
    ("declined", ["declined"]),
    ("not applicable", ["not_applicable"]),
    ("returned", ["returned"]),
    ("nobody gave notice", ["deemed_accepted"]),
    ("never corrected", ["correcting", "deemed_withdrawn"]),
])
def test_the_receipt_passes_the_legal_moments_in_order(way: str, milestones: list[str]) -> None:
    assert walked(RECEIPT[way]).milestones == milestones


@pytest.mark.parametrize(("way", "milestones"), [
    ("on time", GRANTED),
    ("sent back", GRANTED),  # going back to the review is no new legal moment
    ("refused", REFUSED),
    ("late", GRANTED),
    ("not accepted", ["declined"]),
    ("deemed accepted", ["deemed_accepted", *GRANTED[1:]]),
])
def test_a_company_is_set_up_through_the_legal_moments_in_order(way: str, milestones: list[str]) -> None:
    assert walked(COMPANY[way]).milestones == milestones


@pytest.mark.parametrize(("way", "milestones"), [
    ("on time", ["accepted", "reviewing", "granted", "granted", "concluded", "certified", "handed_over"]),
    ("planning refused", REFUSED),
    ("drawings failed", GRANTED),  # the planning permit is granted, the construction permit not decided
    ("construction refused", ["accepted", "reviewing", "granted", "refused", "concluded", "handed_over"]),
    ("not accepted", ["returned"]),
])
def test_the_four_permits_pass_the_legal_moments_in_order(way: str, milestones: list[str]) -> None:
    assert walked(PERMITS[way]).milestones == milestones


@pytest.mark.parametrize(("way", "milestones"), [
    ("on time", GRANTED),
    ("rectified", GRANTED),
    ("failed", REFUSED),
    ("late", GRANTED),
    ("not accepted", ["not_applicable"]),
])
def test_the_joint_inspection_passes_the_legal_moments_in_order(way: str, milestones: list[str]) -> None:
    assert walked(INSPECTION[way]).milestones == milestones


@pytest.mark.parametrize(("shelf", "way", "orders"), [
    (COMPANY, "late", ["supervise_promise"]),
    (COMPANY, "late in law", ["supervise_promise", "supervise_statute"]),
    (PERMITS, "late", ["supervise_target", "supervise_statute"]),
    (INSPECTION, "late", ["supervise_promise"]),
])
def test_a_late_case_calls_the_supervisor_and_still_comes_to_its_good_end(
    shelf: Mapping[str, Walk], way: str, orders: list[str],
) -> None:
    late, on_time = walked(shelf[way]), walked(shelf["on time"])

    assert sorted(task for task in late.done if task.startswith("supervise")) == sorted(orders)
    assert late.milestones == on_time.milestones
    assert set(late.ends) - set(on_time.ends) == {f"{order}_done" for order in orders}


def test_the_choice_of_the_applicant_decides_who_is_asked() -> None:
    optional = {"open_fund", "book_bank"}

    assert optional & set(walked(COMPANY["on time"]).done) == optional
    assert optional & set(walked(COMPANY["only the bank"]).done) == {"book_bank"}
    assert optional & set(walked(COMPANY["nothing chosen"]).done) == set()


@pytest.mark.parametrize(("way", "task"), [
    ("on time", "review_planning"),  # 技审分离
    ("declared", "check_commitment"),  # 告知承诺
    ("exempt", "check_exemption"),  # 免于审查
])
def test_planning_is_reviewed_in_one_of_three_ways(way: str, task: str) -> None:
    ways = {"review_planning", "check_commitment", "check_exemption"}

    assert ways & set(walked(PERMITS[way]).done) == {task}


def test_construction_is_decided_only_when_planning_is_granted_and_the_drawings_are_qualified() -> None:
    assert "decide_construction" in walked(PERMITS["on time"]).done
    assert "decide_construction" not in walked(PERMITS["planning refused"]).done
    assert "decide_construction" not in walked(PERMITS["drawings failed"]).done


@pytest.mark.parametrize("last", ["decide_planning", "review_drawings", "register_supervision", "review_construction"])
def test_the_four_reviews_run_side_by_side_and_the_decision_waits_for_the_last(last: str) -> None:
    program = program_of("four_permits")
    step = start(program)

    open_tasks = [wait for wait in waits(program, step.state) if wait.kind is WaitKind.TASK]
    while any(wait.node != last for wait in open_tasks):
        wait = next(wait for wait in open_tasks if wait.node != last)
        step = complete(program, step.state, wait.id, {wait.node: first_outcome("four_permits", wait.node)})
        open_tasks = [wait for wait in waits(program, step.state) if wait.kind is WaitKind.TASK]
        assert "decide_construction" not in {wait.node for wait in open_tasks}

    step = complete(program, step.state, open_tasks[0].id, {last: first_outcome("four_permits", last)})
    assert [wait.node for wait in step.opened] == ["decide_construction"]


def test_only_what_applies_is_inspected() -> None:
    items = {"check_planning", "check_fire", "check_civil_defence", "check_archives", "check_quality"}

    assert items & set(walked(INSPECTION["on time"]).done) == items
    assert items & set(walked(INSPECTION["two items"]).done) == {"check_planning", "check_fire"}
    assert items & set(walked(INSPECTION["no item"]).done) == set()


def test_a_defect_is_notified_once_and_inspected_again_in_each_round() -> None:
    done = walked(INSPECTION["rectified"]).done

    assert done.count("notify_defects") == done.count("visit_again") == 2
    assert done.count("visit") == 1


@pytest.mark.parametrize(("process", "timers"), [
    ("company_setup", {"promise", "statute"}),
    ("four_permits", {"target", "statute"}),
    ("joint_completion_inspection", {"promise"}),
])
def test_the_clocks_of_a_case_are_set_after_acceptance_and_gone_after_the_conclusion(
    process: str, timers: set[str],
) -> None:
    program = program_of(process)
    step, seen = start(program), []

    while open_waits := waits(program, step.state):
        seen.append({wait.node for wait in open_waits if wait.kind is WaitKind.TIMER} & timers)
        wait = next(wait for wait in open_waits if wait.kind is WaitKind.TASK)
        step = complete(program, step.state, wait.id, {wait.node: first_outcome(process, wait.node)})

    assert seen[0] == seen[1] == set()  # register, verify
    assert seen[2] == timers
    assert seen[-1] == set()  # hand over
