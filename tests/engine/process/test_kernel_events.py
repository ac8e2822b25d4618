"""Events: timers, messages, signals, errors, escalations and terminate, at the edge of an activity and on the way."""

import pytest

from engine.definitions.model import EventKind, NodeKind, TimerKind
from engine.errors import ExpressionFailed, Incident, InvalidInput, MissingVariable, NotFound
from engine.process import kernel
from engine.process.step import Ending
from tests.engine.process.drawing import done, drawn, edge, event, fired, open_nodes, program, several, timer, wait_at

MESSAGE, SIGNAL = event(EventKind.MESSAGE, "m"), event(EventKind.SIGNAL, "s")
TERMINATE = event(EventKind.TERMINATE)
GUARDED = "start > a > end; edge_x > b > end_b"


def guarded(what, *, interrupting=True, **host):
    return program(GUARDED, {"a": host, "edge_x": edge("a", what, interrupting=interrupting)})


@pytest.mark.parametrize("what", [timer(), MESSAGE, SIGNAL], ids=["timer", "message", "signal"])
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_at_the_edge_overtakes_its_activity_or_begins_beside_it(what, interrupting):
    process = guarded(what, interrupting=interrupting)
    step = kernel.start(process)

    step = happen(process, step, "edge_x")

    repeats = [] if what.kind is EventKind.TIMER else ["edge_x"]  # a message can come again as long as the activity runs
    assert sorted(open_nodes(process, step)) == (["b"] if interrupting else sorted(["a", "b", *repeats]))
    assert ("a", Ending.CANCELLED) in [(ended.node, ended.how) for ended in step.ended] or not interrupting


def happen(process, step, node):
    wait = wait_at(process, step, node)
    if wait.event is None:
        return kernel.fire(process, step.state, wait.id)
    return kernel.correlate(process, step.state, wait.event)


@pytest.mark.parametrize("what", [timer(), MESSAGE, SIGNAL], ids=["timer", "message", "signal"])
def test_completing_the_activity_ends_what_was_awaited_meanwhile(what):
    process = guarded(what)

    step = done(process, kernel.start(process), "a")

    assert step.is_completed
    assert [(ended.node, ended.how) for ended in step.ended] == [("a", Ending.COMPLETED), ("edge_x", Ending.CANCELLED)]


def test_the_path_of_an_event_beside_outlives_its_activity():
    process = guarded(timer(), interrupting=False)

    step = done(process, fired(process, kernel.start(process), "edge_x"), "a")

    assert open_nodes(process, step) == ["b"] and not step.is_completed
    assert done(process, step, "b").is_completed


def test_a_cycle_fires_as_often_as_drawn_and_says_how_often_it_still_will():
    process = guarded(timer("R3/PT1H", TimerKind.CYCLE, repetitions=3), interrupting=False)
    step, left = kernel.start(process), []

    for _ in range(3):
        left.append(wait_at(process, step, "edge_x").remaining)
        step = fired(process, step, "edge_x")

    assert left == [3, 2, 1]
    assert open_nodes(process, step) == ["a", "b", "b", "b"]


def test_a_cycle_without_end_goes_on_as_long_as_its_activity():
    process = guarded(timer("R/PT1H", TimerKind.CYCLE, repetitions=None), interrupting=False)
    step = kernel.start(process)

    for _ in range(20):
        step = done(process, fired(process, step, "edge_x"), "b")

    assert open_nodes(process, step) == ["a", "edge_x"]
    assert wait_at(process, step, "edge_x").remaining is None
    assert done(process, step, "a").is_completed


def test_a_timer_asks_its_expression_when_it_opens():
    process = guarded(timer(None, expression="period"))
    step = kernel.start(process, {"period": "P3D"})

    assert wait_at(process, step, "edge_x").timer.text == "P3D"


@pytest.mark.parametrize(("kind", "data", "error"), [
    (TimerKind.DURATION, {}, MissingVariable),
    (TimerKind.DURATION, {"period": "soon"}, ExpressionFailed),
    (TimerKind.DURATION, {"period": 5}, ExpressionFailed),
    (TimerKind.DATE, {"period": "P3D"}, ExpressionFailed),
    (TimerKind.CYCLE, {"period": "R999999999/PT0.000001S"}, ExpressionFailed),
    (TimerKind.CYCLE, {"period": "R0/PT1H"}, ExpressionFailed),  # never
])
def test_a_timer_whose_expression_gives_no_time_is_an_incident(kind, data, error):
    with pytest.raises(error) as caught:
        kernel.start(guarded(timer(None, kind, expression="period"), interrupting=False), data)

    assert caught.value.node == "edge_x"


def test_a_repeating_timer_given_by_an_expression_repeats():
    process = guarded(timer(None, TimerKind.CYCLE, expression="period"), interrupting=False)
    step = kernel.start(process, {"period": "R2/PT1H"})

    step = fired(process, step, "edge_x", "edge_x")

    assert open_nodes(process, step) == ["a", "b", "b"]


def test_the_first_of_several_awaited_events_decides():
    process = program("start > first; first > catch_t > a > end; first > catch_m > b > end; first > c > d > end", {
        "catch_t": {"event": timer()}, "catch_m": {"event": MESSAGE},
        "c": {"kind": NodeKind.CATCH_EVENT, "event": SIGNAL}})
    step = kernel.start(process)

    step = happen(process, step, "catch_m")

    assert open_nodes(process, step) == ["b"]
    assert {(ended.node, ended.how) for ended in step.ended} == {
        ("catch_m", Ending.COMPLETED), ("catch_t", Ending.CANCELLED), ("c", Ending.CANCELLED)}


def test_a_message_reaches_one_wait_and_it_must_be_said_which():
    process = program("start > and; and > catch_1 > a > end; and > catch_2 > b > end",
                      {"catch_1": {"event": MESSAGE}, "catch_2": {"event": MESSAGE}})
    step = kernel.start(process)

    with pytest.raises(InvalidInput, match="say which of"):
        kernel.correlate(process, step.state, "m")
    step = kernel.correlate(process, step.state, "m", {"x": 1}, wait_at(process, step, "catch_2").id)

    assert sorted(open_nodes(process, step)) == ["b", "catch_1"] and step.variables == {"x": 1}


def test_a_signal_reaches_all_who_await_it_and_brings_its_data_to_each():
    process = program("start > and; and > catch_1 > a > end; and > call > end",
                      {"catch_1": {"event": SIGNAL}, "call": {"called": "q"}},
                      called={"q": drawn("start_q > catch_2 > xor; xor > b if x == 1; b > end_q", {
                          "catch_2": {"event": SIGNAL}})})
    step = kernel.start(process)

    step = kernel.correlate(process, step.state, "s", {"x": 1})

    assert sorted(open_nodes(process, step)) == ["a", "b"]


@pytest.mark.parametrize("name", ["other", "", "M"])
def test_an_event_nobody_awaits_is_refused_by_name(name):
    process = guarded(MESSAGE)

    with pytest.raises(NotFound, match="awaited event"):
        kernel.correlate(process, kernel.start(process).state, name)


@pytest.mark.parametrize("what", [MESSAGE, SIGNAL], ids=["message", "signal"])
def test_what_is_thrown_inside_reaches_who_awaits_it_inside_and_is_told_outside(what):
    process = program("start > and; and > catch_x > a > end; and > b > throw_x > end",
                      {"catch_x": {"event": what}, "throw_x": {"event": what}})

    step = done(process, kernel.start(process), "b")

    assert open_nodes(process, step) == ["a"]
    assert (step.passed[0].node, step.passed[0].kind, step.passed[0].event) == ("throw_x", what.kind.value, what.name)


def test_what_is_thrown_before_anybody_awaits_it_is_told_outside_and_lost_inside():
    process = program("start > throw_x > catch_x > end", {"throw_x": {"event": SIGNAL}, "catch_x": {"event": SIGNAL}})

    assert open_nodes(process, kernel.start(process)) == ["catch_x"]


def failing(*codes, thrown="e1", kind=EventKind.ERROR, interrupting=True):
    """A sub-process that throws after task “a”, with a boundary event for each code (None: any)."""
    edges = {f"edge_{n}": edge("sub", event(kind, code), interrupting=interrupting) for n, code in enumerate(codes)}
    word = "end_x" if kind is EventKind.ERROR else "throw_x > b > end_i"
    body = drawn(f"start_i > a > {word}", {word.split(" ")[0]: {"event": event(kind, thrown)}})
    paths = "".join(f"; edge_{n} > after_{n} > end_{n}" for n in range(len(codes)))
    return program("start > sub > end" + paths, {"sub": {"body": body}, **edges})


@pytest.mark.parametrize(("codes", "caught_by"), [
    (["e1"], "after_0"),
    ([None], "after_0"),
    ([None, "e1"], "after_1"),  # the exact code comes first
    (["e2", None], "after_1"),
])
def test_an_error_is_caught_by_the_exact_code_before_the_one_that_catches_any(codes, caught_by):
    process = failing(*codes)

    step = done(process, kernel.start(process), "a")

    assert open_nodes(process, step) == [caught_by]


@pytest.mark.parametrize("codes", [[], ["e2"]])
def test_an_error_nobody_catches_is_an_incident_and_the_task_stays_open(codes):
    process = failing(*codes)
    step = kernel.start(process)

    with pytest.raises(Incident, match="caught by no boundary event"):
        done(process, step, "a")

    assert open_nodes(process, step) == ["a"]


def test_an_error_goes_out_through_every_scope_to_the_first_that_catches():
    inner = drawn("start_2 > a > end_x", {"end_x": {"event": event(EventKind.ERROR, "e1")}})
    process = program("start > sub > end; edge_x > b > end_b", {
        "sub": {"body": drawn("start_1 > call > end_1; start_1 > other > end_1", {"call": {"called": "q"}})},
        "edge_x": edge("sub", event(EventKind.ERROR, "e1"))}, called={"q": inner})
    step = kernel.start(process)
    assert sorted(open_nodes(process, step)) == ["a", "other"]

    step = done(process, step, "a")

    assert open_nodes(process, step) == ["b"]


def test_an_error_end_at_the_top_ends_the_process_by_that_end_event():
    process = program("start > and; and > a > end_x; and > b > end", {"end_x": {"event": event(EventKind.ERROR, "e1")}})

    step = done(process, kernel.start(process), "a")

    assert step.is_completed and [passed.node for passed in step.passed] == ["end_x"]


def test_a_task_can_fail_with_an_error_caught_at_its_own_edge():
    process = guarded(event(EventKind.ERROR, "no_seal"))
    step = kernel.start(process)

    failed = kernel.fail(process, step.state, wait_at(process, step, "a").id, "no_seal", {"why": "印章"})

    assert open_nodes(process, failed) == ["b"] and failed.variables == {"why": "印章"}
    with pytest.raises(Incident, match="other"):
        kernel.fail(process, step.state, wait_at(process, step, "a").id, "other")


def test_an_error_in_one_of_several_instances_ends_them_all():
    process = guarded(event(EventKind.ERROR, "e"), **several("3"))
    step = kernel.start(process)

    step = kernel.fail(process, step.state, wait_at(process, step, "a", 1).id, "e")

    assert open_nodes(process, step) == ["b"]


@pytest.mark.parametrize(("interrupting", "left"), [(True, ["after_0"]), (False, ["after_0", "b"])])
def test_an_escalation_calls_and_only_interrupts_when_drawn_so(interrupting, left):
    process = failing("e1", kind=EventKind.ESCALATION, interrupting=interrupting)

    step = done(process, kernel.start(process), "a")

    assert sorted(open_nodes(process, step)) == left


def test_an_escalation_nobody_awaits_is_told_and_passed():
    process = failing(kind=EventKind.ESCALATION)

    step = done(process, kernel.start(process), "a")

    assert open_nodes(process, step) == ["b"]
    assert [(passed.kind, passed.event, passed.scope) for passed in step.passed] == [("escalation", "e1", ("sub",))]


def test_terminate_ends_its_own_scope_and_no_more():
    body = drawn("start_i > and_i; and_i > a > end_x; and_i > b > end_i", {"end_x": {"event": TERMINATE}})
    process = program("start > and; and > sub > c > end; and > d > end", {"sub": {"body": body}})

    step = done(process, kernel.start(process), "a")

    assert sorted(open_nodes(process, step)) == ["c", "d"]


def test_terminate_at_the_top_completes_the_process():
    process = program("start > and; and > a > end_x; and > sub > end", {
        "end_x": {"event": TERMINATE}, "sub": {"body": drawn("start_i > b > end_i")}})

    step = done(process, kernel.start(process), "a")

    assert step.is_completed and step.waiting == 0
    assert ("b", Ending.CANCELLED) in [(ended.node, ended.how) for ended in step.ended]


def test_nothing_follows_from_a_path_without_an_end_event():
    process = program("start > a")

    step = done(process, kernel.start(process), "a")

    assert step.waiting == 0 and not step.is_completed  # a dead end, for a person to see


def test_an_end_event_reached_long_before_the_last_path_stops_is_not_forgotten():
    process = program("start > and; and > a > end; and > b > c")

    step = done(process, kernel.start(process), "a", "b", "c")

    assert step.is_completed
