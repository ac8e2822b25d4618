"""Who has a task, and whom he asks: a task and a wish become one fact, or a reason why not.

Whoever gets a task has been admitted to it first (`engine.duties.admit`); here it is only decided whether the task can change
hands now. No verb here moves a token, a state of the case or a clock of the office.

::

    open ──claim──► held ──transfer──► held by another
      ▲              │ └──delegate──► done by a delegate ──resolve──► held again by its owner
      └──unclaim─────┘
    held ──consult · inspect · distribute──► held, and a task beside the diagram for each who is asked
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from engine import events
from engine.case import Case
from engine.duties import Actor
from engine.errors import Forbidden, InvalidInput
from engine.events import Fact, Recorded
from engine.moves import required
from engine.sentences import say
from engine.side_tasks import KINDS, Help, is_beside
from engine.stops import StopKind, ground_name

MOST_ASKED = 50
"""People or departments asked at once: a park has a dozen departments, a hundred would be a slip."""


class OpenTask(Protocol):
    """An open task as it is stored. `assignee`: who has it, None: nobody; `owner`: who has delegated it; `host`: beside which
    task it stands, None for one the diagram draws."""

    @property
    def token(self) -> int: ...

    @property
    def node(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> str | None: ...

    @property
    def unit(self) -> str: ...

    @property
    def assignee(self) -> str | None: ...

    @property
    def owner(self) -> str | None: ...

    @property
    def host(self) -> int | None: ...


def claim(task: OpenTask, actor: Actor) -> Fact:
    """认领. Its owner gets a delegated task back; a substitute takes what the absent has. Raises Forbidden."""
    if task.assignee == actor.id:
        raise Forbidden("claim", say("“{task}” is {person}'s already", task=task.name, person=actor.id))
    if task.assignee is not None and actor.id != task.owner and actor.on_behalf != task.assignee:
        raise Forbidden("claim", say(
            "“{task}” is with {assignee}, who can transfer it 转办 or give it up 取消认领; the department administrator "
            "部门管理员 can assign it", task=task.name, assignee=task.assignee))
    return events.TaskClaimed(token=task.token, person=actor.id)


def unclaim(task: OpenTask, by: str) -> Fact:
    """取消认领: everybody of the role may claim it again. Raises Forbidden."""
    _held_by(task, by, "unclaim")
    if task.owner is not None:
        raise Forbidden("unclaim", say(
            "“{task}” was delegated by {owner}: give it back with an opinion (resolve)", task=task.name, owner=task.owner))
    return events.TaskUnclaimed(token=task.token)


def assign(task: OpenTask, person: str) -> Fact:
    """指派, by the department administrator. Raises Forbidden."""
    if task.assignee == person:
        raise Forbidden("assign", say("“{task}” is {person}'s already", task=task.name, person=person))
    return events.TaskAssigned(token=task.token, person=person)


def transfer(task: OpenTask, by: str, person: str, reason: str) -> Fact:
    """转办: for good, with a reason. Raises Forbidden, InvalidInput."""
    _mine_or_free(task, by, "transfer")
    if task.owner is not None:
        raise Forbidden("transfer", say(
            "“{task}” was delegated by {owner} and cannot be passed on: give it back with an opinion (resolve)",
            task=task.name, owner=task.owner))
    _another(task, person, by)
    return events.TaskTransferred(token=task.token, person=person, reason=required("reason", reason))


def delegate(task: OpenTask, by: str, person: str, reason: str) -> Fact:
    """委派: another does it, and its owner answers for it. Raises Forbidden, InvalidInput."""
    _mine_or_free(task, by, "delegate")
    if task.owner is not None:
        raise Forbidden("delegate", say(
            "“{task}” was delegated by {owner} and cannot be delegated further: give it back with an opinion (resolve)",
            task=task.name, owner=task.owner))
    _another(task, person, by)
    return events.TaskDelegated(token=task.token, person=person, owner=by, reason=required("reason", reason))


def resolve(task: OpenTask, actor: Actor, duty: str, opinion: str) -> Fact:
    """What a delegate came to; the task is its owner's again. Raises Forbidden, InvalidInput."""
    _held_by(task, actor.id, "resolve")
    if task.owner is None:
        raise Forbidden("resolve", say("nobody has delegated “{task}”: complete it", task=task.name))
    return events.TaskResolved(token=task.token, opinion=required("opinion", opinion, "an opinion"), duty=duty,
                               natural=actor.natural)


def ask(
    case: Case, task: OpenTask, by: str, *, kind: str, asked: Iterable[tuple[str, str | None]], text: str,
    due_on: date | None, today: date,
) -> list[events.HelpAsked]:
    """征求意见, 联合踏勘, 分送: one task beside the diagram for each (unit, person or None) who is asked. Raises Forbidden,
    InvalidInput."""
    _mine_or_free(task, by, kind)
    found = KINDS.get(kind)
    if found is None or kind == "rework":
        raise InvalidInput("kind", say(
            "expected consult 征求意见, inspection 联合踏勘 or distribution 分送, found “{found}”", found=kind))
    if is_beside(task.token):
        raise Forbidden(kind, say(
            "“{task}” was itself asked for; answer it, and let {department} ask others",
            task=task.name, department=case.department or say("the office")))
    whom = list(dict.fromkeys((unit.strip(), person) for unit, person in asked))
    if not whom or any(not unit and not person for unit, person in whom):
        raise InvalidInput("asked", "name at least one department or person who is asked")
    if len(whom) > MOST_ASKED:
        raise InvalidInput("asked", say("at most {most} can be asked at once, found {count}", most=MOST_ASKED, count=len(whom)))
    if due_on is not None and due_on < today:
        raise InvalidInput("due_on", say("the day {due_on} by which an answer is wanted is over", due_on=due_on))
    wish = required("text", text, "what is asked")
    by_when = due_on.isoformat() if due_on else ""
    return [events.HelpAsked(
        kind=kind, host=task.token, name=_called(found.label, task, unit or person or "", due_on), role=None, unit=unit,
        person=person, text=wish, due_on=by_when, is_awaited=found.is_awaited) for unit, person in whom]


def answer(task: OpenTask, actor: Actor, kind: str, duty: str, opinion: str, data: Mapping[str, object]) -> Fact:
    """What was asked for. Raises Forbidden, InvalidInput."""
    if task.assignee not in (None, actor.id, actor.on_behalf):
        raise Forbidden("answer", say("“{task}” is with {assignee}", task=task.name, assignee=task.assignee))
    return events.HelpGiven(token=task.token, kind=kind, opinion=required("opinion", opinion, "an opinion"), data=data,
                            duty=duty, natural=actor.natural)


def recall(case: Case, task: OpenTask, host: OpenTask | None, by: str, reason: str) -> Fact:
    """Whoever has the task that asked does not want the answer any more. Raises Forbidden, InvalidInput."""
    if not is_beside(task.token):
        raise Forbidden("recall", say("“{task}” is drawn in the diagram and was asked for by nobody", task=task.name))
    if host is not None:
        _mine_or_free(host, by, "recall")
    return events.HelpRecalled(token=task.token, reason=required("reason", reason))


def nothing_awaited(case: Case, task: OpenTask, command: str) -> None:
    """A task that waits for an answer cannot be done. Raises Forbidden."""
    awaited = [each for each in case.helps if each.host == task.token and each.is_awaited]
    if awaited:
        raise Forbidden(command, say(
            "“{task}” waits for {awaited}: let it be answered, or recall it", task=task.name, awaited=_listed(awaited)))


def copy(to: Iterable[str], text: str) -> events.CaseCopied:
    """抄送. Raises InvalidInput."""
    names = tuple(dict.fromkeys(each.strip() for each in to if each.strip()))
    if not names or len(names) > MOST_ASKED:
        raise InvalidInput("to", say(
            "name 1 to {most} people, departments or roles who may read it, found {count}", most=MOST_ASKED, count=len(names)))
    return events.CaseCopied(to=names, text=text.strip())


def may_complete(task: OpenTask, actor: Actor) -> None:
    """A task is done by whoever has it; by anybody of its role while nobody has. Raises Forbidden."""
    if task.owner is not None and task.owner != actor.id:
        raise Forbidden("complete", say(
            "“{task}” is {owner}'s, who delegated it 委派: give it back with an opinion (resolve), and {owner} completes it",
            task=task.name, owner=task.owner))
    if task.assignee not in (None, actor.id, actor.on_behalf) and task.owner != actor.id:
        raise Forbidden("complete", say(
            "“{task}” is with {assignee}, who completes it, transfers it 转办 or gives it up 取消认领",
            task=task.name, assignee=task.assignee))


def goes_on(case: Case, task: OpenTask, command: str) -> None:
    """A special procedure and a hold stop the work too; a pause and the drawing examiner only the office's clock. Supervisors
    are never stopped. Raises Forbidden."""
    if task.role == "supervisor":
        return
    for stop in case.open_stops:
        if stop.kind in (StopKind.SPECIAL, StopKind.HOLD):
            raise Forbidden(command, say(
                "case {case} stands still: {name} ({kind}, {document}) since {start}; whoever handles it ends that first "
                "(resume)",
                case=case.number, name=ground_name(stop.ground), kind=stop.ground, document=stop.document, start=stop.start))


def signs_once(task: OpenTask, actor: Actor, history: Iterable[Recorded], count: int, command: str) -> None:
    """会签: each signature is another natural person's, whichever account gives it. `count`: so many have signed since the task
    began; they are the last of those who have completed one of its name and have not taken it back. Raises Forbidden."""
    signed: dict[int, tuple[str, ...]] = {}
    for told in history:
        match fact := told.fact:
            case events.TaskCompleted() if fact.node == task.node:
                signed[told.seq] = fact.natural or (told.by,)
            case events.TaskTakenBack():
                signed.pop(fact.completion, None)
    since = list(signed.values())[max(0, len(signed) - count):]
    if again := next((person for names in since for person in names if person in actor.natural), None):
        raise Forbidden(command, say(
            "{again} has signed already; “{task}” is signed by another natural person (会签): let a colleague sign it, or "
            "drop the signature 减签", again=again, task=task.name))


def _held_by(task: OpenTask, by: str, command: str) -> None:
    if task.assignee != by:
        raise Forbidden(command, say(
            "“{task}” is with {assignee}, not with {by}", task=task.name, assignee=task.assignee, by=by) if task.assignee
            else say("“{task}” is nobody's: claim it first, not with {by}", task=task.name, by=by))


def _mine_or_free(task: OpenTask, by: str, command: str) -> None:
    if task.assignee not in (None, by):
        raise Forbidden(command, say(
            "“{task}” is with {assignee}, not with {by}", task=task.name, assignee=task.assignee, by=by))


def _another(task: OpenTask, person: str, by: str) -> None:
    if not person.strip():
        raise InvalidInput("person", "name whoever is to have the task")
    if person in (by, task.assignee):
        raise InvalidInput("person", say("“{task}” is {person}'s already: name another", task=task.name, person=person))


def _called(label: str, task: OpenTask, whom: str, due_on: date | None) -> str:
    by = f",{due_on.isoformat()}前" if due_on else ""
    return f"{label}({task.name} · {whom}{by})"[:500]


def _listed(helps: Iterable[Help]) -> str:
    return "、".join(f"{KINDS[each.kind].label} {each.token}" for each in helps)
