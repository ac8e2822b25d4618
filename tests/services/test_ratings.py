"""好差评 on both databases: the task and the clock of a bad rating outlive the case, and are found by who has to answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest

from engine.case import local_day
from engine.duties import APPLICANT
from engine.errors import AlreadyDecided, Forbidden, InvalidInput, NotFound
from engine.figures import Ratio
from engine.months import read_month
from services import asking, assigning, cases, figures, jobs, people, ratings, worklists
from services.acting import Command, TaskCommand
from services.database import reading, writing
from services.store import reading as store
from tests.services.desk import Desk, day
from tests.services.staff import enter as hire

BAD: dict[str, Any] = {"level": 1, "reasons": ["late", "trips"], "text": "跑了三趟"}


def concluded(desk: Desk) -> str:
    """A filing that is done but not yet handed over."""
    number = desk.open("filing", applicant="岳阳某某公司")
    for node, outcome in (("register", "received"), ("verify", "accept")):
        desk.complete(number, node, outcome)
    while desk.case(number).state != "concluded":
        task = next(each for each in desk.tasks(number) if each.role != "supervisor")
        desk.complete(number, task.node, _first(task.outcomes))
    return number


def _first(outcomes: str) -> str | None:
    found: list[list[str]] = orjson.loads(outcomes)
    return found[0][0] if found else None


def rate(desk: Desk, number: str, by: str = APPLICANT, **given: Any) -> None:
    with writing(desk.database) as connection:
        ratings.rate(connection, desk.office, Command(number=number, by=by, now=desk.now), **{**BAD, **given})


def answer(desk: Desk, number: str, by: str, text: str = "已整改并回访") -> None:
    with writing(desk.database) as connection:
        ratings.answer_rating(connection, desk.office, TaskCommand(task=mending(desk, number), by=by, now=desk.now), text=text)


def mending(desk: Desk, number: str) -> str:
    return next(f"{number}-{task.token}" for task in desk.tasks(number) if task.node == "rating")


def handed_over(desk: Desk) -> str:
    number = concluded(desk)
    while tasks := [each for each in desk.tasks(number) if each.role != "supervisor"]:
        desk.complete(number, tasks[0].node, _first(tasks[0].outcomes))
    assert desk.case(number).ended_at is not None
    return number


def staff(desk: Desk, *roles: tuple[str, str]) -> None:
    """People with a role each, in every department."""
    with writing(desk.database) as connection:
        for id, role in roles:
            people.enter(connection, people.NewPerson(id=id, name=id, since_on=date(2026, 1, 1)), by="管", now=desk.now)
            people.grant(connection, people.NewGrant(person=id, role=role, since_on=date(2026, 1, 1)), by="管", now=desk.now)


def test_a_bad_rating_of_a_case_that_has_ended_opens_a_task_and_a_clock(desk: Desk) -> None:
    number = handed_over(desk)

    rate(desk, number)

    (task,) = desk.tasks(number)
    assert (task.name, task.role, task.node) == ("差评整改（非常不满意）", "department_admin", "rating")
    (clock,) = desk.clocks(number).values()
    assert (clock.kind, clock.due, clock.amount) == ("rectification", "2026-03-25", 15)
    assert desk.problems() == []


def test_a_rating_at_hand_over_outlives_the_case(desk: Desk) -> None:
    number = concluded(desk)
    rate(desk, number, channel="window")

    while tasks := [each for each in desk.tasks(number) if each.role not in ("supervisor", "department_admin")]:
        desk.complete(number, tasks[0].node, _first(tasks[0].outcomes))

    assert desk.case(number).ended_at is not None and [task.node for task in desk.tasks(number)] == ["rating"]
    assert desk.problems() == []
    answer(desk, number, "郑主任")
    assert desk.tasks(number) == [] and desk.clocks(number) == {} and desk.problems() == []


def test_a_good_rating_opens_nothing_and_a_second_is_refused(desk: Desk) -> None:
    number = handed_over(desk)

    rate(desk, number, level=4, reasons=[])

    assert desk.tasks(number) == [] and desk.clocks(number) == {}
    with pytest.raises(Forbidden, match="一次一评"):
        rate(desk, number)
    with reading(desk.database) as connection:
        row = store.rating_of(connection, desk.case(number).id)
    assert row is not None and (row.level, row.state) == (4, "settled") and desk.problems() == []


def test_nobody_of_the_office_rates_and_only_the_department_administrator_answers(desk: Desk) -> None:
    number = handed_over(desk)
    staff(desk, ("郑", "department_admin"), ("王", "clerk"), ("督", "supervisor"), ("帮", "agent"))

    for by in ("王", "郑", "督", "帮"):
        with pytest.raises(Forbidden):
            rate(desk, number, by)
    rate(desk, number)
    for by in ("王", "督", APPLICANT):
        with pytest.raises(Forbidden):
            answer(desk, number, by)
    answer(desk, number, "郑")

    assert desk.facts(number, "RatingAnswered")[0]["by"] == "郑"
    with pytest.raises(AlreadyDecided), writing(desk.database) as connection:
        ratings.answer_rating(connection, desk.office, TaskCommand(
            task=f"{number}-{desk.facts(number, 'RatingAnswered')[0]['data']['token']}", by="郑", now=desk.now), text="再答")


def test_the_administrator_finds_it_in_his_worklist_and_may_pass_it_on(desk: Desk) -> None:
    number = handed_over(desk)
    staff(desk, ("郑", "department_admin"), ("冯", "department_admin"))
    rate(desk, number)

    with reading(desk.database) as connection:
        listed = worklists.mine(connection, desk.office, "郑", most=10, now=desk.now)
    with writing(desk.database) as connection:
        command = TaskCommand(task=mending(desk, number), by="郑", now=desk.now)
        assigning.transfer(connection, desk.office, command, person="冯", reason="由其分管")

    assert [each.number for each in listed] == [number]
    with pytest.raises(Forbidden, match="is with 冯"):
        answer(desk, number, "郑")
    answer(desk, number, "冯")
    assert desk.problems() == []


def test_whoever_administers_a_unit_is_shown_what_waits_there_and_nothing_of_another(desk: Desk) -> None:
    number = handed_over(desk)
    rate(desk, number)
    department = desk.case(number).department
    administer(desk, "本局", department)
    administer(desk, "别局", "市林业局")
    administer(desk, "无单位", "")
    administer(desk, "本市", "市林业局", department=department)
    with writing(desk.database) as connection:
        hire(connection, "代理", unit="市林业局")
        people.absent(connection, person="本局", substitute="代理", first_on=date(2026, 3, 1), last_on=date(2026, 3, 31),
                      reason="培训", by="管", now=desk.now)

    shown = {id: waits(desk, id) for id in ("本局", "别局", "无单位", "本市", "代理", "外人")}

    assert shown == {"本局": [number], "别局": [], "无单位": [], "本市": [number], "代理": [number], "外人": []}


def test_the_list_is_cut_behind_the_most_urgent_of_all_that_may_be_seen(desk: Desk) -> None:
    first, second, third = (handed_over(desk) for _ in range(3))
    for on, number in ((10, second), (11, first), (12, third)):
        desk.now = day(on)
        rate(desk, number)
    desk.sql("UPDATE rating SET department = '市林业局' WHERE case_id = :id", id=desk.case(second).id)
    administer(desk, "两局", desk.case(first).department)
    with writing(desk.database) as connection:
        people.grant(connection, people.NewGrant(person="两局", role="department_admin", department="市林业局",
                                                 since_on=date(2026, 1, 1)), by="管", now=desk.now)

    cut, whole = waits(desk, "两局", most=2), waits(desk, "两局")

    assert cut == [second, first] and whole == [second, first, third]


def administer(desk: Desk, id: str, unit: str, **scope: str) -> None:
    """Somebody of a unit administers a department: that of the scope, or his own."""
    with writing(desk.database) as connection:
        hire(connection, id, unit=unit)
        people.grant(connection, people.NewGrant(person=id, role="department_admin", since_on=date(2026, 1, 1), **scope),
                     by="管", now=desk.now)


def waits(desk: Desk, person: str, **given: int) -> list[str]:
    """The cases whose bad ratings wait for somebody."""
    with reading(desk.database) as connection:
        return [each.number for each in ratings.waiting(connection, desk.office, person, now=desk.now, **given)]


def test_its_task_takes_no_other_verb_of_side_tasks(desk: Desk) -> None:
    number, filed = handed_over(desk), desk.open("filing")
    rate(desk, number)
    other = f"{filed}-{desk.tasks(filed)[0].token}"
    command = TaskCommand(task=mending(desk, number), by="郑", now=desk.now)

    for verb, given in ((asking.answer, {"opinion": "无"}), (asking.recall, {"reason": "不要了"})):
        with pytest.raises(Forbidden, match="bad rating"), writing(desk.database) as connection:
            verb(connection, desk.office, command, **given)  # type: ignore[operator]
    with pytest.raises(Forbidden), writing(desk.database) as connection:
        cases.complete_task(connection, desk.office, cases.Completion(task=command.task, outcome=None, data={}, by="郑"),
                            now=desk.now)
    with pytest.raises(NotFound), writing(desk.database) as connection:
        ratings.answer_rating(connection, desk.office, TaskCommand(task=other, by="郑", now=desk.now), text="答")


def test_a_lapsed_answer_is_told_to_whoever_is_above_and_leaves_the_case_in_order(desk: Desk) -> None:
    number = handed_over(desk)
    rate(desk, number)

    desk.now = day(26)
    jobs.run_due(desk.database, desk.office, now=desk.now)

    assert desk.facts(number, "DeadlineLapsed")[-1]["data"]["due_on"] == "2026-03-25"
    assert {fact["data"]["rung"] for fact in desk.facts(number, "Escalated")} >= {"rectification_ends", "rectification_over"}
    answer(desk, number, "郑主任")
    with reading(desk.database) as connection:
        row = store.rating_of(connection, desk.case(number).id)
    assert row is not None and (row.state, row.lapsed_on, row.answered_on) == ("answered", "2026-03-25", "2026-03-26")
    assert desk.facts(number, "CardIssued") == [] and desk.problems() == []


def test_the_figures_count_ratings_and_no_praise_by_default(desk: Desk) -> None:
    first, second, _ = handed_over(desk), handed_over(desk), handed_over(desk)  # the third is never rated
    rate(desk, first, level=5, reasons=[])
    rate(desk, second)
    desk.now = day(20)
    answer(desk, second, "郑主任")

    desk.now = day(31)
    with reading(desk.database) as connection:
        total = next(iter(figures.month_figures(connection, desk.office, read_month("2026-03"), now=desk.now).values()))

    assert local_day(desk.now) == date(2026, 3, 31)
    assert (total["rated"], total["bad"]) == (2, 1)
    assert total["praise_rate"] == Ratio(numerator=1, denominator=2)
    assert total["participation_rate"] == Ratio(numerator=2, denominator=3)
    assert total["mended_rate"] == Ratio(numerator=1, denominator=1)


def test_a_forged_rating_row_is_found(desk: Desk) -> None:
    number = handed_over(desk)
    rate(desk, number)

    desk.sql("UPDATE rating SET level = 5 WHERE case_id = :id", id=desk.case(number).id)

    assert {problem.check for problem in desk.problems()} == {"rating", "fold:rating"}


@pytest.mark.parametrize("given", [{"level": 0}, {"level": 9}, {"reasons": []}, {"text": "\x1b[31m"}, {"channel": "fax"}])
def test_a_rating_that_makes_no_sense_leaves_no_trace(desk: Desk, given: dict[str, Any]) -> None:
    number = handed_over(desk)

    with pytest.raises(InvalidInput):
        rate(desk, number, **given)

    assert desk.facts(number, "ServiceRated") == [] and desk.tasks(number) == []
