"""Asking beside the diagram: opinions, joint inspections, distribution and copies; and closing a case after its decision."""

from collections.abc import Callable
from datetime import date

import pytest

from engine.errors import Forbidden, InvalidInput
from engine.side_tasks import FIRST
from services import asking, assigning, closing
from services.acting import TaskCommand
from services.database import writing
from services.store.rows import TaskRow
from tests.services.desk import Desk

ASKED = {"kind": "consult", "asked": [("市水利局", None), ("市林业局", None)], "text": "请就取水方案提出意见"}


@pytest.fixture
def reviewing(desk: Desk) -> str:
    """A case whose registration is to be reviewed."""
    number = desk.open()
    desk.go(number, "register", "verify")
    return number


def do(desk: Desk, verb: Callable[..., object], number: str, token: int, by: str, **given: object) -> None:
    """Give a command on an open task."""
    with writing(desk.database) as connection:
        verb(connection, desk.office, TaskCommand(task=f"{number}-{token}", by=by, now=desk.now), **given)


def review(desk: Desk, number: str) -> int:
    """The token of the review."""
    return next(task.token for task in desk.tasks(number) if task.node == "review_registration")


def beside(desk: Desk, number: str) -> list[TaskRow]:
    """The open tasks beside the diagram."""
    return [task for task in desk.tasks(number) if task.token >= FIRST]


def test_the_task_that_asked_waits_for_every_answer(desk: Desk, reviewing: str) -> None:
    do(desk, asking.ask, reviewing, review(desk, reviewing), "李", **ASKED, due_on=date(2026, 3, 12))

    first, second = beside(desk, reviewing)
    assert first.name == "征求意见(企业登记审查 · 市水利局,2026-03-12前)" or "市水利局,2026-03-12前" in first.name
    assert (first.unit, second.unit) == ("市水利局", "市林业局") and first.host == review(desk, reviewing)
    with pytest.raises(Forbidden, match="waits for 征求意见"):
        desk.complete(reviewing, "review_registration")
    do(desk, asking.answer, reviewing, first.token, "水", opinion="无意见")
    with pytest.raises(Forbidden, match="waits for 征求意见"):
        desk.complete(reviewing, "review_registration")
    do(desk, asking.answer, reviewing, second.token, "林", opinion="不涉及林地")

    desk.complete(reviewing, "review_registration")
    assert [fact["data"]["opinion"] for fact in desk.facts(reviewing, "HelpGiven")] == ["无意见", "不涉及林地"]
    assert desk.problems() == []


def test_no_clock_stands_still_for_an_opinion(desk: Desk, reviewing: str) -> None:
    before = desk.clocks(reviewing)

    do(desk, asking.ask, reviewing, review(desk, reviewing), "李", **ASKED)

    assert desk.clocks(reviewing) == before


def test_a_question_taken_back_is_waited_for_no_more(desk: Desk, reviewing: str) -> None:
    do(desk, asking.ask, reviewing, review(desk, reviewing), "李", kind="inspection", asked=[("市气象局", "气")], text="踏勘")
    token = beside(desk, reviewing)[0].token

    do(desk, asking.recall, reviewing, token, "李", reason="已电话确认")

    desk.complete(reviewing, "review_registration")
    assert beside(desk, reviewing) == [] and desk.problems() == []


def test_what_was_distributed_holds_up_nothing_and_ends_with_the_case(desk: Desk, reviewing: str) -> None:
    do(desk, asking.ask, reviewing, review(desk, reviewing), "李", kind="distribution", asked=[("市税务局", None)], text="知悉")
    desk.complete(reviewing, "review_registration")
    assert len(beside(desk, reviewing)) == 1

    desk.command("terminate", reviewing, reason="申请人注销")

    assert desk.tasks(reviewing) == [] and desk.facts(reviewing, "HelpRecalled")[0]["data"]["reason"] == "the case has ended"
    assert desk.problems() == []


def test_questions_go_with_the_task_that_asked_when_it_is_overtaken(desk: Desk, reviewing: str) -> None:
    do(desk, asking.ask, reviewing, review(desk, reviewing), "李", **ASKED)

    desk.command("withdraw", reviewing, reason="调整方案")

    assert desk.tasks(reviewing) == [] and len(desk.facts(reviewing, "HelpRecalled")) == 2 and desk.problems() == []


@pytest.mark.parametrize(("given", "reason"), [
    ({"asked": []}, "name at least one"), ({"asked": [("", None)]}, "name at least one"), ({"text": " "}, "is required"),
    ({"due_on": date(2026, 3, 3)}, "is over"), ({"kind": "gossip"}, "expected consult"),
    ({"asked": [(f"局{n}", None) for n in range(51)]}, "at most 50"),
])
def test_a_question_without_sense_is_refused_in_words(
    desk: Desk, reviewing: str, given: dict[str, object], reason: str,
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        do(desk, asking.ask, reviewing, review(desk, reviewing), "李", **{**ASKED, **given})

    assert beside(desk, reviewing) == []


def test_a_task_beside_the_diagram_is_answered_and_a_step_of_it_completed(desk: Desk, reviewing: str) -> None:
    do(desk, asking.ask, reviewing, review(desk, reviewing), "李", **ASKED)
    side = beside(desk, reviewing)[0]

    with pytest.raises(Forbidden, match=r"answer it"):
        desk.complete_id(f"{reviewing}-{side.token}", None, by="水")
    with pytest.raises(Forbidden, match="complete it"):
        do(desk, asking.answer, reviewing, review(desk, reviewing), "李", opinion="好")
    with pytest.raises(Forbidden, match="was itself asked for"):
        do(desk, asking.ask, reviewing, side.token, "水", **ASKED)


def test_somebody_elses_task_asks_nobody(desk: Desk, reviewing: str) -> None:
    do(desk, assigning.claim, reviewing, review(desk, reviewing), "李")

    with pytest.raises(Forbidden, match="is with 李"):
        do(desk, asking.ask, reviewing, review(desk, reviewing), "钱", **ASKED)


def test_a_copy_lies_in_an_inbox_and_waits_for_nobody(desk: Desk, reviewing: str) -> None:
    before = desk.tasks(reviewing)

    desk.command("copy", reviewing, to=["市生态环境局", "孙"], text="供参考")

    assert desk.tasks(reviewing) == before and desk.rows("notification") == 2
    assert desk.facts(reviewing, "CaseCopied")[0]["data"]["to"] == ["市生态环境局", "孙"] and desk.problems() == []


def test_a_case_is_returned_to_the_applicant_only_before_acceptance(desk: Desk, reviewing: str) -> None:
    with pytest.raises(Forbidden, match="退件 comes before 受理"):
        desk.command("return_to_applicant", reviewing, reason="材料不符")

    other = desk.open()
    desk.command("return_to_applicant", other, reason="申请人要求取回材料")

    case = desk.case(other)
    assert case.state == "returned" and case.standing == "declined" and desk.tasks(other) == [] and case.ended_at is not None
    assert desk.problems() == []


def test_an_application_withdrawn_and_filed_again_within_thirty_days_is_linked(desk: Desk) -> None:
    first = desk.open(applicant="岳阳某公司")
    desk.command("withdraw", first, reason="材料不全")

    again = desk.open(applicant="岳阳某公司")
    other = desk.open(applicant="别的公司")

    assert desk.facts(again, "CaseOpened")[0]["data"]["refiles"] == first
    assert desk.facts(other, "CaseOpened")[0]["data"]["refiles"] == "" and desk.problems() == []


def test_a_step_the_diagram_draws_is_completed_there(desk: Desk, reviewing: str) -> None:
    desk.go(reviewing, "review_registration", "decide_registration")
    for node in [task.node for task in desk.tasks(reviewing)]:
        desk.complete(reviewing, node, "done")

    with pytest.raises(Forbidden, match="the diagram has a step for it"):
        desk.command("hand_over", reviewing)
    desk.command("seal", reviewing, document="准予行政许可决定书", number="岳许〔2026〕1号", seal="2号章")
    desk.complete(reviewing, desk.tasks(reviewing)[0].node, "handed_over")
    desk.command("archive", reviewing)

    assert desk.case(reviewing).state == "archived" and desk.problems() == []
    with pytest.raises(Forbidden, match="happens once"):
        desk.command("archive", reviewing)


def test_nothing_is_archived_before_it_is_concluded(desk: Desk, reviewing: str) -> None:
    for verb in ("certify", "archive", "hand_over"):
        with pytest.raises(Forbidden):
            desk.command(verb, reviewing)

    assert closing.certify is not None and desk.case(reviewing).state == "reviewing"
