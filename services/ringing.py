"""A clock rings: whatever is due about it is done, in the transaction that moves its case.

One row of `clock` rings for all of it: the warning, the lapse with its card, each rung of the ladder, the red card after a
yellow one. Whether a limit really is over is asked of the case at that moment. When it is, the drawn timers that hang on the
clock are fired along, and the diagram goes its escalation path. A lapse is judged by the scheduled instant; when the machine
was down it is noticed late, and both instants are kept. Who is told is looked up when it is told: in the contact book of that
hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection

from engine import bells, events
from engine.bells import Deed, Stroke
from engine.case import local_day
from engine.clocks import Clock
from engine.consequences import FIRST_REVIEW_CLOCK, TRANSFER_CLOCK, card
from engine.errors import Forbidden, Incident
from engine.ladder import SEATS, Place, Role, Rung, contact_of
from engine.limits import NAMES
from engine.process import kernel
from engine.process.step import Wait, WaitKind
from engine.pushes import Push
from engine.routing import AGENT, APPLICANT
from engine.supervision import Colour
from services import contacts, permit_register, waiting
from services.chapter import Chapter
from services.inbox import INBOX, SMS, notices
from services.office import Office
from services.store.rows import ClockRow, HeldCase
from services.telling.naming import ROLES

CLOCK = "时钟"
"""Who acts when nobody does."""

_ORDER_WORKDAYS = 5


def ring(
    connection: Connection, office: Office, row: HeldCase, ringing: ClockRow, *, now: datetime,
) -> tuple[Chapter, bool]:
    """Do what is due about a claimed clock of a locked case. Returns the chapter to be saved, and False when nothing was due
    any more and the bell was only set anew."""
    chapter = Chapter.resume(connection, office, row, now=now, by=CLOCK)
    chapter.rung.add(ringing.clock)
    try:
        if (renewed := permit_register.deemed_renewed(connection, chapter.case, ringing.clock, chapter.now)) is not None:
            chapter.tell(renewed)
        had_lapsed = _has_lapsed(chapter, ringing.clock)
        done = _do_all(chapter, ringing.clock)
        return chapter, (had_lapsed and _fire_hanging(chapter, ringing.clock)) or done
    except (Incident, Forbidden) as error:
        incident = error if isinstance(error, Incident) else Incident(ringing.node, error.sentence)
        return chapter.silenced_by(incident, ringing.clock), True


def _do_all(chapter: Chapter, name: str) -> bool:
    """Each stroke that is due changes what is left, so the list is made anew after each."""
    done = False
    while True:
        clock = chapter.case.clock(name)
        left = bells.strokes(chapter.case, clock, chapter.terms) if clock is not None else []
        if clock is None or not left or left[0].at > chapter.now:
            return done
        _do(chapter, clock, left[0])
        done = True


def _do(chapter: Chapter, clock: Clock, stroke: Stroke) -> None:
    match stroke.deed:
        case Deed.LAPSE:
            chapter.tell(events.DeadlineLapsed(clock=clock.name, node=clock.node, due_on=clock.due_on, version=clock.version,
                                               scheduled_at=stroke.at, noticed_at=chapter.now))
            _fire_hanging(chapter, clock.name)  # before what comes later: a clock that is over with its timer does no more
        case Deed.REDDEN:
            for fact in card(chapter.case, clock, Colour.RED.value, bells.RED_AFTER_YELLOW, stroke.at):
                chapter.tell(fact)
        case Deed.TELL:
            assert stroke.rung is not None
            _climb(chapter, clock, stroke.rung, stroke.at)


def _has_lapsed(chapter: Chapter, name: str) -> bool:
    clock = chapter.case.clock(name)
    return clock is not None and clock.has_lapsed


def _fire_hanging(chapter: Chapter, name: str) -> bool:
    """Fire the drawn timers that hang on a clock that has lapsed; those of one ring only, so that a diagram that draws the same
    timer again in a circle waits for the next."""
    clock = chapter.case.clock(name)
    if clock is None or not clock.has_lapsed or clock.lapses_at is None:
        return False
    fired = False
    for token in [wait.id for wait in _hanging(chapter, clock)]:
        wait = next((each for each in _waits(chapter) if each.id == token), None)
        if wait is not None:
            _fire(chapter, wait, clock.lapses_at)
            fired = True
    return fired


def _fire(chapter: Chapter, wait: Wait, scheduled_at: datetime) -> None:
    chapter.tell(events.TimerFired(token=wait.id, node=wait.node, firing=1, scheduled_at=scheduled_at, fired_at=chapter.now))
    chapter.advance(kernel.fire(chapter.deployment.program, chapter.tokens, wait.id))


def _hanging(chapter: Chapter, clock: Clock) -> Iterable[Wait]:
    for wait in _waits(chapter):
        if clock.token == wait.id or waiting.hangs_on(wait, chapter.case) == clock:
            yield wait


def _waits(chapter: Chapter) -> tuple[Wait, ...]:
    return kernel.waits(chapter.deployment.program, chapter.tokens)


def _climb(chapter: Chapter, clock: Clock, rung: Rung, scheduled_at: datetime) -> None:
    """A rung is reached: whoever stands on it is told, whoever does not is an alarm for the supervisor."""
    told, missing = _recipients(chapter, rung, _responsible(chapter, clock))
    chapter.tell(events.Escalated(
        clock=clock.name, rung=rung.name, version=clock.version, due_on=clock.due_on, scheduled_at=scheduled_at,
        told_at=chapter.now, told=told, missing=[role.value for role in missing]))
    subject = f"{rung.label}:{chapter.case.number} {NAMES[clock.kind]} {(clock.due or '').replace('T', ' ')}"
    _notify(chapter, subject, [(each.recipient, each.unit, each.channel) for each in told])
    if missing:
        alarm = f"联络表缺人,{rung.label}未能告知:{'、'.join(ROLES[role.value] for role in missing)}({chapter.case.number})"
        _notify(chapter, alarm, [(Role.SUPERVISOR.value, "", INBOX)], first=len(told))
    if rung.issues_order:
        _order(chapter, clock, rung)


def _responsible(chapter: Chapter, clock: Clock) -> str:
    """Whose lapse it is: the unit that has the work the limit is drawn on, where it is one; else the department that decides
    the case. A window that only received is not asked why another has not decided."""
    waits = _waits(chapter)
    drawn = next((wait for wait in waits if wait.id == clock.token), None)
    if (push := _push_of(chapter, clock)) is not None:
        return push.department
    if (routing := chapter.case.routing) is not None and clock.name in (FIRST_REVIEW_CLOCK, TRANSFER_CLOCK):
        return routing.reviews if clock.name == FIRST_REVIEW_CLOCK else routing.receives
    if drawn is None or drawn.host is None:
        return chapter.case.department
    inside = (*drawn.scope, drawn.host)
    units = {chapter.unit_of(wait) for wait in waits
             if wait.kind in (WaitKind.TASK, WaitKind.CONNECTOR)
             and (*wait.scope, wait.node)[:len(inside)] == inside} - {APPLICANT, AGENT}
    return units.pop() if len(units) == 1 else chapter.case.department


def _recipients(chapter: Chapter, rung: Rung, department: str) -> tuple[list[events.Told], list[Role]]:
    """Who is told, and which seats nobody holds. `department`: whose people the roles at work are."""
    case, told, missing = chapter.case, [], []
    asked = {role: contact_of(role, department=department, park=case.park) for role in rung.to}
    book = contacts.book_at(chapter.connection, {unit for found in asked.values() if found for unit in [found[0]]}, chapter.now)
    for role, place in asked.items():
        seat = SEATS[role].place
        if seat is Place.APPLICATION:
            told.append(events.Told(role=role.value, recipient=role.value, unit=department, channel=INBOX))
        elif place is not None and place in book:
            contact = book[place]
            told.append(events.Told(role=role.value, recipient=contact.name, unit=contact.unit, channel=SMS))
        elif place is not None or seat is Place.DEPARTMENT:
            missing.append(role)
    return told, missing


def _notify(chapter: Chapter, subject: str, told: Iterable[tuple[str, str, str]], first: int = 0) -> None:
    chapter.rows.notifications += notices(told, subject, seq=chapter.case.seq, at=chapter.now, first=first)


def _order(chapter: Chapter, clock: Clock, rung: Rung) -> None:
    """To whoever has had the case last; of a result nobody has signed for, to the department that supervises."""
    push = _push_of(chapter, clock)
    holder = push.department if push else chapter.case.handlers[-1] if chapter.case.handlers else ""
    chapter.tell(events.OrderIssued(
        addressee=holder or chapter.case.department or "承办部门", due_on=_in_workdays(chapter, _ORDER_WORKDAYS),
        text=f"{NAMES[clock.kind]}{rung.label}({clock.due}),请说明原因、措施和办结时间"))


def _push_of(chapter: Chapter, clock: Clock) -> Push | None:
    """The pushed result whose clock it is, if it is one's."""
    return next((push for push in chapter.case.pushes if push.clock == clock.name), None)


def _in_workdays(chapter: Chapter, workdays: int) -> date:
    return chapter.terms.calendar.workday_after(local_day(chapter.now), workdays)
