"""The pages of the counter: queues with their counts, a case with what is to be done, and acts given from it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from sqlalchemy import Engine

from engine.lifecycle import Standing, State
from engine.supervision import Lamp
from services import cases, people
from services.database import writing
from services.office import Office
from services.store import reading
from services.web import door, words
from services.web.door import hang
from tests.services.staff import hire
from tests.services.web.conftest import Browser, sign_in

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
STOPS = {
    "suspend": {"ground": "expert_review", "document": "告〔2026〕3号", "expected_end": "2026-04-01"},
    "pause": {"ground": "rectification", "basis": "岳园办〔2026〕12号第八条"},
    "hold": {"order": "（2026）湘06行保1号", "reason": "法院裁定停止执行"},
    "examine": {"size": "ordinary", "examiner": "某某施工图审查公司"},
}


def _accepted(database: Engine, office: Office, process: str = "joint_completion_inspection") -> str:
    """A case received and accepted on that Monday: eight working days, so due on Thursday 12 March."""
    with writing(database) as connection:
        number = cases.open_case(connection, office, process=process, data={}, by="王", now=MONDAY).number
        for outcome in ("received", "accept"):
            task = reading.tasks_page(connection, number=number, most=1)[0][2]
            cases.complete_task(connection, office, cases.Completion(task=f"{number}-{task.token}", outcome=outcome, data={},
                                                                     by="王"), now=MONDAY)
    return number


@pytest.fixture
def clerk(client: FlaskClient, database: Engine) -> Callable[[], Browser]:
    """Signs a clerk in, who is entered then: what has happened before, happened in an office without people."""
    return lambda: sign_in(client, database, "陈静", "clerk", "reviewer", "approver")


def test_an_empty_queue_says_so_and_offers_to_take_an_application_in(clerk: Callable[[], Browser]) -> None:
    shown = clerk().get("/queues/to_accept")

    assert shown.status_code == 200 and "没有等待受理的办件" in shown.text and "/intake" in shown.text


@pytest.mark.parametrize(("day", "queue", "left"), [
    (3, "in_hand", "剩7个工作日"),
    (11, "due_soon", "剩1个工作日"),  # one working day left
    (12, "due_soon", "今日到期"),
    (13, "overdue", "已超1个工作日"),
    (14, "overdue", "已超1个工作日"),  # a Saturday
    (16, "overdue", "已超2个工作日"),  # over a weekend
])
def test_a_case_moves_from_queue_to_queue_as_its_days_go_by(
    clerk: Callable[[], Browser], database: Engine, office: Office, clock: Callable[[datetime], None], day: int, queue: str,
    left: str,
) -> None:
    number = _accepted(database, office)
    clock(datetime(2026, 3, day, 4, 0, tzinfo=UTC))

    shown = clerk().get(f"/queues/{queue}").text

    assert number in _line(shown) and "竣工联合验收" in _line(shown) and left in _line(shown) and "03-12" in _line(shown)
    assert left in clerk().get(f"/cases/{number}").text


@pytest.mark.parametrize(("stops", "said"), [
    (("suspend",), "特别程序中"),
    (("pause",), "暂停"),
    (("hold",), "已挂起"),
    (("examine",), "审图中"),
    (("hold", "suspend"), "已挂起、特别程序中"),  # both last
])
def test_a_case_whose_days_do_not_count_says_what_stops_them(
    clerk: Callable[[], Browser], api, clock: Callable[[datetime], None], stops: tuple[str, ...], said: str,
) -> None:
    clock(MONDAY)
    number = api.accepted()
    for stop in stops:
        assert api.post(f"cases/{number}/{stop}", STOPS[stop]).status_code == 200
    clock(MONDAY + timedelta(days=60))

    shown, page = clerk().get("/queues/stopped").text, clerk().get(f"/cases/{number}").text

    assert said in _line(shown) and "停止计时" in _line(shown)
    assert said in page and "停止计时" in page, page


def _line(shown: str) -> str:
    return shown[shown.index("<tbody>"):shown.index("</tbody>")]


def test_the_clocks_of_a_case_are_drawn_once_they_run_with_the_days_that_do_not_count(
    clerk: Callable[[], Browser], api, clock: Callable[[datetime], None],
) -> None:
    clock(MONDAY)
    received, number = api.open("joint_completion_inspection")["number"], api.accepted()
    clock(MONDAY + timedelta(days=2))
    assert api.post(f"cases/{number}/suspend", STOPS["suspend"]).status_code == 200
    clock(MONDAY + timedelta(days=8))

    before, drawn = (clerk().get(f"/cases/{each}").text for each in (received, number))

    assert 'class="ribbon"' not in before
    assert all(f'class="band {sort}"' in drawn for sort in ("counted", "paused", "off")), "计入, 停表, 休息日"


def test_an_application_is_taken_in_accepted_and_the_next_case_opens(
    clerk: Callable[[], Browser], clock: Callable[[datetime], None],
) -> None:
    clock(MONDAY)
    at = clerk()
    assert "企业开办" in at.get("/intake").text and "承诺时限" in at.get("/intake/company_setup").text
    first, second = (at.post("/intake/company_setup", **{"data.applicant": name}).headers["Location"].split("?")[0]
                     for name in ("湘阴启明科技有限公司", "岳阳新材料有限公司"))

    page = at.get(first).text
    received = at.post(_task(page), outcome="received", version="1", **{"from": "to_accept"})
    done = at.post(_task(at.get(first).text), outcome="accept", **{"from": "to_accept"})

    assert received.headers["Location"].startswith(first), received.text  # the next step is the clerk's own
    assert done.status_code == 303 and done.headers["Location"].startswith(second), done.text
    following = at.get(done.headers["Location"]).text
    assert "已办：办理" in following and "拿回" in following and first.rpartition("/")[2] in following


def _task(page: str) -> str:
    """Where the first open step's form is sent to."""
    return page.split('action="/tasks/', 1)[1].split('"')[0].join(("/tasks/", ""))


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(clerk: Callable[[], Browser]) -> None:
    shown = clerk().post("/intake/company_setup", **{
        "data.applicant": "湘阴启明科技有限公司", "data.credit_code": "91430600MA40000131", "data.capital": "一百万"})

    assert shown.status_code == 422 and "湘阴启明科技有限公司" in shown.text and "一百万" in shown.text
    assert shown.text.count('class="fault"') == 1 and 'aria-invalid="true"' in shown.text


def test_whoever_comes_second_sees_who_did_what_meanwhile(
    clerk: Callable[[], Browser], client: FlaskClient, database: Engine, clock: Callable[[datetime], None],
) -> None:
    clock(MONDAY)
    at = clerk()
    address = at.post("/intake/company_setup", **{"data.applicant": "湘阴启明科技有限公司"}).headers["Location"].split("?")[0]
    task = _task(at.get(address).text)
    other = sign_in(client, database, "刘洋", "clerk")
    assert other.post(task, outcome="received", version="1").status_code == 303

    late = sign_in(client, database, "陈静").post(task, outcome="received", version="1", seq="1")

    assert late.status_code == 409 and "没有办成" in late.text
    assert "刘洋某" in late.text and "登记收件:收件" in late.text


def test_a_verb_says_what_it_does_before_it_is_done(
    clerk: Callable[[], Browser], database: Engine, office: Office, clock: Callable[[datetime], None],
) -> None:
    number = _accepted(database, office)
    clock(MONDAY)
    at = clerk()

    offered, asked = at.get(f"/cases/{number}/verbs").text, at.get(f"/cases/{number}/do/suspend").text
    missing = at.post(f"/cases/{number}/do/suspend", **{"data.ground": "expert_review"})
    done = at.post(f"/cases/{number}/do/suspend", **{
        "data.ground": "expert_review", "data.document": "告〔2026〕3号", "data.expected_end": "2026-04-01"})

    assert "发起特别程序" in offered and "自次日起不计时限" in asked and "行政许可法第四十五条" in asked
    assert missing.status_code == 422 and 'aria-invalid="true"' in missing.text
    assert done.status_code == 303 and "特别程序中" in at.get(f"/cases/{number}").text


def test_a_case_of_another_park_is_not_there(
    client: FlaskClient, database: Engine, api, clock: Callable[[datetime], None],
) -> None:
    clock(MONDAY)
    number = api.open("company_setup", park="湘阴高新区")["number"]
    with writing(database) as connection:
        hire(connection, "汨罗", unit="汨罗高新区")
        people.grant(connection, people.NewGrant(person="汨罗", role="clerk", park="汨罗高新区", since_on=date(2026, 1, 1)),
                     by="root", now=MONDAY)

    at = sign_in(client, database, "汨罗")

    for address in (f"/cases/{number}", f"/cases/{number}/verbs", f"/cases/{number}/process.bpmn",
                    f"/cases/{number}/do/suspend"):
        assert at.get(address).status_code == 404, address
    assert number not in at.get(f"/search?q={number}").text.replace(f'value="{number}"', "").replace(f"“{number}”", "")


def test_a_number_that_is_one_case_opens_it(clerk: Callable[[], Browser], database: Engine, office: Office) -> None:
    number = _accepted(database, office)

    found = clerk().get(f"/search?q={number}")

    assert found.status_code == 303 and found.headers["Location"] == f"/cases/{number}"


def test_pages_of_a_queue_follow_each_other(clerk: Callable[[], Browser], database: Engine, office: Office) -> None:
    with writing(database) as connection:
        numbers = [cases.open_case(connection, office, process="company_setup", data={}, by="王", now=MONDAY).number
                   for _ in range(53)]
    at = clerk()

    first = at.get("/queues/to_accept").text
    link = first[first.index('rel="next"'):].split('href="')[1].split('"')[0].replace("&amp;", "&")
    second = at.get(link).text

    assert sorted(number for number in numbers if number in _line(first) or number in _line(second)) == sorted(numbers)
    assert _line(second).count("<tr") == 3 and "回到开头" in second and 'rel="next"' not in second


@pytest.mark.parametrize("address", ["/queues/nonsense", "/queues/to_accept?after=nonsense", "/queues/in_hand?after=MTAw.."])
def test_a_wrong_address_is_explained(clerk: Callable[[], Browser], address: str) -> None:
    assert clerk().get(address).status_code in (404, 422)


def test_markup_in_what_an_applicant_wrote_is_shown_as_text(
    clerk: Callable[[], Browser], api, clock: Callable[[datetime], None],
) -> None:
    clock(MONDAY)
    number = api.open(applicant='<img src=x onerror="alert(1)">')["number"]
    at = clerk()

    shown = at.get("/queues/to_accept").text + at.get(f"/cases/{number}").text

    assert "<img" not in shown and shown.count("&lt;img src=x onerror=") >= 3


def test_a_page_loads_nothing_from_elsewhere_and_runs_no_script_of_its_own(clerk: Callable[[], Browser]) -> None:
    shown = clerk().get("/queues/to_accept")

    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert shown.headers["X-Content-Type-Options"] == "nosniff" and shown.headers["Referrer-Policy"] == "same-origin"
    assert "http://" not in shown.text and "https://" not in shown.text
    assert shown.text.count("<script") == shown.text.count('<script src="/static/') and "style=" not in shown.text


def test_every_state_standing_and_lamp_has_its_word() -> None:
    assert set(words.STATES) == set(State) and set(words.STANDINGS) == set(Standing) and set(words.LAMPS) == set(Lamp)
    assert len(set(words.STATES.values())) == len(State)


def test_the_clock_of_the_door_is_aware(client: FlaskClient) -> None:
    with client.application.app_context():
        assert door.now().utcoffset() == timedelta(0)


def test_a_scan_is_attached_to_its_material_and_given_out_to_be_saved(
    clerk: Callable[[], Browser], house: OpenAPI, clock: Callable[[datetime], None], tmp_path: Path,
) -> None:
    clock(MONDAY)
    with house.app_context():
        hang(house, replace(door.door(), settings=replace(door.door().settings, files=tmp_path)))
    at = clerk()
    address = at.post("/intake/company_setup", **{"data.applicant": "湘阴启明科技有限公司"}).headers["Location"].split("?")[0]

    sent = at.client.post(f"{address}/uploads", data={
        "csrf": at.csrf, "material": "统一申请表", "file": (BytesIO(b"%PDF-1.4\n%%EOF\n"), "申请表.pdf")})
    shown = at.get(address).text
    scan = at.get(f"{address}/uploads/1")

    assert sent.status_code == 303, sent.text
    assert "申请表.pdf" in shown and "已收" in shown
    assert scan.status_code == 200 and scan.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in scan.headers["Content-Security-Policy"]


def test_a_document_is_issued_and_printed_from_the_page_of_the_case(
    clerk: Callable[[], Browser], clock: Callable[[datetime], None],
) -> None:
    clock(MONDAY)
    at = clerk()
    address = at.post("/intake/company_setup", **{"data.applicant": "湘阴启明科技有限公司"}).headers["Location"].split("?")[0]
    at.post(_task(at.get(address).text), outcome="received", version="1", **{"data.documents": "统一申请表"})

    offered = at.get(address).text
    issued = at.post(f"{address}/documents", kind="receipt", seq="1")
    pdf = at.get(f"{address}/documents/1.pdf")

    assert "出具 收件凭证" in offered
    assert issued.status_code == 303, issued.text
    assert pdf.status_code == 200 and pdf.data.startswith(b"%PDF") and "出具 收件凭证" not in at.get(address).text


def test_a_scan_or_document_that_is_refused_is_refused_on_the_page_of_the_case(
    clerk: Callable[[], Browser], clock: Callable[[datetime], None],
) -> None:
    clock(MONDAY)
    at = clerk()
    address = at.post("/intake/company_setup", **{"data.applicant": "湘阴启明科技有限公司"}).headers["Location"].split("?")[0]

    nothing = at.post(f"{address}/uploads", material="统一申请表")
    early = at.post(f"{address}/documents", kind="grant", seq="1")

    assert (nothing.status_code, early.status_code) == (422, 409)
    assert all("没有办成" in answer.text and "湘阴启明科技有限公司" in answer.text for answer in (nothing, early))


def test_a_step_is_completed_by_the_form_on_the_page_of_its_case_and_no_other(
    clerk: Callable[[], Browser], clock: Callable[[datetime], None],
) -> None:
    clock(MONDAY)
    at = clerk()
    address = at.post("/intake/company_setup", **{"data.applicant": "湘阴启明科技有限公司"}).headers["Location"].split("?")[0]
    step = _task(at.get(address).text).removesuffix("/complete")

    opened, sent = at.get(f"{step}/do/complete_task"), at.post(f"{step}/do/complete_task")

    assert (opened.status_code, sent.status_code) == (404, 404)
    assert at.post(f"{step}/complete", outcome="received").status_code == 303
