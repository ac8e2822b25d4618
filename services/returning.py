"""退回, 补办后直送 and 拿回: a case goes back, as far as the diagram and its facts allow, and shown before it is done.

What ends beside it, what has to be done again and which timers begin anew is computed from the diagram and from where the
tokens stand (`engine.process.returning`); what stands in law, from the facts (`engine.sending_back`). The clocks of the case
go on. """

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine import events, sending_back, tasking
from engine.consequences import restarted
from engine.errors import Forbidden, NotFound
from engine.events import Recorded
from engine.process import kernel, restoring, returning
from engine.process.returning import Return
from engine.process.step import WaitKind
from engine.sentences import listed, say, sentence_of
from services import waiting
from services.acting import Command, Stepped, TaskCommand, admitted, resume, resume_at, saved, task_id
from services.chapter import Chapter
from services.folded import fold_of
from services.office import Office
from services.replay import Replay, reopened
from services.store import errands, reading
from services.store.rows import TaskRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A step an open task might be sent back to. `reason`: why it may not, "" when it may. `consequence`: what it does, for the
    people who decide. `ends`: the matters of a bundle whose child cases would be terminated. `done_by`: who did it last, None
    when nobody has."""

    node: str
    name: str
    scope: tuple[str, ...]
    reason: str
    consequence: str = ""
    cancels: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    rearms: tuple[str, ...] = ()
    done_by: str | None = None


def targets(connection: Connection, office: Office, task: str) -> list[Target]:
    """Every step of the process as a target for an open task, legal ones first. Raises NotFound, AlreadyDecided."""
    number, token = task_id(task)
    row = reading.peek_case(connection, number)
    if row is None or not any(each.token == token for each in reading.tasks_of(connection, row.id)):
        raise NotFound("open task", task)
    deployment = office.deployment(connection, row.definition_id)
    history = reading.history(connection, row.id)
    found = [_judged(each, history, _untold(connection, number, each))
             for each in returning.targets(deployment.program, row.tokens, token)]
    found += [Target(node=each.node, name=each.name, scope=each.scope, reason=each.reason)
              for each in returning.barred(deployment.program, row.tokens, token)]
    return sorted(found, key=lambda each: each.reason != "")


def send_back(connection: Connection, office: Office, command: TaskCommand, *, node: str, reason: str) -> Stepped:
    """退回: `node` is done again and everything between. Raises NotFound, Stale, AlreadyDecided, Forbidden, InvalidInput."""
    chapter, task = _held(connection, office, command)
    assert chapter.stored is not None
    tasking.goes_on(chapter.case, task, "send back")
    plan = _legal(chapter, task, node)
    history = reading.history(connection, chapter.stored.id)
    judged = _judged(plan, history, _untold(connection, chapter.case.number, plan))
    if judged.reason:
        raise Forbidden("send back", say(
            "“{step}” is no step to send back to: {reason}", step=judged.name, reason=sentence_of(judged.reason)))
    chapter.tell(sending_back.send_back(task, to=plan.node, scope=plan.scope, reason=reason,
                                        cancelled=[wait.id for wait in plan.cancels], repeats=judged.repeats))
    chapter.advance(returning.send_back(chapter.deployment.program, chapter.tokens, task.token, plan.node, plan.scope))
    return saved(chapter)


def send_straight(connection: Connection, office: Office, command: TaskCommand, *, node: str, reason: str) -> Stepped:
    """补办后直送: whoever did `node` mends it beside the diagram; nothing else moves, and the task that asked waits. Raises as
    `send_back`."""
    chapter, task = _held(connection, office, command)
    assert chapter.stored is not None
    done = sending_back.last_done(reading.history(connection, chapter.stored.id), node)
    if done is None or not isinstance(done.fact, events.TaskCompleted):
        raise Forbidden("send back", say(
            "“{step}” is no step that was done on case {case}", step=node, case=chapter.case.number))
    chapter.tell(sending_back.rework(task, name=done.fact.name, person=done.by, unit=task.unit, reason=reason))
    return saved(chapter)


def take_back(connection: Connection, office: Office, command: TaskCommand, *, reason: str = "") -> Stepped:
    """拿回: undo the completion of a task, within minutes and before anybody acted. Raises NotFound, Stale, Forbidden."""
    number, token = task_id(command.task)
    chapter = resume(connection, office, Command(number=number, by=command.by, now=command.now, version=command.version))
    assert chapter.stored is not None
    history = reading.history(connection, chapter.stored.id)
    completion = next((told for told in history if told.decides == token and isinstance(told.fact, events.TaskCompleted)), None)
    if completion is None:
        raise NotFound("completed task", command.task, "only a completed step of the diagram can be taken back")
    sending_back.take_back(chapter.case, history, completion, by=command.by, now=chapter.now)
    _require_untouched(chapter, completion)
    before = _before(chapter, history, completion)
    step = restoring.restore(chapter.deployment.program, before.tokens, chapter.tokens, token)
    fresh = reopened(chapter.deployment.program, before.tokens, chapter.tokens, step)
    chapter.tell(events.TaskTakenBack(token=token, completion=completion.seq, restored=fresh[token], reason=reason.strip()))
    chapter.data = dict(before.data)
    chapter.close(step)
    _open_again(chapter, before, fresh)
    return saved(chapter)


def _require_untouched(chapter: Chapter, completion: Recorded) -> None:
    """What a worker has begun to do outside nobody undoes here. Raises Forbidden."""
    assert chapter.stored is not None
    for external in reading.externals_of(chapter.connection, chapter.stored.id):
        if external.fence and external.opened_at >= completion.at:
            raise Forbidden("take back", say(
                "a connector has begun “{task}” since; whoever has the case now can send it back 退回", task=external.name))


def _open_again(chapter: Chapter, before: Replay, fresh: Mapping[int, int]) -> None:
    """What comes back is as it was, under its new number: a task is whose it was, a timer is due when it was, and a drawn limit
    counts from when it had begun."""
    assert before.case is not None
    rows = chapter.rows
    rows.tasks += [row._replace(token=fresh[id]) for id, row in before.tasks.items() if id in fresh]
    rows.timers += [row._replace(token=fresh[id]) for id, row in before.timers.items() if id in fresh]
    rows.messages += [row._replace(token=fresh[id]) for id, row in before.messages.items() if id in fresh]
    rows.externals += [row._replace(token=fresh[id]) for id, row in before.externals.items() if id in fresh]
    for token in before.case.by_hand:
        if token in fresh and token in before.tasks:
            chapter.tell(_asked_again(chapter, fresh[token]))
    for clock in before.case.running:
        if clock.token in fresh:
            assert clock.token is not None
            chapter.tell(restarted(clock, fresh[clock.token], chapter.case, chapter.terms))


def _asked_again(chapter: Chapter, token: int) -> events.ReentryAsked:
    """That people do a service task that comes back, as they did before, under its new number."""
    wait = next(each for each in kernel.waits(chapter.deployment.program, chapter.tokens) if each.id == token)
    return waiting.asked_by_hand(wait, chapter.deployment.nodes[wait.scope, wait.node])


def _held(connection: Connection, office: Office, command: TaskCommand) -> tuple[Chapter, TaskRow]:
    """A task that whoever gives the command has, or may have."""
    chapter, task = resume_at(connection, office, command)
    actor = admitted(chapter, task, command.by, command="send back")
    tasking.may_complete(task, actor)
    return chapter, task


def _legal(chapter: Chapter, task: TaskRow, node: str) -> Return:
    """What sending back to a node would do. Raises NotFound, InvalidInput."""
    program = chapter.deployment.program
    found = next((each for each in returning.targets(program, chapter.tokens, task.token) if each.node == node), None)
    if found is None:
        returning.send_back(program, chapter.tokens, task.token, node)  # says why not
        raise NotFound("step", node)
    return found


def _untold(connection: Connection, number: str, plan: Return) -> str:
    """Why a way back may not leave an open child: it is decided, and its errand has not told the parent yet; "" otherwise."""
    for wait in plan.cancels:
        child = errands.child_of(connection, number, wait.id) if wait.kind is WaitKind.CALL else None
        if child is not None and fold_of(child).granted is not None:
            return say("“{wait}” has just been decided in case {case}, which stands",
                       wait=wait.name or wait.node, case=child.number)
    return ""


def _judged(plan: Return, history: list[Recorded], untold: str) -> Target:
    """A step the diagram allows, as the facts have it."""
    done = sending_back.last_done(history, plan.node)
    if done is None:
        return Target(node=plan.node, name=plan.name, scope=plan.scope, reason=say("it was never done on this case"))
    reason = sending_back.stands_between(history, done.seq, plan.milestones, plan.children) or untold
    again = tuple(node for node in plan.repeats if (last := sending_back.last_done(history, node)) and last.seq > done.seq)
    cancels, ends = (tuple(wait.name or wait.node for wait in plan.cancels if wait.kind is kind)
                     for kind in (WaitKind.TASK, WaitKind.CALL))
    return Target(
        node=plan.node, name=plan.name, scope=plan.scope, reason=reason, done_by=done.by, cancels=cancels, repeats=again,
        ends=ends, rearms=plan.rearms, consequence="" if reason else _said(plan, cancels, ends, again, _names(history)))


def _said(
    plan: Return, cancels: tuple[str, ...], ends: tuple[str, ...], again: tuple[str, ...], names: dict[str, str],
) -> str:
    """What sending back does, in a sentence an official reads before he does it."""
    parts = [say("退回至“{step}”", step=plan.name or plan.node)]
    if cancels:
        parts.append(say("同时取消正在办理的{steps}", steps=_quoted(cancels)))
    if ends:
        parts.append(say("同时终止尚未决定的事项办件{cases}", cases=_quoted(ends)))
    if again:
        parts.append(say("已完成的{steps}需重新办理", steps=_quoted(names.get(node, node) for node in again)))
    if plan.rearms:
        parts.append(say("该环节的环节时限重新起算"))
    return listed([*parts, say("办件的法定、承诺时限照常计算")], ";")


def _quoted(names: Iterable[str]) -> str:
    return "、".join(f"“{name}”" for name in names)


def _names(history: list[Recorded]) -> dict[str, str]:
    return {told.fact.node: told.fact.name for told in history if isinstance(told.fact, events.TaskCompleted)}


def _before(chapter: Chapter, history: list[Recorded], completion: Recorded) -> Replay:
    """The case as it stood when the task was completed."""
    replay = Replay(deployment=chapter.deployment, calendar=chapter.office.calendar)
    for told in history[:completion.seq - 1]:
        replay.take(told)
    replay.settle()
    return replay
