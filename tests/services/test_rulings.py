"""What an office rules beside the cases: history kept, one value in force, promises no longer than the statute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from engine.errors import InvalidInput, NotFound
from engine.limits import Limit, LimitKind, Unit
from engine.precedence import Commitment, Departure, Source
from engine.supervision import Policy
from services import rulings
from services.database import reading, writing
from services.rulings import NewLimit, Policies
from services.store.rulings import CommitmentRow, OfficeLimitRow

PARK, OTHER = "湘阴高新区", "临港高新区(含综合区)"
PROJECT = "2603-430600-04-01-123456"
PROCESS = "joint_completion_inspection"
PROMISE = Limit(amount=8)
DRAWN = (PROMISE, Limit(amount=15, kind=LimitKind.STATUTORY, basis="住房和城乡建设部令第51号"))
DEPARTURE = Departure(basis="湘政办发〔2021〕72号", approver="市审改办", explanation="整改复验须由园区统一安排")


def day(number: int) -> datetime:
    """10:00 on a day of March 2026."""
    return datetime(2026, 3, number, 2, 0, tzinfo=UTC)


def enter(connection: Connection, amount: int, at: datetime, **given: Any) -> OfficeLimitRow:
    """An office limit, promised for one park unless said otherwise."""
    new = NewLimit(**{"process": PROCESS, "park": PARK, "kind": LimitKind.PROMISED, "amount": amount,
                      "basis": "湘高管发〔2026〕4号", "approver": "李主任", **given})
    return rulings.enter_office_limit(connection, new, drawn=DRAWN, by="王", now=at)


def commit(connection: Connection, amount: int, at: datetime, item: str = PROCESS, **given: Any) -> CommitmentRow:
    """A commitment of the project."""
    new = Commitment(**{"item": item, "amount": amount, "unit": Unit.WORKDAY, "clause": "第六条",
                        "agreement": "招商协议〔2026〕8号", **given})
    return rulings.enter_commitment(connection, new, project=PROJECT, by="王", now=at)


def counts(
    connection: Connection, at: datetime, park: str = PARK, project: str = "", drawn: Limit = PROMISE,
) -> tuple[Any, Any]:
    """The amount that counts, and where it comes from."""
    settled = rulings.effective_limits(connection, process=PROCESS, park=park, project=project, at=at).settle(drawn)
    return (settled.limit.amount, settled.source) if settled else (None, None)


def test_a_new_office_limit_ends_the_one_before_and_both_can_be_seen(connection: Connection) -> None:
    first = enter(connection, 7, day(2))

    second = enter(connection, 6, day(9))

    assert rulings.office_limits(connection, process=PROCESS) == [second]
    assert rulings.office_limits(connection, with_history=True) == [first._replace(until=day(9)), second]
    assert (second.since, second.until, second.entered_by) == (day(9), None, "王")


def test_every_past_day_is_explained_by_what_was_in_force_then(connection: Connection) -> None:
    enter(connection, 7, day(2))
    enter(connection, 6, day(9))
    rulings.end_office_limit(connection, process=PROCESS, park=PARK, kind=LimitKind.PROMISED, drawn=DRAWN, now=day(16))

    found = [counts(connection, day(number)) for number in (1, 2, 8, 9, 15, 16)]

    assert found == [(8, Source.DIAGRAM), (7, Source.OFFICE), (7, Source.OFFICE), (6, Source.OFFICE), (6, Source.OFFICE),
                     (8, Source.DIAGRAM)]


def test_the_park_s_own_limit_comes_before_the_office_s_for_all_parks(connection: Connection) -> None:
    enter(connection, 5, day(2))
    enter(connection, 7, day(3), park="")

    assert counts(connection, day(4)) == (5, Source.OFFICE)
    assert counts(connection, day(4), park=OTHER) == (7, Source.OFFICE)
    assert counts(connection, day(4), park="") == (7, Source.OFFICE)


def test_a_project_s_shorter_commitment_comes_before_the_office_s_value(connection: Connection) -> None:
    enter(connection, 6, day(2))
    commit(connection, 5, day(3))

    assert counts(connection, day(4), project=PROJECT) == (5, Source.COMMITMENT)
    assert counts(connection, day(4), project="another") == (6, Source.OFFICE)
    assert counts(connection, day(4), project="") == (6, Source.OFFICE)


def test_what_only_the_project_can_number_waits_for_its_commitment(connection: Connection) -> None:
    drawn = Limit(amount=0, item="发布土地出让公告", needs_commitment=True)

    before = counts(connection, day(4), project=PROJECT, drawn=drawn)
    commit(connection, 15, day(5), item="发布土地出让公告")
    after = counts(connection, day(6), project=PROJECT, drawn=drawn)

    assert before == (None, None) and after == (15, Source.COMMITMENT)


def test_a_stage_keeps_its_drawn_length_when_the_office_promises_less_for_the_whole(connection: Connection) -> None:
    enter(connection, 5, day(2))
    commit(connection, 1, day(2))

    assert counts(connection, day(4), project=PROJECT, drawn=Limit(amount=2, kind=LimitKind.STAGE)) == (2, Source.DIAGRAM)


def test_all_that_competes_is_read_in_one_statement(database: Engine) -> None:
    with writing(database) as connection:
        enter(connection, 6, day(2))
        commit(connection, 5, day(3))
    statements: list[str] = []

    with reading(database) as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        rulings.effective_limits(connection, process=PROCESS, park=PARK, project=PROJECT, at=day(4))

    assert len(statements) == 1


def test_a_promise_longer_than_the_statute_is_refused_and_nothing_is_kept(connection: Connection) -> None:
    with pytest.raises(InvalidInput, match="longer than the statutory 15 workday") as refused:
        enter(connection, 20, day(2))

    assert refused.value.field == "amount" and rulings.office_limits(connection, with_history=True) == []


def test_a_documented_exception_lets_a_longer_promise_stand(connection: Connection) -> None:
    row = enter(connection, 20, day(2), exception=DEPARTURE)

    assert rulings.departure_of(row) == DEPARTURE
    assert counts(connection, day(3)) == (20, Source.OFFICE)


def test_the_statute_an_office_has_entered_is_the_one_a_promise_is_held_against(connection: Connection) -> None:
    enter(connection, 7, day(2))
    enter(connection, 10, day(3), kind=LimitKind.STATUTORY)

    with pytest.raises(InvalidInput, match="longer than the statutory 10 workday"):
        enter(connection, 11, day(4))


def test_a_shorter_statute_for_all_parks_is_refused_while_one_park_promises_more(connection: Connection) -> None:
    enter(connection, 12, day(2), park=OTHER)

    with pytest.raises(InvalidInput, match=f"{re.escape(OTHER)}: the promise of 12 workday is longer"):
        enter(connection, 10, day(3), kind=LimitKind.STATUTORY, park="")


def test_ending_the_office_s_statute_is_refused_while_a_promise_rests_on_it(connection: Connection) -> None:
    enter(connection, 20, day(2), kind=LimitKind.STATUTORY)
    enter(connection, 18, day(3))

    with pytest.raises(InvalidInput, match="18 workday is longer than the statutory 15 workday"):
        rulings.end_office_limit(connection, process=PROCESS, park=PARK, kind=LimitKind.STATUTORY, drawn=DRAWN, now=day(4))


def test_the_same_ruling_entered_twice_is_one(connection: Connection) -> None:
    first = enter(connection, 7, day(2)), commit(connection, 5, day(2))

    again = enter(connection, 7, day(9)), commit(connection, 5, day(9))

    assert again == first
    assert len(rulings.office_limits(connection, with_history=True)) == len(rulings.commitments(connection)) == 1


def test_a_clock_that_goes_back_an_hour_leaves_one_ruling_in_force_at_every_instant(connection: Connection) -> None:
    enter(connection, 7, day(9))

    second = enter(connection, 6, day(9) - timedelta(hours=1))

    assert second.since == day(9)
    assert counts(connection, day(9) - timedelta(minutes=30)) == (8, Source.DIAGRAM)
    assert counts(connection, day(9)) == (6, Source.OFFICE)


@pytest.mark.parametrize(("given", "field"), [
    ({"kind": LimitKind.STAGE}, "kind"), ({"kind": LimitKind.NOTICE}, "kind"), ({"amount": 10_001}, "amount"),
    ({"amount": -1}, "amount"), ({"basis": "  "}, "basis"), ({"approver": ""}, "approver"), ({"park": "x" * 101}, "park"),
    ({"basis": "第一行\n第二行"}, "basis"), ({"unit": Unit.CALENDAR_DAY}, "unit"),
])
def test_a_wrong_office_limit_is_refused_with_its_field(connection: Connection, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        enter(connection, **{"amount": 5, "at": day(2), **given})

    assert refused.value.field == field


@pytest.mark.parametrize(("given", "field"), [
    ({"clause": ""}, "clause"), ({"agreement": " "}, "agreement"), ({"item": ""}, "item"), ({"amount": -1}, "amount"),
])
def test_a_commitment_without_its_clause_or_agreement_is_refused(
    connection: Connection, given: dict[str, Any], field: str,
) -> None:
    with pytest.raises(InvalidInput) as refused:
        commit(connection, **{"amount": 5, "at": day(2), **given})

    assert refused.value.field == field


def test_a_commitment_in_other_days_than_the_limit_it_shortens_is_refused(connection: Connection) -> None:
    new = Commitment(item=PROCESS, amount=5, unit=Unit.CALENDAR_DAY, clause="第六条", agreement="招商协议〔2026〕8号")

    with pytest.raises(InvalidInput, match="give it in workday"):
        rulings.enter_commitment(connection, new, project=PROJECT, current=(PROMISE,), by="王", now=day(2))


def test_what_is_not_in_force_cannot_be_ended(connection: Connection) -> None:
    with pytest.raises(NotFound):
        rulings.end_office_limit(connection, process=PROCESS, park=PARK, kind=LimitKind.PROMISED, drawn=DRAWN, now=day(2))
    with pytest.raises(NotFound):
        rulings.end_commitment(connection, project=PROJECT, item=PROCESS, now=day(2))
    with pytest.raises(NotFound):
        rulings.end_policy(connection, process=PROCESS, park=PARK, now=day(2))


def test_a_list_is_read_page_by_page(connection: Connection) -> None:
    entered = [enter(connection, 5, day(2), park=f"园区{number}") for number in range(5)]

    first = rulings.office_limits(connection, most=2)
    rest = rulings.office_limits(connection, after=first[-1].id)

    assert first + rest == entered


def test_the_most_special_policy_counts_whole(connection: Connection) -> None:
    everywhere, matter, park, both = (Policy(warn_workdays=number) for number in (2, 3, 4, 5))
    for policy, process, place in ((everywhere, "", ""), (matter, PROCESS, ""), (park, "", PARK), (both, PROCESS, PARK)):
        rulings.enter_policy(connection, policy, process=process, park=place, by="王", now=day(2))

    found = rulings.policies_in_force(connection)

    assert found.of(PROCESS, PARK) == both and found.of(PROCESS, OTHER) == matter
    assert found.of("company_setup", PARK) == park and found.of("company_setup", "") == everywhere


def test_without_a_policy_the_defaults_count(connection: Connection) -> None:
    assert rulings.policies_in_force(connection).of(PROCESS, PARK) == Policy()


def test_a_kept_copy_of_the_policies_is_used_until_one_changes(connection: Connection) -> None:
    rulings.enter_policy(connection, Policy(target_cards=True), process="", park=PARK, by="王", now=day(2))
    known = rulings.policies_in_force(connection)

    same = rulings.policies_in_force(connection, known)
    rulings.end_policy(connection, process="", park=PARK, now=day(3))
    changed = rulings.policies_in_force(connection, known)

    assert same is known and known.of(PROCESS, PARK).target_cards
    assert changed is not known and not changed.of(PROCESS, PARK).target_cards


def test_a_policy_keeps_its_history(connection: Connection) -> None:
    first = rulings.enter_policy(connection, Policy(target_cards=True), process="", park=PARK, by="王", now=day(2))
    second = rulings.enter_policy(connection, Policy(), process="", park=PARK, by="李", now=day(3))
    again = rulings.enter_policy(connection, Policy(), process="", park=PARK, by="张", now=day(4))

    assert rulings.policies(connection, with_history=True) == [first._replace(until=day(3)), second] and again == second
    assert rulings.policy_of(first) == Policy(target_cards=True)


@pytest.fixture
def rivals(database: Engine) -> Iterator[list[Thread]]:
    """Four officials who enter a limit for the same place at the same time."""
    def rule(amount: int) -> None:
        with writing(database) as connection:
            enter(connection, amount, day(amount))

    threads = [Thread(target=rule, args=(amount,)) for amount in (3, 4, 5, 6)]
    yield threads
    for thread in threads:
        thread.join()


def test_of_rulings_entered_at_the_same_time_one_is_in_force(database: Engine, rivals: list[Thread]) -> None:
    for thread in rivals:
        thread.start()
    for thread in rivals:
        thread.join()

    with reading(database) as connection:
        history = rulings.office_limits(connection, with_history=True)

    assert len(history) == 4 and sum(row.until is None for row in history) == 1
    assert all(earlier.until == later.since for earlier, later in pairwise(history))


def test_a_process_is_named_by_its_id_or_its_chinese_name(connection: Connection) -> None:
    assert rulings.drawn_limits(connection, "竣工联合验收") == rulings.drawn_limits(connection, PROCESS)
    with pytest.raises(NotFound):
        rulings.drawn_limits(connection, "无此事项")


def test_an_item_is_a_process_or_the_name_a_drawn_limit_asks_for(connection: Connection) -> None:
    process, current = rulings.committed_item(connection, "竣工联合验收")

    assert process == PROCESS and {limit.kind for limit in current} <= {LimitKind.PROMISED, LimitKind.TARGET} and current
    assert rulings.committed_item(connection, "发布土地出让公告") == ("发布土地出让公告", ())


def test_policies_of_an_office_that_has_none_are_version_zero(connection: Connection) -> None:
    assert rulings.policies_in_force(connection) == Policies(version=0)
