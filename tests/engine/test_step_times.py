"""How long the steps of a case took: read from its facts and the way its diagram leads, in working minutes of the hall."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine import events
from engine.calendar import SHANGHAI, Calendar
from engine.counting import Suspension
from engine.definitions.model import Flow, MultiInstance, Node, NodeKind, Process, Scope
from engine.events import GENESIS, Fact, Recorded, record
from engine.step_times import START, before, percentile, visits, worked

WEEK = Calendar()  # Saturdays and Sundays off
HOUR = 60


def at(text: str) -> datetime:
    """A minute of March 2026 in Shanghai; the 2nd is a Monday."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=SHANGHAI)


def scope(nodes: str, *flows: str) -> Scope:
    """Nodes as ``id:kind`` and flows as ``from>to``."""
    made = tuple(Node(id=each.partition(":")[0], kind=NodeKind(each.partition(":")[2] or "user_task"),
                      name=each.partition(":")[0]) for each in nodes.split())
    return Scope(nodes=made, flows=tuple(Flow(id=each, source=each.partition(">")[0], target=each.partition(">")[2])
                                         for each in flows))


def process(inside: Scope) -> Process:
    """A process with these nodes."""
    return Process(id="p", name="p", scope=inside)


PARALLEL = process(scope(
    "s:start_event a split:parallel_gateway b c join:parallel_gateway d e:end_event",
    "s>a", "a>split", "split>b", "split>c", "b>join", "c>join", "join>d", "d>e"))


def history(*told: tuple[str, Fact]) -> list[Recorded]:
    """Facts with their minutes."""
    facts: list[Recorded] = []
    for instant, fact in told:
        facts.append(record("1", len(facts) + 1, facts[-1].hash if facts else GENESIS, at(instant), "王", fact))
    return facts


def done(node: str, token: int = 1) -> Fact:
    """A completed task."""
    return events.TaskCompleted(token=token, node=node, name=node, act="other", outcome=None, data={})


OPENED = events.CaseOpened(process="p", definition="", received_on=date(2026, 3, 2), data={})


def test_what_comes_right_before_a_task_is_found_through_gateways_and_activities() -> None:
    inner = scope("is:start_event x ie:end_event", "is>x", "x>ie")
    outer = scope("s:start_event a sub:subprocess b e:end_event", "s>a", "a>sub", "sub>b", "b>e")
    nested = Scope(nodes=tuple(Node(id="sub", kind=NodeKind.SUBPROCESS, body=inner) if node.id == "sub" else node
                               for node in outer.nodes), flows=outer.flows)

    parallel = before(PARALLEL, lambda called: None)
    within = before(process(nested), lambda called: None)

    assert parallel == {"a": {START}, "b": {"a"}, "c": {"a"}, "d": {"b", "c"}}
    assert within == {"a": {START}, "x": {"a"}, "b": {"x"}}


def test_a_task_is_timed_from_the_last_of_what_comes_before_it() -> None:
    facts = history(("02T09:00", OPENED), ("02T10:00", done("a")), ("02T11:00", done("b")), ("03T10:00", done("c")),
                    ("03T14:00", done("d")))

    found = {visit.node: visit.minutes for visit in visits(facts, before(PARALLEL, lambda called: None), WEEK)}

    assert found == {"a": HOUR, "b": HOUR, "c": 7 * HOUR, "d": 3 * HOUR}  # d waited for c; lunch from 12 to 13


def test_a_task_that_was_sent_back_is_timed_from_then() -> None:
    sent = events.TaskSentBack(token=2, node="b", to="a", scope=(), reason="缺")
    facts = history(("02T09:00", OPENED), ("02T10:00", done("a")), ("03T09:00", sent), ("03T11:00", done("a", 3)))

    found = [visit.minutes for visit in visits(facts, before(PARALLEL, lambda called: None), WEEK)]

    assert found == [HOUR, 2 * HOUR]


def test_the_days_of_a_stop_are_no_working_time_of_a_step() -> None:
    stopped = events.CaseSuspended(ground="expert_review", suspended_on=date(2026, 3, 2), expected_end=None, document="1")
    resumed = events.CaseResumed(ground="expert_review", resumed_on=date(2026, 3, 4), stop=2)
    facts = history(("02T09:00", OPENED), ("02T10:00", stopped), ("04T15:00", resumed), ("05T10:00", done("a")))

    (found,) = visits(facts, before(PARALLEL, lambda called: None), WEEK)

    assert found.minutes == 7 * HOUR + HOUR  # Monday, and an hour of Thursday


@pytest.mark.parametrize(("since", "until", "minutes"), [
    ("02T09:00", "02T17:00", 7 * HOUR),  # a working day
    ("02T08:00", "02T20:00", 7 * HOUR),  # … however early and late
    ("02T11:30", "02T13:30", HOUR),  # over lunch
    ("06T16:00", "09T10:00", 2 * HOUR),  # over a weekend
    ("07T10:00", "08T10:00", 0),  # within one
    ("03T10:00", "02T10:00", 0),  # a clock that was set back
])
def test_working_time_leaves_out_lunch_nights_and_days_off(since: str, until: str, minutes: int) -> None:
    assert worked(WEEK, at(since), at(until)) == minutes


def test_working_time_leaves_out_a_stop_that_lasts() -> None:
    assert worked(WEEK, at("02T09:00"), at("05T17:00"), [Suspension(start=date(2026, 3, 3), end=None, ground="x")]) == 14 * HOUR


@pytest.mark.parametrize(("values", "half", "most"), [
    ([], 0, 0), ([7], 7, 7), ([4, 1, 3, 2], 2, 4), ([1, 2, 3, 4, 5], 3, 4), (list(range(1, 11)), 5, 8)])
def test_percentiles_are_values_that_were_reached(values: list[int], half: int, most: int) -> None:
    assert (percentile(values, 50), percentile(values, 80)) == (half, most)


def test_a_step_repeated_in_sequence_comes_after_itself() -> None:
    repeated = Node(id="a", kind=NodeKind.USER_TASK, loop=MultiInstance(sequential=True, cardinality="2"))
    nodes = tuple(repeated if node.id == "a" else node for node in PARALLEL.scope.nodes)

    found = before(process(Scope(nodes=nodes, flows=PARALLEL.scope.flows)), lambda called: None)

    assert found["a"] == {START, "a"}
