"""What the kernel says about a state: waits, and what one command did.

A *wait* is a reason why a process instance stands still, with an id that is unique in the instance and never reused (a
counter in the state: no randomness reaches a result).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.definitions.model import Timer


class WaitKind(Enum):
    """What a wait waits for."""

    TASK = "task"  # a person completes it
    TIMER = "timer"  # `fire` when due
    MESSAGE = "message"  # `correlate`
    SIGNAL = "signal"  # `correlate`
    CONNECTOR = "connector"  # a service task: `complete` (or `fail`) when the connector answers
    CALL = "call"  # the called process is a case of its own, or is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One reason to stand still.

    `node`: BPMN id. `name`: the node's name; for messages and signals the event's name is `event`. `timer`: TIMER only,
    with expressions already evaluated to `text`; `remaining`: firings left of a cycle, None without end. `host`: the
    BPMN id of the activity a boundary event is attached to. `interrupting`: firing it ends the host. `index`, `item`:
    multi-instance, 0-based. `scope`: ids of the enclosing sub-processes and call activities, outermost first.
    """

    id: int
    kind: WaitKind
    node: str
    name: str = ""
    event: str | None = None
    timer: Timer | None = None
    remaining: int | None = 1
    host: str | None = None
    interrupting: bool = True
    index: int | None = None
    item: object = None
    scope: tuple[str, ...] = ()


class Ending(Enum):
    """How a wait ended."""

    COMPLETED = "completed"  # completed, fired or correlated by this command
    CANCELLED = "cancelled"  # overtaken: an interrupting event, a terminate end, an event gateway's other branch


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A wait that is over. `is_limit`: a timer drawn with a jb:limit."""

    id: int
    kind: WaitKind
    node: str
    how: Ending
    is_limit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A throw or end event a token went through, in order. `kind`: EventKind value; `event`: name or code."""

    node: str
    kind: str
    event: str | None = None
    is_end: bool = False
    milestone: str | None = None
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one command did: the new state, which waits opened and ended, which events were passed.

    `is_completed`: the instance is over, through an end event of the top process. `end`: the end event of the top process
    reached last, in this step or an earlier one; None before any. `variables`: the instance's variables after the step.
    `waiting`: how many waits are open after the step.
    """

    state: bytes
    opened: tuple[Wait, ...]
    ended: tuple[Ended, ...]
    passed: tuple[Passed, ...]
    is_completed: bool
    end: str | None
    variables: dict[str, object]
    waiting: int
