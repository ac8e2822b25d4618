"""加签 and 减签: who signs beside the others of a countersigned task. What is enough then, the diagram says (all, one, a
share)."""

from __future__ import annotations

from sqlalchemy import Connection

from engine import events, sending_back, tasking
from engine.errors import Forbidden
from engine.process import kernel, signers
from engine.process.step import Wait
from engine.sentences import say
from engine.side_tasks import is_beside
from services.acting import Stepped, TaskCommand, admitted, resume_at, saved
from services.chapter import Chapter
from services.office import Office
from services.store.rows import TaskRow


def add(connection: Connection, office: Office, command: TaskCommand, *, signer: str, reason: str) -> Stepped:
    """加签: one more signature is wanted. Raises NotFound, Stale, AlreadyDecided, Forbidden, InvalidInput."""
    chapter, task = _held(connection, office, command)
    name, why = sending_back.signer(signer, reason)
    step = signers.add_instance(chapter.deployment.program, chapter.tokens, task.token, name)
    chapter.tell(events.SignerAdded(token=task.token, signer=name, reason=why))
    chapter.advance(step)
    return saved(chapter)


def drop(connection: Connection, office: Office, command: TaskCommand, *, reason: str) -> Stepped:
    """减签: this signature is not wanted any more. Raises as `add`."""
    chapter, task = _held(connection, office, command, by_colleague=True)
    wait = _wait(chapter, task)
    name, why = sending_back.signer(wait.item if isinstance(wait.item, str) else str(wait.index), reason)
    step = signers.drop_instance(chapter.deployment.program, chapter.tokens, task.token)
    chapter.tell(events.SignerDropped(token=task.token, signer=name, reason=why))
    chapter.advance(step)
    return saved(chapter)


def _held(
    connection: Connection, office: Office, command: TaskCommand, *, by_colleague: bool = False,
) -> tuple[Chapter, TaskRow]:
    """A signature whoever gives the command has, or may have; another's is dropped by a colleague of the same role."""
    chapter, task = resume_at(connection, office, command)
    if is_beside(task.token):
        raise Forbidden("sign", say(
            "“{task}” was asked for beside the diagram and is no signature: answer it, or recall it", task=task.name))
    tasking.goes_on(chapter.case, task, "sign")
    actor = admitted(chapter, task, command.by, command="sign")
    if not by_colleague:
        tasking.may_complete(task, actor)
    return chapter, task


def _wait(chapter: Chapter, task: TaskRow) -> Wait:
    return next(wait for wait in kernel.waits(chapter.deployment.program, chapter.tokens) if wait.id == task.token)
