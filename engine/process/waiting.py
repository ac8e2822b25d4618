"""What a run stands still for, and what is said of it when a command has been given.

What every command has in common: finding the open wait it is for, and telling afterwards which waits opened and ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.errors import AlreadyDecided, InvalidInput, NotFound
from engine.process.codec import save
from engine.process.step import Step, Wait, WaitKind
from engine.sentences import listed, say

if TYPE_CHECKING:
    from engine.process.compile import Program
    from engine.process.run import Run
    from engine.process.token import Token


def open_wait(run: Run, wait_id: int, *kinds: WaitKind) -> Token:
    """The token of an open wait. Raises NotFound, AlreadyDecided when it is over, InvalidInput when it is of another
    kind."""
    token = run.tasks.get(wait_id)
    if token is None or token.task_spec.waits_for(token) is None:
        if token is None and isinstance(wait_id, int) and 0 < wait_id <= run.last:
            raise AlreadyDecided(str(wait_id), "it is over, or was never something to wait for")
        raise NotFound("wait", str(wait_id))
    kind = token.task_spec.wait_kind
    if kind is not None and kind not in kinds:
        raise InvalidInput("wait_id", say(
            "{wait} is a {kind}, expected a {kinds}", wait=wait_id, kind=kind, kinds=listed(kinds, " or ")))
    return token


def settled(program: Program, run: Run) -> Step:
    """Let everything automatic run, and say what has become of it."""
    run.settle()
    before, opened, waiting = run.before, [], 0
    for token in run.tasks.values():
        if token.task_spec.waits_for(token) is not None:
            waiting += 1
            if token.id > before:
                opened.append(wait_of(token))
    own = run.top.own
    assert own is not None
    return Step(state=save(program, run), opened=tuple(opened), ended=tuple(run.ended), passed=tuple(run.passed),
                is_completed=run.is_completed, end=run.top.end, variables=own, waiting=waiting)


def wait_of(token: Token) -> Wait:
    """The wait a token stands for."""
    spec, node = token.task_spec, token.task_spec.node
    instance = _instance_of(token)
    kind = spec.wait_kind
    assert kind is not None
    is_timer = kind is WaitKind.TIMER
    return Wait(
        id=token.id, kind=kind, node=node.id, name=node.name, event=_awaited(spec),
        timer=spec.timer(token) if is_timer else None,
        remaining=token.memory[1] if is_timer and token.memory is not None else 1, host=node.attached_to,
        interrupting=node.interrupting, index=None if instance is None else instance.index,
        item=None if instance is None else _item(instance), scope=token.workflow.path)


def _awaited(spec: Any) -> str | None:
    """The event's name, a connector's topic, or the process that is not there; None for other waits."""
    match spec.wait_kind:
        case WaitKind.MESSAGE | WaitKind.SIGNAL:
            return spec.event_name
        case WaitKind.CONNECTOR:
            return spec.node.topic
        case WaitKind.CALL:
            return spec.node.called
    return None


def _instance_of(token: Token) -> Token | None:
    """The multi-instance instance a token is, or lies in; None outside of any."""
    at: Token | None = token
    while at is not None and at.index is None:
        at = at.workflow.host
    return at


def _item(instance: Token) -> object:
    loop = instance.task_spec.loop
    return None if loop is None else loop.item(instance)
