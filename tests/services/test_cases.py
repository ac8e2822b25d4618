"""What people do to a case, on both databases: each command does what the law says, or is refused and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.errors import AlreadyDecided, Forbidden, InvalidInput, NotFound, Stale
from services.cases import Stepped
from tests.services import diagrams
from tests.services.desk import WAY, WEDNESDAY, Desk, day

TABLES = ("case", "fact", "task", "timer", "clock", "clock_count", "card", "message", "incident", "outbox")


def test_a_case_is_opened_at_its_first_task_with_a_number_of_the_day(desk: Desk) -> None:
    number = desk.open(applicant="岳阳某公司")

    row = desk.case(number)
    assert number == "43060020260304000001"
    assert (row.state, row.version, row.ended_at) == ("received", 1, None)
    assert [task.name for task in desk.tasks(number)] == ["登记收件"]
    assert desk.problems() == []


def test_a_process_is_also_found_by_its_chinese_name(desk: Desk) -> None:
    assert desk.case(desk.open("企业开办")).process == "company_setup"


def test_an_application_filed_in_the_evening_counts_as_received_on_the_next_working_day(desk: Desk) -> None:
    desk.now = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)  # Friday 20:00 in Shanghai

    number = desk.open()

    assert desk.facts(number, "CaseOpened")[0]["data"]["received_on"] == "2026-03-09"


@pytest.mark.parametrize(("process", "data", "error", "words"), [
    ("no_such", {}, NotFound, "deployed are: .*company_setup 企业开办, "),
    ("company_setup", {"colour": "red"}, InvalidInput, "data.colour: unknown field; known are"),
    ("company_setup", {"capital": -1}, InvalidInput, "data.capital"),
    ("company_setup", {"wants_fund": "maybe"}, InvalidInput, "data.wants_fund"),
    ("company_setup", {"credit_code": "123"}, InvalidInput, "data.credit_code"),
])
def test_an_opening_that_cannot_be_is_refused_by_name(
    desk: Desk, process: str, data: dict[str, object], error: type[Exception], words: str,
) -> None:
    with pytest.raises(error, match=words):
        desk.open(process, **data)

    assert [desk.rows(table) for table in TABLES] == [0] * len(TABLES)


def test_completing_a_task_moves_the_case_on_and_keeps_the_decision(desk: Desk) -> None:
    number = desk.open()

    stepped = desk.complete(number, "register", data={"remarks": "齐"})

    assert stepped == Stepped(number=number, version=2, at=WEDNESDAY)
    assert [task.node for task in desk.tasks(number)] == ["verify"]
    assert desk.facts(number, "TaskCompleted")[0]["data"]["data"] == {"remarks": "齐"}
    assert len(desk.facts(number, "TaskCompleted")) == 1 and desk.problems() == []


def test_acceptance_starts_the_clocks_of_the_case_and_ends_that_of_the_notice(desk: Desk) -> None:
    number = desk.open()

    desk.go(number, "register", "verify")

    row = desk.case(number)
    assert (row.accepted_on, row.due_on, row.is_provisional) == ("2026-03-04", "2026-03-05", False)
    assert {name: (clock.due, clock.lapses_at) for name, clock in desk.clocks(number).items()} == {
        "promised": ("2026-03-05", datetime(2026, 3, 5, 16, 0, tzinfo=UTC)),
        "statutory": ("2026-03-09", datetime(2026, 3, 9, 16, 0, tzinfo=UTC))}
    assert desk.rows("timer") == 0 and desk.problems() == []


def test_a_case_done_within_its_promise_ends_on_time_with_nothing_left_to_do(desk: Desk) -> None:
    number = conclude(desk)

    desk.complete(number, "hand_over", "handed_over")

    row = desk.case(number)
    assert (row.state, row.standing, row.ended_at) == ("handed_over", "early", WEDNESDAY)
    assert [desk.rows(table) for table in ("task", "timer", "message", "incident")] == [0, 0, 0, 0]
    assert [clock.kind for clock in desk.clocks(number).values()] == ["push"]  # until who supervises has signed for it
    assert desk.kinds(number)[-1] == "ProcessCompleted" and desk.problems() == []


def _id(desk: Desk, number: str) -> str:
    return f"{number}-{desk.tasks(number)[0].token}"


REFUSED: dict[str, tuple[Callable[[Desk, str], object], type[Exception], str]] = {
    # read at an older version
    "stale": (lambda desk, number: desk.complete(number, "verify", version=1), Stale,
              "read at version 1, but it is at version 2"),
    # from the future
    "ahead": (lambda desk, number: desk.complete(number, "verify", version=9), Stale, "read at version 9"),
    # an outcome of another task
    "outcome": (lambda desk, number: desk.complete(number, "verify", "grant"), InvalidInput, "outcome: expected one of accept"),
    "no outcome": (lambda desk, number: desk.complete_id(_id(desk, number), None), InvalidInput, "found nothing"),
    # a field the form does not have
    "field": (lambda desk, number: desk.complete(number, "verify", data={"colour": "red"}), InvalidInput,
              "data.colour: unknown"),
    "type": (lambda desk, number: desk.complete(number, "verify", data={"opinion": 7}), InvalidInput, "data.opinion"),
    # a task that is over, one that never was, and things that are no task
    "second": (lambda desk, number: desk.complete_id(f"{number}-4", "received"), AlreadyDecided,
               "王 completed it with “received”"),
    "no task": (lambda desk, number: desk.complete_id(f"{number}-99", "accept"), AlreadyDecided, "never opened"),
    "no case": (lambda desk, number: desk.complete_id("43060020260304000009-4", "accept"), NotFound, "no task"),
    "no id": (lambda desk, number: desk.complete_id("4", "accept"), NotFound, "a task id looks like"),
    "a letter": (lambda desk, number: desk.complete_id(f"{number}-x", "accept"), NotFound, "a task id looks like"),
    "message": (lambda desk, number: desk.receive(number, "paid"), NotFound, "does not wait for it"),
    "other case": (lambda desk, number: desk.command("withdraw", "1", reason="x"), NotFound, "no case “1”"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_and_leaves_the_case_as_it_was(desk: Desk, name: str) -> None:
    command, error, words = REFUSED[name]
    number = desk.open()
    desk.complete(number, "register")
    before = desk.case(number), [desk.rows(table) for table in TABLES]

    with pytest.raises(error, match=words):
        command(desk, number)

    assert (desk.case(number), [desk.rows(table) for table in TABLES]) == before


def test_a_special_procedure_moves_the_due_date_by_the_days_it_covers_and_stops_the_clocks(desk: Desk) -> None:
    number = desk.open("four_permits")
    desk.go(number, "register", "verify")
    assert desk.case(number).due_on == "2026-03-11"

    desk.now = day(5)
    desk.suspend(number)
    clocks = desk.clocks(number)
    stopped = desk.case(number), {(clocks[name].due, clocks[name].rings_at) for name in ("target", "statutory")}
    desk.now = day(10)
    desk.resume(number)

    assert (stopped[0].state, stopped[0].due_on, stopped[1]) == ("suspended", None, {(None, None)})
    assert desk.case(number).due_on == "2026-03-16"  # the 5th is consumed, the 6th, 9th and 10th are not counted
    assert desk.clocks(number)["target"].lapses_at == datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
    assert desk.problems() == []


def test_no_step_is_done_while_no_day_counts(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.suspend(number)

    with pytest.raises(Forbidden, match="stands still: 专家评审"):
        desk.complete(number, "review_registration")


@pytest.mark.parametrize(("given", "words"), [
    ({"ground": "lunch"}, "not one of the grounds of 行政许可法 art. 45"),
    ({"document": "  "}, "特别程序告知书 .* is required"),
    ({"expected_end": date(2026, 3, 4)}, "is not after today"),
])
def test_a_special_procedure_needs_ground_notice_and_term(desk: Desk, given: dict[str, object], words: str) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")

    with pytest.raises(InvalidInput, match=words):
        desk.suspend(number, **given)


@pytest.mark.parametrize(("command", "state"), [("withdraw", "withdrawn"), ("terminate", "terminated"), ("void", "voided")])
def test_a_case_ends_by_order_and_its_tasks_and_clocks_go_with_it(desk: Desk, command: str, state: str) -> None:
    number = desk.open()
    desk.complete(number, "register")

    desk.command(command, number, reason="申请人要求")

    row = desk.case(number)
    assert (row.state, row.standing, row.ended_at) == (state, "withdrawn", WEDNESDAY)
    assert [desk.rows(table) for table in ("task", "timer", "clock", "message")] == [0, 0, 0, 0]
    with pytest.raises(Forbidden):
        desk.command(command, number, reason="再来")
    assert desk.problems() == []


@pytest.mark.parametrize("command", ["terminate", "void"])
def test_who_ends_a_case_gives_a_reason(desk: Desk, command: str) -> None:
    number = desk.open()

    with pytest.raises(InvalidInput, match="a reason is required"):
        desk.command(command, number, reason=" ")


def test_an_incident_keeps_the_task_and_the_tokens_and_names_the_place(desk: Desk) -> None:
    desk.deploy(stuck=STUCK)
    number = desk.open("stuck")
    before = desk.case(number).tokens

    stepped = desk.complete(number, "fill", "done")

    incident = desk.incidents(number)[0]
    assert stepped.incident is not None and (stepped.version, desk.case(number).tokens) == (2, before)
    assert (incident.code, incident.node) == ("missing_variable", "way") and "colour" in incident.message
    assert [task.node for task in desk.tasks(number)] == ["fill"] and desk.facts(number, "TaskCompleted") == []
    assert desk.kinds(number) == ["CaseOpened", "IncidentRaised"] and desk.problems() == []


def test_the_task_of_an_incident_can_be_completed_once_its_cause_is_gone(desk: Desk) -> None:
    desk.deploy(stuck=STUCK)
    number = desk.open("stuck")
    desk.complete(number, "fill", "done")

    desk.complete(number, "fill", "done", data={"colour": "red"})

    assert desk.case(number).ended_at is not None and desk.incidents(number) == []
    assert desk.kinds(number)[1:] == [
        "IncidentRaised", "TaskCompleted", "IncidentResolved", "ProcessCompleted", "CaseConcluded"]
    assert desk.facts(number, "IncidentResolved")[0]["data"] == {"raised": 2} and desk.problems() == []


def test_an_incident_is_resolved_when_what_it_held_up_goes_on_and_the_others_stay(desk: Desk) -> None:
    desk.deploy(stuck=diagrams.process(
        "stuck", diagrams.words(variables="colour:string"), diagrams.start(), diagrams.task("fill", "done"),
        diagrams.task("sign", "done"), '<bpmn:parallelGateway id="both"/>', '<bpmn:parallelGateway id="joined"/>',
        '<bpmn:exclusiveGateway id="way" default="way_merged"/>', '<bpmn:exclusiveGateway id="merged"/>', diagrams.end(),
        diagrams.flows("begin", "both", "fill", "way", "merged", "joined", "done"), diagrams.flows("both", "sign", "joined"),
        diagrams.when("way", "merged", 'colour == "red"').replace('id="way_merged"', 'id="way_red"')))
    number = desk.open("stuck")
    desk.complete(number, "fill", "done")
    desk.complete(number, "sign", "done")
    assert [incident.node for incident in desk.incidents(number)] == ["way"]

    desk.complete(number, "fill", "done", data={"colour": "red"})

    assert desk.incidents(number) == [] and desk.case(number).ended_at is not None and desk.problems() == []


def test_a_case_that_ends_by_order_leaves_no_incident_open(desk: Desk) -> None:
    desk.deploy(stuck=STUCK)
    number = desk.open("stuck")
    desk.complete(number, "fill", "done")

    desk.command("withdraw", number, reason="不办了")

    assert desk.incidents(number) == [] and desk.kinds(number)[-1] == "IncidentResolved" and desk.problems() == []


def test_a_milestone_out_of_order_is_an_incident_and_never_a_silent_jump(desk: Desk) -> None:
    desk.deploy(early=diagrams.process(
        "early", diagrams.start(), diagrams.task("fill", "done"), diagrams.throw("handed", "handed_over"), diagrams.end(),
        diagrams.flows("begin", "fill", "handed", "done")))
    number = desk.open("early")

    desk.complete(number, "fill", "done")

    assert desk.incidents(number)[0].node == "handed" and desk.case(number).state == "received"
    assert desk.problems() == []


def test_a_message_moves_the_case_that_waits_for_it(desk: Desk) -> None:
    definition, awaits = diagrams.message("payment", "paid")
    desk.deploy(paying=diagrams.process(
        "paying", diagrams.words(variables="amount:int"), diagrams.start(), awaits, diagrams.task("fill"), diagrams.end(),
        diagrams.flows("begin", "payment", "fill", "done"), before=definition))
    number = desk.open("paying")
    assert desk.rows("message") == 1

    with pytest.raises(InvalidInput, match=r"data\.price"):
        desk.receive(number, "paid", price=7)
    desk.receive(number, "paid", amount=7)

    assert [task.node for task in desk.tasks(number)] == ["fill"] and desk.rows("message") == 0
    assert desk.facts(number, "MessageReceived")[0]["data"]["data"] == {"amount": 7}
    assert desk.problems() == []


def test_a_case_whose_last_path_stops_beside_is_complete_through_the_end_it_reached_before(desk: Desk) -> None:
    desk.deploy(beside=diagrams.process(
        "beside", diagrams.start(), diagrams.task("fill"), diagrams.timer("remind", "PT1H", on="fill", interrupting=False),
        diagrams.task("reminder"), diagrams.end(), diagrams.flows("begin", "fill", "done"),
        diagrams.flows("remind", "reminder")))
    number = desk.open("beside")
    desk.now = day(5)
    desk.ring()
    desk.complete(number, "fill")
    assert desk.case(number).ended_at is None

    desk.complete(number, "reminder")

    assert desk.facts(number, "ProcessCompleted")[0]["data"] == {"ends": ["done"]} and desk.problems() == []


def test_time_never_runs_backwards_inside_a_case(desk: Desk) -> None:
    number = desk.open()
    desk.now = WEDNESDAY - timedelta(minutes=5)  # a second machine, whose clock is slow

    desk.complete(number, "register")

    assert [fact["at"] for fact in desk.facts(number)] == ["2026-03-04T02:00:00.000000Z"] * 3
    assert desk.problems() == []


@pytest.mark.parametrize("value", [10**30, float("nan"), float("inf"), "\ud800"])
def test_what_no_fact_can_hold_is_refused(desk: Desk, value: object) -> None:
    with pytest.raises(InvalidInput, match=r"data|capital"):
        desk.open(**{"applicant" if isinstance(value, str) else "capital": value})

    assert desk.rows("case") == desk.rows("fact") == 0


def conclude(desk: Desk) -> str:
    """A case of 企业开办 that waits only for its handing over."""
    number = desk.open(wants_fund=False, wants_bank=False)
    desk.go(number, *WAY)
    for node in ("make_seal", "issue_invoices", "insure"):
        desk.complete(number, node, "done")
    return number


STUCK = diagrams.process(
    "stuck", diagrams.words(variables="colour:string"), diagrams.start(), diagrams.task("fill", "done"),
    '<bpmn:exclusiveGateway id="way" default="way_other"/>', diagrams.end("red"), diagrams.end("other"),
    diagrams.flows("begin", "fill", "way", "other"), diagrams.when("way", "red", 'colour == "red"'))
"""Asks for a colour that nobody has to give."""
