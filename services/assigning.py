"""Who has a task 认领、指派、转办、委派: commands on one open task, each a fact and the task's row.

Whoever is to have a task is admitted to it as if he did it now: in office, in the role, with free hands (`engine.duties`). The
tokens and the clocks stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from engine import tasking
from engine.events import Fact
from engine.verbs import VERBS
from services import waiting
from services.acting import Stepped, TaskCommand, admitted, require_role, resume_at, saved, signs_once
from services.chapter import Chapter
from services.office import Office
from services.store.rows import TaskRow

ASSIGNERS = frozenset(VERBS["assign"].roles)


def claim(connection: Connection, office: Office, command: TaskCommand) -> Stepped:
    """认领: whoever may do a task takes it. Raises NotFound, Stale, AlreadyDecided, Forbidden, as all commands here do."""
    def fact(chapter: Chapter, task: TaskRow) -> Fact:
        actor = admitted(chapter, task, command.by, command="claim")
        signs_once(chapter, task, actor, "claim")
        return tasking.claim(task, actor)

    return _change(connection, office, command, fact)


def unclaim(connection: Connection, office: Office, command: TaskCommand) -> Stepped:
    """取消认领."""
    return _change(connection, office, command, lambda chapter, task: tasking.unclaim(task, command.by))


def assign(connection: Connection, office: Office, command: TaskCommand, *, person: str) -> Stepped:
    """指派, by whoever administers the department or the park."""
    def fact(chapter: Chapter, task: TaskRow) -> Fact:
        require_role(chapter, command.by, ASSIGNERS, command="assign")
        admitted(chapter, task, person, command="assign")
        return tasking.assign(task, person)

    return _change(connection, office, command, fact)


def transfer(connection: Connection, office: Office, command: TaskCommand, *, person: str, reason: str) -> Stepped:
    """转办: for good."""
    def fact(chapter: Chapter, task: TaskRow) -> Fact:
        _in_charge(chapter, task, command.by, "transfer")
        told = tasking.transfer(task, command.by, person, reason)
        admitted(chapter, task, person, command="transfer")
        return told

    return _change(connection, office, command, fact)


def delegate(connection: Connection, office: Office, command: TaskCommand, *, person: str, reason: str) -> Stepped:
    """委派: another does it; it comes back to whoever delegates. The delegate's hands count, and so do the owner's."""
    def fact(chapter: Chapter, task: TaskRow) -> Fact:
        _in_charge(chapter, task, command.by, "delegate")
        told = tasking.delegate(task, command.by, person, reason)
        admitted(chapter, task, person, command="delegate")
        return told

    return _change(connection, office, command, fact)


def resolve(connection: Connection, office: Office, command: TaskCommand, *, opinion: str) -> Stepped:
    """A delegate gives the task back with what he has come to."""
    def fact(chapter: Chapter, task: TaskRow) -> Fact:
        actor = admitted(chapter, task, command.by, command="resolve")
        return tasking.resolve(task, actor, actor.duty_name, opinion)

    return _change(connection, office, command, fact)


def _change(
    connection: Connection, office: Office, command: TaskCommand, move: Callable[[Chapter, TaskRow], Fact],
) -> Stepped:
    chapter, task = resume_at(connection, office, command)
    fact = move(chapter, task)
    chapter.tell(fact)
    chapter.rows.changed_tasks.append(waiting.held(task, fact))
    return saved(chapter)


def _in_charge(chapter: Chapter, task: TaskRow, by: str, command: str) -> None:
    """Nobody's task is passed on by whoever might claim it."""
    if task.assignee is None:
        admitted(chapter, task, by, command=command)
