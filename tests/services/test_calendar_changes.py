"""Two people change the calendar: what one proposes is shown day by day, and is the law when the other accepts it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from engine.errors import Forbidden, InvalidInput, NotFound, Refusal
from engine.notices import Notice, Scope
from services import calendar_changes
from services.calendar_changes import Change, DayChange, Proposed
from services.database import reading, writing
from services.law import law_version, load_law, shelf_law
from services.settings import SHELF
from services.store import law as store

FIXTURE = (Path(__file__).parent / "data" / "2027_fixture.json").read_bytes()
REAL = (SHELF / "calendars" / "2026.json").read_bytes()
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
JANUARY = datetime(2027, 1, 5, 2, 0, tzinfo=UTC)


def notice(connection: Connection, data: bytes = FIXTURE, *, by: str = "王", now: datetime = NOW) -> Proposed:
    """Propose a notice."""
    return calendar_changes.propose_notice(connection, SHELF, data, file="2027.json", by=by, now=now)


def closure(connection: Connection, **given: Any) -> Proposed:
    """Propose a closure of two working days in December."""
    return calendar_changes.propose_closure(connection, SHELF, **{
        "scope": Scope.CITY, "place": "", "first": date(2026, 12, 28), "last": date(2026, 12, 29),
        "reference": "岳停〔2026〕9号", "approver": "市政府办公室", "reason": "冰冻", "by": "王", "now": NOW, **given})


def accept(connection: Connection, proposed: Proposed, *, by: str = "李", now: datetime = NOW, **given: Any) -> Change:
    """Accept what was proposed, in a test installation."""
    return calendar_changes.accept(connection, SHELF, proposed.change.id, by=by, now=now, **{"allow_fixture": True, **given})


def at_once(*commands: Callable[[], object]) -> list[object]:
    """What each command came to, when all were given at the same moment."""
    barrier = Barrier(len(commands))

    def give(command: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return command()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(commands)) as people:
        return list(people.map(give, commands))


def test_a_proposed_notice_is_shown_day_by_day_and_is_not_the_law_yet(connection: Connection) -> None:
    proposed = notice(connection)

    days = {str(change.day): (change.was, change.becomes) for change in proposed.days}
    assert days["2027-02-09"] == ("工作日", "春节放假") and days["2027-02-20"] == ("周六", "调休上班")
    assert len(days) == 18 and "2027-02-06" not in days  # off before and after: it does not change
    assert proposed.change.span == (date(2027, 1, 1), date(2027, 12, 31)) and proposed.clocks == 0
    assert proposed.change.row.is_accepted is None and load_law(connection, SHELF) == shelf_law(SHELF)


def test_what_was_proposed_is_kept_to_the_letter(connection: Connection) -> None:
    spaced = FIXTURE.replace(b'"year"', b'\t"year"')

    kept = calendar_changes.find(connection, notice(connection, spaced).change.id)

    assert kept.text.encode() == spaced and isinstance(kept.ruling, Notice) and kept.ruling.is_fixture
    assert (kept.row.reference, kept.row.year, kept.row.scope, kept.row.place) == ("测试〔2026〕1号", 2027, "city", "")
    assert (kept.row.proposed_by, kept.row.proposed_at, kept.row.version) == ("王", NOW, None)


def test_a_second_person_makes_it_the_law_from_that_moment(connection: Connection) -> None:
    accepted = accept(connection, notice(connection))

    row = calendar_changes.find(connection, accepted.id).row
    assert (row.is_accepted, row.decided_by, row.decided_at, row.version) == (True, "李", NOW, 1)
    assert row.applied_at is None  # the open clocks are counted anew by a job
    assert law_version(connection) == 1 and load_law(connection, SHELF).calendar().is_published(2027)
    assert calendar_changes.pending(connection) == [] and [c.id for c in calendar_changes.changes(connection)] == [accepted.id]


@pytest.mark.parametrize("by", ["王", " 王 ", "王\u3000"])
def test_nobody_accepts_what_he_has_proposed_himself(connection: Connection, by: str) -> None:
    proposed = notice(connection)

    with pytest.raises(Forbidden, match="needs a second person; any other may accept it"):
        accept(connection, proposed, by=by)

    assert law_version(connection) == 0 and calendar_changes.pending(connection)[0].id == proposed.change.id


def test_a_name_is_the_same_however_it_is_typed(connection: Connection) -> None:
    proposed = notice(connection, by="Wang Li")

    for typed in ("WANG LI", "wangli", "\uff37ang Li"):
        with pytest.raises(Forbidden, match="second person"):
            accept(connection, proposed, by=typed)


@pytest.mark.parametrize("name", ["", "  ", "王\n李", "王" * 101, "王\u200b", "\udcff"])
def test_a_person_has_a_name_that_can_be_read(connection: Connection, name: str) -> None:
    proposed = notice(connection)

    for command in (lambda: notice(connection, REAL.replace(b"2026-05-09", b"2026-05-10"), by=name),
                    lambda: accept(connection, proposed, by=name),
                    lambda: calendar_changes.refuse(connection, proposed.change.id, by=name, reason="错", now=NOW)):
        with pytest.raises(InvalidInput, match="by: expected 1 to 100 printable characters"):
            command()


def test_what_is_decided_stays_decided(connection: Connection) -> None:
    accepted, refused = notice(connection), closure(connection)
    accept(connection, accepted)
    calendar_changes.refuse(connection, refused.change.id, by="李", reason="文号有误", now=NOW)

    for command in (lambda proposed: accept(connection, proposed, by="张"),
                    lambda proposed: calendar_changes.refuse(connection, proposed.change.id, by="张", reason="x", now=NOW)):
        with pytest.raises(Forbidden, match="was accepted, as version 1, by 李; whoever wants it otherwise proposes a new"):
            command(accepted)
        with pytest.raises(Forbidden, match=r"was refused \(文号有误\) by 李"):
            command(refused)
    assert law_version(connection) == 1


def test_a_decision_written_meanwhile_is_not_overwritten(connection: Connection) -> None:
    row = notice(connection).change.row
    decided = row._replace(decided_by="李", decided_at=NOW, is_accepted=False)

    written = [store.decide(connection, decided), store.decide(connection, decided._replace(decided_by="张"))]

    assert written == [True, False] and calendar_changes.find(connection, row.id).row.decided_by == "李"


def test_a_refused_proposal_is_kept_with_its_reason_and_never_in_force(connection: Connection) -> None:
    proposed = notice(connection)

    calendar_changes.refuse(connection, proposed.change.id, by="王", reason="与公报不符", now=NOW)

    kept, = calendar_changes.changes(connection)
    assert (kept.row.is_accepted, kept.refusal, kept.row.decided_by) == (False, "与公报不符", "王")
    assert kept.text.encode() == FIXTURE and load_law(connection, SHELF) == shelf_law(SHELF)


def test_a_refusal_needs_a_reason(connection: Connection) -> None:
    proposed = notice(connection)

    with pytest.raises(InvalidInput, match="reason"):
        calendar_changes.refuse(connection, proposed.change.id, by="李", reason=" ", now=NOW)


def test_a_change_that_was_never_proposed_is_not_found(connection: Connection) -> None:
    for command in (lambda: calendar_changes.find(connection, 77),
                    lambda: calendar_changes.accept(connection, SHELF, 77, by="李", now=NOW),
                    lambda: calendar_changes.refuse(connection, 77, by="李", reason="x", now=NOW)):
        with pytest.raises(NotFound, match="no calendar change “77”"):
            command()

    accept(connection, notice(connection))
    assert law_version(connection) == 1  # what failed has used up no version


def test_a_notice_made_up_for_a_test_cannot_become_the_law(connection: Connection) -> None:
    proposed = notice(connection)

    with pytest.raises(Forbidden, match="测试数据,非法定"):
        accept(connection, proposed, allow_fixture=False)

    assert proposed.change.row.is_fixture and law_version(connection) == 0


def test_the_same_is_not_proposed_twice(connection: Connection) -> None:
    first = notice(connection)

    with pytest.raises(Forbidden, match=f"change {first.change.id}, proposed by 王, says the same"):
        notice(connection, FIXTURE.replace(b'"year"', b' "year"'), by="李")
    with pytest.raises(Forbidden, match="国办发明电〔2025〕7号 is the law of 2026 already"):
        notice(connection, REAL)


def test_a_closure_in_force_is_not_proposed_again(connection: Connection) -> None:
    accept(connection, closure(connection))

    with pytest.raises(Forbidden, match="岳停〔2026〕9号 is in force already"):
        closure(connection, by="李", reason="再来一次")


def test_a_notice_that_contradicts_itself_is_refused_with_file_and_line_and_nothing_is_kept(connection: Connection) -> None:
    wrong = FIXTURE.replace(b'"2027-02-20"', b'"2027-02-12"')

    with pytest.raises(InvalidInput, match=r"^2027.json: holidays\[1\].make_up\[1\]: line 9: 2027-02-12 is a day off"):
        notice(connection, wrong)

    assert calendar_changes.changes(connection) == []


def test_a_notice_with_the_lunar_days_of_another_year_is_refused(connection: Connection) -> None:
    wrong = FIXTURE.replace(b'"first": "2027-02-05", "last": "2027-02-12"', b'"first": "2027-02-15", "last": "2027-02-19"')
    wrong = wrong.replace(b'"fixture": true', b'"fixture": false')

    with pytest.raises(InvalidInput, match=r"2027-02-05 is off by statute \(春节"):
        notice(connection, wrong)


def test_a_notice_that_contradicts_the_law_of_another_year_is_refused(connection: Connection) -> None:
    december = REAL.replace('"name": "国庆节"'.encode(), '"name": "年末", "first": "2026-12-26", "last": "2026-12-26"},'
                                                      '{"name": "国庆节"'.encode())
    accept(connection, notice(connection, december))

    with pytest.raises(InvalidInput, match="2026-12-26 is off under"):
        notice(connection, FIXTURE.replace(b"2027-01-17", b"2026-12-26"))


def test_two_proposals_that_contradict_each_other_cannot_both_become_the_law(connection: Connection) -> None:
    first = notice(connection, REAL.replace('"name": "国庆节"'.encode(), '"name": "年末", "first": "2026-12-26", '
                                            '"last": "2026-12-26"}, {"name": "国庆节"'.encode()))
    second = notice(connection, FIXTURE.replace(b"2027-01-17", b"2026-12-26"))
    accept(connection, first)

    with pytest.raises(InvalidInput, match="2026-12-26 is off under"):
        accept(connection, second)

    assert law_version(connection) == 1


def test_a_corrected_notice_shows_only_what_it_corrects(connection: Connection) -> None:
    corrected = REAL.replace(b'"2026-10-10"', b'"2026-12-26"')

    proposed = notice(connection, corrected)

    assert proposed.days == (DayChange(day=date(2026, 10, 10), was="调休上班", becomes="周六"),
                             DayChange(day=date(2026, 12, 26), was="周六", becomes="调休上班"))
    assert proposed.change.span == (date(2026, 10, 10), date(2026, 12, 26))


def test_a_correction_of_days_already_past_needs_a_supervisors_signature(connection: Connection) -> None:
    proposed = notice(connection, REAL.replace(b'"2026-10-10"', b'"2026-12-26"'))

    with pytest.raises(Forbidden, match="reaches back to 2026-10-10, so it may repair what has lapsed: a supervisor 督查员"):
        accept(connection, proposed)

    assert accept(connection, proposed, signed_off_by="督").row.signed_off_by == "督"


def test_the_first_notice_of_a_year_needs_no_signature_even_when_it_comes_late(connection: Connection) -> None:
    assert accept(connection, notice(connection, now=JANUARY), now=JANUARY).row.version == 1


def test_a_closure_is_shown_with_its_order_and_becomes_the_law(connection: Connection) -> None:
    proposed = closure(connection, first=date(2026, 12, 26), scope=Scope.PARK, place="云溪")

    accept(connection, proposed)

    assert [(change.was, change.becomes) for change in proposed.days] == [("工作日", "停办(岳停〔2026〕9号)")] * 2
    assert proposed.change.span == (date(2026, 12, 28), date(2026, 12, 29))  # from Saturday, but what counts is Monday
    kept, = calendar_changes.changes(connection)
    assert (kept.row.approver, kept.reason, kept.where) == ("市政府办公室", "冰冻", {"park": "云溪"})
    assert not load_law(connection, SHELF).calendar(park="云溪").is_workday(date(2026, 12, 28))


@pytest.mark.parametrize("given", [
    {"reference": " "}, {"reference": "号" * 201}, {"approver": ""}, {"reason": "\t"}, {"place": "云溪"},
    {"scope": Scope.PARK}, {"scope": Scope.WINDOW, "place": " "}, {"first": date(2026, 12, 30)},
    {"last": date(2062, 12, 29)}, {"last": date(2101, 1, 1), "first": date(2100, 12, 31)}])
def test_a_closure_without_its_papers_or_with_impossible_days_is_refused(connection: Connection, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        closure(connection, **given)

    assert calendar_changes.changes(connection) == []


def test_a_closure_of_days_already_past_is_not_accepted_silently(connection: Connection) -> None:
    proposed = closure(connection, now=JANUARY)

    with pytest.raises(Forbidden, match="reaches back to 2026-12-28"):
        accept(connection, proposed, now=JANUARY)
    for signed_off_by in ("王", "李"):
        with pytest.raises(Forbidden, match=f"{signed_off_by} cannot also sign"):
            accept(connection, proposed, now=JANUARY, signed_off_by=signed_off_by)
    accepted = accept(connection, proposed, now=JANUARY, signed_off_by="督")

    assert (accepted.row.version, accepted.row.signed_off_by) == (1, "督")
    with pytest.raises(Forbidden, match="was accepted, as version 1"):  # and no signature is asked for again
        accept(connection, proposed, now=JANUARY)


@pytest.mark.parametrize(("now", "is_past"), [
    (datetime(2026, 12, 28, 15, 59, tzinfo=UTC), False),  # 23:59 of its first day in Shanghai
    (datetime(2026, 12, 28, 16, 0, tzinfo=UTC), True),
])
def test_a_day_is_past_when_it_is_over_in_shanghai(connection: Connection, now: datetime, is_past: bool) -> None:
    proposed = closure(connection)

    if is_past:
        with pytest.raises(Forbidden, match="reaches back"):
            accept(connection, proposed, now=now)
    else:
        accept(connection, proposed, now=now)


def test_a_closure_of_days_that_are_off_anyway_changes_nothing_and_is_law_all_the_same(connection: Connection) -> None:
    proposed = closure(connection, first=date(2026, 12, 26), last=date(2026, 12, 27))

    accept(connection, proposed)

    assert proposed.days == () and proposed.change.span == (date(2026, 12, 26), date(2026, 12, 27))
    assert load_law(connection, SHELF).version == 1


def test_a_year_that_loses_its_make_up_days_is_told_in_words(connection: Connection) -> None:
    days = {str(change.day): change.was for change in notice(connection).days}

    assert [days["2027-05-08"], days["2027-09-26"], days["2027-01-04"]] == ["周六", "周日", "工作日"]


def test_clocks_that_run_through_the_changed_days_are_counted(connection: Connection) -> None:
    _clock(connection, 1, "云溪", since="2026-12-20", due="2027-01-12")
    _clock(connection, 2, "城陵矶", since="2026-12-20", due="2026-12-29T10:00")
    _clock(connection, 3, "云溪", since="2026-11-01", due="2026-12-25")
    _clock(connection, 4, "云溪", since="2027-12-31", due="2028-01-05")
    _clock(connection, 5, "云溪", since="2026-12-20", due=None)

    assert notice(connection).clocks == 2
    assert closure(connection).clocks == 2
    assert closure(connection, reference="b", scope=Scope.PARK, place="云溪").clocks == 1


def _clock(connection: Connection, case: int, park: str, *, since: str, due: str | None) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        connection.execute(text("SET session_replication_role = replica"))
    connection.execute(text(
        "INSERT INTO clock (case_id, clock, kind, node, process, park, department, amount, unit, since_on, due, lapses_at, "
        "is_provisional, has_lapsed, version, law) VALUES (:case, 'promised', 'promised', '', 'p', :park, '', 5, 'workday', "
        ":since, :due, :lapses, :no, :no, 1, 0)"),
        {"case": case, "park": park, "since": since, "due": due, "lapses": None if due is None else 1, "no": False})


def test_of_two_people_who_accept_the_same_at_once_one_wins(database: Engine) -> None:
    with writing(database) as connection:
        proposed = notice(connection)

    def by(name: str) -> Change:
        with writing(database) as connection:
            return accept(connection, proposed, by=name)

    answers = at_once(*(lambda name=name: by(name) for name in ("李", "张", "赵", "钱")))  # type: ignore[misc]

    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    winner, = (answer for answer in answers if isinstance(answer, Change))
    assert len(refused) == 3
    assert all(isinstance(each, Forbidden) and f"by {winner.row.decided_by}" in str(each) for each in refused), refused
    with reading(database) as connection:
        assert law_version(connection) == 1 and calendar_changes.find(connection, proposed.change.id) == winner


def test_changes_accepted_at_once_follow_each_other_and_none_is_lost(database: Engine) -> None:
    with writing(database) as connection:
        proposals = [closure(connection, reference=f"{n}号", scope=Scope.PARK, place=f"{n}") for n in range(6)]

    def one(proposed: Proposed) -> Change:
        with writing(database) as connection:
            return accept(connection, proposed)

    answers = at_once(*(lambda proposed=proposed: one(proposed) for proposed in proposals))  # type: ignore[misc]

    assert sorted(answer.row.version for answer in answers if isinstance(answer, Change)) == [1, 2, 3, 4, 5, 6], answers
    with reading(database) as connection:
        assert len(load_law(connection, SHELF).closures) == 6


def test_a_change_accepted_and_refused_at_once_is_one_of_the_two(database: Engine) -> None:
    with writing(database) as connection:
        proposed = notice(connection)

    def accepted() -> Change:
        with writing(database) as connection:
            return accept(connection, proposed)

    def refused() -> Change:
        with writing(database) as connection:
            return calendar_changes.refuse(connection, proposed.change.id, by="张", reason="x", now=NOW)

    answers = at_once(accepted, refused)

    winner, = (answer for answer in answers if isinstance(answer, Change))
    assert sum(isinstance(answer, Forbidden) for answer in answers) == 1
    with reading(database) as connection:
        assert calendar_changes.find(connection, proposed.change.id) == winner
        assert law_version(connection) == (1 if winner.row.is_accepted else 0)
