"""Asking beside the diagram 征求意见、联合踏勘、分送、抄送: a task for each who is asked; the case goes on meanwhile.

What is awaited holds up the task that asked, and nothing else. No clock of the office stands still for it: only the cited legal
moves stop one (`services.timekeeping`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection

from engine import tasking
from engine.case import local_day
from engine.errors import Forbidden, InvalidInput
from engine.ratings import is_mending
from engine.sentences import say
from engine.side_tasks import is_beside
from services import forms
from services.acting import Command, Stepped, TaskCommand, admitted, entitled, resume, resume_at, saved
from services.inbox import INBOX, notices
from services.office import Office
from services.store import reading
from services.store.rows import TaskRow


def ask(
    connection: Connection, office: Office, command: TaskCommand, *, kind: str, asked: Iterable[tuple[str, str | None]],
    text: str, due_on: date | None = None,
) -> Stepped:
    """Ask departments or people, each (unit, person or None). `kind`: consult 征求意见, inspection 联合踏勘, distribution 分送.
    Raises NotFound, Stale, AlreadyDecided, Forbidden, InvalidInput."""
    chapter, task = resume_at(connection, office, command)
    if task.assignee is None:
        admitted(chapter, task, command.by, command=kind)
    for fact in tasking.ask(chapter.case, task, command.by, kind=kind, asked=asked, text=text, due_on=due_on,
                            today=local_day(chapter.now)):
        chapter.tell(fact)
    return saved(chapter)


def answer(
    connection: Connection, office: Office, command: TaskCommand, *, opinion: str, data: Mapping[str, object] | None = None,
) -> Stepped:
    """Whoever was asked answers. Raises as `ask`."""
    chapter, task = resume_at(connection, office, command)
    if not is_beside(task.token):
        raise Forbidden("answer", say("“{task}” is a step of the diagram: complete it", task=task.name))
    _not_a_rating(task, "answer")
    actor = admitted(chapter, task, command.by, command="answer")
    kind = task.node.partition(":")[0]
    given = dict(data or {})
    forms.check_opinion(given)
    chapter.tell(tasking.answer(task, actor, kind, actor.duty_name, opinion, given))
    return saved(chapter)


def recall(connection: Connection, office: Office, command: TaskCommand, *, reason: str) -> Stepped:
    """An answer is not wanted any more. Raises as `ask`."""
    chapter, task = resume_at(connection, office, command)
    _not_a_rating(task, "recall")
    assert chapter.stored is not None
    host = next((each for each in reading.tasks_of(connection, chapter.stored.id) if each.token == task.host), None)
    if host is None:
        chapter.office.people.person(command.by, local_day(chapter.now), "recall")
    elif host.assignee is None:
        admitted(chapter, host, command.by, command="recall")
    chapter.tell(tasking.recall(chapter.case, task, host, command.by, reason))
    return saved(chapter)


def copy(connection: Connection, office: Office, command: Command, *, to: Iterable[str], text: str = "") -> Stepped:
    """抄送: into the inbox of people, departments or roles. Raises NotFound, Stale, InvalidInput."""
    chapter = resume(connection, office, command)
    entitled(chapter, command.by, "copy")
    fact = tasking.copy(to, text)
    if any(len(name) > 100 for name in fact.to):
        raise InvalidInput("to", "a name has at most 100 characters")
    chapter.tell(fact)
    chapter.rows.notifications += notices(
        [(name, "", INBOX) for name in fact.to], f"抄送:{chapter.case.number} {fact.text}".rstrip(), seq=chapter.case.seq,
        at=chapter.now)
    return saved(chapter)


def _not_a_rating(task: TaskRow, command: str) -> None:
    if is_mending(task.token, task.node):
        raise Forbidden(command, say(
            "“{task}” was opened by a bad rating 差评: the department administrator 部门管理员 says what was done about it "
            "(answer_rating)", task=task.name))
