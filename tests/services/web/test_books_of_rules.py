"""What an office rules, changed on pages: the catalogue, limits, policies, the calendar, lists. One act of each book, done and
refused, and by a second person where it takes two."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

from flask.testing import FlaskClient
from sqlalchemy import Engine

from services import people
from services.database import writing
from services.people import NewGrant
from tests.services.staff import ENTERED_AT, JANUARY, hire
from tests.services.web.answering import Form, answers, key, sheet, shown
from tests.services.web.conftest import Browser, sign_in


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


def test_a_matter_is_given_another_supervisor_and_the_shipped_one_again(admin: Browser) -> None:
    before = shown(admin, "supervision")
    done = answers(admin, "supervision/assign?key=SJ-SDQW", supervisor="市住建局", reason="岳监管〔2026〕1号")
    nobody = answers(admin, "supervision/assign?key=SJ-SDQW", supervisor="没有的局", reason="岳监管〔2026〕1号")
    withdrawn = answers(admin, "supervision/withdraw?key=SJ-SDQW", reason="岳监管〔2026〕2号")

    assert "岳监管〔2026〕1号" in done and done.count("未列</span>") == before.count("未列</span>")
    assert "没有办成" in nobody
    assert "已办：撤下本级指定" in withdrawn and withdrawn.count("未列</span>") == before.count("未列</span>")


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
    bad = ("汨罗高新区,SJ-BA,随便,市住建局,2026年第二批,岳政发〔2026〕10号,岳委〔2026〕2号,2026-12-01\n"
           "没有的园区,SJ-BA,服务前移,市住建局,二,岳,委,昨天\n")

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


def test_a_parks_administrator_is_offered_the_rulings_of_his_park_and_refused_others(
    admin: Browser, client: FlaskClient, database: Engine,
) -> None:
    limit = {"process": "four_permits", "kind": "promised", "amount": "5", "unit": "workday", "basis": "岳审改〔2026〕6号",
             "approver": "李主任"}
    for park in ("湘阴高新区", "汨罗高新区"):
        answers(admin, "limits/enter", **limit, park=park)
        answers(admin, "policies/enter", process="four_permits", park=park, warn_workdays="4")
    with writing(database) as connection:
        hire(connection, "钟慧", unit="湘阴高新区")
        people.grant(connection, NewGrant(person="钟慧", role="park_admin", park="湘阴高新区", since_on=JANUARY), by="root",
                     now=ENTERED_AT)
    keeper = sign_in(client, database, "钟慧")

    books = {book: unquote(keeper.get(f"/administration/{book}").text) for book in ("limits", "policies")}
    refused = answers(keeper, "limits/enter", **limit, park="汨罗高新区")
    by_address = answers(keeper, "policies/end?key=four_permits:汨罗高新区")
    entered = answers(keeper, "limits/enter", **limit | {"amount": "4"}, park="湘阴高新区")

    assert all("汨罗高新区" in page for page in books.values()), "he reads them"
    assert re.findall(r"(?:replace|end)\?key=([^\"]+)", books["limits"]) == ["four_permits:promised:湘阴高新区"] * 2
    assert re.findall(r"(?:replace|end)\?key=([^\"]+)", books["policies"]) == ["four_permits:湘阴高新区"] * 2
    assert "只能为湘阴高新区作规定" in refused and "只能为湘阴高新区作规定" in by_address
    assert "已办：规定时限" in entered
