"""The supervisor's pages: the wall, the lists behind it and their export; a case's evidence, acts, figures, the digest."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from openpyxl import load_workbook
from sqlalchemy import Engine, event

from services import people
from services.database import writing
from services.people import NewGrant, NewPerson
from services.settings import Settings
from services.web.door import Door, hang
from tests.services.desk import Desk, day
from tests.services.diagrams import end, flows, process, start, throw

INSPECTION, SETUP = "joint_completion_inspection", "company_setup"
LATE, EARLIER, HELD, NEW = range(4)
"""The cases of the story: one late since 13 March, one due on the 16th, one in a special procedure, one due on the 20th."""
NOW = day(13)
HOSTILE = "<script>alert(1)</script>=1+1"


def accepted(desk: Desk, number: int, **data: object) -> str:
    """A 竣工联合验收 accepted on a day of March 2026 by 王: eight working days."""
    desk.now = day(number)
    case = desk.open(INSPECTION, **data)
    for outcome in ("received", "accept"):
        desk.complete(case, desk.tasks(case)[0].node, outcome, by="王")
    return case


def told(desk: Desk) -> None:
    """Four cases in two parks, as of Friday 13 March 10:00."""
    accepted(desk, 2, park="湘阴高新区")
    accepted(desk, 4, park="岳阳经发区")
    held = accepted(desk, 5, park="岳阳经发区")
    desk.now = day(6)
    desk.suspend(held)
    accepted(desk, 10, park="湘阴高新区")
    desk.now = NOW
    desk.ring()


@pytest.fixture
def desk(tell: Callable[[Callable[[Desk], None]], Desk]) -> Desk:
    """The desk after the story."""
    return tell(told)


@pytest.fixture
def client(house: OpenAPI, desk: Desk) -> FlaskClient:
    """A visitor of the supervisor's pages, at the desk's hour."""
    house.jinja_env.globals.setdefault("csrf_field", lambda: "")
    hang(house, Door(database=desk.database, office=desk.office, settings=Settings(), clock=lambda: desk.now))
    return house.test_client()


def numbers(page: str) -> dict[str, int]:
    """Every number of the wall, by the address of the list behind it."""
    return {unescape(address): int(count) for address, count in re.findall(
        r'<a id="n-[^"]*" class="n[^"]*" href="([^"]*)"[^>]*>(\d+)</a>', page)}


def cases_in(page: str) -> list[str]:
    """The cases of a list, in its order."""
    return re.findall(r'<th scope="row" class="number"><a href="/wall/cases/(\d+)', page)


def enter(desk: Desk, account: str, *grants: dict[str, str]) -> None:
    """A person with roles, since 1 March."""
    with writing(desk.database) as connection:
        people.enter(connection, NewPerson(id=account, name=account, since_on=date(2026, 3, 1)), by="管", now=day(2))
        for given in grants:
            people.grant(connection, NewGrant(person=account, since_on=date(2026, 3, 1), **given), by="管", now=day(2))


def test_every_number_of_the_wall_is_the_length_of_the_list_behind_it(client: FlaskClient) -> None:
    shown = numbers(client.get("/wall").text)

    lengths = {address: len(cases_in(client.get(address).text)) for address in shown}

    assert shown and lengths == shown


def test_the_wall_counts_departments_by_matter_with_the_worst_lamp_first(client: FlaskClient) -> None:
    page = client.get("/wall").text

    tiles = re.findall(r'<span class="tile-name">(.*?)</span> <strong>(\d+)</strong>', page)
    assert tiles == [("超期", "1"), ("预警", "1"), ("正常", "1"), ("暂停", "1"), ("暂定", "0"), ("合计", "4")]
    assert "市住建局" in page and "竣工联合验收" in page


def test_the_wall_of_a_park_counts_only_its_cases(client: FlaskClient) -> None:
    page = client.get("/wall", query_string={"park": "岳阳经发区"}).text

    assert dict(re.findall(r'<span class="tile-name">(.*?)</span> <strong>(\d+)</strong>', page))["合计"] == "2"
    assert all("park=" in address for address in numbers(page))


def test_what_falls_due_today_and_on_the_next_working_day_stands_beside_the_wall(client: FlaskClient, desk: Desk) -> None:
    desk.now = day(16, hour=1)  # Monday 09:00; the second case is due on this day

    page = client.get("/wall").text

    assert "今日到期 03-16 周一" in page and "下一工作日到期 03-17 周二" in page
    assert cases_in(client.get("/wall/list?due=today").text) == [desk.opened[EARLIER]]


def test_a_list_shows_the_worst_first_and_what_stands_still_last(client: FlaskClient, desk: Desk) -> None:
    page = client.get("/wall/list").text

    assert cases_in(page) == [desk.opened[each] for each in (LATE, EARLIER, NEW, HELD)]
    assert "已超1个工作日" in page and "停止计时" in page and "黄牌" in page


def test_a_long_list_is_turned_page_by_page_and_shows_every_clock_once(
    client: FlaskClient, desk: Desk, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.web.pages.wall._MOST", 1)

    seen, address = [], "/wall/list"
    while address:
        page = client.get(address).text
        seen += cases_in(page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        address = unescape(following[1]) if following else ""

    assert seen == [desk.opened[each] for each in (LATE, EARLIER, NEW, HELD)]


def test_the_wall_costs_the_same_number_of_statements_however_many_cases_there_are(client: FlaskClient, desk: Desk) -> None:
    spent = {path: _statements(desk.database, lambda path=path: client.get(path)) for path in ("/wall", "/wall/list?lamp=red")}
    for number in (11, 12, 12):
        accepted(desk, number, park="岳阳经发区")
    desk.now = NOW

    again = {path: _statements(desk.database, lambda path=path: client.get(path)) for path in spent}

    assert again == spent and spent["/wall"] <= 6 and spent["/wall/list?lamp=red"] <= 8


def test_an_exported_list_holds_the_same_clocks_and_its_cells_are_texts(client: FlaskClient, desk: Desk) -> None:
    desk.deploy(hostile=hostile("=HYPERLINK(1)", "=cmd|calc"))
    desk.open("hostile")

    answer = client.get("/wall/list.xlsx")

    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2))
    assert answer.headers["Content-Disposition"].startswith("attachment") and len(rows) == 5
    assert {cell.data_type for row in rows for cell in row if isinstance(cell.value, str)} == {"s"}
    named = next(cell for row in rows for cell in row if cell.value == "=HYPERLINK(1)")
    assert named.quotePrefix and [row[1].value for row in rows][:4] == cases_in(client.get("/wall/list").text)[:4]


def test_names_of_strangers_are_shown_as_they_are_written(client: FlaskClient, desk: Desk) -> None:
    desk.deploy(hostile=hostile("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;img src=x onerror=alert(1)&gt;"))
    number = desk.open("hostile")
    desk.command("remind", number, addressee=HOSTILE, text=HOSTILE)

    pages = [client.get(path).text for path in (
        "/wall", "/wall/list", f"/wall/cases/{number}", "/wall/digest", "/wall/heat?process=hostile", "/wall/figures")]

    assert not any("<script>alert" in page or "<img src=x" in page for page in pages)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[1]


def test_the_ribbon_shows_what_each_day_of_a_clock_was(client: FlaskClient, desk: Desk) -> None:
    page = client.get(f"/wall/cases/{desk.opened[LATE]}").text

    promised = page[page.index('data-clock="promised"'):]
    promised = promised[:promised.index("</g>\n  ")] if "</g>\n  " in promised else promised
    bands = re.findall(r'<rect class="band (\w+)"[^>]*><title>([^<]*)</title>', promised)
    assert bands[:4] == [  # accepted on Monday the 2nd, due on Thursday the 12th, today Friday the 13th
        ("counted", "03-03 至 03-06 计入（4日）"), ("off", "03-07 至 03-08 休息日，不计（2日）"),
        ("counted", "03-09 至 03-12 计入（4日）"), ("late", "03-13 超期（1日）")]
    assert "到期日 2026-03-12" in promised and "2026-03-13 亮黄牌" in page and "2026-03-02 受理" in page
    assert " style=" not in page


def test_the_ribbon_greys_the_days_of_a_special_procedure(client: FlaskClient, desk: Desk) -> None:
    page = client.get(f"/wall/cases/{desk.opened[HELD]}").text

    assert "03-09 至 03-13 停表，不计（5日）" in page and "停表中" in page
    assert "2026-03-06 特别程序开始：专家评审" in page


def test_the_page_of_a_case_says_who_has_it_and_for_how_many_working_days(client: FlaskClient, desk: Desk) -> None:
    page = client.get(f"/wall/cases/{desk.opened[LATE]}").text

    assert "无人认领" in page and "2026-03-02 10:00，已9个工作日" in page
    assert "延期</a>" not in page and "转办</a>" not in page and "逐日说明" in page


def test_the_account_of_a_clock_is_a_page_of_its_own_too(client: FlaskClient, desk: Desk) -> None:
    page = client.get(f"/wall/cases/{desk.opened[LATE]}/explained?clock=promised").text

    assert "第8个工作日" in page and "行政许可法第82条" in page


def test_a_reminder_says_what_it_does_and_is_told_with_who_and_when(client: FlaskClient, desk: Desk) -> None:
    path = f"/wall/cases/{desk.opened[LATE]}"
    asked = client.get(f"{path}/remind").text

    given = client.post(f"{path}/remind", data={"addressee": "市住建局", "text": "请今日办结"})

    assert "被催办人收到提醒；不影响时限" in asked
    assert (given.status_code, given.headers["Location"]) == (303, f"{path}?done=remind")
    page = client.get(given.headers["Location"]).text
    assert "已催办" in page and "请今日办结" in page and "2026-03-13 10:00" in page


def test_an_order_is_issued_returned_and_closed_by_another_than_who_mended(client: FlaskClient, desk: Desk) -> None:
    number = desk.opened[LATE]
    path = f"/wall/cases/{number}"
    client.post(f"{path}/issue_order", data={"addressee": "市住建局", "text": "说明原因", "due_on": "2026-03-18"})
    (order,) = [fact["seq"] for fact in desk.facts(number, "OrderIssued")]
    desk.command("reply_to_order", number, order=order, text="已补人手", by="api")

    own = client.post(f"{path}/close_order/{order}", data={"text": "属实"})
    client.set_cookie("jiban", "sun")
    returned = client.post(f"{path}/return_order/{order}", data={"reason": "未说明原因", "due_on": "2026-03-19"})
    desk.command("reply_to_order", number, order=order, text="人手已补", by="api")
    closed = client.post(f"{path}/close_order/{order}", data={"text": "属实"})

    assert own.status_code == 409 and "现在不能办理" in own.text and "属实" in own.text
    assert (returned.status_code, closed.status_code) == (303, 303)
    assert "已销号" in client.get(path).text and number in client.get("/wall/orders?state=closed").text


def test_a_card_is_written_off_with_a_reason_by_who_has_not_handled_the_case(client: FlaskClient, desk: Desk) -> None:
    number = desk.opened[LATE]
    (card,) = [fact["seq"] for fact in desk.facts(number, "CardIssued")]
    path = f"/wall/cases/{number}/write_off/{card}"

    empty = client.post(path, data={"reason": "  "})
    client.set_cookie("jiban", "wang")
    done = client.post(path, data={"reason": "系统停机，经核实"})

    assert empty.status_code == 422 and "请填写理由" in empty.text and desk.facts(number, "CardWrittenOff") != []
    assert done.status_code == 303 and number in client.get("/wall/cards?state=written_off").text
    assert number not in client.get("/wall/cards?state=issued").text


@pytest.mark.parametrize(("field", "value", "said"), [
    ("due_on", "2026-03-12", "请填写今天或以后的日期"),  # the day before
    ("due_on", "明天", "请填写今天或以后的日期"),
    ("addressee", "市" * 101, "不超过100字"),
    ("text", "\0", "请填写内容"),
    ("text", "", "请填写内容"),
])
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    client: FlaskClient, desk: Desk, field: str, value: str, said: str,
) -> None:
    typed = {"addressee": "市住建局", "text": "说明原因<b>", "due_on": "2026-03-18", field: value}

    answer = client.post(f"/wall/cases/{desk.opened[LATE]}/issue_order", data=typed)

    assert answer.status_code == 422 and re.search(rf'id="{field}-fault" role="alert">[^<]*{said}', answer.text)
    assert desk.facts(desk.opened[LATE], "OrderIssued") == []
    assert field == "text" or "说明原因&lt;b&gt;" in answer.text


def test_a_form_that_is_older_than_the_case_says_who_was_quicker(client: FlaskClient, desk: Desk) -> None:
    path = f"/wall/cases/{desk.opened[LATE]}/remind"
    version = desk.case(desk.opened[LATE]).version
    client.post(path, data={"addressee": "市住建局", "text": "一", "version": str(version)})

    answer = client.post(path, data={"addressee": "市住建局", "text": "二", "version": str(version)})

    assert answer.status_code == 409 and "api 于 03-13 10:00 办理过本件" in answer.text and ">二</textarea>" in answer.text


@pytest.mark.parametrize("path", [
    "", "/remind", "/issue_order", "/explained?clock=promised", "/write_off/1", "/close_order/1"])
def test_a_case_outside_the_scope_of_a_supervisor_is_not_there(client: FlaskClient, desk: Desk, path: str) -> None:
    enter(desk, "sun", {"role": "supervisor", "park": "岳阳经发区"})
    client.set_cookie("jiban", "sun")

    elsewhere = client.get(f"/wall/cases/{desk.opened[LATE]}{path}", headers={"Accept": "text/html"})
    nowhere = client.get(f"/wall/cases/43060020260101000009{path}", headers={"Accept": "text/html"})

    assert (elsewhere.status_code, nowhere.status_code) == (404, 404)
    assert elsewhere.text.replace(desk.opened[LATE], "") == nowhere.text.replace("43060020260101000009", "")


def test_an_act_outside_the_scope_is_refused_like_a_case_that_is_not_there(client: FlaskClient, desk: Desk) -> None:
    enter(desk, "sun", {"role": "supervisor", "park": "岳阳经发区"})
    client.set_cookie("jiban", "sun")

    answer = client.post(f"/wall/cases/{desk.opened[LATE]}/remind", data={"addressee": "x", "text": "y"})

    assert answer.status_code == 404 and desk.facts(desk.opened[LATE], "CaseReminded") == []


@pytest.mark.parametrize(("grants", "seen"), [
    ([{"role": "supervisor"}], {LATE, EARLIER, HELD, NEW}),
    ([{"role": "supervisor", "park": "岳阳经发区"}], {EARLIER, HELD}),
    ([{"role": "supervisor", "department": "市住建局"}], {LATE, EARLIER, HELD, NEW}),
    ([{"role": "supervisor", "park": "岳阳经发区", "department": "市公安局"}], set()),
    ([{"role": "supervisor", "park": "岳阳经发区", "department": "市公安局"},
      {"role": "supervisor", "park": "湘阴高新区", "process": INSPECTION}], {LATE, NEW}),
    ([{"role": "supervisor", "process": SETUP}], set()),
    ([{"role": "clerk"}], set()),  # no supervisor
])
def test_a_supervisor_sees_the_parks_departments_and_matters_of_his_role(
    client: FlaskClient, desk: Desk, grants: list[dict[str, str]], seen: set[int],
) -> None:
    enter(desk, "sun", *grants)
    client.set_cookie("jiban", "sun")

    page = client.get("/wall").text

    assert set(cases_in(client.get("/wall/list").text)) == {desk.opened[each] for each in seen}
    assert dict(re.findall(r'<span class="tile-name">(.*?)</span> <strong>(\d+)</strong>', page))["合计"] == str(len(seen))
    assert all(len(cases_in(client.get(address).text)) == count for address, count in numbers(page).items())
    assert bool(cases_in(client.get("/wall/cards").text)) is (LATE in seen)


def test_a_message_is_marked_as_read_by_whom_it_was_meant_for(client: FlaskClient, desk: Desk) -> None:
    desk.now = day(16)
    desk.ring()
    unread = client.get("/wall/inbox").text
    (address,) = re.findall(r'action="(/wall/inbox/[^"]*/read)"', unread)[:1]

    marked = client.post(address)

    assert desk.opened[LATE] in unread and marked.status_code == 303
    assert address not in client.get("/wall/inbox").text and "2026-03-16 10:00" in client.get("/wall/inbox?show=all").text


def test_nobody_marks_what_he_was_not_told(client: FlaskClient, desk: Desk) -> None:
    desk.now = day(16)
    desk.ring()
    address = next(each for each in re.findall(r'action="(/wall/inbox/[^"]*/read)"', client.get("/wall/inbox").text)
                   if desk.opened[LATE] in each)
    enter(desk, "sun", {"role": "supervisor", "park": "岳阳经发区"})
    client.set_cookie("jiban", "sun")

    shown = client.get("/wall/inbox").text

    assert client.post(address, headers={"Accept": "text/html"}).status_code == 404
    assert address not in shown and desk.opened[LATE] not in shown


def test_the_figures_stand_in_a_table_with_their_definitions(client: FlaskClient) -> None:
    page = client.get("/wall/figures").text

    assert page.count('type="application/json"') == 4 and "2026-03" in page and "2025-10" in page
    assert "（提前办结＋按时办结）÷（办结件＋期末超期未办结）。" in page
    assert re.search(r"期末超期未办结</th>(<td class=\"num\">0</td>){5}<td class=\"num\">1</td>", page)


def test_the_digest_tells_what_is_overdue_due_next_and_new_since_the_last_one(client: FlaskClient, desk: Desk) -> None:
    page = client.get("/wall/digest").text

    assert "每日晨报 2026-03-13 周五" in page and "上一期 2026-03-12 09:00" in page
    assert dict(re.findall(r'<span class="tile-name">(.*?)</span> <strong>(.*?)</strong>', page))["新亮牌"] == "1"
    part = page[page.index('id="part-lapsed"'):page.index('id="part-today"')]
    assert cases_in(part) == [desk.opened[LATE]]


def test_the_heat_of_a_process_tells_how_long_its_steps_took_and_what_waits(client: FlaskClient, desk: Desk) -> None:
    page = client.get("/wall/heat", query_string={"process": INSPECTION}).text
    picture = client.get(f"/wall/heat/{INSPECTION}/picture")

    assert "竣工联合验收" in page and "最近办结的 0 件" in page
    assert picture.content_type.startswith("text/plain") and b"<bpmn" in picture.data[:3000]
    assert client.get("/wall/heat/nothing/picture", headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize("path", [
    "/wall/list?lamp=purple", "/wall/list?due=never", "/wall/list?after=%21%21", "/wall/cards?state=x", "/wall/cards?after=QQ",
    "/wall/orders?state=x", "/wall/orders?after=QQ", "/wall/inbox?after=QQ", "/wall/inbox?show=x",
    "/wall/list?park=" + "x" * 201])
def test_an_address_that_asks_for_nothing_known_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 422


def hostile(matter: str, step: str) -> bytes:
    """A process that promises five working days from its start, with these names."""
    return process(
        "hostile", '<bpmn:extensionElements><jb:limit kind="promised" amount="5" unit="workday" basis="试"/>'
        "</bpmn:extensionElements>", start(), throw("accepted", "accepted"),
        f'<bpmn:userTask id="step" name="{step}"><bpmn:extensionElements><jb:work act="other" role="clerk"/>'
        "</bpmn:extensionElements></bpmn:userTask>", end(), flows("begin", "accepted", "step", "done"), name=matter)


def _statements(database: Engine, act: Callable[[], object]) -> int:
    """How many statements an act sends, without BEGIN and COMMIT."""
    sent: list[str] = []

    def note(*given: object) -> None:
        if not str(given[2]).startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            sent.append(str(given[2]))

    event.listen(database, "before_cursor_execute", note)
    act()
    event.remove(database, "before_cursor_execute", note)
    return len(sent)
