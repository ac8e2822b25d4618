"""Several people at the same moment: numbers without a gap, one decision a task, and a clear answer for everybody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from engine.errors import AlreadyDecided, Refusal, Stale
from tests.services.desk import Desk

_Result = TypeVar("_Result")

PEOPLE = 8


def at_once(commands: Sequence[Callable[[], _Result]]) -> list[_Result | Refusal]:
    """What each command came to, when all were given at the same moment."""
    barrier = Barrier(len(commands))

    def give(command: Callable[[], _Result]) -> _Result | Refusal:
        barrier.wait()
        try:
            return command()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(commands)) as people:
        return list(people.map(give, commands))


def test_the_first_cases_of_a_day_are_numbered_without_a_gap(desk: Desk) -> None:
    numbers = at_once([desk.open] * PEOPLE)

    assert sorted(map(str, numbers)) == [f"43060020260304{number:06d}" for number in range(1, PEOPLE + 1)]
    assert desk.problems() == []


def test_one_of_many_clerks_decides_a_task_and_the_others_are_told_who(desk: Desk) -> None:
    number = desk.open()
    task = f"{number}-{desk.tasks(number)[0].token}"

    answers = at_once([lambda: desk.complete_id(task, "received")] * PEOPLE)

    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == PEOPLE - 1
    assert all(isinstance(answer, AlreadyDecided | Stale) and "王" in str(answer) for answer in refused), refused
    assert desk.kinds(number) == ["CaseOpened", "TaskCompleted", "ClockStarted"] and desk.problems() == []


def test_parallel_branches_completed_at_once_lose_nothing(desk: Desk) -> None:
    number = desk.open(wants_fund=True, wants_bank=True)
    desk.go(number, "register", "verify", "review_registration", "decide_registration")
    tasks = [f"{number}-{task.token}" for task in desk.tasks(number)]
    assert len(tasks) == 5

    answers = at_once([lambda task=task: desk.complete_id(task, "done") for task in tasks])  # type: ignore[misc]

    assert not any(isinstance(answer, Refusal) for answer in answers), answers
    assert [task.node for task in desk.tasks(number)] == ["hand_over"] and desk.problems() == []


def test_a_clerk_and_the_clock_take_turns(desk: Desk) -> None:
    numbers = [desk.open() for _ in range(4)]
    for number in numbers:
        desk.go(number, "register", "verify")
    desk.now = desk.now.replace(day=6)

    at_once([desk.ring, desk.ring, *(lambda number=number: desk.complete(number, "review_registration")  # type: ignore[misc]
                                     for number in numbers)])
    desk.ring()

    assert {len(desk.facts(number, "TimerFired")) for number in numbers} == {1}
    assert {len(desk.facts(number, "TaskCompleted")) for number in numbers} == {3}
    assert desk.problems() == []
