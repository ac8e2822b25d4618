"""What the office has entered before the first day: its contact book, one rung of its own, the register of its park.

市公安局 is in the contact book; the others are not, so that their gaps show. The diagrams give a matter of half a day, which is
late before any rung of the shipped ladder is reached, so the office tells the department itself when the half day is over.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from engine.assessments import Assessment, Use
from engine.ladder import LADDER, Moment, Rank, Role, Rung
from engine.limits import LimitKind
from engine.supervision import Policy
from services import assessments, contacts, rulings
from services.contacts import NewContact

PARK, PARCEL = "湘阴高新区", "XY-2026-017"
_SINCE, _UNTIL = date(2025, 7, 1), date(2030, 6, 30)
_BY = "系统管理员"
_BOOK = (
    NewContact(unit="市公安局", rank=Rank.LEADER, name="向东", office_phone="6101"),
    NewContact(unit="市公安局", rank=Rank.HEAD, name="郑伟", office_phone="6110"),
    NewContact(unit="市公安局", rank=Rank.LIAISON, name="范琳", office_phone="6112"),
)
LATE_BY_HALF_A_DAY = Rung(
    name="half_day_over", label="半日时限已过", moment=Moment.LAPSE, kinds=frozenset({LimitKind.PROMISED}),
    to=(Role.REVIEWER, Role.APPROVER, Role.SECTION_HEAD, Role.DEPARTMENT_ADMINISTRATOR))
_HALF_DAYS = ("seal_engraving", "invoice_issuing", "insurance_registration", "fund_registration", "bank_appointment")
_EXEMPT = ("water_soil", "geological_hazard", "overlying_minerals", "seismic_safety", "flood")
ASSESSED = ("planning_environment", "energy", *_EXEMPT)


def enter(connection: Connection, *, now: datetime) -> None:
    """Enter it all."""
    contacts.set_contacts(connection, _BOOK, by=_BY, now=now)
    for process in _HALF_DAYS:
        rulings.enter_policy(connection, Policy(ladder=(*LADDER, LATE_BY_HALF_A_DAY)), process=process, park="", by=_BY,
                             now=now)
    assessments.enter_all(connection, [
        _result("planning_environment", 1, Use.DECLARED), _result("energy", 2, Use.DECLARED),
        *(_result(kind, place) for place, kind in enumerate(_EXEMPT, start=3))], by=_BY, now=now)


def _result(kind: str, number: int, mode: Use = Use.EXEMPT) -> Assessment:
    """A result that covers the whole park for five years."""
    return Assessment(kind=kind, park=PARK, document=f"湘高区评〔2025〕{number}号", valid_from=_SINCE,
                      valid_until=_UNTIL, mode=mode.value)
