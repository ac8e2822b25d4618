"""What people read when something is refused at the counter: Chinese, with nothing of English but names and codes in quotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from engine.codes import credit_code, project_code, resident_id
from engine.errors import Refusal
from engine.months import read_month
from services import assessments, credit, judging, people, permit_register, project_files, rulings
from services.acting import task_id
from services.database import connect, rehearsing, writing
from services.office import Office
from services.sheets import read_sheet
from services.web.words.refusals import in_chinese
from tests.services.desk import Desk, day

_NOW = day(4)
Use = Callable[[Desk], object]


def _english(said: str) -> list[str]:
    """English that is left when names, codes and examples are taken away: what stands in quotes, and lists of codes."""
    return re.findall(r"[A-Za-z]{3,}", re.sub(r"“[^”]*”|`[^`]*`|(可用的字段|已部署的流程|以下之一)：.*", "", said))


@pytest.fixture
def desk(sqlite_url: str, office: Office) -> Iterator[Desk]:
    """A desk at one database: what is said does not depend on which."""
    database = connect(sqlite_url)
    yield Desk(database=database, office=office)
    database.dispose()


def _received(desk: Desk) -> str:
    return desk.open()


def _accepted(desk: Desk) -> str:
    number = desk.open()
    desk.go(number, "register", "verify")
    return number


def _stopped(desk: Desk) -> str:
    number = _accepted(desk)
    desk.suspend(number)
    return number


def _decided(desk: Desk) -> str:
    number = _accepted(desk)
    desk.go(number, "review_registration", "decide_registration")
    return number


def _withdrawn(desk: Desk) -> str:
    number = _accepted(desk)
    desk.command("withdraw", number, reason="申请人撤回申请")
    return number


@pytest.mark.parametrize("standing", [_received, _accepted, _stopped, _decided, _withdrawn])
def test_why_a_verb_may_not_be_done_is_said_in_chinese(desk: Desk, standing: Callable[[Desk], str]) -> None:
    number = standing(desk)
    open_tasks = [f"{number}-{task.token}" for task in desk.tasks(number)]

    with rehearsing(desk.database) as connection:
        verdicts = judging.of_case(connection, desk.office, number, by="王", now=desk.now)
        for task in open_tasks[:1]:
            verdicts += judging.of_task(connection, desk.office, task, by="王", now=desk.now)

    refused = {each.verb.name: in_chinese(each.refusal) for each in verdicts if each.refusal is not None}
    assert len(refused) >= 20
    assert {name: said for name, said in refused.items() if _english(said)} == {}
    assert all("：" in said for said in refused.values())


def _of(use: Callable[..., Any], *given: Any, **named: Any) -> Use:
    """A use case of one transaction."""
    def done(desk: Desk) -> object:
        with writing(desk.database) as connection:
            return use(connection, *given, **named)
    return done


_CREDIT = credit.NewRecord(code="91430600MA40000130", name="岳阳某公司", reason="", document="岳信〔2026〕3号")


@pytest.mark.parametrize(("use", "words"), [
    (lambda desk: desk.open("nothing"), "没有流程“nothing”：已部署的流程："),
    (lambda desk: desk.open(applicant="岳" * 10_001), "申请人："),
    (lambda desk: desk.open(capital="很多"), "应为"),
    (lambda desk: desk.open(颜色="红"), "颜色：没有这个字段，可用的字段："),
    (lambda desk: desk.open(credit_code="91430600MA40000131"), "统一社会信用代码：校验位不符"),
    (lambda desk: desk.complete(_accepted(desk), "review_registration", by="王"), "三分离"),
    (lambda desk: desk.complete(_accepted(desk), "review_registration", "maybe"), "办理结果：应为以下之一"),
    (lambda desk: desk.complete_id("43060020260304000099-1", None), "没有环节“43060020260304000099-1”"),
    (lambda desk: task_id("?"), "环节编号的格式"),
    (lambda desk: desk.command("withdraw", "1", reason="x"), "没有办件“1”"),
    (lambda desk: desk.command("terminate", _accepted(desk), reason=" "), "理由：请填写理由"),
    (lambda desk: desk.command("terminate", _accepted(desk), reason="项目取消", version=1), "请刷新后重新办理"),
    (lambda desk: desk.suspend(_accepted(desk), ground="holiday"), "不是行政许可法第四十五条的情形"),
    (lambda desk: desk.suspend(_accepted(desk), expected_end=date(2026, 3, 1)), "预计结束日期2026-03-01应晚于今天"),
    (lambda desk: desk.suspend(_stopped(desk)), "已因“专家评审”停止计时，请先恢复"),
    (lambda desk: desk.command("propose_extension", _accepted(desk), amount=30, reason="案情复杂"), "应为1至10个工作日"),
    (lambda desk: desk.command("seal", _accepted(desk), document="决定书", number="1", seal="章"), "用印应在作出决定之后"),
    (lambda desk: desk.command("archive", _received(desk)), "不能归档"),
    (lambda desk: desk.command("remind", _withdrawn(desk), addressee="李", text="请办理"), "已结束（已撤件）"),
    (_of(people.grant, people.NewGrant(person="nobody", role="clerk", since_on=date(2026, 3, 1)), by="管", now=_NOW),
     "没有人员“nobody”"),
    (_of(people.enter, people.NewPerson(id="a/b", name="张敏", since_on=date(2026, 3, 1)), by="管", now=_NOW), "不能用于网址"),
    (_of(credit.enter, _CREDIT, by="李", now=_NOW), "必须填写；失信记录应写明"),
    (_of(rulings.end_policy, process="", park="", now=_NOW), "没有亮灯亮牌规则“各事项 各园区”"),
    (_of(assessments.end, kind="energy", park="湘阴高新区", document="湘评〔2026〕1号", now=_NOW), "没有区域评估成果"),
    (_of(permit_register.permit, "建字第1号"), "没有证照“建字第1号”"),
    (lambda desk: credit_code("91430600MA4000013O"), "不含字母I、O、S、V、Z"),
    (lambda desk: credit_code("914306"), "应为18位，填写了6位"),
    (lambda desk: resident_id("110105194912310021"), "校验位不符"),
    (lambda desk: project_code("2603-43"), "项目代码由4、6、2、2、6位数字组成"),
    (lambda desk: read_month("2026-13"), "应为月份"),
    (lambda desk: list(read_sheet("姓名\n张敏".encode(), file="人员.csv", columns={"id": "账号"})), "第1行：缺少“账号”列"),
    (_of(project_files.row_of, "XM2026000009"), "没有项目“XM2026000009”：请用项目编号"),
])
def test_what_people_do_wrong_is_said_in_chinese(desk: Desk, use: Use, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        use(desk)

    said = in_chinese(refused.value, {"data.capital": "注册资本"})
    assert words in said
    assert _english(said) == []
