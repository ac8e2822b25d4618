"""Trying a definition: how far it gets by itself, what it waits for, and that it always comes to an answer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.calendar import Calendar
from engine.definitions.model import ChildCase, EventKind, Outcome, TimerKind, Work
from engine.errors import InvalidInput
from engine.limits import Limit, LimitKind, Unit
from engine.process.trial import Awaited, Trial, trial
from tests.engine.process.drawing import defined, drawn, edge, event, several, timer

CALENDAR = Calendar()
BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
MESSAGE = event(EventKind.MESSAGE, "payment")


def tried(text, nodes=None, *, data=None, complete=True, library=None, called=None, **fields) -> Trial:
    return trial(defined(text, nodes, called=called, **fields), library=library or {}, data=data or {}, complete=complete,
                 calendar=CALENDAR, start_at=BEGIN)


def test_a_process_is_run_to_its_first_wait():
    result = tried("start > a > b > end", {"a": {"name": "受理"}}, complete=False)

    assert result == Trial(outcome="waiting", waiting_for=(Awaited(id="a", kind="task", name="受理"),))


def test_a_process_that_waits_for_nobody_is_completed_at_once():
    assert tried("start > end", complete=False) == Trial(outcome="completed", end_events=("end",))


def test_asked_to_complete_it_goes_on_to_the_end():
    result = tried("start > and_s; and_s > a > and_j; and_s > b > c > and_j; and_j > d > end")

    assert result == Trial(outcome="completed", trace=("a", "b", "c", "d"), end_events=("end",))


def test_tasks_are_completed_before_time_passes():
    result = tried("start > a > end; edge_t > late > end_t", {"edge_t": edge("a", timer(), interrupting=False)})

    assert (result.outcome, result.trace, result.end_events) == ("completed", ("a",), ("end",))


def test_timers_fire_in_due_order_when_no_task_is_open():
    result = tried("start > and; and > catch_5 > a > end; and > catch_1 > b > catch_3 > c > end", {
        "catch_5": {"event": timer("P5D")}, "catch_1": {"event": timer("P1D")}, "catch_3": {"event": timer("P3D")}})

    assert result.trace == ("b", "c", "a")  # on the first, fourth and fifth day


def test_a_limit_is_waited_for_like_any_timer():
    limit = timer(None, TimerKind.LIMIT, limit=Limit(kind=LimitKind.STAGE, amount=2, unit=Unit.WORKDAY))

    assert tried("start > first > catch_l > a > end; first > catch_t > b > end", {
        "catch_l": {"event": limit}, "catch_t": {"event": timer("P5D")}}).trace == ("a",)


@pytest.mark.parametrize(("node", "fields", "awaited"), [
    ("catch_m", {"event": MESSAGE}, Awaited(id="catch_m", kind="message", name="payment")),
    ("catch_s", {"event": event(EventKind.SIGNAL, "flood")}, Awaited(id="catch_s", kind="signal", name="flood")),
    ("service", {"topic": "seal"}, Awaited(id="service", kind="connector", name="seal")),
    ("call", {"called": "elsewhere"}, Awaited(id="call", kind="call", name="elsewhere")),
])
def test_what_is_not_there_is_a_wait_with_its_name(node, fields, awaited):
    result = tried(f"start > a > {node} > b > end", {node: fields})

    assert result == Trial(outcome="waiting", trace=("a",), waiting_for=(awaited,))


def test_a_called_process_of_another_file_is_run_when_it_is_there():
    other = defined("start > inner > end")
    other = replace(other, primary="q", processes={"q": replace(other.process, id="q")})

    result = tried("start > call > end", {"call": {"called": "q"}}, library={"q": other})

    assert (result.outcome, result.trace) == ("completed", ("inner",))


ASKING = "start > a > xor; xor > b if amount > 100; xor > end default; b > end"


def test_a_task_before_a_gateway_that_asks_for_a_missing_variable_is_done_and_the_variable_awaited():
    result = tried(ASKING)

    assert result == Trial(outcome="waiting", trace=("a",), waiting_for=(Awaited(id="xor", kind="variable", name="amount"),))


def test_a_variable_that_is_given_decides():
    assert tried(ASKING, data={"amount": 500}).trace == ("a", "b")
    assert tried(ASKING, data={"amount": 5}).trace == ("a",)


def test_a_gateway_at_the_very_start_may_ask_for_a_variable():
    result = tried("start > xor; xor > a if amount > 100; xor > end default; a > end", complete=False)

    assert result.waiting_for == (Awaited(id="xor", kind="variable", name="amount"),)
    assert result.outcome == "waiting"


def outcomes(*keys):
    return {"work": Work(outcomes=tuple(Outcome(key=key, label=key) for key in keys))}


DECIDED = 'start > xor_i > a > xor; xor > b if a == "grant"; xor > xor_i if a == "return"; xor > c default; b > end; c > end_c'


@pytest.mark.parametrize(("data", "trace"), [
    ({}, ("a", "b")),  # the first outcome is the ordinary way
    ({"a": "refuse"}, ("a", "c")),  # what the start variables name counts the first time
    ({"a": "return"}, ("a", "a", "b")),  # and not for ever
    ({"a": "no outcome"}, ("a", "b")),
])
def test_a_task_with_outcomes_gets_one_of_them(data, trace):
    assert tried(DECIDED, {"a": outcomes("grant", "return", "refuse")}, data=data).trace == trace


def test_a_gateway_waits_for_the_outcome_another_branch_will_give():
    result = tried("start > and; and > a > xor; xor > c if b == 1; xor > d default; and > b > end_b; c > end; d > end",
                   {"b": outcomes("ok")})

    assert (result.outcome, result.trace) == ("completed", ("a", "b", "d"))


def test_a_gateway_that_is_overtaken_asks_no_more():
    result = tried("start > and; and > a > xor; xor > c if x == 1; xor > d default; and > b > end_x; c > end; d > end",
                   {"end_x": {"event": event(EventKind.TERMINATE)}})

    assert result == Trial(outcome="completed", trace=("a", "b"), end_events=("end_x",))


@pytest.mark.parametrize(("text", "node"), [
    ("start > a", ""),  # a path without an end event
    ("start > xor; xor > a if c == 1; xor > b default; a > and > end; b > and", "and"),  # a join one branch never reaches
])
def test_a_dead_end_is_an_incident_and_neither_waiting_nor_completed(text, node):
    result = tried(text, data={"c": 1})

    assert (result.outcome, result.trace, result.waiting_for) == ("incident", ("a",), ())
    assert result.message.startswith("dead end") and node in result.message and result.node == node


def test_a_dead_end_is_seen_without_completing_anything():
    assert tried("start > throw", complete=False).outcome == "incident"


def test_no_way_out_of_a_gateway_is_an_incident_that_names_it():
    result = tried("start > a > xor; xor > b if c == 1; xor > d if c == 2; b > end; d > end", data={"c": 3})

    assert (result.outcome, result.node) == ("incident", "xor")
    assert result.trace == ("a",)


@pytest.mark.parametrize("text", [
    "start > xor_i > a > xor; xor > xor_i if again == 1; xor > end default",  # with a person
    "start > xor_i > throw > xor; xor > xor_i if again == 1; xor > end default",  # without
    "start > xor_i > catch_t > xor; xor > xor_i if again == 1; xor > end default",  # through years
    "start > xor_i > and; and > xor_i; and > a > end",  # one more each time
    "start > xor_i > a > and; and > xor_i; and > b > end",
])
def test_what_never_comes_to_an_end_is_stopped_and_says_so(text):
    result = tried(text, {"catch_t": {"event": timer("P1D")}} if "catch_t" in text else None, data={"again": 1})

    assert result.outcome == "incident" and ("more than" in result.message or "not over after" in result.message)


def test_a_timer_without_end_is_fired_once():
    result = tried("start > catch_m > end; edge_t > order > end_t", {
        "catch_m": {"event": MESSAGE},
        "edge_t": edge("catch_m", timer("R/PT1H", TimerKind.CYCLE, repetitions=None), interrupting=False)})

    assert (result.outcome, result.trace, result.end_events) == ("waiting", ("order",), ("end_t",))
    assert [awaited.id for awaited in result.waiting_for] == ["catch_m", "edge_t"]


@pytest.mark.parametrize("event_", [
    timer(None, expression="period"), timer("P100Y"), timer(None, TimerKind.LIMIT, limit=Limit(
        kind=LimitKind.STAGE, amount=10**6, unit=Unit.WORKDAY))])
def test_a_timer_that_cannot_be_set_is_an_incident_or_far_away_and_never_a_crash(event_):
    result = tried("start > catch_t > end", {"catch_t": {"event": event_}}, data={"period": "soon"})

    assert result.outcome in ("incident", "completed")
    assert result.outcome == "completed" or result.node == "catch_t"


def test_five_hundred_people_are_asked():
    result = tried("start > vote > end", {"vote": several("500")})

    assert result.outcome == "completed" and len(result.trace) == 500


def test_a_task_in_a_subprocess_of_a_called_process_has_the_outcomes_drawn_there():
    inside = drawn("start_i > a > end_i", {"a": outcomes("inner")})
    called = drawn("start_q > sub > xor_q; xor_q > b if a == \"inner\"; xor_q > end_r default; b > end_q",
                   {"sub": {"body": inside}})

    result = tried("start > call > a > end", {"call": {"called": "q"}, "a": outcomes("outer")}, called={"q": called})

    assert result.trace == ("a", "b", "a")


def test_variables_the_state_cannot_hold_are_refused_by_name():
    with pytest.raises(InvalidInput, match=r"data\.form"):
        tried("start > end", data={"form": {"a": 1}})


def test_a_trial_gives_the_same_answer_every_time():
    text = ("start > and_s; and_s > a > and_j; and_s > catch_t > b > and_j; and_j > xor; xor > c if x == 1; "
            "xor > end default; c > end")

    results = {repr(tried(text, {"catch_t": {"event": timer("P1D")}})) for _ in range(3)}

    assert len(results) == 1


CHILD = {"call": {"called": "licence", "child": ChildCase(result="licence")}}


def test_a_child_case_is_granted_unless_the_start_variables_say_otherwise():
    text = "start > call > xor; xor > a > end_1 if licence == 'granted'; xor > b > end_2 default"

    granted, refused = tried(text, CHILD), tried(text, CHILD, data={"licence": "refused"})

    assert (granted.trace, granted.end_events) == (("call", "a"), ("end_1",))
    assert refused.trace == ("call", "b")
    assert tried(text, CHILD, complete=False).waiting_for == (Awaited(id="call", kind="call", name="licence"),)


def test_a_child_case_never_runs_within_its_parent_though_its_process_is_at_hand():
    library = {"licence": defined("start > inner > end")}

    assert tried("start > call > a > end", CHILD, library=library).trace == ("call", "a")
