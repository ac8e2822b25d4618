"""A deadline lapses: what rings, what is issued, who is called, and that the case goes on."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.services import diagrams
from tests.services.desk import WAY, Desk, day

PROMISE_LAPSES = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
"""Midnight after Thursday 2026-03-05 in Shanghai, for a case accepted on the 4th."""


def test_a_lapsed_promise_issues_a_yellow_card_and_calls_the_supervisor(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = PROMISE_LAPSES

    done = desk.ring()

    assert done.fired == 1
    card = desk.facts(number, "CardIssued")[0]["data"]
    assert (card["colour"], card["clock"], card["due_on"]) == ("yellow", "promised", "2026-03-05")
    assert {task.node: task.role for task in desk.tasks(number)} == {
        "review_registration": "reviewer", "supervise_promise": "supervisor"}
    assert desk.problems() == []


def test_nothing_rings_a_moment_before_the_day_is_over(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = PROMISE_LAPSES.replace(hour=15, minute=59, second=59)

    assert desk.ring().total == 0


def test_a_late_case_stays_completable_and_ends_late(desk: Desk) -> None:
    number = desk.open(wants_fund=False, wants_bank=False)
    desk.go(number, *WAY)
    desk.now = day(6)
    desk.ring()

    for node in ("make_seal", "issue_invoices", "insure"):
        desk.complete(number, node, "done")
    desk.complete(number, "hand_over", "handed_over")
    desk.complete(number, "supervise_promise", "handled")

    row = desk.case(number)
    assert (row.standing, row.concluded_on, row.state) == ("late", "2026-03-06", "handed_over")
    assert row.ended_at == day(6) and desk.kinds(number)[-1] == "ProcessCompleted"
    assert desk.problems() == []


def test_a_statutory_lapse_issues_a_red_card_after_the_yellow_one(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = day(10)

    desk.ring()

    assert [card["data"]["colour"] for card in desk.facts(number, "CardIssued")] == ["yellow", "red"]
    assert desk.problems() == []


def test_a_lapsed_target_calls_the_supervisor_and_issues_no_card(desk: Desk) -> None:
    number = desk.open("four_permits")
    desk.go(number, "register", "verify")
    desk.now = day(12)

    desk.ring()

    assert "supervise_target" in {task.node for task in desk.tasks(number)}
    assert desk.facts(number, "DeadlineLapsed")[0]["data"]["due_on"] == "2026-03-11"
    assert desk.facts(number, "CardIssued") == [] and desk.problems() == []


def test_no_notice_within_five_working_days_is_acceptance_from_the_day_of_receipt(desk: Desk) -> None:
    number = desk.open()
    desk.complete(number, "register")
    lapse = desk.timers(number)["notice_lapsed"].due_at
    assert lapse == datetime(2026, 3, 11, 16, 0, tzinfo=UTC)  # received on the 4th: 5, 6, 9, 10, 11
    desk.now = lapse

    desk.ring()

    accepted = desk.facts(number, "CaseAccepted")[0]["data"]
    assert (accepted["deemed"], accepted["accepted_on"]) == (True, "2026-03-04")
    assert (desk.case(number).accepted_on, desk.case(number).due_on) == ("2026-03-04", "2026-03-05")
    assert "review_registration" in {task.node for task in desk.tasks(number)}
    assert desk.problems() == []


def test_a_case_deemed_accepted_after_its_promise_was_due_gets_its_card_at_once(desk: Desk) -> None:
    number = desk.open()
    desk.complete(number, "register")
    desk.now = day(12)
    desk.ring()

    assert [card["data"]["colour"] for card in desk.facts(number, "CardIssued")] == ["yellow", "red"]
    assert desk.problems() == []


def test_an_applicant_who_does_not_mend_the_application_is_deemed_to_have_withdrawn_it(desk: Desk) -> None:
    number = desk.open()
    desk.complete(number, "register")
    desk.complete(number, "verify", "correct")
    desk.now = datetime(2026, 4, 3, 16, 0, tzinfo=UTC)  # 30 calendar days after 4 March are over

    desk.ring()

    row = desk.case(number)
    assert (row.state, row.standing) == ("deemed_withdrawn", "withdrawn")
    assert desk.kinds(number)[-2:] == ["CaseDeemedWithdrawn", "ProcessCompleted"]
    assert desk.facts(number, "CardIssued") == [] and desk.problems() == []


def test_the_timers_of_a_suspended_case_stand_still(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.suspend(number)
    desk.now = day(30)

    assert desk.ring().total == 0
    assert desk.facts(number, "DeadlineLapsed") == []


def test_the_promise_lapses_later_by_the_days_of_the_special_procedure(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.suspend(number)  # on Wednesday the 4th
    desk.now = day(9)
    desk.command("resume_case", number)
    assert desk.case(number).due_on == "2026-03-10"
    desk.now = datetime(2026, 3, 10, 15, 59, tzinfo=UTC)
    assert desk.ring().fired == 0

    desk.now = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)

    assert desk.ring().fired == 1 and desk.problems() == []


def test_a_stage_limit_stands_still_as_well_and_its_lapse_is_a_yellow_card(desk: Desk) -> None:
    desk.deploy(staged=diagrams.process(
        "staged", diagrams.words(limits="statutory:20"), diagrams.start(), diagrams.throw("accepted", "accepted"),
        diagrams.task("review"), diagrams.limit("stage", "stage", 3, on="review", interrupting=False), diagrams.end(),
        diagrams.end("told"), diagrams.flows("begin", "accepted", "review", "done"), diagrams.flows("stage", "told")))
    number = desk.open("staged")
    assert desk.timers(number)["stage"].due_at == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)

    desk.suspend(number)  # on the 4th, which is consumed
    stopped = desk.timers(number)["stage"].due_at
    desk.now = day(6)
    desk.command("resume_case", number)
    moved = desk.timers(number)["stage"].due_at
    desk.now = day(12)
    desk.ring()

    assert (stopped, moved) == (None, datetime(2026, 3, 11, 16, 0, tzinfo=UTC))  # 9, 10 and 11 March
    assert [card["data"]["colour"] for card in desk.facts(number, "CardIssued")] == ["yellow"]
    assert desk.problems() == []


def test_when_the_machine_was_down_both_instants_are_kept(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = day(6, 7)

    desk.ring()

    fired = desk.facts(number, "TimerFired")[0]["data"]
    assert fired["scheduled_at"] == "2026-03-05T16:00:00Z" and fired["fired_at"] == "2026-03-06T07:00:00Z"
    assert desk.facts(number, "DeadlineLapsed")[0]["data"]["noticed_at"] == "2026-03-06T07:00:00Z"


def test_a_cycle_rings_once_a_period_and_catches_up_after_a_night(desk: Desk) -> None:
    desk.deploy(cycle=diagrams.process(
        "cycle", diagrams.start(), diagrams.task("fill"), diagrams.timer("remind", "R3/P1D", on="fill", interrupting=False),
        diagrams.task("reminder", role="supervisor"), diagrams.end(),
        diagrams.flows("begin", "fill", "done"), diagrams.flows("remind", "reminder", "done")))
    number = desk.open("cycle")
    desk.now = day(6, 3)

    desk.ring()

    assert [fact["data"]["scheduled_at"] for fact in desk.facts(number, "TimerFired")] == [
        "2026-03-05T02:00:00Z", "2026-03-06T02:00:00Z"]
    timer = desk.timers(number)["remind"]
    assert (timer.firing, timer.due_at) == (3, day(7)) and desk.problems() == []


def test_a_concluded_case_gets_no_card_for_a_bell_that_rings_afterwards(desk: Desk) -> None:
    desk.deploy(ringing=diagrams.process(
        "ringing", diagrams.words(limits="promised:1"), diagrams.start(),
        diagrams.throw("accepted", "accepted"),
        '<bpmn:subProcess id="whole"><bpmn:startEvent id="in"/>' + diagrams.task("inner")
        + diagrams.throw("over", "concluded") + diagrams.task("after") + diagrams.end("out")
        + diagrams.flows("in", "inner", "over", "after", "out") + "</bpmn:subProcess>",
        diagrams.limit("bell", "promised", 1, on="whole", interrupting=False), diagrams.end(), diagrams.end("rung"),
        diagrams.flows("begin", "accepted", "whole", "done"), diagrams.flows("bell", "rung")))
    number = desk.open("ringing")
    desk.complete(number, "inner")
    assert desk.case(number).concluded_on == "2026-03-04"
    desk.now = day(9)

    done = desk.ring()

    assert (done.fired, done.moved) == (0, 1) and desk.facts(number, "CardIssued") == []
    assert desk.timers(number)["bell"].due_at is None and desk.problems() == []


def test_a_case_in_a_special_procedure_still_lets_the_supervisor_report(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = day(6)
    desk.ring()
    desk.suspend(number)

    desk.complete(number, "supervise_promise", "handled")

    assert [task.node for task in desk.tasks(number)] == ["review_registration"] and desk.problems() == []
