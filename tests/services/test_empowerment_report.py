"""赋权一批、承接一批、有效运行一批, counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.empowerment import LocalAuthority, Mode, Taking
from services import empowerment
from services.database import reading, writing
from services.empowerment_report import ParkCounts, TakingReport, months_earlier, report
from tests.services.desk import Desk, day
from tests.services.diagrams import end, flows, process, start, task, throw
from tests.services.test_empowerment import row

PARK, OTHER = "湘阴高新区", "平江高新区"
DECLARED = '<bpmn:extensionElements><jb:variable name="park" type="string"/></bpmn:extensionElements>'


def counted(desk: Desk, on: date, months: int = 6) -> TakingReport:
    """The report of a day."""
    with reading(desk.database) as connection:
        return report(connection, on=on, months=months)


def given(desk: Desk) -> tuple[int, ...]:
    """Four rows and a local authority, approved; one more that waits."""
    rules = (row(matter="quick", taking=Taking.TAKEN_OVER, handover="交1"), row(matter="B", taking=Taking.NOT_TAKEN_OVER),
             row(matter="C"), row(park=OTHER, matter="quick", mode=Mode.STATIONED),
             LocalAuthority(park=PARK, department="湘阴县住建局", document="文", valid_from=date(2020, 1, 1)))
    with writing(desk.database) as connection:
        ids = tuple(each.id for each in empowerment.enter(connection, rules, by="李", now=desk.now).rows)
        empowerment.decide(connection, ids=ids, is_approved=True, by="赵", now=desk.now)
        empowerment.enter(connection, [row(matter="D")], by="李", now=desk.now)
    return ids


def test_a_row_runs_when_a_case_that_was_routed_by_it_has_been_concluded(desk: Desk) -> None:
    desk.deploy(quick=process("quick", DECLARED, start(), task("a"), throw("accepted", "accepted"),
                              throw("concluded", "concluded"), end(), flows("begin", "a", "accepted", "concluded", "done")))
    given(desk)
    for park in (PARK, PARK, OTHER):
        number = desk.open("quick", park=park)
        if park == PARK:
            desk.complete(number, "a")  # the other park's case stays open

    found = counted(desk, date(2026, 3, 4))

    mine = ParkCounts(park=PARK, granted=3, taken_over=1, not_taken_over=1, running=1, taken_back=0, concluded=2)
    other = ParkCounts(park=OTHER, granted=1, taken_over=0, not_taken_over=0, running=0, taken_back=0, concluded=0)
    assert found.parks == (other, mine)
    assert found.total == ParkCounts(park="", granted=4, taken_over=1, not_taken_over=1, running=1, taken_back=0, concluded=2)


def test_what_a_park_has_not_taken_over_does_not_run_however_many_cases_the_department_concludes(desk: Desk) -> None:
    desk.deploy(quick=process("quick", DECLARED, start(), task("a"), throw("concluded", "concluded"), end(),
                              flows("begin", "a", "concluded", "done")))
    with writing(desk.database) as connection:
        ids = [each.id for each in empowerment.enter(connection, [row(matter="quick", taking=Taking.NOT_TAKEN_OVER)], by="李",
                                                     now=desk.now).rows]
        empowerment.decide(connection, ids=ids, is_approved=True, by="赵", now=desk.now)
    desk.complete(desk.open("quick", park=PARK), "a")

    total = counted(desk, date(2026, 3, 4)).total

    assert (total.granted, total.running, total.concluded) == (1, 0, 1)


def test_a_row_runs_for_so_many_months_after_its_last_concluded_case(desk: Desk) -> None:
    desk.deploy(quick=process("quick", DECLARED, start(), task("a"), throw("concluded", "concluded"), end(),
                              flows("begin", "a", "concluded", "done")))
    given(desk)
    desk.complete(desk.open("quick", park=PARK), "a")

    days = (date(2026, 3, 3), date(2026, 3, 4), date(2026, 6, 3), date(2026, 6, 4))

    running = [counted(desk, on, 3).total.running for on in days]

    assert running == [0, 1, 1, 0]


def test_a_row_taken_back_is_no_longer_given(desk: Desk) -> None:
    first, *_ = given(desk)
    with writing(desk.database) as connection:
        empowerment.end(connection, first, on=date(2026, 3, 9), reason="收回", by="赵", now=day(4))

    before, after = (counted(desk, on).parks[1] for on in (date(2026, 3, 9), date(2026, 3, 10)))

    assert (before.granted, before.taken_back) == (3, 0)
    assert after == replace(before, granted=2, taken_over=0, taken_back=1)


@pytest.mark.parametrize(("on", "months", "before"), [
    (date(2026, 3, 31), 1, date(2026, 2, 28)), (date(2026, 1, 15), 1, date(2025, 12, 15)),
    (date(2026, 3, 4), 14, date(2025, 1, 4)),
])
def test_months_are_counted_back_to_the_corresponding_day_or_the_months_last(on: date, months: int, before: date) -> None:
    assert months_earlier(on, months) == before
