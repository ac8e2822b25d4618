"""`jiban explain`: a question answered day by day, for people and for programs."""

from __future__ import annotations

import json

import pytest

from services.cli import run

ASKED = ("explain", "--at", "2026-02-13T10:00", "--limit", "5workday")


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What an accepted question prints."""
    assert run(arguments) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    """The one object a question with --json prints."""
    lines = told(capsys, *arguments, "--json").splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


def test_a_question_is_answered_with_its_days_and_rules_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, *ASKED)

    assert list(found) == ["due", "provisional", "days", "rules"]
    assert (found["due"], found["provisional"]) == ("2026-02-27", False)
    assert len(found["days"]) == 15 and sum(day["counted"] for day in found["days"]) == 5
    assert found["days"][0] == {"date": "2026-02-13", "counted": False, "why": "起算当日不计(民法典第201条)",
                                "code": "event_day", "number": None}
    assert found["days"][1] == {"date": "2026-02-14", "counted": True, "why": "调休上班,第1个工作日(国办发明电〔2025〕7号)",
                                "code": "make_up_workday", "number": 1}
    assert {"text": "起算当日不计,自下一日起算", "source": "民法典第201条"} in found["rules"]


@pytest.mark.parametrize(("more", "due"), [
    (("--event", "submitted", "--at", "2026-02-13T17:30"), "2026-02-28"),  # received on Saturday the 14th, a make-up day
    (("--count-first-day",), "2026-02-26"),
    (("--extend", "2"), "2026-03-02"),
    (("--stop", "2026-02-14..2026-02-24:expert_review"), "2026-02-28"),
    (("--stop", "2026-02-14..2026-02-24:testing", "--stop", "2026-02-25..2026-02-26:hearing"), "2026-03-02"),
    (("--stop", "2026-02-14..:hearing"), None),
    (("--closure", "2026-02-24..2026-02-25:岳园办〔2026〕3号"), "2026-03-02"),
    (("--limit", "4个自然日"), "2026-02-24"),  # the 17th, in the Spring Festival
    (("--limit", "4个自然日", "--no-roll"), "2026-02-17"),
    (("--limit", "4工作小时"), "2026-02-13T15:00"),
    (("--at", "2026-02-13"), "2026-02-27"),
    (("--at", "2026-02-13T23:00-05:00"), "2026-02-28"),  # noon of the 14th in Shanghai
])
def test_what_befell_the_limit_moves_the_answer(
    capsys: pytest.CaptureFixture[str], more: tuple[str, ...], due: str | None,
) -> None:
    assert answer(capsys, *ASKED, *more)["due"] == due


def test_a_stop_is_told_by_the_name_of_its_ground(capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(capsys, *ASKED, "--stop", "2026-02-14..2026-02-24:expert_review")

    assert "2026-02-24  二  ·  特别程序:专家评审,不计(行政许可法第45条)" in shown


def test_people_see_the_limit_the_due_day_its_mark_and_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(capsys, "explain", "--at", "2026-12-30", "--limit", "8wd").splitlines()

    assert shown[0] == "8个工作日  2026-12-30 09:00 起  →  到期 2027-01-12  暂定"
    assert shown[2] == "2026-12-30  三  ·  起算当日不计(民法典第201条)"
    assert shown[15] == "2027-01-12  二  ●  第8个工作日,暂定(2027年放假通知未公布)  ← 到期"
    assert shown[17] == "依据" and shown[-1] == "  2027年放假通知未公布,到期日暂定,公布后重算  全国年节及纪念日放假办法第2条"


def test_people_see_that_an_open_stop_leaves_the_due_day_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(capsys, *ASKED, "--stop", "2026-02-14..:hearing").splitlines()

    assert shown[0] == "5个工作日  2026-02-13 10:00 起  →  到期 停表中,待恢复后计算"
    assert "  停表尚未结束,到期日待恢复后计算  行政许可法第45条" in shown


def test_what_a_stranger_wrote_cannot_rewrite_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(capsys, *ASKED, "--closure", "2026-02-24..2026-02-24:\x1b[2J令")

    assert "\x1b[2J" not in shown and "停办,不计(�[2J令)" in shown


@pytest.mark.parametrize(("arguments", "status", "reason"), [
    (("explain",), 2, "needs --at and --limit"),
    (("explain", "--at", "2026-02-13"), 2, "needs --at and --limit"),
    (("explain", "43060020260211000001", "--limit", "5workday"), 2, "either a CASE, or --at and --limit"),
    ((*ASKED, "--event", "withdrawn"), 2, "withdrawn"),
    ((*ASKED, "--extend", "-1"), 2, "--extend"),
    ((*ASKED, "--limit", "5 days"), 1, "limit: expected a number and a unit"),
    ((*ASKED, "--at", "2026-02-30"), 1, "at: expected a day"),
    ((*ASKED, "--stop", "2026-02-14:hearing"), 1, "stop: expected FROM..TO:TEXT"),
    ((*ASKED, "--closure", "2026-02-14..2026-02-15"), 1, "closure: a closure rests on an order"),
    ((*ASKED, "--limit", "25000日"), 1, "more than the 20000 days"),
])
def test_a_question_that_cannot_be_answered_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], status: int, reason: str,
) -> None:
    assert run(arguments) == status

    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and reason in printed.err
