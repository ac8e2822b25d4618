"""The rows of the empowerment list: what each must say, and which contradict each other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.empowerment import Empowerment, Hall, LocalAuthority, Mode, ParkMode, Taking, check, check_beside, is_valid
from engine.errors import InvalidInput

PARK, OTHER = "湘阴高新区", "平江高新区"


def row(**given: Any) -> Empowerment:
    """A matter given to a park directly, in 2026."""
    return Empowerment(**{"park": PARK, "matter": "SJ-LHYS", "mode": Mode.DIRECT, "authority": "市住建局", "batch": "第一批",
                          "document": "岳政发〔2026〕1号", "seal": "4306240001", "valid_from": date(2026, 1, 1),
                          "valid_until": date(2026, 12, 31), **given})


def entrusted(**given: Any) -> Empowerment:
    """A matter whose exercise is entrusted to a park."""
    return row(**{"mode": Mode.ENTRUSTED, "mandate": "委托书1号", "notice": "公告1号", **given})


def local(**given: Any) -> LocalAuthority:
    """Whose every matter of the park is otherwise."""
    return LocalAuthority(**{"park": PARK, "department": "湘阴县住建局", "document": "三定方案", "valid_from": date(2020, 1, 1),
                             **given})


def mode(**given: Any) -> ParkMode:
    """A park with a hall."""
    return ParkMode(**{"park": PARK, "hall": Hall.HALL, "document": "岳审改发〔2022〕1号",
                       "valid_from": date(2022, 3, 8), **given})


@pytest.mark.parametrize(("day", "valid"), [
    (date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False),
])
def test_a_row_is_in_force_on_its_first_and_its_last_day(day: date, valid: bool) -> None:
    assert is_valid(row(), day) is valid


def test_a_row_without_a_last_day_is_in_force_until_further_notice() -> None:
    assert is_valid(row(valid_until=None), date(2099, 1, 1))


@pytest.mark.parametrize(("first", "last"), [
    (date(2026, 12, 31), None),  # its first day is the other's last
    (date(2025, 1, 1), date(2026, 1, 1)),  # its last day is the other's first
    (date(2026, 3, 1), date(2026, 3, 31)),  # inside
    (date(2020, 1, 1), None),  # around
])
def test_two_rows_of_one_key_in_force_on_one_day_are_refused_and_both_are_named(first: date, last: date | None) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_beside(row(valid_from=first, valid_until=last, batch="第二批"), [row(id=7)])

    assert refused.value.field == "valid_from"
    assert "row 7" in refused.value.reason and "batch 第一批" in refused.value.reason
    assert "the new row" in refused.value.reason and "batch 第二批" in refused.value.reason


@pytest.mark.parametrize("given", [
    {"valid_from": date(2027, 1, 1), "valid_until": None},  # the day after
    {"valid_from": date(2025, 1, 1), "valid_until": date(2025, 12, 31)},  # until the day before
    {"park": OTHER}, {"matter": "SJ-SZBL"}, {"situation": "改建"},
])
def test_rows_of_another_key_or_other_days_stand_side_by_side(given: dict[str, Any]) -> None:
    check_beside(row(**given), [row(id=7), local(id=8), mode(id=9)])


def test_a_park_has_one_mode_and_one_local_authority_at_a_time() -> None:
    for new, there in ((mode(hall=Hall.NO_HALL, window="窗口"), mode(id=1)), (local(department="县发改局"), local(id=2))):
        with pytest.raises(InvalidInput, match="overlaps"):
            check_beside(new, [there])


@pytest.mark.parametrize(("wrong", "field"), [
    (row(valid_until=date(2025, 12, 31)), "valid_until"),
    (row(mode=Mode.NONE), "mode"),
    (row(taking=Taking.RUNNING), "taking"),  # counted, not claimed
    (row(taking=Taking.TAKEN_BACK), "taking"),  # an end, not a beginning
    (row(taking=Taking.TAKEN_OVER), "handover"),  # no 交接书
    (entrusted(mandate=""), "mandate"), (entrusted(notice=""), "notice"), (entrusted(seal=""), "seal"),
    (entrusted(valid_until=None), "valid_until"),  # no 委托期限
    (mode(hall=Hall.PILOT, body="园区行政审批局"), "seal"), (mode(hall=Hall.PILOT, seal="1"), "body"),
    (mode(hall=Hall.NO_HALL), "window"),
])
def test_a_row_that_lacks_what_it_rests_on_is_refused_with_its_field(wrong: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(wrong)

    assert refused.value.field == field


def test_what_is_held_by_entrustment_is_not_entrusted_on() -> None:
    held = entrusted(id=3)

    with pytest.raises(InvalidInput, match=r"may not entrust it on.*art. 24"):
        check_beside(entrusted(park=OTHER, authority=PARK), [held])
    with pytest.raises(InvalidInput, match="may not entrust it on"):  # in whichever order they are entered
        check_beside(entrusted(), [entrusted(park=OTHER, authority=PARK, id=3)])
    check_beside(entrusted(park=OTHER), [held])
