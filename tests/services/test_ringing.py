"""A clock rings: what lapses, what is issued, who is told and called, and that the case goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from services.store.rows import ClockRow
from tests.services import diagrams
from tests.services.desk import WAY, Desk, day

PROMISE_LAPSES = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
"""Midnight after Thursday 2026-03-05 in Shanghai, for a case accepted on the 4th."""


def test_a_lapsed_promise_issues_a_yellow_card_and_calls_the_supervisor(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = PROMISE_LAPSES

    desk.ring()

    card = desk.facts(number, "CardIssued")[0]["data"]
    assert (card["colour"], card["clock"], card["due_on"]) == ("yellow", "promised", "2026-03-05")
    assert {task.node: task.role for task in desk.tasks(number)} == {
        "review_registration": "reviewer", "supervise_promise": "supervisor"}
    assert desk.problems() == []


def test_nothing_rings_a_moment_before_the_day_is_over(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = PROMISE_LAPSES.replace(hour=15, minute=59, second=59)

    desk.ring()

    assert desk.facts(number, "DeadlineLapsed") == [] and desk.facts(number, "CardIssued") == []


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

    assert cards(desk, number) == [("yellow", "promised_lapsed"), ("red", "yellow_unanswered"), ("red", "statutory_lapsed")]
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
    (notice,) = desk.clocks(number).values()
    lapse = notice.lapses_at
    assert notice.kind == "notice" and lapse == datetime(2026, 3, 11, 16, 0, tzinfo=UTC)  # received on the 4th: 5, 6, 9, 10, 11
    desk.now = lapse

    desk.ring()

    accepted = desk.facts(number, "CaseAccepted")[0]["data"]
    assert (accepted["deemed"], accepted["accepted_on"]) == (True, "2026-03-04")
    assert (desk.case(number).accepted_on, desk.case(number).due_on) == ("2026-03-04", "2026-03-05")
    assert "review_registration" in {task.node for task in desk.tasks(number)}
    assert desk.problems() == []


def test_a_case_deemed_accepted_gets_the_cards_of_what_is_over_at_once_with_their_scheduled_time(desk: Desk) -> None:
    number = desk.open()
    desk.complete(number, "register")
    desk.now = day(12)

    desk.ring()

    scheduled = [(card["data"]["rule"], card["data"]["scheduled_at"]) for card in desk.facts(number, "CardIssued")]
    assert scheduled[:2] == [("promised_lapsed", "2026-03-05T16:00:00Z"), ("statutory_lapsed", "2026-03-09T16:00:00Z")]
    accepted = desk.kinds(number).index("CaseAccepted")
    assert desk.kinds(number)[accepted:accepted + 7] == [
        "CaseAccepted", "ClockStarted", "DeadlineLapsed", "CardIssued", "ClockStarted", "DeadlineLapsed", "CardIssued"]
    assert {"supervise_promise", "supervise_statute"} <= {task.node for task in desk.tasks(number)} and desk.problems() == []


def test_an_applicant_who_does_not_mend_the_application_is_deemed_to_have_withdrawn_it(desk: Desk) -> None:
    number = desk.open()
    desk.complete(number, "register")
    desk.complete(number, "verify", "correct")
    desk.now = datetime(2026, 4, 3, 16, 0, tzinfo=UTC)  # 30 calendar days after 4 March are over

    desk.ring()

    row = desk.case(number)
    assert (row.state, row.standing) == ("deemed_withdrawn", "withdrawn")
    assert [kind for kind in desk.kinds(number)[-4:] if kind != "ClockStopped"] == [
        "TimerFired", "CaseDeemedWithdrawn", "ProcessCompleted"]
    assert desk.facts(number, "CardIssued") == [] and desk.problems() == []


def test_the_clocks_of_a_suspended_case_stand_still_and_only_the_stop_itself_overruns(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.suspend(number)  # until the 31st of March, the applicant was told
    desk.now = day(30)
    assert desk.ring().total == 0

    desk.now = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
    desk.ring()

    assert [lapse["data"]["clock"].partition(":")[0] for lapse in desk.facts(number, "DeadlineLapsed")] == ["stop"]
    assert [told["data"]["rung"] for told in desk.facts(number, "Escalated")] == ["stop_overrun"]
    assert desk.facts(number, "CardIssued") == [] and desk.problems() == []


def test_the_promise_lapses_later_by_the_days_of_the_special_procedure(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.suspend(number)  # on Wednesday the 4th
    desk.now = day(9)
    desk.resume(number)
    assert desk.case(number).due_on == "2026-03-10"
    desk.now = datetime(2026, 3, 10, 15, 59, tzinfo=UTC)
    desk.ring()
    assert desk.facts(number, "DeadlineLapsed") == []

    desk.now = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
    desk.ring()

    assert len(desk.facts(number, "DeadlineLapsed")) == 1 and desk.problems() == []


def test_a_stage_limit_stands_still_as_well_and_its_lapse_is_a_yellow_card(desk: Desk) -> None:
    desk.deploy(staged=diagrams.process(
        "staged", diagrams.words(limits="statutory:20"), diagrams.start(), diagrams.throw("accepted", "accepted"),
        diagrams.task("review"), diagrams.limit("stage", "stage", 3, on="review", interrupting=False), diagrams.end(),
        diagrams.end("told"), diagrams.flows("begin", "accepted", "review", "done"), diagrams.flows("stage", "told")))
    number = desk.open("staged")
    assert stage(desk, number).lapses_at == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)

    desk.suspend(number)  # on the 4th, which is consumed
    stopped = stage(desk, number).lapses_at
    desk.now = day(6)
    desk.resume(number)
    moved = stage(desk, number).lapses_at
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

    assert desk.ring().total == 0

    assert desk.clocks(number) == {} and desk.facts(number, "CardIssued") == [] and desk.problems() == []


def test_a_case_in_a_special_procedure_still_lets_the_supervisor_report(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = day(6)
    desk.ring()
    desk.suspend(number)

    desk.complete(number, "supervise_promise", "handled")

    assert [task.node for task in desk.tasks(number)] == ["review_registration"] and desk.problems() == []


def test_the_ladder_tells_whoever_the_contact_book_names_at_that_hour_and_names_who_is_missing(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = day(5)  # at nine the last day of the promise began

    desk.ring()

    (told,) = desk.facts(number, "Escalated")
    assert (told["data"]["rung"], told["data"]["scheduled_at"]) == ("due_day", "2026-03-05T01:00:00Z")
    assert [each["role"] for each in told["data"]["told"]] == ["reviewer", "clerk", "approver"]
    assert told["data"]["missing"] == [] or "section_head" in told["data"]["missing"]
    assert desk.rows("notification") == 3 + bool(told["data"]["missing"]) and desk.problems() == []


def test_each_rung_is_climbed_once_and_the_last_writes_a_supervision_order(desk: Desk) -> None:
    number = desk.open("four_permits")
    desk.go(number, "register", "verify")  # the target is due on the 11th
    for hour in (day(10), day(11), day(12), day(13), day(18), day(18, 3)):
        desk.now = hour
        desk.ring()

    rungs = [fact["data"]["rung"] for fact in desk.facts(number, "Escalated") if fact["data"]["clock"] == "target"]
    assert rungs == ["warning", "due_day", "first_day_late", "second_day_late", "fifth_day_late"]
    (order,) = desk.facts(number, "OrderIssued")
    assert order["data"]["due_on"] == "2026-03-25" and f"order:{order['seq']}" in desk.clocks(number)
    assert desk.problems() == []


def test_rungs_that_were_missed_are_climbed_late_in_their_order_with_both_times(desk: Desk) -> None:
    number = desk.open("four_permits")
    desk.go(number, "register", "verify")
    desk.now = day(13, 7)  # the machine was down from the 4th on

    desk.ring()

    told = [(fact["data"]["rung"], fact["data"]["scheduled_at"], fact["data"]["told_at"])
            for fact in desk.facts(number, "Escalated") if fact["data"]["clock"] == "target"]
    assert told == [(rung, f"2026-03-{on}T01:00:00Z", "2026-03-13T07:00:00Z") for rung, on in
                    (("warning", 10), ("due_day", 11), ("first_day_late", 12), ("second_day_late", 13))]
    assert desk.problems() == []


def test_a_deadline_that_moves_has_a_ladder_of_its_own(desk: Desk) -> None:
    number = desk.open("four_permits")
    desk.go(number, "register", "verify")
    desk.now = day(10)
    desk.ring()
    desk.suspend(number)
    desk.now = day(12)
    desk.resume(number)  # due on the 13th now: the 11th and the 12th do not count

    desk.now = day(13)
    desk.ring()

    told = [(fact["data"]["rung"], fact["data"]["version"]) for fact in desk.facts(number, "Escalated")
            if fact["data"]["clock"] == "target"]
    assert told == [("warning", 1), ("warning", 3), ("due_day", 3)] and desk.problems() == []


def test_an_order_outlives_its_case_and_wants_its_answer(desk: Desk) -> None:
    number = desk.open()
    desk.command("issue_order", number, addressee="王", text="说明原因", due_on=date(2026, 3, 6), by="孙")
    desk.command("withdraw", number, reason="不办了")
    desk.now = day(9)

    desk.ring()

    order = desk.facts(number, "OrderIssued")[0]["seq"]
    assert desk.facts(number, "DeadlineLapsed")[0]["data"]["clock"] == f"order:{order}"
    desk.command("reply_to_order", number, order=order, text="已处理")
    desk.command("close_order", number, order=order, text="属实", by="孙")
    assert desk.clocks(number) == {} and desk.problems() == []


def test_clocks_that_jump_back_and_forth_lose_and_double_nothing(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")

    for now in (PROMISE_LAPSES, PROMISE_LAPSES - timedelta(hours=1), PROMISE_LAPSES + timedelta(hours=1),
                PROMISE_LAPSES.replace(year=2030), PROMISE_LAPSES):
        desk.now = now
        desk.ring()

    assert [lapse["data"]["clock"] for lapse in desk.facts(number, "DeadlineLapsed")][:2] == ["promised", "statutory"]
    assert len(cards(desk, number)) == len(set(cards(desk, number))) and desk.problems() == []


def cards(desk: Desk, number: str) -> list[tuple[str, str]]:
    """Colour and rule of its cards."""
    return [(card["data"]["colour"], card["data"]["rule"]) for card in desk.facts(number, "CardIssued")]


def stage(desk: Desk, number: str) -> ClockRow:
    """Its only stage clock."""
    (clock,) = [clock for clock in desk.clocks(number).values() if clock.kind == "stage"]
    return clock
