"""The people of an office: who changes them, what binds at once, agents within their mandate, roles at the other doors."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from time import sleep
from typing import Any

import pytest
from sqlalchemy import text

from engine.duties import Deed
from engine.errors import Forbidden, InvalidInput, JibanError, NotFound
from services import administering, assigning, people
from services.acting import TaskCommand
from services.administering import Entry, Instruction
from services.database import reading, writing
from services.people import NewGrant, NewMandate, NewPerson
from services.people_sheets import read_sheet
from tests.services.desk import Desk

JANUARY, TODAY = date(2026, 1, 1), date(2026, 3, 4)
HEADER = "账号,姓名,单位,证件号码,角色,园区,部门,事项\n"
APPLICANT = "岳阳某某科技有限公司"


def do(desk: Desk, command: Callable[..., Any], *given: object, by: str = "张", is_local: bool = False, **named: object) -> Any:
    """Change people as a door does."""
    with writing(desk.database) as connection:
        return command(connection, Instruction(by=by, now=desk.now, is_local=is_local), *given, **named)


def entry(id: str, *roles: str, unit: str = "", identity: str = "") -> Entry:
    """An account with roles everywhere."""
    return Entry(person=NewPerson(id=id, name=id, unit=unit, identity=identity, since_on=JANUARY),
                 grants=tuple(NewGrant(person=id, role=role, since_on=JANUARY) for role in roles))


@pytest.fixture
def staffed(desk: Desk) -> Desk:
    """张 is system administrator; 王 clerk, 李 reviewer, 赵 approver, 督 supervisor, 首 head of office, 帮 agent."""
    do(desk, administering.enter, entry("张", "system_admin", unit="市数据局"), by="root", is_local=True)
    for id, role in {"王": "clerk", "李": "reviewer", "赵": "approver", "督": "supervisor", "首": "head_of_office",
                     "帮": "agent"}.items():
        do(desk, administering.enter, entry(id, role))
    return desk


def test_the_first_system_administrator_is_entered_at_the_machine_only(desk: Desk) -> None:
    first = entry("张", "system_admin")

    with pytest.raises(Forbidden, match="whoever runs the machine gives it one"):
        do(desk, administering.enter, first)
    with pytest.raises(Forbidden, match="whoever runs the machine gives it one"):
        do(desk, administering.enter, entry("王", "clerk"), by="root", is_local=True)
    do(desk, administering.enter, first, by="root", is_local=True)

    with pytest.raises(Forbidden, match="“root” is not among the people"):
        do(desk, administering.enter, entry("陈", "system_admin"), by="root", is_local=True)
    assert desk.rows("person") == 1


def test_an_office_whose_system_administrator_has_left_is_given_another_at_the_machine(staffed: Desk) -> None:
    do(staffed, administering.change, "张", until_on=date(2026, 3, 3))

    with pytest.raises(Forbidden, match="not in office"):
        do(staffed, administering.enter, entry("陈", "clerk"))
    with pytest.raises(Forbidden, match="whoever runs the machine gives it one"):
        do(staffed, administering.grant, NewGrant(person="王", role="system_admin", since_on=JANUARY), by="王")
    do(staffed, administering.grant, NewGrant(person="王", role="system_admin", since_on=TODAY), by="root", is_local=True)

    assert do(staffed, administering.enter, entry("陈", "clerk"), by="王").id == "陈"


def test_two_accounts_of_one_identity_document_are_one_person_for_the_three_administrators(staffed: Desk) -> None:
    do(staffed, administering.enter, entry("陈", "security_admin", identity="43060219850307001X"))
    do(staffed, administering.enter, entry("陈二", identity=" 43060219850307001x "))

    with pytest.raises(Forbidden, match="三员分立"):
        do(staffed, administering.grant, NewGrant(person="陈二", role="audit_admin", since_on=TODAY))


def test_two_administrators_at_once_do_not_make_one_person_two_of_the_three(staffed: Desk) -> None:
    do(staffed, administering.enter, entry("陈"))

    told = Instruction(by="张", now=staffed.now)
    with ThreadPoolExecutor(1) as other:
        with writing(staffed.database) as connection:
            administering.grant(connection, told, NewGrant(person="陈", role="security_admin", since_on=TODAY))
            second = other.submit(do, staffed, administering.grant, NewGrant(person="陈", role="audit_admin", since_on=TODAY))
            sleep(0.5)  # it has begun, and cannot see what is not committed yet

        with pytest.raises(Forbidden, match="三员分立"):
            second.result()


def test_ending_a_role_never_lengthens_it(staffed: Desk) -> None:
    row = do(staffed, administering.grant, NewGrant(person="王", role="certifier", since_on=JANUARY,
                                                    until_on=date(2026, 3, 31)))

    with pytest.raises(InvalidInput, match="granted anew"):
        do(staffed, administering.end_grant, row.id, until_on=date(2027, 3, 31))
    assert do(staffed, administering.end_grant, row.id, until_on=TODAY).until_on == "2026-03-04"


@pytest.mark.parametrize(("new", "field"), [
    (NewPerson(id="科/室", name="a", since_on=JANUARY), "id"), (NewPerson(id="..", name="a", since_on=JANUARY), "id"),
    (NewPerson(id="a", name="", since_on=JANUARY), "name"), (NewPerson(id="王", name="王", since_on=JANUARY), "id"),
    (NewPerson(id="a", name="a", unit="长" * 101, since_on=JANUARY), "unit"),
])
def test_a_wrong_value_of_a_person_is_named(staffed: Desk, new: NewPerson, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        do(staffed, administering.enter, Entry(person=new))

    assert refused.value.field == field


def test_what_is_not_there_is_named(staffed: Desk) -> None:
    with pytest.raises(NotFound, match="no person “无”"):
        do(staffed, administering.change, "无", name="a")
    with pytest.raises(NotFound, match="granted role"):
        do(staffed, administering.end_grant, 999, until_on=TODAY)
    with pytest.raises(NotFound, match="委托书"):
        do(staffed, administering.revoke_mandate, "无")


def test_people_are_listed_by_unit_and_by_role_with_what_lasts(staffed: Desk) -> None:
    do(staffed, administering.end_grant, 2, until_on=date(2026, 3, 3))
    with reading(staffed.database) as connection:
        by_unit = people.listed(connection, on=TODAY, unit="市数据局", most=9)
        clerks = people.listed(connection, on=TODAY, role="clerk", most=9)
        reviewers = people.listed(connection, on=TODAY, role="reviewer", most=9)
        pages = [people.listed(connection, on=TODAY, after=after, most=3) for after in (0, 3, 6)]
        ever = people.listed(connection, on=TODAY, with_history=True, after=1, most=1)

    assert [each.person.id for each in by_unit] == ["张"] and clerks == []
    assert [(each.person.id, each.grants[0].role) for each in reviewers] == [("李", "reviewer")]
    assert [each.person.id for page in pages for each in page] == ["张", "王", "李", "赵", "督", "首", "帮"]
    assert [grant.role for grant in ever[0].grants] == ["clerk"] and pages[0][1].grants == ()


def test_a_sheet_is_entered_whole_with_one_role_a_line(staffed: Desk) -> None:
    data = (f"{HEADER}周,周凯,市住建局,1X,审查人(承办人),,市住建局,\n周,周凯,,,approver,湘阴高新区,,four_permits\n"
            "吴,吴越,,,,,,\n")
    sheet = read_sheet(data.encode("gb18030"), file="人员.csv", since_on=TODAY)

    do(staffed, administering.enter_all, sheet.entries, at=sheet.at)

    with reading(staffed.database) as connection:
        zhou, wu = people.account(connection, "周"), people.account(connection, "吴")
    assert [(row.role, row.park, row.department, row.process) for row in zhou.grants] == [
        ("reviewer", "", "市住建局", ""), ("approver", "湘阴高新区", "", "four_permits")]
    assert wu.grants == () and zhou.person.identity != "" and "1X" not in zhou.person.identity


@pytest.mark.parametrize(("lines", "field"), [
    ("周,周凯,,,局长,,,\n", "line 2 角色"), ("周,,,,clerk,,,\n", "line 2 姓名"), ("周,周凯,,,,湘阴高新区,,\n", "line 2 园区"),
    ("周,周凯,甲,,clerk,,,\n周,周凯,乙,,approver,,,\n", "line 3 单位"),
    ("周,周凯,,,clerk,,,\n周,周凯,,,clerk,,,\n", "line 3 账号"),
])
def test_a_wrong_line_of_a_sheet_is_told_with_its_column(lines: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_sheet((HEADER + lines).encode(), file="人员.csv", since_on=TODAY)

    assert refused.value.field == field


def test_a_sheet_that_is_refused_in_the_middle_enters_nobody(staffed: Desk) -> None:
    for lines, told in (("周,周,,,clerk,,,\n王,王,,,approver,,,\n", "line 3 账号"),
                        ("周,周,,,clerk,,,\n吴,吴,,,supervisor,,,\n吴,吴,,,clerk,,,\n", "line 3: grant refused")):
        sheet = read_sheet((HEADER + lines).encode(), file="人员.csv", since_on=TODAY)
        with pytest.raises(JibanError, match=told):
            do(staffed, administering.enter_all, sheet.entries, at=sheet.at)

    assert staffed.rows("person") == 7


def entrust(desk: Desk, *deeds: Deed) -> None:
    """A mandate of the agent 帮, taken in at the window."""
    do(desk, administering.entrust, NewMandate(number="委〔2026〕7号", agent="帮", principal=APPLICANT, deeds=frozenset(deeds),
                                               first_on=JANUARY, last_on=date(2026, 12, 31)), by="王")


def test_an_agent_opens_a_case_under_his_mandate_and_the_case_is_marked(staffed: Desk) -> None:
    staffed.by = "帮"
    with pytest.raises(Forbidden, match="has no mandate 委托书"):
        staffed.open(applicant=APPLICANT)
    entrust(staffed, Deed.APPLY)

    number = staffed.open(applicant=APPLICANT)

    told = staffed.facts(number, "CaseOpened")[0]
    assert (told["by"], told["data"]["agent"], told["data"]["mandate"]) == ("帮", "帮", "委〔2026〕7号")
    with pytest.raises(Forbidden, match="has no mandate 委托书 for 别的公司"):
        staffed.open(applicant="别的公司")
    assert staffed.problems() == []


def test_an_agent_withdraws_only_when_his_mandate_says_so(staffed: Desk) -> None:
    staffed.by = "帮"
    entrust(staffed, Deed.APPLY)
    number = staffed.open(applicant=APPLICANT)

    with pytest.raises(Forbidden, match="does not cover “withdraw”"):
        staffed.command("withdraw", number, reason="另行申报")
    do(staffed, administering.revoke_mandate, "委〔2026〕7号", by="王")
    with pytest.raises(Forbidden, match="there is none"):
        staffed.command("withdraw", number, reason="另行申报")

    assert staffed.case(number).state == "received"


def test_an_agent_receives_reviews_and_decides_nothing_on_the_case_he_filed(staffed: Desk) -> None:
    staffed.by = "帮"
    entrust(staffed, Deed.APPLY)
    number = staffed.open(applicant=APPLICANT)
    for role in ("clerk", "reviewer"):
        do(staffed, administering.grant, NewGrant(person="帮", role=role, since_on=JANUARY))

    with pytest.raises(Forbidden, match="帮 has done 帮代办"):
        staffed.complete(number, "register", by="帮")
    staffed.complete(number, "register", by="王")
    staffed.complete(number, "verify", by="王")
    with pytest.raises(Forbidden, match="帮 has done 帮代办"):
        staffed.complete(number, "review_registration", by="帮")


def test_supervisors_acts_are_a_supervisors_once_people_are_entered(staffed: Desk) -> None:
    number = staffed.open()

    with pytest.raises(Forbidden, match="王 holds none of the roles supervisor"):
        staffed.command("remind", number, addressee="市住建局", text="请尽快办理")
    with pytest.raises(Forbidden, match="holds none of the roles supervisor"):
        staffed.command("issue_order", number, addressee="王", text="说明原因", due_on=date(2026, 3, 11))
    staffed.command("remind", number, addressee="市住建局", text="请尽快办理", by="督")
    staffed.command("issue_order", number, addressee="王", text="说明原因", due_on=date(2026, 3, 11), by="督")
    order = staffed.facts(number, "OrderIssued")[0]["seq"]
    staffed.command("reply_to_order", number, order=order, text="已整改")
    for name, given in (("return_order", {"reason": "不足", "due_on": date(2026, 3, 12)}), ("close_order", {"text": "属实"})):
        with pytest.raises(Forbidden, match="holds none of the roles supervisor"):
            staffed.command(name, number, order=order, by="李", **given)
    for name, given in (("uphold", {}), ("write_off", {}), ("exempt", {"conclusion": "exempt", "document": "文"})):
        with pytest.raises(Forbidden, match="holds none of the roles supervisor"):
            staffed.command(name, number, card=1, reason="由", by="李", **given)

    assert staffed.command("close_order", number, order=order, text="属实", by="督").number == number


def test_a_supervisor_changes_no_case_and_no_deadline(staffed: Desk) -> None:
    number = staffed.open()

    for command in (lambda: staffed.command("withdraw", number, reason="由", by="督"),
                    lambda: staffed.command("terminate", number, reason="由", by="督"),
                    lambda: staffed.command("hold", number, order="文", reason="由", by="督")):
        with pytest.raises(Forbidden, match="督 is a supervisor 督查员"):
            command()
    with pytest.raises(Forbidden, match="does not hold the role “clerk”"):
        staffed.complete(number, "register", by="督")
    staffed.by = "督"
    with pytest.raises(Forbidden, match="督 is a supervisor 督查员"):
        staffed.open()


def test_an_extension_is_proposed_and_approved_by_those_who_hold_the_role(staffed: Desk) -> None:
    number = staffed.open("joint_completion_inspection")
    staffed.complete(number, "register", "received", by="王")
    staffed.complete(number, "verify", "accept", by="王")

    with pytest.raises(Forbidden, match="王 holds none of the roles approver, reviewer"):
        staffed.command("propose_extension", number, amount=5, reason="情况复杂")
    staffed.command("propose_extension", number, amount=5, reason="情况复杂", by="李")
    for by in ("赵", "王"):
        with pytest.raises(Forbidden, match="holds none of the roles head_of_government, head_of_office"):
            staffed.command("approve_extension", number, role="head_of_office", document="文", by=by)
        with pytest.raises(Forbidden, match="holds none of the roles head_of_government, head_of_office"):
            staffed.command("refuse_extension", number, reason="由", by=by)
    staffed.command("approve_extension", number, role="head_of_office", document="文", by="首")

    assert staffed.facts(number, "ExtensionApproved")[0]["by"] == "首" and staffed.problems() == []


def test_what_people_are_entered_as_binds_another_process_at_its_next_command(staffed: Desk) -> None:
    number = staffed.open()
    task = f"{number}-{staffed.tasks(number)[0].token}"
    do(staffed, administering.end_grant, 2, until_on=date(2026, 3, 3))

    with writing(staffed.database) as connection, pytest.raises(Forbidden, match="does not hold the role"):
        assigning.claim(connection, staffed.office, TaskCommand(task=task, by="王", now=staffed.now))
    with reading(staffed.database) as connection:
        ended = connection.execute(text("SELECT ended_by FROM role_grant WHERE id = 2")).scalar_one()
    assert ended == "张"
