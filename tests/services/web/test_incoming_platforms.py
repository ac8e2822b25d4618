"""What upstream platforms send, through the door: signed, once, and for the case it is for."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from services.database import writing
from services.throttling import Throttle
from services.web import signed
from tests.services.staff import hire
from tests.services.web.conftest import Api, stored
from tests.services.web.platform_sender import APPLIED, Sender, agreed
from webhooks.signature import sign


@pytest.fixture
def gonggai(client: FlaskClient, database: Engine, clock: Callable[[datetime], None]) -> Sender:
    """工改, at 10:00 on a Wednesday."""
    clock(Sender.now)
    return Sender(client, agreed(database))


def test_an_application_opens_a_case_as_at_the_window(gonggai: Sender, api: Api) -> None:
    answer = gonggai.apply()

    assert answer.status_code == 201, answer.text
    case = api.get(f"cases/{answer.json['number']}").json
    assert (case["park"], case["process"], answer.json["platform_number"]) == (
        "岳阳经发区", "joint_completion_inspection", "YY-2026-0001")
    opened = case["facts"][0]
    assert (opened["by"], opened["data"]["platform"], opened["data"]["platform_number"]) == (
        "平台:gonggai", "gonggai", "YY-2026-0001")


def test_the_same_application_again_is_answered_with_its_case(gonggai: Sender) -> None:
    first = gonggai.apply()
    again = gonggai.apply()

    assert (again.status_code, again.json["number"], again.json["is_new"]) == (200, first.json["number"], False)


def test_people_of_the_office_need_not_know_the_platform(gonggai: Sender, database: Engine) -> None:
    with writing(database) as connection:
        hire(connection, "王", "clerk")

    assert gonggai.apply().status_code == 201


def test_a_refusal_names_the_field_as_the_platform_has_it_and_keeps_nothing(gonggai: Sender, database: Engine) -> None:
    before = stored(database)

    for body, field in (({"yqmc": "无此园区"}, "yqmc"), ({"sqdw": {"mc": "甲", "tyshxydm": "123"}}, "sqdw.tyshxydm"),
                        ({"spsxbm": "SJ-WUCI"}, "spsxbm"), ({"spsxslbm": ""}, "spsxslbm"), ({"dz": "x"}, "dz"),
                        ({"xmmc": 7}, "xmmc"), ({"sqdw": "甲"}, "sqdw")):
        answer = gonggai.apply(**body)
        assert (answer.status_code, answer.json["field"]) == (422, field), answer.text

    assert stored(database) == before


def test_a_lost_answer_is_given_again_to_the_letter(gonggai: Sender, database: Engine) -> None:
    first = gonggai.apply(id="msg_a")
    before = stored(database)

    for late in (timedelta(), timedelta(minutes=4)):
        again = gonggai.apply(id="msg_a", at=Sender.now + late)
        assert (again.status_code, again.data) == (first.status_code, first.data) == (201, first.data)
    assert stored(database) == before


def test_an_id_with_another_body_is_refused(gonggai: Sender, database: Engine) -> None:
    gonggai.apply(id="msg_a")
    before = stored(database)

    for answer in (gonggai.apply(id="msg_a", spsxslbm="YY-2026-0002"), gonggai.call_back(id="msg_a", bjbh="x", blzt="2")):
        assert (answer.status_code, answer.json["type"]) == (409, "urn:jiban:problem:replayed")
    assert stored(database) == before


def test_a_captured_message_is_of_no_use_after_five_minutes(
    gonggai: Sender, database: Engine, clock: Callable[[datetime], None],
) -> None:
    gonggai.apply(id="msg_a")
    clock(Sender.now + timedelta(minutes=5, seconds=1))

    assert gonggai.apply(id="msg_a").status_code == 401


def test_the_same_number_with_another_content_is_refused_and_kept_once_for_a_person(gonggai: Sender, api: Api) -> None:
    number = gonggai.apply().json["number"]

    answers = [gonggai.apply(id=id, xmmc="另一个项目") for id in ("msg_a", "msg_a", "msg_b")]

    assert [answer.status_code for answer in answers] == [409] * 3 and number in answers[0].json["detail"]
    assert answers[0].headers["Content-Type"] == "application/problem+json" and answers[0].data == answers[1].data
    kept = api.get("platform-messages").json["items"]
    assert [(each["name"], each["case"], each["ask"], each["state"]) for each in kept] == [
        ("application", number, "person", "unmatched")]
    dismissed = api.post(f"platform-messages/{kept[0]['id']}/dismiss", {"reason": "平台误报"})
    assert (dismissed.status_code, dismissed.json["state"]) == (200, "dismissed")
    assert api.get("platform-messages").json["items"] == []


def test_a_bundle_that_comes_from_a_platform_has_its_matters_at_once(gonggai: Sender, api: Api) -> None:
    """The door that opens a case does what it asks of others, as at the window."""
    answer = gonggai.apply(spsxbm="项目开工一件事")

    assert answer.status_code == 201, answer.text


WRONG: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "nothing signed": lambda headers: {},
    "no id": lambda headers: {name: value for name, value in headers.items() if name != "webhook-id"},
    "another id": lambda headers: {**headers, "webhook-id": "msg_other"},
    "an id of a stranger": lambda headers: {**headers, "webhook-id": "名".encode().decode("latin-1")},
    "a long id": lambda headers: {**headers, "webhook-id": "x" * 5000},
    "another instant": lambda headers: {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)},
    "an old instant": lambda headers: {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 301)},
    "no instant": lambda headers: {**headers, "webhook-timestamp": ""},
    "an instant in other digits": lambda headers: {**headers, "webhook-timestamp": "١٧٧٢".encode().decode("latin-1")},
    "a huge instant": lambda headers: {**headers, "webhook-timestamp": "9" * 4000},
    "a negative instant": lambda headers: {**headers, "webhook-timestamp": "-1"},
    "no number": lambda headers: {**headers, "webhook-timestamp": "NaN"},
    "another version": lambda headers: {**headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")},
    "a cut signature": lambda headers: {**headers, "webhook-signature": headers["webhook-signature"][:-1]},
    "no base64": lambda headers: {**headers, "webhook-signature": "v1,签".encode().decode("latin-1")},
    "a flood": lambda headers: {**headers, "webhook-signature": "v1,AAAA " * 8000 + headers["webhook-signature"]},
    "an empty signature": lambda headers: {**headers, "webhook-signature": "v1,"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_signed_as_agreed_is_refused_and_leaves_a_count_alone(
    wrong: str, gonggai: Sender, database: Engine, caplog: pytest.LogCaptureFixture,
) -> None:
    before = stored(database)
    content = orjson.dumps({**APPLIED, "sqdw": {"mc": "赵某某"}})
    headers = WRONG[wrong](sign([gonggai.secret], id="msg_a", at=Sender.now, body=content))

    answers = [gonggai.send(room, content, headers=headers) for room in ("applications", "callbacks")]

    assert [(each.status_code, each.json["type"]) for each in answers] == [(401, "urn:jiban:problem:unsigned")] * 2, wrong
    after = stored(database)
    assert [row[3] for row in after.pop("platform_tally")] == [2]
    assert after == {name: rows for name, rows in before.items() if name != "platform_tally"}
    assert "赵某某" not in caplog.text and gonggai.secret not in caplog.text


def test_another_body_and_another_secret_do_not_fit(gonggai: Sender, database: Engine) -> None:
    content = orjson.dumps(APPLIED)
    headers = sign([gonggai.secret], id="msg_a", at=Sender.now, body=content)

    assert gonggai.send("applications", content + b" ", headers=headers).status_code == 401
    assert gonggai.apply(secret=agreed(database, "yiwangtongban")).status_code == 401
    assert replace(gonggai, name="yiwangtongban").apply().status_code == 401
    assert replace(gonggai, name="nobody").apply().status_code == 401
    assert gonggai.send("applications", content, headers=headers).status_code == 201


def test_two_secrets_live_while_they_are_changed(gonggai: Sender, api: Api, database: Engine) -> None:
    with writing(database) as connection:
        hire(connection, "张敏", "system_admin")
        hire(connection, "周凯", "department_admin")
    admin, other = {"X_Jiban_Actor": quote("张敏")}, {"X_Jiban_Actor": quote("周凯")}
    assert api.post("platforms/gonggai/secrets", **other).status_code == 409
    issued = api.post("platforms/gonggai/secrets", **admin)
    assert issued.status_code == 200 and issued.json["secret"].startswith("whsec_")
    assert api.post("platforms/gonggai/secrets", **admin).status_code == 409

    assert gonggai.apply().status_code == 201 and gonggai.apply(secret=issued.json["secret"]).status_code == 200
    assert api.post("platforms/gonggai/secrets/1/end", **other).status_code == 409
    assert api.post("platforms/gonggai/secrets/1/end", **admin).status_code == 200

    assert gonggai.apply().status_code == 401 and gonggai.apply(secret=issued.json["secret"]).status_code == 200
    listed = api.get("platforms").text
    assert gonggai.secret not in listed and issued.json["secret"] not in listed


HOSTILE: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 422), "no JSON": (b"{", 400), "a list": (b"[]", 422), "a text": (b'"x"', 422),
    "NaN": (b'{"spsxslbm": NaN}', 400), "infinity": (b'{"spsxslbm": Infinity}', 400),
    "a huge number": (b'{"spsxslbm": ' + b"9" * 5000 + b"}", 400), "1e400": (b'{"spsxslbm": 1e400}', 400),
    "beyond 64 bits": (b'{"spsxslbm": 18446744073709551615}', 422),
    "half a pair": (b'{"spsxslbm": "\\ud800"}', 400), "no UTF-8": (b'{"spsxslbm": "\xff"}', 401),
    "NUL": (b'{"spsxslbm": "a\\u0000b"}', 422), "a name twice": (b'{"spsxslbm": "1", "spsxslbm": "2"}', 422),
    "a name twice, deep": (b'{"sqdw": {"mc": "1", "mc": "2"}}', 422),
    "deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400), "deep lists": (b'{"a":' + b"[" * 500 + b"]" * 500 + b"}", 422),
    "wide": (b'{' + b",".join(b'"f%d":1' % each for each in range(50_000)) + b"}", 422),
    "10 MB": (b'{"a":"' + b"x" * 10_000_000 + b'"}', 413),
}


@pytest.mark.parametrize("room", ["applications", "callbacks"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_signed_is_hostile_until_checked(hostile: str, room: str, gonggai: Sender, database: Engine) -> None:
    before, (content, status) = stored(database), HOSTILE[hostile]
    started = monotonic()

    answer = gonggai.send(room, content, headers=signed_anyhow(gonggai.secret, content))

    assert answer.status_code == status and answer.headers["Content-Type"] == "application/problem+json", answer.text[:300]
    assert len(answer.data) < 5000 and monotonic() - started < 2
    after = stored(database)
    assert {name: rows for name, rows in after.items() if name != "platform_tally"} == {
        name: rows for name, rows in before.items() if name != "platform_tally"}


def signed_anyhow(secret: str, content: bytes) -> dict[str, str]:
    """The headers of a body, even one that is no text."""
    key, at = b64decode(secret.removeprefix("whsec_")), str(int(Sender.now.timestamp()))
    digest = hmac.new(key, f"msg_x.{at}.".encode() + content, "sha256").digest()
    return {"webhook-id": "msg_x", "webhook-timestamp": at, "webhook-signature": f"v1,{b64encode(digest).decode()}"}


@given(body=st.dictionaries(
    st.sampled_from(["spsxslbm", "spsxbm", "sqdw", "yqmc", "xmdm", "blzt", "bjbh", "clmc", "bz", "xmmc", "其他"]),
    st.recursive(st.none() | st.booleans() | st.integers(-2**70, 2**70) | st.floats(allow_nan=False, allow_infinity=False)
                 | st.text(max_size=40), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                     st.sampled_from(["mc", "tyshxydm", "x.y", ""]), inner, max_size=3), max_leaves=8)),
       room=st.sampled_from(["applications", "callbacks"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_brings_the_door_down(body: dict[str, Any], room: str, gonggai: Sender) -> None:
    answer = gonggai.send(room, json.dumps(body, ensure_ascii=True).encode())

    assert answer.status_code in (200, 201, 202, 400, 409, 422), answer.text


def test_too_much_in_a_minute_waits_for_the_next(gonggai: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed, "_OF_PLATFORM", Throttle("platform", 2))

    answers = [gonggai.apply() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 200, 429] and answers[2].headers["Retry-After"] == "60"
