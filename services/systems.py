"""系统对接台账: which park is connected with which system, cell by cell (seed measure 4), and whether a system may be used.

A cell is entered by one person with its evidence and the day it was checked; what was entered is never changed, the next entry
is the cell's next version. What an entry means is decided in `engine.linkage`; who may enter one, in `services.linking`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection

from engine.linkage import Entered, Item, Place, is_whole
from services.store import systems as store
from services.store import writing
from services.store.systems import CheckRow


def is_connected(connection: Connection, *, system: str, park: str, on: date) -> bool:
    """四到位: are all four checks of a system (its code in the catalogue) in place in a park (its standard name), as last
    entered up to a day? What nobody has entered is not. One statement."""
    if not system or not park:
        return False
    return is_whole([entered(row) for row in store.matrix(connection, on=on.isoformat(), park=park, system=system)])


def cells(connection: Connection, *, on: date, park: str = "", system: str = "") -> Mapping[Place, Entered]:
    """What every cell said on a day, of those that had been entered; "" in a place: everywhere."""
    rows = store.matrix(connection, on=on.isoformat(), park=park, system=system)
    return {each.place: each for each in map(entered, rows)}


def write(connection: Connection, said: Entered, *, by: str, now: datetime) -> CheckRow:
    """Append a version of a cell; the same again says that it was looked at again."""
    number = writing.next_number(connection, "system_check")
    place = said.place
    before = store.latest(connection, park=place.park, system=place.system, item=place.item.value)
    row = CheckRow(id=number, park=place.park, system=place.system, item=place.item.value,
                   version=before.version + 1 if before else 1, is_in_place=said.is_in_place, evidence=said.evidence,
                   checked_on=said.checked_on.isoformat(), entered_by=by, entered_at=now)
    store.insert_check(connection, row)
    return row


def entered(row: CheckRow) -> Entered:
    """A row as a value."""
    return Entered(place=Place(park=row.park, system=row.system, item=Item(row.item)), is_in_place=row.is_in_place,
                   evidence=row.evidence, checked_on=date.fromisoformat(row.checked_on), version=row.version,
                   entered_by=row.entered_by)
