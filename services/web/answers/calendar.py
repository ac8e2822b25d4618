"""The calendar as law in the shapes of the API; the command line prints the same objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from engine.notices import Closure, Holiday
from services import calendar_changes
from services.calendar_changes import Change, Proposed
from services.law import Law, known_years, load_law, year_of
from services.office import Office
from services.web.shapes import calendar as shapes


def calendar(law: Law, year: int | None = None, pending: Sequence[Change] = ()) -> shapes.CalendarLaw:
    """The law as it is, and what is `pending`. `year`: only this one, None: all that are known. Raises InvalidInput for a year
    beyond the calendar."""
    years = known_years(law) if year is None else [year]
    return shapes.CalendarLaw(
        version=law.version, years=[_year(law, each) for each in years], closures=[_closure(each) for each in law.closures],
        pending=[change(each) for each in pending])


def change(found: Change) -> shapes.CalendarChange:
    """A change as it stands."""
    return shapes.CalendarChange(**_members(found))


def proposed(told: Proposed) -> shapes.ShownChange:
    """A change with what it changes."""
    days = [shapes.ChangedDay(date=day.day.isoformat(), was=day.was, becomes=day.becomes) for day in told.days]
    return shapes.ShownChange(**_members(told.change), days=days, clocks=told.clocks)


def shown(connection: Connection, office: Office, change_id: int) -> shapes.ShownChange:
    """A change with what it changes in the law before it: of one that is accepted, the law it was accepted into. Raises
    NotFound; InvalidInput when what is pending contradicts the law by now."""
    found = calendar_changes.find(connection, change_id)
    version = None if found.row.version is None else found.row.version - 1
    return proposed(calendar_changes.shown(connection, load_law(connection, office.shelf, version=version), found))


def _members(found: Change) -> dict[str, Any]:
    state = {None: "pending", True: "accepted", False: "refused"}[found.row.is_accepted]
    stored = {name: value for name, value in found.row._asdict().items() if name in shapes.CalendarChange.model_fields}
    return {**stored, "state": state, "reason": found.reason, "refusal": found.refusal}


def _year(law: Law, year: int) -> shapes.CalendarYear:
    found = year_of(law, year)
    notice = found.notice
    return shapes.CalendarYear(
        year=year, is_provisional=notice is None, is_fixture=notice is not None and notice.is_fixture,
        number=notice.number if notice else None, title=notice.title if notice else None,
        published_on=notice.published_on.isoformat() if notice else None, source=notice.source if notice else None,
        holidays=[_break(holiday) for holiday in found.holidays], months=list(found.months), workdays=sum(found.months))


def _break(holiday: Holiday) -> shapes.CalendarBreak:
    return shapes.CalendarBreak(name=holiday.name, first=holiday.first.isoformat(), last=holiday.last.isoformat(),
                                make_up=[day.isoformat() for day in holiday.make_up])


def _closure(closure: Closure) -> shapes.ClosureInForce:
    return shapes.ClosureInForce(scope=closure.scope, place=closure.place, first=closure.first.isoformat(),
                                 last=closure.last.isoformat(), reference=closure.reference, approver=closure.approver)
