"""A case as the figures see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.cards import Card, CardState
from engine.case import Case
from engine.clocks import Clock
from engine.counted import NOT_STATED, Group, Measured, counted, is_overdue
from engine.lifecycle import Standing, State
from engine.limits import LimitKind, Unit
from engine.months import read_month

ACCEPTED_AT = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
LAPSED_AT = datetime(2026, 3, 11, 16, 0, tzinfo=UTC)
MARCH = read_month("2026-03")


def case(**given: Any) -> Case:
    """An accepted case under review."""
    usual: dict[str, Any] = {
        "number": "43060020260304000001", "process": "company_setup", "state": State.REVIEWING, "opened_at": ACCEPTED_AT,
        "received_on": date(2026, 3, 4), "accepted_on": date(2026, 3, 4), "counted_from": ACCEPTED_AT, "seq": 9, "head": b"",
        "recorded_at": ACCEPTED_AT, "park": "经开区"}
    return Case(**(usual | given))


def clock(name: str, kind: LimitKind, amount: int, due: str, **given: Any) -> Clock:
    """A clock in working days."""
    return Clock(name=name, kind=kind, amount=amount, unit=Unit.WORKDAY, counted_from=ACCEPTED_AT, due=due,
                 due_on=date.fromisoformat(due), lapses_at=LAPSED_AT, **given)


def card(seq: int, state: CardState, of: str = "promised") -> Card:
    """A card for the lapse of a clock."""
    return Card(seq=seq, colour="yellow", rule="promised", clock=of, version=1, scheduled_at=LAPSED_AT, issued_at=LAPSED_AT,
                state=state)


def test_a_case_that_names_no_department_is_counted_under_a_name_of_its_own() -> None:
    assert counted(case()).group == Group(park="经开区", department=NOT_STATED, process="company_setup")


def test_the_promise_governs_and_a_stage_of_the_same_force_is_none_of_the_case() -> None:
    clocks = (clock("promised:7", LimitKind.PROMISED, 1, "2026-03-05", token=7),
              clock("statutory", LimitKind.STATUTORY, 20, "2026-04-01"),
              clock("promised", LimitKind.PROMISED, 5, "2026-03-11", extra=5))

    found = counted(case(clocks=clocks))

    promised = Measured(amount=5, unit=Unit.WORKDAY, due_on=date(2026, 3, 11))  # as promised, without its extension
    assert (found.governing, found.promised) == (promised, promised)
    assert found.statutory is not None and found.statutory.amount == 20


def test_a_target_that_an_agreement_made_a_promise_is_counted_as_one() -> None:
    found = counted(case(clocks=(clock("target", LimitKind.PROMISED, 3, "2026-03-09"),)))

    assert found.promised is not None and found.promised.amount == 3


@pytest.mark.parametrize(("cards", "is_exempted"), [
    ((), False),
    ((card(12, CardState.ISSUED),), False),
    ((card(12, CardState.EXEMPTED),), True),
    ((card(12, CardState.EXEMPTED), card(15, CardState.ISSUED, "statutory")), False),  # the red card stays
    ((card(12, CardState.EXEMPTED), card(15, CardState.WRITTEN_OFF, "statutory")), True),
    ((card(12, CardState.EXEMPTED), card(15, CardState.ISSUED, "stage:17")), True),  # of a step, not of the case's limit
    ((card(12, CardState.EXEMPTED, "stage:17"),), False),
    ((card(12, CardState.WRITTEN_OFF),), False),
])
def test_a_lapse_is_exempted_when_every_card_it_brought_and_kept_is(cards: tuple[Card, ...], is_exempted: bool) -> None:
    assert counted(case(cards=cards)).is_exempted is is_exempted


def test_the_day_a_case_ended_is_the_day_in_shanghai() -> None:
    found = counted(case(ended_at=datetime(2026, 3, 31, 16, 30, tzinfo=UTC), state=State.WITHDRAWN))

    assert (found.ended_on, found.standing) == (date(2026, 4, 1), Standing.WITHDRAWN)


@pytest.mark.parametrize(("changes", "is_late"), [
    ({}, True),  # due on the 31st, and the month is over
    ({"accepted_on": date(2026, 4, 1)}, False),
    ({"concluded_on": date(2026, 3, 31)}, False),
    ({"concluded_on": date(2026, 4, 1)}, True),  # open as the month ended
    ({"ended_on": date(2026, 3, 31)}, False),
    ({"ended_on": date(2026, 4, 1)}, True),
    ({"governing": Measured(amount=5, unit=Unit.WORKDAY, due_on=date(2026, 4, 1))}, False),
    ({"governing": Measured(amount=5, unit=Unit.WORKDAY, due_on=None)}, False),  # stopped
    ({"governing": None}, False),
    ({"accepted_on": None}, False),
])
def test_overdue_is_what_was_open_and_late_as_the_month_ended(changes: dict[str, Any], is_late: bool) -> None:
    usual = counted(case(clocks=(clock("promised", LimitKind.PROMISED, 19, "2026-03-31"),)))

    assert is_overdue(replace(usual, **changes), MARCH, MARCH.last) is is_late
