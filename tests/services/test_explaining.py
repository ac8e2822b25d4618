"""The clocks of a case explained: every deadline it has had, the days that counted, and where the number comes from."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from engine.errors import NotFound
from services import cli
from services.database import reading
from services.explaining import ExplainedCase, explain_case
from tests.services import diagrams
from tests.services.desk import Desk, day


def explained(desk: Desk, number: str) -> ExplainedCase:
    """As of the desk's day."""
    with reading(desk.database) as connection:
        return explain_case(connection, desk.office, number, today=desk.now.date())


@pytest.fixture
def stopped(desk: Desk) -> str:
    """A joint inspection accepted on Monday 2 March, stopped from Wednesday the 4th to Tuesday the 10th."""
    desk.now = day(2)
    number = desk.open("竣工联合验收")
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "accept")
    desk.now = day(4)
    desk.suspend(number)
    desk.now = day(10)
    desk.resume(number)
    return number


def test_the_account_tells_the_days_of_the_stop_with_its_ground(desk: Desk, stopped: str) -> None:
    chosen = explained(desk, stopped).chosen(None)

    days = {each.date: each for each in chosen.account.days}
    assert (chosen.clock.name, chosen.account.due, chosen.clock.source) == ("promised", "2026-03-18", "diagram")
    assert days[date(2026, 3, 4)].counted and not days[date(2026, 3, 5)].counted  # the day of the stop is used
    assert "专家评审" in days[date(2026, 3, 6)].why and not days[date(2026, 3, 10)].counted
    assert sum(each.counted for each in chosen.account.days) == 8


def test_every_deadline_it_has_had_is_told_with_what_moved_it(desk: Desk, stopped: str) -> None:
    told = explained(desk, stopped).chosen("promised").deadlines

    assert [(each.due, each.reason) for each in told] == [
        ("2026-03-12", "started: 8个工作日"), (None, "stopped: expert_review"), ("2026-03-18", "resumed: expert_review")]


def test_a_clock_that_is_long_over_is_explained_too(desk: Desk, stopped: str) -> None:
    found = explained(desk, stopped)

    notice = found.chosen("notice")
    assert notice.clock.name.startswith("notice:") and notice.account.due == "2026-03-09" and notice.label == "告知公示期限"
    assert [each.clock.token is None for each in found.clocks] == sorted((each.clock.token is None for each in found.clocks),
                                                                        reverse=True)


def test_a_clock_the_case_does_not_have_is_refused_with_those_it_has(desk: Desk, stopped: str) -> None:
    with pytest.raises(NotFound, match="promised"):
        explained(desk, stopped).chosen("hand_over")
    with pytest.raises(NotFound, match="case “1”"):
        explained(desk, "1")


def test_before_acceptance_nothing_governs_and_the_clocks_that_run_are_named(desk: Desk) -> None:
    desk.now = day(2)
    found = explained(desk, desk.open("竣工联合验收"))

    assert found.governing is None and found.clocks == ()
    with pytest.raises(NotFound, match="none has begun yet"):
        found.chosen(None)


def test_the_command_prints_the_account_and_the_history(
    desk: Desk, stopped: str, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", database_url)

    assert cli.run(["explain", stopped]) == 0
    shown = capsys.readouterr().out
    assert cli.run(["explain", stopped, "--clock", "promised", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert "到期 2026-03-18" in shown and "历次到期日" in shown and "特别程序:专家评审" in shown
    assert (told["case"], told["clock"], told["due"], told["provisional"]) == (stopped, "promised", "2026-03-18", False)
    assert [each["due"] for each in told["deadlines"]] == ["2026-03-12", None, "2026-03-18"]
    assert {"date", "counted", "why"} <= told["days"][0].keys()
    assert cli.run(["explain", stopped, "--clock", "order"]) == 1 and "promised" in capsys.readouterr().err


NOTICED = diagrams.process(
    "noticed", diagrams.start(), diagrams.task("publish"),
    '<bpmn:intermediateCatchEvent id="notice"><bpmn:timerEventDefinition><bpmn:extensionElements>'
    '<jb:limit kind="notice" amount="20" unit="calendar_day" basis="市场主体登记管理条例第三十三条"/>'
    "</bpmn:extensionElements></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>",
    diagrams.task("apply"), diagrams.end(), diagrams.flows("begin", "accept", "publish", "notice", "apply", "done"),
    diagrams.throw("accept", "accepted"))


def test_a_public_notice_tells_the_first_day_on_which_one_may_apply(desk: Desk) -> None:
    desk.deploy(noticed=NOTICED)
    desk.now = datetime(2026, 1, 28, 1, 0, tzinfo=UTC)
    number = desk.open("noticed")
    desk.complete(number, "publish")

    chosen = explained(desk, number).chosen("notice")

    assert (chosen.account.due, chosen.opens_on) == ("2026-02-24", date(2026, 2, 24))  # 17 February lies in the festival
    desk.now = datetime(2026, 2, 24, 16, 1, tzinfo=UTC)
    desk.ring()
    assert {task.node for task in desk.tasks(number)} == {"apply"} and desk.facts(number, "CardIssued") == []
