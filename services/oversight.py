"""What supervisors do about a case, and what is done in answer: remind, order, reply, close; appeal, write off, exempt.

None of it changes the case or a clock of the office. Guards stand in `engine.overseeing`. Once an office has entered its
people, what is a supervisor's to do is done by whoever holds that role for the case; before, who is one is decided at the
doors.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection

from engine import overseeing
from engine.duties import SUPERVISOR_ROLE
from engine.events import Fact
from services.acting import Command, Stepped, move, require_role, resume, saved
from services.chapter import Chapter
from services.office import Office


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
    """催办."""
    return move(connection, office, command, "remind", lambda chapter: overseeing.remind(
        chapter.case, addressee=addressee, text=text))


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


def _supervise(
    connection: Connection, office: Office, command: Command, name: str, fact: Callable[[Chapter], Fact],
) -> Stepped:
    """A command of a supervisor 督查员. Raises Forbidden for anybody else."""
    chapter = resume(connection, office, command)
    require_role(chapter, command.by, {SUPERVISOR_ROLE}, command=name)
    chapter.tell(fact(chapter))
    return saved(chapter)
