"""What upstream platforms tell cases: given once to the one case that waits for it, or kept until a person has seen to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from engine.errors import Forbidden, InvalidInput, NotFound
from services import jobs
from services.database import reading, writing
from services.platforms import applications, callbacks
from services.platforms.applications import Differs
from services.platforms.callbacks import DISMISSED, DONE, UNMATCHED, WAITING
from services.store import platform_messages as store
from services.store.platform_messages import MessageRow
from tests.services import diagrams
from tests.services.desk import Desk

OBJECTION, AWAITED = diagrams.message("wait", "objection")
WAITING_CASE = diagrams.process(
    "waiting_case", diagrams.words(variables="credit_code:string remarks:string"), diagrams.start(), AWAITED,
    diagrams.task("answer", "done"), diagrams.end(), diagrams.flows("begin", "wait", "answer", "done"), before=OBJECTION)
SLOW_CASE = diagrams.process(
    "slow_case", diagrams.words(variables="credit_code:string remarks:string"), diagrams.start(),
    diagrams.task("first", "done"), AWAITED, diagrams.end(), diagrams.flows("begin", "first", "wait", "done"), before=OBJECTION)
CODE = "91430600MA4L16JB2Q"
APPLIED: dict[str, Any] = {"spsxslbm": "YY-2026-0001", "spsxbm": "竣工联合验收", "yqmc": "岳阳经开区",
                           "sqdw": {"mc": "岳阳某某公司"}}


@pytest.fixture
def waiting_desk(desk: Desk) -> Desk:
    """A desk with cases that wait for an objection."""
    desk.deploy(waiting_case=WAITING_CASE, slow_case=SLOW_CASE)
    return desk


def call_back(desk: Desk, platform: str = "yiwangtongban", /, **said: Any) -> MessageRow:
    """A callback comes."""
    content = orjson.dumps(said)
    with writing(desk.database) as connection:
        return callbacks.receive(connection, desk.office, desk.office.platforms[platform], said, content, webhook_id="m",
                                 now=desk.now)


def apply(desk: Desk, body: dict[str, Any] = APPLIED, /, **changed: Any) -> str:
    """An application of 工改 comes; the number of its case."""
    with writing(desk.database) as connection:
        return applications.submit(connection, desk.office, desk.office.platforms["gonggai"], {**body, **changed},
                                   now=desk.now).number


def deliver(desk: Desk, id: int, number: str) -> MessageRow:
    with writing(desk.database) as connection:
        return callbacks.deliver(connection, desk.office, id, number, by="张敏", now=desk.now)


def dismiss(desk: Desk, id: int, reason: str) -> MessageRow:
    with writing(desk.database) as connection:
        return callbacks.dismiss(connection, desk.office, id, reason, by="张敏", now=desk.now)


def kept(desk: Desk, id: int) -> MessageRow:
    with reading(desk.database) as connection:
        found = store.message(connection, id)
    assert found is not None
    return found


def test_a_message_is_given_to_the_case_its_number_names(waiting_desk: Desk) -> None:
    number = waiting_desk.open("waiting_case")

    row = call_back(waiting_desk, event="objection", caseNo=number, remark="有异议")

    assert (row.state, row.case) == (DONE, number)
    fact = waiting_desk.facts(number, "MessageReceived")[0]
    assert (fact["by"], fact["data"]["data"]) == ("平台:yiwangtongban", {"remarks": "有异议"})
    assert [task.node for task in waiting_desk.tasks(number)] == ["answer"] and waiting_desk.problems() == []


def test_a_message_is_given_to_the_one_case_whose_value_it_names(waiting_desk: Desk) -> None:
    other, number = waiting_desk.open("waiting_case", credit_code="另一家"), waiting_desk.open("waiting_case", credit_code=CODE)

    row = call_back(waiting_desk, event="objection", creditCode=CODE)

    assert (row.state, row.case) == (DONE, number) and waiting_desk.facts(other, "MessageReceived") == []


def test_a_message_that_may_be_for_several_cases_is_kept_for_a_person_who_picks_one(waiting_desk: Desk) -> None:
    first, second = (waiting_desk.open("waiting_case", credit_code=CODE) for _ in range(2))

    row = call_back(waiting_desk, event="objection", creditCode=CODE)
    assert (row.state, row.case_id, row.try_at) == (UNMATCHED, None, None) and first in row.why

    after = deliver(waiting_desk, row.id, second)
    assert (after.state, after.case, after.settled_by, after.settled_at) == (DONE, second, "张敏", waiting_desk.now)
    assert waiting_desk.facts(second, "MessageReceived")[0]["by"] == "张敏"
    assert waiting_desk.facts(first, "MessageReceived") == [] and waiting_desk.problems() == []
    with pytest.raises(Forbidden, match="was dealt with by 张敏"):
        deliver(waiting_desk, row.id, first)


def test_a_message_before_its_case_waits_is_given_to_it_at_the_tick_after_it_does(waiting_desk: Desk) -> None:
    number = waiting_desk.open("slow_case")
    row = call_back(waiting_desk, event="objection", caseNo=number)
    assert (row.state, row.case) == (WAITING, number)

    waiting_desk.now += timedelta(seconds=1)
    assert jobs.catch_up(waiting_desk.database, waiting_desk.office, now=waiting_desk.now).given == 0
    waiting_desk.complete(number, "first", "done")
    assert jobs.catch_up(waiting_desk.database, waiting_desk.office, now=waiting_desk.now).given == 1

    assert kept(waiting_desk, row.id).state == DONE and waiting_desk.case(number).ended_at is not None
    assert waiting_desk.problems() == []


def test_a_message_before_its_application_waits_for_it_and_is_a_persons_after_a_day(desk: Desk) -> None:
    early = call_back(desk, "gonggai", spsxslbm="YY-2026-0001", blzt="2")
    never = call_back(desk, "gonggai", spsxslbm="YY-2026-0002", blzt="2")
    assert (early.state, never.state) == (WAITING, WAITING)
    number = apply(desk)

    desk.now += timedelta(seconds=5)
    callbacks.run(desk.database, desk.office, now=desk.now)
    assert (kept(desk, early.id).state, kept(desk, early.id).case) == (UNMATCHED, number)  # a person confirms a withdrawal
    assert desk.facts(number, "WithdrawalAsked") != []

    tries = 0
    while kept(desk, never.id).state == WAITING and tries < 400:
        desk.now, tries = kept(desk, never.id).try_at or desk.now, tries + 1
        callbacks.run(desk.database, desk.office, now=desk.now)
    assert timedelta(days=1) <= desk.now - never.received_at <= timedelta(days=1, minutes=5)
    assert (kept(desk, never.id).state, kept(desk, never.id).try_at) == (UNMATCHED, None) and desk.problems() == []


def test_a_strange_code_is_kept_for_a_person_who_says_why_nothing_is_done(desk: Desk) -> None:
    number = apply(desk)
    row = call_back(desk, "gonggai", spsxslbm="YY-2026-0001", blzt="77")
    assert (row.state, row.case, row.code) == (UNMATCHED, number, "77")

    with pytest.raises(InvalidInput, match="reason"):
        dismiss(desk, row.id, "  ")
    after = dismiss(desk, row.id, "平台测试")

    assert (after.state, after.reason, after.settled_by) == (DISMISSED, "平台测试", "张敏") and desk.problems() == []


def test_a_code_that_asks_nothing_is_written_down(desk: Desk) -> None:
    number = apply(desk)
    before = desk.facts(number)

    row = call_back(desk, "gonggai", spsxslbm="YY-2026-0001", blzt=1)

    assert (row.state, row.case) == (DONE, number) and desk.facts(number) == before


def test_a_withdrawal_on_the_platform_is_confirmed_by_a_person(desk: Desk) -> None:
    number = apply(desk)

    row = call_back(desk, "gonggai", spsxslbm="YY-2026-0001", blzt="2", blyj="项目调整")
    again = call_back(desk, "gonggai", spsxslbm="YY-2026-0001", blzt="16")
    assert (row.state, again.state, desk.case(number).state) == (UNMATCHED, DONE, "received")
    assert len(desk.facts(number, "WithdrawalAsked")) == 1

    deliver(desk, row.id, number)
    withdrawn = desk.facts(number, "CaseWithdrawn")[0]
    assert (withdrawn["by"], withdrawn["data"]["reason"]) == ("张敏", "申请人在工改系统撤件: 项目调整")
    assert desk.problems() == []


def test_a_withdrawal_that_is_not_confirmed_is_told_to_the_case(desk: Desk) -> None:
    number = apply(desk)
    row = call_back(desk, "gonggai", spsxslbm="YY-2026-0001", blzt="2")

    dismiss(desk, row.id, "申请人电话确认继续办理")

    assert desk.facts(number, "WithdrawalDenied")[0]["data"] == {"reason": "申请人电话确认继续办理"}
    assert desk.case(number).ended_at is None and desk.problems() == []


def test_corrected_documents_on_the_platform_complete_the_applicants_task(desk: Desk) -> None:
    number = apply(desk)
    early = call_back(desk, "gonggai", spsxslbm="YY-2026-0001", blzt="7")
    assert early.state == WAITING
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "correct")

    row = call_back(desk, "gonggai", spsxslbm="YY-2026-0001", blzt="7", clmc=["竣工图"])

    assert row.state == DONE and desk.facts(number, "CorrectionSubmitted") != []
    done = desk.facts(number, "TaskCompleted")[-1]
    assert (done["by"], done["data"]["data"]) == ("平台:gonggai", {"documents": ["竣工图"]}) and desk.problems() == []


def test_a_platform_speaks_for_the_applicant_only_where_he_has_applied_on_it(desk: Desk) -> None:
    number = desk.open("joint_completion_inspection")

    row = call_back(desk, "gonggai", bjbh=number, blzt="2")

    assert (row.state, row.case) == (UNMATCHED, number) and "was not applied for on gonggai" in row.why
    assert desk.facts(number, "WithdrawalAsked") == []


@pytest.mark.parametrize(("keys", "why"), [
    ({"bjbh": "NUMBER", "spsxslbm": "YY-2026-9999"}, "do not name the same case"),
    ({"bjbh": "NUMBER", "spsxslbm": "YY-2026-0002"}, "do not name the same case"),
    ({"spsxslbm": "YY-2026-0001", "xmdm": "2603-430600-04-01-999999"}, "whose project_code is another"),
    ({"xmdm": "2603-430600-04-01-123456"}, "by a value only"),
])
def test_keys_that_do_not_agree_are_not_guessed_from(desk: Desk, keys: dict[str, str], why: str) -> None:
    number = apply(desk, xmdm="2603-430600-04-01-123456")
    apply(desk, spsxslbm="YY-2026-0002")

    row = call_back(desk, "gonggai", blzt="2", **{name: number if key == "NUMBER" else key for name, key in keys.items()})

    assert row.state == UNMATCHED and why in row.why


def test_a_message_for_a_case_that_has_ended_is_a_persons_at_once(waiting_desk: Desk) -> None:
    number = waiting_desk.open("waiting_case")
    waiting_desk.command("terminate", number, reason="项目取消")

    row = call_back(waiting_desk, event="objection", caseNo=number)

    assert (row.state, row.try_at) == (UNMATCHED, None)


def test_a_message_nobody_can_read_is_refused_and_not_kept(waiting_desk: Desk) -> None:
    number = waiting_desk.open("waiting_case")

    with pytest.raises(InvalidInput) as refused:
        call_back(waiting_desk, event="objection", caseNo=number, remark=["a", "list"])

    assert refused.value.field == "remark"
    with reading(waiting_desk.database) as connection:
        assert store.messages(connection, is_open=False, before=2**62, most=10) == []


def test_each_number_opens_one_case_and_another_content_under_it_is_refused(desk: Desk) -> None:
    number = apply(desk)

    assert apply(desk, {"sqdw": {"mc": "岳阳某某公司"}, **APPLIED}) == number
    with pytest.raises(Differs, match=number):
        apply(desk, sqdw={"mc": "另一家公司"})
    with pytest.raises(InvalidInput) as refused:
        apply(desk, spsxslbm="YY-2026-0003", yqmc="无此园区")
    assert refused.value.field == "yqmc"
    with pytest.raises(InvalidInput) as refused:
        apply(desk, spsxslbm="YY-2026-0003", spsxbm="无此事项")
    assert refused.value.field == "spsxbm" and desk.problems() == []


def test_two_platforms_may_use_the_same_number(desk: Desk) -> None:
    first = apply(desk)
    with writing(desk.database) as connection:
        second = applications.submit(
            connection, desk.office, desk.office.platforms["yiwangtongban"],
            {"applyNo": "YY-2026-0001", "itemCode": "company_setup", "applicant": {"name": "甲"}}, now=desk.now).number

    assert first != second and desk.problems() == []


def test_a_matter_is_named_by_its_code_or_its_implementation_code(desk: Desk) -> None:
    code = "11430600006122244L4430118008000"
    matter = next(each for each in desk.office.catalogue.matters.values() if each.process == "joint_completion_inspection")
    desk.office.catalogue = replace(desk.office.catalogue, matters={
        **desk.office.catalogue.matters, matter.code: replace(matter, implementation_code=code)})

    for name in (matter.code, code):
        number = apply(desk, spsxslbm=f"YY-{name}", spsxbm=name)
        assert desk.case(number).process == "joint_completion_inspection"


def test_nobody_delivers_to_a_case_there_is_not(desk: Desk) -> None:
    row = call_back(desk, "gonggai", spsxslbm="x", blzt="77")

    with pytest.raises(NotFound):
        deliver(desk, row.id, "4306002026030499999")
    with pytest.raises(NotFound):
        deliver(desk, row.id + 1, "4306002026030499999")
    assert kept(desk, row.id).state == UNMATCHED
