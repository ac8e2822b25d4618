"""The demonstration's house: an office at work, entered into a database of its own, for whoever wants to try Jiban.

Two parks, a city department and the city's own offices with nineteen people, and some seventy cases in every state a queue
shows, lived through the same use cases as a real office's, on days told from its first (`services.demo.days`). The same day
gives the same house, but for the order in which two clocks of one case tell what is due about both at one instant. A database
is filled once: whoever asks again finds it as he left it, and one in which somebody has entered something is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from services import demonstration, deployments
from services.database import reading, writing
from services.demo import affairs, books, staff, wiring
from services.demo.days import Days, first_days
from services.demo.staff import Employed
from services.demo.stage import enact
from services.demo.turning import turn
from services.office import Office

Told = Callable[[int, int], None]
"""Told how many scenes of how many are played."""

_ENTERED = -60
"""When the office began, in working days from the first day."""


def prepare(database: Engine, office: Office, *, machine: datetime, told: Told) -> bool:
    """Make an empty database a demonstration that opens on the next morning of a working day; False: it is one already. One
    whose preparation was broken off is begun anew. `machine`: what the machine's clock shows. Raises NotADemonstration."""
    with reading(database) as connection:
        found = demonstration.find(connection)
    if found is not None and found.is_prepared:
        return False
    days = first_days(machine, office.calendar)
    _enter(database, office, days, machine)
    enact(database, office, affairs.stories(days), cast=Employed(office=office),
          progress=lambda count, of, scene, story: told(count, of))
    turn(database, office, days.begins_at)
    with writing(database) as connection:
        office.refresh(connection)
        wiring.enter(connection, office, now=days.begins_at, due_on=days.day(10))
        demonstration.finish(connection, machine=machine)
    return True


def _enter(database: Engine, office: Office, days: Days, machine: datetime) -> None:
    entered_at = days.at(_ENTERED, "09:00")
    with writing(database) as connection:
        demonstration.begin(connection, at=days.begins_at, machine=machine)
        deployments.deploy_shelf(connection, office.shelf, now=entered_at)
        staff.enter(connection, now=entered_at)
        books.enter(connection, office, now=entered_at)
