"""Ways of accepting: what each needs, and what the law and the office's rules refuse."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest

from engine import accepting, events, moves
from engine.acceptance_facts import Missing
from engine.accepting import Signature, Template
from engine.case import Case
from engine.consequences import Terms
from engine.errors import Forbidden, InvalidInput
from engine.lifecycle import State
from engine.limits import Limit, LimitKind
from engine.supervision import Policy
from engine.undertakings import DECLARATIONS, DeclarationState, OnLapse
from tests.engine.telling import CALENDAR, NOW, accepted, after, day, in_state, kinds, lapse, opened, then

SIGNED = Signature(signer="赵经理", text="承诺补齐")
PLAN = Missing(name="总平面图", supply_on=date(2026, 3, 10))
LETTER = Missing(name="授权书", supply_on=date(2026, 3, 6))
DECLARED = Template(id=3, version=2, text="承诺符合条件", verify_workdays=20, correct_workdays=10)
INSTANT = Terms(limits=(Limit(amount=0, kind=LimitKind.PROMISED),), calendar=CALENDAR, policy=Policy(), hands_over=True)


def conditionally(template: Template | None = None) -> Case:
    """Accepted on the 4th, promised until the 11th, with two materials missing."""
    case = accepted()
    return then(case, accepting.conditional(case, [PLAN, LETTER], SIGNED, template, NOW))


def declared() -> Case:
    """Accepted on a declaration."""
    case = accepted()
    return then(case, accepting.declare(case, SIGNED, DECLARED, "", NOW))


def granted(case: Case) -> Case:
    """A case after 准予."""
    return then(case, events.DecisionMade(granted=True, node="n"))


def test_the_supply_period_runs_to_the_next_day_something_is_due_and_ends_with_the_last() -> None:
    case = conditionally()
    clocks = [(clock.kind, clock.due_on) for clock in case.running if clock.name == "supply"]
    some = then(case, accepting.supply(case, names=["授权书"], role="", by="王", now=NOW))
    all_of_it = then(some, accepting.supply(some, names=["总平面图"], role="", by="王", now=NOW))

    assert clocks == [(LimitKind.APPLICANT, date(2026, 3, 6))]
    supply = some.clock("supply")
    assert supply is not None and supply.due_on == date(2026, 3, 10)
    assert all_of_it.clock("supply") is None and all_of_it.supply is None


@pytest.mark.parametrize(("missing", "field"), [
    ([], "data.missing_materials"),
    ([PLAN, PLAN], "data.missing_materials"),
    ([Missing(name="图", supply_on=date(2026, 3, 12))], "data.missing_materials.0.supply_on"),  # the case is due on the 11th
    ([PLAN, Missing(name="图", supply_on=date(2026, 3, 3))], "data.missing_materials.1.supply_on"),  # over
])
def test_the_supply_days_lie_between_today_and_the_promised_day(missing: list[Missing], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        accepting.conditional(accepted(), missing, SIGNED, None, NOW)

    assert refused.value.field == field


@pytest.mark.parametrize(("given", "field"), [
    ({"signer": ""}, "data.signer"), ({"text": " "}, "data.undertaking_text"),
    ({"is_agent": True, "mandate": "委1", "may_sign": False}, "data.mandate"),
    ({"is_agent": True, "mandate": " ", "may_sign": True}, "data.mandate"),
])
def test_an_undertaking_is_signed_by_the_applicant_or_by_a_mandate_that_says_so(given: dict[str, Any], field: str) -> None:
    signature = Signature(**{"signer": "赵", "text": "承诺", **given})

    with pytest.raises(InvalidInput) as refused:
        accepting.conditional(accepted(), [PLAN], signature, None, NOW)

    assert refused.value.field == field


def test_the_text_of_the_template_is_what_was_signed() -> None:
    fact = accepting.declare(accepted(), SIGNED, DECLARED, "", NOW)

    assert isinstance(fact, events.ComplianceDeclared)
    signed = fact.undertaking
    assert (signed.text, signed.template, signed.version) == ("承诺符合条件", 3, 2)
    assert signed.digest == hashlib.sha256("承诺符合条件".encode()).hexdigest()


@pytest.mark.parametrize(("template", "barred", "match"), [
    (None, "", "no 告知承诺书 in force"),
    (Template(id=4, version=1, text="", excluded="国家安全"), "", "国家安全"),
    (DECLARED, "虚假承诺 (岳信1)", "out of credit: 虚假承诺"),
])
def test_who_and_what_is_barred_from_declarations(template: Template | None, barred: str, match: str) -> None:
    with pytest.raises(Forbidden, match=match):
        accepting.declare(accepted(), SIGNED, template, barred, NOW)


@pytest.mark.parametrize("milestone", ["certified", "handed_over", "archived"])
def test_nothing_leaves_the_house_while_something_is_missing(milestone: str) -> None:
    case = conditionally()

    with pytest.raises(Forbidden, match="总平面图"):
        moves.reach(case, milestone, "n", NOW)


def test_a_grant_is_possible_within_the_supply_period_and_not_after_it() -> None:
    case = conditionally()
    late = then(case, lapse(case, "supply", day(7)), now=day(7))

    assert moves.reach(case, "granted", "n", NOW)
    with pytest.raises(Forbidden, match="the approver 审批人 refuses"):
        moves.reach(late, "granted", "n", day(7))
    assert moves.reach(late, "refused", "n", day(7))


def test_a_lapsed_supply_period_issues_no_card_and_takes_the_approver() -> None:
    case, told = after(conditionally(), lapse(conditionally(), "supply", day(7)), now=day(7))

    assert kinds(told) == ["DeadlineLapsed"] and not case.is_suspended
    with pytest.raises(Forbidden, match="the approver 审批人"):
        accepting.supply(case, names=["授权书"], role="clerk", by="王", now=day(7))
    fact = accepting.supply(case, names=["授权书"], role="approver", by="周", now=day(7))
    assert isinstance(fact, events.MaterialsSupplied) and fact.approved_by == "周"


def test_where_the_template_says_pause_the_days_stand_still_until_all_has_come() -> None:
    case = conditionally(Template(id=1, version=1, text="承诺", on_lapse=OnLapse.PAUSE))
    late, told = after(case, lapse(case, "supply", day(7)), now=day(7))
    some = then(late, events.MaterialsSupplied(names=["授权书"]), now=day(9))
    all_of_it, more = after(some, events.MaterialsSupplied(names=["总平面图"]), now=day(10))

    assert kinds(told)[:2] == ["DeadlineLapsed", "CaseSuspended"] and late.state is State.SUSPENDED
    assert some.is_suspended and not all_of_it.is_suspended and "CaseResumed" in kinds(more)


def test_a_refusal_ends_the_supply_period() -> None:
    case = then(conditionally(), events.DecisionMade(granted=False, node="n"))

    assert case.supply is None and case.clock("supply") is None
    assert moves.reach(then(case, events.CaseConcluded(concluded_on=date(2026, 3, 4))), "handed_over", "n", NOW)


@pytest.mark.parametrize("names", [[], ["没有这个"]])
def test_only_what_is_missing_can_be_supplied(names: list[str]) -> None:
    with pytest.raises(InvalidInput, match="总平面图"):
        accepting.supply(conditionally(), names=names, role="", by="王", now=NOW)


def test_on_the_spot_is_granted_and_concluded_within_the_limit_of_nought() -> None:
    case = then(opened(), moves.reach(opened(), "on_the_spot", "n", NOW), terms=INSTANT)

    case = then(case, *accepting.at_once(case, "n", NOW), terms=INSTANT)

    assert case.state is State.CONCLUDED and case.granted and case.standing is not None
    assert case.standing.value == "on_time" and case.clock("hand_over") is not None


def test_on_the_spot_is_refused_where_the_limit_is_longer_or_there_is_none() -> None:
    with pytest.raises(Forbidden, match="is 5 workday"):
        accepting.at_once(accepted(), "n", NOW)
    with pytest.raises(Forbidden, match="is none"):
        accepting.at_once(in_state(State.ACCEPTED), "n", NOW)


def test_a_declaration_is_verified_within_its_working_days_of_the_decision_even_after_the_end() -> None:
    case = granted(declared())
    ended = then(case, events.ProcessCompleted(ends=("done",)))

    clock = next(each for each in ended.running)
    assert (clock.name.split(":")[-1], clock.kind, clock.amount) == ("verification", LimitKind.FOLLOW_UP, 20)
    assert clock.due_on == date(2026, 4, 1)
    done = then(ended, accepting.verified(ended, findings="属实"))
    assert not list(done.running)


def test_what_is_not_met_is_to_be_mended_and_a_lapse_fails_it() -> None:
    case = granted(declared())
    unmet = then(case, accepting.unmet(case, findings="绿地不足", document="整1"))
    name = next(clock.name for clock in unmet.running if clock.name.endswith("correction"))
    late, told = after(unmet, lapse(unmet, name, day(30)), now=day(30))

    assert not [clock for clock in unmet.running if clock.name.endswith("verification")]
    assert "DeclarationFailed" in kinds(told) and late.declaration is not None
    assert late.declaration.state is DeclarationState.FAILED


def _judge(case: Case, state: DeclarationState) -> events.Fact:
    match state:
        case DeclarationState.VERIFIED:
            return accepting.verified(case, findings="x")
        case DeclarationState.UNMET:
            return accepting.unmet(case, findings="x", document="整1")
        case _:
            return accepting.failed(case, findings="x")


@pytest.mark.parametrize("wanted", [state for state in DeclarationState if state is not DeclarationState.DECLARED])
@pytest.mark.parametrize("before", list(DeclarationState))
def test_each_state_of_a_declaration_allows_what_its_table_says(before: DeclarationState, wanted: DeclarationState) -> None:
    case = granted(declared())
    if before is not DeclarationState.DECLARED:
        case = then(case, _judge(case, before))

    if wanted in DECLARATIONS[before]:
        assert _judge(case, wanted)
    else:
        with pytest.raises(Forbidden, match=f"is {before.value}"):
            _judge(case, wanted)


def test_nothing_is_verified_before_the_decision_or_without_a_declaration() -> None:
    with pytest.raises(Forbidden, match="has not been granted"):
        accepting.verified(declared(), findings="x")
    with pytest.raises(Forbidden, match="not decided on a declaration"):
        accepting.verified(granted(accepted()), findings="x")
