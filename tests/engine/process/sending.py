"""Sending cases back in tests: to a state, what may be done there, and doing it."""

from collections.abc import Mapping

from engine.process import kernel
from engine.process.compile import Program
from engine.process.returning import Return, barred, send_back, targets
from engine.process.step import Step
from tests.engine.process.drawing import done, wait_at


def at(process: Program, *nodes: str, **data: object) -> Step:
    """The state in which these tasks have been completed, begun with these data."""
    return done(process, kernel.start(process, data), *nodes)


def legal(process: Program, step: Step, task: str) -> Mapping[str, Return]:
    """Where a task may be sent back to, by node."""
    return {each.node: each for each in targets(process, step.state, wait_at(process, step, task).id)}


def reasons(process: Program, step: Step, task: str) -> Mapping[str, str]:
    """Why it may not be sent back to the other nodes."""
    return {each.node: each.reason for each in barred(process, step.state, wait_at(process, step, task).id)}


def sent(process: Program, step: Step, task: str, node: str, scope: tuple[str, ...] | None = None) -> Step:
    """The oldest open wait at a task is sent back."""
    return send_back(process, step.state, wait_at(process, step, task).id, node, scope)


def ended(step: Step) -> list[str]:
    """The nodes at which waits have ended."""
    return sorted(each.node for each in step.ended)
