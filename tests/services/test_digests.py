"""The morning digest: what it looks back to, what it names, and the command that prints it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from engine.calendar import SHANGHAI, Calendar
from engine.sight import EVERYWHERE, Scope
from services.cli import run
from services.database import reading
from services.digests import digest, last_one
from services.watching import Within
from tests.services.desk import Desk, day

INSPECTION = "joint_completion_inspection"


@pytest.fixture
def late(desk: Desk) -> str:
    """A case accepted on Monday 2 March in 湘阴高新区, due on the 12th; today is Friday the 13th, 10:00."""
    desk.now = day(2)
    case = desk.open(INSPECTION, park="湘阴高新区")
    for outcome in ("received", "accept"):
        desk.complete(case, desk.tasks(case)[0].node, outcome)
    desk.now = day(13)
    desk.ring()
    return case


@pytest.mark.parametrize(("now", "since"), [
    ("2026-03-13T10:00", "2026-03-12T09:00"),  # a Friday
    ("2026-03-13T08:59", "2026-03-11T09:00"),  # before its digest: still the one of Thursday
    ("2026-03-16T09:00", "2026-03-13T09:00"),  # a Monday looks back over the weekend
    ("2026-03-14T12:00", "2026-03-12T09:00"),  # a Saturday: the one of Friday
])
def test_a_digest_looks_back_to_the_one_before_it(now: str, since: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)

    assert last_one(Calendar(), local) == datetime.fromisoformat(since).replace(tzinfo=SHANGHAI)


def test_a_digest_names_what_lapsed_and_the_cards_since_the_last_one(desk: Desk, late: str) -> None:
    with reading(desk.database) as connection:
        desk.office.refresh(connection)
        fresh = digest(connection, desk.office, Within(scopes=EVERYWHERE), now=desk.now)
        later = digest(connection, desk.office, Within(scopes=EVERYWHERE), now=day(17))

    assert [each.case.number for each in fresh.lapsed] == [late] == [each.number for each in fresh.cards]
    assert (fresh.overdue, fresh.today, fresh.concluded) == (1, 0, 0)
    assert later.lapsed == () == later.cards and [each.case.number for each in later.worst] == [late]


def test_a_digest_of_another_park_is_silent_about_it(desk: Desk, late: str) -> None:
    with reading(desk.database) as connection:
        desk.office.refresh(connection)
        found = digest(connection, desk.office, Within(scopes=(Scope(park="岳阳经发区"),)), now=desk.now)

    assert (found.overdue, found.worst, found.cards) == (0, (), ()) and late


def test_the_command_prints_a_digest_for_people_and_for_programs(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)

    assert run(["digest"]) == 0 and "每日晨报" in capsys.readouterr().out
    assert run(["digest", "--person", "孙涛", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["overdue"], told["lapsed"]) == (0, [])
