"""`jiban empowerment` as people and programs call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from engine.errors import Forbidden, InvalidInput
from services.commands.empowerment import command
from services.settings import SHELF, SettingRefused, from_environment

SHEETS = SHELF / "empowerment"


@pytest.fixture
def call(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Call the command on a database of the test's own; what it printed."""
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)

    def called(*arguments: str) -> str:
        command.main(list(arguments), standalone_mode=False)
        return capsys.readouterr().out

    return called


def objects(text: str) -> dict[str, Any]:
    """The one object printed."""
    return dict(json.loads(text))


def filled(call: Callable[..., str]) -> None:
    """The sample list of the shelf, entered by one person and approved by another."""
    for name, kind in (("park_modes", "park_mode"), ("local_authorities", "local_authority"), ("empowerment", "empowerment")):
        call("import", str(SHEETS / f"{name}.csv"), "--kind", kind, "--by", "李")
        call("approve", "--kind", kind, "--by", "赵")


def test_a_sheet_is_previewed_entered_and_approved_by_a_second_person(call: Callable[..., str]) -> None:
    sheet = str(SHEETS / "park_modes.csv")

    preview = call("import", sheet, "--kind", "park_mode", "--preview")
    entered = call("import", sheet, "--kind", "park_mode", "--by", "李")
    with pytest.raises(Forbidden, match="second person"):
        call("approve", "--kind", "park_mode", "--by", "李")
    approved = call("approve", "--kind", "park_mode", "--by", "赵")

    assert preview == "11 new 新增, 0 unchanged 未变; nothing was written\n"
    assert entered == "11 new 新增, 0 unchanged 未变; they wait for a second person (approve)\n"
    assert approved.count("[approved]") == 11 and call("show", "--pending") == ""


def test_who_has_a_matter_is_said_with_the_reason(call: Callable[..., str]) -> None:
    filled(call)

    told = call("resolve", "临湘高新区", "竣工联合验收", "--on", "2026-03-04")
    shown = objects(call("resolve", "湘阴高新区", "SJ-LHYS", "--on", "2026-03-04", "--json"))

    assert told.splitlines()[0] == "直接赋权 (direct), 园区运行模式 试点"
    assert "  决定 decides: 临湘高新区行政审批局" in told and "  印章编号 seal: 示例印章-08" in told
    assert "batch 示例-2022年第一批" in told.splitlines()[-1]
    assert (shown["mode"], shown["receives"], shown["decides"]) == ("received_only", "湘阴高新区", "市住建局")


def test_rows_and_modes_are_listed(call: Callable[..., str]) -> None:
    filled(call)

    rows = objects(call("show", "--kind", "empowerment", "--park", "湘阴高新区", "--json"))["rows"]
    modes = call("modes", "--park", "华容高新区", "--on", "2026-03-04")

    assert [row["says"]["mode"] for row in rows] == ["direct", "direct_report", "entrusted"]
    assert "无大厅 华容县政务服务中心“园区事园区办”综合窗口  [approved]" in modes
    assert call("modes", "--on", "2022-03-07") == ""


def test_what_is_exported_is_imported_again_as_it_was(call: Callable[..., str], tmp_path: Path) -> None:
    filled(call)
    (tmp_path / "赋权清单.csv").write_text(call("export", "--on", "2026-03-04"), encoding="utf-8")

    again = call("import", str(tmp_path / "赋权清单.csv"))

    assert again.startswith("0 new 新增, 22 unchanged 未变;")


def test_a_row_is_ended_with_its_reason(call: Callable[..., str]) -> None:
    filled(call)
    number = objects(call("show", "--kind", "empowerment", "--json"))["rows"][0]["id"]

    ended = objects(call("end", str(number), "2099-12-31", "收回", "--by", "赵", "--json"))["rows"][0]

    assert (ended["ended_on"], ended["ended_by"], ended["ending"]) == ("2099-12-31", "赵", "收回")


def test_the_batches_are_counted_park_by_park(call: Callable[..., str]) -> None:
    filled(call)

    told = call("report", "--on", "2026-03-04", "--months", "3")
    counts = objects(call("report", "--on", "2026-03-04", "--json"))

    assert "湘阴高新区: 赋权 3, 承接 1, 有效运行 0, 未有效承接 1, 收回 0; 办结 0" in told
    assert told.endswith("concluded after 2025-12-04 and up to 2026-03-04 (3 months)\n")
    assert counts["months"] == 6 and counts["total"]["granted"] == sum(park["granted"] for park in counts["parks"])


def test_a_wrong_sheet_or_day_is_refused_with_a_reason(call: Callable[..., str], tmp_path: Path) -> None:
    lines = "园区,运行模式,文号,生效日\n湘阴高新区,也许,文,2022-03-08\n,有大厅,文,明天\n"
    (tmp_path / "wrong.csv").write_text(lines, encoding="utf-8")

    with pytest.raises(InvalidInput, match=r"line 2 运行模式.*line 3 生效日"):
        call("import", str(tmp_path / "wrong.csv"), "--kind", "park_mode")
    with pytest.raises(InvalidInput, match="expected a day"):
        call("resolve", "湘阴高新区", "X", "--on", "明天")
    with pytest.raises(click.UsageError, match="one of them"):
        call("approve", "1", "--batch", "第一批")


@pytest.mark.parametrize("text", ["0", "121", "六", "-1", "1.5"])
def test_a_setting_that_is_no_number_of_months_is_refused(text: str) -> None:
    with pytest.raises(SettingRefused, match="JIBAN_RUNNING_MONTHS"):
        from_environment({"JIBAN_RUNNING_MONTHS": text})

    assert from_environment({"JIBAN_RUNNING_MONTHS": "12"}).running_months == 12
