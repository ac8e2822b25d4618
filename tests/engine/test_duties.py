"""Who may act: roles within a scope, one natural person one duty, substitutes, agents."""

from datetime import date

import pytest

from engine.duties import (
    Absence,
    Actor,
    Deed,
    Duty,
    Grant,
    Mandate,
    People,
    Person,
    Work,
    admit,
    admit_for_applicant,
    duty_of,
    entrusted,
    may_sign,
    require_role,
    separate,
)
from engine.errors import Forbidden

TODAY = date(2026, 3, 4)
JANUARY = date(2026, 1, 1)


def person(id: str, natural: str | None = None, until_on: date | None = None) -> Person:
    return Person(id=id, name=id, unit="市资规局", natural=natural or id, since_on=JANUARY, until_on=until_on)


def grant(role: str, **scope: str) -> Grant:
    return Grant(role=role, since_on=JANUARY, **scope)


PEOPLE = People(
    persons={each.id: each for each in (
        person("王"), person("李"), person("李二", natural="李"), person("赵"), person("钱"), person("帮"),
        person("退", until_on=date(2026, 3, 3)))},
    grants={"王": (grant("clerk"),), "李": (grant("reviewer", department="市资规局"),), "李二": (grant("approver"),),
            "赵": (grant("approver", park="临港高新区(含综合区)"),), "钱": (grant("reviewer", department="市住建局"),),
            "帮": (grant("agent"),), "退": (grant("clerk"),)},
    absences={"李": (Absence(substitute="钱", first_on=TODAY, last_on=TODAY, reason="出差"),)},
    mandates={"帮": (Mandate(number="委1", principal="岳阳某公司", deeds=frozenset({Deed.APPLY, Deed.COLLECT}),
                            first_on=JANUARY, last_on=date(2026, 3, 4)),)})


def work(role: str | None, act: str = "review", unit: str = "市资规局", park: str = "") -> Work:
    return Work(role=role, duty=duty_of(act, role), park=park, unit=unit, process="four_permits")


def test_the_holder_of_a_role_in_its_scope_is_admitted() -> None:
    assert admit(PEOPLE, "李", work("reviewer"), (), TODAY, command="claim") == Actor(
        id="李", natural=("李",), duty=Duty.REVIEWING)


@pytest.mark.parametrize(("by", "asked", "reason"), [
    ("孙", work("reviewer"), "not among the people"),  # nobody entered him
    ("退", work("clerk", "receive"), "not in office on 2026-03-04"),  # he left yesterday
    ("王", work("reviewer"), "does not hold the role"),  # a clerk reviews nothing
    ("钱", work("reviewer", unit="市水利局"), "does not hold the role"),  # another department's work
    ("赵", work("approver", "decide", park="平江高新区"), "does not hold the role"),  # another park
])
def test_nobody_acts_outside_of_his_roles_scope_and_time(by: str, asked: Work, reason: str) -> None:
    with pytest.raises(Forbidden, match=reason):
        admit(PEOPLE, by, asked, (), TODAY, command="claim")


def test_whoever_received_a_case_does_not_review_it_under_a_second_account_either() -> None:
    hands = ((Duty.REVIEWING.value, "李"),)

    with pytest.raises(Forbidden, match="李 has done 审查"):
        admit(PEOPLE, "李二", work("approver", "decide"), hands, TODAY, command="complete")


@pytest.mark.parametrize(("done", "wanted", "is_refused"), [
    (Duty.RECEIVING, Duty.RECEIVING, False), (Duty.RECEIVING, Duty.REVIEWING, True), (Duty.RECEIVING, Duty.DECIDING, True),
    (Duty.REVIEWING, Duty.RECEIVING, True), (Duty.REVIEWING, Duty.DECIDING, True), (Duty.DECIDING, Duty.REVIEWING, True),
    (Duty.AGENT, Duty.RECEIVING, True), (Duty.AGENT, Duty.REVIEWING, True), (Duty.DECIDING, Duty.AGENT, True),
    (Duty.AGENT, Duty.AGENT, False),
])
def test_receiving_reviewing_deciding_and_acting_for_the_applicant_are_kept_apart(
    done: Duty, wanted: Duty, is_refused: bool,
) -> None:
    try:
        separate("王", wanted, ((done.value, "王"), (wanted.value, "李")), command="complete")
        refused = False
    except Forbidden:
        refused = True

    assert refused is is_refused


def test_an_office_may_let_the_reviewer_of_an_instant_matter_decide_but_never_the_clerk() -> None:
    separate("李", Duty.DECIDING, ((Duty.REVIEWING.value, "李"),), command="complete", reviewer_may_decide=True)

    with pytest.raises(Forbidden):
        separate("王", Duty.DECIDING, ((Duty.RECEIVING.value, "王"),), command="complete", reviewer_may_decide=True)


def test_what_is_not_a_duty_may_be_done_by_anybody_of_the_role() -> None:
    assert duty_of("hand_over", "clerk") is None and duty_of("other", "reviewer") is None
    separate("王", None, ((Duty.DECIDING.value, "王"),), command="complete")


def test_a_reviewer_who_verifies_in_his_department_reviews() -> None:
    assert duty_of("verify", "reviewer") is Duty.REVIEWING and duty_of("verify", "clerk") is Duty.RECEIVING
    assert duty_of("decide", None) is Duty.DECIDING


def test_a_substitute_acts_for_whoever_is_away_with_the_bans_of_both() -> None:
    actor = admit(PEOPLE, "钱", work("reviewer"), (), TODAY, command="claim")

    assert actor.on_behalf == "李" and actor.natural == ("钱", "李")
    with pytest.raises(Forbidden, match="李 has done 受理"):
        admit(PEOPLE, "钱", work("reviewer"), ((Duty.RECEIVING.value, "李"),), TODAY, command="claim")
    with pytest.raises(Forbidden, match="does not hold the role"):
        admit(PEOPLE, "钱", work("reviewer"), (), date(2026, 3, 5), command="claim")


def test_an_office_without_people_asks_for_no_role_but_keeps_duties_apart() -> None:
    nobody = People()

    assert admit(nobody, "王", work("reviewer"), (), TODAY, command="claim").natural == ("王",)
    with pytest.raises(Forbidden):
        admit(nobody, "王", work("reviewer"), ((Duty.RECEIVING.value, "王"),), TODAY, command="claim")
    require_role(nobody, "王", {"head_of_office"}, work(None), TODAY, command="approve")


def test_a_role_that_is_required_is_asked_of_the_register() -> None:
    require_role(PEOPLE, "王", {"clerk", "reviewer"}, work(None), TODAY, command="remind")

    with pytest.raises(Forbidden, match="holds none of the roles head_of_office"):
        require_role(PEOPLE, "王", {"head_of_office"}, work(None), TODAY, command="approve")


@pytest.mark.parametrize(("deed", "principal", "on", "reason"), [
    (Deed.WITHDRAW, "岳阳某公司", TODAY, "does not cover “withdraw”"),  # too narrow
    (Deed.APPLY, "别的公司", TODAY, "has no mandate 委托书 for 别的公司"),  # another applicant
    (Deed.APPLY, "岳阳某公司", date(2026, 3, 5), "ran from 2026-01-01 to 2026-03-04"),  # over since yesterday
])
def test_an_agent_acts_only_within_his_mandate(deed: Deed, principal: str, on: date, reason: str) -> None:
    with pytest.raises(Forbidden, match=reason):
        entrusted(PEOPLE, "帮", deed, ("", principal), "", on, command="open")


@pytest.mark.parametrize(("number", "principal", "on", "reason"), [
    ("委9", "岳阳某公司", TODAY, "is entered"),  # nobody has entered it
    ("委1", "别的公司", TODAY, "is entered"),  # another applicant's
    ("委1", "岳阳某公司", date(2026, 3, 5), "runs from"),  # over since yesterday
    ("委1", "岳阳某公司", TODAY, "does not say"),  # it covers applying and collecting
])
def test_an_agent_signs_no_undertaking_unless_his_mandate_says_so(number: str, principal: str, on: date, reason: str) -> None:
    with pytest.raises(Forbidden, match=reason):
        may_sign(PEOPLE, number, (principal,), "", on, command="sign")


def test_an_agent_whose_mandate_says_so_signs() -> None:
    signing = Mandate(number="委2", principal="岳阳某公司", deeds=frozenset({Deed.DECLARE}), first_on=JANUARY, last_on=TODAY)

    may_sign(People(persons=PEOPLE.persons, mandates={"帮": (signing,)}), "委2", ("岳阳某公司",), "", TODAY, command="sign")
    may_sign(People(), "", (), "", TODAY, command="sign")


def test_whoever_is_no_agent_needs_no_mandate_and_an_agents_deed_is_marked() -> None:
    assert entrusted(PEOPLE, "王", Deed.APPLY, ("岳阳某公司",), "", TODAY, command="open") is None

    actor = admit_for_applicant(PEOPLE, "帮", Deed.COLLECT, ("岳阳某公司",), work("applicant", "hand_over"), (), TODAY,
                                command="complete")

    assert actor == Actor(id="帮", natural=("帮",), duty=Duty.AGENT, mandate="委1")
