"""The shipped diagrams walked from start to every end event, on time and late, with the legal moments they draw."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from engine.case import Case
from engine.lifecycle import TARGETS, State
from engine.moves import reach
from engine.process.kernel import complete, start, waits
from engine.process.step import WaitKind
from tests.engine.process.construction_ways import CONSTRUCTION
from tests.engine.process.walking import LIBRARY, Walk, ends_of, first_outcome, program_of, walked

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
           "joint_completion_inspection": INSPECTION, "permit_change": PERMIT_CHANGE, **CONSTRUCTION}
GRANTED = ["accepted", "reviewing", "granted", "concluded", "handed_over"]
REFUSED = ["accepted", "reviewing", "refused", "concluded", "handed_over"]


@pytest.mark.parametrize("process", sorted(SHELVES))
def test_a_case_opened_with_nothing_comes_to_a_good_end_by_first_outcomes(process: str) -> None:
    walk = walked(Walk(process=process))

    assert walk.is_completed
    assert walk.milestones[:1] in ([], ["accepted"])  # talks before a project is agreed, and what is done before completion
    assert not {"refused", "declined", "returned"} & set(walk.milestones)


@pytest.mark.parametrize("process", sorted(SHELVES))
def test_every_end_event_of_a_diagram_is_reached_by_some_way(process: str) -> None:
    walks = [walked(walk) for walk in SHELVES[process].values()]

    assert all(walk.is_completed for walk in walks)
    assert ends_of(LIBRARY[process]) <= {end for walk in walks for end in walk.ends}


@pytest.mark.parametrize(("process", "way"), [(process, way) for process, ways in SHELVES.items() for way in ways])
def test_no_way_draws_a_legal_moment_that_the_lifecycle_forbids(process: str, way: str) -> None:
    now = datetime(2026, 2, 11, 1, tzinfo=UTC)
    case = Case(number="1", process=process, state=State.RECEIVED, opened_at=now, received_on=now.date(), seq=1, head=b"",
                recorded_at=now)
    milestones = walked(SHELVES[process][way]).milestones

    milestones = walked(SHELVES[process][way]).milestones
    for milestone in milestones:
        reached = TARGETS[type(reach(case, milestone, way, now))]
        case = replace(case, state=State.CONCLUDED if milestone == "on_the_spot" else reached)  # granted and concluded as well

    assert (case.state is State.RECEIVED) == (not milestones)


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
