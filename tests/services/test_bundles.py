"""A bundle 一件事: one application, a case of its own for each matter, and what they owe each other."""

from __future__ import annotations

import pytest

from engine.counted import Group
from engine.errors import Forbidden
from engine.months import read_month
from services.database import reading
from services.figures import month_figures
from tests.services.bundle_diagrams import BUNDLE, GRANT, LICENCE, ORDERED, SEAL, TAX, applied, call, go, matter, parent
from tests.services.desk import Desk, day


def test_each_matter_of_an_application_is_a_case_with_its_own_number_and_department(desk: Desk) -> None:
    number, licence, tax = applied(desk)

    children = desk.children(number)

    assert [(child.process, child.department, child.park) for child in children] == [
        ("licence", "市场监管局", "湘阴高新区"), ("tax", "税务局", "湘阴高新区")]
    assert len({number, licence, tax}) == 3
    assert desk.problems() == []


def test_what_the_application_has_said_is_asked_no_second_time(desk: Desk) -> None:
    _, licence, tax = applied(desk, code="CODE1", wants_seal=True)

    assert desk.facts(licence)[0]["data"]["data"] == {"applicant": "岳阳某公司", "code": "CODE1"}
    assert desk.facts(tax)[0]["data"]["data"] == {"applicant": "岳阳某公司"}  # the code is none of its business


def test_a_childs_clock_starts_at_its_own_acceptance(desk: Desk) -> None:
    number, licence, _ = applied(desk)
    assert desk.clocks(licence) == {} and desk.clocks(number)["promised"].since_on == "2026-03-04"

    desk.now = day(6)
    go(desk, licence, "accept:accept")

    assert desk.clocks(licence)["promised"].due == "2026-03-10"


def test_the_parent_goes_on_when_all_its_children_have_come_out(desk: Desk) -> None:
    number, licence, tax = applied(desk)

    go(desk, licence, *GRANT)
    assert desk.tasks(number) == [] and desk.case(number).state == "accepted"
    go(desk, tax, "accept:accept", "review", "decide:refuse")
    go(desk, number, "hand_out")

    assert desk.case(number).state == "concluded"
    assert [fact["data"]["result"] for fact in desk.facts(number, "ChildEnded")] == ["granted", "refused"]
    assert desk.problems() == []


def test_what_a_child_gives_back_is_the_parents_from_then_on(desk: Desk) -> None:
    number, licence, _ = applied(desk)
    desk.complete(licence, "accept", "accept", data={"code": "91430600MA40000130"})
    go(desk, licence, "review", "decide:grant")

    assert desk.facts(number, "ChildEnded")[0]["data"]["data"] == {"code": "91430600MA40000130"}
    assert b"91430600MA40000130" in desk.case(number).data and desk.problems() == []


def test_a_child_that_is_not_accepted_is_a_result_and_holds_nobody_up(desk: Desk) -> None:
    number, licence, tax = applied(desk)

    go(desk, licence, "accept:decline")
    go(desk, tax, *GRANT)

    assert desk.facts(number, "ChildEnded")[0]["data"]["result"] == "declined"
    assert [task.node for task in desk.tasks(number)] == ["hand_out"]


# --- the order of decisions -------------------------------------------------------------------------------------------------


def test_a_matter_may_be_reviewed_but_not_decided_before_the_one_it_rests_on(desk: Desk) -> None:
    _, licence, tax = applied(desk, ORDERED)
    go(desk, tax, "accept:accept", "review")

    for outcome in ("grant", "refuse"):
        with pytest.raises(Forbidden, match="decided after “licence”"):
            go(desk, tax, f"decide:{outcome}")

    go(desk, licence, *GRANT)
    go(desk, tax, "decide:grant")
    assert desk.case(tax).state == "concluded"
    assert desk.facts(tax, "SiblingCleared")[0]["data"]["number"] == licence
    assert desk.problems() == []


def test_a_matter_whose_basis_was_refused_is_terminated_with_the_reason_and_never_late(desk: Desk) -> None:
    number, licence, tax = applied(desk, ORDERED)
    go(desk, tax, "accept:accept", "review")

    go(desk, licence, "accept:accept", "review", "decide:refuse")

    case = desk.case(tax)
    assert (case.state, case.standing) == ("terminated", "withdrawn")
    assert licence in desk.facts(tax, "CaseTerminated")[0]["data"]["reason"]
    assert [fact["data"]["result"] for fact in desk.facts(number, "ChildEnded")] == ["refused", "terminated"]
    desk.now = day(31)
    desk.ring()
    assert desk.facts(tax, "DeadlineLapsed") == [] and desk.problems() == []


def optional_before(*, wants_seal: bool) -> tuple[bytes, dict[str, object]]:
    """The tax matter is decided after a seal that only those who want one apply for."""
    drawn = parent(call("seal", "seal", 'optional="true"'), call("tax", "tax", 'after="seal"')).decode()
    wanted = drawn.replace(
        '<bpmn:sequenceFlow id="split_seal" sourceRef="split" targetRef="seal"/>',
        '<bpmn:sequenceFlow id="split_seal" sourceRef="split" targetRef="seal"><bpmn:conditionExpression>wants_seal'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>")
    return wanted.replace("parallelGateway", "inclusiveGateway").encode(), {"wants_seal": wants_seal}


@pytest.mark.parametrize("wants_seal", [True, False])
def test_a_matter_does_not_wait_for_one_nobody_has_asked_for(desk: Desk, wants_seal: bool) -> None:
    drawn, data = optional_before(wants_seal=wants_seal)
    desk.deploy(all=drawn, seal=SEAL, tax=TAX)
    number = desk.open("all", **data)
    go(desk, number, "window")
    tax = desk.children(number)[-1].number
    go(desk, tax, "accept:accept", "review")

    if wants_seal:
        with pytest.raises(Forbidden):
            go(desk, tax, "decide:grant")
    else:
        go(desk, tax, "decide:grant")
        assert [task.node for task in desk.tasks(number)] == ["hand_out"]
    assert desk.problems() == []


# --- ends -------------------------------------------------------------------------------------------------------------------


def test_withdrawing_the_application_withdraws_what_is_not_decided(desk: Desk) -> None:
    number, licence, tax = applied(desk)
    go(desk, licence, *GRANT)

    desk.command("withdraw", number, reason="申请人撤回申请")
    desk.ring()

    assert [desk.case(each).state for each in (number, licence, tax)] == ["withdrawn", "concluded", "withdrawn"]
    assert number in desk.facts(tax, "CaseWithdrawn")[0]["data"]["reason"]
    assert desk.problems() == []


@pytest.mark.parametrize(("verb", "state"), [("terminate", "terminated"), ("void", "voided")])
def test_what_ends_the_application_ends_its_matters(desk: Desk, verb: str, state: str) -> None:
    early = parent(call("tax", "tax")).replace(b"taken_split", b"x")  # the parent is still at receipt
    early = early.replace(b'<bpmn:extensionElements><jb:milestone fact="accepted"/></bpmn:extensionElements>', b"")
    desk.deploy(all=early, tax=TAX)
    number = desk.open("all")
    go(desk, number, "window")

    desk.command(verb, number, reason="录入错误")
    desk.ring()

    assert desk.children(number)[0].state == state and desk.problems() == []


def test_a_mandatory_matter_is_not_withdrawn_alone(desk: Desk) -> None:
    number, licence, _ = applied(desk)

    with pytest.raises(Forbidden, match=f"mandatory part of bundle {number}"):
        desk.command("withdraw", licence, reason="不办了")
    desk.command("terminate", licence, reason="申请人死亡")
    desk.ring()

    assert desk.facts(number, "ChildEnded")[0]["data"]["result"] == "terminated"


def test_an_optional_matter_may_be_withdrawn_alone(desk: Desk) -> None:
    desk.deploy(all=parent(call("seal", "seal", 'optional="true"')), seal=SEAL)
    number = desk.open("all")
    go(desk, number, "window")

    desk.command("withdraw", desk.children(number)[0].number, reason="公章自行刻制")
    desk.ring()

    assert desk.facts(number, "ChildEnded")[0]["data"]["result"] == "withdrawn"
    assert [task.node for task in desk.tasks(number)] == ["hand_out"] and desk.problems() == []


# --- clocks -----------------------------------------------------------------------------------------------------------------


def test_the_applications_clock_stands_still_only_while_all_its_matters_do(desk: Desk) -> None:
    number, licence, tax = applied(desk)
    for child in (licence, tax):
        go(desk, child, "accept:accept")
    due = desk.clocks(number)["promised"].due

    desk.now = day(5)
    desk.suspend(licence)
    desk.ring()
    assert desk.clocks(number)["promised"].due == due == "2026-03-11"  # the other matter goes on
    assert desk.clocks(tax)["promised"].due == "2026-03-06"  # and no sibling is stopped
    desk.now = day(6)
    desk.suspend(tax)
    desk.ring()
    assert desk.clocks(number)["promised"].due is None
    desk.now = day(10)
    desk.resume(tax)
    desk.ring()

    assert desk.clocks(number)["promised"].due == "2026-03-13"  # the 9th and the 10th were left out
    assert desk.problems() == []


def test_with_the_rule_any_one_stopped_matter_is_enough(desk: Desk) -> None:
    number, licence, _ = applied(desk, parent(call("licence", "licence"), call("tax", "tax"), stopped_by="any"))
    go(desk, licence, "accept:accept")

    desk.suspend(licence)
    desk.ring()

    assert desk.clocks(number)["promised"].due is None and desk.problems() == []


def test_days_on_which_a_matter_now_over_was_running_are_not_left_out_afterwards(desk: Desk) -> None:
    number, licence, tax = applied(desk)
    for child in (licence, tax):
        go(desk, child, "accept:accept")
    desk.suspend(licence)
    desk.ring()

    desk.now = day(9)
    go(desk, tax, "review", "decide:grant")
    desk.now = day(11)
    desk.resume(licence)
    desk.ring()

    assert desk.clocks(number)["promised"].due == "2026-03-13"  # two days after the 9th, not five after the 4th
    assert desk.problems() == []


def test_a_late_matter_is_called_in_at_its_own_department_and_not_at_the_window(desk: Desk) -> None:
    number, _, tax = applied(desk)
    go(desk, tax, "accept:accept")

    desk.now = day(9)
    desk.ring()

    assert desk.facts(tax, "DeadlineLapsed") and desk.facts(number, "DeadlineLapsed") == []
    assert desk.facts(tax, "CardIssued")[0]["data"]["colour"] == "yellow"
    told = [each for fact in desk.facts(tax, "Escalated") for each in fact["data"]["told"]]
    assert told and {each["unit"] for each in told} == {"税务局"}
    assert desk.case(tax).department == "税务局" and desk.facts(number, "CardIssued") == []


def test_a_child_that_ends_while_the_application_stands_still_ends_there_when_it_is_resumed(desk: Desk) -> None:
    desk.deploy(all=parent(call("tax", "tax")), tax=TAX)
    number = desk.open("all")
    go(desk, number, "window")
    desk.command("hold", number, order="岳法〔2026〕1号", reason="法院裁定")

    go(desk, desk.children(number)[0].number, *GRANT)
    assert desk.tasks(number) == [] and desk.problems() == []
    desk.resume(number)
    desk.ring()

    assert [task.node for task in desk.tasks(number)] == ["hand_out"] and desk.problems() == []


# --- what the diagram draws ---------------------------------------------------------------------------------------------------


def test_a_running_application_keeps_the_version_of_its_matters(desk: Desk) -> None:
    desk.deploy(all=BUNDLE, licence=LICENCE, tax=TAX)
    number = desk.open("all")
    desk.deploy(tax=matter("tax", department="税务局", promised=9))
    go(desk, number, "window")
    tax = desk.children(number)[1].number

    go(desk, tax, "accept:accept")

    assert desk.clocks(tax)["promised"].amount == 2
    assert desk.deploy(all=BUNDLE)[0].is_new  # deployed again, it opens the newer one


def test_the_phases_of_a_project_are_cases_decided_one_after_the_other(desk: Desk) -> None:
    phase = ('<bpmn:callActivity id="phase" name="施工许可" calledElement="tax"><bpmn:extensionElements>'
             '<jb:case mode="child" after="phase"/></bpmn:extensionElements><bpmn:multiInstanceLoopCharacteristics>'
             '<bpmn:loopDataInputRef>phases</bpmn:loopDataInputRef><bpmn:inputDataItem id="applicant" name="applicant"/>'
             '</bpmn:multiInstanceLoopCharacteristics></bpmn:callActivity>')
    desk.deploy(all=parent(phase, variables="phases:list applicant:string"), tax=TAX)
    number = desk.open("all", phases=["土方", "地下", "主体"])
    go(desk, number, "window")
    first, second, third = (child.number for child in desk.children(number))
    for child in (first, second, third):
        go(desk, child, "accept:accept", "review")

    with pytest.raises(Forbidden):
        go(desk, third, "decide:grant")
    go(desk, first, "decide:grant")
    with pytest.raises(Forbidden):
        go(desk, third, "decide:grant")
    go(desk, second, "decide:grant")
    go(desk, third, "decide:grant")

    assert [task.node for task in desk.tasks(number)] == ["hand_out"]
    assert desk.facts(second)[0]["data"]["data"]["applicant"] == "地下" and desk.problems() == []


def test_a_child_that_a_lapse_has_taken_from_the_parent_is_terminated(desk: Desk) -> None:
    late = ('<bpmn:boundaryEvent id="late" attachedToRef="tax"><bpmn:timerEventDefinition><bpmn:timeDuration>P1D'
            '</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>')
    drawn = parent(call("tax", "tax")).decode().replace("</bpmn:process>", late + (
        '<bpmn:endEvent id="gone"/><bpmn:sequenceFlow id="late_gone" sourceRef="late" targetRef="gone"/></bpmn:process>'))
    desk.deploy(all=drawn.replace("parallelGateway", "inclusiveGateway").encode(), tax=TAX)
    number = desk.open("all")
    go(desk, number, "window")

    desk.now = day(6)
    desk.ring()

    assert desk.children(number)[0].state == "terminated" and "ChildDropped" in desk.kinds(number)
    assert desk.problems() == []


def test_the_day_of_receipt_of_a_child_is_its_own(desk: Desk) -> None:
    desk.deploy(all=parent(call("tax", "tax")), tax=TAX)
    number = desk.open("all")
    desk.now = day(6)
    go(desk, number, "window")

    received = [desk.facts(each)[0]["data"]["received_on"] for each in (number, desk.children(number)[0].number)]

    assert received == ["2026-03-04", "2026-03-06"]


def test_one_application_and_its_matters_are_counted_once_each(desk: Desk) -> None:
    number, licence, tax = applied(desk)
    for child in (licence, tax):
        go(desk, child, *GRANT)
    go(desk, number, "hand_out")

    with reading(desk.database) as connection:
        counted = month_figures(connection, desk.office, read_month("2026-03"), now=day(31))[Group()]

    assert (counted["bundles"], counted["bundle_matters"], counted["concluded"], counted["accepted"]) == (1, 2, 2, 2)
