"""The visit of a browser: how it begins, how long it lasts, what ends it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from services import people, visits
from services.people import NewGrant
from services.visits import Lifetimes, Visitor
from tests.services.desk import WEDNESDAY
from tests.services.staff import ENTERED_AT, JANUARY, hire

LIFETIMES = Lifetimes(idle=timedelta(minutes=30), whole=timedelta(hours=12))


def seen(connection: Connection, token: str, now: datetime = WEDNESDAY) -> Visitor | None:
    return visits.visitor(connection, token, now, LIFETIMES)


def test_a_visitor_is_who_signed_in_with_the_roles_he_has_today(connection: Connection) -> None:
    token = visits.begin(connection, hire(connection, "周凯", "reviewer", unit="市住建局"), WEDNESDAY)

    visitor = seen(connection, token)

    assert visitor is not None
    assert (visitor.id, visitor.name, visitor.unit, visitor.roles) == ("周凯", "周凯某", "市住建局", {"reviewer"})
    assert len(visitor.csrf) >= 43


def test_the_database_has_no_token(connection: Connection) -> None:
    token = visits.begin(connection, hire(connection, "周凯"), WEDNESDAY)

    (row,) = connection.execute(text("SELECT * FROM visit")).all()

    assert len(token) >= 43 and token not in repr(tuple(row)) and token.encode() not in bytes(row.digest)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 5000, "洞庭湖", "\udc80"])
def test_a_token_that_was_never_given_is_nobodys(connection: Connection, token: str) -> None:
    visits.begin(connection, hire(connection, "周凯"), WEDNESDAY)

    assert seen(connection, token) is None


@pytest.mark.parametrize(("last_seen", "asked", "lasts"), [
    # Wednesday 2026-03-04, hours in UTC; begun at 02:00
    ((2, 0), (2, 29), True),
    ((2, 0), (2, 30), False),  # idle for half an hour
    ((2, 20), (2, 49), True),
    ((13, 50), (13, 59), True),
    ((13, 59), (14, 0), False),  # twelve hours after it began, however busy
])
def test_a_visit_ends_when_idle_for_half_an_hour_and_after_twelve_hours(
    connection: Connection, last_seen: tuple[int, int], asked: tuple[int, int], lasts: bool,
) -> None:
    token = visits.begin(connection, hire(connection, "周凯"), WEDNESDAY)
    visitor = seen(connection, token)
    assert visitor is not None
    visits.note(connection, visitor, datetime(2026, 3, 4, *last_seen, tzinfo=UTC))

    assert (seen(connection, token, datetime(2026, 3, 4, *asked, tzinfo=UTC)) is not None) is lasts


def test_being_seen_is_written_once_a_minute(connection: Connection) -> None:
    token = visits.begin(connection, hire(connection, "周凯"), WEDNESDAY)
    visitor = seen(connection, token)
    assert visitor is not None

    assert not visits.is_to_be_noted(visitor, WEDNESDAY + timedelta(seconds=59))
    assert visits.is_to_be_noted(visitor, WEDNESDAY + timedelta(seconds=60))


def test_a_visit_that_has_ended_is_not_seen_again(connection: Connection) -> None:
    token = visits.begin(connection, hire(connection, "周凯"), WEDNESDAY)
    visitor = seen(connection, token)
    assert visitor is not None

    ended = [visits.end(connection, token, WEDNESDAY), visits.end(connection, token, WEDNESDAY)]
    visits.note(connection, visitor, WEDNESDAY + timedelta(minutes=5))

    assert ended == [True, False] and seen(connection, token, WEDNESDAY + timedelta(minutes=6)) is None


def test_who_leaves_the_office_is_out_on_the_day_after_his_last(connection: Connection) -> None:
    late = datetime(2026, 3, 4, 15, 50, tzinfo=UTC)  # 23:50 in Shanghai
    token = visits.begin(connection, hire(connection, "周凯"), late)
    people.change(connection, "周凯", until_on=date(2026, 3, 4))

    before, after = seen(connection, token, late), seen(connection, token, late + timedelta(minutes=10))

    assert before is not None and after is None


def test_a_granted_role_and_an_ended_one_count_at_the_next_request(connection: Connection) -> None:
    token = visits.begin(connection, hire(connection, "周凯", "clerk"), WEDNESDAY)
    granted = people.grant(connection, NewGrant(person="周凯", role="approver", since_on=JANUARY), by="root", now=ENTERED_AT)
    with_it = seen(connection, token)
    people.end_grant(connection, granted.id, until_on=date(2026, 3, 3), by="root")

    without = seen(connection, token)

    assert with_it is not None and without is not None
    assert (with_it.roles, without.roles) == ({"clerk", "approver"}, {"clerk"})


def test_a_substitute_has_the_roles_of_who_is_away_but_none_of_the_three_administrators(connection: Connection) -> None:
    hire(connection, "赵", "approver", "security_admin")
    token = visits.begin(connection, hire(connection, "周凯", "clerk"), WEDNESDAY)
    people.absent(connection, person="赵", substitute="周凯", first_on=date(2026, 3, 4), last_on=date(2026, 3, 6), reason="假",
                  by="赵", now=ENTERED_AT)

    visitor = seen(connection, token)

    assert visitor is not None and visitor.roles == {"clerk", "approver"}


def test_old_visits_are_forgotten(connection: Connection) -> None:
    visits.begin(connection, hire(connection, "周凯"), WEDNESDAY)

    assert visits.forget(connection, WEDNESDAY + timedelta(days=1)) == 0
    assert visits.forget(connection, WEDNESDAY + timedelta(days=8)) == 1
