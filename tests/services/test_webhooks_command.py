"""`jiban webhooks` as people and programs call it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.cli import run
from services.database import connect, writing
from services.office import Office
from tests.services.desk import Desk
from tests.services.staff import enter
from tests.webhooks.receiving import answering, receiver


@pytest.fixture(autouse=True)
def an_office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An office with a system administrator, that may post to this machine."""
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)
    monkeypatch.setenv("JIBAN_WEBHOOK_ALLOW", "http://127.0.0.1:*")
    monkeypatch.setenv("JIBAN_WEBHOOK_NETWORKS", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    database = connect(sqlite_url)
    with writing(database) as connection:
        enter(connection, "张敏", "system_admin")
        enter(connection, "李", "department_admin")
    database.dispose()


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What a command answers a program."""
    assert run(["webhooks", *arguments, "--json"]) == 0, capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The sentence a command refuses with."""
    assert run(["webhooks", *arguments]) == 1
    return capsys.readouterr().err


def test_an_endpoint_is_entered_subscribed_tried_out_rotated_and_retired(capsys: pytest.CaptureFixture[str]) -> None:
    with receiver(answering("204 Fine")) as there:
        entered = answer(capsys, "enter", "市平台", there.url, "--by", "张敏")
        subscribed = answer(capsys, "subscribe", "1", "--kind", "CaseAccepted", "--matter", "company_setup", "--by", "张敏")
        tried = answer(capsys, "test", "1", "--by", "张敏")["attempts"]
        rotated = answer(capsys, "rotate", "1", "--by", "张敏")
        changed = answer(capsys, "change", "1", "--name", "省平台", "--by", "张敏")
        paused = answer(capsys, "pause", "1", "--by", "张敏")
        resumed = answer(capsys, "resume", "1", "--by", "张敏")
        ended = answer(capsys, "unsubscribe", str(subscribed["id"]), "--by", "张敏")
        retired = answer(capsys, "retire", "1", "--reason", "系统下线", "--by", "张敏")

    assert entered["secret"].startswith("whsec_") and rotated["secret"] != entered["secret"]
    assert [each["status"] for each in tried] == [204] and "Test" in there.bodies[0].decode()
    assert (subscribed["kinds"], subscribed["process"]) == (["CaseAccepted"], "company_setup")
    assert changed["name"] == "省平台" and len(changed["secrets"]) == 2
    assert [each["condition"] for each in (paused, resumed, retired)] == ["paused", "well", "retired"]
    assert ended["ended_at"] is not None


def test_a_supervising_department_has_its_own_subscription(capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "enter", "城管平台", "http://127.0.0.1:1/", "--by", "张敏")

    subscribed = answer(capsys, "subscribe", "1", "--supervisor", "市城市管理和综合执法局", "--by", "张敏")

    assert (subscribed["supervisor"], subscribed["kinds"]) == ("市城管局", [])
    assert run(["webhooks", "list"]) == 0
    assert "every kind, of what is pushed to 市城管局" in capsys.readouterr().out


def test_no_list_and_no_log_shows_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    with receiver(answering()) as there:
        secret = answer(capsys, "enter", "市平台", there.url, "--by", "张敏")["secret"]
        for arguments in (("list",), ("log", "1"), ("deliveries",), ("pause", "1", "--by", "张敏")):
            for form in ([], ["--json"]):
                assert run(["webhooks", *arguments, *form]) == 0
                assert secret[6:] not in "".join(capsys.readouterr())


def test_nobody_but_the_system_administrator_says_what_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    for by in ("李", "王"):
        assert by in refusal(capsys, "enter", "市平台", "http://127.0.0.1:1/", "--by", by)
    assert answer(capsys, "list") == {"endpoints": []}


@pytest.mark.parametrize(("arguments", "said"), [
    (("enter", "市平台", "https://elsewhere.cn/"), "JIBAN_WEBHOOK_ALLOW"),
    (("enter", "", "http://127.0.0.1:1/"), "name"),
    (("enter", "市平台", "http://127.0.0.1:1/", "--concurrency", "99"), "1 to 16"),
    (("subscribe", "1", "--kind", "TaskCompleted"), "TaskCompleted"),
    (("subscribe", "1", "--matter", "nothing"), "no matter"),
    (("subscribe", "1", "--supervisor", "城管局"), "perhaps 市城管局"),
    (("subscribe", "1", "--supervisor", "市城管局", "--kind", "CaseAccepted"), "only of what is pushed to it"),
    (("subscribe", "9"), "no endpoint"),
    (("rotate", "1", "--overlap-hours", "9999"), "720"),
    (("redrive", "evt_none"), "no delivery"),
    (("unsubscribe", "9"), "no subscription"),
])
def test_what_cannot_be_is_refused_in_a_sentence(arguments: tuple[str, ...], said: str,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "enter", "市平台", "http://127.0.0.1:1/", "--by", "张敏")

    assert said in refusal(capsys, *arguments, "--by", "张敏")


def test_the_schedule_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert [each["usual_s"] for each in answer(capsys, "schedule")["pauses"]][:4] == [5, 15, 45, 135]
    assert run(["webhooks", "schedule"]) == 0
    assert "after failure 1: try again in 5 s (4 s to 6 s), 5 s after the first\n" in capsys.readouterr().out


def test_the_kinds_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "CaseAccepted" in answer(capsys, "kinds")["kinds"]


def test_a_worker_tells_what_has_happened(capsys: pytest.CaptureFixture[str], sqlite_url: str, office: Office) -> None:
    with receiver(answering()) as there:
        answer(capsys, "enter", "市平台", there.url, "--by", "张敏")
        answer(capsys, "subscribe", "1", "--by", "张敏")
        database = connect(sqlite_url)
        with writing(database) as connection:
            enter(connection, "王", "clerk")
        Desk(database=database, office=office, now=datetime.now(UTC) + timedelta(seconds=1)).open()
        database.dispose()

        assert run(["work", "--json"]) == 0
        worked = json.loads(capsys.readouterr().out)

    assert (worked["handed"], worked["delivered"], worked["undelivered"], len(there.bodies)) == (1, 1, 0, 1)
    delivered = answer(capsys, "deliveries")["deliveries"]
    assert [(each["kind"], each["state"], each["attempts"]) for each in delivered] == [("CaseOpened", "delivered", 1)]
    assert [each["status"] for each in answer(capsys, "log", "1")["attempts"]] == [200]
