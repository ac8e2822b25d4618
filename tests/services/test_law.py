"""Which law of the calendar is in force: the shelf's, and what was accepted since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from engine.errors import InvalidInput
from engine.notices import Closure, Notice, Scope, read_notice_file
from services import calendar_changes
from services.calendars import load_calendar
from services.database import reading, writing
from services.law import Law, known_years, law_version, load_law, shelf_law, year_of
from services.office import open_office
from services.settings import SHELF, Settings

FIXTURE = Path(__file__).parent / "data" / "2027_fixture.json"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SPELL = {"first": date(2026, 12, 28), "last": date(2026, 12, 29), "reference": "岳停〔2026〕9号"}


def enact(connection: Connection, shelf: Path, *rulings: bytes | Closure) -> None:
    """Propose and accept, one after the other."""
    for ruling in rulings:
        if isinstance(ruling, bytes):
            proposed = calendar_changes.propose_notice(connection, shelf, ruling, file="notice.json", by="王", now=NOW)
        else:
            proposed = calendar_changes.propose_closure(
                connection, shelf, scope=ruling.scope, place=ruling.place, first=ruling.first, last=ruling.last,
                reference=ruling.reference, approver=ruling.approver, reason="冰冻", by="王", now=NOW)
        calendar_changes.accept(connection, shelf, proposed.change.id, by="李", now=NOW, signed_off_by="督", allow_fixture=True)


def shelf_without(folder: Path, *years: int) -> Path:
    """The shelf before these years' notices were shipped."""
    copytree(SHELF / "calendars", folder / "calendars")
    for year in years:
        (folder / "calendars" / f"{year}.json").unlink()
    return folder


def test_nothing_has_changed_the_law_as_shipped(connection: Connection) -> None:
    law = load_law(connection, SHELF)

    assert law == shelf_law(SHELF) and law.version == law_version(connection) == 0
    assert law.calendar() == load_calendar(SHELF)


def test_an_accepted_notice_gives_the_calendar_its_file_on_the_shelf_would_give(connection: Connection, tmp_path: Path) -> None:
    before = shelf_without(tmp_path, 2026)
    published = (SHELF / "calendars" / "2026.json").read_bytes()

    enact(connection, before, published)
    law = load_law(connection, before)

    assert law.version == law_version(connection) == 1
    assert law.calendar() == load_calendar(SHELF) != load_calendar(before)
    assert law.calendar().workdays == load_calendar(SHELF).workdays and law.calendar().counts == load_calendar(SHELF).counts
    assert law.calendar().is_published(2026) and not load_calendar(before).is_published(2026)


def test_notices_are_the_same_law_in_whatever_order_they_were_accepted(connection: Connection, tmp_path: Path) -> None:
    before = shelf_without(tmp_path, 2024, 2025, 2026)

    enact(connection, before, *((SHELF / "calendars" / f"{year}.json").read_bytes() for year in (2025, 2026, 2024)))

    assert load_law(connection, before).calendar() == load_calendar(SHELF)
    assert load_law(connection, before).version == 3


def test_the_newest_notice_of_a_year_is_in_force_and_the_older_is_kept(connection: Connection) -> None:
    corrected = (SHELF / "calendars" / "2026.json").read_bytes().replace(b', "make_up": ["2026-05-09"]', b"")

    enact(connection, SHELF, corrected, (SHELF / "calendars" / "2026.json").read_bytes(), corrected)

    assert not load_law(connection, SHELF).calendar().is_workday(date(2026, 5, 9))
    assert load_law(connection, SHELF, version=2).calendar() == load_calendar(SHELF)
    assert [change.row.version for change in calendar_changes.changes(connection)] == [1, 2, 3]


def test_the_notice_accepted_last_is_in_force_although_it_was_proposed_first(connection: Connection) -> None:
    notices = [FIXTURE.read_bytes().replace("〔2026〕1号".encode(), f"〔2026〕{n}号".encode()) for n in (1, 2)]
    first, second = (calendar_changes.propose_notice(connection, SHELF, data, file="", by="王", now=NOW) for data in notices)

    for proposed in (second, first):
        calendar_changes.accept(connection, SHELF, proposed.change.id, by="李", now=NOW, allow_fixture=True)

    in_force = load_law(connection, SHELF).notice(2027)
    assert in_force is not None and in_force.number == "测试〔2026〕1号"


def test_the_law_of_an_earlier_version_can_be_read_again(connection: Connection) -> None:
    enact(connection, SHELF, FIXTURE.read_bytes(), Closure(**SPELL, approver="市政府"))

    versions = [load_law(connection, SHELF, version=version) for version in (0, 1, 2)]

    assert versions[0] == shelf_law(SHELF) and versions[2] == load_law(connection, SHELF)
    assert [law.calendar().is_published(2027) for law in versions] == [False, True, True]
    assert [law.calendar().is_workday(date(2026, 12, 28)) for law in versions] == [True, True, False]


def test_a_closure_of_one_park_leaves_the_other_parks_days_as_they_were(connection: Connection) -> None:
    enact(connection, SHELF, Closure(**SPELL, scope=Scope.PARK, place="云溪", approver="区管委会"))

    law = load_law(connection, SHELF)

    assert not law.calendar(park="云溪").is_workday(date(2026, 12, 28))
    assert law.calendar(park="城陵矶") == law.calendar(window="云溪", system="云溪") == law.calendar() == load_calendar(SHELF)
    assert law.calendar(park="城陵矶") is law.calendar()  # and it is not made twice


def test_a_closure_of_the_city_is_one_of_every_park(connection: Connection) -> None:
    enact(connection, SHELF, Closure(**SPELL, approver="市政府"))

    law = load_law(connection, SHELF)

    assert not law.calendar().is_workday(date(2026, 12, 28))
    assert law.calendar(park="云溪", window="3号", system="政务网") is law.calendar()


def test_a_closure_accepted_is_the_same_law_as_one_on_the_shelf(connection: Connection, tmp_path: Path) -> None:
    closure = Closure(**SPELL, scope=Scope.WINDOW, place="3号", approver="市政府")
    copytree(SHELF / "calendars", tmp_path / "calendars")
    (tmp_path / "calendars" / "closures.json").write_bytes(orjson.dumps([{
        "first": "2026-12-28", "last": "2026-12-29", "reference": closure.reference, "scope": "window", "place": "3号",
        "approver": "市政府"}]))

    enact(connection, SHELF, closure)

    assert load_law(connection, SHELF).calendar(window="3号") == shelf_law(tmp_path).calendar(window="3号")
    assert load_law(connection, SHELF).closures == shelf_law(tmp_path).closures == (closure,)


_PLACES = st.sampled_from(["甲", "乙", ""])
_CLOSURES = st.builds(
    lambda scope, place, first, days: Closure(
        first=first, last=date.fromordinal(first.toordinal() + days), reference=f"停〔{first}〕", scope=scope,
        place="" if scope is Scope.CITY else place or "甲", approver="市政府"),
    st.sampled_from(Scope), _PLACES, st.dates(date(2026, 1, 1), date(2026, 12, 20)), st.integers(0, 9))


@given(st.lists(_CLOSURES, max_size=6), _PLACES, _PLACES, _PLACES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_case_is_closed_for_on_the_days_of_its_own_closures_and_no_others(
    closures: list[Closure], park: str, window: str, system: str,
) -> None:
    law = Law(notices=shelf_law(SHELF).notices, closures=tuple(closures))

    calendar = law.calendar(park=park, window=window, system=system)

    own = [(Scope.CITY, ""), (Scope.PARK, park), (Scope.WINDOW, window), (Scope.SYSTEM, system)]
    off = {day for closure in closures if (closure.scope, closure.place) in own for day in closure.days()}
    open_days = Law(notices=law.notices).calendar()
    assert set(open_days.differing_days(calendar)) == {day for day in off if open_days.is_workday(day)}


def test_a_law_keeps_a_bounded_number_of_calendars() -> None:
    law = Law(closures=tuple(Closure(**SPELL, scope=Scope.PARK, place=f"{n}", approver="x") for n in range(40)))

    parks = [law.calendar(park=f"{n}") for n in range(40)]

    assert len(law._calendars) == 32 and law.calendar(park="39") is parks[39]
    assert law.calendar(park="0") == parks[0]


def test_an_office_takes_up_the_law_another_process_has_changed(database: Engine) -> None:
    office = open_office(Settings(shelf=SHELF))
    with reading(database) as connection:
        office.refresh(connection)
        shipped = office.law
    with writing(database) as connection:
        enact(connection, SHELF, FIXTURE.read_bytes())

    unrefreshed = office.calendar.is_published(2027)
    with reading(database) as connection:
        office.refresh(connection)
        taken_up = office.law
        office.refresh(connection)

    assert shipped.version == 0 and not unrefreshed
    assert office.law is taken_up and office.law.version == 1 and office.calendar.is_published(2027)
    assert replace(office, law=shipped).calendar == load_calendar(SHELF)


def test_a_published_year_is_shown_with_its_months() -> None:
    year = year_of(shelf_law(SHELF), 2026)

    assert year.notice is not None and year.notice.number == "国办发明电〔2025〕7号"
    assert year.months == (21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23) and sum(year.months) == 248


def test_a_year_without_a_notice_is_shown_with_its_statutory_days() -> None:
    law = shelf_law(SHELF)

    assert year_of(law, 2027).notice is None
    assert [holiday.name for holiday in year_of(law, 2027).holidays][:2] == ["元旦", "春节"]
    assert year_of(law, 2030).holidays == ()
    assert known_years(law) == [2024, 2025, 2026, 2027]


@pytest.mark.parametrize("year", [-1, 0, 1980, 2101, 10**9])
def test_a_year_beyond_the_calendar_is_refused(year: int) -> None:
    with pytest.raises(InvalidInput, match="1981 to 2100"):
        year_of(shelf_law(SHELF), year)


def test_two_notices_that_contradict_each_other_make_no_law(tmp_path: Path) -> None:
    copytree(SHELF / "calendars", tmp_path / "calendars")
    fixture = FIXTURE.read_text(encoding="utf-8").replace('"make_up": ["2027-01-17"]', '"make_up": ["2026-12-26"]')
    (tmp_path / "calendars" / "2027.json").write_text(fixture, encoding="utf-8")
    file = tmp_path / "calendars" / "2026.json"
    year_end = '{"name": "年末", "first": "2026-12-26", "last": "2026-12-26"}, {"name": "国庆节"'
    file.write_text(file.read_text(encoding="utf-8").replace('{"name": "国庆节"', year_end), encoding="utf-8")

    with pytest.raises(InvalidInput, match="2026-12-26 is off under 国办发明电〔2025〕7号 and worked under 测试〔2026〕1号"):
        shelf_law(tmp_path)


def notices(files: Iterable[Path]) -> list[Notice]:
    """Read, as shipped."""
    return [read_notice_file(file.read_bytes(), file.name) for file in files]


def test_a_notice_takes_the_place_of_the_one_of_its_year_only() -> None:
    law = shelf_law(SHELF)
    again, = notices([SHELF / "calendars" / "2025.json"])

    amended = law.amended(replace(again, number="更正"), version=7)

    assert [notice.number for notice in amended.notices] == [law.notices[0].number, "更正", law.notices[2].number]
    assert amended.version == 7 and law.version == 0
