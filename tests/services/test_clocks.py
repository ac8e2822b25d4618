"""Running clocks in lists and on the board: which, in what order, under which lamp, and at what cost to the database."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Select, insert, text

from engine.errors import InvalidInput
from engine.limits import LimitKind
from engine.notices import Closure, Scope
from engine.supervision import Lamp, Policy
from services import board, clocks, rulings
from services import tables as t
from services.board import Group
from services.clocks import Asked
from services.database import reading, writing
from services.folded import fold_of
from services.lamps import clock_lamp
from services.store import clocks as store
from services.store import oversight_pages
from tests.services.desk import Desk, day

INSPECTION = "joint_completion_inspection"
PARK = "湘阴高新区"


def accepted(desk: Desk, process: str, number: int, **data: object) -> str:
    """A case accepted on a day of March 2026."""
    desk.now = day(number)
    case = desk.open(process, **data)
    receipt = desk.tasks(case)[0].node
    desk.complete(case, receipt, "received")
    desk.complete(case, desk.tasks(case)[0].node, "accept")
    return case


def asked(desk: Desk, **given: Any) -> Asked:
    """What is asked at the desk's hour."""
    given = {"is_overdue": False, "within": None, "kind": None, "process": None, "park": None, **given}
    return clocks.asked(desk.office, now=desk.now, **given)


def listed(desk: Desk, **given: Any) -> list[tuple[str, str]]:
    """Case and clock of what was asked for, in order."""
    with reading(desk.database) as connection:
        found = clocks.walk(connection, desk.office, asked(desk, **given), now=desk.now, most=1000)
        return [(each.case.number, each.clock.name) for each in found]


def shown(desk: Desk) -> dict[tuple[str, str], Group]:
    """The board by process and park."""
    with reading(desk.database) as connection:
        desk.office.refresh(connection)
        return {(group.process, group.park): group for group in board.board(connection, desk.office, now=desk.now)}


def test_a_clock_is_overdue_when_its_limit_is_over_even_if_nobody_has_noticed(desk: Desk) -> None:
    case = accepted(desk, INSPECTION, 2)

    desk.now = datetime(2026, 3, 12, 15, 59, tzinfo=UTC)  # a minute before midnight of the last day
    before = listed(desk, is_overdue=True, kind=LimitKind.PROMISED)
    desk.now = datetime(2026, 3, 12, 16, 0, tzinfo=UTC)
    after = listed(desk, is_overdue=True, kind=LimitKind.PROMISED)

    assert (before, after) == ([], [(case, "promised")])


def test_a_limit_that_was_met_is_in_no_list(desk: Desk) -> None:
    case = accepted(desk, INSPECTION, 2)
    desk.command("terminate", case, reason="项目取消")
    desk.now = day(30)

    assert listed(desk) == [] and shown(desk) == {}


def test_a_list_is_walked_in_pages_up_to_its_bound(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (2, 3, 4, 5):
        accepted(desk, "company_setup", number)
    whole = listed(desk)
    monkeypatch.setattr(clocks, "_PAGE", 3)

    with reading(desk.database) as connection:
        walked = [(each.case.number, each.clock.name) for each in
                  clocks.walk(connection, desk.office, asked(desk), now=desk.now, most=7)]
        total = clocks.count(connection, asked(desk))

    assert len(whole) == total >= 8 and listed(desk) == whole and walked == whole[:7]


def test_working_days_are_those_of_the_case_with_its_closures(desk: Desk) -> None:
    accepted(desk, INSPECTION, 2)
    desk.now = day(11)

    with reading(desk.database) as connection:
        found = clocks.running(connection, desk.office, asked(desk, kind=LimitKind.PROMISED), now=desk.now, most=1)

    assert [(each.left_workdays, each.late_workdays, each.lamp) for each in found] == [(1, 0, Lamp.YELLOW)]


def test_within_counts_the_working_days_of_the_park_that_is_asked_about(desk: Desk) -> None:
    case = accepted(desk, INSPECTION, 2, park=PARK)
    closed = Closure(first=date(2026, 3, 4), last=date(2026, 3, 5), reference="岳停〔2026〕1号", scope=Scope.PARK, place=PARK,
                     approver="市政府")
    desk.office.law = desk.office.law.amended(closed, version=0)

    desk.now = day(3)  # 12 March is seven working days away in the city, five in the park

    assert listed(desk, within=5, kind=LimitKind.PROMISED) == []
    assert listed(desk, within=5, kind=LimitKind.PROMISED, park=PARK) == [(case, "promised")]


def test_what_is_due_more_than_a_year_ahead_is_not_asked_for(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="0 to 250 working days"):
        asked(desk, within=251)
    with pytest.raises(InvalidInput, match="ask for one of the two"):
        asked(desk, within=1, is_overdue=True)


def test_the_board_shows_what_the_lamps_of_all_clocks_are(desk: Desk) -> None:
    numbers = [accepted(desk, process, number, **({"park": PARK} if number % 2 else {}))
               for process in (INSPECTION, "company_setup") for number in (2, 3, 4, 9)]
    desk.now = day(4)
    desk.command("hold", numbers[0], order="（2026）湘06行保1号", reason="法院裁定")
    with writing(desk.database) as connection:
        rulings.enter_policy(connection, Policy(warn_workdays=6), process="", park=PARK, by="李", now=desk.now)

    for number in (4, 9, 12, 13, 30):
        desk.now = day(number)
        groups = shown(desk)
        one_by_one: Counter[tuple[str, str, LimitKind, Lamp]] = Counter()
        for case in (fold_of(desk.case(each)) for each in numbers):
            one_by_one.update((case.process, case.park, clock.kind, clock_lamp(desk.office, case, clock, desk.now))
                              for clock in case.running)
        counted = Counter({(*place, kind, lamp): clocks for place, group in groups.items()
                           for kind, lit in group.kinds.items() for lamp, clocks in lit.items()})
        assert counted == one_by_one


def test_a_case_with_two_limits_is_one_lamp_on_the_board(desk: Desk) -> None:
    accepted(desk, "company_setup", 2)  # promised in one working day, by law in three
    desk.now = day(4)

    group = shown(desk)["company_setup", ""]

    assert group.matter == "企业开办"
    assert group.kinds[LimitKind.PROMISED] == {Lamp.RED: 1} and group.kinds[LimitKind.STATUTORY] == {Lamp.YELLOW: 1}
    assert dict(group.lamps) == {Lamp.RED: 1}


def test_where_only_a_statutory_limit_runs_that_is_looked_at() -> None:
    group = Group(process="p", matter="p", park="", department="", kinds={
        LimitKind.STATUTORY: {Lamp.GREEN: 2}, LimitKind.STAGE: {Lamp.RED: 1}})

    assert dict(group.lamps) == {Lamp.GREEN: 2}


@pytest.mark.parametrize(("due", "lamp"), [
    ("", Lamp.GREY), ("2026-03-04T09:59", Lamp.RED), ("2026-03-04T11:00", Lamp.YELLOW), ("2026-03-05T10:00", Lamp.GREEN),
])
def test_a_limit_shorter_than_a_day_is_judged_by_the_minute_on_the_board(desk: Desk, due: str, lamp: Lamp) -> None:
    with writing(desk.database) as connection:
        connection.execute(insert(t.clock_count), [
            {"process": "p", "park": "", "department": "", "kind": "promised", "amount": 4, "unit": "working_hour", "due": due,
             "is_provisional": False, "shard": shard, "clocks": clocks} for shard, clocks in ((0, 2), (5, 1), (7, 0))])

    assert shown(desk)["p", ""].kinds == {LimitKind.PROMISED: {lamp: 3}}


def _plan(connection: Connection, statement: Select[Any], **given: object) -> str:
    """How the database would carry out a statement, were its tables large."""
    is_postgres = connection.dialect.name == "postgresql"
    if is_postgres:
        for setting in ("enable_seqscan", "enable_bitmapscan"):
            connection.execute(text(f"SET LOCAL {setting} = off"))
    compiled = statement.limit(51).params(given).compile(connection, compile_kwargs={"literal_binds": True})
    rows = connection.exec_driver_sql(f"EXPLAIN {'' if is_postgres else 'QUERY PLAN '}{compiled}".replace("%", "%%"))
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("wanted", list(store._PAGES))
def test_a_page_of_clocks_walks_one_index_in_order(connection: Connection, wanted: tuple[str, ...]) -> None:
    given = {**store.FIRST._asdict(), "until": day(5), **{f"of_{name}": "x" for name in wanted}}

    for statement in (store._PAGES[wanted], store._COUNTS[wanted]):
        plan = _plan(connection, statement, **given)
        assert "ix_clock_lapses_at_case_id_clock" in plan and "Sort" not in plan and "TEMP B-TREE" not in plan


@pytest.mark.parametrize("wanted", [(), ("colour", "state")])
def test_a_page_of_cards_walks_one_index_in_order(connection: Connection, wanted: tuple[str, ...]) -> None:
    plan = _plan(connection, oversight_pages._CARDS[wanted], issued_at=day(5), case_id=1, seq=1,
                 **{f"of_{name}": "x" for name in wanted})

    assert "ix_card_issued_at_case_id_seq" in plan and "Sort" not in plan and "TEMP B-TREE" not in plan


def test_a_page_of_orders_walks_one_index_in_order(connection: Connection) -> None:
    plan = _plan(connection, oversight_pages._ORDERS[()], state="open", due_on=date(2026, 3, 5).isoformat(), case_id=1, seq=1)

    assert "ix_supervision_order_state_due_on_case_id_seq" in plan and "Sort" not in plan and "TEMP B-TREE" not in plan


def test_a_page_of_notifications_reads_only_those_of_one_recipient(connection: Connection) -> None:
    plan = _plan(connection, oversight_pages._NOTIFICATIONS, recipient="x", created_at=day(5), case_id=1, seq=1, place=0)

    assert "ix_notification_recipient_created_at" in plan
