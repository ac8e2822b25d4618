"""系统对接台账: a system may be used where all four checks are in place, as last entered; what was entered stays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from engine.linkage import Entered, Item, Place
from services import systems
from services.store import systems as store
from tests.services.desk import day

PARK, SYSTEM = "岳阳经发区", "gonggai"


def enter(connection: Connection, item: Item, is_in_place: bool = True, on: date = date(2026, 3, 2), park: str = PARK) -> None:
    """One cell."""
    systems.write(connection, Entered(place=Place(park=park, system=SYSTEM, item=item), is_in_place=is_in_place,
                                      evidence="联调记录3号", checked_on=on), by="王", now=day(4))


def is_connected(connection: Connection, on: date = date(2026, 3, 31)) -> bool:
    """The question of whoever wants to use it."""
    return systems.is_connected(connection, system=SYSTEM, park=PARK, on=on)


def test_a_system_is_connected_where_all_four_are_in_place(connection: Connection) -> None:
    for item in (Item.THROUGH, Item.PORT, Item.ACCOUNT):
        enter(connection, item)
    three = is_connected(connection)
    enter(connection, Item.DATA, park="南湖新区")
    elsewhere = is_connected(connection)

    enter(connection, Item.DATA)

    assert (three, elsewhere, is_connected(connection)) == (False, False, True)
    assert not systems.is_connected(connection, system=SYSTEM, park="南湖新区", on=date(2026, 3, 31))
    assert not systems.is_connected(connection, system="jianguan", park=PARK, on=date(2026, 3, 31))


def test_the_last_entry_up_to_a_day_counts_and_the_earlier_ones_stay(connection: Connection) -> None:
    for item in Item:
        enter(connection, item)

    enter(connection, Item.PORT, is_in_place=False, on=date(2026, 3, 16))

    assert is_connected(connection, date(2026, 3, 15)) and not is_connected(connection, date(2026, 3, 16))
    assert not is_connected(connection, date(2026, 3, 1))
    assert [(row.version, row.is_in_place) for row in store.history(
        connection, park=PARK, system=SYSTEM, item="port")] == [(1, True), (2, False)]
