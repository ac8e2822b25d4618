"""A park's administrator rules for his park, and for no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from engine.errors import Forbidden
from engine.jurisdiction import Place
from engine.limits import LimitKind, Unit
from engine.notices import Scope
from engine.precedence import Commitment
from engine.project_events import Profile
from engine.supervision import Policy
from services import calendar_changes, governing, people, project_files, rulings
from services.administering import Instruction
from services.people import NewGrant
from services.rulings import NewLimit
from services.settings import SHELF
from services.web.words.refusals import in_chinese
from tests.services.staff import ENTERED_AT, JANUARY, enter

OWN, OTHER, PROCESS = "湘阴高新区", "临港高新区(含综合区)", "joint_completion_inspection"
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
TOLD = Instruction(by="钟慧", now=NOW)
LIMIT = NewLimit(process=PROCESS, kind=LimitKind.PROMISED, amount=6, basis="湘高管发〔2026〕4号", approver="李主任")


@pytest.fixture
def parks(connection: Connection) -> dict[str, str]:
    """A project in each of two parks, with a commitment; and an administrator of the first park."""
    enter(connection, "钟慧", unit=OWN)
    people.grant(connection, NewGrant(person="钟慧", role="park_admin", park=OWN, since_on=JANUARY), by="root", now=ENTERED_AT)
    opened = {park: project_files.open_project(connection, Profile(name="基地", park=park), by="王", now=NOW).number
              for park in (OWN, OTHER)}
    for project in (*opened.values(), "2603-430600-04-01-123456"):
        rulings.enter_commitment(connection, promised(PROCESS), project=project, by="王", now=NOW)
    rulings.enter_office_limit(connection, replace(LIMIT, park=OTHER), drawn=(), by="王", now=NOW)
    rulings.enter_policy(connection, Policy(), process="", park=OTHER, by="王", now=NOW)
    return opened


def promised(item: str) -> Commitment:
    """What an agreement promises a project on an item."""
    return Commitment(item=item, amount=5, unit=Unit.WORKDAY, clause="第六条", agreement="招商协议〔2026〕8号")


def everything(connection: Connection) -> list[object]:
    """All that has been ruled."""
    return [rulings.office_limits(connection, with_history=True), rulings.commitments(connection, with_history=True),
            rulings.policies(connection, with_history=True)]


def acts(connection: Connection, project: str, park: str) -> list[Callable[[], object]]:
    """Everything that is ruled for a park or a project of it."""
    place, limit = Place(park=park), Place(park=park, process=PROCESS)
    return [lambda: governing.enter_office_limit(connection, TOLD, replace(LIMIT, park=park, amount=7), drawn=()),
            lambda: governing.end_office_limit(connection, TOLD, limit, LimitKind.PROMISED, drawn=()),
            lambda: governing.enter_policy(connection, TOLD, Policy(warn_workdays=5), place),
            lambda: governing.end_policy(connection, TOLD, place),
            lambda: governing.enter_commitment(connection, TOLD, promised("另一事项"), project=project, current=()),
            lambda: governing.end_commitment(connection, TOLD, project=project, item=PROCESS)]


def test_a_parks_administrator_rules_for_his_park(connection: Connection, parks: dict[str, str]) -> None:
    for act in acts(connection, parks[OWN], OWN):
        act()

    assert [(row.park, row.entered_by) for row in rulings.policies(connection, with_history=True)][-1] == (OWN, "钟慧")


@pytest.mark.parametrize("park", [OTHER, ""])
def test_for_another_park_or_for_all_he_is_refused_and_nothing_changes(
    connection: Connection, parks: dict[str, str], park: str,
) -> None:
    before = everything(connection)

    for act in acts(connection, parks.get(park, "2603-430600-04-01-123456"), park):
        with pytest.raises(Forbidden) as refused:
            act()
        assert in_chinese(refused.value).startswith("不能") and f"只能为{OWN}作规定" in in_chinese(refused.value)

    assert everything(connection) == before


CLOSED = {"first": date(2026, 12, 7), "last": date(2026, 12, 8), "reference": "岳停〔2026〕3号", "approver": "钱副区长",
          "reason": "系统切换"}
YEAR = (SHELF / "calendars" / "2026.json").read_bytes().replace(b"2026", b"2027")


def test_a_parks_administrator_closes_his_park_and_decides_on_it(connection: Connection, parks: dict[str, str]) -> None:
    other = Instruction(by="许文", now=NOW)
    enter(connection, "许文", "legal_officer")

    own = governing.propose_closure(connection, TOLD, SHELF, scope=Scope.PARK, place=OWN, **CLOSED)
    theirs = governing.propose_closure(connection, other, SHELF, scope=Scope.PARK, place=OWN,
                                       **CLOSED | {"reference": "岳停4号"})

    assert governing.accept_change(connection, other, SHELF, own.change.id).row.is_accepted
    assert governing.accept_change(connection, TOLD, SHELF, theirs.change.id).row.decided_by == "钟慧"


@pytest.mark.parametrize(("scope", "place"), [(Scope.PARK, OTHER), (Scope.CITY, ""), (Scope.WINDOW, "一号窗口")])
def test_he_closes_no_other_park_and_not_the_city_and_decides_on_none_of_it(
    connection: Connection, parks: dict[str, str], scope: Scope, place: str,
) -> None:
    city = Instruction(by="张敏", now=NOW)
    enter(connection, "张敏", "system_admin")
    proposed = governing.propose_closure(connection, city, SHELF, scope=scope, place=place, **CLOSED).change.id

    for act in (lambda: governing.propose_closure(connection, TOLD, SHELF, scope=scope, place=place, **CLOSED),
                lambda: governing.accept_change(connection, TOLD, SHELF, proposed),
                lambda: governing.refuse_change(connection, TOLD, proposed, reason="不同意"),
                lambda: governing.propose_notice(connection, TOLD, SHELF, YEAR, file="2027.json")):
        with pytest.raises(Forbidden) as refused:
            act()
        assert f"只能为{OWN}作规定" in in_chinese(refused.value)

    assert [each.id for each in calendar_changes.pending(connection)] == [proposed]
