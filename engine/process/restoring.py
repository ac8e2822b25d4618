"""Taking back (拿回): the state before a task was completed stands again, as if nobody had completed it.

What has not been touched keeps its id. The task taken back, and whatever else its completion had ended, comes back under a
fresh id: an id that has been told to somebody as over never means something open again. Ids go on after the last one given
out, so none is used twice. Where the tokens stand and what the variables are is as before, to the last count in a join.

What this module refuses to know: whether anything has happened since, or has left the house; its caller knows the case's facts.
"""

from __future__ import annotations

from engine.errors import InvalidInput
from engine.process.codec import load, save
from engine.process.compile import Program
from engine.process.run import Run
from engine.process.step import Ending, Step, WaitKind
from engine.process.token import Token
from engine.process.waiting import wait_of
from engine.sentences import say


def restore(program: Program, before: bytes, after: bytes, wait_id: int) -> Step:
    """Undo the completion of the TASK `wait_id`. `before`: the state it was completed in; `after`: the one that came of it, the
    present state. `Step.opened`: what comes back under fresh ids, in the order of the ids it had, so that a timer can keep its
    due instant and a task its assignee; `Step.ended`: what had opened since. Raises InvalidInput
    when `wait_id` is no open TASK of `before` or is still open in `after`, or when `after` cannot have come of `before`."""
    old, new = load(program, before), load(program, after)
    token = old.tasks.get(wait_id)
    if token is None or token.task_spec.waits_for(token) is not WaitKind.TASK:
        raise InvalidInput("wait_id", say(
            "{wait} was no open task in the state before: expected the task to take back", wait=wait_id))
    if wait_id in new.tasks:
        raise InvalidInput("wait_id", say("task {wait} has not been completed: there is nothing to take back", wait=wait_id))
    if _is_strange(old, new):
        raise InvalidInput("after", "this state has not come of the one before: expected the one right after the completion")
    _end_what_opened_since(old, new)
    _renumber(old, new)
    back = sorted((each for each in old.tasks.values() if each.id > new.last and _is_wait(each)), key=lambda each: each.id)
    own = old.top.own
    assert own is not None
    return Step(state=save(program, old), opened=tuple(map(wait_of, back)), ended=tuple(old.ended), passed=(),
                is_completed=old.is_completed, end=old.top.end, variables=own, waiting=sum(map(_is_wait, old.tasks.values())))


def _is_strange(old: Run, new: Run) -> bool:
    """Is there a token in the later state, old enough to be in the earlier one and not in it, or on another node there?"""
    if new.last < old.last:
        return True
    for token in new.tasks.values():
        if token.id <= old.last:
            known = old.tasks.get(token.id)
            if known is None or known.task_spec is not token.task_spec:
                return True
    return False


def _end_what_opened_since(old: Run, new: Run) -> None:
    old.before = new.last
    for token in sorted(new.tasks.values(), key=lambda token: token.id):
        kind = token.task_spec.waits_for(token)
        if kind is not None and token.id not in old.tasks:
            old.end(token, kind, Ending.CANCELLED)


def _renumber(old: Run, new: Run) -> None:
    """Fresh ids for what is no longer there, in the order of the old ones. The run is only fit to be saved then."""
    gone = sorted(id for id in old.tasks if id not in new.tasks)
    fresh = {id: new.last + number for number, id in enumerate(gone, 1)}
    for token in old.tasks.values():
        token.id = fresh.get(token.id, token.id)
        token._parent = fresh.get(token._parent, token._parent)
    by_id = {token.id: token for token in old.tasks.values()}
    old.tasks.clear()  # one dictionary is shared by all scopes
    old.tasks.update(by_id)
    old.last = new.last + len(fresh)


def _is_wait(token: Token) -> bool:
    return token.task_spec.waits_for(token) is not None
