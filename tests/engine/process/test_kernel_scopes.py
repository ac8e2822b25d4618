"""What repeats and what lies inside: several instances, standard loops, sub-processes, called processes, and the variables
each of them sees."""

import pytest

from engine.definitions.model import EventKind, StandardLoop
from engine.errors import ExpressionFailed, MissingVariable
from engine.process import kernel
from engine.process.step import WaitKind
from tests.engine.process.drawing import done, drawn, event, open_nodes, program, several, wait_at

ASK = drawn("start_i > ask > end_i")


def voting(cardinality="3", **fields):
    return program("start > vote > end", {"vote": several(cardinality, **fields)})


def test_all_are_asked_at_once_and_all_must_answer():
    process = voting()

    step = kernel.start(process)

    assert [(wait.node, wait.index) for wait in step.opened] == [("vote", 0), ("vote", 1), ("vote", 2)]
    assert not done(process, step, "vote", "vote").is_completed
    assert done(process, step, "vote", "vote", "vote").is_completed


def test_one_after_the_other_when_drawn_so():
    process = voting(sequential=True)
    step, asked = kernel.start(process), []

    while not step.is_completed:
        [wait] = kernel.waits(process, step.state)
        asked.append(wait.index)
        step = done(process, step, "vote")

    assert asked == [0, 1, 2]


def test_a_list_gives_one_instance_for_each_of_its_items_as_they_were_at_the_beginning():
    process = voting(None, collection="experts", element="expert")
    step = kernel.start(process, {"experts": ["张", "王"]})

    step = done(process, step, "vote", experts=["张", "王", "李"])

    assert [(wait.index, wait.item) for wait in kernel.waits(process, step.state)] == [(1, "王")]


def test_enough_answers_overtake_the_rest():
    process = voting("5", completion="nrOfCompletedInstances >= 2 || nrOfInstances == 1 || nrOfActiveInstances == 0")

    step = done(process, kernel.start(process), "vote", "vote")

    assert step.is_completed and len(step.ended) == 1 + 3


@pytest.mark.parametrize("fields", [{"cardinality": "0"}, {"cardinality": None, "collection": "nobody"}])
def test_nobody_to_ask_is_passed_at_once(fields):
    assert kernel.start(voting(**fields), {"nobody": []}).is_completed


@pytest.mark.parametrize(("fields", "data", "error"), [
    ({"cardinality": "n"}, {}, MissingVariable),
    ({"cardinality": "n"}, {"n": -1}, ExpressionFailed),
    ({"cardinality": "n"}, {"n": "3"}, ExpressionFailed),
    ({"cardinality": "n"}, {"n": 1.5}, ExpressionFailed),
    ({"cardinality": "n"}, {"n": True}, ExpressionFailed),
    ({"cardinality": None, "collection": "n"}, {}, MissingVariable),
    ({"cardinality": None, "collection": "n"}, {"n": 3}, ExpressionFailed),
])
def test_a_number_that_is_none_is_an_incident(fields, data, error):
    with pytest.raises(error):
        kernel.start(voting(**fields), data)


def test_each_instance_of_a_subprocess_sees_its_own_item():
    body = drawn("start_i > xor; xor > big if lot > 10; xor > small default; big > end_i; small > end_i")
    process = program("start > sub > end", {"sub": {**several(None, collection="lots", element="lot"), "body": body}})

    step = kernel.start(process, {"lots": [5, 50]})

    assert [(wait.node, wait.index, wait.item, wait.scope) for wait in step.opened] == [
        ("small", 0, 5, ("sub",)), ("big", 1, 50, ("sub",))]


def test_what_is_local_to_an_instance_is_not_seen_outside():
    process = program("start > sub > end", {"sub": {**several("2", element="n"), "body": ASK}})

    step = done(process, kernel.start(process), "ask", "ask", n=7, loopCounter=9, answer="是")

    assert step.is_completed and step.variables == {"answer": "是"}


@pytest.mark.parametrize(("loop", "answers", "rounds"), [
    (StandardLoop(condition="again == 1", maximum=None), [1, 1, 0], 3),
    (StandardLoop(condition="again == 1", maximum=2), [1, 1, 1], 2),
    (StandardLoop(condition="loopCounter < 2", maximum=None), [0, 0, 0], 2),
    (StandardLoop(condition=None, maximum=3), [0, 0, 0, 0], 3),
    (StandardLoop(condition=None, maximum=None), [1, 1], 1),
    (StandardLoop(condition="again == 1", maximum=5, test_before=True), [1, 0], 2),
])
def test_a_standard_loop_repeats_while_its_condition_holds_and_no_more_than_drawn(loop, answers, rounds):
    process = program("start > ask > end", {"ask": {"loop": loop}})
    step, done_rounds = kernel.start(process, {"again": 1}), 0

    while not step.is_completed:
        step = done(process, step, "ask", again=answers[done_rounds])
        done_rounds += 1

    assert done_rounds == rounds


def test_a_loop_asked_before_its_first_round_may_have_none():
    loop = StandardLoop(condition="again == 1", maximum=None, test_before=True)

    assert kernel.start(program("start > ask > end", {"ask": {"loop": loop}}), {"again": 0}).is_completed


def test_an_embedded_subprocess_reads_and_writes_the_variables_around_it():
    process = program("start > and_s; and_s > sub > and_j; and_s > b > and_j; and_j > end", {"sub": {"body": ASK}})
    step = kernel.start(process, {"x": 0})

    step = done(process, step, "ask", x=1)

    assert step.variables == {"x": 1}


def calling(text="start > call > after > end", **fields):
    return program(text, {"call": {"called": "q", **fields}}, called={"q": ASK})


def test_a_called_process_has_a_copy_and_gives_back_what_it_wrote():
    process = calling()
    step = kernel.start(process, {"x": 0, "y": 0})

    inside = wait_at(process, step, "ask")
    step = done(process, step, "ask", x=1)

    assert inside.scope == ("call",)
    assert open_nodes(process, step) == ["after"] and step.variables == {"x": 1, "y": 0}


def test_a_called_process_does_not_undo_what_others_wrote_in_the_meantime():
    process = calling("start > and_s; and_s > call > and_j; and_s > b > and_j; and_j > end")
    step = kernel.start(process, {"x": 0, "y": 0})

    step = done(process, done(process, step, "b", y=5), "ask", x=1)

    assert step.variables == {"x": 1, "y": 5}


def test_what_a_called_process_writes_is_kept_apart_until_it_is_over():
    process = program("start > call > end", {"call": {"called": "q"}}, called={
        "q": drawn("start_q > ask > more > end_q")})

    step = done(process, kernel.start(process, {"x": 0}), "ask", x=1)

    assert step.variables == {"x": 0}
    assert done(process, step, "more").variables == {"x": 1}


def test_each_call_of_several_gives_back_what_it_wrote_but_for_its_item():
    process = program("start > call > end", {"call": {**several(None, collection="lots", element="lot"), "called": "q"}},
                      called={"q": ASK})
    step = kernel.start(process, {"lots": ["甲", "乙"]})

    step = done(process, done(process, step, "ask", lot="x", first=1), "ask", second=2)

    assert step.is_completed and step.variables == {"lots": ["甲", "乙"], "first": 1, "second": 2}


def test_a_called_process_that_is_not_there_is_something_to_wait_for():
    process = program("start > call > end", {"call": {"called": "elsewhere"}})

    [wait] = kernel.start(process).opened

    assert (wait.kind, wait.event) == (WaitKind.CALL, "elsewhere")


def test_ending_an_activity_ends_all_that_runs_inside_it():
    nested = drawn("start_1 > sub_2 > end_1", {"sub_2": {"body": ASK}})
    process = program("start > and; and > sub > end; and > a > end_x", {
        "sub": {**several("2"), "body": nested}, "end_x": {"event": event(EventKind.TERMINATE)}})
    step = kernel.start(process)
    assert open_nodes(process, step) == ["a", "ask", "ask"]

    step = done(process, step, "a")

    assert step.is_completed and kernel.waits(process, step.state) == ()
