"""`jiban init` and `jiban accounts` as people and programs call them."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from services import passwords
from services.cli import run
from tests.services.staff import PASSWORD, QUICK
from tests.services.test_settings import NAMED


@pytest.fixture(autouse=True)
def an_office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A database with nobody in it, where hashes cost little, and a file with a password."""
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)
    monkeypatch.setattr(passwords, "_hasher", lambda cost, made=passwords._hasher: made(QUICK))
    monkeypatch.chdir(tmp_path)
    Path("secret").write_text(f"{PASSWORD}\r\nsecond line\n", encoding="utf-8")


@pytest.fixture
def founded(capsys: pytest.CaptureFixture[str]) -> None:
    """张敏 administers the system, 周凯 works here."""
    assert run(["init", "张敏", "张敏", "--unit", "市数据局", "--password-file", "secret"]) == 0
    assert run(["people", "enter", "周凯", "周凯", "--unit", "市住建局", "--by", "张敏"]) == 0
    capsys.readouterr()


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What a command answers a program."""
    assert run([*arguments, "--json"]) == 0, capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 1) -> str:
    """The sentence a command refuses with."""
    assert run(list(arguments)) == status
    return capsys.readouterr().err


def test_an_account_is_linked_to_whom_unified_authentication_knows(
    capsys: pytest.CaptureFixture[str], founded: None, monkeypatch: pytest.MonkeyPatch,
) -> None:
    none = refusal(capsys, "accounts", "link", "周凯", "248289761001", "--by", "张敏")
    for name, value in NAMED.items():
        monkeypatch.setenv(name, value)

    linked = answer(capsys, "accounts", "link", "周凯", "248289761001", "--by", "张敏")
    listed = answer(capsys, "accounts", "links")
    taken = refusal(capsys, "accounts", "link", "张敏", "248289761001", "--by", "张敏")
    assert run(["accounts", "links"]) == 0
    line = capsys.readouterr().out
    unlinked = answer(capsys, "accounts", "unlink", "周凯", "--by", "张敏")

    assert "JIBAN_OIDC_ISSUER" in none and "linked to the account 周凯 already" in taken
    assert linked == unlinked == listed["links"][0] and linked["issuer"] == NAMED["JIBAN_OIDC_ISSUER"]
    assert line == f"周凯: linked 已关联 to “248289761001” of {NAMED['JIBAN_OIDC_ISSUER']}\n"
    assert answer(capsys, "accounts", "links") == {"links": []}
    kinds = [each["kind"] for each in answer(capsys, "accounts", "events", "--account", "周凯")["events"]]
    assert kinds == ["unlinked", "linked"]


def test_an_office_gets_its_first_administrator_and_no_second(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "init", "张敏", "张敏", "--unit", "市数据局", "--password-file", "secret")
    second = refusal(capsys, "init", "王", "王", "--password-file", "secret")

    assert (told["id"], told["state"], told["must_change"]) == ("张敏", "open", False)
    assert "has a system administrator" in second
    assert [each["roles"][0]["role"] for each in answer(capsys, "people", "list")["people"]] == ["system_admin"]


def test_the_password_is_asked_for_and_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(click, "prompt", lambda *texts, hide_input, **given: asked.append(hide_input) or PASSWORD)

    assert run(["init", "张敏", "张敏"]) == 0

    told = capsys.readouterr()
    assert asked == [True] and told.out == "张敏 张敏: may sign in\n" and PASSWORD not in told.out + told.err


def test_the_password_is_read_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{PASSWORD}\n".encode())))

    assert answer(capsys, "init", "张敏", "张敏", "--password-file", "-")["state"] == "open"


@pytest.mark.parametrize(("content", "words"), [
    (b"short\n", "10 to 128 characters"), (b"Password2026!\n", "tried first"), (b"\xff\xfe and more\n", "UTF-8"),
    (b"", "found 0"), ("我是张敏，住在洞庭湖".encode(), "everybody knows"),
])
def test_a_password_that_does_not_do_is_refused_and_nobody_is_entered(
    capsys: pytest.CaptureFixture[str], content: bytes, words: str,
) -> None:
    Path("secret").write_bytes(content)

    refused = refusal(capsys, "init", "张敏", "张敏", "--password-file", "secret")

    assert words in refused and answer(capsys, "people", "list")["people"] == []


@pytest.mark.usefixtures("founded")
def test_an_account_is_given_a_password_barred_and_let_in_again(capsys: pytest.CaptureFixture[str]) -> None:
    given = answer(capsys, "accounts", "password", "周凯", "--password-file", "secret", "--by", "张敏")
    disabled = answer(capsys, "accounts", "disable", "周凯", "--reason", "调离", "--by", "张敏")
    enabled = answer(capsys, "accounts", "enable", "周凯", "--reason", "调回", "--by", "张敏")
    answer(capsys, "accounts", "unlock", "周凯", "--by", "张敏")

    assert given["must_change"] and enabled["state"] == "open"
    assert (disabled["state"], disabled["disabled_by"]) == ("disabled", "张敏")
    assert [each["id"] for each in answer(capsys, "accounts", "list")["accounts"]] == ["张敏", "周凯"]
    assert [(each["kind"], each["by"]) for each in answer(capsys, "accounts", "events")["events"]] == [
        ("unlocked", "张敏"), ("enabled", "张敏"), ("disabled", "张敏"), ("password_set", "张敏"), ("founded", "command line")]
    assert run(["accounts", "events", "--account", "周凯", "--most", "2"]) == run(["accounts", "list"]) == 0
    shown = capsys.readouterr().out
    assert "unlocked 解锁 by 张敏" in shown and "周凯 周凯 市住建局: may sign in, changes the password first" in shown


@pytest.mark.usefixtures("founded")
def test_a_token_is_issued_shown_once_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    issued = answer(capsys, "accounts", "issue", "周凯", "--name", "推送", "--scope", "work", "--scope", "read", "--until",
                    _in_half_a_year(), "--by", "张敏")
    (listed,) = answer(capsys, "accounts", "tokens")["tokens"]
    revoked = answer(capsys, "accounts", "revoke", str(issued["id"]), "--by", "张敏")

    assert issued["token"].startswith("jiban_") and issued["scopes"] == ["read", "work"]
    assert "token" not in listed and listed["id"] == issued["id"] and revoked["revoked_at"]
    assert run(["accounts", "tokens", "--account", "周凯"]) == 0 and "revoked 已吊销" in capsys.readouterr().out


@pytest.mark.usefixtures("founded")
@pytest.mark.parametrize(("arguments", "words", "status"), [
    (["password", "周凯", "--password-file", "secret"], "“command line” is not among the people", 1),
    (["password", "谁", "--password-file", "secret", "--by", "张敏"], "no person “谁”", 1),
    (["password", "周凯", "--password-file", "none", "--by", "张敏"], "none: No such file", 1),
    (["disable", "周凯", "--by", "张敏"], "--reason", 2),
    (["disable", "张敏", "--reason", "x", "--by", "张敏"], "nobody does that to himself", 1),
    (["unlock", "周凯", "--by", "张敏"], "set one first", 1),
    (["issue", "周凯", "--name", "x", "--scope", "all", "--until", "2026-12-31"], "--scope", 2),
    (["issue", "周凯", "--name", "x", "--scope", "read", "--until", "soon"], "--until", 2),
    (["issue", "周凯", "--name", "x", "--scope", "read", "--until", "2020-01-01", "--by", "张敏"], "expires_on", 1),
    (["revoke", "7", "--by", "张敏"], "no token “7”", 1),
])
def test_what_cannot_be_done_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str, status: int,
) -> None:
    assert words in refusal(capsys, "accounts", *arguments, status=status)


def _in_half_a_year() -> str:
    """The command reads the clock of the machine, so that a literal day would lie in the past one day."""
    return f"{datetime.now(UTC) + timedelta(days=180):%Y-%m-%d}"
