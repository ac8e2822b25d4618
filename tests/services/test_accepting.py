"""Ways of accepting, on both databases: conditionally, on a declaration, on the spot; and what is owed afterwards."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest

from engine.errors import Forbidden, InvalidInput
from engine.limits import LimitKind
from engine.undertakings import OnLapse
from services import credit, jobs, rulings, undertakings
from services.credit import NewRecord
from services.database import reading, writing
from services.rulings import NewLimit
from services.undertakings import Kind, NewTemplate
from tests.services.desk import Desk, day

CODE = "91430600MA40000130"
MISSING = [{"name": "总平面图电子版", "supply_on": "2026-03-10"}, {"name": "授权书原件", "supply_on": "2026-03-06"}]
SIGNED = {"missing_materials": MISSING, "undertaking_text": "本单位承诺按期补齐", "signer": "赵经理"}
TO_GRANT = ("check_commitment:signed", "decide_planning:grant", "review_drawings:qualified", "register_supervision:done",
            "review_construction:propose_grant", "decide_construction:grant")


def received(desk: Desk, process: str = "four_permits", **data: object) -> str:
    """A case whose materials are to be checked; four permits are due on 2026-03-11."""
    number = desk.open(process, applicant="岳阳某某公司", credit_code=CODE, **data)
    desk.complete(number, "register", "received")
    return number


def conditionally(desk: Desk) -> str:
    """Accepted with two minor materials missing."""
    number = received(desk, planning_review="告知承诺")
    desk.complete(number, "verify", "accept_conditionally", data=SIGNED)
    return number


def do(desk: Desk, number: str, *steps: str) -> None:
    """Complete tasks, each written node:outcome."""
    for step in steps:
        desk.complete(number, *step.split(":"))


def enter(desk: Desk, kind: Kind, process: str = "", **given: object) -> undertakings.TemplateRow:
    """A template in force."""
    new = NewTemplate(kind=kind, process=process, **{"text": "本人承诺", "basis": "岳审改〔2026〕3号", **given})  # type: ignore[arg-type]
    with writing(desk.database) as connection:
        return undertakings.enter_template(connection, new, by="法制", now=desk.now)


def test_a_case_accepted_conditionally_keeps_what_was_signed_and_runs_to_the_first_supply_day(desk: Desk) -> None:
    number = conditionally(desk)

    fact = desk.facts(number, "AcceptedConditionally")[0]["data"]
    assert fact["missing"] == MISSING
    assert fact["undertaking"]["digest"] == hashlib.sha256("本单位承诺按期补齐".encode()).hexdigest()
    assert (desk.case(number).state, desk.case(number).due_on) == ("reviewing", "2026-03-11")
    assert (desk.clocks(number)["supply"].kind, desk.clocks(number)["supply"].due) == ("applicant", "2026-03-06")
    assert desk.problems() == []


def test_while_something_is_missing_the_case_runs_but_nothing_leaves_the_house(desk: Desk) -> None:
    number = conditionally(desk)
    do(desk, number, *TO_GRANT)  # reviewed and granted meanwhile

    with pytest.raises(Forbidden, match=r"still missing are 总平面图电子版 \(by 2026-03-10\)、授权书原件.*supply"):
        desk.complete(number, "certify", "certified")

    desk.command("supply", number, materials=["授权书原件"])
    assert desk.clocks(number)["supply"].due == "2026-03-10"
    desk.command("supply", number, materials=["总平面图电子版"])
    desk.complete(number, "certify", "certified")
    desk.complete(number, "hand_over", "handed_over")
    assert desk.case(number).state == "handed_over" and "supply" not in desk.clocks(number) and desk.problems() == []


def test_a_supply_period_longer_than_the_promise_is_refused(desk: Desk) -> None:
    number = received(desk)

    with pytest.raises(InvalidInput, match=r"2026-03-12, after the case itself is due on 2026-03-11") as refused:
        desk.complete(number, "verify", "accept_conditionally", data={
            **SIGNED, "missing_materials": [{"name": "图纸", "supply_on": "2026-03-12"}]})

    assert refused.value.field == "data.missing_materials.0.supply_on"
    assert desk.case(number).state == "received" and desk.problems() == []


@pytest.mark.parametrize(("given", "field"), [
    ({"missing_materials": []}, "data.missing_materials"),
    ({"missing_materials": [{"name": "图", "supply_on": "2026-13-40"}]}, "data.missing_materials.0.supply_on"),
    ({"missing_materials": [{"name": "图", "supply_on": "2026-03-03"}]}, "data.missing_materials.0.supply_on"),  # yesterday
    ({"missing_materials": [{"name": "图", "supply_on": "2026-03-05"}] * 2}, "data.missing_materials"),
    ({"signer": " "}, "data.signer"), ({"undertaking_text": ""}, "data.undertaking_text"),
    ({"signed_by_agent": True}, "data.mandate"),
    ({"signed_by_agent": True, "mandate": "委〔2026〕1号"}, "data.mandate"),  # the mandate does not say so
])
def test_an_undertaking_that_lacks_something_is_refused_with_the_field(
    desk: Desk, given: dict[str, object], field: str,
) -> None:
    number = received(desk)

    with pytest.raises(InvalidInput) as refused:
        desk.complete(number, "verify", "accept_conditionally", data={**SIGNED, **given})

    assert refused.value.field == field and desk.case(number).state == "received"


def test_an_agent_signs_by_a_mandate_that_says_so(desk: Desk) -> None:
    number = received(desk)

    desk.complete(number, "verify", "accept_conditionally", data={
        **SIGNED, "signed_by_agent": True, "mandate": "委〔2026〕1号", "mandate_covers_signing": True})

    signed = desk.facts(number, "AcceptedConditionally")[0]["data"]["undertaking"]
    assert (signed["agent"], signed["mandate"]) == ("赵经理", "委〔2026〕1号")


def test_after_the_supply_period_only_the_approver_decides_and_no_card_is_issued(desk: Desk) -> None:
    number = conditionally(desk)
    do(desk, number, *TO_GRANT[:-1])
    desk.now = day(9)  # the 6th is over, and nothing came
    desk.ring()

    with pytest.raises(Forbidden, match="the approver 审批人 refuses"):
        desk.complete(number, "decide_construction", "grant")
    with pytest.raises(Forbidden, match="the approver 审批人"):
        desk.command("supply", number, materials=["授权书原件"])
    desk.command("supply", number, materials=["授权书原件", "总平面图电子版"], role="approver", by="周首席")
    desk.complete(number, "decide_construction", "grant")

    assert desk.facts(number, "MaterialsSupplied")[0]["data"]["approved_by"] == "周首席"
    assert [lapse["data"]["clock"] for lapse in desk.facts(number, "DeadlineLapsed")] == ["supply"]
    assert desk.facts(number, "CardIssued") == [] and desk.problems() == []


def test_a_refusal_makes_what_is_missing_of_no_matter(desk: Desk) -> None:
    number = conditionally(desk)
    do(desk, number, *TO_GRANT[:-1])
    desk.now = day(9)

    desk.complete(number, "decide_construction", "refuse")
    desk.complete(number, "hand_over_partly", "handed_over")

    assert {clock.kind for clock in desk.clocks(number).values()} == {"push"}  # of what was granted beside the refusal
    assert desk.case(number).state == "handed_over" and desk.problems() == []


def test_a_template_may_say_that_the_days_stand_still_after_the_supply_period(desk: Desk) -> None:
    enter(desk, Kind.CONDITIONAL, on_lapse=OnLapse.PAUSE)
    number = conditionally(desk)
    desk.now = day(7)
    desk.ring()
    assert (desk.case(number).state, desk.case(number).due_on) == ("suspended", None)

    desk.now = day(10)
    desk.command("supply", number, materials=["授权书原件", "总平面图电子版"], role="approver")

    assert (desk.case(number).state, desk.case(number).due_on) == ("reviewing", "2026-03-13")
    stop = desk.facts(number, "CaseSuspended")[0]["data"]
    assert (stop["ground"], stop["kind"], stop["basis"]) == ("supply_lapsed", "pause", "容缺受理承诺书")
    assert desk.problems() == []


def test_a_lapse_nobody_has_noticed_is_told_before_the_late_supply(desk: Desk) -> None:
    enter(desk, Kind.CONDITIONAL, on_lapse=OnLapse.PAUSE)
    number = conditionally(desk)
    desk.now = day(9)

    desk.command("supply", number, materials=["授权书原件", "总平面图电子版"], role="approver")

    told = desk.kinds(number)
    assert told.index("DeadlineLapsed") < told.index("MaterialsSupplied") and desk.problems() == []


def test_nothing_can_be_supplied_where_nothing_is_missing(desk: Desk) -> None:
    number = received(desk)

    with pytest.raises(Forbidden, match="nothing is missing"):
        desk.command("supply", number, materials=["图"])


def test_a_declaration_keeps_the_text_of_the_version_that_was_signed(desk: Desk) -> None:
    enter(desk, Kind.DECLARED)
    enter(desk, Kind.DECLARED, "four_permits", text="本单位承诺符合规划条件", verify_workdays=30)
    number = received(desk, planning_review="告知承诺")

    desk.complete(number, "verify", "declare", data={"signer": "赵经理"})
    enter(desk, Kind.DECLARED, "four_permits", text="改过的文本")

    fact = desk.facts(number, "ComplianceDeclared")[0]["data"]
    assert (fact["undertaking"]["text"], fact["undertaking"]["version"]) == ("本单位承诺符合规划条件", 1)
    assert fact["verify_workdays"] == 30
    assert desk.problems() == []


def test_a_matter_without_a_template_or_excluded_from_declarations_is_refused(desk: Desk) -> None:
    number = received(desk)
    with pytest.raises(Forbidden, match="no 告知承诺书 in force"):
        desk.complete(number, "verify", "declare", data={"signer": "赵"})

    enter(desk, Kind.DECLARED)
    enter(desk, Kind.DECLARED, "four_permits", text="", excluded="直接涉及公共安全")

    with pytest.raises(Forbidden, match="直接涉及公共安全"):
        desk.complete(number, "verify", "declare", data={"signer": "赵"})


def test_an_applicant_out_of_credit_may_not_declare_until_it_is_restored(desk: Desk) -> None:
    enter(desk, Kind.DECLARED)
    with writing(desk.database) as connection:
        record = credit.enter(connection, NewRecord(code=CODE, name="某公司", reason="虚假承诺", document="岳信〔2026〕1号"),
                              by="信用办", now=desk.now)
    number = received(desk, planning_review="告知承诺")
    with pytest.raises(Forbidden, match=r"out of credit: 虚假承诺.*信用修复"):
        desk.complete(number, "verify", "declare", data={"signer": "赵"})

    with writing(desk.database) as connection:
        credit.restore(connection, record.id, document="岳信修〔2026〕2号", by="信用办", now=desk.now)
    desk.complete(number, "verify", "declare", data={"signer": "赵"})

    assert desk.facts(number, "ComplianceDeclared") and desk.problems() == []


def test_what_was_declared_is_verified_after_the_case_has_ended(desk: Desk) -> None:
    number = declared(desk)
    clock = next(each for name, each in desk.clocks(number).items() if name.endswith(":verification"))
    assert (clock.kind, clock.amount, clock.due) == ("follow_up", 20, "2026-04-01") and desk.case(number).ended_at is not None

    desk.now = day(20)
    desk.command("verify_declaration", number, findings="现场与承诺一致")

    assert {clock.kind for clock in desk.clocks(number).values()} == {"push"} and desk.problems() == []
    with pytest.raises(Forbidden, match="is verified; from there only nothing may follow"):
        desk.command("find_unmet", number, findings="又不符", document="整1号")


def test_a_declaration_not_met_within_the_correction_period_proposes_a_record_that_another_person_confirms(desk: Desk) -> None:
    number = declared(desk)
    desk.now = day(20)
    desk.command("find_unmet", number, findings="绿地率不足", document="岳整〔2026〕5号")
    clock = next(each for name, each in desk.clocks(number).items() if name.endswith(":correction"))
    assert clock.due == "2026-04-03"

    desk.now = datetime(2026, 4, 7, 2, tzinfo=UTC)
    desk.ring()
    jobs.catch_up(desk.database, desk.office, now=desk.now)

    assert desk.facts(number, "DeclarationFailed")[0]["data"]["is_false"] is False
    with writing(desk.database) as connection:
        proposed = credit.records(connection, code=CODE)[0]
        assert proposed.state == "proposed" and credit.barred(connection, [CODE], desk.now) == ""
        with pytest.raises(Forbidden, match="another person decides"):
            credit.confirm(connection, proposed.id, document="信1", until_on=None, by=proposed.proposed_by, now=desk.now)
        credit.confirm(connection, proposed.id, document="信1", until_on=date(2027, 4, 7), by="信用办", now=desk.now)
        assert "until 2027-04-07" in credit.barred(connection, [CODE.lower()], desk.now)
    assert desk.problems() == []


def test_on_the_spot_is_for_a_matter_whose_limit_is_nought(desk: Desk) -> None:
    number = received(desk, "permit_change")
    with pytest.raises(Forbidden, match="whose limit is 0"):
        desk.complete(number, "verify", "on_the_spot")
    assert desk.case(number).state == "received"

    new = NewLimit(process="permit_change", kind=LimitKind.PROMISED, amount=0, basis="岳审改〔2026〕4号", approver="局长")
    with writing(desk.database) as connection:
        rulings.enter_office_limit(connection, new, drawn=(), by="法制", now=desk.now)
    desk.complete(number, "verify", "on_the_spot")

    row = desk.case(number)
    assert (row.state, row.standing, row.due_on, row.concluded_on) == ("concluded", "on_time", "2026-03-04", "2026-03-04")
    assert [task.node for task in desk.tasks(number)] == ["certify"] and desk.problems() == []


def test_the_same_template_entered_twice_is_one_and_a_new_one_ends_the_one_before(desk: Desk) -> None:
    first, again = enter(desk, Kind.DECLARED), enter(desk, Kind.DECLARED)
    second = enter(desk, Kind.DECLARED, text="第二版")

    assert first == again and (second.version, second.since) == (2, desk.now)
    with reading(desk.database) as connection:
        ever = undertakings.templates(connection, with_history=True)
        assert [(each.version, each.until is None) for each in ever] == [(1, False), (2, True)]
        assert [each.version for each in undertakings.templates(connection)] == [2]


def declared(desk: Desk) -> str:
    """A case of four permits granted on a declaration on 2026-03-04, and handed over."""
    enter(desk, Kind.DECLARED)
    number = received(desk, planning_review="告知承诺")
    desk.complete(number, "verify", "declare", data={"signer": "赵经理"})
    do(desk, number, *TO_GRANT, "certify:certified", "hand_over:handed_over")
    return number
