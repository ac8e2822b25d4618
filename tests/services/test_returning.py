"""退回, 补办后直送, 拿回: a case goes back as far as the diagram and the law allow, and it is shown before it is done."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.errors import AlreadyDecided, Forbidden, InvalidInput
from engine.side_tasks import FIRST
from services import asking, returning
from services.acting import Stepped, TaskCommand
from services.database import reading, writing
from services.returning import Target
from tests.services.desk import Desk
from tests.services.diagrams import end, flows, process, start, task

REVIEWED = ("register", "verify", "review_registration")


@pytest.fixture
def deciding(desk: Desk) -> str:
    """A case that waits for its decision."""
    number = desk.open()
    desk.go(number, *REVIEWED)
    return number


def token(desk: Desk, number: str, node: str) -> int:
    return next(task.token for task in desk.tasks(number) if task.node == node)


def do(desk: Desk, verb: Callable[..., Stepped], number: str, token: int, by: str, **given: object) -> Stepped:
    """Give a command on a task."""
    with writing(desk.database) as connection:
        return verb(connection, desk.office, TaskCommand(task=f"{number}-{token}", by=by, now=desk.now), **given)


def shown(desk: Desk, number: str, node: str) -> dict[str, Target]:
    """Where the task at a node may be sent back to, or why not, by step."""
    with reading(desk.database) as connection:
        return {each.node: each for each in returning.targets(connection, desk.office, f"{number}-{token(desk, number, node)}")}


def test_a_reviewed_case_goes_back_to_its_review_with_the_days_it_had(desk: Desk, deciding: str) -> None:
    clocks = desk.clocks(deciding)
    decide = token(desk, deciding, "decide_registration")

    do(desk, returning.send_back, deciding, decide, "赵", node="review_registration", reason="经营范围表述不规范")

    assert [task.node for task in desk.tasks(deciding)] == ["review_registration"] and desk.clocks(deciding) == clocks
    assert desk.facts(deciding, "TaskSentBack")[0]["data"]["reason"] == "经营范围表述不规范"
    desk.go(deciding, "review_registration", "decide_registration")
    assert desk.case(deciding).state == "decided" and desk.problems() == []


def test_what_sending_back_does_is_said_before_it_is_done(desk: Desk, deciding: str) -> None:
    found = shown(desk, deciding, "decide_registration")

    review = found["review_registration"]
    assert review.reason == "" and review.done_by == "李" and "照常计算" in review.consequence
    assert found["register"].reason and found["verify"].reason  # 受理 stands between, and that part is over


def test_a_case_is_not_sent_back_behind_its_acceptance(desk: Desk, deciding: str) -> None:
    decide = token(desk, deciding, "decide_registration")

    with pytest.raises((Forbidden, InvalidInput)):
        do(desk, returning.send_back, deciding, decide, "赵", node="verify", reason="重新核验")

    assert [task.node for task in desk.tasks(deciding)] == ["decide_registration"]


def test_a_task_sent_back_is_decided_and_takes_no_second_decision(desk: Desk, deciding: str) -> None:
    decide = token(desk, deciding, "decide_registration")
    do(desk, returning.send_back, deciding, decide, "赵", node="review_registration", reason="补充意见")

    with pytest.raises(AlreadyDecided, match="sent back"):
        desk.complete_id(f"{deciding}-{decide}", "grant", by="赵")


def test_a_reason_is_required_and_a_step_never_done_is_no_target(desk: Desk, deciding: str) -> None:
    decide = token(desk, deciding, "decide_registration")

    with pytest.raises(InvalidInput, match="a reason is required"):
        do(desk, returning.send_back, deciding, decide, "赵", node="review_registration", reason=" ")
    with pytest.raises(InvalidInput):
        do(desk, returning.send_back, deciding, decide, "赵", node="make_seal", reason="不存在的环节")


def test_whoever_did_a_step_mends_it_and_it_comes_straight_back(desk: Desk, deciding: str) -> None:
    decide = token(desk, deciding, "decide_registration")
    do(desk, returning.send_straight, deciding, decide, "赵", node="review_registration", reason="补充现场照片")

    side = next(task for task in desk.tasks(deciding) if task.token >= FIRST)
    assert side.assignee == "李" and side.host == decide
    with pytest.raises(Forbidden, match="waits for 补办后直送"):
        desk.complete(deciding, "decide_registration")
    do(desk, asking.answer, deciding, side.token, "李", opinion="已补充")

    desk.complete(deciding, "decide_registration")
    assert desk.case(deciding).state == "decided" and desk.problems() == []


def test_a_step_before_a_split_is_done_again_with_all_its_branches(desk: Desk) -> None:
    desk.deploy(split=process(
        "split", start(), task("plan"), '<bpmn:parallelGateway id="fork"/>', task("left"), task("right"),
        '<bpmn:parallelGateway id="join"/>', task("sum"), end(),
        flows("begin", "plan", "fork", "left", "join", "sum", "done"), flows("fork", "right", "join")))
    number = desk.open("split")
    desk.complete(number, "plan")
    desk.complete(number, "left")
    consequence = shown(desk, number, "right")["plan"].consequence
    assert "“left”需重新办理" in consequence

    do(desk, returning.send_back, number, token(desk, number, "right"), "王", node="plan", reason="方案有误")

    assert [task.node for task in desk.tasks(number)] == ["plan"]
    for node in ("plan", "left", "right", "sum"):
        desk.complete(number, node)
    assert desk.case(number).ended_at is not None and desk.problems() == []


def test_a_slip_is_taken_back_within_ten_minutes_before_anybody_acts(desk: Desk, deciding: str) -> None:
    review = desk.facts(deciding, "TaskCompleted")[-1]["data"]["token"]
    desk.now += timedelta(minutes=9)

    do(desk, returning.take_back, deciding, review, "李")

    (task,) = desk.tasks(deciding)
    assert task.node == "review_registration" and task.token != review
    desk.complete(deciding, "review_registration", "propose_refuse")
    assert desk.problems() == []


@pytest.mark.parametrize(("by", "minutes", "reason"), [
    ("赵", 1, "completed by 李"),  # another's
    ("李", 11, "within 10 minutes"),  # too late
])
def test_nothing_else_is_taken_back(desk: Desk, deciding: str, by: str, minutes: int, reason: str) -> None:
    review = desk.facts(deciding, "TaskCompleted")[-1]["data"]["token"]
    desk.now += timedelta(minutes=minutes)

    with pytest.raises(Forbidden, match=reason):
        do(desk, returning.take_back, deciding, review, by)


def test_what_others_have_acted_on_or_the_applicant_was_told_is_not_taken_back(desk: Desk, deciding: str) -> None:
    review = desk.facts(deciding, "TaskCompleted")[-1]["data"]["token"]
    verify = desk.facts(deciding, "TaskCompleted")[1]["data"]["token"]
    accepted = desk.open()
    desk.go(accepted, "register", "verify")

    with pytest.raises(Forbidden, match="has led to CaseAccepted"):
        do(desk, returning.take_back, accepted, verify, "王")
    desk.command("copy", deciding, to=["孙"], text="")
    with pytest.raises(Forbidden, match="has acted since"):
        desk.now += timedelta(minutes=1)
        do(desk, returning.take_back, deciding, review, "李")
