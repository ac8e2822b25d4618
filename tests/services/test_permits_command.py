"""`jiban permits`, `jiban undertakings` and `jiban credit`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from services import cli
from tests.services.desk import Desk
from tests.services.test_permits import certified

CODE = "91430600MA40000130"


@pytest.fixture
def jiban(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    """Run a command on the desk's database; what it printed. A status other than 0 is printed first."""
    monkeypatch.setenv("JIBAN_DATABASE", database_url)

    def run(*arguments: str) -> str:
        status = cli.run(list(arguments))
        printed = capsys.readouterr()
        return printed.out if status == 0 else f"{status}: {printed.err}"

    return run


def test_the_register_is_listed_and_a_permit_shown_with_its_history(desk: Desk, jiban: Callable[..., str]) -> None:
    number = certified(desk, {"sort": "construction"}, {"sort": "general"})

    listed = orjson.loads(jiban("permits", "list", "--sort", "construction", "--json"))["permits"]
    permit = listed[0]["number"]

    assert len(listed) == 1 and f"{permit}  建筑工程施工许可证  有效  岳阳某某公司  {number}" in jiban("permits", "list")
    assert f"PermitGranted  {number}#" in jiban("permits", "show", permit)
    assert orjson.loads(jiban("permits", "show", permit, "--json"))["events"][0]["case"] == number
    assert jiban("permits", "show", "none").startswith("1: ") and "三个月内开工" in jiban("permits", "sorts")


def test_work_begun_is_told_at_the_command_line(desk: Desk, jiban: Callable[..., str]) -> None:
    desk.now = datetime.now(UTC).replace(microsecond=0)  # the command reads the clock
    certified(desk, {"sort": "construction"})
    permit = orjson.loads(jiban("permits", "list", "--json"))["permits"][0]

    assert "extended 已延期" in jiban("permits", "extend", permit["number"], "--document", "岳建延〔2026〕1号")
    assert "met 已开工" in jiban("permits", "met", permit["number"], "--on", permit["granted_on"], "--by", "李")
    assert "has been met already" in jiban("permits", "met", permit["number"], "--on", permit["granted_on"])
    assert desk.problems() == []


def test_templates_and_credit_are_kept_at_the_command_line(jiban: Callable[..., str], tmp_path: Path) -> None:
    text = tmp_path / "承诺书.txt"
    text.write_text("本单位承诺……", encoding="utf-8")

    entered = jiban("undertakings", "enter", "declared", str(text), "--process", "企业开办", "--basis", "岳审改〔2026〕3号")
    excluded = jiban("undertakings", "exclude", "four_permits", "直接涉及公共安全", "--basis", "国办发〔2020〕42号")
    recorded = orjson.loads(jiban("credit", "enter", CODE, "某公司", "虚假承诺", "--document", "信1", "--json"))
    restored = jiban("credit", "restore", str(recorded["id"]), "--document", "修1")

    assert entered == "declared company_setup, version 1\n" and "excluded 不适用: 直接涉及公共安全" in excluded
    assert len(jiban("undertakings", "list").splitlines()) == 2 and f"{CODE}  某公司  restored" in restored
    assert f"{CODE}" in jiban("credit", "list", "--code", CODE)
    assert "nobody has to decide" in jiban("credit", "drop", str(recorded["id"]), "误")
    assert "no credit record" in jiban("credit", "confirm", "99", "--document", "信2")
    text.write_bytes(b"\xff\xfe\x00")
    assert "is not text in UTF-8" in jiban("undertakings", "enter", "declared", str(text), "--basis", "x")
