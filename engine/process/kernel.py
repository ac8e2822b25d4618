"""The process kernel: a state and a command in, a new state and what happened out.

What it is: the only door to SpiffWorkflow, which moves the tokens. Every function takes the bytes of a state, makes the
living tokens from them, gives the command to one of them, lets everything automatic run, and returns a `Step` with the
bytes of the new state. Nothing is kept between calls, nothing reads a clock, draws a random number or knows a person.

A wait's life::

    (opened) ──complete / correlate / fire──▶ completed        its successors open in the same step
        │  └──interrupting event, terminate, gateway's other branch, cancel, move──▶ cancelled
        └──a cycle with firings left, or a non-interrupting message or signal: stays open, its path begins beside it

What can go wrong, and what is then true: a *Refusal* (no such wait, wrong kind of wait, bad data) and an *Incident* (no
condition holds, a variable is missing, an error nobody catches, the step budget) leave the state given in as it was: the
bytes are never changed, the tokens made from them are thrown away. *StateCorrupt*: the bytes are not a state of this program.

Variables belong to the process instance (BPMN 2.0 §10.4): flat scalars and lists of scalars, so no branch loses another's.
The variable named like a user task holds its last outcome; whoever completes the task passes it in `data`.

Commands that are an idea of their own have a room beside this one: `returning` 退回, `signers` 加签 and 减签, `restoring` 拿回.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from engine.definitions.model import EventKind, NodeKind
from engine.errors import InvalidInput, NotFound
from engine.process.codec import load
from engine.process.compile import Program
from engine.process.events import BoundarySpec, awaits, boundary_for, catcher, holder, uncaught
from engine.process.gateways import ParallelSpec
from engine.process.instance import Instance
from engine.process.reach import ahead, branch_of
from engine.process.run import BUDGET, Run
from engine.process.step import Step, Wait, WaitKind
from engine.process.token import Token
from engine.process.waiting import open_wait, settled, wait_of
from engine.sentences import say

_NOTHING: Mapping[str, object] = {}
_LARGEST = 2**63


def start(program: Program, data: Mapping[str, object] = _NOTHING, *, budget: int = BUDGET) -> Step:
    """Begin an instance of the program's process. Raises InvalidInput and Incident."""
    run = Run(budget=budget)
    top = Instance(program.scope, run, None, {**program.defaults, **checked(data)})
    program.scope.begin(top)
    return settled(program, run)


def complete(
    program: Program, state: bytes, wait_id: int, data: Mapping[str, object] = _NOTHING, *, budget: int = BUDGET,
) -> Step:
    """A person has done a TASK, a connector has answered, or the child case of a CALL has come out. A CALL whose process is not
    there is nobody's to complete. Raises Refusal and Incident."""
    run = load(program, state, budget)
    token = open_wait(run, wait_id, WaitKind.TASK, WaitKind.CONNECTOR, WaitKind.CALL)
    if token.task_spec.wait_kind is WaitKind.CALL and token.task_spec.node.child is None:
        raise InvalidInput("wait_id", say(
            "{wait} waits for the process “{called}”, which is not there", wait=wait_id, called=token.task_spec.node.called))
    _check_vote(token, data)
    if data:
        token.workflow.store(checked(data))
    token.complete()
    return settled(program, run)


def correlate(
    program: Program, state: bytes, event_name: str, data: Mapping[str, object] = _NOTHING, wait_id: int | None = None,
    *, budget: int = BUDGET,
) -> Step:
    """A message or signal of this name has come. A message goes to one wait: `wait_id` says which when several await it; a
    signal without `wait_id` goes to all. Raises NotFound when nobody awaits it, InvalidInput when it must be said who."""
    run = load(program, state, budget)
    receivers = _receivers(run, event_name, wait_id)
    values = checked(data)
    for token in receivers:
        if token.id in run.tasks:
            token.workflow.store(values)
            token.task_spec.happen(token)
    return settled(program, run)


def fire(program: Program, state: bytes, wait_id: int, *, budget: int = BUDGET) -> Step:
    """A TIMER is due. Raises Refusal and Incident."""
    run = load(program, state, budget)
    token = open_wait(run, wait_id, WaitKind.TIMER)
    token.task_spec.happen(token)
    return settled(program, run)


def fail(
    program: Program, state: bytes, wait_id: int, code: str, data: Mapping[str, object] = _NOTHING,
    *, budget: int = BUDGET,
) -> Step:
    """A BPMN error is raised in a TASK or CONNECTOR wait. The nearest boundary error event for the code catches it: the
    activity's own first, then those around it. Raises Incident when there is none."""
    run = load(program, state, budget)
    token = open_wait(run, wait_id, WaitKind.TASK, WaitKind.CONNECTOR)
    token.workflow.store(checked(data))
    host = holder(token)
    own = boundary_for(host, EventKind.ERROR, code)
    found = (own, host) if own is not None else catcher(token.workflow, EventKind.ERROR, code)
    if found is None:
        raise uncaught(token.task_spec.bpmn_id, code)
    found[0].catch(found[1])
    return settled(program, run)


def assign(program: Program, state: bytes, wait_id: int, data: Mapping[str, object]) -> Step:
    """Somebody has mended values of the process instance in which something is waited for; no token moves. Raises Refusal."""
    run = load(program, state)
    open_wait(run, wait_id, *WaitKind).workflow.store(checked(data))
    return settled(program, run)


def cancel(program: Program, state: bytes) -> Step:
    """Everything ends; the instance is not complete, since no end event was reached."""
    run = load(program, state)
    run.top.is_closed = True
    run.top.cancel_all()
    return settled(program, run)


def move(program: Program, state: bytes, wait_id: int, node: str, *, budget: int = BUDGET) -> Step:
    """Take the token of an open TASK to another node of the same scope, forward or back, with nothing in between done.
    Refused (InvalidInput) into or out of a branch of a split or a path beside an activity, onto a join, a start or a
    boundary event, and for one of several instances; NotFound for a node that is not there."""
    run = load(program, state, budget)
    token = open_wait(run, wait_id, WaitKind.TASK, WaitKind.CONNECTOR, WaitKind.CALL)
    target = token.workflow.spec.nodes.get(node)
    if target is None:
        raise NotFound("node", node, say("not in the same process or sub-process as “{node}”", node=token.task_spec.bpmn_id))
    if token.index is not None:
        raise InvalidInput("node", "one of several instances cannot be moved by itself")
    if isinstance(target, BoundarySpec) or target.node.kind is NodeKind.START_EVENT or (
            isinstance(target, ParallelSpec) and target.incoming > 1):
        raise InvalidInput("node", say(
            "“{node}” is a join, a start or a boundary event: move to what comes after it", node=node))
    if branch_of(token.workflow.spec, token.task_spec) != branch_of(token.workflow.spec, target):
        raise InvalidInput("node", say(
            "“{node}” lies in another branch than “{other}”", node=node, other=token.task_spec.bpmn_id))
    token.cancel()
    target.arrive(token.workflow, None)
    return settled(program, run)


def waits(program: Program, state: bytes) -> tuple[Wait, ...]:
    """Every reason why the instance stands still, by id."""
    run = load(program, state)
    return tuple(wait_of(token) for token in sorted(run.tasks.values(), key=lambda token: int(token.id))
                 if token.task_spec.waits_for(token) is not None)


def coming(program: Program, state: bytes, wait_id: int) -> frozenset[str]:
    """The nodes the instance can still come to while this wait stays open. Raises NotFound, AlreadyDecided."""
    run = load(program, state)
    own = open_wait(run, wait_id, *WaitKind)
    around = {own.id}
    at: Token | None = own
    while (at := at.workflow.host if at is not None else None) is not None:
        around.add(at.id)
    return ahead(token.task_spec for token in run.tasks.values() if token.id not in around)


def checked(data: Mapping[str, object]) -> dict[str, Any]:
    """Data as the state can hold it: scalars and lists of scalars. Raises InvalidInput naming the field."""
    return {_name(name): _value(name, value) for name, value in data.items()}


def _check_vote(token: Token, data: Mapping[str, object]) -> None:
    """Where outcomes are counted (票签) each completion needs one: the one that is there is another's. Raises InvalidInput."""
    loop, name = token.task_spec.loop, token.task_spec.bpmn_id
    if loop is not None and loop.agree is not None and not isinstance(data.get(name), str):
        raise InvalidInput(f"data.{name}", say("outcomes are counted here: expected one, such as “{agree}”", agree=loop.agree))


def _receivers(run: Run, event_name: str, wait_id: int | None) -> list[Token]:
    found = [token for token in run.tasks.values()
             if awaits(token, WaitKind.MESSAGE, event_name) or awaits(token, WaitKind.SIGNAL, event_name)]
    if wait_id is not None:
        open_wait(run, wait_id, WaitKind.MESSAGE, WaitKind.SIGNAL)
        found = [token for token in found if token.id == wait_id]
    if not found:
        raise NotFound("awaited event", event_name)
    messages = [token for token in found if token.task_spec.wait_kind is WaitKind.MESSAGE]
    if len(messages) > 1:
        waiting = tuple(token.id for token in messages)
        raise InvalidInput("wait_id", say(
            "several await the message “{event}”: say which of {waiting}", event=event_name, waiting=waiting))
    return found


def _name(name: object) -> str:
    if not isinstance(name, str) or not name or not _is_text(name):
        raise InvalidInput("data", say("a variable's name must be a text, found {found}", found=f"{name!r:.80}"))
    return name


def _value(name: str, value: object) -> Any:
    if type(value) is list or type(value) is tuple:
        return [_scalar(name, item) for item in value]
    return _scalar(name, value)


def _scalar(name: str, value: object) -> object:
    """One value. Raises InvalidInput for what neither the state nor an expression can hold."""
    match value:
        case None | bool():
            return value
        case str() if _is_text(value):
            return str(value)
        case int() if -_LARGEST <= value < _LARGEST:
            return int(value)
        case float() if isfinite(value):
            return float(value)
    raise InvalidInput(f"data.{name}", say(
        "expected a text, a number, true, false, null or a list of them, found {found}", found=f"{value!r:.80}"))


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True
