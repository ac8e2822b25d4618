"""A bundle 一件事: one application, a case of its own for each matter, and what they owe each other."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import Forbidden
from tests.services.bundle_diagrams import LICENCE, SEAL, TAX, call, parent
from tests.services.desk import Desk, day

BUNDLE = parent(call("licence", "licence", 'gives="code"'), call("tax", "tax"))


@pytest.fixture
def opened(desk: Desk) -> str:
    """An application for a licence and a tax matter, accepted at the window."""
    desk.deploy(all=BUNDLE, licence=LICENCE, tax=TAX)
    number = desk.open("all", applicant="岳阳某公司", park="湘阴高新区")
    desk.go(number, "window")
    return number


def go(desk: Desk, number: str, *steps: str) -> None:
    """Complete tasks, each as “node” or “node:outcome”, and do the errands."""
    for step in steps:
        node, _, outcome = step.partition(":")
        desk.complete(number, node, outcome or None)
        desk.ring()


GRANT = ("accept:accept", "review", "decide:grant")


def test_each_matter_of_an_application_is_a_case_with_its_own_number_and_department(desk: Desk, opened: str) -> None:
    desk.ring()

    children = desk.children(opened)

    assert [(child.process, child.department, child.park) for child in children] == [
        ("licence", "市场监管局", "湘阴高新区"), ("tax", "税务局", "湘阴高新区")]
    assert len({opened, *(child.number for child in children)}) == 3
    assert all(desk.facts(child.number)[0]["data"]["data"]["applicant"] == "岳阳某公司" for child in children)
    assert desk.problems() == []


def test_the_parent_ends_when_all_its_children_have(desk: Desk, opened: str) -> None:
    desk.ring()
    licence, tax = desk.children(opened)

    go(desk, licence.number, *GRANT)
    assert desk.tasks(opened) == [] and desk.case(opened).state == "accepted"
    go(desk, tax.number, *GRANT)
    go(desk, opened, "hand_out")

    assert desk.case(opened).state == "concluded"
    assert [fact["data"]["result"] for fact in desk.facts(opened, "ChildEnded")] == ["granted", "granted"]
    assert desk.problems() == []
