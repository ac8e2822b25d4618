"""A plan: what comes after what; where each item stands follows from its case."""

from __future__ import annotations

import pytest

from engine.errors import InvalidInput
from engine.lifecycle import State
from engine.plans import MOST_ITEMS, ItemState, PlanItem, Stand, check, ready, standings

A, B = PlanItem(key="a", process="p"), PlanItem(key="b", process="p", after=("a",))
C = PlanItem(key="c", process="p", after=("a", "b"))


def stand(state: State, has_refusal: bool = False) -> Stand:
    return Stand(number="1", state=state, has_refusal=has_refusal)


@pytest.mark.parametrize(("state", "has_refusal", "expected"), [
    (State.RECEIVED, False, ItemState.OPEN), (State.CORRECTING, False, ItemState.OPEN), (State.ACCEPTED, False, ItemState.OPEN),
    (State.REVIEWING, False, ItemState.OPEN), (State.SUSPENDED, False, ItemState.OPEN),
    (State.DECIDED, False, ItemState.OPEN),  # of several decisions only the first may be there
    (State.CONCLUDED, False, ItemState.DONE), (State.CERTIFIED, False, ItemState.DONE),
    (State.HANDED_OVER, False, ItemState.DONE), (State.ARCHIVED, False, ItemState.DONE),
    (State.CONCLUDED, True, ItemState.REFUSED), (State.HANDED_OVER, True, ItemState.REFUSED),
    (State.DECLINED, False, ItemState.ENDED), (State.NOT_APPLICABLE, False, ItemState.ENDED),
    (State.RETURNED, False, ItemState.ENDED),
    (State.DEEMED_WITHDRAWN, False, ItemState.ENDED), (State.WITHDRAWN, False, ItemState.ENDED),
    (State.TERMINATED, False, ItemState.ENDED), (State.VOIDED, False, ItemState.ENDED),
])
def test_where_an_item_stands_follows_from_its_case(state: State, has_refusal: bool, expected: ItemState) -> None:
    assert standings([A], {"a": stand(state, has_refusal)}) == {"a": expected}


def test_an_item_is_ready_when_all_before_it_are_done() -> None:
    done = stand(State.CONCLUDED)

    assert [item.key for item in ready([A, B, C], {})] == ["a"]
    assert [item.key for item in ready([A, B, C], {"a": done})] == ["b"]
    assert [item.key for item in ready([A, B, C], {"a": done, "b": stand(State.REVIEWING)})] == []
    assert [item.key for item in ready([A, B, C], {"a": done, "b": done})] == ["c"]
    assert [item.key for item in ready([A, B], {"a": stand(State.CONCLUDED, has_refusal=True)})] == []


@pytest.mark.parametrize(("items", "field"), [
    ((), "items"), ((A, A), "items.1.key"), ((B,), "items.0.after"), ((PlanItem(key="", process="p"),), "items.0.key"),
    ((PlanItem(key="a", process="x" * 201),), "items.0.process"), ((PlanItem(key="a", process="p", after=("a",)),), "items"),
    (tuple(PlanItem(key=str(n), process="p") for n in range(MOST_ITEMS + 1)), "items"),
])
def test_a_plan_that_cannot_be_carried_out_is_refused_by_its_item(items: tuple[PlanItem, ...], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check(items)

    assert refusal.value.field == field


def test_a_circle_is_told_in_the_order_of_waiting() -> None:
    items = (PlanItem(key="a", process="p", after=("c",)), B, PlanItem(key="c", process="p", after=("b",)))

    with pytest.raises(InvalidInput, match="a → b → c → a"):
        check(items)


def test_the_longest_chain_and_many_ways_to_one_item_are_no_circle() -> None:
    chain = tuple(PlanItem(key=str(n), process="p", after=tuple(str(m) for m in range(n))) for n in range(MOST_ITEMS))

    check(chain)
