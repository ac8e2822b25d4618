"""平台对接: what the administrator sees of upstream platforms, and does about what no case has taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.services.web.conftest import Api, Browser, sign_in
from tests.services.web.platform_sender import Sender, agreed


@pytest.fixture
def gonggai(client: FlaskClient, database: Engine, clock: Callable[[datetime], None]) -> Sender:
    """工改, at 10:00 on a Wednesday."""
    clock(Sender.now)
    return Sender(client, agreed(database))


@pytest.fixture
def keeper(gonggai: Sender, client: FlaskClient, database: Engine) -> Browser:
    """The system administrator 张敏."""
    return sign_in(client, database, "张敏", "system_admin")


@pytest.fixture
def mender(gonggai: Sender, client: FlaskClient, database: Engine) -> Browser:
    """The department administrator 周凯, who sees the cases of his department."""
    return sign_in(client, database, "周凯", "department_admin")


def test_the_platforms_are_shown_with_what_their_codes_mean(gonggai: Sender, keeper: Browser) -> None:
    gonggai.apply()
    gonggai.apply(secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")

    book, row = keeper.get("/administration/platforms").text, keeper.get("/administration/platforms/row?key=gonggai").text

    assert "工改系统" in book and "一网通办" in book and "未启用" in book
    assert "撤件，待人确认" in row and "开始审查" in row and "部门受理" in row
    assert gonggai.secret not in book + row


def test_a_secret_is_shown_once_and_ended(gonggai: Sender, keeper: Browser) -> None:
    once = keeper.post("/administration/platforms/issue?key=gonggai").text
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", once)

    assert secret is not None and gonggai.apply(secret=secret[0]).status_code == 201
    assert secret[0] not in keeper.get("/administration/platforms/row?key=gonggai").text
    keeper.post("/administration/platforms/end?key=gonggai", **{"data.secret": "1"})
    assert gonggai.apply().status_code == 401 and gonggai.apply(secret=secret[0]).status_code == 200


def test_a_person_gives_a_message_to_its_case(gonggai: Sender, mender: Browser, api: Api) -> None:
    number = gonggai.apply().json["number"]
    gonggai.call_back(spsxslbm="YY-2026-0001", blzt="2", blyj="项目调整，联系13807301234")

    book = mender.get("/administration/platform_messages").text
    row = mender.get("/administration/platform_messages/row?key=1").text
    assert "由人确认撤件" in book and number in book and "平台申请编号 YY-2026-0001" in book
    assert "13807301234" not in book + row and "项目调整" in row
    assert "1项待处理" in mender.get("/administration").text

    done = mender.post("/administration/platform_messages/deliver?key=1", **{"data.case": number})

    assert done.status_code == 303, done.text
    assert api.get(f"cases/{number}").json["state"] == "withdrawn"
    assert api.told(number, "CaseWithdrawn")[0]["reason"].startswith("申请人在工改系统撤件: 项目调整")


def test_a_person_says_why_nothing_is_done(gonggai: Sender, mender: Browser, api: Api) -> None:
    gonggai.call_back(spsxslbm="无此申请", blzt="77")

    assert mender.post("/administration/platform_messages/dismiss?key=1").status_code == 422
    assert mender.post("/administration/platform_messages/dismiss?key=1", **{"data.reason": "平台测试"}).status_code == 303

    assert api.get("platform-messages").json["items"] == []
    told = api.get("platform-messages", open="false").json["items"][0]
    assert (told["state"], told["reason"], told["settled_by"]) == ("dismissed", "平台测试", "周凯")
    assert "不予处理" in mender.get("/administration/platform_messages?history=1").text


def test_a_platform_is_told_in_its_own_words(gonggai: Sender, api: Api) -> None:
    number = gonggai.apply().json["number"]
    gonggai.call_back(spsxslbm="YY-2026-0001", blzt="16")

    told = api.get(f"cases/{number}/platform-statuses").json

    assert (told["platform"], told["platform_number"]) == ("gonggai", "YY-2026-0001")
    assert [(each["body"]["blzt"], each["body"]["blztmc"]) for each in told["items"]] == [("1", "已接件"), ("16", "撤件待确认")]
    assert api.get(f"cases/{api.open()['number']}/platform-statuses").status_code == 404


def test_who_sees_no_case_sees_no_message_of_one(gonggai: Sender, keeper: Browser) -> None:
    number = gonggai.apply().json["number"]
    gonggai.call_back(spsxslbm="YY-2026-0001", blzt="2")
    gonggai.call_back(spsxslbm="无此申请", blzt="77")

    book = keeper.get("/administration/platform_messages").text

    assert number not in book and "无此申请" in book
    assert keeper.get("/administration/platform_messages/row?key=1").status_code == 404
    assert keeper.post("/administration/platform_messages/deliver?key=2", **{"data.case": number}).status_code in (404, 409)
