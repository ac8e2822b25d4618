"""`jiban clocks` as people and programs call it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from services.cli import run
from services.commands import clocks
from tests.services.desk import Desk, day

INSPECTION = "joint_completion_inspection"


class _Wall(datetime):
    """A clock on the wall that shows Friday 13 March 2026, 10:00 in Shanghai."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return day(13)


@pytest.fixture(autouse=True)
def at_the_desk(desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads the desk's database, on that Friday."""
    monkeypatch.setenv("JIBAN_DATABASE", database_url)
    monkeypatch.setattr(clocks, "datetime", _Wall)


@pytest.fixture
def cases(desk: Desk) -> list[str]:
    """Inspections accepted on 2, 3 and 4 March: due on Thursday 12, Friday 13 and Monday 16 March."""
    opened = []
    for number, park in ((2, ""), (3, "湘阴高新区"), (4, "")):
        desk.now = day(number)
        case = desk.open(INSPECTION, **({"park": park} if park else {}))
        for outcome in ("received", "accept"):
            desk.complete(case, desk.tasks(case)[0].node, outcome)
        opened.append(case)
    return opened


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What the command answers a program."""
    assert run(["clocks", *arguments, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_a_program_gets_what_is_overdue_with_its_working_days(cases: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "--overdue", "--kind", "promised")

    assert (found["total"], found["is_cut"]) == (1, False)
    (clock,) = found["clocks"]
    assert (clock["case"], clock["due"], clock["lamp"], clock["late_workdays"], clock["left_workdays"]) == (
        cases[0], "2026-03-12", "red", 1, 0)
    assert (clock["process_name"], clock["label"], clock["lapses_at"]) == (
        "竣工联合验收", "承诺时限", "2026-03-12T16:00:00+00:00")


def test_a_program_gets_what_will_be_due(cases: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    today = answer(capsys, "--due-within", "0", "--kind", "promised")
    by_monday = answer(capsys, "--due-within", "1", "--kind", "promised", "--process", INSPECTION)
    in_a_park = answer(capsys, "--due-within", "1", "--kind", "promised", "--park", "湘阴高新区")

    assert [clock["case"] for clock in today["clocks"]] == [cases[1]] == [clock["case"] for clock in in_a_park["clocks"]]
    assert [(clock["case"], clock["left_workdays"]) for clock in by_monday["clocks"]] == [(cases[1], 0), (cases[2], 1)]


def test_people_read_a_line_a_clock_and_how_many_there_are(cases: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run(["clocks", "--overdue", "--kind", "promised"])
    late = capsys.readouterr().out
    run(["clocks", "--due-within", "1", "--kind", "promised"])
    soon = capsys.readouterr().out

    assert f"超期  {cases[0]}  竣工联合验收" in late and "承诺时限" in late and "超1个工作日" in late
    assert "1 clocks 共1个" in late
    assert soon.index(cases[1]) < soon.index(cases[2]) and "余0个工作日" in soon and "湘阴高新区" in soon


def test_a_list_that_is_too_long_is_cut_and_says_so(
    cases: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clocks, "MOST", 1)

    cut = answer(capsys, "--due-within", "5", "--kind", "promised")
    whole = answer(capsys, "--overdue", "--kind", "promised")
    run(["clocks", "--due-within", "5", "--kind", "promised"])
    read = capsys.readouterr().out

    assert [clock["case"] for clock in cut["clocks"]] == [cases[1]] and (cut["total"], cut["is_cut"]) == (2, True)
    assert (len(whole["clocks"]), whole["total"], whole["is_cut"]) == (1, 1, False)
    assert cases[1] in read and cases[2] not in read and "2 clocks 共2个, the first 1 are shown 仅列前1个" in read


def test_the_board_counts_lamps_by_matter_park_and_kind(cases: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "--board")
    run(["clocks", "--board", "--park", "湘阴高新区"])
    read = capsys.readouterr().out

    assert found["total"] == {"green": 0, "yellow": 2, "red": 1, "grey": 0, "blue": 0}
    assert [(group["park"], group["lamps"]["red"]) for group in found["groups"]] == [("", 1), ("湘阴高新区", 0)]
    assert found["groups"][0]["kinds"]["promised"] == found["groups"][0]["lamps"]
    assert "竣工联合验收 · 湘阴高新区" in read and "合计" in read and read.count("竣工联合验收") == 1


def test_with_nothing_open_the_lists_are_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "--overdue") == {"clocks": [], "total": 0, "is_cut": False}
    assert answer(capsys, "--board") == {"total": dict.fromkeys(("green", "yellow", "red", "grey", "blue"), 0), "groups": []}
