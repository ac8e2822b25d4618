"""The figures of stored cases: as they stand, as the month ended, and what was found since."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from engine import events
from engine.counted import NOT_STATED, Group
from engine.errors import Forbidden, InvalidInput
from engine.figures import Ratio, Value
from engine.lifecycle import State
from engine.months import read_month
from engine.notices import Scope
from services import calendar_changes, figures, recounting
from services import tables as t
from services.database import reading, writing
from services.figures import Frozen, freeze, month_figures, report, snapshots
from services.office import Office
from services.store import figures as store
from tests.services.desk import WAY, Desk, day
from tests.services.histories import Histories, at, moved

MARCH, APRIL = read_month("2026-03"), read_month("2026-04")
FIRST_OF_APRIL, LATER = at("2026-04-01", 0), at("2026-05-20")
"""March is over at midnight."""
TOTAL = Group()
NUMBERS = ("43060020260304000001", "43060020260304000002", "43060020260304000003")
A, B, C = NUMBERS


@pytest.fixture
def told(connection: Connection) -> Histories:
    """An empty book of cases."""
    return Histories(connection)


@pytest.fixture
def hall(office: Office) -> Office:
    """An office of the test's own: its law changes with the database."""
    return replace(office, cache=OrderedDict())


def total(connection: Connection, hall: Office, now: datetime = LATER) -> dict[str, Value]:
    """The figures of March as they stand."""
    return dict(month_figures(connection, hall, MARCH, now=now)[TOTAL])


def test_a_case_counts_in_the_month_it_was_concluded_in(connection: Connection, told: Histories, hall: Office) -> None:
    told.open(A, on="2026-03-02", accepted="2026-03-04", promised=(5, "2026-03-11"), concluded="2026-03-10")
    told.open(B, on="2026-02-26", accepted="2026-02-27", promised=(5, "2026-03-05"), concluded="2026-02-28")
    told.open(C, on="2026-03-26", accepted="2026-03-27", promised=(5, "2026-04-03"), concluded="2026-04-01")

    found = total(connection, hall)

    assert (found["accepted"], found["concluded"], found["early"], found["overdue"]) == (2, 1, 1, 0)
    assert found["mean_net"] == Ratio(numerator=4, denominator=1)  # 5, 6, 9 and 10 March


def test_what_was_open_and_late_as_the_month_ended_counts_whatever_became_of_it(
    connection: Connection, told: Histories, hall: Office,
) -> None:
    for number in NUMBERS:
        told.open(number, on="2026-02-10", accepted="2026-02-11", promised=(20, "2026-03-18"))
    told.tell(B, events.CaseConcluded(concluded_on=date(2026, 4, 9)), on="2026-04-09")
    told.tell(C, events.CaseWithdrawn(reason="不办了"), on="2026-04-08")

    found = total(connection, hall)

    assert (found["overdue"], found["on_time_rate"]) == (3, Ratio(numerator=0, denominator=3))


def test_a_case_withdrawn_within_the_month_is_not_late_at_its_end(
    connection: Connection, told: Histories, hall: Office,
) -> None:
    told.open(A, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"))
    told.tell(A, events.CaseWithdrawn(reason="不办了"), on="2026-03-31", hour=23)

    found = total(connection, hall)

    assert (found["accepted"], found["overdue"]) == (1, 0)


def test_applications_turned_away_count_in_the_month_their_process_ended(
    connection: Connection, told: Histories, hall: Office,
) -> None:
    for number, fact in zip(NUMBERS, (events.CaseDeclined(), events.CaseNotApplicable(), events.CaseReturned()), strict=True):
        told.open(number, on="2026-03-30")
        told.tell(number, fact, events.ProcessCompleted(ends=("end",)), on="2026-04-01" if number == C else "2026-03-31")

    found = total(connection, hall)

    assert (found["declined"], found["not_applicable"], found["returned"]) == (1, 1, 0)
    assert found["declined_rate"] == Ratio(numerator=1, denominator=2)


def test_cases_are_kept_apart_by_park_department_and_process_and_add_up(
    connection: Connection, told: Histories, hall: Office,
) -> None:
    dates = {"on": "2026-03-02", "accepted": "2026-03-04", "concluded": "2026-03-10"}
    told.open(A, **dates)  # type: ignore[arg-type]
    told.open(B, **dates, park="临港", process="four_permits")  # type: ignore[arg-type]
    told.open(C, **dates, park="", department="")  # type: ignore[arg-type]

    by_park = month_figures(connection, hall, MARCH, by=("park",), now=LATER)
    by_two = month_figures(connection, hall, MARCH, by=("process", "park"), now=LATER)

    assert {group: found["concluded"] for group, found in by_park.items()} == {
        TOTAL: 3, Group("临港"): 1, Group("经开区"): 1, Group(NOT_STATED): 1}
    assert next(iter(by_park)) == TOTAL
    assert set(by_two) == {TOTAL, Group("临港", process="four_permits"), Group("经开区", process="company_setup"),
                           Group(NOT_STATED, process="company_setup")}


def test_days_are_counted_by_the_calendar_of_the_park(connection: Connection, told: Histories, hall: Office) -> None:
    for number, park in ((A, "经开区"), (B, "临港")):
        told.open(number, on="2026-03-02", accepted="2026-03-04", concluded="2026-03-10", park=park)
    _close(connection, hall, "2026-03-05", "2026-03-06", at("2026-03-02"), scope=Scope.PARK, place="临港")

    found = month_figures(connection, hall, MARCH, by=("park",), now=LATER)

    assert found[Group("经开区")]["mean_net"] == Ratio(numerator=4, denominator=1)
    assert found[Group("临港")]["mean_net"] == Ratio(numerator=2, denominator=1)


def test_a_running_month_shows_what_is_over_of_it(connection: Connection, told: Histories, hall: Office) -> None:
    told.open(A, on="2026-03-02", accepted="2026-03-04", promised=(5, "2026-03-11"))

    on_the_day = total(connection, hall, now=at("2026-03-11", 23))
    on_the_next = total(connection, hall, now=at("2026-03-12", 0))

    assert (on_the_day["overdue"], on_the_next["overdue"]) == (0, 1)


def test_a_month_that_has_not_begun_has_no_figures(connection: Connection, hall: Office) -> None:
    with pytest.raises(InvalidInput, match="2026-04 has not begun; the latest month with figures is 2026-03"):
        month_figures(connection, hall, APRIL, now=at("2026-03-31", 23))


def test_a_month_that_is_not_over_is_not_frozen(connection: Connection, hall: Office) -> None:
    with pytest.raises(Forbidden, match="2026-03 is not over; it can be frozen from 2026-04-01 on"):
        freeze(connection, hall, MARCH, now=at("2026-03-31", 23))

    assert snapshots(connection, MARCH) == []
    assert freeze(connection, hall, MARCH, now=FIRST_OF_APRIL) == Frozen(month=MARCH, originals=1)  # the total, of nothing


def test_a_frozen_month_is_shown_as_it_ended(connection: Connection, told: Histories, hall: Office) -> None:
    told.open(A, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"))
    live = report(connection, hall, MARCH, by=("park",), now=FIRST_OF_APRIL)
    frozen = freeze(connection, hall, MARCH, now=FIRST_OF_APRIL)
    told.tell(A, moved("promised", "2026-03-24", "2026-04-02", "延长"), on="2026-04-02")

    found = report(connection, hall, MARCH, by=("park",), now=LATER)

    assert frozen == Frozen(month=MARCH, originals=8)  # one group, at every width
    assert not live.is_frozen and found.is_frozen and found.groups == live.groups and found.amendments == ()
    assert total(connection, hall)["overdue"] == 0  # as it stands
    assert [group for group, _ in found.groups] == [TOTAL, Group("经开区")]


def test_freezing_again_writes_nothing_while_nothing_has_changed(
    connection: Connection, told: Histories, hall: Office,
) -> None:
    told.open(A, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"), concluded="2026-03-26")
    freeze(connection, hall, MARCH, now=FIRST_OF_APRIL)
    told.tell(A, events.CaseHandedOver(), on="2026-04-02")

    again = freeze(connection, hall, MARCH, now=LATER)

    assert again == Frozen(month=MARCH) and all(row.number == 0 for row in snapshots(connection, MARCH))


def test_a_figure_found_to_be_another_adds_a_correction_with_case_and_cause(
    connection: Connection, told: Histories, hall: Office,
) -> None:
    told.open(A, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"), concluded="2026-03-26")
    told.open(B, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"), concluded="2026-03-20", park="临港")
    told.open(C, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"), concluded="2026-03-20")
    freeze(connection, hall, MARCH, now=FIRST_OF_APRIL)
    before = snapshots(connection, MARCH)
    told.tell(A, moved("promised", "2026-03-24", "2026-03-26", "停办 岳防〔2026〕1号"), on="2026-04-10")
    told.tell(C, events.CaseHandedOver(), on="2026-04-10")  # which no figure counts

    written = freeze(connection, hall, MARCH, now=LATER)

    rows = snapshots(connection, MARCH)
    amendments = {row.group: row for row in rows if row.number == 1}
    assert [row for row in rows if row.number == 0] == before  # never restated
    assert written.amendments == len(amendments) == 8  # every width of 经开区, nothing of 临港 alone
    assert all(group.park in ("", "经开区") for group in amendments)
    assert amendments[TOTAL].reason == (
        "更正：按时办结 0→1，超期办结 1→0，承诺超期办结 1→0，按时办结率 2/3→3/3，问责超期件 1→0。"
        f"原因：办件 {A}（承诺时限到期日 2026-03-24→2026-03-26，停办 岳防〔2026〕1号）。")
    assert amendments[TOTAL].figures["on_time_rate"] == Ratio(numerator=3, denominator=3)
    assert amendments[TOTAL].made_at == LATER


def test_a_second_correction_is_told_against_the_first(connection: Connection, told: Histories, hall: Office) -> None:
    told.open(A, on="2026-02-10", accepted="2026-02-11", promised=(20, "2026-03-18"))
    told.tell(A, moved("promised", "2026-03-18", "2026-03-24", "停办乙"), on="2026-04-01", hour=0)
    freeze(connection, hall, MARCH, now=FIRST_OF_APRIL)
    told.tell(A, moved("promised", "2026-03-24", "2026-04-02", "停办甲"), on="2026-04-10")
    freeze(connection, hall, MARCH, now=at("2026-04-11"))
    told.tell(A, moved("promised", "2026-04-02", "2026-03-24", "撤销停办甲"), on="2026-04-12")

    freeze(connection, hall, MARCH, now=LATER)

    rows = [row for row in snapshots(connection, MARCH) if row.group == TOTAL]
    assert [(row.number, row.figures["overdue"]) for row in rows] == [(0, 1), (1, 0), (2, 1)]
    assert f"办件 {A}（承诺时限到期日 2026-03-24→2026-04-02，停办甲）" in rows[1].reason and "停办乙" not in rows[1].reason
    assert f"办件 {A}（承诺时限到期日 2026-04-02→2026-03-24，撤销停办甲）" in rows[2].reason


def test_an_exemption_keeps_the_lapse_and_takes_it_out_of_the_count_of_accountability(
    connection: Connection, told: Histories, hall: Office,
) -> None:
    _close(connection, hall, "2026-05-04", "2026-05-04", at("2026-03-20"))  # the law before the month was frozen
    told.open(A, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"))
    told.tell(A, events.CardIssued(colour="yellow", rule="promised", clock="promised", node="", due_on=date(2026, 3, 24),
                                   scheduled_at=at("2026-03-25", 0)), on="2026-03-25", hour=0)
    freeze(connection, hall, MARCH, now=FIRST_OF_APRIL)
    card = 4
    told.tell(A, events.CardExempted(card=card, conclusion="exempt", document="岳容〔2026〕2号", reason="先行先试"),
              on="2026-04-10")

    freeze(connection, hall, MARCH, now=LATER)

    amendment = snapshots(connection, MARCH)[1]
    assert amendment.reason == f"更正：容错件 0→1，问责超期件 1→0。原因：办件 {A}（容错认定 岳容〔2026〕2号）。"
    assert amendment.figures["overdue"] == 1


def test_a_group_that_was_not_there_as_the_month_ended_begins_with_a_amendment(
    connection: Connection, told: Histories, hall: Office,
) -> None:
    told.open(A, on="2026-03-31")
    freeze(connection, hall, MARCH, now=FIRST_OF_APRIL)
    told.tell(A, events.CaseAccepted(accepted_on=date(2026, 3, 31), counted_from=at("2026-03-31"), deemed=True),
              on="2026-04-08")

    freeze(connection, hall, MARCH, now=LATER)

    rows = [row for row in snapshots(connection, MARCH) if row.group == Group("经开区")]
    assert [(row.number, row.figures["accepted"]) for row in rows] == [(1, 1)]
    assert f"办件 {A}（视为受理于 2026-03-31）" in rows[0].reason


def test_days_that_turn_out_not_to_have_been_worked_are_explained_by_the_ruling(
    connection: Connection, told: Histories, hall: Office,
) -> None:
    told.open(A, on="2026-03-02", accepted="2026-03-04", concluded="2026-03-10")
    freeze(connection, hall, MARCH, now=FIRST_OF_APRIL)
    _close(connection, hall, "2026-03-05", "2026-03-06", at("2026-04-07"))

    freeze(connection, hall, MARCH, now=LATER)

    amendment = snapshots(connection, MARCH)[1]
    assert amendment.reason == "更正：平均用时（净） 4/1→2/1。原因：日历变更：停办 岳防〔2026〕1号。"


def test_of_many_cases_twenty_are_named_and_the_rest_counted(connection: Connection, told: Histories, hall: Office) -> None:
    numbers = [f"43060020260316{place:06d}" for place in range(23)]
    for number in numbers:
        told.open(number, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"))
    freeze(connection, hall, MARCH, now=FIRST_OF_APRIL)
    for number in numbers:
        told.tell(number, moved("promised", "2026-03-24", "2026-04-02", "停办"), on="2026-04-10")

    freeze(connection, hall, MARCH, now=LATER)

    reason = snapshots(connection, MARCH)[1].reason
    assert reason.count("办件 4306") == 20 and "；等 23 件" in reason


def test_the_tick_freezes_the_month_before_once(database: Engine, hall: Office) -> None:
    with writing(database) as connection:
        Histories(connection).open(A, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"))

    during = figures.freeze_due(database, hall, now=at("2026-03-31", 23))
    after = [figures.freeze_due(database, hall, now=FIRST_OF_APRIL) for _ in range(2)]

    assert during is not None and during.month == read_month("2026-02")
    assert after == [Frozen(month=MARCH, originals=8), None]


def test_of_two_that_freeze_at_once_one_writes(database: Engine, hall: Office) -> None:
    with writing(database) as connection:
        Histories(connection).open(A, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"))
    offices = [hall, replace(hall, cache=OrderedDict())]

    with ThreadPoolExecutor(2) as pool:
        frozen = list(pool.map(lambda office: figures.freeze_due(database, office, now=FIRST_OF_APRIL), offices))

    assert sorted(each.originals for each in frozen if each is not None) == [8]
    with reading(database) as connection:
        assert len(snapshots(connection, MARCH)) == 8


def test_a_change_of_the_calendar_corrects_the_months_it_reaches_once_clocks_are_counted_anew(
    database: Engine, hall: Office,
) -> None:
    with writing(database) as connection:
        told = Histories(connection)
        told.open(A, on="2026-03-02", accepted="2026-03-04", concluded="2026-03-10")
        told.open(B, on="2026-02-26", accepted="2026-02-26", concluded="2026-02-27")
        freeze(connection, hall, read_month("2026-02"), now=FIRST_OF_APRIL)
        freeze(connection, hall, MARCH, now=FIRST_OF_APRIL)
        _close(connection, hall, "2026-03-05", "2026-03-06", at("2026-04-07"))

    before = figures.amend_due(database, hall, now=LATER)
    with writing(database) as connection:
        connection.execute(update(t.calendar_change).values(applied_at=at("2026-04-08")))
    with_a_clock_set_back = figures.amend_due(database, hall, now=at("2026-03-31"))
    after = [figures.amend_due(database, hall, now=LATER) for _ in range(2)]

    assert (before, with_a_clock_set_back, after) == (0, 0, [8, 0])
    with reading(database) as connection:
        assert {row.number for row in snapshots(connection, read_month("2026-02"))} == {0}
        assert store.compared_with(connection) == 1


def test_a_case_that_went_its_whole_way_is_counted_by_its_own_clocks(desk: Desk) -> None:
    _conclude_late(desk)

    frozen = figures.freeze_due(desk.database, desk.office, now=FIRST_OF_APRIL)

    with reading(desk.database) as connection:
        found = report(connection, desk.office, MARCH, by=("process",), now=LATER).groups[1]
    assert frozen == Frozen(month=MARCH, originals=8) and found[0] == Group(process="company_setup")
    assert (found[1]["accepted"], found[1]["concluded"], found[1]["late_promised"]) == (1, 1, 1)
    assert found[1]["mean_net"] == Ratio(numerator=2, denominator=1)  # Thursday 5 and Friday 6 March
    assert found[1]["compression"] == Ratio(numerator=2, denominator=3)  # promised 1 of 3 working days
    assert [problem for problem in desk.problems() if problem.check == "counter"] == []


def test_a_closure_approved_afterwards_makes_a_late_case_timely_and_the_frozen_month_says_so(desk: Desk) -> None:
    number = _conclude_late(desk)
    figures.freeze_due(desk.database, desk.office, now=FIRST_OF_APRIL)
    with writing(desk.database) as connection:
        _close(connection, desk.office, "2026-03-05", "2026-03-05", at("2026-04-07"))
    for hour in (11, 12):
        recounting.recount_due(desk.database, desk.office, now=at("2026-04-07", hour))

    figures.amend_due(desk.database, desk.office, now=at("2026-04-07", 13))

    with reading(desk.database) as connection:
        original, amendment = (row for row in snapshots(connection, MARCH) if row.group == TOTAL)
    assert (original.figures["late"], amendment.figures["late"], amendment.figures["on_time"]) == (1, 0, 1)
    assert amendment.reason.startswith("更正：按时办结 0→1，超期办结 1→0，") and "平均用时（净） 2/1→1/1" in amendment.reason
    assert f"办件 {number}（" in amendment.reason and "2026-03-05→2026-03-06" in amendment.reason
    assert amendment.reason.endswith("日历变更：停办 岳防〔2026〕1号。")


def test_every_state_a_case_can_have_is_read_or_meant_to_be_left_out() -> None:
    read = {*store._OPEN, *store._ENDED, *store._TURNED_AWAY}

    assert {state.value for state in State} - read == {
        "received", "correcting", "deemed_withdrawn", "voided",  # never accepted
        "concluded", "certified", "handed_over", "archived"}  # found by the day of conclusion


def test_as_many_cases_as_there_are_each_counts_once(connection: Connection, told: Histories, hall: Office) -> None:
    told.open(A, on="2026-03-16", accepted="2026-03-17", promised=(5, "2026-03-24"), concluded="2026-03-26")
    row = dict(connection.execute(select(t.case)).mappings().one())
    connection.execute(insert(t.case), [{**row, "id": 100 + place, "number": f"4306{place}"} for place in range(1500)])

    found = total(connection, hall)

    assert (found["concluded"], found["late"]) == (1501, 1501)


def _conclude_late(desk: Desk) -> str:
    """A case of 企业开办, accepted on Wednesday 4 March, promised for the 5th and concluded on the 6th; its number."""
    number = desk.open(wants_fund=False, wants_bank=False)
    desk.go(number, *WAY)
    desk.now = day(6)
    desk.ring()
    for node in ("make_seal", "issue_invoices", "insure"):
        desk.complete(number, node, "done")
    return number


def _close(
    connection: Connection, hall: Office, first: str, last: str, now: datetime, *, scope: Scope = Scope.CITY, place: str = "",
) -> None:
    """A closure is proposed by one, accepted by another and signed off by a third."""
    proposed = calendar_changes.propose_closure(
        connection, hall.shelf, scope=scope, place=place, first=date.fromisoformat(first), last=date.fromisoformat(last),
        reference="岳防〔2026〕1号", approver="市政府", reason="防汛", by="李", now=now)
    calendar_changes.accept(connection, hall.shelf, proposed.change.row.id, by="张", now=now, signed_off_by="赵")
