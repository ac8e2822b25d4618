"""会签: each signature is another natural person's; 加签 and 减签 are of signatures only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from engine.errors import Forbidden, InvalidInput
from services import asking, assigning, people, returning, signing
from services.acting import Stepped, TaskCommand
from services.database import writing
from services.store.rows import TaskRow
from tests.services import diagrams
from tests.services.desk import Desk

SIGNERS = ["规划", "消防", "人防"]
COUNTERSIGNED = diagrams.process(
    "signed", diagrams.words(variables="signers:list", limits="promised:5"), diagrams.start(), diagrams.task("enter"),
    diagrams.throw("taken", "accepted"), diagrams.task("plan"),
    '<bpmn:userTask id="sign" name="会签"><bpmn:extensionElements><jb:work act="other" role="clerk"/>'
    '<jb:outcome key="agree" label="同意"/><jb:outcome key="object" label="不同意"/>'
    '<jb:countersign mode="all" signers="signers" agree="agree"/></bpmn:extensionElements></bpmn:userTask>',
    diagrams.end("done", "concluded"), diagrams.flows("begin", "enter", "taken", "plan", "sign", "done"), name="会签")
"""Nothing reads how the signers have found."""


@pytest.fixture
def number(desk: Desk) -> str:
    """A case that three have to sign."""
    desk.deploy(signed=COUNTERSIGNED)
    number = desk.open("signed", signers=SIGNERS)
    desk.go(number, "enter", "plan")
    return number


def open_signatures(desk: Desk, number: str) -> list[TaskRow]:
    return [task for task in desk.tasks(number) if task.node == "sign"]


def do(desk: Desk, verb: Callable[..., Stepped], number: str, token: int, by: str, **given: object) -> Stepped:
    """Give a command on a task."""
    with writing(desk.database) as connection:
        return verb(connection, desk.office, TaskCommand(task=f"{number}-{token}", by=by, now=desk.now), **given)


def sign(desk: Desk, number: str, by: str) -> str:
    """Sign what is open first; its public id."""
    task = f"{number}-{open_signatures(desk, number)[0].token}"
    desk.complete_id(task, "agree", by=by)
    return task


def test_three_people_sign_a_case_and_it_is_concluded(desk: Desk, number: str) -> None:
    for by in ("李", "赵", "周"):
        sign(desk, number, by)

    assert desk.case(number).state == "concluded" and desk.problems() == []


def test_nobody_signs_twice_whether_he_claims_the_signature_first_or_not(desk: Desk, number: str) -> None:
    sign(desk, number, "李")
    second = open_signatures(desk, number)[0].token

    with pytest.raises(Forbidden, match=r"李 has signed already.*another natural person"):
        sign(desk, number, "李")
    with pytest.raises(Forbidden, match="has signed already"):
        do(desk, assigning.claim, number, second, "李")

    assert len(open_signatures(desk, number)) == 2


def test_two_accounts_of_one_natural_person_are_one_signature(desk: Desk, number: str) -> None:
    with writing(desk.database) as connection:
        for id in ("李", "李二"):
            people.enter(connection, people.NewPerson(id=id, name=id, identity="430602199001010011", since_on=date(2026, 1, 1)),
                         by="管", now=desk.now)
            people.grant(connection, people.NewGrant(person=id, role="clerk", since_on=date(2026, 1, 1)), by="管", now=desk.now)
    sign(desk, number, "李")

    with pytest.raises(Forbidden, match="has signed already"):
        sign(desk, number, "李二")


def test_whoever_has_taken_his_signature_back_may_sign_again(desk: Desk, number: str) -> None:
    signed = sign(desk, number, "李")
    with writing(desk.database) as connection:
        returning.take_back(connection, desk.office, TaskCommand(task=signed, by="李", now=desk.now))

    for by in ("李", "赵", "周"):
        sign(desk, number, by)

    assert desk.case(number).state == "concluded" and desk.problems() == []


def test_after_a_case_was_sent_back_each_signs_anew(desk: Desk, number: str) -> None:
    sign(desk, number, "李")
    do(desk, returning.send_back, number, open_signatures(desk, number)[0].token, "赵", node="plan", reason="方案有误")
    desk.go(number, "plan")

    for by in ("李", "赵", "周"):
        sign(desk, number, by)

    assert desk.case(number).state == "concluded" and desk.problems() == []


def test_what_was_asked_for_beside_the_diagram_is_no_signature(desk: Desk, number: str) -> None:
    host = open_signatures(desk, number)[0].token
    do(desk, asking.ask, number, host, "李", kind="consult", asked=[("市水利局", None)], text="请提意见")
    side = desk.tasks(number)[-1].token

    with pytest.raises(Forbidden, match="is no signature"):
        do(desk, signing.drop, number, side, "李", reason="不需要")
    with pytest.raises(Forbidden, match="is no signature"):
        do(desk, signing.add, number, side, "李", signer="水利", reason="涉水")


@pytest.mark.parametrize("verb", ["add", "drop"])
def test_the_work_of_a_held_case_stands_still_its_signatures_too(desk: Desk, number: str, verb: str) -> None:
    desk.command("hold", number, order="9号", reason="法院")
    given = {"reason": "试", **({"signer": "水利"} if verb == "add" else {})}

    with pytest.raises(Forbidden, match="stands still"):
        do(desk, getattr(signing, verb), number, open_signatures(desk, number)[0].token, "李", **given)
    with pytest.raises(Forbidden, match="stands still"):
        do(desk, returning.send_back, number, open_signatures(desk, number)[0].token, "李", node="plan", reason="试")
    do(desk, assigning.claim, number, open_signatures(desk, number)[0].token, "李")  # who will do it may be settled meanwhile


def test_a_plain_task_takes_no_further_signer(desk: Desk) -> None:
    number = desk.open()

    with pytest.raises(InvalidInput, match="no task of several signers"):
        do(desk, signing.add, number, desk.tasks(number)[0].token, "王", signer="水利", reason="试")


def test_a_last_signature_taken_back_leaves_the_others_signed(desk: Desk) -> None:
    desk.deploy(signed=COUNTERSIGNED.replace(b'targetRef="done"', b'targetRef="file"').replace(
        b'<bpmn:endEvent id="done">', diagrams.task("file").encode() + diagrams.flows("file", "done").encode()
        + b'<bpmn:endEvent id="done">'))
    number = desk.open("signed", signers=SIGNERS)
    desk.go(number, "enter", "plan")
    for by in ("李", "赵"):
        sign(desk, number, by)
    last = sign(desk, number, "周")
    with writing(desk.database) as connection:
        returning.take_back(connection, desk.office, TaskCommand(task=last, by="周", now=desk.now))

    for by in ("李", "赵"):
        with pytest.raises(Forbidden, match="has signed already"):
            sign(desk, number, by)
    sign(desk, number, "周")

    assert [task.node for task in desk.tasks(number)] == ["file"] and desk.problems() == []
