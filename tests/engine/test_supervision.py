"""Lamps, cards and the instants of the ladder, on the published calendar of 2026."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import SHANGHAI, Calendar
from engine.errors import InvalidInput
from engine.ladder import LADDER, Moment, Role, Rung
from engine.limits import Limit, LimitKind, Unit, deadline
from engine.supervision import Colour, Lamp, Policy, lamp, quarter_of, reddens_at, rungs, warns_at
from services.calendars import load_calendar

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
POLICY = Policy()
INSTANTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@dataclass(frozen=True)
class Clock:
    """A deadline by hand."""

    due_on: date | None
    lapses_at: datetime | None


def local(text: str) -> datetime:
    """An instant as the hall's clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(at: datetime) -> str:
    """An instant as the hall's clock shows it."""
    return at.astimezone(SHANGHAI).isoformat()[:16]


@pytest.mark.parametrize(("amount", "today", "expected"), [
    (5, "2026-03-09", Lamp.GREEN),  # two working days left of five
    (5, "2026-03-10", Lamp.YELLOW),  # one
    (5, "2026-03-11", Lamp.YELLOW),  # the due day
    (5, "2026-03-12", Lamp.RED),
    (8, "2026-03-09", Lamp.GREEN),  # a fifth of eight, rounded down, is one
    (10, "2026-03-09", Lamp.YELLOW),  # from ten working days on, two
    (20, "2026-03-06", Lamp.GREEN),  # three left of twenty: still two, not a fifth
    (1, "2026-03-10", Lamp.GREEN),
    (1, "2026-03-11", Lamp.YELLOW),  # by the day: it warns on its last
    (0, "2026-03-11", Lamp.YELLOW),
])
def test_the_lamp_of_a_limit_due_on_11_march(amount: int, today: str, expected: Lamp) -> None:
    found = lamp(CALENDAR, POLICY, date.fromisoformat(today), due_on=date(2026, 3, 11), amount=amount, is_provisional=False)

    assert found is expected


def test_a_warning_over_the_spring_festival_counts_working_days_only() -> None:
    due_on = date(2026, 2, 24)  # the first working day after 2026-02-14

    days = {day: lamp(CALENDAR, POLICY, date(2026, 2, day), due_on=due_on, amount=5, is_provisional=False)
            for day in (13, 14, 20)}

    assert days == {13: Lamp.GREEN, 14: Lamp.YELLOW, 20: Lamp.YELLOW}


@pytest.mark.parametrize(("now", "expected"), [
    ("2026-03-11T14:59", Lamp.GREEN),
    ("2026-03-11T15:00", Lamp.YELLOW),  # two working hours before the close
    ("2026-03-11T23:59", Lamp.YELLOW),  # on time is judged by the date
    ("2026-03-12T00:00", Lamp.RED),
])
def test_a_limit_of_one_working_day_warns_two_working_hours_before_the_close(now: str, expected: Lamp) -> None:
    at = local(now)

    found = lamp(CALENDAR, POLICY, at.date(), due_on=date(2026, 3, 11), amount=1, is_provisional=False, now=at,
                 lapses_at=local("2026-03-12T00:00"))

    assert found is expected


@pytest.mark.parametrize(("now", "expected"), [
    ("2026-03-11T10:29", Lamp.GREEN),
    ("2026-03-11T10:30", Lamp.YELLOW),  # 90 minutes before lunch, 30 after
    ("2026-03-11T13:30", Lamp.YELLOW),  # the minute itself is in time
    ("2026-03-11T13:31", Lamp.RED),
])
def test_a_limit_in_working_hours_is_judged_by_the_minute(now: str, expected: Lamp) -> None:
    at = local(now)

    found = lamp(CALENDAR, POLICY, at.date(), due_on=date(2026, 3, 11), amount=4, unit=Unit.WORKING_HOUR, is_provisional=False,
                 now=at, lapses_at=local("2026-03-11T13:30"))

    assert found is expected


@pytest.mark.parametrize(("today", "stopped_on", "due_on", "is_provisional", "expected"), [
    ("2027-01-13", None, "2027-01-12", True, Lamp.RED),  # late, whatever the notice will say
    ("2027-01-12", None, "2027-01-12", True, Lamp.YELLOW),  # what has to be done comes before what may change
    ("2027-01-04", None, "2027-01-12", True, Lamp.BLUE),
    ("2026-03-04", None, None, False, Lamp.GREY),
    ("2026-05-04", "2026-03-10", "2026-03-11", False, Lamp.GREEN),  # done in time, however long ago
    ("2026-05-04", "2026-03-12", "2026-03-11", False, Lamp.RED),
])
def test_a_lamp_shows_the_most_urgent_thing(
    today: str, stopped_on: str | None, due_on: str | None, is_provisional: bool, expected: Lamp,
) -> None:
    found = lamp(CALENDAR, POLICY, date.fromisoformat(today), due_on=due_on and date.fromisoformat(due_on), amount=8,
                 is_provisional=is_provisional, stopped_on=stopped_on and date.fromisoformat(stopped_on))

    assert found is expected


@pytest.mark.parametrize(("due_on", "lapses_at", "amount", "unit", "expected"), [
    ("2026-03-11", None, 5, Unit.WORKDAY, "2026-03-10T09:00"),
    ("2026-02-25", None, 20, Unit.WORKDAY, "2026-02-14T09:00"),  # two working days before: a make-up Saturday
    ("2026-03-11", None, 0, Unit.WORKDAY, "2026-03-11T15:00"),
    ("2026-03-11", "2026-03-11T12:00", 1, Unit.HALF_DAY, "2026-03-11T10:00"),
    ("2026-03-11", "2026-03-11T10:00", 2, Unit.WORKING_HOUR, "2026-03-10T16:00"),  # one hour of it the evening before
    ("2026-03-16", "2026-03-16T09:00", 2, Unit.WORKING_HOUR, "2026-03-13T15:00"),  # a Monday: over the weekend
    ("2026-03-15", "2026-03-15T10:00", 24, Unit.HOUR, "2026-03-13T15:00"),  # clock hours may end on a Sunday
    ("2026-03-16", None, 7, Unit.CALENDAR_DAY, "2026-03-13T09:00"),  # at least five working days: one left
    ("2026-03-16", None, 1, Unit.MONTH, "2026-03-12T09:00"),  # a long one: two left
    ("2026-03-16", "2026-03-16T17:00", 3, Unit.HALF_DAY, "2026-03-13T09:00"),
    ("2026-03-16", "2026-03-16T17:00", 70, Unit.WORKING_HOUR, "2026-03-12T09:00"),  # ten working days of seven hours
])
def test_a_clock_warns_from_an_instant_on(
    due_on: str, lapses_at: str | None, amount: int, unit: Unit, expected: str,
) -> None:
    found = warns_at(CALENDAR, POLICY, due_on=date.fromisoformat(due_on), amount=amount, unit=unit,
                     lapses_at=lapses_at and local(lapses_at))

    assert shown(found) == expected


@pytest.mark.parametrize(("amount", "expected"), [
    (9, "2026-03-09T09:00"),  # three tenths of nine: two working days before
    (10, "2026-03-05T09:00"),  # a long limit here: four
    (40, "2026-03-05T09:00"),
])
def test_an_office_may_warn_earlier(amount: int, expected: str) -> None:
    policy = Policy(warn_percent=30, long_warn_workdays=4)

    assert shown(warns_at(CALENDAR, policy, due_on=date(2026, 3, 11), amount=amount)) == expected


def test_the_ladder_of_a_promise_is_climbed_by_working_days_across_the_spring_festival() -> None:
    due = deadline(CALENDAR, Limit(amount=1), local("2026-02-13T10:00"))  # due on the make-up Saturday 2026-02-14

    climbed = rungs(POLICY, CALENDAR, kind=LimitKind.PROMISED, due=due, amount=1, unit=Unit.WORKDAY)

    assert [(rung.name, shown(at)) for rung, at in climbed] == [
        ("due_day", "2026-02-14T09:00"), ("warning", "2026-02-14T15:00"), ("first_day_late", "2026-02-24T09:00"),
        ("second_day_late", "2026-02-25T09:00"), ("fifth_day_late", "2026-02-28T09:00")]


@pytest.mark.parametrize("kind", [LimitKind.STATUTORY, LimitKind.PROMISED, LimitKind.TARGET, LimitKind.STAGE,
                                  LimitKind.HAND_OVER])
def test_a_lapsed_target_runs_the_same_ladder_as_a_promise(kind: LimitKind) -> None:
    due = deadline(CALENDAR, Limit(amount=5), local("2026-03-04T10:00"))

    climbed = rungs(POLICY, CALENDAR, kind=kind, due=due, amount=5, unit=Unit.WORKDAY)

    assert [(rung.name, shown(at)) for rung, at in climbed] == [
        ("warning", "2026-03-10T09:00"), ("due_day", "2026-03-11T09:00"), ("first_day_late", "2026-03-12T09:00"),
        ("second_day_late", "2026-03-13T09:00"), ("fifth_day_late", "2026-03-18T09:00")]


@pytest.mark.parametrize(("kind", "expected"), [
    (LimitKind.STOP, [("stop_overrun", "2026-03-12T00:00", (Role.REVIEWER, Role.SECTION_HEAD, Role.SUPERVISOR))]),
    (LimitKind.ORDER, [("order_unanswered", "2026-03-12T00:00", (Role.SUPERVISOR,))]),
    (LimitKind.NOTICE, [("notice_ends", "2026-03-10T09:00", (Role.CLERK,))]),
    (LimitKind.APPLICANT, []),  # 视为撤回 is consequence enough
])
def test_other_clocks_alarm_whoever_has_to_act(kind: LimitKind, expected: list[tuple[str, str, tuple[Role, ...]]]) -> None:
    due = deadline(CALENDAR, Limit(amount=5), local("2026-03-04T10:00"))

    climbed = rungs(POLICY, CALENDAR, kind=kind, due=due, amount=5, unit=Unit.WORKDAY)

    assert [(rung.name, shown(at), rung.to) for rung, at in climbed] == expected


def test_a_stopped_clock_has_no_rungs() -> None:
    stopped = Clock(due_on=None, lapses_at=None)

    assert rungs(POLICY, CALENDAR, kind=LimitKind.PROMISED, due=stopped, amount=5, unit=Unit.WORKDAY) == ()


def test_a_limit_that_ends_on_a_day_off_is_announced_on_the_working_day_before() -> None:
    due = Clock(due_on=date(2026, 3, 15), lapses_at=local("2026-03-15T10:00"))  # clock hours, a Sunday

    climbed = dict(rungs(POLICY, CALENDAR, kind=LimitKind.STAGE, due=due, amount=48, unit=Unit.HOUR))
    at = {rung.name: shown(instant) for rung, instant in climbed.items()}

    assert at["due_day"] == "2026-03-13T09:00" and at["first_day_late"] == "2026-03-16T09:00"


@pytest.mark.parametrize(("policy", "cards"), [
    (POLICY, {LimitKind.STATUTORY: Colour.RED, LimitKind.PROMISED: Colour.YELLOW, LimitKind.STAGE: Colour.YELLOW,
              LimitKind.HAND_OVER: Colour.RED,
              LimitKind.HEARING: Colour.RED}),
    (Policy(target_cards=True), {LimitKind.STATUTORY: Colour.RED, LimitKind.PROMISED: Colour.YELLOW,
                                 LimitKind.STAGE: Colour.YELLOW, LimitKind.HAND_OVER: Colour.RED, LimitKind.HEARING: Colour.RED,
                                 LimitKind.TARGET: Colour.YELLOW}),
    (Policy(cards={}, target_cards=True), {LimitKind.TARGET: Colour.YELLOW}),
])
def test_which_lapse_issues_which_card(policy: Policy, cards: dict[LimitKind, Colour]) -> None:
    issued = {kind: policy.card(kind) for kind in LimitKind if policy.card(kind) is not None}

    assert issued == cards


def test_a_yellow_card_is_followed_by_a_red_one_two_working_days_after_the_due_day() -> None:
    at = reddens_at(CALENDAR, POLICY, date(2026, 2, 13))

    assert at is not None and shown(at) == "2026-02-24T09:00"
    assert reddens_at(CALENDAR, Policy(red_after_yellow_workdays=0), date(2026, 2, 13)) is None


def test_every_third_yellow_card_of_a_section_in_a_quarter_is_followed_by_a_red_one() -> None:
    assert [yellows for yellows in range(8) if POLICY.reddens(yellows)] == [3, 6]
    assert not any(Policy(yellows_per_quarter=0).reddens(yellows) for yellows in range(8))


@pytest.mark.parametrize(("day", "first", "last"), [
    ("2026-01-01", "2026-01-01", "2026-03-31"), ("2026-06-30", "2026-04-01", "2026-06-30"),
    ("2026-12-31", "2026-10-01", "2026-12-31"),
])
def test_the_quarter_of_a_day(day: str, first: str, last: str) -> None:
    assert quarter_of(date.fromisoformat(day)) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(("given_values", "field"), [
    ({"warn_percent": 101}, "warn_percent"), ({"warn_workdays": -1}, "warn_workdays"),
    ({"warn_workdays": True}, "warn_workdays"), ({"ladder": (LADDER[0], LADDER[0])}, "ladder"),
])
def test_a_policy_that_makes_no_sense_is_refused(given_values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Policy(**given_values)  # type: ignore[arg-type]

    assert refused.value.field == field


@given(start=INSTANTS, amount=st.integers(0, 60),
       unit=st.sampled_from(Unit), later=st.integers(0, 200))
def test_a_lamp_never_goes_back_from_red_to_yellow_to_green(start: datetime, amount: int, unit: Unit, later: int) -> None:
    calendar = Calendar()
    due = deadline(calendar, Limit(amount=min(amount, 12) if unit is Unit.MONTH else amount, unit=unit), start)
    instants = [start + timedelta(hours=hours) for hours in (later, later + 5, later + 30)]

    order = [Lamp.BLUE, Lamp.YELLOW, Lamp.RED]
    found = [order.index(lamp(calendar, POLICY, at.astimezone(SHANGHAI).date(), due_on=due.due_on, amount=amount, unit=unit,
                              is_provisional=True, now=at, lapses_at=due.lapses_at)) for at in instants]

    assert found == sorted(found)


@given(start=INSTANTS, amount=st.integers(1, 60),
       kind=st.sampled_from(LimitKind))
def test_rungs_are_in_order_and_after_the_lapse_nobody_is_merely_warned(start: datetime, amount: int, kind: LimitKind) -> None:
    due = deadline(CALENDAR, Limit(amount=amount), start)

    climbed = rungs(POLICY, CALENDAR, kind=kind, due=due, amount=amount, unit=Unit.WORKDAY)

    assert [at for _, at in climbed] == sorted(at for _, at in climbed)
    assert all((at < due.lapses_at) == (rung.moment in (Moment.WARNING, Moment.DAYS_BEFORE) or rung.name == "due_day")
               for rung, at in climbed if due.lapses_at is not None and rung.moment is not Moment.LAPSE)


def test_an_office_may_write_another_ladder() -> None:
    only = Rung(name="due", label="到期", moment=Moment.LAPSE, kinds=frozenset({LimitKind.PROMISED}), to=(Role.CLERK,))
    due = deadline(CALENDAR, Limit(amount=5), local("2026-03-04T10:00"))

    climbed = rungs(Policy(ladder=(only,)), CALENDAR, kind=LimitKind.PROMISED, due=due, amount=5, unit=Unit.WORKDAY)

    assert climbed == ((only, due.lapses_at),)
