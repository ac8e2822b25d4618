"""Signers are added and dropped while a task of several is open (加签, 减签); in a vote only those who agree count (票签)."""

from random import Random

import pytest

from engine.definitions.check import load as read
from engine.definitions.model import MAX_INSTANCES, StandardLoop
from engine.errors import AlreadyDecided, InvalidInput
from engine.process import kernel
from engine.process.codec import load, save
from engine.process.compile import compile_program
from engine.process.signers import add_instance, drop_instance
from engine.process.step import Ending
from tests.engine.definitions.drawn import END, START, file, flows, words
from tests.engine.process.drawing import done, edge, open_nodes, program, several, timer, wait_at

RATIO = "double(nrOfCompletedInstances) >= 0.67 * double(nrOfInstances)"
WHO = ["张", "王", "李"]


def signing(*, sequential=False, completion=None, agree=None, who=WHO):
    process = program("start > sign > b > end; edge_t > late > end_t", {
        "sign": several(None, collection="who", sequential=sequential, completion=completion, agree=agree),
        "edge_t": edge("sign", timer(), interrupting=False)})
    return process, kernel.start(process, {"who": who})


def asked(process, step):
    return [wait.item for wait in kernel.waits(process, step.state) if wait.node == "sign"]


def of(process, step, item):
    return next(wait.id for wait in kernel.waits(process, step.state) if wait.item == item)


def signed(process, step, *items, outcome=None):
    for item in items:
        step = kernel.complete(process, step.state, of(process, step, item), {"sign": outcome} if outcome else {})
    return step


def added(process, step, item):
    return add_instance(process, step.state, of(process, step, asked(process, step)[0]), item)


def dropped(process, step, item):
    return drop_instance(process, step.state, of(process, step, item))


def test_an_added_signer_is_asked_beside_the_others_and_all_must_sign():
    process, step = signing()

    step = added(process, signed(process, step, "张"), "赵")

    assert [wait.item for wait in step.opened] == ["赵"] and step.ended == ()
    step = signed(process, step, "王", "李")
    assert asked(process, step) == ["赵"]
    assert open_nodes(process, signed(process, step, "赵")) == ["b"]


def test_where_one_signs_after_the_other_the_added_one_is_the_last():
    process, step = signing(sequential=True)

    step = added(process, step, "赵")

    assert asked(process, step) == ["张"] and step.opened == ()
    step = signed(process, step, "张", "王", "李")
    assert asked(process, step) == ["赵"]
    assert open_nodes(process, signed(process, step, "赵")) == ["b"]


def test_a_dropped_signer_is_not_waited_for():
    process, step = signing()

    step = dropped(process, step, "王")

    assert [(ended.node, ended.how) for ended in step.ended] == [("sign", Ending.CANCELLED)]
    assert open_nodes(process, signed(process, step, "张", "李")) == ["b"]


def test_when_the_last_open_signer_is_dropped_the_others_were_all():
    process, step = signing()

    step = dropped(process, signed(process, step, "张", "李"), "王")

    assert open_nodes(process, step) == ["b"]
    assert {ended.node for ended in step.ended} == {"sign", "edge_t"}


def test_the_next_one_is_asked_when_the_present_one_of_a_row_is_dropped():
    process, step = signing(sequential=True)

    step = dropped(process, step, "张")

    assert asked(process, step) == ["王"]
    assert open_nodes(process, signed(process, step, "王", "李")) == ["b"]


@pytest.mark.parametrize("sequential", [False, True])
def test_there_must_be_at_least_one_signer(sequential):
    process, step = signing(sequential=sequential, who=["张", "王"])
    step = dropped(process, step, "张")

    with pytest.raises(InvalidInput, match="at least one signer"):
        dropped(process, step, "王")

    assert asked(process, dropped(process, added(process, step, "赵"), "王")) == ["赵"]


def test_nobody_who_still_has_to_sign_is_added_twice_but_who_has_signed_may_be_asked_again():
    process, step = signing(sequential=True)
    parallel, beside = signing()

    for item in WHO:
        with pytest.raises(InvalidInput, match="still have to sign"):
            added(process, step, item)
        with pytest.raises(InvalidInput, match="still have to sign"):
            added(parallel, beside, item)

    assert asked(parallel, added(parallel, signed(parallel, beside, "张"), "张")) == ["王", "李", "张"]
    assert asked(parallel, added(parallel, dropped(parallel, beside, "张"), "张")) == ["王", "李", "张"]


def test_a_share_is_counted_of_who_there_is_now():
    process, step = signing(completion=RATIO)

    two_of_three = signed(process, step, "张", "王")
    two_of_four = signed(process, added(process, step, "赵"), "张", "王")
    one_of_two = signed(process, dropped(process, step, "李"), "张")
    two_of_two = dropped(process, signed(process, added(process, step, "赵"), "张", "王"), "李")

    assert asked(process, two_of_three) == ["李"]  # 0.666… is less than 0.67
    assert asked(process, two_of_four) == ["李", "赵"]
    assert asked(process, one_of_two) == ["王"]
    assert asked(process, two_of_two) == ["赵"]
    assert open_nodes(process, dropped(process, two_of_three, "李")) == ["b"]
    assert open_nodes(process, signed(process, two_of_two, "赵")) == ["b"]


def test_one_of_them_is_still_enough_where_one_is_enough():
    process, step = signing(completion="nrOfCompletedInstances >= 1")

    step = dropped(process, added(process, step, "赵"), "张")

    assert open_nodes(process, signed(process, step, "赵")) == ["b"]


def test_a_condition_on_how_many_are_left_never_ends_the_task_unsigned():
    process, step = signing(completion="nrOfActiveInstances <= 1")

    step = dropped(process, dropped(process, step, "张"), "王")

    assert asked(process, step) == ["李"]


def test_who_was_dropped_is_no_longer_active():
    process, step = signing(completion="nrOfActiveInstances <= 1")

    step = signed(process, dropped(process, added(process, step, "赵"), "张"), "王")

    assert asked(process, step) == ["李", "赵"]
    assert open_nodes(process, signed(process, step, "李")) == ["b"]


def test_a_list_without_items_takes_none_and_a_list_takes_one_that_the_state_can_hold():
    counted = program("start > sign > b > end", {"sign": several("2")})
    step = kernel.start(counted)
    wait = wait_at(counted, step, "sign").id
    process, listed = signing()

    with pytest.raises(InvalidInput, match="no list"):
        add_instance(counted, step.state, wait, "赵")
    for item in (["赵"], {"a": 1}, float("nan")):
        with pytest.raises(InvalidInput, match="item"):
            added(process, listed, item)
    step = add_instance(counted, step.state, wait)
    assert open_nodes(counted, done(counted, step, "sign", "sign")) == ["sign"]


def test_there_are_never_more_signers_than_may_be():
    process, step = signing(who=list(range(MAX_INSTANCES - 1)))

    step = added(process, step, "赵")

    with pytest.raises(InvalidInput, match=str(MAX_INSTANCES)):
        added(process, step, "钱")
    with pytest.raises(InvalidInput, match=str(MAX_INSTANCES)):
        added(process, dropped(process, step, 0), "钱")  # a list that is added to and dropped from for ever stays bounded


def test_a_task_of_one_has_no_signers_and_one_that_is_repeated_has_none_either():
    process = program("start > a > w > end", {"w": {"loop": StandardLoop(condition="again == 1", maximum=3)}})
    one = kernel.start(process)
    repeated = done(process, one, "a")

    for step, node in ((one, "a"), (repeated, "w")):
        wait = wait_at(process, step, node).id
        with pytest.raises(InvalidInput, match="signers"):
            add_instance(process, step.state, wait, "赵")
        with pytest.raises(InvalidInput, match="signers"):
            drop_instance(process, step.state, wait)
    with pytest.raises(AlreadyDecided):
        add_instance(process, repeated.state, wait_at(process, one, "a").id, "赵")


def test_a_called_off_signer_keeps_the_others_items_and_numbers():
    process, step = signing()
    before = {wait.id: (wait.item, wait.index) for wait in kernel.waits(process, step.state)}

    step = added(process, dropped(process, step, "王"), "赵")

    after = {wait.id: (wait.item, wait.index) for wait in kernel.waits(process, step.state)}
    assert all(after[id] == before[id] for id in after.keys() & before.keys())
    assert {item for item, _ in after.values()} == {"张", "李", "赵", None}
    assert len({index for _, index in after.values()}) == len(after)


@pytest.mark.parametrize("seed", range(150))
def test_however_signers_come_and_go_the_task_ends_when_the_share_of_who_is_left_has_signed(seed):
    random = Random(seed)
    ratio = random.choice([0.34, 0.5, 0.67, 1.0])
    is_vote = random.random() < 0.5
    process, step = signing(completion=f"double(nrOfCompletedInstances) >= {ratio} * double(nrOfInstances)",
                            agree="agree" if is_vote else None, who=list(range(random.randint(1, 6))))
    there, agreed, others, found = set(asked(process, step)), 0, 0, None
    for number in range(100, 130):
        total = len(there) + agreed + others
        is_over = agreed + others > 0 and (not there or agreed >= ratio * total or (
            is_vote and agreed + len(there) < ratio * total))
        assert (open_nodes(process, step).count("b") == 1) == is_over
        assert bytes(save(process, load(process, step.state))) == step.state
        if is_over:
            assert not is_vote or step.variables["sign"] == ("agree" if agreed >= ratio * total else found)
            return
        item = random.choice(sorted(there))
        match random.choice(["add", "drop", "sign", "sign"]):
            case "add":
                step = added(process, step, number)
                there.add(number)
            case "drop" if len(there) > 1 or agreed + others:
                step = dropped(process, step, item)
                there.remove(item)
            case _:
                outcome = random.choice(["agree", "no", "later"]) if is_vote else "agree"
                step = signed(process, step, item, outcome=outcome)
                there.remove(item)
                agreed, others = agreed + (outcome == "agree"), others + (outcome != "agree")
                found = found if outcome == "agree" else outcome
    assert there


def voting(countersign, outcomes=("agree", "refuse", "abstain")):
    listed = "".join(f'<jb:outcome key="{key}"/>' for key in outcomes)
    drawn = f'<userTask id="sign">{words(countersign + listed)}</userTask><userTask id="b"/>'
    process = compile_program(read(file(START + END + drawn + flows("start>sign sign>b b>end")), file="x.bpmn"))
    return process, kernel.start(process, {"who": [*WHO, "赵"]})


def test_in_a_vote_only_those_who_agree_count():
    process, step = voting('<jb:countersign mode="ratio" ratio="0.5" signers="who" agree="agree"/>')

    step = signed(process, step, "张", outcome="refuse")
    step = signed(process, step, "王", outcome="agree")
    assert asked(process, step) == ["李", "赵"]  # without `agree` two of four had been enough

    step = signed(process, step, "李", outcome="agree")
    assert open_nodes(process, step) == ["b"] and step.variables["sign"] == "agree"


def test_a_vote_ends_as_soon_as_not_enough_can_agree_any_more():
    process, step = voting('<jb:countersign mode="ratio" ratio="0.67" signers="who" agree="agree"/>')

    step = signed(process, step, "张", outcome="abstain")
    assert asked(process, step) == ["王", "李", "赵"]  # three of four may still agree
    step = signed(process, step, "王", outcome="refuse")

    assert open_nodes(process, step) == ["b"] and step.variables["sign"] == "refuse"


@pytest.mark.parametrize(("mode", "outcomes", "result"), [
    ("all", ["agree", "agree", "agree", "agree"], "agree"),
    ("all", ["agree", "agree", "refuse"], "refuse"),  # one refusal is enough
    ("any", ["refuse", "abstain", "agree"], "agree"),
    ("any", ["refuse", "abstain", "refuse", "abstain"], "abstain"),  # the last of the others
])
def test_all_or_any_may_have_to_agree(mode, outcomes, result):
    process, step = voting(f'<jb:countersign mode="{mode}" signers="who" agree="agree"/>')

    for item, outcome in zip([*WHO, "赵"], outcomes, strict=False):
        assert open_nodes(process, step)[0] == "sign"
        step = signed(process, step, item, outcome=outcome)

    assert open_nodes(process, step) == ["b"] and step.variables["sign"] == result


def test_a_vote_without_an_outcome_is_refused_since_it_would_count_as_the_one_before():
    process, step = voting('<jb:countersign mode="any" signers="who" agree="agree"/>')
    step = signed(process, step, "张", outcome="refuse")

    with pytest.raises(InvalidInput, match="outcomes are counted"):
        signed(process, step, "王")
