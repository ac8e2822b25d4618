"""The books of the office on pages: read by whom they are for, changed through their use cases, refused in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services import credit
from services.database import writing
from services.people import ROLES
from services.web.admission import PAGES
from services.web.books import BOOKS, SHELVES
from services.web.books.book import Act, Book
from tests.services.staff import enter
from tests.services.web.conftest import Browser, sign_in

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def admin(client: FlaskClient, database: Engine, clock: Callable[[datetime], None]) -> Browser:
    """The system administrator, on 25 November 2026."""
    clock(NOW)
    return sign_in(client, database, "张敏", "system_admin")


@pytest.fixture
def other(admin: Browser, client: FlaskClient, database: Engine) -> Callable[[], Browser]:
    """A second person who rules; signed in when asked for."""
    return lambda: sign_in(client, database, "许文", "legal_officer")


class Form(HTMLParser):
    """What stands in the form of an act, by the names of its questions."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select = self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = str(given.get("name"))
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
            self._keep(name, "")
        elif tag == "option" and "selected" in given:
            self._keep(self._select, given["value"] or "")
        elif tag == "input" and given.get("type") in ("text", "date", "hidden"):
            self._keep(name, given.get("value") or "")
        elif tag == "input" and "checked" in given:
            self._keep(name, given["value"] or "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text] = [data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""

    def _keep(self, name: str, value: str) -> None:
        if name.startswith("data."):
            self.values.setdefault(name, []).append(value)


def standing(browser: Browser, address: str) -> dict[str, list[str]]:
    """What stands in a form when it is opened."""
    page = browser.get(f"/administration/{address}")
    assert page.status_code == 200, page.text
    return Form(page.text).values


def answers(browser: Browser, address: str, **typed: Any) -> str:
    """Type over what stands in the form of an act and send it; the page that follows, the form again when it was refused."""
    over = {name if name == "preview" else f"data.{name}": value for name, value in typed.items()}
    sent = browser.client.post(f"/administration/{address}", data={
        "csrf": browser.csrf, **standing(browser, address), **over}, content_type="multipart/form-data")
    if sent.status_code == 303:
        return unescape(browser.get(sent.headers["Location"]).text)
    assert sent.status_code in (200, 409, 422), sent.text
    return unescape(sent.text)


def sheet(text: str) -> tuple[BytesIO, str]:
    """A CSV file as a browser sends it."""
    return BytesIO(text.encode()), "清单.csv"


def key(page: str, book: str, act: str) -> str:
    """The address of an act on the first row that takes it."""
    found = re.search(rf"/administration/({book}/{act}\?key=[^\"]+)", page)
    assert found is not None, f"no row takes {act}"
    return found[1]


def shown(browser: Browser, book: str) -> str:
    """A book with its history."""
    return unescape(browser.get(f"/administration/{book}?history=1").text)


@pytest.mark.parametrize("role", ROLES)
def test_a_book_opens_for_its_readers_and_for_nobody_else(
    role: str, client: FlaskClient, database: Engine, clock: Callable[[datetime], None],
) -> None:
    clock(NOW)
    browser = sign_in(client, database, f"持{role}", role)

    opened = {name: browser.get(f"/administration/{name}").status_code for name in BOOKS}
    index = browser.get("/administration")

    is_admitted = role in PAGES["administration.book"]  # type: ignore[operator]
    assert opened == {name: 200 if role in book.readers else 404 if is_admitted else 403 for name, book in BOOKS.items()}
    assert index.status_code == (200 if is_admitted else 403)
    assert set(re.findall(r'href="/administration/(\w+)"', index.text)) == {
        name for name, book in BOOKS.items() if role in book.readers and is_admitted}


def test_every_book_stands_on_a_shelf_and_its_keepers_may_read_it() -> None:
    for book in BOOKS.values():
        assert book.shelf in SHELVES
        assert book.keepers <= book.readers <= PAGES["administration.book"], book.name  # type: ignore[operator]


@pytest.mark.parametrize(("book", "act"), [(book, act) for book in BOOKS.values() for act in book.acts if not act.is_about_row])
def test_an_act_says_what_follows_before_it_is_done(book: Book, act: Act, admin: Browser) -> None:
    page = admin.get(f"/administration/{book.name}/{act.name}")

    assert page.status_code == 200 and act.consequence in unescape(page.text)


def test_an_act_is_not_done_by_whoever_only_reads(client: FlaskClient, database: Engine) -> None:
    browser = sign_in(client, database, "孙涛", "supervisor")

    assert browser.get("/administration/limits").status_code == 200
    assert "规定时限" not in browser.get("/administration/limits").text
    assert browser.get("/administration/limits/enter").status_code == 409
    assert browser.get("/administration/limits/no_such").status_code == 404
    assert browser.get("/administration/limits/row?key=no").status_code == 404


def test_the_office_sets_a_value_of_a_matter_beside_the_shipped_one_and_ends_it(admin: Browser) -> None:
    unchanged = answers(admin, "matters/set?key=SJ-SZBL", reason="岳审改〔2026〕1号")
    preview = answers(admin, "matters/set?key=SJ-SZBL", note="园区自定", reason="岳审改〔2026〕1号", preview="1")
    done = answers(admin, "matters/set?key=SJ-SZBL", note="园区自定", reason="岳审改〔2026〕1号")
    particulars = unescape(admin.get("/administration/matters/row?key=SJ-SZBL").text)
    restored = answers(admin, "matters/restore?key=SJ-SZBL", names="note", reason="岳审改〔2026〕2号")
    ended = answers(admin, "matters/end?key=SJ-SZBL")

    assert "没有改动任何一项" in unchanged
    assert "将改动的项目" in preview and preview.count("园区自定") >= 2
    assert "已办：自定数值" in done and "本级有自定值" in done
    assert "园区自定" in particulars and "岳审改〔2026〕1号" in particulars and "张敏" in particulars
    assert "已办：恢复部分发布值" in restored
    assert "已办：停用自定值" in ended and "本级有自定值" not in ended


def test_a_park_has_other_names_and_a_wrong_code_is_refused_with_what_was_typed(admin: Browser) -> None:
    wrong = answers(admin, "parks/set?key=YY-P01", divisions="43060", reason="岳审改〔2026〕3号")
    done = answers(admin, "parks/set?key=YY-P01", divisions="430602\n430611", reason="岳审改〔2026〕3号")

    assert "区划代码" in wrong and "六位" in wrong and ">43060</textarea>" in wrong
    assert "已办" in done and "430602、430611" in done


def test_a_department_of_the_offices_own_is_entered_and_a_bundle_cannot_lose_what_it_needs(admin: Browser) -> None:
    entered = answers(admin, "departments/enter", code="园区消防站", name="园区消防站", reason="岳审改〔2026〕4号")
    refused = answers(admin, "departments/enter", code="市住建局分局", name="市住建局", reason="岳审改〔2026〕4号")
    bundle = answers(admin, "bundles/set?key=TC-QYKB", theme="开办", reason="岳审改〔2026〕5号")

    assert "已办：新增" in entered and "园区消防站" in entered
    assert "没有办成" in refused
    assert "已办：自定数值" in bundle


def test_a_matter_that_nobody_supervises_is_given_a_supervisor(admin: Browser) -> None:
    before = shown(admin, "supervision")
    done = answers(admin, "supervision/assign?key=SJ-SDQW", supervisor="市住建局", reason="岳监管〔2026〕1号")
    nobody = answers(admin, "supervision/assign?key=SJ-SDQW", supervisor="没有的局", reason="岳监管〔2026〕1号")
    withdrawn = answers(admin, "supervision/withdraw?key=SJ-SDQW", reason="岳监管〔2026〕2号")

    assert before.count("未列") > withdrawn.count("未列") - 1 == before.count("未列") - 1
    assert "岳监管〔2026〕1号" in done and done.count("未列</span>") == before.count("未列</span>") - 1
    assert "没有办成" in nobody
    assert "已办：撤下本级指定" in withdrawn


def test_a_row_of_the_empowerment_list_is_entered_by_one_and_approved_by_another(
    admin: Browser, other: Callable[[], Browser],
) -> None:
    typed = {"park": "汨罗高新区", "matter": "SJ-FJSG", "mode": "stationed", "authority": "市住建局", "batch": "2026年第一批",
             "document": "岳政发〔2026〕9号", "mandate": "岳委〔2026〕1号", "valid_from": "2026-12-01"}
    lacking = answers(admin, "empowerment/enter", **typed | {"document": ""})
    entered = answers(admin, "empowerment/enter", **typed)
    again = answers(admin, "empowerment/enter", **typed)
    address = key(entered, "empowerment", "approve")
    own = answers(admin, address)
    approved = answers(other(), address)

    assert "必须填写" in lacking and 'value="2026年第一批"' in lacking
    assert "待审核" in entered
    assert "没有办成" in again
    assert "没有办成" in own and "另一人" in own
    assert "已办：批准" in approved and "许文" in approved and "未生效" in approved


def test_a_sheet_of_empowerments_is_previewed_and_every_wrong_line_is_told(
    admin: Browser, other: Callable[[], Browser],
) -> None:
    head = "园区,事项编码,赋权方式,赋权部门,批次号,文号,委托书,生效日\n"
    good = "汨罗高新区,SJ-FJSG,服务前移,市住建局,2026年第二批,岳政发〔2026〕10号,岳委〔2026〕2号,2026-12-01\n"
    bad = "汨罗高新区,SJ-BA,随便,市住建局,2026年第二批,岳政发〔2026〕10号,岳委〔2026〕2号,2026-12-01\n没有的园区,SJ-BA,委托行使,市住建局,二,岳,委,昨天\n"

    wrong = answers(admin, "empowerment/upload", kind="empowerment", sheet=sheet(head + good + bad))
    preview = answers(admin, "empowerment/upload", kind="empowerment", sheet=sheet(head + good), preview="1")
    before = shown(admin, "empowerment")
    kept = Form(preview).values
    sent = admin.client.post("/administration/empowerment/upload", data={"csrf": admin.csrf, **kept})  # the file as it was kept
    after = shown(admin, "empowerment")
    batch = answers(other(), "empowerment/decide_batch", batch="2026年第二批", decision="no")

    assert "第3行" in wrong and "第4行" in wrong and "清单.csv" in wrong
    assert "新增1条" in preview and "2026年第二批" not in before
    assert sent.status_code == 303 and "待审核" in after
    assert "已办：按批次审核" in batch and "已拒绝" in shown(admin, "empowerment")


def test_a_row_in_force_is_ended_with_its_last_day(admin: Browser, other: Callable[[], Browser]) -> None:
    typed = {"park": "汨罗高新区", "hall": "hall", "document": "岳政发〔2026〕11号", "valid_from": "2026-01-01"}
    address = key(answers(admin, "empowerment/enter_mode", **typed), "empowerment", "approve")
    approved = answers(other(), address)
    end = key(approved, "empowerment", "end")
    second = other()

    past = answers(second, end, on="2026-11-01", reason="收回")
    ended = answers(second, end, on="2026-11-30", reason="收回")

    assert "没有办成" in past or "不能早于" in past
    assert "已办：终止" in ended and "2026-01-01至2026-11-30" in ended


def test_an_office_limit_counts_before_the_diagram_and_is_not_longer_than_the_statute(admin: Browser) -> None:
    typed = {"process": "site_permit", "kind": "promised", "unit": "workday", "basis": "岳政发〔2026〕12号", "approver": "彭辉"}
    long = answers(admin, "limits/enter", **typed, amount="90")
    entered = answers(admin, "limits/enter", **typed, amount="4")
    asked = answers(admin, "limits/ask", process="site_permit")
    ended = answers(admin, key(entered, "limits", "end"))

    assert "没有办成" in long or "fault" in long
    assert "已办：规定时限" in entered and "4个工作日" in entered
    assert "本级规定" in asked and "岳政发〔2026〕12号" in asked and "已办" not in asked
    assert "已办：废止" in ended and "4个工作日" not in ended and "4个工作日" in shown(admin, "limits")


def test_what_an_agreement_promises_a_project_is_entered_with_its_clause(admin: Browser) -> None:
    typed = {"project": "P-1", "item": "site_permit", "amount": "2", "unit": "workday", "agreement": "岳招商〔2026〕5号"}
    lacking = answers(admin, "commitments/enter", **typed)
    entered = answers(admin, "commitments/enter", **typed, clause="第七条")
    ended = answers(admin, key(entered, "commitments", "end"))

    assert "必须填写" in lacking and 'value="岳招商〔2026〕5号"' in lacking
    assert "第七条" in entered and "已办：终止承诺" in ended


def test_a_policy_is_read_as_a_form_and_counts_from_its_preview_on(admin: Browser) -> None:
    wrong = answers(admin, "policies/enter", warn_percent="200")
    json = answers(admin, "policies/enter", whole="{")
    preview = answers(admin, "policies/enter", target_cards="yes", warn_workdays="3", preview="1")
    entered = answers(admin, "policies/enter", target_cards="yes", warn_workdays="3")
    ended = answers(admin, key(entered, "policies", "end"))

    assert "百分" in wrong and 'value="200"' in wrong
    assert "JSON" in json and "没有办成" not in json
    assert "与现行规则相比" in preview and "力争时限也亮黄牌" in preview
    assert "力争时限黄牌" in entered and "已办：废止" in ended


def test_a_closure_is_proposed_by_one_shown_day_by_day_and_accepted_by_another(
    admin: Browser, other: Callable[[], Browser],
) -> None:
    typed = {"scope": "city", "first": "2026-12-28", "last": "2026-12-29", "reference": "岳停〔2026〕9号", "approver": "市政府",
             "reason": "冰冻"}
    backwards = answers(admin, "calendar/closure", **typed | {"last": "2026-12-01"})
    proposed = answers(admin, "calendar/closure", **typed)
    address = key(proposed, "calendar", "accept")
    page = unescape(admin.get(f"/administration/{address}").text)
    own = answers(admin, address)
    accepted = answers(other(), address)

    assert "没有办成" in backwards or "fault" in backwards
    assert "待审核" in proposed
    assert "改变2天" in page and "2026-12-28" in page and "个正在计时的时限" in page
    assert "没有办成" in own and "已办：通过" in accepted and "许文" in accepted


def test_a_notice_is_typed_by_its_holidays_and_one_that_lacks_any_is_refused(admin: Browser) -> None:
    lacking = answers(admin, "calendar/notice", **{
        "number": "国办发明电〔2026〕7号", "published_on": "2026-11-20", "holidays.0.first": "2027-01-01",
        "holidays.0.last": "2027-01-03",
        **{f"holidays.{place}.name": "" for place in range(1, 7)}})

    assert "没有办成" in lacking or "fault" in lacking
    assert 'value="2027-01-03"' in lacking and "待审核" not in shown(admin, "calendar")


def test_a_version_of_a_decision_list_is_reviewed_before_it_is_uploaded_and_approved_by_another(
    admin: Browser, other: Callable[[], Browser],
) -> None:
    typed = {"list": "planning_review", "document": "岳规〔2026〕3号", "valid_from": "2026-12-01"}
    head = "项目类型,建筑面积(平方米),区位,结果,依据\n"
    wrong = answers(admin, "lists/enter", **typed, sheet=sheet(head + "厂房,<=5000,,没有的结果,第一条\n"))
    preview = answers(admin, "lists/enter", **typed, sheet=sheet(head + "厂房,<=5000,,免于审查,第一条\n"), preview="1")
    entered = answers(admin, "lists/enter", **typed, sheet=sheet(head + "厂房,<=5000,,免于审查,第一条\n"))
    address = key(entered, "lists", "approve")
    own = answers(admin, address)
    approved = answers(other(), address)

    assert "第2行" in wrong and "没有覆盖" in preview and "免于审查" in preview
    assert "没有办成" in own and "已办：批准" in approved and "第1版" in approved


def test_a_regional_assessment_is_entered_and_taken_out(admin: Browser) -> None:
    typed = {"kind": "energy", "park": "汨罗高新区", "document": "区评-1", "valid_from": "2026-01-01"}
    backwards = answers(admin, "assessments/enter", **typed, valid_until="2025-01-01")
    entered = answers(admin, "assessments/enter", **typed, valid_until="2030-01-01")
    preview = answers(admin, "assessments/upload", preview="1", sheet=sheet(
        "评估类型,所属园区,成果编号,生效日期,有效期至\n节能评价,汨罗高新区,区评-2,2026-01-01,2030-01-01\n"))
    ended = answers(admin, key(entered, "assessments", "end"))

    assert 'value="区评-1"' in backwards and "fault" in backwards
    assert "区评-1" in entered and "区评-2" in preview and "已办：移出" in ended
    assert "已移出" in shown(admin, "assessments")


def test_a_template_of_an_undertaking_follows_the_one_before(admin: Browser) -> None:
    lacking = answers(admin, "undertakings/enter", kind="declared", basis="国办发〔2020〕42号")
    entered = answers(admin, "undertakings/enter", kind="declared", basis="国办发〔2020〕42号", text="本企业承诺……")
    replaced = answers(admin, key(entered, "undertakings", "replace"), text="本企业郑重承诺……")
    ended = answers(admin, key(replaced, "undertakings", "end"))

    assert "fault" in lacking and "第1版" in entered and "第2版" in replaced and "已办：停用" in ended


def test_a_credit_record_is_entered_by_its_document_and_restored(admin: Browser) -> None:
    typed = {"code": "91350100M000100Y43", "name": "某公司", "reason": "虚假承诺", "document": "岳信〔2026〕1号"}
    past = answers(admin, "credit/enter", **typed, until_on="2026-01-01")
    entered = answers(admin, "credit/enter", **typed)
    restored = answers(admin, key(entered, "credit", "restore"), document="岳信修〔2026〕1号")

    assert "fault" in past and "生效中" in entered
    assert "已办：信用修复" in restored and "已修复" in shown(admin, "credit")


def test_a_proposed_credit_record_is_confirmed_by_another_than_proposed_it(
    admin: Browser, other: Callable[[], Browser], database: Engine,
) -> None:
    with writing(database) as connection:
        credit.propose(connection, credit.NewRecord(code="91350100M000100Y43", name="某公司", reason="承诺不实", document=""),
                       case_number="430600-1", by="张敏", now=NOW)
    waiting = unescape(admin.get("/administration").text)
    address = key(shown(admin, "credit"), "credit", "confirm")
    own = answers(admin, address, document="岳信〔2026〕2号")
    confirmed = answers(other(), address, document="岳信〔2026〕2号")

    assert "1项待审核" in waiting and "没有办成" in own and "已办：确认" in confirmed


def test_a_mandate_is_registered_at_the_window_and_laid_down_by_the_agent(
    admin: Browser, client: FlaskClient, database: Engine,
) -> None:
    agent = sign_in(client, database, "唐敏", "agent")
    clerk = sign_in(client, database, "李娟", "clerk")
    typed = {"number": "帮委〔2026〕1号", "agent": "唐敏", "principal": "某公司", "deeds": "apply", "first_on": "2026-11-25"}
    backwards = answers(clerk, "mandates/enter", **typed, last_on="2026-01-01")
    entered = answers(clerk, "mandates/enter", **typed, last_on="2027-11-25")
    agent = sign_in(client, database, "唐敏", "agent")
    forbidden = agent.get("/administration/mandates/enter").status_code
    revoked = answers(agent, key(entered, "mandates", "revoke"))

    assert "fault" in backwards and "帮委〔2026〕1号" in entered
    assert forbidden == 409 and "已办：撤销" in revoked and "已撤销" in shown(agent, "mandates")


def test_a_first_password_is_shown_once_and_has_to_be_changed(admin: Browser, database: Engine) -> None:
    with writing(database) as connection:
        enter(connection, "新人", "clerk")
    own = answers(admin, "accounts/password?key=张敏")
    once = answers(admin, "accounts/password?key=新人")
    given = re.search(r'class="secret"[^>]*>([^<]+)<', once)
    book = shown(admin, "accounts")

    assert "没有办成" in own
    assert given and len(given[1]) == 19 and "只显示这一次" in once
    assert given[1] not in book and "待本人改密码" in book


def test_an_account_is_barred_and_let_in_again_by_the_security_administrator(
    admin: Browser, client: FlaskClient, database: Engine,
) -> None:
    sign_in(client, database, "陈静", "clerk")
    guard = sign_in(client, database, "沈洁", "security_admin")

    own = answers(guard, "accounts/disable?key=沈洁", reason="试试")
    barred = answers(guard, "accounts/disable?key=陈静", reason="调离")
    enabled = answers(guard, "accounts/enable?key=陈静", reason="调回")
    particulars = unescape(guard.get("/administration/accounts/row?key=陈静").text)

    assert "没有办成" in own and "已停用" in barred and "已办：启用" in enabled and "调离" in particulars
    assert guard.get("/administration/accounts/password?key=陈静").status_code == 409


def test_a_token_of_a_program_is_shown_once_and_revoked(admin: Browser, database: Engine) -> None:
    with writing(database) as connection:
        enter(connection, "工改平台", "agent")
    late = answers(admin, "accounts/issue?key=工改平台", name="工改平台接入", scopes="read", expires_on="2030-01-01")
    once = answers(admin, "accounts/issue?key=工改平台", name="工改平台接入", scopes="read", expires_on="2027-01-01")
    particulars = unescape(admin.get("/administration/accounts/row?key=工改平台").text)
    revoked = answers(admin, "accounts/revoke?key=工改平台", token="1")

    assert "fault" in late and 'value="工改平台接入"' in late
    assert "jiban_" in once and "jiban_" not in particulars and "工改平台接入" in particulars
    assert "已办：撤销令牌" in revoked


def test_people_are_entered_within_the_unit_of_their_administrator(
    admin: Browser, client: FlaskClient, database: Engine,
) -> None:
    entered = answers(admin, "people/enter", id="新人", name="新人", unit="市公安局")
    granted = answers(admin, "people/grant?key=新人", role="clerk", reason="调入")
    particulars = unescape(admin.get("/administration/people/row?key=新人").text)
    keeper = sign_in(client, database, "郑伟", "department_admin")
    foreign = answers(keeper, "people/enter", id="外人", name="外人", unit="市公安局")

    assert "已办：登记人员" in entered and "窗口受理人员" in granted and "调入" in particulars
    assert "没有办成" in foreign and 'value="外人"' in foreign


def test_a_contact_is_entered_and_ended(admin: Browser) -> None:
    typed = {"unit": "市公安局", "rank": "liaison", "name": "郑伟", "title": "科长", "office_phone": "0730-8880000"}
    wrong = answers(admin, "contacts/enter", **typed, mobile="12")
    entered = answers(admin, "contacts/enter", **typed, mobile="13807301234")
    ended = answers(admin, key(entered, "contacts", "end"))

    assert "应为11位手机号" in wrong and 'value="科长"' in wrong
    assert "郑伟" in entered and "13807301234" not in entered
    assert "已办：撤下" in ended and "郑伟" in shown(admin, "contacts")


@pytest.mark.parametrize("hostile", [
    "<script>alert(1)</script>", '" onmouseover="x', "=cmd|' /C calc'!A0", "{{ 7*7 }}", "'; DROP TABLE person;--"])
def test_what_is_typed_is_only_ever_text(hostile: str, admin: Browser) -> None:
    answers(admin, "people/enter", id=hostile.replace("/", ""), name=hostile, unit=hostile)
    pages = [admin.get(address).text for address in (
        "/administration/people", "/administration/accounts", f"/administration/people?q={quote(hostile)}",
        f"/administration/people/row?key={quote(hostile.replace('/', ''))}")]
    refused = admin.client.post("/administration/empowerment/upload", content_type="multipart/form-data", data={
        "csrf": admin.csrf, "data.kind": hostile, "data.sheet": (BytesIO(hostile.encode()), f"{hostile}.csv")})

    for page in (*pages, refused.text):
        assert "<script>alert" not in page and '" onmouseover="x' not in page and ">49<" not in page
    assert refused.status_code == 422


def test_a_form_with_a_sheet_is_bounded(admin: Browser) -> None:
    huge = BytesIO(b"x" * (3 * 1024 * 1024 + 1))

    refused = admin.client.post("/administration/empowerment/upload", content_type="multipart/form-data", data={
        "csrf": admin.csrf, "data.kind": "empowerment", "data.sheet": (huge, "大.csv")})
    elsewhere = admin.client.post("/sign-in/password", content_type="multipart/form-data", data={
        "csrf": admin.csrf, "file": (BytesIO(b"x" * (1024 * 1024 + 1)), "大.csv")})

    assert refused.status_code == 413 and elsewhere.status_code in (404, 413)
