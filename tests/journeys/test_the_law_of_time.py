"""Whole stories of clocks: a year that is published while a case runs, a closure approved after the fact, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from engine.counted import Group
from engine.months import Month
from engine.notices import Scope
from services import calendar_changes, figures, jobs
from services.database import reading, writing
from services.explaining import ExplainedClock, explain_case
from tests.services.desk import COLLEAGUES, Desk

FIXTURE = Path(__file__).parents[1] / "services" / "data" / "2027_fixture.json"
"""A notice made up for tests. It is not law."""
DECEMBER = Month(year=2026, number=12)


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """An hour in Shanghai."""
    return datetime(year, month, day, hour - 8, tzinfo=UTC)


def explained(desk: Desk, number: str) -> ExplainedClock:
    """The clock people look at."""
    with reading(desk.database) as connection:
        return explain_case(connection, desk.office, number, today=desk.now.date()).chosen(None)


def settle(desk: Desk) -> jobs.CaughtUp:
    """The worker counts anew, and once more when every transaction from before is over."""
    done = jobs.catch_up(desk.database, desk.office, now=desk.now)
    desk.now += timedelta(minutes=2)
    jobs.catch_up(desk.database, desk.office, now=desk.now)
    return done


def test_a_provisional_deadline_moves_when_the_next_year_is_published(desk: Desk) -> None:
    desk.now = at(2026, 12, 30)
    number = desk.open("竣工联合验收")
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "accept")
    before = desk.case(number)
    assert (before.due_on, before.is_provisional) == ("2027-01-12", True)
    assert any("暂定" in day.why for day in explained(desk, number).account.days)

    desk.now = at(2026, 12, 31, 15)
    with writing(desk.database) as connection:
        shelf = desk.office.shelf
        proposed = calendar_changes.propose_notice(connection, shelf, FIXTURE.read_bytes(), file=FIXTURE.name, by="王",
                                                   now=desk.now)
        assert (date(2027, 1, 4), "工作日", "元旦放假") in {(each.day, each.was, each.becomes) for each in proposed.days}
        calendar_changes.accept(connection, shelf, proposed.change.id, by="李", now=desk.now, allow_fixture=True)
    done = settle(desk)

    after = desk.case(number)  # 1–4 January are off: 31; 5–8, 11–13 January
    assert (after.due_on, after.is_provisional, done.recounted) == ("2027-01-13", False, 1)
    fact = desk.facts(number, "ClocksRecounted")[-1]
    moved = fact["data"]["recounts"][0]
    assert (moved["clock"], moved["was"], moved["due"], fact["by"]) == ("promised", "2027-01-12", "2027-01-13", "李")
    assert fact["data"]["reference"] == "测试〔2026〕1号" and desk.clocks(number)["promised"].due == "2027-01-13"
    told = explained(desk, number)
    assert [(each.due, each.provisional) for each in told.deadlines] == [("2027-01-12", True), ("2027-01-13", False)]
    days = {day.date: day for day in told.account.days}
    assert not days[date(2027, 1, 4)].counted and "元旦" in days[date(2027, 1, 4)].why and told.account.due == "2027-01-13"
    assert not any("暂定" in day.why for day in told.account.days)
    assert jobs.catch_up(desk.database, desk.office, now=desk.now).recounted == 0 and desk.problems() == []


def test_a_case_late_in_december_is_on_time_by_a_closure_approved_in_january_and_december_stays_as_it_was(desk: Desk) -> None:
    desk.now = at(2026, 12, 7)
    number = desk.open("竣工联合验收")
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "accept")
    assert desk.case(number).due_on == "2026-12-17"
    desk.now = at(2026, 12, 18, 9)
    desk.ring()
    assert [card["data"]["colour"] for card in desk.facts(number, "CardIssued")] == ["yellow"]
    desk.now = at(2026, 12, 21)
    finish(desk, number)
    assert desk.case(number).standing == "late"
    desk.now = at(2027, 1, 1, 9)
    assert jobs.catch_up(desk.database, desk.office, now=desk.now).is_frozen
    assert december(desk) == [(0, 0, 1)]

    desk.now = at(2027, 1, 6)
    with writing(desk.database) as connection:
        shelf = desk.office.shelf
        closure = calendar_changes.propose_closure(
            connection, shelf, scope=Scope.CITY, place="", first=date(2026, 12, 14), last=date(2026, 12, 15),
            reference="岳停〔2027〕1号", approver="市政府办公室", reason="冰冻停电", by="王", now=desk.now)
        calendar_changes.accept(connection, shelf, closure.change.id, by="李", now=desk.now, signed_off_by="孙")
    settle(desk)

    row = desk.case(number)
    assert (row.due_on, row.standing) == ("2026-12-21", "on_time")
    repaired = desk.facts(number, "LapseRepaired")[-1]["data"]
    assert (repaired["was"], repaired["due"], repaired["reference"], repaired["signed_off_by"]) == (
        "2026-12-17", "2026-12-21", "岳停〔2027〕1号", "孙")
    assert december(desk) == [(0, 0, 1), (1, 1, 0)]  # the snapshot stays, a 更正 row is added
    with reading(desk.database) as connection:
        amendment = next(each for each in figures.snapshots(connection, DECEMBER) if each.number == 1)
    assert "岳停〔2027〕1号" in amendment.reason and number in amendment.reason
    told = explained(desk, number)
    assert told.account.due == "2026-12-21" and [each.due for each in told.deadlines] == ["2026-12-17", "2026-12-21"]
    assert {day.why for day in told.account.days if day.date in (date(2026, 12, 14), date(2026, 12, 15))} == {
        "停办,不计(岳停〔2027〕1号)"}
    assert desk.problems() == []


def finish(desk: Desk, number: str) -> None:
    """Everybody finds the project in order."""
    while desk.case(number).concluded_on is None:
        task = next(task for task in desk.tasks(number) if task.role != "supervisor")
        desk.complete_id(f"{number}-{task.token}", None if task.outcomes == "[]" else _first(task.outcomes),
                         by=COLLEAGUES.get(task.role or ""))


def _first(outcomes: str) -> str:
    return outcomes.split('"')[1]


def december(desk: Desk) -> list[tuple[int, int, int]]:
    """What was written down about December in total: number of the row, cases on time, cases late."""
    with reading(desk.database) as connection:
        rows = [each for each in figures.snapshots(connection, DECEMBER) if each.group == Group()]
    return [(each.number, each.figures["on_time"] + each.figures["early"], each.figures["late"]) for each in rows]
