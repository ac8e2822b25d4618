"""Whose limit counts, and what an office may promise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.limits import Limit, LimitKind, Unit
from engine.precedence import (
    Commitment,
    Departure,
    Settled,
    Source,
    check_commitment,
    check_promise,
    is_longer,
    settle,
)

PROMISED = Limit(amount=8)
TARGET = Limit(amount=5, kind=LimitKind.TARGET)
DEPARTURE = Departure(basis="湘政办发〔2021〕72号", approver="市审改办", explanation="注销涉及清税,条例施行前已公布")

amounts = st.integers(0, 40)
units = st.sampled_from(Unit)
limits = st.builds(Limit, amount=amounts, unit=units, kind=st.sampled_from(LimitKind), basis=st.text(max_size=3))
values = st.none() | st.builds(Limit, amount=amounts, unit=units)
commitments = st.none() | st.builds(Commitment, item=st.just("x"), amount=amounts, unit=units)


def committed(amount: int, unit: Unit = Unit.WORKDAY) -> Commitment:
    return Commitment(item="joint_completion_inspection", amount=amount, unit=unit, clause="第六条",
                      agreement="招商协议〔2026〕8号")


@pytest.mark.parametrize(("office", "catalogue", "commitment", "amount", "source"), [
    (None, None, None, 8, Source.DIAGRAM),
    (None, Limit(amount=7), None, 7, Source.CATALOGUE),
    (Limit(amount=6), Limit(amount=7), None, 6, Source.OFFICE),
    (Limit(amount=9), Limit(amount=7), None, 9, Source.OFFICE),  # the office's own value, even if it is longer
    (Limit(amount=6), Limit(amount=7), committed(5), 5, Source.COMMITMENT),
    (Limit(amount=6), None, committed(6), 6, Source.OFFICE),  # no shorter
    (Limit(amount=6), None, committed(7), 6, Source.OFFICE),
])
def test_a_shorter_commitment_then_the_office_then_the_catalogue_then_the_diagram(
    office: Limit | None, catalogue: Limit | None, commitment: Commitment | None, amount: int, source: Source,
) -> None:
    settled = settle(PROMISED, office=office, catalogue=catalogue, commitment=commitment)

    assert settled is not None and (settled.limit.amount, settled.source) == (amount, source)


def test_the_page_can_show_why_a_commitment_does_not_count() -> None:
    longer = settle(PROMISED, office=None, catalogue=None, commitment=committed(10))
    otherwise = settle(PROMISED, office=None, catalogue=None, commitment=committed(3, Unit.CALENDAR_DAY))

    assert longer is not None and longer.passed_over == "the commitment of 10 workday is not shorter than 8 workday"
    assert otherwise is not None and "cannot be compared" in otherwise.passed_over and otherwise.limit == PROMISED


def test_a_commitment_carries_its_agreement_and_clause_as_the_basis() -> None:
    settled = settle(PROMISED, office=None, catalogue=None, commitment=committed(5))

    assert settled is not None and settled.limit.basis == "招商协议〔2026〕8号 第六条"


@pytest.mark.parametrize(("amount", "becomes", "days"), [
    (4, LimitKind.PROMISED, 4),
    (5, LimitKind.PROMISED, 5),  # 力争5个工作日 becomes a promise when the agreement says the same
    (6, LimitKind.TARGET, 5),  # nobody has promised five
])
def test_a_target_that_an_agreement_promises_becomes_a_promise(amount: int, becomes: LimitKind, days: int) -> None:
    settled = settle(TARGET, office=None, catalogue=None, commitment=committed(amount))

    assert settled is not None and settled.becomes is settled.limit.kind is becomes and settled.limit.amount == days


def test_half_a_day_is_shorter_than_a_working_day() -> None:
    settled = settle(Limit(amount=1), office=None, catalogue=None, commitment=committed(1, Unit.HALF_DAY))

    assert settled is not None and (settled.limit.amount, settled.limit.unit) == (1, Unit.HALF_DAY)


@pytest.mark.parametrize("kind", [LimitKind.STATUTORY, LimitKind.NOTICE, LimitKind.APPLICANT, LimitKind.HAND_OVER])
def test_an_agreement_shortens_neither_the_statute_nor_a_notice_to_the_public(kind: LimitKind) -> None:
    drawn = Limit(amount=20, kind=kind)

    settled = settle(drawn, office=None, catalogue=None, commitment=committed(5))

    assert settled is not None and settled.limit == drawn and settled.source is Source.DIAGRAM and settled.passed_over


def test_a_limit_drawn_without_a_number_does_not_start_before_somebody_gives_it_one() -> None:
    drawn = Limit(amount=0, item="外线工程", needs_commitment=True)

    assert settle(drawn, office=None, catalogue=None, commitment=None) is None
    filled = settle(drawn, office=None, catalogue=Limit(amount=4, basis="岳审改〔2026〕1号"), commitment=None)
    assert filled is not None and filled.source is Source.CATALOGUE
    assert (filled.limit.amount, filled.limit.basis, filled.limit.needs_commitment) == (4, "岳审改〔2026〕1号", False)


@given(amount=amounts, unit=units, office=values, catalogue=values)
def test_a_limit_only_the_project_can_number_has_the_project_s_number_whatever_its_length(
    amount: int, unit: Unit, office: Limit | None, catalogue: Limit | None,
) -> None:
    drawn = Limit(amount=0, item="发布土地出让公告", needs_commitment=True)

    settled = settle(drawn, office=office, catalogue=catalogue, commitment=committed(amount, unit))

    assert settled is not None and settled.source is Source.COMMITMENT
    assert (settled.limit.amount, settled.limit.unit, settled.limit.needs_commitment) == (amount, unit, False)


@given(limits, values, values, commitments)
def test_a_commitment_never_lengthens_what_counts_without_it(
    drawn: Limit, office: Limit | None, catalogue: Limit | None, commitment: Commitment | None,
) -> None:
    without = settle(drawn, office=office, catalogue=catalogue, commitment=None)
    settled = settle(drawn, office=office, catalogue=catalogue, commitment=commitment)

    assert settled is not None and without is not None
    assert is_longer(settled.limit, without.limit) is False
    assert settled.source is Source.COMMITMENT or (settled.limit, settled.source) == (without.limit, without.source)


@given(limits, values, values, commitments)
def test_a_kind_changes_only_from_a_target_to_a_promise_and_only_by_a_commitment(
    drawn: Limit, office: Limit | None, catalogue: Limit | None, commitment: Commitment | None,
) -> None:
    settled = settle(drawn, office=office, catalogue=catalogue, commitment=commitment)

    assert settled is not None and settled.becomes is settled.limit.kind
    if settled.becomes is not drawn.kind:
        assert (drawn.kind, settled.becomes, settled.source) == (LimitKind.TARGET, LimitKind.PROMISED, Source.COMMITMENT)


@given(limits, values, values, commitments)
def test_how_a_limit_is_counted_stays_as_drawn(
    drawn: Limit, office: Limit | None, catalogue: Limit | None, commitment: Commitment | None,
) -> None:
    settled = settle(drawn, office=office, catalogue=catalogue, commitment=commitment)

    assert isinstance(settled, Settled)
    assert (settled.limit.count_first_day, settled.limit.roll_off_holiday, settled.limit.item) == (
        drawn.count_first_day, drawn.roll_off_holiday, drawn.item)


@given(st.builds(Limit, amount=amounts, unit=units), st.builds(Limit, amount=amounts, unit=units))
def test_of_two_lengths_at_most_one_is_the_longer(one: Limit, other: Limit) -> None:
    there, back = is_longer(one, other), is_longer(other, one)

    assert (there is None) == (back is None) and not (there and back)


def test_a_promise_longer_than_the_statute_is_refused_with_a_way_out() -> None:
    statutory = Limit(amount=6, kind=LimitKind.STATUTORY, basis="市场主体登记管理条例 art. 19")

    longer = r"10 workday is longer than the statutory 6 workday \(市场主体.*exception"
    with pytest.raises(InvalidInput, match=longer) as refused:
        check_promise(Limit(amount=10), statutory, None)

    assert refused.value.field == "amount"


@pytest.mark.parametrize(("promised", "statutory"), [
    (Limit(amount=6), Limit(amount=6)), (Limit(amount=0), Limit(amount=1, unit=Unit.MONTH)),
    (Limit(amount=1, unit=Unit.HALF_DAY), Limit(amount=3)), (Limit(amount=1), Limit(amount=2, unit=Unit.HALF_DAY)),
])
def test_a_promise_no_longer_than_the_statute_is_right(promised: Limit, statutory: Limit) -> None:
    check_promise(promised, statutory, None)


def test_a_promise_that_cannot_be_compared_is_refused() -> None:
    with pytest.raises(InvalidInput, match="calendar_day cannot be compared") as refused:
        check_promise(Limit(amount=5, unit=Unit.CALENDAR_DAY), Limit(amount=20), None)

    assert refused.value.field == "unit"


def test_the_seed_s_general_deregistration_stands_as_a_documented_exception() -> None:
    check_promise(Limit(amount=10), Limit(amount=6, kind=LimitKind.STATUTORY), DEPARTURE)
    check_promise(Limit(amount=5, unit=Unit.CALENDAR_DAY), Limit(amount=20), DEPARTURE)


@pytest.mark.parametrize("field", ["basis", "approver", "explanation"])
def test_an_exception_without_its_document_approver_or_reason_is_none(field: str) -> None:
    given_values = {"basis": "文", "approver": "人", "explanation": "因", field: " "}

    with pytest.raises(InvalidInput) as refused:
        Departure(**given_values)

    assert refused.value.field == f"exception.{field}"


def test_a_commitment_in_a_unit_that_cannot_be_compared_is_refused_when_it_is_entered() -> None:
    with pytest.raises(InvalidInput, match="give it in workday") as refused:
        check_commitment(committed(5, Unit.CALENDAR_DAY), PROMISED)

    assert refused.value.field == "unit"
    check_commitment(committed(5, Unit.CALENDAR_DAY), Limit(amount=0, needs_commitment=True))
