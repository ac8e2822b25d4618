"""Granted permits: what the law lets a case grant, and what a later case may do to one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine import events, permitting
from engine.case import Case
from engine.errors import Forbidden, InvalidInput
from engine.lifecycle import State
from engine.permit_facts import Condition
from engine.permits import ALLOWED, RESULTS, Act, PermitState
from engine.permitting import NewPermit, Standing
from tests.engine.telling import NOW, accepted, after, day, in_state, kinds, lapse, opened, then

BEGIN = Condition(name="begin_work", label="三个月内开工", amount=3, unit="month", basis="建筑法第九条", extensions=2,
                  extension_amount=3)


def new(**given: Any) -> NewPermit:
    """A construction permit."""
    return NewPermit(**{"number": "证1", "sort": "construction", "name": "施工许可证", "holder": "某公司", "holder_code": "",
                        "authority": "住建局", "seal": "章", "valid_from": date(2026, 3, 4), "valid_until": None,
                        "conditions": (BEGIN,), **given})


def decided() -> Case:
    """A case after 准予."""
    return then(accepted(), events.DecisionMade(granted=True, node="n"))


def granting(now: datetime = NOW, **given: Any) -> Case:
    """The same, with a permit."""
    return then(decided(), permitting.grant(decided(), new(**given), now), now=now)


def standing(state: PermitState = PermitState.IN_FORCE, until: date | None = date(2026, 12, 31)) -> Standing:
    """A permit of the register."""
    return Standing(number="证1", state=state, valid_until=until)


def name(act: str, permit: Standing | None = None, **given: Any) -> events.PermitNamed:
    """A new case about a permit, on 2026-03-04."""
    changes = {"holder": "新公司"} if act == "change" else {}
    return permitting.name(permit or standing(), act=act, now=NOW, **{
        "ground": "申请", "changes": changes, "late_reason": "", **given})


def test_a_permit_is_granted_after_the_decision_to_grant_only() -> None:
    assert permitting.grant(decided(), new(), NOW)
    for case in (accepted(), then(accepted(), events.DecisionMade(granted=False, node="n")), in_state(State.RECEIVED)):
        with pytest.raises(Forbidden, match="a permit is made after 准予"):
            permitting.grant(case, new(), NOW)


def test_of_several_decisions_one_refusal_is_enough_to_refuse() -> None:
    refused = then(accepted(), events.DecisionMade(granted=False, node="planning"))

    case = then(refused, events.DecisionMade(granted=True, node="construction"))

    assert case.granted is False
    with pytest.raises(Forbidden, match="without a decision to grant"):
        permitting.grant(case, new(), NOW)


@pytest.mark.parametrize(("given", "field"), [
    ({"valid_until": date(2026, 3, 3)}, "valid_until"), ({"valid_until": date(9999, 1, 1)}, "valid_until"),
    ({"valid_from": date(2027, 1, 1), "valid_until": date(2026, 12, 1)}, "valid_until"), ({"holder": " "}, "holder"),
])
def test_a_permit_has_a_holder_and_does_not_end_before_it_begins(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        permitting.grant(decided(), new(**given), NOW)

    assert refused.value.field == field


@pytest.mark.parametrize(("granted_at", "due"), [
    (datetime(2025, 11, 30, 2, tzinfo=UTC), date(2026, 2, 28)),  # no such day: the month's last, a make-up Saturday
    (datetime(2026, 3, 4, 2, tzinfo=UTC), date(2026, 6, 4)),
    (datetime(2026, 7, 2, 2, tzinfo=UTC), date(2026, 10, 8)),  # 2 October is a holiday: the first working day after it
])
def test_three_months_are_counted_as_the_civil_code_counts_months(granted_at: datetime, due: date) -> None:
    clock = next(each for each in granting(granted_at).running if each.name.endswith("begin_work"))

    assert clock.due_on == due


def test_two_extensions_count_from_the_grant_and_a_third_is_refused() -> None:
    case = granting()
    dues = []
    for _ in range(2):
        case = then(case, permitting.extend(case, permit="证1", condition="begin_work", document="延1", now=NOW))
        dues.append(next(each.due_on for each in case.running if each.name.endswith("begin_work")))

    assert dues == [date(2026, 9, 4), date(2026, 12, 4)]
    with pytest.raises(Forbidden, match="allows 2"):
        permitting.extend(case, permit="证1", condition="begin_work", document="延3", now=NOW)


def test_a_condition_not_met_in_time_makes_the_permit_lapse_and_stops_its_other_clocks() -> None:
    case = granting(valid_until=date(2027, 3, 3))
    clock = next(each.name for each in case.running if each.name.endswith("begin_work"))

    late, told = after(case, lapse(case, clock, datetime(2026, 6, 5, tzinfo=UTC)), now=datetime(2026, 6, 5, tzinfo=UTC))

    assert "PermitLapsed" in kinds(told) and late.permits[0].state is PermitState.LAPSED
    assert not [each for each in late.running if each.name.startswith("follow_up")]


def test_a_condition_that_was_met_leaves_no_clock() -> None:
    case = granting()

    met = then(case, permitting.meet(case, permit="证1", condition="begin_work", met_on=date(2026, 3, 4), now=NOW))

    assert not [each for each in met.running if each.name.startswith("follow_up")]
    with pytest.raises(InvalidInput, match="has not come yet"):
        permitting.meet(case, permit="证1", condition="begin_work", met_on=date(2026, 3, 5), now=NOW)


@pytest.mark.parametrize(("permit", "condition", "field"), [("证2", "begin_work", "permit"), ("证1", "finish", "condition")])
def test_a_condition_is_one_the_permit_was_granted_under(permit: str, condition: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        permitting.extend(granting(), permit=permit, condition=condition, document="延1", now=NOW)

    assert refused.value.field == field


def test_a_permit_that_ends_expires_on_its_day() -> None:
    case = granting(valid_until=date(2026, 3, 20), conditions=())
    clock = next(each.name for each in case.running if each.name.endswith("expiry"))

    over, told = after(case, lapse(case, clock, day(21)), now=day(21))

    assert "PermitExpired" in kinds(told) and over.permits[0].state is PermitState.EXPIRED


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("state", list(PermitState))
def test_each_state_of_a_permit_allows_what_its_table_says(state: PermitState, act: Act) -> None:
    allowed = RESULTS[act] in ALLOWED[state] and (act is Act.CANCEL or state is PermitState.IN_FORCE)

    if allowed:
        assert name(act.value, standing(state)).basis
    else:
        with pytest.raises(Forbidden, match=f"is {state.value}"):
            name(act.value, standing(state))


@pytest.mark.parametrize(("act", "basis"), [
    ("change", "第四十九条"), ("renew", "第五十条"), ("annul", "第六十九条"), ("revoke", "第八条"), ("cancel", "第七十条")])
def test_each_act_rests_on_its_article(act: str, basis: str) -> None:
    assert name(act).basis == f"行政许可法{basis}"


@pytest.mark.parametrize(("until", "is_late"), [(date(2026, 4, 3), False), (date(2026, 4, 2), True)])
def test_a_renewal_comes_thirty_days_before_the_end(until: date, is_late: bool) -> None:
    permit = standing(until=until)

    if is_late:
        with pytest.raises(Forbidden, match=r"thirty days before, by 2026-03-03 \(行政许可法 art. 50\)"):
            name("renew", permit)
        assert name("renew", permit, late_reason="不可抗力").late_reason == "不可抗力"
    else:
        assert name("renew", permit).late_reason == ""


@pytest.mark.parametrize(("act", "given", "field"), [
    ("burn", {}, "data.permit_act"), ("annul", {"ground": " "}, "data.ground"), ("change", {"changes": {}}, "data.changes"),
    ("change", {"changes": {"valid_until": "2030-01-01"}}, "data.changes.valid_until"),
    ("change", {"changes": {"holder": " "}}, "data.changes"),
])
def test_a_case_about_a_permit_says_what_why_and_into_what(act: str, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        name(act, **given)

    assert refused.value.field == field


def test_a_permit_without_end_has_nothing_to_renew() -> None:
    with pytest.raises(Forbidden, match="nothing to renew"):
        name("renew", standing(until=None))


def test_the_decision_does_what_was_asked_once_and_a_renewal_only_with_the_new_permit() -> None:
    annulling = then(opened(), name("annul"))
    _, told = after(annulling, events.DecisionMade(granted=True, node="n"))
    renewing = then(opened(), name("renew"))
    renewed, waits = after(renewing, events.DecisionMade(granted=True, node="n"))
    _, granted = after(renewed, permitting.grant(renewed, new(number="证2"), NOW))

    assert "PermitActedOn" in kinds(told) and "PermitActedOn" not in kinds(waits)
    assert kinds(granted)[0] == "PermitGranted" and "PermitActedOn" in kinds(granted)


def test_the_granting_case_learns_of_an_act_once() -> None:
    case = granting()

    told = permitting.told(case, permit="证1", act=Act.REVOKE, by_case="430600")
    assert told is not None
    after_it = then(case, told)

    assert after_it.permits[0].state is PermitState.REVOKED and not [
        each for each in after_it.running if each.name.startswith("follow_up")]
    assert permitting.told(after_it, permit="证1", act=Act.REVOKE, by_case="430600") is None
