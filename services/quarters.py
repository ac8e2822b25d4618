"""Three yellow cards of one section within a quarter are followed by a red one (domain rules §4.2).

No single case shows it, so a pass looks at the quarter's cards, section by section, and issues what is missing on the case of
the yellow card that completed the number. A card that was written off or exempted is not counted; a red card once issued
stays until somebody writes it off. Running a pass twice changes nothing: what is there is counted first.
"""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import Connection, Engine

from engine.calendar import SHANGHAI
from engine.case import local_day
from engine.events import CardIssued
from engine.supervision import Colour, quarter_of
from services.chapter import Chapter
from services.database import reading as read
from services.database import writing as write
from services.office import Office
from services.ringing import CLOCK
from services.store import oversight as store
from services.store import reading

RULE = "yellows_in_a_quarter"


def redden_due(database: Engine, office: Office, *, now: datetime) -> int:
    """Issue the red cards that sections have come to; how many. One small statement when there is none."""
    first, _ = quarter_of(local_day(now))
    since = datetime.combine(first, time(), SHANGHAI)
    with read(database) as connection:
        office.refresh(connection)
        sections = store.sections(connection, since, RULE)
    issued = 0
    many = office.policies.of("", "").yellows_per_quarter  # a section works in all matters and parks
    for department, yellows, reds in sections:
        if many and yellows // many > reds:
            with write(database) as connection:
                issued += _redden(connection, office, department, since, many, now)
    return issued


def _redden(connection: Connection, office: Office, department: str, since: datetime, many: int, now: datetime) -> int:
    """The next red card of a section. It is counted once more inside the transaction that locks the case it goes to: another
    process may have been quicker."""
    yellows = store.yellow_cards(connection, department, since)
    reds = store.count_cards(connection, department, since, RULE)
    if len(yellows) // many <= reds:
        return 0
    completing = yellows[(reds + 1) * many - 1]
    chapter = Chapter.resume(connection, office, reading.load_case_by_id(connection, completing.case_id), now=now, by=CLOCK)
    if store.count_cards(connection, department, since, RULE) != reds:
        return 0
    yellow = next(each for each in chapter.case.cards if each.seq == completing.seq)
    chapter.tell(CardIssued(colour=Colour.RED.value, rule=RULE, clock=yellow.clock, node="", due_on=None, holder=yellow.holder,
                            scheduled_at=yellow.scheduled_at, version=yellow.version))
    chapter.save()
    return 1
