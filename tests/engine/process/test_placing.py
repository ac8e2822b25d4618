"""A case is placed where it stands by a walk that real work could have taken, the most ordinary one, the same every time."""

from __future__ import annotations

import pytest

from engine.definitions.check import load
from engine.definitions.model import ChildCase, EventKind, Outcome, Work
from engine.errors import InvalidInput, StateCorrupt
from engine.events import Walked
from engine.process import kernel
from engine.process.compile import Program, compile_program
from engine.process.placing import Place, Placed, find, place
from services.settings import SHELF
from tests.engine.process.drawing import edge, event, open_nodes, program, several, timer

REVIEW = Work(act="review", role="reviewer", outcomes=(Outcome(key="pass", label="通过"), Outcome(key="fail", label="不通过")))
CHOICE = program('start > a > xor; xor > b if a == "pass"; xor > c if a == "fail"; b > end; c > end', {"a": {"work": REVIEW}})
BRANCHES = program("start > and_s; and_s > a > and_j; and_s > b > and_j; and_j > c > end")
CHILD = {"called": "x", "child": ChildCase(result="came_out")}
PARENT = program('start > call_x > xor; xor > b if came_out == "granted"; xor > c default; b > end; c > end', {"call_x": CHILD})
REVIEWS = ("技审分离", "告知承诺", "免于审查")
"""The three ways of planning review 规划审查方式, of which a project goes one."""
TAX_SERVICES = ("新办套餐", "日常申报")
"""What a taxpayer comes for 办理内容: one of the two."""
DUE = {"filing_due_on": "2026-03-16"}
"""The day the tax office has published 申报期限; the diagram has no number of its own."""
SHELF_DEFINITIONS = {path.stem: load(path.read_bytes(), file=path.name) for path in sorted(SHELF.glob("*.bpmn"))}


def at(*nodes: str) -> frozenset[Place]:
    """Nodes of the process itself."""
    return frozenset(((), node) for node in nodes)


def walked(found: tuple[Walked, ...]) -> list[tuple[str, str | None]]:
    return [(each.node, each.outcome) for each in found]


def test_the_ordinary_outcomes_are_walked_first() -> None:
    ordinary, other = find(CHOICE, {}, at("b")), find(CHOICE, {}, at("c"))

    assert walked(ordinary.way) == [("a", "pass")] and walked(other.way) == [("a", "fail")]


def test_a_case_may_stand_at_its_first_task() -> None:
    placed = find(CHOICE, {}, at("a"))

    assert placed.way == () and placed.step.state == kernel.start(CHOICE).state


def test_a_join_waits_for_the_branch_that_is_open_and_has_the_other() -> None:
    placed = find(BRANCHES, {}, at("b"))

    (wait,) = kernel.waits(BRANCHES, placed.step.state)
    after = kernel.complete(BRANCHES, placed.step.state, wait.id)

    assert walked(placed.way) == [("a", None)] and open_nodes(BRANCHES, after) == ["c"]


def test_every_branch_has_to_be_named() -> None:
    assert find(BRANCHES, {}, at("a", "b")).way == ()
    with pytest.raises(InvalidInput, match="in all parallel branches"):
        find(BRANCHES, {}, at("a", "c"))


def test_the_same_way_leads_to_the_same_bytes() -> None:
    placed = find(BRANCHES, {}, at("c"))

    again = place(BRANCHES, {}, placed.way)

    assert again == placed.step and len(again.opened) == 1 and again.ended == ()


def test_a_way_of_another_diagram_is_refused() -> None:
    with pytest.raises(StateCorrupt, match="another diagram"):
        place(CHOICE, {}, find(BRANCHES, {}, at("c")).way)


def test_known_outcomes_are_the_only_ones_tried() -> None:
    with pytest.raises(InvalidInput, match="no walk"):
        find(CHOICE, {}, at("b"), {"a": "fail"})
    with pytest.raises(InvalidInput, match="no walk"):
        find(CHOICE, {}, at("b"), {"a": "吉"})


def test_what_the_diagram_asks_for_on_the_way_is_named() -> None:
    asking = program("start > a > xor; xor > b if amount > 3; xor > c default; b > end; c > end")

    with pytest.raises(InvalidInput, match="asks for amount"):
        find(asking, {}, at("b"))

    assert walked(find(asking, {"amount": 4}, at("b")).way) == [("a", None)]


def test_a_timer_and_a_message_are_passed_where_nothing_else_leads_on() -> None:
    late = program("start > a > end; edge_t > d > end", {"edge_t": edge("a", timer())})
    told = program("start > catch_m > b > end", {"catch_m": {"event": event(EventKind.MESSAGE, "m")}})

    assert [(each.node, each.kind) for each in find(late, {}, at("d")).way] == [("edge_t", "timer")]
    assert [(each.node, each.kind) for each in find(told, {}, at("b")).way] == [("catch_m", "message")]
    assert find(told, {}, at("catch_m")).way == ()


def test_a_child_case_that_is_past_was_granted_unless_it_is_known_how_it_came_out() -> None:
    ordinary, other = find(PARENT, {}, at("b")), find(PARENT, {}, at("c"), {"call_x": "withdrawn"})

    assert walked(ordinary.way) == [("call_x", "granted")] and walked(other.way) == [("call_x", "withdrawn")]
    assert place(PARENT, {}, other.way) == other.step
    with pytest.raises(InvalidInput, match="no walk"):
        find(PARENT, {}, at("b"), {"call_x": "withdrawn"})


def test_a_child_case_that_is_still_open_is_a_step_to_be_named() -> None:
    beside = program("start > and_s; and_s > a > and_j; and_s > call_x > and_j; and_j > end", {"call_x": CHILD})

    assert find(PARENT, {}, at("call_x")).way == ()
    assert find(beside, {}, at("a", "call_x")).way == () and walked(find(beside, {}, at("a")).way) == [("call_x", "granted")]


def test_all_instances_of_a_repeated_task_are_one_step() -> None:
    signed = program("start > a > b > end", {"a": several("3")})

    assert len(find(signed, {}, at("a")).step.opened) == 3 and len(find(signed, {}, at("b")).way) == 3


def test_a_search_without_end_is_given_up() -> None:
    parts = "; ".join(f"and_s > t{n} > and_j" for n in range(14))
    work = {f"t{n}": {"work": REVIEW} for n in range(14)}
    wide = program(f'start > and_s; {parts}; and_j > xor; xor > z if t0 == "never"; xor > y default; z > end; y > end', work)

    with pytest.raises(InvalidInput, match="none was found among"):
        find(wide, {}, at("z"))


def _shelf_places() -> list[tuple[str, Place]]:
    found = []
    for name, program_ in _programs().items():
        found += [(name, each) for each in _tasks(program_)]
    return found


def _programs() -> dict[str, Program]:
    return {name: compile_program(definition, {other: each for other, each in SHELF_DEFINITIONS.items() if other != name})
            for name, definition in SHELF_DEFINITIONS.items()}


def _tasks(program_: Program) -> list[Place]:
    left = [((), program_.scope)]
    found: list[Place] = []
    while left:
        path, scope = left.pop()
        for id, spec in scope.nodes.items():
            if spec.node.work is not None:
                found.append((path, id))
            if (body := getattr(spec, "body", None)) is not None:
                left.append(((*path, id), body))
    return found


@pytest.mark.parametrize(("name", "spot"), _shelf_places(), ids=lambda value: str(value))
def test_every_step_of_every_process_of_the_shelf_can_be_stood_at(name: str, spot: Place) -> None:
    """Alone, or beside the branches that are open with it: those a walk that passes everything else has come to."""
    program_ = _programs()[name]
    beside = [frozenset({spot}), *(frozenset({spot, each}) for each in _tasks(program_) if each != spot)]

    placed, data = next(found for nodes in beside for data in _applications(program_)
                        if (found := _try(program_, data, nodes)) is not None)

    assert place(program_, data, placed.way) == placed.step


def _applications(program_: Program) -> list[dict[str, object]]:
    """What applicants may have asked for: the least, or everything that can be ticked, with each choice a form offers."""
    ticked = {name: True for name, value in program_.defaults.items() if value is False}
    return [{**program_.defaults, **wishes, "planning_review": review, "tax_service": service, **DUE}
            for wishes in ({}, ticked) for review in REVIEWS for service in TAX_SERVICES]


def _try(program_: Program, data: dict[str, object], nodes: frozenset[Place]) -> tuple[Placed, dict[str, object]] | None:
    try:
        return find(program_, data, nodes), data
    except InvalidInput:
        return None
