"""`jiban platforms` as people and programs call it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from services.cli import run
from services.database import connect, writing
from services.office import Office, open_office
from services.platforms import applications, callbacks
from services.settings import SHELF, Settings
from tests.services.staff import enter

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
APPLIED: dict[str, Any] = {"spsxslbm": "YY-1", "spsxbm": "竣工联合验收", "sqdw": {"mc": "岳阳某某公司", "lxdh": "13807301234"}}


@pytest.fixture
def number(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The case of an application, about which 工改 has said what nobody understands and then that it is withdrawn."""
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)
    office: Office = open_office(Settings(shelf=SHELF))
    gonggai = office.platforms["gonggai"]
    with writing(connect(sqlite_url)) as connection:
        enter(connection, "张敏", "system_admin")
        opened = applications.submit(connection, office, gonggai, APPLIED, now=NOON).number
        for code in ("77", "2"):
            said = {"spsxslbm": "YY-1", "blzt": code}
            callbacks.receive(connection, office, gonggai, said, orjson.dumps(said), webhook_id=code, now=NOON)
    return opened


def answers(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """What a command answers a program: an object a line."""
    assert run(["platforms", *arguments, "--json"]) == 0, capsys.readouterr().err
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_secrets_are_made_shown_once_and_ended(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    by = ("--by", "张敏")
    first, second = (answers(capsys, "issue", "gonggai", *by)[0] for _ in range(2))
    assert run(["platforms", "issue", "gonggai", *by]) == 1 and "end the one it does not sign with" in capsys.readouterr().err
    assert answers(capsys, "end", "gonggai", str(first["id"]), "--by", "张敏")[0]["ended_by"] == "张敏"

    listed = answers(capsys, "list")
    assert [(each["name"], each["applications"], [row["id"] for row in each["secrets"]]) for each in listed] == [
        ("gonggai", 1, [second["id"]]), ("yiwangtongban", 0, [])]
    assert first["secret"].startswith("whsec_") and "whsec_" not in json.dumps(listed)
    assert run(["platforms", "issue", "nobody", "--by", "张敏"]) == 1 and "gonggai" in capsys.readouterr().err
    assert run(["platforms", "issue", "yiwangtongban"]) == 1 and "系统管理员" in capsys.readouterr().err


def test_a_message_is_delivered_or_dismissed(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    kept = answers(capsys, "messages")
    assert [(each["code"], each["ask"], each["case"], each["state"]) for each in kept] == [
        ("2", "withdrawal", number, "unmatched"), ("77", "person", number, "unmatched")]

    assert answers(capsys, "deliver", "2", number, "--by", "张敏")[0]["state"] == "done"
    assert answers(capsys, "dismiss", "1", "--reason", "平台测试", "--by", "张敏")[0]["reason"] == "平台测试"
    assert answers(capsys, "messages") == [] and len(answers(capsys, "messages", "--all")) == 2
    assert run(["platforms", "deliver", "2", number, "--by", "张敏"]) == 1 and "was dealt with" in capsys.readouterr().err


def test_what_a_platform_is_told_is_shown(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = answers(capsys, "statuses", number)
    assert [each["body"]["blzt"] for each in told] == ["1", "16"] and answers(capsys, "statuses", "4306") == []

    assert run(["platforms", "statuses", number]) == 0
    text = capsys.readouterr().out
    assert "已接件" in text and "13807301234" not in text
