"""Three yellow cards of a section within a quarter are followed by a red one, once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.supervision import Policy
from services import quarters, rulings
from services.database import writing
from tests.services import diagrams
from tests.services.desk import Desk, day

STAGED = diagrams.process(
    "staged", '<bpmn:extensionElements><jb:matter code="S" department="市住建局"/></bpmn:extensionElements>', diagrams.start(),
    diagrams.task("look"), diagrams.limit("slow", "stage", 1, on="look", interrupting=False), diagrams.task("call"),
    diagrams.end(), diagrams.flows("begin", "look", "done"), diagrams.flows("slow", "call", "done"))


@pytest.fixture
def numbers(desk: Desk) -> list[str]:
    """Three cases of the section whose stage limit has lapsed, each with its yellow card."""
    desk.deploy(staged=STAGED)
    desk.now = day(2)
    numbers = [desk.open("staged") for _ in range(3)]
    desk.now = day(4)
    desk.ring()
    return numbers


def reds(desk: Desk, numbers: list[str]) -> list[str]:
    """The cases with a red card for the quarter."""
    return [number for number in numbers
            if any(card["data"]["rule"] == quarters.RULE for card in desk.facts(number, "CardIssued"))]


def test_the_third_yellow_card_of_a_section_in_a_quarter_is_followed_by_a_red_one_once(desk: Desk, numbers: list[str]) -> None:
    issued = [quarters.redden_due(desk.database, desk.office, now=desk.now) for _ in range(2)]

    assert issued == [1, 0] and len(reds(desk, numbers)) == 1
    card = desk.facts(reds(desk, numbers)[0], "CardIssued")[-1]["data"]
    assert (card["colour"], card["clock"].split(":")[0]) == ("red", "stage") and desk.problems() == []


def test_a_card_that_was_written_off_does_not_count(desk: Desk, numbers: list[str]) -> None:
    card = desk.facts(numbers[0], "CardIssued")[0]["seq"]
    desk.command("write_off", numbers[0], card=card, reason="系统停机", by="孙")

    assert quarters.redden_due(desk.database, desk.office, now=desk.now) == 0 and reds(desk, numbers) == []


def test_cards_of_the_quarter_before_do_not_count(desk: Desk, numbers: list[str]) -> None:
    desk.now = datetime(2026, 4, 1, 1, tzinfo=UTC)

    assert quarters.redden_due(desk.database, desk.office, now=desk.now) == 0 and reds(desk, numbers) == []


@pytest.mark.parametrize(("many", "issued"), [(0, 0), (2, 1), (4, 0)])
def test_the_number_is_the_one_the_office_entered_for_all_matters(
    desk: Desk, numbers: list[str], many: int, issued: int,
) -> None:
    with writing(desk.database) as connection:
        rulings.enter_policy(connection, Policy(yellows_per_quarter=many), process="", park="", by="王", now=desk.now)

    assert quarters.redden_due(desk.database, desk.office, now=desk.now) == issued
    assert len(reds(desk, numbers)) == issued
