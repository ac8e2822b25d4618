"""`jiban contacts` and `jiban limits` as people and programs call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from engine.errors import InvalidInput, NotFound
from services.commands import contacts, policies, rulings

PARK, PROJECT = "湘阴高新区", "2603-430600-04-01-123456"
SHEET = ("单位,类别,姓名,职务,办公电话,联系手机,备注\n市住建局,联络员,王联络,,,13807301234,\n"
         "湘阴高新区,负责人,周主任,,,13907305678,\n")
SET = ("set", "竣工联合验收", "promised", "6", "--park", PARK, "--basis", "湘高管发〔2026〕4号", "--approver", "李主任")
COMMIT = ("commit", PROJECT, "竣工联合验收", "5", "--agreement", "招商协议〔2026〕8号", "--clause", "第六条")


@pytest.fixture
def call(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Call a command on a database of the test's own; what it printed."""
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)

    def called(command: click.Command, *arguments: str) -> str:
        command.main(list(arguments), standalone_mode=False)
        return capsys.readouterr().out

    return called


def objects(text: str) -> dict[str, Any]:
    """The one object printed."""
    return dict(json.loads(text))


def test_whose_limit_counts_is_said_with_its_source(call: Callable[..., str]) -> None:
    call(rulings.command, *SET)
    call(rulings.command, *COMMIT)

    told = call(rulings.command, "show", "竣工联合验收", "--park", PARK, "--project", PROJECT)
    shown = objects(call(rulings.command, "show", "竣工联合验收", "--park", PARK, "--json"))

    assert told == "promised: 5 workday from the commitment (drawn: 8 workday)\n"
    assert [(each["amount"], each["source"]) for each in shown["limits"]] == [(6, "office")]


def test_limits_and_commitments_are_listed_with_their_history(call: Callable[..., str]) -> None:
    first = objects(call(rulings.command, *SET, "--json"))
    call(rulings.command, "end", "竣工联合验收", "promised", "--park", PARK)
    call(rulings.command, *COMMIT)

    now, ever = (objects(call(rulings.command, "list", *more, "--json")) for more in ((), ("--history",)))

    assert now["limits"] == [] and [each["item"] for each in now["commitments"]] == ["joint_completion_inspection"]
    assert ever["limits"][0] == {**first, "until": ever["limits"][0]["until"]} and ever["limits"][0]["until"] is not None
    assert "湘阴高新区 promised: 6 workday" in call(rulings.command, "list", "--history")


def test_a_promise_longer_than_the_statute_takes_three_words_of_exception(call: Callable[..., str]) -> None:
    promise = ("set", "company_setup", "promised", "5", "--basis", "文", "--approver", "李")

    with pytest.raises(InvalidInput, match="longer than the statutory 3 workday"):
        call(rulings.command, *promise)
    entered = objects(call(rulings.command, *promise, "--exception", "湘政办发〔2021〕72号", "市审改办", "已公布", "--json"))

    assert entered["exception"] == {"basis": "湘政办发〔2021〕72号", "approver": "市审改办", "explanation": "已公布"}


def test_an_unknown_process_is_refused_with_those_that_are_known(call: Callable[..., str]) -> None:
    with pytest.raises(NotFound, match="joint_completion_inspection"):
        call(rulings.command, "show", "无此事项")


def test_a_sheet_is_imported_and_exported_again(call: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "联络表.csv").write_text(SHEET, encoding="gb18030")

    told = call(contacts.command, "import", str(tmp_path / "联络表.csv"))
    exported = call(contacts.command, "export", "--as", "市住建局")

    assert told == "2 added 新增, 0 replaced 更换, 0 unchanged 未变\n"
    assert "市住建局,联络员,王联络,,,13807301234," in exported and "139****5678" in exported


def test_a_contact_is_set_and_listed_with_what_is_missing(call: Callable[..., str]) -> None:
    call(contacts.command, "set", "市住建局", "liaison", "王联络", "--mobile", "13807301234")

    listed = call(contacts.command, "list", "--unit", "市住建局")
    shown = objects(call(contacts.command, "list", "--unit", "市住建局", "--as", "市住建局", "--json"))

    assert "市住建局 联络员: 王联络  138****1234" in listed and "市住建局 分管领导: missing 缺" in listed
    assert shown["contacts"][0]["mobile"] == "13807301234"
    assert [gap["rank"] for gap in shown["gaps"]] == ["leader", "head"]


def test_a_sheet_with_a_wrong_line_enters_nothing(call: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(SHEET + "甲,局长,王,,,13807301234,\n", encoding="utf-8")

    with pytest.raises(InvalidInput, match="line 4 类别"):
        call(contacts.command, "import", str(tmp_path / "x.csv"))

    assert objects(call(contacts.command, "list", "--json")) == {"contacts": [], "gaps": []}


def test_a_policy_is_shown_mended_and_entered_again(call: Callable[..., str], tmp_path: Path) -> None:
    shown = objects(call(policies.command, "show", "--json"))
    (tmp_path / "规则.json").write_text(json.dumps({**shown, "target_cards": True}), encoding="utf-8")

    entered = objects(call(policies.command, "set", str(tmp_path / "规则.json"), "--process", "four_permits", "--park", PARK,
                           "--json"))

    assert entered["policy"]["target_cards"] and entered["process"] == "four_permits"
    assert objects(call(policies.command, "show", "--process", "签约即供地·四证并联", "--park", PARK))["target_cards"]
    assert not objects(call(policies.command, "show", "--process", "company_setup", "--park", PARK))["target_cards"]
    assert f"four_permits {PARK}" in call(policies.command, "list")


def test_an_ended_policy_is_history(call: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "规则.json").write_text("{}", encoding="utf-8")
    call(policies.command, "set", str(tmp_path / "规则.json"), "--park", PARK)

    call(policies.command, "end", "--park", PARK)

    assert call(policies.command, "list") == "" and PARK in call(policies.command, "list", "--history")


@pytest.mark.parametrize(("text", "reason"), [
    ("{", "not JSON"), ('{"colour": 1}', "colour: is not a field"), (" " * 300_000, "larger than"),
    ("[]", "expected an object"),
])
def test_a_file_that_is_no_policy_is_refused(call: Callable[..., str], tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")

    with pytest.raises(InvalidInput, match=reason):
        call(policies.command, "set", str(tmp_path / "x.json"))


def test_an_argument_that_is_no_text_is_refused(call: Callable[..., str]) -> None:
    with pytest.raises(InvalidInput, match="not text in UTF-8"):
        call(rulings.command, "show", "\udcff")
