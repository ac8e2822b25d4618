"""退回 and 拿回 in a bundle 一件事: what becomes of child cases is said before it is done, and nothing decided is undone."""

from __future__ import annotations

import pytest

from engine.errors import Forbidden
from services import returning
from services.acting import TaskCommand
from services.database import reading, writing
from services.returning import Target
from tests.services import diagrams
from tests.services.bundle_diagrams import GRANT, LICENCE, call, gateway, go
from tests.services.desk import Desk

BESIDE = diagrams.process(
    "all", diagrams.words(variables="applicant:string", limits="promised:5"), diagrams.start(), diagrams.task("window"),
    diagrams.throw("taken", "accepted"), diagrams.task("plan"), gateway("split"), call("licence", "licence"),
    diagrams.task("survey"), gateway("together"), diagrams.task("hand_out"), diagrams.end("done", "concluded"),
    diagrams.flows("begin", "window", "taken", "plan", "split", "licence", "together", "hand_out", "done"),
    diagrams.flows("split", "survey", "together"), name="企业开办一件事")
"""A matter in a case of its own, and a survey of the parent beside it."""


@pytest.fixture
def bundle(desk: Desk) -> str:
    """An application that is planned: the licence is a case, the survey is to be done."""
    desk.deploy(all=BESIDE, licence=LICENCE)
    number = desk.open("all", applicant="岳阳某公司")
    go(desk, number, "window", "plan")
    return number


def shown(desk: Desk, number: str, node: str) -> dict[str, Target]:
    """Where the task at a node may be sent back to, or why not, by step."""
    token = next(task.token for task in desk.tasks(number) if task.node == node)
    with reading(desk.database) as connection:
        return {each.node: each for each in returning.targets(connection, desk.office, f"{number}-{token}")}


def send_back(desk: Desk, number: str, node: str, to: str) -> None:
    token = next(task.token for task in desk.tasks(number) if task.node == node)
    with writing(desk.database) as connection:
        returning.send_back(connection, desk.office, TaskCommand(task=f"{number}-{token}", by="王", now=desk.now), node=to,
                            reason="方案有误")
    desk.ring()


def test_an_open_matter_is_terminated_with_the_way_back_and_that_is_said_before(desk: Desk, bundle: str) -> None:
    (licence,) = desk.children(bundle)
    plan = shown(desk, bundle, "survey")["plan"]
    assert plan.ends == ("licence",) and "终止尚未决定的事项办件“licence”" in plan.consequence

    send_back(desk, bundle, "survey", "plan")

    assert desk.case(licence.number).state == "terminated" and desk.case(bundle).ended_at is None
    go(desk, bundle, "plan")
    fresh = desk.children(bundle)[-1].number
    go(desk, fresh, *GRANT)
    go(desk, bundle, "survey", "hand_out")
    assert desk.case(bundle).state == "concluded" and desk.problems() == []


def test_a_matter_that_was_decided_is_not_applied_for_a_second_time(desk: Desk, bundle: str) -> None:
    (licence,) = desk.children(bundle)
    go(desk, licence.number, *GRANT)

    assert "has been decided since" in shown(desk, bundle, "survey")["plan"].reason
    with pytest.raises(Forbidden, match=r"“licence” has been decided since in a case of its own"):
        send_back(desk, bundle, "survey", "plan")
    go(desk, bundle, "survey")
    with pytest.raises(Forbidden, match="has been decided since"):
        send_back(desk, bundle, "hand_out", "plan")

    assert len(desk.children(bundle)) == 1 and desk.problems() == []


def test_a_matter_that_was_decided_a_moment_ago_stands_too(desk: Desk, bundle: str) -> None:
    (licence,) = desk.children(bundle)
    go(desk, licence.number, "accept:accept", "review")
    desk.complete(licence.number, "decide", "grant")  # its errand to the parent is still to be done

    with pytest.raises(Forbidden, match="has just been decided in case"):
        send_back(desk, bundle, "survey", "plan")

    desk.ring()
    go(desk, bundle, "survey", "hand_out")
    assert desk.case(bundle).state == "concluded" and desk.problems() == []


def test_a_matter_that_was_not_accepted_may_be_applied_for_again(desk: Desk, bundle: str) -> None:
    (licence,) = desk.children(bundle)
    go(desk, licence.number, "accept:decline")

    send_back(desk, bundle, "survey", "plan")
    go(desk, bundle, "plan")

    assert [child.state for child in desk.children(bundle)] == ["declined", "received"] and desk.problems() == []


def test_a_step_that_has_opened_a_case_for_another_department_is_not_taken_back(desk: Desk, bundle: str) -> None:
    plan = desk.facts(bundle, "TaskCompleted")[-1]["data"]["token"]

    with pytest.raises(Forbidden, match="has led to ChildRequested"), writing(desk.database) as connection:
        returning.take_back(connection, desk.office, TaskCommand(task=f"{bundle}-{plan}", by="王", now=desk.now))


def test_a_child_goes_back_within_its_own_diagram_and_its_parent_waits(desk: Desk, bundle: str) -> None:
    (licence,) = desk.children(bundle)
    go(desk, licence.number, "accept:accept", "review")
    clocks = desk.clocks(bundle), desk.clocks(licence.number)

    send_back(desk, licence.number, "decide", "review")

    assert [task.node for task in desk.tasks(licence.number)] == ["review"]
    assert [task.node for task in desk.tasks(bundle)] == ["survey"] and desk.problems() == []
    assert (desk.clocks(bundle), desk.clocks(licence.number)) == clocks
