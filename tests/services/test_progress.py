"""What an applicant sees 办件进度, on both databases: where it stands, what is asked of him, nothing of the
office's own."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import orjson
import pytest

from engine.duties import APPLICANT, Deed
from engine.errors import Forbidden, NotFound
from services import accepting, cases, closing, people, progress, query_codes, undertakings
from services.acting import Command
from services.cases import Completion
from services.database import rehearsing, writing
from services.progress import Progress
from services.undertakings import Kind, NewTemplate
from tests.services.desk import Desk

TEXT = "一、已知悉许可条件。\n二、承诺属实。"
MISSING = [{"name": "总平面图电子版", "supply_on": "2026-03-10"}, {"name": "授权书原件", "supply_on": "2026-03-06"}]


def seen(desk: Desk, number: str, by: str = APPLICANT) -> Progress:
    with rehearsing(desk.database) as connection:
        return progress.of_case(connection, desk.office, number, by=by, now=desk.now)


def look(desk: Desk, number: str, code: str) -> Progress:
    with rehearsing(desk.database) as connection:
        return progress.look(connection, desk.office, number, code, desk.now)


def code_of(desk: Desk, number: str) -> str:
    with rehearsing(desk.database) as connection:
        return query_codes.code_of(connection, number)


def do(desk: Desk, use_case: object, number: str, by: str = APPLICANT, **given: object) -> None:
    with writing(desk.database) as connection:
        use_case(connection, desk.office, Command(number=number, by=by, now=desk.now), **given)  # type: ignore[operator]


def correcting(desk: Desk) -> str:
    number = desk.open("company_setup", applicant="岳阳某某公司")
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "correct", data={"missing_documents": ["章程"], "opinion": "材料很乱"}, by="王大力")
    return number


def agent(desk: Desk, *deeds: Deed) -> None:
    """帮, an agent of 岳阳某某公司, and people of the office."""
    with writing(desk.database) as connection:
        for id, role in (("帮", "agent"), ("王", "clerk")):
            people.enter(connection, people.NewPerson(id=id, name=id, since_on=date(2026, 1, 1)), by="管", now=desk.now)
            people.grant(connection, people.NewGrant(person=id, role=role, since_on=date(2026, 1, 1)), by="管", now=desk.now)
        people.entrust(connection, people.NewMandate(
            number="委1", agent="帮", principal="岳阳某某公司", deeds=frozenset(deeds), first_on=date(2026, 1, 1),
            last_on=date(2026, 12, 31)), by="管", now=desk.now)


def test_a_wrong_code_and_a_number_that_does_not_exist_are_told_the_same(desk: Desk) -> None:
    number, other = desk.open("filing"), desk.open("filing")
    nobody = "43060020260304999999"

    assert look(desk, number, code_of(desk, number)).number == number
    told = set()
    for asked, code in ((number, "AAAAA-AAAAA"), (number, code_of(desk, other)), (nobody, "AAAAA-AAAAA"),
                        (nobody, code_of(desk, nobody)), ("", ""), ("'; --", "x")):
        with pytest.raises(NotFound) as refused:
            look(desk, asked, code)
        told.add(str(refused.value))
    assert len(told) == 1


def test_it_says_what_is_to_be_corrected_and_by_when_and_nothing_of_the_office(desk: Desk) -> None:
    number = correcting(desk)

    found = seen(desk, number)

    (task,) = found.tasks
    assert (task.items, task.due) == (("章程",), "2026-04-03") and found.may_attach
    assert [each.what for each in found.timeline] == ["opened", "correcting"]
    everything = orjson.dumps(asdict(found), default=str).decode()
    assert "材料很乱" not in everything and "王" not in everything and "opinion" not in everything


def test_the_applicant_submits_his_correction_and_handles_nothing_by_it(desk: Desk) -> None:
    number = correcting(desk)
    agent(desk, Deed.SUPPLY)  # people are entered: he is none of them

    with writing(desk.database) as connection:
        cases.complete_task(connection, desk.office, Completion(
            task=seen(desk, number).tasks[0].id, outcome="resubmitted", data={"documents": ["章程：章程.pdf"]}, by=APPLICANT),
            now=desk.now)

    assert desk.case(number).state == "received" and desk.facts(number, "TaskCompleted")[-1]["by"] == APPLICANT
    assert seen(desk, number).tasks == () and desk.problems() == []
    with pytest.raises(Forbidden), writing(desk.database) as connection:  # the office's own tasks are not his
        cases.complete_task(connection, desk.office, Completion(
            task=f"{number}-{desk.tasks(number)[0].token}", outcome="accept", data={}, by=APPLICANT), now=desk.now)


def test_he_supplies_what_is_missing_in_time_and_not_after_the_day(desk: Desk) -> None:
    number = desk.open("four_permits", applicant="岳阳某某公司", planning_review="告知承诺")
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "accept_conditionally",
                  data={"missing_materials": MISSING, "undertaking_text": "承诺补齐", "signer": "赵"})
    agent(desk, Deed.SUPPLY)

    assert [each.name for each in seen(desk, number).missing] == ["总平面图电子版", "授权书原件"]
    do(desk, accepting.supply, number, materials=["授权书原件"])
    do(desk, accepting.supply, number, "帮", materials=["总平面图电子版"])

    facts = desk.facts(number, "MaterialsSupplied")
    assert [(fact["by"], fact["data"]["mandate"]) for fact in facts] == [(APPLICANT, ""), ("帮", "委1")]
    assert seen(desk, number).missing == () and desk.problems() == []


def test_after_the_supply_period_he_is_not_offered_it_whatever_role_he_states(desk: Desk) -> None:
    number = desk.open("four_permits", applicant="岳阳某某公司", planning_review="告知承诺")
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "accept_conditionally",
                  data={"missing_materials": MISSING[1:], "undertaking_text": "承诺补齐", "signer": "赵"})
    desk.now = desk.now.replace(day=9)

    assert seen(desk, number).missing == ()
    with pytest.raises(Forbidden, match="supply period"):
        do(desk, accepting.supply, number, materials=["授权书原件"], role="approver")


def test_a_declaration_is_kept_as_it_was_read_and_the_window_accepts_on_it(desk: Desk) -> None:
    number = desk.open("four_permits", applicant="岳阳某某公司", planning_review="告知承诺")
    with writing(desk.database) as connection:
        undertakings.enter_template(connection, NewTemplate(kind=Kind.DECLARED, process="four_permits", text=TEXT, basis="文"),
                                    by="法制", now=desk.now)
    desk.complete(number, "register", "received")
    found = seen(desk, number).declaration
    assert found is not None and (found.text, found.is_signed) == (TEXT, False)

    do(desk, accepting.sign_declaration, number, signer="赵经理", digest=found.digest)
    desk.complete(number, "verify", "declare")

    signed = desk.facts(number, "DeclarationSigned")[0]["data"]["undertaking"]
    declared = desk.facts(number, "ComplianceDeclared")[0]["data"]["undertaking"]
    assert signed == declared and (signed["text"], signed["signer"], signed["digest"]) == (TEXT, "赵经理", found.digest)
    assert seen(desk, number).declaration is None and desk.problems() == []


def test_a_text_that_has_changed_meanwhile_is_not_signed(desk: Desk) -> None:
    number = desk.open("four_permits", applicant="岳阳某某公司")
    for text in (TEXT, TEXT + "\n三、新增。"):
        with writing(desk.database) as connection:
            undertakings.enter_template(connection, NewTemplate(kind=Kind.DECLARED, process="four_permits", text=text,
                                                                basis="文"), by="法制", now=desk.now)
        found = seen(desk, number).declaration
        assert found is not None and not found.is_signed
        if text == TEXT:
            do(desk, accepting.sign_declaration, number, signer="赵", digest=found.digest)
            old = found.digest

    with pytest.raises(Exception, match="not the one that was read"):
        do(desk, accepting.sign_declaration, number, signer="赵", digest=old)


def test_how_the_result_is_handed_over_is_his_choice_until_it_is(desk: Desk) -> None:
    number = desk.open("filing", applicant="岳阳某某公司")

    do(desk, closing.choose_hand_over, number, way="post", recipient="赵", phone="0730-8880000", address="岳阳市云溪区")
    do(desk, closing.choose_hand_over, number, way="window")

    found = seen(desk, number)
    assert found.collects is not None and found.collects.way == "window" and "choose_hand_over" in found.offers
    do(desk, cases.withdraw, number, reason="不办了")
    assert "choose_hand_over" not in seen(desk, number).offers and desk.problems() == []


def test_an_agent_is_offered_what_his_mandate_covers_and_no_more(desk: Desk) -> None:
    number = desk.open("filing", applicant="岳阳某某公司")
    coded = desk.open("company_setup", applicant="岳阳某某公司", credit_code="91430600MA40000130")
    desk.open("company_setup", applicant="别的公司")
    agent(desk, Deed.COLLECT)

    assert seen(desk, number, "帮").offers == {"choose_hand_over"}
    with pytest.raises(Forbidden, match="does not cover"):
        do(desk, cases.withdraw, number, "帮", reason="不办了")
    do(desk, closing.choose_hand_over, number, "帮", way="window")

    assert desk.facts(number, "HandOverChosen")[0]["data"]["mandate"] == "委1"
    with rehearsing(desk.database) as connection:
        desk.office.refresh(connection)
        lines = progress.cases_of(connection, progress.mandates_of(desk.office, "帮", desk.now))
    assert [line.number for line in lines] == [coded, number]


def test_a_stop_is_said_with_its_ground_and_the_day_it_is_expected_to_end(desk: Desk) -> None:
    number = desk.open("joint_completion_inspection")
    for node, outcome in (("register", "received"), ("verify", "accept")):
        desk.complete(number, node, outcome)
    desk.suspend(number)

    found = seen(desk, number)

    assert found.stops == (("专家评审", "2026-03-31"),) and found.due is not None and found.due.on is None
    assert found.timeline[-1].what == "suspended_until" and found.steps == ()


def test_a_deadline_in_a_year_without_a_notice_is_marked_as_provisional(desk: Desk) -> None:
    desk.now = desk.now.replace(month=12, day=30)
    number = desk.open("joint_completion_inspection")
    for node, outcome in (("register", "received"), ("verify", "accept")):
        desk.complete(number, node, outcome)

    due = seen(desk, number).due

    assert due is not None and due.is_provisional and due.on is not None and due.on > "2027"


@pytest.mark.parametrize(("name", "shown"), [("张三", "张*"), ("欧阳修", "欧**"), ("岳阳某某公司", "岳阳某某公司"), ("", "")])
def test_a_persons_name_is_masked_and_a_companys_is_not(name: str, shown: str) -> None:
    assert progress.masked(name) == shown
