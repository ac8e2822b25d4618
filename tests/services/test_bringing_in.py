"""Cases in progress are brought in from another system: with their own days, where they stand, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.bringing_in import Past, opening_of
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.events import PastStop
from engine.limits import LimitKind, Unit
from engine.precedence import Commitment
from services import bringing_in, explaining, rulings
from services.bringing_in import InProgress, Landed, Line, Row
from services.database import reading, writing
from services.rulings import NewLimit
from tests.services import diagrams
from tests.services.desk import Desk, day

SOURCE, OLD = "老审批系统", "YY-2026-0417"
ANNOUNCED = diagrams.process(
    "announced", diagrams.words(variables="project_code:string"), diagrams.start(), diagrams.throw("accept", "accepted"),
    diagrams.task("announce"),
    '<bpmn:boundaryEvent id="late" attachedToRef="announce" cancelActivity="false"><bpmn:timerEventDefinition>'
    '<bpmn:extensionElements><jb:limit kind="stage" item="announcement"/></bpmn:extensionElements>'
    "</bpmn:timerEventDefinition></bpmn:boundaryEvent>",
    diagrams.task("supervise", role="supervisor"), diagrams.end(), diagrams.flows("begin", "accept", "announce", "done"),
    diagrams.flows("late", "supervise", "done"))
"""The park publishes the announcement within the days it has promised: a number only the agreement has."""

REVIEW = PastStop(ground="expert_review", start=date(2026, 3, 5), end=date(2026, 3, 10), document="岳特〔2026〕1号")


def row(steps: str = "汇总验收意见", past: Mapping[str, Any] | None = None, **given: Any) -> InProgress:
    """A joint completion inspection, received on 2 March and accepted on 3 March, unless said otherwise."""
    known = {"received_on": date(2026, 3, 2), "accepted_at": opening_of(date(2026, 3, 3)), **(past or {})}
    return InProgress(**{"process": "竣工联合验收", "source": SOURCE, "old_number": OLD, "steps": tuple(steps.split("、")),
                         "past": Past(**known), "data": {"applicant": "岳阳某某公司"}, **given})


def on(line: int, case: InProgress) -> Row:
    """A row of a file."""
    return Row(line=line, old_number=case.old_number, case=case)


def bring(desk: Desk, each: InProgress) -> Landed:
    with writing(desk.database) as connection:
        return bringing_in.bring_in(connection, desk.office, each, by=desk.by, now=desk.now)


def refusal(desk: Desk, each: InProgress) -> str:
    with pytest.raises((InvalidInput, Forbidden, NotFound)) as refused:
        bring(desk, each)
    return str(refused.value)


def test_a_case_goes_on_where_it_stood_with_the_days_it_had_left(desk: Desk) -> None:
    desk.now = day(9)

    landed = bring(desk, row())

    case = desk.case(landed.number)
    assert (case.state, case.accepted_on, case.due_on) == ("reviewing", "2026-03-03", "2026-03-13")
    assert [task.node for task in desk.tasks(landed.number)] == ["summarise"]
    assert desk.kinds(landed.number) == ["CaseOpened", "CaseBroughtIn", "ClockStarted"]
    assert desk.problems() == []


def test_a_case_brought_in_is_worked_on_to_its_end_like_any_other(desk: Desk) -> None:
    desk.now = day(9)
    number = bring(desk, row()).number

    for node, outcome in (("summarise", "qualified"), ("decide_acceptance", "grant"), ("file_completion", "filed"),
                          ("hand_over", "handed_over")):
        desk.complete(number, node, outcome)

    case = desk.case(number)
    assert (case.state, case.standing, case.ended_at) == ("handed_over", "early", desk.now)
    assert desk.problems() == []


def test_its_original_stops_move_its_due_date_as_they_did_there(desk: Desk) -> None:
    desk.now = day(11)

    landed = bring(desk, row(past={"stops": (REVIEW,)}))

    with reading(desk.database) as connection:
        explained = explaining.explain_case(connection, desk.office, landed.number, today=date(2026, 3, 11))
    assert landed.due["promised"] == "2026-03-18"  # 8 working days after 3 March, less the 6th, 9th and 10th
    assert explained.chosen("promised").account.due == "2026-03-18"
    assert desk.problems() == []


def test_a_stop_that_lasts_is_ended_here_and_the_days_left_run_on(desk: Desk) -> None:
    desk.now = day(11)
    lasting = replace(REVIEW, end=None, expected_end=date(2026, 3, 20))
    landed = bring(desk, row(past={"stops": (lasting,)}))
    assert (desk.case(landed.number).state, landed.due["promised"]) == ("suspended", None)

    desk.now = day(12)
    desk.resume(landed.number)

    case = desk.case(landed.number)
    assert (case.state, case.due_on) == ("reviewing", "2026-03-20")
    assert desk.problems() == []


def test_a_stop_that_has_lasted_longer_than_the_applicant_was_told_is_noticed(desk: Desk) -> None:
    desk.now = day(16)

    landed = bring(desk, row(past={"stops": (replace(REVIEW, end=None, expected_end=date(2026, 3, 12)),)}))

    lapsed = desk.facts(landed.number, "DeadlineLapsed")
    assert [(fact["data"]["clock"], fact["data"]["scheduled_at"]) for fact in lapsed] == [("stop:3", "2026-03-12T16:00:00Z")]
    assert desk.problems() == []


def test_what_lapsed_before_the_switch_over_is_noticed_without_a_card(desk: Desk) -> None:
    desk.now = day(25)

    landed = bring(desk, row())
    desk.ring()

    (lapse,) = desk.facts(landed.number, "DeadlineLapsed")
    assert landed.lapsed == ("promised",)
    assert (lapse["data"]["scheduled_at"], lapse["at"]) == ("2026-03-13T16:00:00Z", "2026-03-25T02:00:00.000000Z")
    assert desk.rows("card") == 0 and desk.rows("supervision_order") == 0 and "Escalated" not in desk.kinds(landed.number)
    assert {task.node for task in desk.tasks(landed.number)} == {"summarise", "supervise_promise"}  # its drawn escalation
    assert desk.problems() == []


def test_a_row_may_ask_for_the_cards_of_what_lapsed_before(desk: Desk) -> None:
    desk.now = day(16)

    landed = bring(desk, row(past={"is_carded": True}))

    assert [fact["data"]["colour"] for fact in desk.facts(landed.number, "CardIssued")] == ["yellow"]
    assert desk.problems() == []


def test_what_lapses_after_the_switch_over_has_its_card_and_its_ladder(desk: Desk) -> None:
    desk.now = day(12)
    number = bring(desk, row()).number

    desk.now = day(16)
    desk.ring()

    assert [fact["data"]["colour"] for fact in desk.facts(number, "CardIssued")] == ["yellow"]
    assert "Escalated" in desk.kinds(number)
    assert desk.problems() == []


def test_the_case_stands_in_all_its_parallel_branches_and_their_join_waits_for_each(desk: Desk) -> None:
    desk.now = day(9)
    number = bring(desk, row("消防验收、人防验收")).number
    assert {task.name for task in desk.tasks(number)} == {"消防验收", "人防验收"}

    desk.complete(number, "check_fire", "qualified")
    before = [task.node for task in desk.tasks(number)]
    desk.complete(number, "check_civil_defence", "qualified")

    assert before == ["check_civil_defence"] and [task.node for task in desk.tasks(number)] == ["visit"]
    assert desk.problems() == []


def test_a_bundle_stands_at_its_next_child_case_which_is_opened_here(desk: Desk) -> None:
    landed = bring(desk, row("不动产首次登记、交付使用", process="竣工即办证", past={"accepted_at": None}))
    desk.ring()

    (child,) = desk.children(landed.number)
    assert desk.facts(child.number, "CaseOpened")[0]["data"]["process"] == "real_estate_registration"
    assert desk.problems() == []


def test_a_concluded_case_is_judged_by_the_day_it_was_concluded(desk: Desk) -> None:
    desk.now = day(25)
    decided = {"decided_on": date(2026, 3, 12), "concluded_on": date(2026, 3, 12)}

    number = bring(desk, row("送达意见书和备案表", decided)).number

    case = desk.case(number)
    assert (case.state, case.standing, case.due_on) == ("concluded", "early", "2026-03-13")
    assert "DeadlineLapsed" not in desk.kinds(number)
    assert desk.clocks(number)["hand_over"].due == "2026-03-26"  # ten working days after the decision
    assert desk.problems() == []


def test_a_case_concluded_too_late_there_is_late_here(desk: Desk) -> None:
    desk.now = day(25)
    decided = {"decided_on": date(2026, 3, 16), "concluded_on": date(2026, 3, 16)}

    number = bring(desk, row("送达意见书和备案表", decided)).number

    assert desk.case(number).standing == "late" and len(desk.facts(number, "DeadlineLapsed")) == 1
    assert desk.problems() == []


def test_before_acceptance_the_notice_of_what_is_missing_counts_from_the_receipt(desk: Desk) -> None:
    desk.now = day(6)

    landed = bring(desk, row("核验材料", {"accepted_at": None}))

    (clock,) = desk.clocks(landed.number).values()
    assert (desk.case(landed.number).state, clock.kind, clock.due) == ("received", "notice", "2026-03-09")
    assert desk.problems() == []


def test_a_notice_that_was_not_given_in_time_there_is_a_deemed_acceptance_here(desk: Desk) -> None:
    desk.now = day(16)
    number = bring(desk, row("核验材料", {"accepted_at": None})).number

    desk.ring()

    (accepted,) = desk.facts(number, "CaseAccepted")
    assert (accepted["data"]["accepted_on"], accepted["data"]["deemed"]) == ("2026-03-02", True)
    assert desk.rows("card") == 0
    assert desk.problems() == []


def test_the_applicant_s_period_counts_from_the_day_the_case_came_to_that_step(desk: Desk) -> None:
    desk.now = day(9)
    correcting = {"accepted_at": None}

    said = refusal(desk, row("提交补正材料", correcting))
    number = bring(desk, row("提交补正材料", {**correcting, "since": date(2026, 3, 4)})).number

    (clock,) = desk.clocks(number).values()
    assert "say which" in said
    assert (desk.case(number).state, clock.kind, clock.due) == ("correcting", "applicant", "2026-04-03")
    assert desk.problems() == []


def test_an_extension_given_there_counts_here_and_no_other_may_follow(desk: Desk) -> None:
    desk.now = day(9)

    landed = bring(desk, row(past={"extension": 10, "extension_document": "岳延〔2026〕2号"}))

    assert landed.due["promised"] == "2026-03-27"
    with pytest.raises(Forbidden):
        desk.command("propose_extension", landed.number, amount=5, reason="复杂")
    assert desk.problems() == []


def test_whose_limit_counts_is_what_the_office_has_told_this_system(desk: Desk) -> None:
    desk.now = day(9)
    new = NewLimit(process="joint_completion_inspection", kind=LimitKind.PROMISED, amount=6, unit=Unit.WORKDAY, basis="岳政办",
                   approver="李主任")
    with writing(desk.database) as connection:
        rulings.enter_office_limit(connection, new, drawn=(), by="王", now=day(6))

    landed = bring(desk, row())

    assert landed.due["promised"] == "2026-03-11"


def test_the_same_row_again_is_passed_over(desk: Desk) -> None:
    desk.now = day(9)
    first = bring(desk, row())

    again = bring(desk, row())
    other = bring(desk, row(source="工改系统"))

    assert (again.is_new, again.number) == (False, first.number) and other.number != first.number
    with reading(desk.database) as connection:
        found = bringing_in.find(connection, OLD)
        assert [each.number for each in bringing_in.find(connection, OLD, SOURCE)] == [first.number]
        with pytest.raises(NotFound):
            bringing_in.find(connection, "无此号")
    assert {each.source for each in found} == {SOURCE, "工改系统"}


def test_each_row_lands_whole_or_is_refused_and_leaves_nothing(desk: Desk) -> None:
    desk.now = day(9)
    rows = [on(2, row()), on(3, row("没有的环节", old_number="2")), on(4, row(old_number="3")), on(5, row())]

    lines = list(bringing_in.bring_in_all(desk.database, desk.office, rows, by="王", now=desk.now))

    assert [(line.line, line.landed is not None) for line in lines] == [(2, True), (3, False), (4, True), (5, False)]
    assert "没有的环节" in lines[1].refusal and "line 2" in lines[3].refusal
    assert desk.rows("case") == desk.rows("origin") == 2
    assert desk.problems() == []


def test_a_dry_run_says_what_would_be_and_keeps_nothing(desk: Desk) -> None:
    desk.now = day(9)
    rows = [on(2, row()), on(3, row(old_number="2", past={"accepted_at": None}))]

    dry: list[Line] = list(bringing_in.bring_in_all(desk.database, desk.office, rows, by="王", now=desk.now, is_dry=True))

    assert dry[0].landed is not None and dry[0].landed.due == {"promised": "2026-03-13"} and "受理" in dry[1].refusal
    assert desk.rows("case") == desk.rows("fact") == desk.rows("origin") == 0
    assert desk.problems() == []


def test_the_due_date_of_the_other_system_is_checked(desk: Desk) -> None:
    desk.now = day(9)

    said = refusal(desk, row(due_on=date(2026, 3, 16)))

    assert "2026-03-16" in said and "2026-03-13" in said and bring(desk, row(due_on=date(2026, 3, 13))).is_new


@pytest.mark.parametrize(("given", "reason"), [
    ({"steps": ("踏勘完成了",)}, "is no step of 竣工联合验收"),  # not a name of a step
    ({"steps": ()}, "name the steps"),  # nowhere
    ({"steps": ("消防验收", "联合踏勘")}, "no walk through the diagram"),  # the visit comes after the checks
    ({"past": Past(received_on=date(2026, 3, 2))}, "has been through 受理"),  # a step behind the acceptance
    ({"steps": ("登记收件",)}, "has not been through 受理"),  # a day of acceptance before it
    ({"outcomes": {"nobody": "yes"}}, "is no step of"),  # an outcome of nothing
    ({"data": {"colour": "red"}}, "unknown field"),  # what the form does not ask
    ({"old_number": " "}, "printable"),  # without a number
    ({"process": "没有的事项"}, "没有的事项"),  # of no process
])
def test_what_does_not_fit_the_diagram_is_refused_with_its_reason(desk: Desk, given: dict[str, Any], reason: str) -> None:
    desk.now = day(9)

    said = refusal(desk, replace(row(), **given))

    assert reason in said and desk.rows("case") == 0


def test_a_refusal_has_nothing_that_must_be_handed_over_in_ten_days(desk: Desk) -> None:
    desk.now = day(9)

    refused = bring(desk, row("送达不合格意见书", {"decided_on": date(2026, 3, 5), "concluded_on": date(2026, 3, 6)}))

    (fact,) = desk.facts(refused.number, "CaseBroughtIn")
    assert fact["data"]["granted"] is False and "hand_over" not in desk.clocks(refused.number)


def test_a_case_whose_limit_only_its_project_can_give_waits_for_the_commitment(desk: Desk) -> None:
    desk.deploy(announced=ANNOUNCED)
    waiting = row("announce", {"since": date(2026, 3, 4)}, process="announced", data={}, project="P-1")

    said = refusal(desk, waiting)
    with writing(desk.database) as connection:
        rulings.enter_commitment(connection, Commitment(item="announcement", amount=15, unit=Unit.WORKDAY, clause="第六条",
                                                        agreement="招商协议〔2026〕8号"), project="P-1", by="王", now=desk.now)
    number = bring(desk, waiting).number

    assert "commitment" in said
    assert [(clock.kind, clock.due) for clock in desk.clocks(number).values()] == [("stage", "2026-03-25")]


def test_a_number_of_the_other_system_that_no_fact_tells_of_is_found(desk: Desk) -> None:
    desk.now = day(9)
    number = bring(desk, row()).number
    desk.sql("UPDATE origin SET old_number = 'YY-2'")

    changed = desk.problems()
    desk.sql("DELETE FROM origin")

    assert [(problem.check, problem.case) for problem in changed] == [("origin", number)]
    assert [(problem.check, problem.case) for problem in desk.problems()] == [("origin", number)]
