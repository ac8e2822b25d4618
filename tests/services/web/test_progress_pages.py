"""The applicants' pages through a browser's eyes: the code goes nowhere, every act is refused or done, nothing hostile comes
out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from engine.duties import Deed
from services import people, query_codes, undertakings
from services.database import connect, reading, writing
from services.office import Office
from services.settings import Settings
from services.store import reading as reading_store
from services.undertakings import Kind, NewTemplate
from services.web.door import Door, hang
from tests.services.desk import WEDNESDAY, Desk
from tests.services.hostile import HOSTILE
from tests.services.staff import hire
from tests.services.web.conftest import sign_in

SCAN = b"%PDF-1.4\nscan"


@dataclass
class Hall:
    """An applicant's browser, and the desk behind the pages. `database`: SQLite; the use cases are tested on both."""

    client: FlaskClient
    desk: Desk

    def look(self, number: str, code: str | None = None) -> TestResponse:
        if code is None:
            with reading(self.desk.database) as connection:
                code = query_codes.code_of(connection, number)
        return self.send("/progress", number=number, code=code)

    def send(self, address: str, /, **data: Any) -> TestResponse:
        """A form of a page that was shown here, with its mark."""
        mark = re.search(r'name="csrf" value="([^"]+)"', self.client.get("/progress").text)
        assert mark is not None
        return self.client.post(address, data={"csrf": mark[1], **data}, content_type="multipart/form-data")

    def post(self, number: str, page: str, /, **data: Any) -> TestResponse:
        return self.send(f"/progress/{number}/{page}", **data)

    def sign_in(self, id: str) -> None:
        """An official signs in at the same browser."""
        sign_in(self.client, self.desk.database, id)

    def upload(self, number: str, content: bytes = SCAN, name: str = "证.pdf", material: str = "章程") -> TestResponse:
        return self.post(number, "uploads", file=(BytesIO(content), name), material=material, back="tasks")

    def text(self, number: str, page: str = "") -> str:
        answer = self.client.get(f"/progress/{number}{page and '/' + page}")
        assert answer.status_code == 200, answer.status_code
        return answer.text


@pytest.fixture
def hall(house: OpenAPI, sqlite_url: str, office: Office, tmp_path: Path) -> Iterator[Hall]:
    database: Engine = connect(sqlite_url)
    hang(house, Door(database=database, office=office, settings=Settings(files=tmp_path / "files", file_megabytes=1),
                     clock=lambda: WEDNESDAY))
    yield Hall(client=house.test_client(), desk=Desk(database=database, office=office))
    database.dispose()


class Page(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(sorted(attrs))) for tag, attrs in self.tags]


def correcting(hall: Hall, applicant: str = "岳阳某某公司", *documents: str) -> str:
    number = hall.desk.open("company_setup", applicant=applicant)
    hall.desk.complete(number, "register", "received")
    hall.desk.complete(number, "verify", "correct", data={"missing_documents": list(documents or ("章程",))})
    return number


def test_the_code_leads_to_the_case_and_stands_in_no_address(hall: Hall) -> None:
    number = hall.desk.open("company_setup", applicant="岳阳某某公司")

    answer = hall.look(number)

    assert (answer.status_code, answer.location) == (303, f"/progress/{number}")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and f"Path=/progress/{number}" in cookie
    with reading(hall.desk.database) as connection:
        assert query_codes.normalised(query_codes.code_of(connection, number)) not in cookie
    page = hall.text(number)
    assert "已收件，正在核验材料" in page and "岳阳某某公司" in page and hall.text(number) == page  # reloading asks for nothing


def test_a_wrong_number_and_a_wrong_code_get_the_same_page(hall: Hall) -> None:
    _, number = hall.desk.open("company_setup"), hall.desk.open("company_setup")

    wrong, nobody = hall.look(number, "AAAAA-AAAAA"), hall.look("43060020260304999999", "AAAAA-AAAAA")

    assert wrong.status_code == nobody.status_code == 404 and "Set-Cookie" not in wrong.headers
    assert wrong.text.replace(number, "") == nobody.text.replace("43060020260304999999", "")


@pytest.mark.parametrize("page", ["", "/tasks", "/supply", "/declaration", "/withdrawal", "/hand-over", "/hearing", "/rating",
                                  "/uploads/1"])
def test_who_has_given_no_code_is_sent_to_give_one_whether_or_not_there_is_such_a_case(hall: Hall, page: str) -> None:
    number, other = hall.desk.open("company_setup"), hall.desk.open("company_setup")
    hall.look(other)

    for asked in (number, "43060020260304999999", "x"):
        answer = hall.client.get(f"/progress/{asked}{page}")
        assert answer.status_code == 303 and answer.location.startswith("/progress?done=expired")


def test_leaving_takes_the_mark_away(hall: Hall) -> None:
    number = hall.desk.open("company_setup")
    hall.look(number)

    hall.post(number, "leave")

    assert hall.client.get(f"/progress/{number}").status_code == 303


def test_a_correction_is_uploaded_item_by_item_and_submitted(hall: Hall) -> None:
    number = correcting(hall)
    hall.look(number)
    assert "章程" in hall.text(number, "tasks")

    assert hall.post(number, "tasks", token=hall.desk.tasks(number)[0].token).status_code == 422  # nothing was uploaded
    assert hall.upload(number).status_code == 303
    answer = hall.post(number, "tasks", token=hall.desk.tasks(number)[0].token, remarks="请查收")

    assert answer.status_code == 303 and hall.desk.case(number).state == "received"
    told = hall.desk.facts(number, "TaskCompleted")[-1]
    assert told["by"] == "申请人" and told["data"]["data"] == {"documents": ["章程：证.pdf"], "remarks": "请查收"}
    assert "章程" in hall.text(number) and hall.desk.problems() == []
    again = hall.post(number, "tasks", token=1_000)
    assert again.status_code == 409 and "办件刚刚有了变化" in again.text


def test_a_file_is_downloaded_to_be_saved_and_never_opened_here(hall: Hall) -> None:
    number = correcting(hall)
    hall.look(number)
    hall.upload(number, name="营业执照 <b>.pdf")

    answer = hall.client.get(f"/progress/{number}/uploads/1")

    assert answer.data == SCAN and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    other = correcting(hall)
    hall.look(other)
    assert hall.client.get(f"/progress/{other}/uploads/1").status_code == 404  # an id within its own case alone


@pytest.mark.parametrize(("content", "name", "said"), [
    (b"MZ\x90", "a.pdf", "这个文件不能接收"), (b"", "a.pdf", "空文件"), (SCAN, "a.exe", "文件名不对"),
    (b"%PDF-" + b"x" * 1024 * 1024, "a.pdf", "文件太大"),
])
def test_a_file_that_is_refused_is_refused_in_words_at_its_place(hall: Hall, content: bytes, name: str, said: str) -> None:
    number = correcting(hall)
    hall.look(number)

    answer = hall.upload(number, content, name)

    assert answer.status_code == 422 and said in answer.text and "证.pdf" not in hall.text(number)


def test_a_body_larger_than_a_file_may_be_is_not_read(hall: Hall) -> None:
    number = correcting(hall)
    hall.look(number)

    assert hall.upload(number, b"%PDF-" + b"x" * 3 * 1024 * 1024).status_code == 413
    assert hall.post(number, "withdrawal", reason="x" * 2 * 1024 * 1024).status_code == 413


def test_a_declaration_is_shown_whole_agreed_to_and_kept(hall: Hall) -> None:
    number = hall.desk.open("four_permits", applicant="岳阳某某公司")
    text = "第一条 <已知悉>。\n第二条 属实。"
    with writing(hall.desk.database) as connection:
        undertakings.enter_template(connection, NewTemplate(kind=Kind.DECLARED, process="four_permits", text=text, basis="文"),
                                    by="法制", now=WEDNESDAY)
    hall.look(number)
    page = hall.text(number, "declaration")
    digest = next(attrs["value"] for tag, attrs in Page(page).tags if attrs.get("name") == "digest")
    assert "第一条 &lt;已知悉&gt;。\n第二条 属实。" in page

    without = hall.post(number, "declaration", signer="赵经理", digest=digest)
    assert without.status_code == 422 and "我已阅读并同意" in without.text and "赵经理" in without.text
    assert hall.post(number, "declaration", signer="", digest=digest, agreed="yes").status_code == 422
    assert hall.post(number, "declaration", signer="赵经理", digest="0" * 64, agreed="yes").status_code == 422
    assert hall.post(number, "declaration", signer="赵经理", digest=digest, agreed="yes").status_code == 303

    assert hall.desk.facts(number, "DeclarationSigned")[0]["data"]["undertaking"]["text"] == text
    assert "您已签署告知承诺书" in hall.text(number)


def test_withdrawing_says_what_it_does_and_wants_to_be_confirmed(hall: Hall) -> None:
    number = hall.desk.open("company_setup")
    hall.look(number)
    assert "不能恢复" in hall.text(number, "withdrawal")

    assert hall.post(number, "withdrawal", reason="改期").status_code == 422
    assert hall.post(number, "withdrawal", reason="改期", confirmed="yes").status_code == 303

    told = hall.desk.facts(number, "CaseWithdrawn")[0]
    assert (told["by"], told["data"]["reason"]) == ("申请人", "改期") and "已撤件" in hall.text(number)
    assert hall.post(number, "withdrawal", confirmed="yes").status_code == 409
    assert hall.client.get(f"/progress/{number}/withdrawal").status_code == 303  # nothing to do there any more


def test_an_address_is_asked_for_when_the_result_is_posted(hall: Hall) -> None:
    number = hall.desk.open("company_setup")
    hall.look(number)

    wrong = hall.post(number, "hand-over", way="post", recipient="赵", phone="many", address="岳阳市")
    assert wrong.status_code == 422 and "请填写收件人的电话" in wrong.text and "岳阳市" in wrong.text
    assert hall.post(number, "hand-over", way="pigeon").status_code == 422
    assert hall.post(number, "hand-over", way="post", recipient="赵", phone="0730-8880000", address="岳阳市").status_code == 303

    assert hall.desk.facts(number, "HandOverChosen")[0]["data"]["address"] == "岳阳市"


def test_a_rating_is_given_once_and_a_bad_one_with_its_reason(hall: Hall) -> None:
    number = hall.desk.open("company_setup")
    hall.look(number)
    assert hall.client.get(f"/progress/{number}/rating").status_code == 303  # not yet
    assert hall.post(number, "rating", level="5").status_code == 409
    hall.desk.command("withdraw", number, reason="x")

    assert hall.post(number, "rating").status_code == 422
    wrong = hall.post(number, "rating", level="1", text="不好")
    assert wrong.status_code == 422 and "至少选择一项原因" in wrong.text and "不好" in wrong.text
    assert hall.post(number, "rating", level="1", reasons=["late", "other"], text="不好").status_code == 303

    assert hall.desk.facts(number, "ServiceRated")[0]["data"] == {
        "level": 1, "reasons": ["late", "other"], "text": "不好", "channel": "web"}
    assert "感谢您的评价" in hall.client.get(f"/progress/{number}/rating?done=rated").text
    assert "非常不满意" in hall.text(number, "rating") and hall.post(number, "rating", level="5").status_code == 409


def test_no_hostile_text_changes_the_shape_of_a_page(hall: Hall) -> None:
    plain = correcting(hall, "岳阳某某公司", "章程")
    hall.look(plain)
    expected = [Page(hall.text(plain)).shape(), Page(hall.text(plain, "tasks")).shape()]

    for text in HOSTILE:
        if not text.isprintable():
            continue  # the office's own form refuses it
        number = correcting(hall, text, text)
        hall.look(number)
        assert [Page(hall.text(number)).shape(), Page(hall.text(number, "tasks")).shape()] == expected, text
        answer = hall.client.get("/progress", query_string={"done": text, "to": text})
        assert answer.status_code == 200 and text not in answer.text


def test_whatever_is_typed_is_done_or_refused_in_words(hall: Hall) -> None:
    number = correcting(hall)
    hall.look(number)

    for text in HOSTILE:
        assert hall.look(text, text).status_code in (404, 429)  # so many tries from one place in a minute
        answers = [
            hall.upload(number, name=f"{text}.pdf", material=text or "x"),
            hall.post(number, "hand-over", way=text, recipient=text, phone=text, address=text),
            hall.post(number, "hand-over", way="post", recipient=text, phone="0730-8880000", address=text),
            hall.post(number, "rating", level=text, reasons=[text], text=text),
            hall.post(number, "tasks", token=text, remarks=text), hall.post(number, "uploads/1/remove", back=text)]
        found = [answer.status_code for answer in answers]
        assert set(found) <= {303, 404, 409, 422}, (text, found)
        assert all("<script>alert" not in answer.text for answer in answers), text

    assert "<script>alert" not in hall.text(number) + hall.text(number, "tasks") and hall.desk.problems() == []


def entered(hall: Hall, *roles: tuple[str, str]) -> None:
    """People with a role each; 帮 is entrusted by 岳阳某某公司."""
    with writing(hall.desk.database) as connection:
        for id, role in roles:
            hire(connection, id, role)
        if ("bang", "agent") in roles:
            people.entrust(connection, people.NewMandate(
                number="委1", agent="bang", principal="岳阳某某公司", deeds=frozenset({Deed.WITHDRAW}),
                first_on=date(2026, 1, 1), last_on=date(2026, 12, 31)), by="管", now=WEDNESDAY)


def test_an_agent_sees_the_cases_of_his_principals_and_no_others_and_acts_in_his_own_name(hall: Hall) -> None:
    number = hall.desk.open("company_setup", applicant="岳阳某某公司")
    other = hall.desk.open("company_setup", applicant="别的公司")
    entered(hall, ("bang", "agent"))
    assert hall.client.get("/progress/principals").location.startswith("/sign-in")
    hall.look(other)

    hall.sign_in("bang")
    listed = hall.client.get("/progress/principals").text
    assert number in listed and other not in listed and "委1" in listed
    assert hall.client.get(f"/progress/{other}").status_code == 404  # whatever code he has given before
    assert "撤件" in hall.text(number) and "选择领取方式" not in hall.text(number)
    assert hall.post(number, "hand-over", way="window").status_code == 409
    assert hall.post(number, "withdrawal", confirmed="yes", reason="改期").status_code == 303

    told = hall.desk.facts(number, "CaseWithdrawn")[0]
    assert (told["by"], told["data"]["mandate"]) == ("bang", "委1")


def test_the_screen_at_the_counter_takes_a_rating_and_nothing_else(hall: Hall) -> None:
    number = hall.desk.open("company_setup")
    hall.desk.command("withdraw", number, reason="x")
    entered(hall, ("wang", "clerk"), ("li", "reviewer"))
    hall.sign_in("li")
    assert hall.post(number, "tablet").status_code == 403

    hall.sign_in("wang")
    assert hall.post(number, "tablet").location == f"/progress/{number}/rating"

    assert hall.client.get(f"/progress/{number}").location == f"/progress/{number}/rating"
    assert "wang某" not in hall.text(number, "rating") and "/search" not in hall.text(number, "rating")
    assert hall.client.get(f"/progress/{number}/withdrawal").status_code == 303
    assert hall.post(number, "hand-over", way="window").status_code == 303  # back to where it may be, undone
    assert hall.post(number, "rating", level="5").status_code == 303
    rated = hall.desk.facts(number, "ServiceRated")[0]
    assert (rated["by"], rated["data"]["channel"]) == ("申请人", "window") and hall.desk.facts(number, "HandOverChosen") == []
    assert "请把设备交还窗口" in hall.text(number, "rating")


def test_the_administrator_answers_and_the_applicant_reads_it(hall: Hall) -> None:
    number = hall.desk.open("company_setup")
    hall.desk.command("withdraw", number, reason="x")
    hall.look(number)
    hall.post(number, "rating", level="1", reasons=["pushed"], text="<b>推来推去</b>")
    entered(hall, ("zheng", "department_admin"), ("wang", "clerk"), ("lin", "department_admin"))
    with writing(hall.desk.database) as connection:
        row = reading_store.peek_case(connection, number)
        assert row is not None
        people.change(connection, "zheng", unit=row.department)
        people.change(connection, "lin", unit="市林业局")

    hall.sign_in("wang")
    assert hall.client.get("/ratings").status_code == 403
    hall.sign_in("zheng")
    page = hall.client.get("/ratings").text
    assert "推诿扯皮" in page and "&lt;b&gt;推来推去" in page and "2026-03-25" in page
    task = f"{number}-{hall.desk.tasks(number)[0].token}"
    hall.sign_in("lin")
    assert number not in hall.client.get("/ratings").text
    assert hall.send(f"/ratings/{task}", text="与我无关").status_code == 404
    hall.sign_in("zheng")
    wrong = hall.send(f"/ratings/{task}", text=" ")
    assert wrong.status_code == 422 and "请填写整改和回访情况" in wrong.text
    assert hall.send(f"/ratings/{task}", text="已约谈并致歉").status_code == 303
    assert hall.send(f"/ratings/{task}", text="再答").status_code == 409

    hall.client.delete_cookie("jiban")
    assert "已约谈并致歉" in hall.text(number) and hall.desk.problems() == []


def test_a_receipts_qr_code_brings_the_number_along_and_nothing_else(hall: Hall) -> None:
    assert 'value="43060020260304000001"' in hall.client.get("/progress?number=43060020260304000001").text
    for number in ("<script>", "4306x", "9" * 41, "１２３"):
        assert 'id="number" name="number" value=""' in hall.client.get("/progress", query_string={"number": number}).text
