"""What people do to the time of a case: stop and resume it, extend it, hold a hearing, approve a further correction.

Each command tells one fact, whose guard and article stand in the engine (`engine.stopping`, `engine.extending`,
`engine.moves`); the clocks follow from it. No verb moves a clock by itself. Once an office has entered its people, whoever
approves in a role holds it for the case.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from engine import events, extending, moves, stopping
from engine.errors import Forbidden, Incident, NotFound
from engine.events import Fact
from engine.process import kernel
from services.acting import Command, Stepped, entitled, move, require_role, resume, saved
from services.chapter import Chapter
from services.office import Office


def suspend(
    connection: Connection, office: Office, command: Command, *, ground: str, document: str, expected_end: date,
    basis: str = "",
) -> Stepped:
    """特别程序开始 (行政许可法 art. 45): no day counts until it is resumed."""
    return move(connection, office, command, "suspend", lambda chapter: stopping.suspend(
        chapter.case, ground=ground, document=document, expected_end=expected_end, basis=basis, now=chapter.now))


def pause(
    connection: Connection, office: Office, command: Command, *, ground: str, basis: str, document: str = "",
    expected_end: date | None = None,
) -> Stepped:
    """暂停, by a rule with its basis (整改, 审查补正)."""
    return move(connection, office, command, "pause", lambda chapter: stopping.pause(
        chapter.case, ground=ground, basis=basis, document=document, expected_end=expected_end, now=chapter.now))


def hold(connection: Connection, office: Office, command: Command, *, order: str, reason: str) -> Stepped:
    """挂起, by order of a court or a superior."""
    return move(connection, office, command, "hold", lambda chapter: stopping.hold(
        chapter.case, order=order, reason=reason, now=chapter.now))


def examine(connection: Connection, office: Office, command: Command, *, size: str, examiner: str) -> Stepped:
    """审图: the drawings are with their examiner, on his own clock."""
    return move(connection, office, command, "examine", lambda chapter: stopping.examine(
        chapter.case, chapter.terms.calendar, size=size, examiner=examiner, now=chapter.now))


def resume_case(connection: Connection, office: Office, command: Command, *, stop: int | None = None) -> Stepped:
    """恢复: a stop is over; the clocks run on with the days they had left."""
    return move(connection, office, command, "resume_case", lambda chapter: stopping.resume(
        chapter.case, stop=stop, now=chapter.now))


def approve_correction(connection: Connection, office: Office, command: Command, *, role: str, reason: str) -> Stepped:
    """A further correction notice may be given."""
    def fact(chapter: Chapter) -> Fact:
        approved = moves.approve_correction(chapter.case, role=role, reason=reason)
        require_role(chapter, command.by, {role}, command="approve a correction")
        return approved

    return move(connection, office, command, "approve_correction", fact)


def propose_extension(
    connection: Connection, office: Office, command: Command, *, amount: int, reason: str, is_joint: bool = False,
) -> Stepped:
    """延期申请, by the reviewer."""
    return move(connection, office, command, "propose_extension", lambda chapter: extending.propose(
        chapter.case, amount=amount, reason=reason, is_joint=is_joint, now=chapter.now))


def approve_extension(connection: Connection, office: Office, command: Command, *, role: str, document: str) -> Stepped:
    """批准延期, by the head of the office."""
    def fact(chapter: Chapter) -> Fact:
        approved = extending.approve(chapter.case, role=role, document=document, by=command.by, now=chapter.now)
        require_role(chapter, command.by, {role}, command="approve an extension")
        return approved

    return move(connection, office, command, "approve_extension", fact)


def refuse_extension(connection: Connection, office: Office, command: Command, *, reason: str) -> Stepped:
    """The extension is not approved, by whoever could have."""
    def fact(chapter: Chapter) -> Fact:
        refused = extending.refuse(chapter.case, reason=reason)
        require_role(chapter, command.by, {extending.approver_role(chapter.case)}, command="refuse an extension")
        return refused

    return move(connection, office, command, "refuse_extension", fact)


def offer_hearing(connection: Connection, office: Office, command: Command, *, document: str) -> Stepped:
    """告知听证权利."""
    return move(connection, office, command, "offer_hearing", lambda chapter: extending.offer_hearing(
        chapter.case, document=document))


def request_hearing(connection: Connection, office: Office, command: Command, *, applicant: str) -> Stepped:
    """申请听证."""
    return move(connection, office, command, "request_hearing", lambda chapter: extending.request_hearing(
        chapter.case, applicant=applicant, now=chapter.now))


def schedule_hearing(
    connection: Connection, office: Office, command: Command, *, held_on: date, chair: str, document: str,
) -> Stepped:
    """The hearing's day is told."""
    return move(connection, office, command, "schedule_hearing", lambda chapter: extending.schedule_hearing(
        chapter.case, chapter.terms.calendar, held_on=held_on, chair=chair, document=document, now=chapter.now,
        natural=office.people.natural_named(chair.strip())))


def start_clock(connection: Connection, office: Office, command: Command, *, token: int) -> Stepped:
    """Start the clock of a drawn limit whose number was missing, now that the project's commitment is entered. It counts from
    now: nobody can be late for what nobody had promised. Raises NotFound for a wait that lacks no clock, Incident as before."""
    chapter = resume(connection, office, command)
    entitled(chapter, command.by, "start_clock")
    raised = next((seq for seq, held in chapter.case.incidents if held == token), None)
    wait = next((each for each in kernel.waits(chapter.deployment.program, chapter.tokens) if each.id == token), None)
    if raised is None or wait is None or wait.timer is None or wait.timer.limit is None:
        raise NotFound("clock to start", f"{command.number}-{token}",
                       "its incident names the token of a limit without a number")
    try:
        chapter.start_limit(wait)
    except Incident as still:
        raise Forbidden("start the clock", still.sentence) from still
    chapter.tell(events.IncidentResolved(raised=raised))
    return saved(chapter)
