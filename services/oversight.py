"""What supervisors do about a case, and what is done in answer: remind, order, reply, close; appeal, write off, exempt.

None of it changes the case or a clock of the office. Guards stand in `engine.overseeing`. Once an office has entered its
people, what is a supervisor's to do is done by whoever holds that role for the case; before, who is one is decided at the
doors.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from engine import overseeing
from engine.duties import APPLICANT_ROLE
from engine.oversight_facts import Reminded
from services.acting import Command, Stepped, entitled, move, resume, saved
from services.chapter import Chapter
from services.inbox import INBOX, notices
from services.office import Office
from services.store import reading


def appeal(connection: Connection, office: Office, command: Command, *, card: int, reason: str) -> Stepped:
    """申诉."""
    return move(connection, office, command, "appeal", lambda chapter: overseeing.appeal(
        chapter.case, card=card, reason=reason))


def uphold(connection: Connection, office: Office, command: Command, *, card: int, reason: str) -> Stepped:
    """The appeal was heard, the card stays."""
    return move(connection, office, command, "uphold", lambda chapter: overseeing.uphold(
        chapter.case, card=card, reason=reason, by=command.by))


def write_off(connection: Connection, office: Office, command: Command, *, card: int, reason: str) -> Stepped:
    """核销."""
    return move(connection, office, command, "write_off", lambda chapter: overseeing.write_off(
        chapter.case, card=card, reason=reason, by=command.by))


def exempt(
    connection: Connection, office: Office, command: Command, *, card: int, conclusion: str, document: str, reason: str,
) -> Stepped:
    """容错 (measure 19)."""
    return move(connection, office, command, "exempt", lambda chapter: overseeing.exempt(
        chapter.case, card=card, conclusion=conclusion, document=document, reason=reason, by=command.by))


def remind(connection: Connection, office: Office, command: Command, *, addressee: str, text: str) -> Stepped:
    """催办: into the inbox of whom it names, and of whoever holds the case."""
    chapter = resume(connection, office, command)
    entitled(chapter, command.by, "remind")
    fact = overseeing.remind(chapter.case, addressee=addressee, text=text, holders=_holders(chapter, addressee))
    chapter.tell(fact)
    chapter.rows.notifications += notices(
        [(each.recipient, each.unit, INBOX) for each in fact.told], f"催办:{chapter.case.number} {fact.text}",
        seq=chapter.case.seq, at=chapter.now)
    return saved(chapter)


def issue_order(
    connection: Connection, office: Office, command: Command, *, addressee: str, text: str, due_on: date,
) -> Stepped:
    """督办单."""
    return move(connection, office, command, "issue_order", lambda chapter: overseeing.issue_order(
        chapter.case, addressee=addressee, text=text, due_on=due_on, now=chapter.now))


def reply_to_order(connection: Connection, office: Office, command: Command, *, order: int, text: str) -> Stepped:
    """What was done about an order."""
    return move(connection, office, command, "reply_to_order", lambda chapter: overseeing.reply_to_order(
        chapter.case, order=order, text=text))


def return_order(
    connection: Connection, office: Office, command: Command, *, order: int, reason: str, due_on: date,
) -> Stepped:
    """The reply does not do."""
    return move(connection, office, command, "return_order", lambda chapter: overseeing.return_order(
        chapter.case, order=order, reason=reason, due_on=due_on, by=command.by, now=chapter.now))


def close_order(connection: Connection, office: Office, command: Command, *, order: int, text: str) -> Stepped:
    """销号."""
    return move(connection, office, command, "close_order", lambda chapter: overseeing.close_order(
        chapter.case, order=order, text=text, by=command.by))


def _holders(chapter: Chapter, addressee: str) -> list[Reminded]:
    """Who has the open tasks of the office in hand: a person, or a role at a unit while nobody has claimed them; unless a
    person of the office is named, who is meant and not whoever else might do them."""
    assert chapter.stored is not None
    tasks = [task for task in reading.tasks_of(chapter.connection, chapter.stored.id) if task.role != APPLICANT_ROLE]
    people = [Reminded(recipient=task.assignee) for task in tasks if task.assignee]
    if addressee in chapter.office.people.persons:
        return people
    return people + [Reminded(recipient=task.role, unit=task.unit) for task in tasks if task.role and not task.assignee]
