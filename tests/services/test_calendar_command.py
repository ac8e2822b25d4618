"""`jiban calendar` as people and programs call it: checked, proposed, accepted by another, shown."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from services import cli
from services.commands import calendar
from services.settings import SHELF

FIXTURE = Path(__file__).parent / "data" / "2027_fixture.json"
CLOSE = ("close", "--from", "2090-12-28", "--to", "2090-12-29", "--reference", "岳停〔2090〕9号", "--approver", "市政府",
         "--reason", "冰冻", "--by", "王")


@pytest.fixture
def called(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Call the command on each of the two databases in turn: its status, and what it printed on each stream."""
    monkeypatch.setenv("JIBAN_DATABASE", database_url)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.run(["calendar", *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


def test_the_notices_of_the_shelf_are_sound(called: Any) -> None:
    files = [str(SHELF / "calendars" / f"{year}.json") for year in (2024, 2025, 2026)]

    status, out, _ = called("check", *files, "--json")

    assert status == 0
    assert [(told["file"], told["sound"], told["line"]) for told in map(json.loads, out.splitlines())] == [
        (file, True, None) for file in files]


def test_a_file_that_contradicts_itself_is_refused_with_its_line(called: Any, tmp_path: Path) -> None:
    wrong = tmp_path / "2027.json"
    wrong.write_text(FIXTURE.read_text(encoding="utf-8").replace('"2027-02-20"', '"2027-02-12"'), encoding="utf-8")

    status, out, _ = called("check", str(wrong), str(tmp_path / "none.json"), str(FIXTURE), "--json")
    told = [json.loads(line) for line in out.splitlines()]

    assert status == 1
    assert [each["sound"] for each in told] == [False, False, True]
    assert (told[0]["line"], told[0]["field"]) == (9, "holidays[1].make_up[1]") and "No such file" in told[1]["reason"]
    assert "测试数据,非法定" in told[2]["notice"]
    assert called("check", str(wrong))[1].startswith(f"{wrong}: refused 有误: holidays[1].make_up[1]: line 9: 2027-02-12 is ")


def test_one_imports_a_notice_and_another_accepts_it(called: Any) -> None:
    imported = called("import", str(FIXTURE), "--by", "王")
    pending = called("show", "2027")
    own = called("accept", "1", "--by", "王", "--fixture")
    not_law = called("accept", "1", "--by", "李")
    accepted = called("accept", "1", "--by", "李", "--fixture", "--json")
    shown = called("show", "--json")

    assert imported[0] == 0 and "change 1: 测试〔2026〕1号(测试数据,非法定)" in imported[1]
    assert "2027-02-09 二  工作日 → 春节放假" in imported[1] and "18 days change from 2027-01-04 on" in imported[1]
    assert "2027 provisional 暂定" in pending[1]
    assert "proposed 待审 change 1: notice 测试〔2026〕1号 (测试数据,非法定)" in pending[1]
    assert own[0] == 1 and "needs a second person" in own[2]
    assert not_law[0] == 1 and "测试数据,非法定" in not_law[2]
    assert accepted[0] == 0 and json.loads(accepted[1])["version"] == 1 and json.loads(accepted[1])["state"] == "accepted"
    law = json.loads(shown[1])
    year, = (year for year in law["years"] if year["year"] == 2027)
    assert law["version"] == 1 and law["pending"] == [] and year["is_fixture"] and not year["is_provisional"]
    assert year["workdays"] == 248 == sum(year["months"])


def test_the_law_is_shown_to_people_with_breaks_and_working_days(called: Any) -> None:
    status, out, _ = called("show", "2026")

    assert status == 0
    assert out.splitlines()[:3] == [
        "law version 0", "2026 国办发明电〔2025〕7号, 248 working days (21 16 22 21 19 21 23 21 22 18 21 23)",
        "  元旦 2026-01-01 to 2026-01-03, make-up 调休上班 2026-01-04"]


def test_a_closure_is_proposed_and_shown_once_it_is_the_law(called: Any) -> None:
    proposed = called(*CLOSE, "--scope", "park", "--place", "云溪", "--json")
    accepted = called("accept", "1", "--by", "李")
    shown = called("show", "2026")

    told = json.loads(proposed[1])
    assert (told["kind"], told["scope"], told["place"], told["state"]) == ("closure", "park", "云溪", "pending")
    assert [(day["date"], day["was"]) for day in told["days"]] == [("2090-12-28", "工作日"), ("2090-12-29", "工作日")]
    assert accepted[1].startswith("change 1 is the law, version 1; 0 cases were counted again, 0 clocks moved")
    assert "closed 停办 园区云溪 2090-12-28 to 2090-12-29, 岳停〔2090〕9号, approved by 市政府" in shown[1]


def test_a_closure_of_the_past_is_accepted_only_with_a_supervisors_signature(called: Any) -> None:
    called("close", "--from", "2026-01-05", "--to", "2026-01-05", *CLOSE[5:])

    refused = called("accept", "1", "--by", "李")
    accepted = called("accept", "1", "--by", "李", "--signed-off-by", "督", "--json")

    assert refused[0] == 1 and "督查员" in refused[2] and refused[2].count("\n") == 1
    assert json.loads(accepted[1])["signed_off_by"] == "督"


def test_a_refused_change_is_gone_from_what_is_proposed(called: Any) -> None:
    called(*CLOSE)

    refused = called("refuse", "1", "--by", "李", "--reason", "文号有误", "--json")
    again = called("refuse", "1", "--by", "李", "--reason", "文号有误")

    assert json.loads(refused[1])["refusal"] == "文号有误" and json.loads(called("show", "--json")[1])["pending"] == []
    assert again[0] == 1 and "was refused (文号有误) by 李" in again[2]


def test_a_notice_is_read_from_standard_input(called: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FIXTURE.read_bytes())))

    assert json.loads(called("import", "-", "--by", "王", "--json")[1])["reference"] == "测试〔2026〕1号"


def test_whoever_gives_no_name_acts_under_the_users_login(called: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar.getpass, "getuser", lambda: "wang")

    assert json.loads(called("import", str(FIXTURE), "--json")[1])["proposed_by"] == "wang"


def test_what_cannot_be_done_is_said_in_one_sentence(called: Any) -> None:
    for arguments, status, said in (
        (("import", "/nowhere/2027.json"), 1, "/nowhere/2027.json: No such file"),
        (("import", "/"), 1, "/: Is a directory"),
        (("import", "/dev/zero"), 1, "is larger than 1048576 bytes"),
        (("accept", "9", "--by", "李"), 1, "no calendar change “9”"),
        (("accept", "0", "--by", "李"), 2, "0 is not in the range"),
        (("accept", "9" * 30, "--by", "李"), 2, "is not in the range"),
        (("refuse", "1", "--by", "李"), 2, "Missing option '--reason'"),
        (("show", "1980"), 2, "1980 is not in the range"),
        (("close", "--from", "2026-W01-1", "--to", "2026-12-29", *CLOSE[5:]), 2, "--from: expected a date like"),
        (("close", "--from", "2090-12-30", "--to", "2090-12-29", *CLOSE[5:]), 1, "before it begins"),
        ((*CLOSE, "--scope", "park"), 1, "place: expected 1 to 100"),
        ((*CLOSE, "--place", "云溪"), 1, "a closure of the city names no place"),
        (("check",), 2, "Missing argument"),
    ):
        found, out, err = called(*arguments)
        assert (found, out) == (status, "") and said in err and err.count("\n") == 1, (arguments, err)

    assert json.loads(called("show", "--json")[1])["version"] == 0


def test_before_there_is_a_database_the_calendar_shown_is_that_of_the_shelf_and_nothing_can_be_proposed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", f"sqlite:///{tmp_path / 'new.db'}")

    assert cli.run(["calendar", "show", "2026"]) == 0 and "248 working days" in capsys.readouterr().out
    assert not (tmp_path / "new.db").exists()
    assert cli.run(["calendar", "import", str(FIXTURE)]) == 1 and "run `jiban migrate`" in capsys.readouterr().err
