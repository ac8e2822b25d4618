"""The page of a case for whoever supervises it: its ribbon, who has it, and the acts that are the supervisor's."""

from __future__ import annotations

import re

import pytest

from tests.services.desk import Desk
from tests.services.web.conftest import Reader
from tests.services.web.supervised import HELD, LATE, QIAN, SUN, enter


def test_the_ribbon_shows_what_each_day_of_a_clock_was(supervisor: Reader, watched: Desk) -> None:
    page = supervisor.get(f"/wall/cases/{watched.opened[LATE]}").text

    promised = page[page.index('data-clock="promised"'):]
    promised = promised[:promised.index("</g>\n  ")] if "</g>\n  " in promised else promised
    bands = re.findall(r'<rect class="band (\w+)"[^>]*><title>([^<]*)</title>', promised)
    assert bands[:4] == [  # accepted on Monday the 2nd, due on Thursday the 12th, today Friday the 13th
        ("counted", "03-03 至 03-06 计入（4日）"), ("off", "03-07 至 03-08 休息日，不计（2日）"),
        ("counted", "03-09 至 03-12 计入（4日）"), ("late", "03-13 超期（1日）")]
    assert "到期日 2026-03-12" in promised and "2026-03-13 亮黄牌" in page and "2026-03-02 受理" in page
    assert " style=" not in page


def test_the_ribbon_greys_the_days_of_a_special_procedure(supervisor: Reader, watched: Desk) -> None:
    page = supervisor.get(f"/wall/cases/{watched.opened[HELD]}").text

    assert "03-09 至 03-13 停表，不计（5日）" in page and "停表中" in page
    assert "2026-03-06 特别程序开始：专家评审" in page


def test_the_page_of_a_case_says_who_has_it_and_for_how_many_working_days(supervisor: Reader, watched: Desk) -> None:
    page = supervisor.get(f"/wall/cases/{watched.opened[LATE]}").text

    assert "无人认领" in page and "2026-03-02 10:00，已9个工作日" in page
    assert "延期</a>" not in page and "转办</a>" not in page and "逐日说明" in page


def test_the_account_of_a_clock_is_a_page_of_its_own_too(supervisor: Reader, watched: Desk) -> None:
    page = supervisor.get(f"/wall/cases/{watched.opened[LATE]}/explained?clock=promised").text

    assert "第8个工作日" in page and "行政许可法第82条" in page


def test_a_reminder_says_what_it_does_and_is_told_with_who_and_when(supervisor: Reader, watched: Desk) -> None:
    path = f"/wall/cases/{watched.opened[LATE]}"
    asked = supervisor.get(f"{path}/remind").text

    given = supervisor.post(f"{path}/remind", addressee="市住建局", text="请今日办结")

    assert "被催办人收到提醒；不影响时限" in asked
    assert (given.status_code, given.headers["Location"]) == (303, f"{path}?done=remind")
    page = supervisor.get(given.headers["Location"]).text
    assert "已催办" in page and "请今日办结" in page and "2026-03-13 10:00" in page


def test_an_order_is_issued_returned_and_closed_once_it_is_answered(supervisor: Reader, watched: Desk) -> None:
    number = watched.opened[LATE]
    path = f"/wall/cases/{number}"
    supervisor.post(f"{path}/issue_order", addressee="市住建局", text="说明原因", due_on="2026-03-18")
    (order,) = [fact["seq"] for fact in watched.facts(number, "OrderIssued")]

    early = supervisor.post(f"{path}/close_order/{order}", text="属实")
    watched.command("reply_to_order", number, order=order, text="已补人手", by="王")
    returned = supervisor.instead(QIAN).post(f"{path}/return_order/{order}", reason="未说明原因", due_on="2026-03-19")
    watched.command("reply_to_order", number, order=order, text="人手已补", by="王")
    closed = supervisor.instead(QIAN).post(f"{path}/close_order/{order}", text="属实")

    assert early.status_code == 409 and "现在不能办理" in early.text and "属实" in early.text
    assert (returned.status_code, closed.status_code) == (303, 303)
    assert "已销号" in supervisor.get(path).text and number in supervisor.get("/wall/orders?state=closed").text


def test_a_card_is_written_off_with_a_reason_by_who_has_not_handled_the_case(supervisor: Reader, watched: Desk) -> None:
    number = watched.opened[LATE]
    (card,) = [fact["seq"] for fact in watched.facts(number, "CardIssued")]
    path = f"/wall/cases/{number}/write_off/{card}"

    empty = supervisor.post(path, reason="  ")
    done = supervisor.post(path, reason="系统停机，经核实")

    assert empty.status_code == 422 and "请填写理由" in empty.text and watched.facts(number, "CardWrittenOff") != []
    assert done.status_code == 303 and number in supervisor.get("/wall/cards?state=written_off").text
    assert number not in supervisor.get("/wall/cards?state=issued").text


@pytest.mark.parametrize(("field", "value", "said"), [
    ("due_on", "2026-03-12", "请填写今天或以后的日期"),  # the day before
    ("due_on", "明天", "请填写今天或以后的日期"),
    ("addressee", "市" * 101, "不超过100字"),
    ("text", "  ", "请填写内容"),
    ("text", "", "请填写内容"),
])
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    supervisor: Reader, watched: Desk, field: str, value: str, said: str,
) -> None:
    typed = {"addressee": "市住建局", "text": "说明原因<b>", "due_on": "2026-03-18", field: value}

    answer = supervisor.post(f"/wall/cases/{watched.opened[LATE]}/issue_order", **typed)

    assert answer.status_code == 422 and re.search(rf'id="{field}-fault" role="alert">[^<]*{said}', answer.text)
    assert watched.facts(watched.opened[LATE], "OrderIssued") == []
    assert field == "text" or "说明原因&lt;b&gt;" in answer.text


def test_a_form_that_is_older_than_the_case_says_who_was_quicker(supervisor: Reader, watched: Desk) -> None:
    path = f"/wall/cases/{watched.opened[LATE]}/remind"
    version = watched.case(watched.opened[LATE]).version
    supervisor.post(path, addressee="市住建局", text="一", version=str(version))

    answer = supervisor.post(path, addressee="市住建局", text="二", version=str(version))

    assert answer.status_code == 409 and f"{SUN} 于 03-13 10:00 办理过本件" in answer.text and ">二</textarea>" in answer.text


@pytest.mark.parametrize("path", [
    "", "/remind", "/issue_order", "/explained?clock=promised", "/write_off/1", "/close_order/1"])
def test_a_case_outside_the_scope_of_a_supervisor_is_not_there(supervisor: Reader, watched: Desk, path: str) -> None:
    enter(watched, "sun", {"role": "supervisor", "park": "岳阳经发区"})
    browser = supervisor.instead("sun").signed_in()

    elsewhere = browser.get(f"/wall/cases/{watched.opened[LATE]}{path}", headers={"Accept": "text/html"})
    nowhere = browser.get(f"/wall/cases/43060020260101000009{path}", headers={"Accept": "text/html"})

    assert (elsewhere.status_code, nowhere.status_code) == (404, 404)
    assert elsewhere.text.replace(watched.opened[LATE], "") == nowhere.text.replace("43060020260101000009", "")


def test_an_act_outside_the_scope_is_refused_like_a_case_that_is_not_there(supervisor: Reader, watched: Desk) -> None:
    enter(watched, "sun", {"role": "supervisor", "park": "岳阳经发区"})
    supervisor = supervisor.instead("sun")

    answer = supervisor.post(f"/wall/cases/{watched.opened[LATE]}/remind", addressee="x", text="y")

    assert answer.status_code == 404 and watched.facts(watched.opened[LATE], "CaseReminded") == []
