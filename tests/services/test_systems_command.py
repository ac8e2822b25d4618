"""`jiban systems`, as people and programs call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from engine.errors import Forbidden
from services.commands import systems


@pytest.fixture
def call(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Call a command on a database of the test's own; what it printed."""
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)

    def called(*arguments: str) -> str:
        command: click.Command = systems.command
        command.main(list(arguments), standalone_mode=False)
        return capsys.readouterr().out

    return called


def test_a_sheet_goes_out_is_filled_in_and_comes_back(call: Callable[..., str], tmp_path: Path) -> None:
    told = call("set", "岳阳经开区", "工改系统", "port", "yes", "--evidence", "联调记录3号", "--checked-on", "2026-03-02")
    sheet, book = tmp_path / "台账.csv", tmp_path / "台账.xlsx"
    call("export", str(sheet))
    call("export", str(book))

    entered = call("import", str(sheet)), call("import", str(book))
    shown, found = call("show"), json.loads(call("show", "--json"))

    assert told == "岳阳经发区 gonggai 端口 version 1\n" and entered == ("1 entered 已登记\n", "1 entered 已登记\n")
    assert "岳阳经发区 工改系统 打通? 端口+ 账号? 数据共享?" in shown and shown.splitlines()[-1].startswith("0% 到位 (1/220)")
    assert (found["in_place"], found["cells"], found["entered"][0]["version"]) == (1, 220, 3)


def test_what_is_missing_is_ordered_answered_returned_and_closed_by_another(call: Callable[..., str]) -> None:
    call("order", "岳阳经发区", "工改系统", "port", "刘工", "2099-01-31", "开放回写端口", "--by", "孙涛")
    call("reply", "1", "已开放", "--by", "刘工")
    returned = call("return", "1", "2099-02-28", "未见佐证", "--by", "孙涛")
    call("reply", "1", "已附联调记录", "--by", "刘工")
    call("set", "岳阳经发区", "工改系统", "port", "yes", "--evidence", "联调记录3号", "--by", "张敏")

    with pytest.raises(Forbidden, match="整改人≠销号人"):
        call("close", "1", "属实", "--by", "刘工")
    closed = call("close", "1", "核对属实", "--by", "孙涛")

    assert "2099-02-28 open" in returned and "closed" in closed
    assert json.loads(call("orders", "--department", "市住建局", "--json"))["rectifications"][0]["state"] == "closed"
