"""Signing in at the pages: where one goes on to, how long it lasts, what is kept of a visit that has ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from services import accounts, passwords, people
from services.administering import Instruction
from services.database import reading, writing
from services.people import NewGrant
from tests.services.desk import WEDNESDAY
from tests.services.staff import JANUARY, PASSWORD, hire
from tests.services.web.conftest import sign_in

Clock = Callable[[datetime], None]
BUSY = [(hour, minute) for hour in range(2, 14) for minute in (10, 30, 50)]
CHOSEN = "岳阳楼记先天下之忧而忧"
CHANGE = {"password": PASSWORD, "new_password": CHOSEN, "new_password_again": CHOSEN}


@pytest.fixture(autouse=True)
def hall(database: Engine, clock: Clock) -> None:
    """An office at 10:00 on Wednesday 2026-03-04, with a clerk and an administrator who may sign in."""
    with writing(database) as connection:
        hire(connection, "周凯", "clerk")
        hire(connection, "张", "system_admin", unit="市数据局")
    clock(WEDNESDAY)


def at(hour: int, minute: int) -> datetime:
    """Of that Wednesday, in UTC; 02:00 is 10:00 in Shanghai."""
    return datetime(2026, 3, 4, hour, minute, tzinfo=UTC)


def mark_of(shown: TestResponse) -> str:
    """What the form of a page bears."""
    found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert found is not None
    return found[1]


def enter(client: FlaskClient, account: str = "周凯", password: str = PASSWORD, **fields: str) -> TestResponse:
    """Sign in as a person does: open the form, fill it in, send it."""
    mark = mark_of(client.get("/sign-in"))
    return client.post("/sign-in", data={"csrf": mark, "account": account, "password": password, **fields})


def told(by: str) -> Instruction:
    return Instruction(by=by, now=WEDNESDAY)


def test_one_comes_back_to_the_page_one_wanted(client: FlaskClient) -> None:
    sent_away = client.get("/search?q=43060020")
    assert sent_away.status_code == 303
    form = client.get(sent_away.headers["Location"])

    entered = client.post("/sign-in", data={"csrf": mark_of(form), "next": "/search?q=43060020", "account": "周凯",
                                            "password": PASSWORD})

    assert 'name="next" value="/search?q=43060020"' in form.text
    assert (entered.status_code, entered.headers["Location"]) == (303, "/search?q=43060020")
    assert "周凯某" in client.get("/queues/to_accept").text
    assert client.get("/sign-in?next=/queues/to_accept").headers["Location"] == "/queues/to_accept"


def test_the_cookie_is_for_this_server_and_for_no_script(client: FlaskClient) -> None:
    plain = enter(client).headers.getlist("Set-Cookie")
    mark = mark_of(client.get("/sign-in", base_url="https://hall.example"))
    secure = client.post("/sign-in", base_url="https://hall.example", data={"csrf": mark, "account": "周凯",
                                                                            "password": PASSWORD})

    (cookie,) = [each for each in plain if each.startswith("jiban=")]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Secure" not in cookie
    (cookie,) = [each for each in secure.headers.getlist("Set-Cookie") if each.startswith("jiban=")]
    assert "HttpOnly" in cookie and "; Secure" in cookie


def test_nobody_is_sent_on_to_another_site(client: FlaskClient) -> None:
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
                   "/\n/evil.example", "javascript:alert(1)", "evil.example", "", "/" + "x" * 3000, "http:/cases",
                   "/\u2028/evil.example", "/sign-in?next=/search", "/sign-out", "///evil.example", "/cases\\..\\evil"):
        client.delete_cookie("jiban")

        shown = client.get("/sign-in", query_string={"next": wanted})
        entered = enter(client, next=wanted)

        assert 'name="next" value="/"' in shown.text and entered.headers["Location"] == "/", wanted


def test_a_wrong_account_and_a_wrong_password_are_refused_in_one_sentence(client: FlaskClient) -> None:
    for account, password in (("周凯", "wrong"), ("周凯", ""), ("谁也不是", PASSWORD), ("", ""), ("x" * 5000, "y" * 5000),
                              ("<script>", "<script>")):
        refused = enter(client, account, password)

        assert refused.status_code == 422 and "账号或密码不正确" in refused.text and "jiban=" not in str(refused.headers)
        assert "<script>" not in refused.text and (not password or f'value="{password}"' not in refused.text)
        assert client.get("/queues/to_accept").status_code == 303


def test_what_was_typed_for_the_account_stays(client: FlaskClient) -> None:
    assert 'name="account" value="周凯"' in enter(client, "周凯", "wrong").text


def test_as_many_passwords_are_compared_for_nobody_as_for_somebody(
    client: FlaskClient, database: Engine, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted, not timed: one comparison each, for whoever cannot sign in as for whoever can."""
    with writing(database) as connection:
        hire(connection, "离任"), people.change(connection, "离任", until_on=date(2026, 3, 3))
        hire(connection, "停用"), accounts.disable(connection, told("张"), "停用", reason="x")
        hire(connection, "锁定")
    for _ in range(5):
        enter(client, "锁定", "wrong")
    compared: list[str] = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda hash, password, cost: compared.append(hash) or matches(
        hash, password, cost))

    told_of = {account: (enter(client, account), len(compared)) for account in ("周凯x", "离任", "停用", "锁定", "")}

    assert [count for _, count in told_of.values()] == [1, 2, 3, 4, 5]
    assert all(hash.startswith("$argon2id$") for hash in compared)
    assert len({answer.text.replace(f'value="{account}"', "").replace(" autofocus", "") for account, (answer, _)
                in told_of.items()}) == 1


def test_a_lock_is_told_to_nobody_and_ends_by_itself(client: FlaskClient, clock: Clock) -> None:
    failures = [enter(client, "周凯", "wrong").text for _ in range(5)]

    locked = enter(client)
    clock(at(2, 15))
    later = enter(client)

    assert locked.status_code == 422 and locked.text == failures[-1] and "5次" in locked.text and "15分钟" in locked.text
    assert later.status_code == 303


def test_an_address_that_guesses_waits_for_the_next_minute(client: FlaskClient, clock: Clock) -> None:
    for number in range(20):
        assert enter(client, f"猜{number}").status_code == 422

    refused = enter(client)
    clock(at(2, 1))

    assert refused.status_code == 429 and refused.headers["Retry-After"] == "60" and "60秒后" in refused.text
    assert enter(client).status_code == 303


def test_a_visit_ends_when_idle_and_after_a_day_of_work(client: FlaskClient, clock: Clock) -> None:
    for requests, asked, is_in in (
        ([], (2, 29), True),
        ([], (2, 30), False),  # idle for half an hour
        ([(2, 20), (2, 45)], (3, 10), True),  # each request begins it anew
        (BUSY, (13, 59), True),
        (BUSY, (14, 0), False),  # twelve hours after signing in
    ):
        client.delete_cookie("jiban")
        clock(WEDNESDAY)
        enter(client)
        for hour, minute in requests:
            clock(at(hour, minute))
            assert client.get("/password").status_code == 200
        clock(at(*asked))

        assert (client.get("/password").status_code == 200) is is_in, asked


def test_a_screen_that_refreshes_itself_keeps_nobody_signed_in(client: FlaskClient, clock: Clock) -> None:
    enter(client)
    for minute in (10, 20, 29):
        clock(at(2, minute))
        assert client.get("/password", headers={"X-Jiban-Background": "1"}).status_code == 200
    clock(at(2, 30))

    assert client.get("/password").status_code == 303


def test_reading_pages_writes_once_a_minute(client: FlaskClient, clock: Clock, statements: Callable[[], int]) -> None:
    enter(client)
    client.get("/password")
    statements()

    counts = []
    for second in (0, 59):
        clock(datetime(2026, 3, 4, 2, 0, second, tzinfo=UTC))
        client.get("/password")
        counts.append(statements())
    for second in (0, 30):
        clock(datetime(2026, 3, 4, 2, 1, second, tzinfo=UTC))
        client.get("/password")
        counts.append(statements())

    assert counts == [2, 2, 3, 2]


def test_who_is_disabled_or_has_left_is_out_at_the_next_request(client: FlaskClient, database: Engine) -> None:
    enter(client)
    with writing(database) as connection:
        accounts.disable(connection, told("张"), "周凯", reason="调离")
    disabled = client.get("/queues/to_accept")
    with writing(database) as connection:
        accounts.enable(connection, told("张"), "周凯", reason="调回")
    assert client.get("/queues/to_accept").status_code == 303
    enter(client)
    with writing(database) as connection:
        people.change(connection, "周凯", until_on=date(2026, 3, 3))

    assert (disabled.status_code, client.get("/queues/to_accept").status_code) == (303, 303)


def test_a_role_counts_from_the_next_request_on_and_until_it_is_ended(client: FlaskClient, database: Engine) -> None:
    sign_in(client, database, "审")
    before = client.get("/account-events").status_code
    with writing(database) as connection:
        granted = people.grant(connection, NewGrant(person="审", role="audit_admin", since_on=JANUARY), by="张", now=WEDNESDAY)
    with_it = client.get("/account-events").status_code
    with writing(database) as connection:
        people.end_grant(connection, granted.id, until_on=date(2026, 3, 3), by="张")

    assert (before, with_it, client.get("/account-events").status_code) == (403, 200, 403)


def test_signing_out_ends_the_visit_and_a_kept_cookie_is_worth_nothing(client: FlaskClient, database: Engine) -> None:
    browser = sign_in(client, database, "周凯")

    left = browser.post("/sign-out")
    client.set_cookie("jiban", browser.token)

    assert (left.status_code, left.headers["Location"]) == (303, "/sign-in") and "jiban=;" in left.headers["Set-Cookie"]
    assert client.get("/queues/to_accept").status_code == 303


def test_signing_in_again_ends_the_visit_before_and_takes_a_new_token(client: FlaskClient, database: Engine) -> None:
    before = sign_in(client, database, "周凯")
    client.set_cookie("jiban_form", "kept from before")
    form = client.get("/password")

    client.post("/sign-in", data={"csrf": mark_of(form), "account": "张", "password": PASSWORD})
    shown = client.get("/queues/to_accept").text
    client.set_cookie("jiban", before.token)

    assert "张某" in shown and client.get("/queues/to_accept").status_code == 303


def test_a_password_set_by_another_is_changed_before_anything_else(client: FlaskClient, database: Engine) -> None:
    with writing(database) as connection:
        accounts.set_password(connection, told("张"), "周凯", passwords.secret(CHOSEN, (), passwords.Hashing(
            memory_kib=8, passes=1)))
    enter(client, password=CHOSEN)

    sent_away, form = client.get("/queues/to_accept"), client.get("/password")
    changed = client.post("/password", data={"csrf": mark_of(form), "password": CHOSEN, "new_password": PASSWORD,
                                             "new_password_again": PASSWORD})

    assert sent_away.headers["Location"] == "/password" and "由他人设置" in form.text
    assert changed.status_code == 303 and "密码已修改" in client.get(changed.headers["Location"]).text
    assert client.get("/queues/to_accept").status_code == 200


def test_a_password_that_does_not_do_is_refused_at_its_field_and_nothing_changes(
    client: FlaskClient, database: Engine,
) -> None:
    for fields, words in (
        ({"password": "wrong"}, "现在的密码不正确"),
        ({"new_password_again": "x"}, "不一致"),
        ({"new_password": "short", "new_password_again": "short"}, "10至128个字符"),
        ({"new_password": "我是周凯某而且很长很长", "new_password_again": "我是周凯某而且很长很长"}, "本人的账号"),
        ({"new_password": PASSWORD, "new_password_again": PASSWORD}, "与现在的密码相同"),
    ):
        browser = sign_in(client, database, "周凯")

        refused = browser.post("/password", **{**CHANGE, **fields})

        assert refused.status_code == 422 and words in refused.text and 'aria-invalid="true"' in refused.text
        assert CHOSEN not in refused.text and client.get("/queues/to_accept").status_code == 200


def test_who_changes_his_password_stays_with_a_new_token(client: FlaskClient, database: Engine) -> None:
    browser = sign_in(client, database, "周凯")

    changed = browser.post("/password", **CHANGE)
    stays = client.get("/queues/to_accept").status_code
    client.set_cookie("jiban", browser.token)

    assert (changed.status_code, stays, client.get("/queues/to_accept").status_code) == (303, 200, 303)


def test_a_password_cannot_be_guessed_from_a_browser_left_open(client: FlaskClient, database: Engine) -> None:
    browser = sign_in(client, database, "周凯")
    for _ in range(5):
        browser.post("/password", password="wrong", new_password=CHOSEN, new_password_again=CHOSEN)

    refused = browser.post("/password", password=PASSWORD, new_password=CHOSEN, new_password_again=CHOSEN)

    assert refused.status_code == 422


def test_what_was_typed_is_shown_when_the_visit_has_ended(client: FlaskClient, database: Engine, clock: Clock) -> None:
    browser = sign_in(client, database, "周凯")
    mark = browser.csrf
    clock(at(4, 0))

    lost = client.post("/sign-out", data={"csrf": mark, "opinion": "同意<b>，附件齐全", "password": "geheim"}, headers={
        "Referer": "http://localhost/search?q=43060020"})
    foreign = client.post("/sign-out", data={"opinion": "x"}, headers={"Origin": "https://evil.example"})

    assert lost.status_code == 401 and "没有提交" in lost.text and "同意&lt;b&gt;，附件齐全" in lost.text
    assert "geheim" not in lost.text and mark not in lost.text
    assert 'href="/sign-in?next=/search?q%3D43060020"' in lost.text
    assert foreign.status_code == 403


def test_htmx_is_told_by_an_event_and_leaves_the_page_as_it_is(client: FlaskClient) -> None:
    told_of = client.get("/queues/to_accept", headers={"HX-Request": "true"})

    assert told_of.status_code == 401 and told_of.headers["HX-Trigger"] == "signed-out"
    assert told_of.headers["HX-Reswap"] == "none"


def test_a_cookie_opens_no_api_and_a_token_no_page(api, client: FlaskClient, database: Engine) -> None:  # type: ignore[no-untyped-def]
    sign_in(client, database, "张")
    by_cookie = client.get("/api/v1/cases")
    client.delete_cookie("jiban")
    by_token = client.get("/queues/to_accept", headers={"Authorization": "Bearer x"})

    assert by_cookie.status_code == 401 and by_token.status_code == 303


def test_a_cookie_that_is_no_visit_is_nobody(client: FlaskClient, database: Engine) -> None:
    for cookie in ("", "x", "x" * 3000, "%00", "'; DROP TABLE visit; --"):
        client.set_cookie("jiban", cookie)

        assert client.get("/queues/to_accept").status_code == 303 and client.get("/sign-in").status_code == 200
    with reading(database) as connection:
        assert connection.execute(text("SELECT count(*) FROM visit")).scalar_one() == 0


def test_the_audit_administrator_reads_what_happened_and_a_name_of_markup_is_text(
    client: FlaskClient, database: Engine,
) -> None:
    with writing(database) as connection:
        hire(connection, "<i>某")
    enter(client, "周凯", "wrong"), enter(client, "<i>某")
    sign_in(client, database, "审", "audit_admin")

    shown, chosen = client.get("/account-events").text, client.get("/account-events?account=周凯").text

    assert "登录失败" in shown and "&lt;i&gt;某" in shown and "<i>" not in shown
    assert "登录失败" in chosen and "&lt;i&gt;某" not in chosen
    assert client.get("/account-events?after=nonsense").status_code == 422
