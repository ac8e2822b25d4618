"""Whose limit counts for a case: the diagram's, the office's own, or what the project's agreement promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Forbidden, NotFound
from engine.limits import LimitKind, Unit
from engine.precedence import Commitment
from services import rulings
from services.database import writing
from services.rulings import NewLimit
from tests.services import diagrams
from tests.services.desk import Desk, day

PROJECT, OTHER = "2603-430600-04-01-123456", "2603-430600-04-01-654321"
ANNOUNCED = diagrams.process(
    "announced", diagrams.words(variables="project_code:string"), diagrams.start(), diagrams.throw("accept", "accepted"),
    diagrams.task("announce"),
    '<bpmn:boundaryEvent id="late" attachedToRef="announce" cancelActivity="false"><bpmn:timerEventDefinition>'
    '<bpmn:extensionElements><jb:limit kind="stage" item="announcement"/></bpmn:extensionElements>'
    "</bpmn:timerEventDefinition></bpmn:boundaryEvent>",
    diagrams.task("supervise", role="supervisor"), diagrams.end(), diagrams.flows("begin", "accept", "announce", "done"),
    diagrams.flows("late", "supervise", "done"))
"""The park publishes the announcement within the days it has promised: a number only the agreement has."""


def rule(desk: Desk, process: str, kind: LimitKind, amount: int, park: str = "") -> None:
    """The office sets a limit of its own."""
    with writing(desk.database) as connection:
        rulings.enter_office_limit(connection, NewLimit(
            process=process, park=park, kind=kind, amount=amount, basis="岳审改〔2026〕1号", approver="李局长"),
            drawn=rulings.drawn_limits(connection, process)[1], by="王", now=desk.now)


def promise(desk: Desk, item: str, amount: int) -> None:
    """The project's agreement promises something."""
    with writing(desk.database) as connection:
        rulings.enter_commitment(connection, Commitment(
            item=item, amount=amount, unit=Unit.WORKDAY, clause="第七条", agreement="招商协议〔2026〕12号"), project=PROJECT,
            by="王", now=desk.now)


def accept(desk: Desk, process: str, **data: object) -> str:
    """A case received and accepted on the desk's day."""
    number = desk.open(process, **data)
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "accept")
    return number


def test_without_a_ruling_the_diagrams_number_counts(desk: Desk) -> None:
    number = accept(desk, "joint_completion_inspection")

    started = desk.facts(number, "ClockStarted")[-1]["data"]
    assert (started["clock"], started["amount"], started["source"]) == ("promised", 8, "diagram")


def test_the_offices_own_number_counts_before_the_diagrams_and_the_parks_own_before_that(desk: Desk) -> None:
    rule(desk, "joint_completion_inspection", LimitKind.PROMISED, 6)
    rule(desk, "joint_completion_inspection", LimitKind.PROMISED, 4, park="华容高新区")

    numbers = [accept(desk, "joint_completion_inspection", park=park) for park in ("汨罗高新区", "华容高新区")]

    found = [(desk.facts(number, "ClockStarted")[-1]["data"], desk.case(number).due_on) for number in numbers]
    assert [(each["amount"], each["source"], each["basis"], due) for each, due in found] == [
        (6, "office", "岳审改〔2026〕1号", "2026-03-12"), (4, "office", "岳审改〔2026〕1号", "2026-03-10")]
    assert desk.problems() == []


def test_a_commitment_counts_only_if_it_is_shorter(desk: Desk) -> None:
    promise(desk, "joint_completion_inspection", 9)
    longer = accept(desk, "joint_completion_inspection", project_code=PROJECT)
    promise(desk, "joint_completion_inspection", 3)
    shorter, other = (accept(desk, "joint_completion_inspection", project_code=code) for code in (PROJECT, OTHER))

    found = [desk.facts(number, "ClockStarted")[-1]["data"] for number in (longer, shorter, other)]
    assert [(each["amount"], each["source"]) for each in found] == [(8, "diagram"), (3, "commitment"), (8, "diagram")]
    assert "第七条" in found[1]["basis"]


def test_a_target_that_the_agreement_promises_becomes_a_promise_with_its_card(desk: Desk) -> None:
    promise(desk, "four_permits", 5)
    promised, aimed_at = (accept(desk, "four_permits", project_code=code) for code in (PROJECT, OTHER))

    desk.now = day(12)  # five working days from the 4th ended on the 11th
    desk.ring()

    assert desk.facts(promised, "ClockStarted")[1]["data"]["kind"] == "promised"
    assert [card["data"]["colour"] for card in desk.facts(promised, "CardIssued")] == ["yellow"]
    assert desk.facts(aimed_at, "CardIssued") == [] and desk.facts(aimed_at, "DeadlineLapsed") != []
    assert {task.node for task in desk.tasks(promised)} & {task.node for task in desk.tasks(aimed_at)} >= {"supervise_target"}
    assert desk.problems() == []


def test_a_limit_whose_number_only_the_project_has_does_not_start_without_it(desk: Desk) -> None:
    desk.deploy(announced=ANNOUNCED)
    number = desk.open("announced", project_code=PROJECT)

    incident = desk.incidents(number)[0]
    assert incident.code == "no_commitment" and "announcement" in incident.message and PROJECT in incident.message
    assert desk.clocks(number) == {} and {task.node for task in desk.tasks(number)} == {"announce"}
    with pytest.raises(Forbidden, match="no such commitment"):
        desk.command("start_clock", number, token=incident.token)

    promise(desk, "announcement", 10)
    desk.now += timedelta(days=1)
    desk.command("start_clock", number, token=incident.token)

    clock = desk.clocks(number)[f"stage:{incident.token}"]
    assert (clock.amount, clock.due, desk.incidents(number)) == (10, "2026-03-19", [])
    with pytest.raises(NotFound):
        desk.command("start_clock", number, token=incident.token)
    desk.now = day(20)
    desk.ring()
    assert "supervise" in {task.node for task in desk.tasks(number)} and desk.problems() == []


def test_a_case_of_a_project_that_has_promised_it_starts_the_clock_at_once(desk: Desk) -> None:
    desk.deploy(announced=ANNOUNCED)
    promise(desk, "announcement", 10)

    number = desk.open("announced", project_code=PROJECT)

    assert [clock.amount for clock in desk.clocks(number).values()] == [10] and desk.incidents(number) == []
