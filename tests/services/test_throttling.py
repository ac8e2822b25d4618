"""How often a stranger may try in a minute."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from services import throttling
from services.throttling import Throttle

AT = datetime(2026, 3, 4, 2, 0, 30, tzinfo=UTC)
THREE = Throttle("query_code", 3)


def test_so_many_tries_a_minute_and_no_more_until_the_next(connection: Connection) -> None:
    admitted = [throttling.admit(connection, THREE, "10.0.0.7", AT) for _ in range(5)]
    later = throttling.admit(connection, THREE, "10.0.0.7", AT + timedelta(seconds=30))

    assert admitted == [True] * 3 + [False] * 2 and later
    assert throttling.wait_seconds(AT) == 30


def test_each_address_and_each_room_is_counted_for_itself(connection: Connection) -> None:
    for _ in range(3):
        throttling.admit(connection, THREE, "10.0.0.7", AT)

    assert throttling.admit(connection, THREE, "10.0.0.8", AT)
    assert throttling.admit(connection, Throttle("sign_in", 3), "10.0.0.7", AT)


def test_a_try_that_succeeds_does_not_count(connection: Connection) -> None:
    for _ in range(50):
        assert throttling.admit(connection, THREE, "10.0.0.7", AT)
        throttling.forgive(connection, THREE, "10.0.0.7", AT)


def test_old_minutes_are_forgotten(connection: Connection) -> None:
    throttling.admit(connection, THREE, "10.0.0.7", AT)

    assert throttling.forget(connection, AT + timedelta(minutes=30)) == 0
    assert throttling.forget(connection, AT + timedelta(hours=2)) == 1


@pytest.mark.parametrize(("address", "key"), [
    ("10.0.0.7", "10.0.0.7"), ("::ffff:10.0.0.7", "10.0.0.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ("fe80::1%eth0", "fe80::/64"), (None, "unknown"), ("nonsense", "unknown"),
])
def test_an_address_counts_as_its_house(address: str | None, key: str) -> None:
    assert throttling.network(address) == key
