"""Signing in by unified authentication 统一身份认证: the way through the application to a provider that listens, and back."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from services import account_events, account_links, accounts, people
from services.administering import Instruction
from services.database import reading, writing
from services.office import Office
from services.oidc.client import Client
from services.settings import RETURN_PATH, Settings
from services.web.app import create_app
from services.web.door import door, hang
from tests.services.desk import WEDNESDAY
from tests.services.staff import PASSWORD, hire
from tests.services.unified import SECRET, SUBJECT, Answer, Unified, back_from, forged, rsa, tampered, unified, unsigned
from tests.services.web.answering import answers, shown
from tests.services.web.conftest import Api, sign_in

Clock = Callable[[datetime], None]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def there() -> Iterator[Unified]:
    """A provider, on Wednesday 2026-03-04 at 10:00."""
    with unified(WEDNESDAY) as listening:
        yield listening


@pytest.fixture
def hall(database: Engine, api: Api, house: OpenAPI, there: Unified) -> Callable[[datetime], None]:
    """An office that names it, where 周凯 is linked and 陈静 is not; sets what the clock of the door shows."""
    with writing(database) as connection:
        hire(connection, "张", "system_admin", unit="市数据局"), hire(connection, "周凯", "clerk")
        hire(connection, "陈静", "clerk")
        account_links.link(connection, told("张"), "周凯", issuer=there.issuer, subject=SUBJECT)
    with house.app_context():
        hung = replace(door(), vouching=Client(there.provider(), seconds=0.5))
    hang(house, replace(hung, clock=lambda: WEDNESDAY))
    return lambda at: hang(house, replace(hung, clock=lambda: at))


def told(by: str) -> Instruction:
    return Instruction(by=by, now=WEDNESDAY)


def enter(client: FlaskClient, wanted: str = "/search?q=岳阳") -> TestResponse:
    """Press the button, say at the provider who one is, come back."""
    return client.get(back_from(client.get("/sign-in/oidc", query_string={"next": wanted}).headers["Location"]))


def is_in(client: FlaskClient) -> bool:
    return client.get("/queues/to_accept").status_code == 200


def happened(database: Engine) -> list[str]:
    with reading(database) as connection:
        return [f"{row.kind} {row.person} {row.detail}" for row in reversed(account_events.events(connection, most=50))]


def test_whoever_is_linked_signs_in_and_comes_back_to_the_page_he_wanted(
    client: FlaskClient, database: Engine, hall: Clock,
) -> None:
    sent_away = client.get("/search?q=43060020")
    form = client.get(sent_away.headers["Location"])
    (button,) = re.findall(r'<a class="button elsewhere" href="([^"]+)">统一身份认证登录</a>', form.text)

    away = client.get(button)
    back = client.get(back_from(away.headers["Location"]))

    assert (away.status_code, back.status_code, back.headers["Location"]) == (303, 303, "/search?q=43060020")
    assert "周凯某" in client.get("/queues/to_accept").text
    assert happened(database)[-1] == "signed_in 周凯 OIDC, 127.0.0.1"


def test_the_visit_is_one_like_any_other(client: FlaskClient, database: Engine, hall: Clock) -> None:
    enter(client)
    hall(WEDNESDAY + 29 * MINUTE)
    within = is_in(client)
    hall(WEDNESDAY + 59 * MINUTE)
    idle = is_in(client)
    hall(WEDNESDAY)
    client.delete_cookie("jiban")
    enter(client)
    with writing(database) as connection:
        accounts.disable(connection, told("张"), "周凯", reason="调离")

    assert (within, idle, is_in(client)) == (True, False, False)


def test_where_no_provider_is_named_there_is_no_button_and_no_way(client: FlaskClient, api: Api) -> None:
    assert "统一身份认证" not in client.get("/sign-in").text
    for path in ("/sign-in/oidc", "/sign-in/oidc?next=/", RETURN_PATH, f"{RETURN_PATH}?code=x&state=y"):
        assert client.get(path).status_code == 404


def test_a_provider_is_asked_only_when_somebody_wants_to_sign_in_by_it(
    client: FlaskClient, hall: Clock, there: Unified,
) -> None:
    client.get("/sign-in"), client.get("/"), client.get(RETURN_PATH), client.get(f"{RETURN_PATH}?code=x&state=y")

    assert there.asked == []


def test_an_office_names_its_provider_in_the_settings_and_a_demonstration_has_none(
    database: Engine, office: Office, there: Unified,
) -> None:
    settings = Settings(provider=there.provider(label="用湖南政务网账号登录"))

    served = create_app(database, office, settings)
    played = create_app(database, office, settings, turn=lambda: True)

    assert "用湖南政务网账号登录" in served.test_client().get("/sign-in").text
    with played.app_context():
        assert door().vouching is None
    with served.test_request_context():
        assert served.url_map.bind("localhost").build("oidc.arrive") == RETURN_PATH


def test_the_cookie_of_an_attempt_is_short_lived_and_for_no_script(client: FlaskClient, hall: Clock) -> None:
    plain, secure = (client.get("/sign-in/oidc", base_url=base).headers["Set-Cookie"] for base in (
        "http://localhost", "https://localhost"))

    assert re.fullmatch(r"jiban_oidc=\S+; .*HttpOnly; Path=/sign-in/oidc; SameSite=Lax", plain) and "Max-Age=600" in plain
    assert "; Secure" in secure and "; Secure" not in plain
    taken = client.get(RETURN_PATH)
    assert "jiban_oidc=;" in taken.headers["Set-Cookie"] and "Max-Age=0" in taken.headers["Set-Cookie"]


def test_nobody_is_sent_on_to_another_site(client: FlaskClient, hall: Clock) -> None:
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example", "/\n/evil.example", "javascript:alert(1)", "",
                   "/" + "长" * 1000, "/sign-in/oidc", "/sign-in/oidc/return?code=x", "/sign-in", "/sign-out"):
        client.delete_cookie("jiban")

        assert enter(client, wanted).headers["Location"] == "/", wanted

    client.delete_cookie("jiban")
    begun = client.get("/sign-in/oidc").headers
    kept = begun["Set-Cookie"].split(";")[0].partition("=")[2]
    client.set_cookie("jiban_oidc", kept.rpartition(".")[0] + ".//evil.example/", path="/sign-in/oidc")
    assert client.get(back_from(begun["Location"])).headers["Location"] == "/", "the cookie is not believed either"


def test_an_answer_is_taken_once_in_time_and_by_the_browser_that_asked(
    client: FlaskClient, database: Engine, house: OpenAPI, hall: Clock, there: Unified,
) -> None:
    begun = client.get("/sign-in/oidc")
    cookie = begun.headers["Set-Cookie"].split(";")[0].partition("=")[2]
    answer = back_from(begun.headers["Location"])
    stranger = house.test_client()

    def again(path: str, kept: str = cookie, by: FlaskClient = client) -> TestResponse:
        by.set_cookie("jiban_oidc", kept, path="/sign-in/oidc")
        return by.get(path)

    foreign = stranger.get(answer)  # a link that was sent to somebody, who has begun nothing
    wrong = again(answer.replace("state=", "state=x")), again(re.sub("&state=.*", "", answer)), again(answer, "x" * 50)
    hall(WEDNESDAY + 10 * MINUTE)
    late = again(answer)
    hall(WEDNESDAY)
    other = stranger.get("/sign-in/oidc").headers["Set-Cookie"].split(";")[0].partition("=")[2]
    crossed = again(answer, other, stranger)  # login CSRF: an answer to another's attempt
    asked = len(there.codes)
    taken, replayed = again(answer), again(answer)
    client.delete_cookie("jiban")
    anew = again(answer)

    refused = [foreign, *wrong, late, crossed, replayed, anew]
    assert [each.status_code for each in refused] == [403] * len(refused) and asked == 1
    assert all("重新登录" in each.text and "jiban=" not in str(each.headers.getlist("Set-Cookie")) for each in refused)
    assert taken.status_code == 303 and not is_in(client) and happened(database).count("signed_in 周凯 OIDC, 127.0.0.1") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("lie", [
    {"claims": {"nonce": "another"}}, {"claims": {"aud": "another"}}, {"claims": {"iss": "https://another.example"}},
    {"claims": {"exp": int(WEDNESDAY.timestamp()) - 60}}, {"raw": unsigned}, {"raw": forged}, {"raw": tampered},
    {"key": rsa("nobody's")},
], ids=["nonce", "aud", "iss", "expired", "none", "HS256 with the public key", "tampered", "unknown key"])
def test_a_token_that_is_not_believed_lets_nobody_in(
    client: FlaskClient, database: Engine, hall: Clock, there: Unified, lie: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name, value in lie.items():
        setattr(there, name, value)

    with caplog.at_level(logging.WARNING):
        refused = enter(client)

    assert refused.status_code == 502 and "没有通过校验" in refused.text and not is_in(client)
    assert "not believed" in caplog.text and SECRET not in caplog.text and there.handed[-1] not in caplog.text
    assert happened(database) == [f"linked 周凯 {SUBJECT}"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/park/.well-known/openid-configuration", "/token"])
@pytest.mark.parametrize("answer", [Answer(503), Answer(200, b"{" * 300_000), Answer(302, headers={"Location": "/"})],
                         ids=["down", "huge", "redirect"])
def test_a_provider_that_is_out_of_order_is_said_and_a_password_still_opens(
    client: FlaskClient, hall: Clock, there: Unified, path: str, answer: Answer,
) -> None:
    there.instead[path] = lambda: answer

    away = client.get("/sign-in/oidc?next=/search")
    refused = client.get(back_from(away.headers["Location"])) if away.status_code == 303 else away
    mark = re.search(r'name="csrf" value="([^"]+)"', refused.text)
    entered = client.post("/sign-in", data={"csrf": mark[1] if mark else "", "next": "/search", "account": "周凯",
                                            "password": PASSWORD})

    assert refused.status_code == 503 and "暂时联系不上统一身份认证" in refused.text and 'value="/search"' in refused.text
    assert (entered.status_code, entered.headers["Location"]) == (303, "/search")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_while_the_provider_is_waited_for_nobody_else_waits(
    client: FlaskClient, database: Engine, hall: Clock, there: Unified,
) -> None:
    def others_write() -> Answer:
        with writing(database) as connection:  # SQLite has one writer: this would stand still within a transaction of ours
            hire(connection, "另一人")
        return Answer(503)

    there.instead["/token"] = others_write
    refused = enter(client)

    assert refused.status_code == 503
    with reading(database) as connection:
        assert "另一人" in {each.person.id for each in accounts.accounts(connection)}


def test_whoever_says_no_at_the_provider_is_told_so(client: FlaskClient, hall: Clock, there: Unified) -> None:
    there.denies = "access_denied"
    no = enter(client)
    there.denies = "server_error<script>"
    fault = enter(client)

    assert no.status_code == 403 and "取消了登录" in no.text and "/search?q=" in no.text
    assert fault.status_code == 502 and "<script>alert" not in fault.text and "server_error" not in fault.text


def test_an_answer_in_the_name_of_another_issuer_is_not_taken(client: FlaskClient, hall: Clock, there: Unified) -> None:
    answer = back_from(client.get("/sign-in/oidc").headers["Location"])

    refused = client.get(f"{answer}&iss=https://another.example")

    assert refused.status_code == 502 and "/token" not in there.asked


def test_whoever_is_not_linked_is_told_what_to_tell_whom(
    client: FlaskClient, database: Engine, hall: Clock, there: Unified,
) -> None:
    there.subject = "<b>陈静"

    refused = enter(client)

    assert refused.status_code == 403 and "标识“&lt;b&gt;陈静”" in refused.text and "系统管理员" in refused.text
    assert not is_in(client) and [each for each in happened(database) if "signed_in" in each] == []
    again = re.search(r'href="(/sign-in/oidc\?[^"]*)"', refused.text)
    assert again is not None and "anew=1" in again[1], "the provider is to ask who is there now"


def test_whose_account_is_barred_is_told_why(client: FlaskClient, database: Engine, hall: Clock) -> None:
    with writing(database) as connection:
        accounts.disable(connection, told("张"), "周凯", reason="调离")
    disabled = enter(client)
    with writing(database) as connection:
        accounts.enable(connection, told("张"), "周凯", reason="调回")
        people.change(connection, "周凯", until_on=date(2026, 3, 3))
    left = enter(client)

    assert (disabled.status_code, left.status_code) == (403, 403) and "已停用" in disabled.text and "有效期" in left.text
    assert not is_in(client)


def test_an_address_that_tries_too_often_waits(client: FlaskClient, hall: Clock, there: Unified) -> None:
    there.claims = {"nonce": "another"}
    for _ in range(20):
        assert enter(client).status_code == 502
    asked = len(there.asked)

    refused = enter(client)

    assert refused.status_code == 429 and refused.headers["Retry-After"] == "60" and "60秒后" in refused.text
    assert there.asked[asked:] == ["/authorize"], "the provider is not asked for it"


def test_whoever_leaves_is_not_let_in_again_by_whom_the_provider_still_knows(
    client: FlaskClient, database: Engine, hall: Clock,
) -> None:
    browser = sign_in(client, database, "周凯")

    left = browser.post("/sign-out")
    form = client.get(left.headers["Location"])
    button = re.search(r'href="(/sign-in/oidc\?[^"]*)"', form.text)

    assert button is not None and not is_in(client)
    assert "prompt=login" in client.get(button[1].replace("&amp;", "&")).headers["Location"]
    assert "prompt" not in client.get("/sign-in/oidc").headers["Location"]


def test_whoever_is_there_already_goes_on_and_another_takes_his_place(
    client: FlaskClient, database: Engine, hall: Clock,
) -> None:
    begun = client.get("/sign-in/oidc?next=/search").headers["Location"]
    before = sign_in(client, database, "张")

    assert client.get("/sign-in/oidc?next=/search").headers["Location"] == "/search"
    assert client.get(back_from(begun)).headers["Location"] == "/search"
    assert "周凯某" in client.get("/queues/to_accept").text
    client.set_cookie("jiban", before.token)
    assert not is_in(client)


def test_whoever_never_had_a_password_reads_who_gives_one(client: FlaskClient, hall: Clock) -> None:
    enter(client)

    assert "请找本单位的管理员设初始密码" in client.get("/password").text


def test_an_account_is_linked_and_unlinked_in_its_book(
    client: FlaskClient, database: Engine, hall: Clock, there: Unified,
) -> None:
    there.subject = "chenjing"
    unknown = enter(client)
    admin = sign_in(client, database, "张")
    own, taken = (answers(admin, f"accounts/link?key={whom}", subject=SUBJECT) for whom in ("张", "陈静"))
    linked = answers(admin, "accounts/link?key=陈静", subject="chenjing")
    book = shown(admin, "accounts")
    client.delete_cookie("jiban")
    entered = enter(client)
    admin = sign_in(client, database, "张")
    ended = answers(admin, "accounts/unlink?key=陈静")
    client.delete_cookie("jiban")

    assert unknown.status_code == 403 and "请由其他管理员办理" in own and "已关联账号周凯" in taken
    assert "已办：关联统一身份认证" in linked and "统一身份认证（chenjing）" in book and "统一身份认证（248289761001）" in book
    assert entered.status_code == 303 and "已办：解除统一身份认证" in ended and enter(client).status_code == 403


def test_where_no_provider_is_named_the_book_offers_no_link(client: FlaskClient, database: Engine, api: Api) -> None:
    with writing(database) as connection:
        hire(connection, "周凯", "clerk")
    admin = sign_in(client, database, "张", "system_admin")

    assert "统一身份认证" not in admin.get("/administration/accounts").text
    assert "统一身份认证" not in admin.get("/administration/accounts/row?key=周凯").text
    assert "没有配置统一身份认证" in answers(admin, "accounts/link?key=周凯", subject="x")
