"""What is done about a rating 好差评: the applicant rates, the department answers a bad one.

Each command tells one fact, whose guard stands in `engine.appraising`; the task and the clock of a bad rating follow from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from engine import appraising
from engine.case import local_day
from engine.duties import APPLICANT
from engine.errors import Forbidden, NotFound
from engine.events import Fact
from engine.ratings import is_mending
from services.acting import Command, Stepped, TaskCommand, admitted, move, resume_at, saved
from services.chapter import Chapter
from services.office import Office


def rate(
    connection: Connection, office: Office, command: Command, *, level: int, reasons: Sequence[str] = (), text: str = "",
    channel: str = "web",
) -> Stepped:
    """评价, by the applicant himself: neither an agent nor an official rates for him. Raises NotFound, Stale, Forbidden,
    InvalidInput."""
    def fact(chapter: Chapter) -> Fact:
        if command.by != APPLICANT and chapter.office.people.persons:
            raise Forbidden("rate", f"{command.by} cannot rate for the applicant, who does it with his query code 查询码, or "
                                    "at the window's screen")
        return appraising.rate(chapter.case, level=level, reasons=reasons, text=text, channel=channel)

    return move(connection, office, command, "rate", fact)


def answer_rating(connection: Connection, office: Office, command: TaskCommand, *, text: str) -> Stepped:
    """差评整改答复, by whoever administers the department. Raises NotFound, Stale, AlreadyDecided, Forbidden, InvalidInput."""
    chapter, task = resume_at(connection, office, command)
    if not is_mending(task.token, task.node):
        raise NotFound("bad rating", command.task, f"“{task.name}” is no task of one")
    actor = admitted(chapter, task, command.by, command="answer_rating")
    if task.assignee not in (None, actor.id, actor.on_behalf):
        raise Forbidden("answer_rating", f"“{task.name}” is with {task.assignee}")
    chapter.office.people.person(command.by, local_day(chapter.now), "answer_rating")
    chapter.tell(appraising.answer(chapter.case, token=task.token, text=text))
    return saved(chapter)
