"""After the decision: what the diagram draws is done where it draws it, and only the rest by a command."""

from __future__ import annotations

import pytest

from engine.errors import Forbidden
from tests.services import diagrams
from tests.services.desk import Desk

CERTIFIED_LATER = diagrams.process(
    "certified_later", diagrams.words(limits="promised:5"), diagrams.start(), diagrams.task("review"),
    diagrams.throw("taken", "accepted"), diagrams.task("decide"), diagrams.throw("granted", "granted"),
    diagrams.throw("concluded", "concluded"), diagrams.task("print"), diagrams.task("check"),
    diagrams.end("done", "certified"),
    diagrams.flows("begin", "review", "taken", "decide", "granted", "concluded", "print", "check", "done"))
"""The certificate is printed and checked; only then is it made."""


def test_a_certificate_the_diagram_comes_to_later_is_not_made_by_a_command(desk: Desk) -> None:
    desk.deploy(certified_later=CERTIFIED_LATER)
    number = desk.open("certified_later")
    for node, by in (("review", "王"), ("decide", "赵")):
        desk.complete(number, node, by=by)

    with pytest.raises(Forbidden, match="comes to it by itself"):
        desk.command("certify", number)

    desk.go(number, "print", "check")
    assert desk.case(number).state == "certified" and desk.incidents(number) == [] and desk.problems() == []


def test_a_case_whose_diagram_draws_nothing_of_it_is_certified_handed_over_and_archived(desk: Desk) -> None:
    desk.deploy(plain=diagrams.process("plain", diagrams.start(), diagrams.task("do"), diagrams.end("done", "concluded"),
                                       diagrams.flows("begin", "do", "done")))
    number = desk.open("plain")
    desk.complete(number, "do")

    for act in ("certify", "hand_over", "archive"):
        desk.command(act, number)

    assert desk.case(number).state == "archived" and desk.problems() == []
