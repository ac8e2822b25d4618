"""What was written down in English is said in Chinese when people read it again."""

import time

import pytest

from engine.errors import Forbidden, Incident, MissingVariable, NoPath, StepBudgetExceeded
from engine.lifecycle import State
from engine.sentences import say
from services.web.words.refusals import said


@pytest.mark.parametrize(("written", "chinese"), [
    (NoPath("Gateway_1"), "网关“Gateway_1”的出口条件都不成立，又没有默认出口"),
    (MissingVariable("Gateway_1", "amount"), "“Gateway_1”需要变量“amount”，该变量还没有值"),
    (StepBudgetExceeded("a", 1000), "一步之内自动执行的活动超过1000个，最后在“a”：流程图循环而无人办理"),
    # a reason within a reason
    (Incident("t", say("the timer “{wait}” cannot be set: {reason}", wait="等待", reason=say(
        "“{text}” is longer than a hundred years", text="P200Y"))), "“等待”的定时无法设定：“P200Y”超过一百年"),
    # a refusal that stopped the machine
    (Forbidden("granted", say("case {case} has ended with it", case="7")), "不能准予许可：办件7已随之结束"),
    (Forbidden("seal", say("case {case} is {state}: {rule}, and happens once", case="7", state=State.ACCEPTED,
                           rule=say("制证 follows 办结"))), "不能用印：办件7已受理：制证在办结之后，且只能办理一次"),
])
def test_what_an_incident_says_is_read_in_chinese(written: Exception, chinese: str) -> None:
    assert said(str(written)) == chinese


@pytest.mark.parametrize("text", ["", "申请人补充了材料", "something that nobody of ours has written", "x" * 5_000])
def test_what_is_none_of_ours_stays_as_it_is(text: str) -> None:
    assert said(text) == text


def test_a_hostile_text_is_read_in_no_time() -> None:
    began = time.perf_counter()

    said("case " * 400)

    assert time.perf_counter() - began < 2
