"""Signers come and go while a task of several is open: 加签 adds one, 减签 takes one away.

What counts from then on is who there is now: all, one, or a share of them. The list variable the signers were read from stays
as it is, so a task that is sent back and begun again asks those on the list.
"""

from __future__ import annotations

from engine.errors import InvalidInput
from engine.process.codec import load
from engine.process.compile import Program
from engine.process.kernel import checked
from engine.process.loops import Loop
from engine.process.run import BUDGET
from engine.process.step import Step, WaitKind
from engine.process.token import Token
from engine.process.waiting import open_wait, settled
from engine.sentences import say


def add_instance(program: Program, state: bytes, wait_id: int, item: object = None, *, budget: int = BUDGET) -> Step:
    """One more signer for the activity of which this open TASK is an instance: `item` joins those it goes through, None where
    it goes through no list. Where one signs after the other the new one is the last. Raises NotFound, AlreadyDecided,
    and InvalidInput for a task that is not of several, an item that still has to sign, or more than MAX_INSTANCES."""
    run = load(program, state, budget)
    token = open_wait(run, wait_id, WaitKind.TASK)
    loop = _loop_of(token)
    if isinstance(item, list | tuple):
        raise InvalidInput("item", say("expected one signer, found {found}", found=f"{item!r:.80}"))
    loop.add(run.tasks[token._parent], checked({"item": item})["item"])
    return settled(program, run)


def drop_instance(program: Program, state: bytes, wait_id: int, *, budget: int = BUDGET) -> Step:
    """This open TASK, an instance of an activity of several, is no longer asked for; when those who have signed are now
    enough, the activity is completed. Raises NotFound, AlreadyDecided, and InvalidInput for a task that is not of several
    or the only signer there is."""
    run = load(program, state, budget)
    token = open_wait(run, wait_id, WaitKind.TASK)
    _loop_of(token).drop(token)
    return settled(program, run)


def signed(program: Program, state: bytes, wait_id: int) -> int:
    """How many have signed the activity of which this open TASK is an instance, since it last began. Raises NotFound,
    AlreadyDecided, and InvalidInput for a task that is not of several."""
    run = load(program, state)
    token = open_wait(run, wait_id, WaitKind.TASK)
    return _loop_of(token).signed(run.tasks[token._parent])


def _loop_of(token: Token) -> Loop:
    loop = token.task_spec.loop
    if token.index is None or loop is None:
        raise InvalidInput("wait_id", say("“{node}” is no task of several signers", node=token.task_spec.bpmn_id))
    return loop
