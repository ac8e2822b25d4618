"""After the decision 制证、用印、送达、归档, where the diagram has no step for it. Guards stand in `engine.closing`."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from engine import closing
from engine.case import Case
from engine.duties import Deed
from engine.errors import Forbidden
from engine.events import CaseArchived, Fact
from engine.sentences import say
from services.acting import Command, Stepped, entitled, mandate_for, move, resume, saved
from services.office import Office
from services.store import reading

_DRAWN = {"certify": "certified", "hand_over": "handed_over", "archive": "archived"}
"""The milestones with which a diagram draws these moves."""


def certify(connection: Connection, office: Office, command: Command) -> Stepped:
    """制证. Raises NotFound, Stale, Forbidden, as all commands here do."""
    return _close(connection, office, command, "certify", closing.certify)


def hand_over(connection: Connection, office: Office, command: Command) -> Stepped:
    """送达."""
    return _close(connection, office, command, "hand_over", closing.hand_over)


def choose_hand_over(
    connection: Connection, office: Office, command: Command, *, way: str, recipient: str = "", phone: str = "",
    address: str = "",
) -> Stepped:
    """选择领取方式, by the applicant, or an agent whose mandate covers collecting."""
    return move(connection, office, command, "choose_hand_over", lambda chapter: closing.choose_hand_over(
        chapter.case, way=way, recipient=recipient, phone=phone, address=address,
        mandate=mandate_for(chapter, command.by, Deed.COLLECT, "choose_hand_over")))


def archive(connection: Connection, office: Office, command: Command) -> Stepped:
    """归档."""
    return _close(connection, office, command, "archive", closing.archive)


def seal(connection: Connection, office: Office, command: Command, *, document: str, number: str, seal: str) -> Stepped:
    """用印: a numbered document bears the seal of whoever decides."""
    return _close(connection, office, command, "seal", lambda case: closing.seal(
        case, document=document, number=number, seal=seal, unit=case.department))


def _close(
    connection: Connection, office: Office, command: Command, act: str, move: Callable[[Case], Fact],
) -> Stepped:
    chapter = resume(connection, office, command)
    assert chapter.stored is not None
    entitled(chapter, command.by, act)
    drawn = next((task for task in reading.tasks_of(connection, chapter.stored.id) if task.act == act), None)
    if drawn is not None:
        raise Forbidden(act, say(
            "the diagram has a step for it: complete “{step}” ({case}-{token})",
            step=drawn.name, case=command.number, token=drawn.token))
    later = next((node for node in chapter.deployment.nodes.values() if node.milestone == _DRAWN.get(act)), None)
    if chapter.case.ended_at is None and later is not None and act in _DRAWN:
        raise Forbidden(act, say(
            "the diagram of case {case} comes to it by itself (“{step}”): complete what is open until it does",
            case=command.number, step=later.name or later.id))
    if chapter.case.ended_at is None and act in ("hand_over", "archive"):
        raise Forbidden(act, say("case {case} is still at work; its diagram comes to its end first", case=command.number))
    fact = move(chapter.case)
    if isinstance(fact, CaseArchived):
        chapter.require_pushed(act)
    chapter.tell(fact)
    return saved(chapter)
