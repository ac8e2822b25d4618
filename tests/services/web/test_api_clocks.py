"""Running clocks and the lamp board through the API: what is late, what will be, and who is at which lamp."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from engine.supervision import Policy
from services import rulings
from services.database import writing
from services.web.cursor import cursor

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai; eight working days from here end on Thursday 12 March
PARK = "湘阴高新区"


def day(number: int, hour: int = 2) -> datetime:
    """An instant in March 2026, 10:00 in Shanghai unless said otherwise."""
    return datetime(2026, 3, number, hour, 0, tzinfo=UTC)


@pytest.fixture
def three(api, clock: Callable[[datetime], None]) -> list[str]:
    """Inspections accepted on 2, 3 and 4 March, due on 12, 13 and 16 March; the second in a park."""
    numbers = []
    for number, park in ((2, ""), (3, PARK), (4, "")):
        clock(day(number))
        numbers.append(api.accepted(**({"park": park} if park else {})))
    return numbers


def test_what_is_overdue_is_listed_oldest_first_with_its_working_days(
    api, three: list[str], clock: Callable[[datetime], None],
) -> None:
    clock(day(16))

    found = api.get("clocks", overdue=True, kind="promised").json

    told = ("case", "due", "late_workdays", "left_workdays", "lamp")
    assert [tuple(each[name] for name in told) for each in found["items"]] == [
        (three[0], "2026-03-12", 2, 0, "red"), (three[1], "2026-03-13", 1, 0, "red")]
    assert found["next"] is None
    assert {(each["process_name"], each["label"], each["lamp_label"]) for each in found["items"]} == {
        ("竣工联合验收", "承诺时限", "超期")}


@pytest.mark.parametrize(("number", "within", "due"), [
    (12, 0, [12]),  # today
    (12, 1, [12, 13]),
    (12, 2, [12, 13, 16]),  # a weekend between
    (14, 0, []),  # Saturday: what was due on Friday is overdue, Monday is one working day away
    (14, 1, [16]),
    (2, 7, []),
    (2, 8, [12]),
])
def test_due_within_counts_working_days_and_leaves_out_what_is_overdue(
    api, three: list[str], clock: Callable[[datetime], None], number: int, within: int, due: list[int],
) -> None:
    clock(day(number))

    found = api.get("clocks", due_within=within, kind="promised").json["items"]

    assert [each["due"] for each in found] == [f"2026-03-{each}" for each in due]
    assert all(each["left_workdays"] <= within and each["late_workdays"] == 0 for each in found)


def test_clocks_are_listed_by_park_process_and_kind(api, three: list[str]) -> None:
    everywhere = api.get("clocks").json["items"]

    assert [each["case"] for each in api.get("clocks", park=PARK, kind="promised").json["items"]] == [three[1]]
    assert api.get("clocks", process="joint_completion_inspection").json["items"] == everywhere
    assert {each["case"] for each in everywhere} == set(three)
    assert api.get("clocks", process="company_setup").json["items"] == [] == api.get("clocks", park="无").json["items"]


def test_pages_follow_each_other_without_a_gap_or_a_repetition(api, three: list[str]) -> None:
    more = [api.accepted() for _ in range(3)]  # due at the same instant as the last
    whole = api.get("clocks").json["items"]

    seen, after = [], None
    for _ in whole:
        page = api.get("clocks", limit=1, **({"after": after} if after else {})).json
        seen, after = seen + page["items"], page["next"]

    assert seen == whole and after is None and {each["case"] for each in whole} == {*three, *more}


def test_a_stopped_clock_is_in_no_list_and_grey_on_the_board(api, three: list[str], clock: Callable[[datetime], None]) -> None:
    for number in three:
        api.post(f"cases/{number}/hold", {"order": "（2026）湘06行保1号", "reason": "法院裁定"})
    clock(day(30))

    assert api.get("clocks", kind="promised").json["items"] == []
    assert api.get("board").json["total"] == {"green": 0, "yellow": 0, "red": 0, "grey": 3, "blue": 0}


def test_the_board_counts_lamps_by_matter_and_park(api, three: list[str], clock: Callable[[datetime], None]) -> None:
    clock(day(13))

    board = api.get("board").json

    groups = {group["park"]: group for group in board["groups"]}
    assert board["total"] == {"green": 0, "yellow": 2, "red": 1, "grey": 0, "blue": 0}
    assert set(groups) == {"", PARK} and {group["process_name"] for group in board["groups"]} == {"竣工联合验收"}
    assert groups[PARK]["lamps"] == {"green": 0, "yellow": 1, "red": 0, "grey": 0, "blue": 0}
    assert {kind["label"] for kind in groups[PARK]["kinds"]} >= {"承诺时限"}
    assert [group["park"] for group in api.get("board", park=PARK).json["groups"]] == [PARK]
    assert api.get("board", process="company_setup").json["groups"] == []


def test_a_policy_of_a_park_changes_the_lamps_there_at_once(
    api, three: list[str], clock: Callable[[datetime], None], database: Engine,
) -> None:
    clock(day(10))
    before = {group["park"]: group["lamps"] for group in api.get("board").json["groups"]}
    with writing(database) as connection:
        rulings.enter_policy(connection, Policy(warn_workdays=5), process="", park=PARK, by="李", now=day(10))

    listed = api.get("clocks", park=PARK, kind="promised").json["items"]
    after = {group["park"]: group["lamps"] for group in api.get("board").json["groups"]}

    assert (before[PARK]["green"], after[PARK]["yellow"]) == (1, 1) and before[""] == after[""]
    assert [each["lamp"] for each in listed] == ["yellow"]
    assert api.get(f"cases/{three[1]}").json["lamp"] == "yellow"


@pytest.mark.parametrize(("query", "field"), [
    ({"overdue": True, "due_within": 1}, "due_within"), ({"due_within": -1}, "due_within"), ({"due_within": 251}, "due_within"),
    ({"due_within": "soon"}, "due_within"), ({"kind": "x"}, "kind"), ({"after": "x"}, "after"), ({"after": "MTAw"}, "after"),
    ({"after": cursor(2**62, 2**62, "x"), "kinds": 1}, "kinds"), ({"limit": 201}, "limit"),
])
def test_a_question_that_is_not_understood_names_its_field(api, query: dict[str, object], field: str) -> None:
    refused = api.get("clocks", **query)

    assert (refused.status_code, refused.json["field"]) == (422, field)


def test_a_cursor_from_beyond_all_time_is_an_empty_page(api, three: list[str]) -> None:
    assert api.get("clocks", after=cursor(2**62, 2**62, "x")).json == {"items": [], "next": None}
