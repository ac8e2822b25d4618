"""Personal data is masked on pages, by what the forms call personal; whoever sees it in full has said why, and that is kept."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services import cases, people, unmasking
from services.database import reading, writing
from services.masking import hidden, is_personal, masked
from services.office import Office
from services.people import NewGrant
from services.web.pages.case_file import shown
from tests.services.staff import JANUARY
from tests.services.web.conftest import sign_in

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PHONE, SHOWN = "13807300123", "138****0123"
IDENTITY = "11010519491231002X"


@pytest.fixture
def number(client: FlaskClient, database: Engine, office: Office) -> str:
    """A 企业开办 with a phone, and a name in which somebody has typed another."""
    with writing(database) as connection:
        return cases.open_case(connection, office, process="company_setup", by="王", now=MONDAY, data={
            "applicant": "岳阳某某公司 13907301234", "phone": PHONE}).number


@pytest.mark.parametrize(("value", "said"), [
    (IDENTITY, "110105********002X"),  # 前6后4
    ("110105491231002", "110105*****1002"),  # of the first generation
    (PHONE, SHOWN),  # 前3后4
    ("0730-8889999", "073*****9999"),
    ("湘阴县文星镇江东路12号", "湘阴县*****路12号"),
    ("110", "**0"), ("", "")])
def test_a_personal_value_shows_as_much_as_tells_two_apart(value: str, said: str) -> None:
    assert masked(value) == said


@pytest.mark.parametrize(("typed", "said"), [
    (f"请打{PHONE}找李某", f"请打{SHOWN}找李某"),
    ("138 0730 0123", "138******0123"),
    (f"身份证{IDENTITY}。", "身份证110105********002X。"),
    ("110105194912310021", "110105194912310021"),  # its check digit is wrong: no identity number
    ("办件 43060020260211000001 第3号", "办件 43060020260211000001 第3号"),
    ("91430600MA40000130", "91430600MA40000130"),  # a company's code
    ("2603-141124-89-05-346948", "2603-141124-89-05-346948"),  # a project's
])
def test_in_free_text_only_the_numbers_of_people_are_masked(typed: str, said: str) -> None:
    assert hidden(typed) == said


def test_a_field_is_personal_when_its_form_says_so_and_not_by_its_name() -> None:
    # given a form with a marked home, an identity number in a table, and a field that is merely called phone
    schema = {"type": "object", "properties": {
        "home": {"x-personal": True}, "phone": {"type": "string"},
        "members": {"type": "array", "items": {"type": "object", "properties": {"id": {"format": "resident-id"}}}}}}

    # then those are masked, and the model name of a phone is not
    assert is_personal(schema["properties"]["home"]) and not is_personal(schema["properties"]["phone"])
    value = {"home": "湘阴县文星镇江东路12号", "phone": "固定电话机型A-1000", "members": [{"id": IDENTITY}]}
    assert shown(schema, value) == "湘阴县*****路12号；固定电话机型A-1000；110105********002X"
    assert IDENTITY in shown(schema, value, with_personal=True)


def test_a_phone_is_masked_on_the_case_in_the_queue_and_in_the_search(
    client: FlaskClient, database: Engine, number: str,
) -> None:
    browser = sign_in(client, database, "陈静", "clerk")

    for path in (f"/cases/{number}", "/queues/to_accept", "/search?q=岳阳某某公司", f"/cases/{number}/verbs"):
        page = browser.get(path).text
        assert "岳阳某某公司 139****1234" in page, path
        assert PHONE not in page and "13907301234" not in page, path


def test_the_full_data_is_shown_once_to_whoever_says_why_and_that_is_kept(
    client: FlaskClient, database: Engine, number: str,
) -> None:
    # given a clerk who has to call the applicant
    browser = sign_in(client, database, "陈静", "clerk")
    assert SHOWN in browser.get(f"/cases/{number}").text

    # when she says why, then the page shows the phone, and is kept by no browser
    answer = browser.post(f"/cases/{number}/particulars", reason="电话通知补正")
    assert answer.status_code == 200 and PHONE in answer.text and answer.headers["Cache-Control"] == "no-store"

    # and the next look is masked again
    assert PHONE not in browser.get(f"/cases/{number}").text

    # and the audit administrator reads who looked, at what, why
    log = sign_in(client, database, "高峰", "audit_admin").get("/account-events/unmaskings").text
    assert all(said in log for said in (number, "陈静", "电话通知补正"))
    assert "没有记录" in client.get("/account-events/unmaskings?number=1").text


@pytest.mark.parametrize("reason", ["", " ", "x", "由" * 201])
def test_without_a_reason_nothing_is_shown_and_nothing_kept(
    reason: str, client: FlaskClient, database: Engine, number: str,
) -> None:
    browser = sign_in(client, database, "陈静", "clerk")

    answer = browser.post(f"/cases/{number}/particulars", reason=reason)

    assert answer.status_code == 422 and PHONE not in answer.text
    assert "请写明查看完整信息的理由（2至200字）" in answer.text and f'value="{reason[:200]}' in answer.text
    assert _kept(database) == []


def test_of_a_case_one_may_not_see_nothing_is_shown_and_nothing_kept(
    client: FlaskClient, database: Engine, number: str,
) -> None:
    # given a clerk whose scope is another matter
    browser = sign_in(client, database, "唐敏")
    with writing(database) as connection:
        people.grant(connection, NewGrant(person="唐敏", role="clerk", process="land_supply", since_on=JANUARY), by="root",
                     now=MONDAY)

    # when he asks for it, then the case is not there for him
    assert browser.post(f"/cases/{number}/particulars", reason="想看看").status_code == 404
    assert _kept(database) == []


@pytest.mark.parametrize("role", ["clerk", "system_admin", "security_admin", "supervisor"])
def test_who_has_looked_is_read_by_the_audit_administrator_alone(role: str, client: FlaskClient, database: Engine) -> None:
    assert sign_in(client, database, "王", role).get("/account-events/unmaskings").status_code == 403


def test_the_lines_have_no_gap_and_go_on_page_by_page(client: FlaskClient, database: Engine, number: str) -> None:
    with writing(database) as connection:
        for at in range(52):
            unmasking.record(connection, number, by="王", reason=f"核对{at}", now=MONDAY)
    browser = sign_in(client, database, "高峰", "audit_admin")

    first = browser.get("/account-events/unmaskings").text

    assert "核对51" in first and "核对1<" not in first and 'rel="next"' in first
    with reading(database) as connection:
        assert connection.execute(text("SELECT id FROM unmasking ORDER BY id")).scalars().all() == list(range(1, 53))
        assert [row.id for row in unmasking.records(connection, number=number, before=3, most=9)] == [2, 1]


def _kept(database: Engine) -> list[unmasking.UnmaskingRow]:
    with reading(database) as connection:
        return unmasking.records(connection, most=9)
