"""Facts about external tasks: what a connector or a worker program answered, what it could not, and what people did instead.

Frozen, in the past tense, written down once (`engine.events`). `token`: the number of the service task's wait within its case.
That a try failed and another follows is no fact: only what moved the case, or called a person, is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalTaskCompleted:
    """A worker has answered, with values of declared variables. `worker`: the name it gave when it took the task."""

    token: int
    node: str
    name: str
    topic: str
    worker: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class BpmnErrorThrown:
    """A worker has answered with an error the diagram knows by its `code` (BPMN 2.0 §10.5.1): the token goes the way of the
    error boundary event."""

    token: int
    node: str
    name: str
    topic: str
    code: str
    worker: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReentryAsked:
    """转人工录入: the system is not connected, or a person has said so, and people enter what it would have answered. Which way
    is taken is decided once, when this is told."""

    token: int
    node: str
    name: str
    topic: str
    system: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReentered:
    """二次录入: what a system knows already was entered by hand, in the completion of task `token` just before."""

    token: int
    node: str
    topic: str
    system: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRetried:
    """A person has looked at the incident of fact `raised`, has mended `data` (declared variables), and has it tried again.
    `token`: the wait it held up, None for a clock; `due_at`: when its timer is due now, None when it held up no timer."""

    raised: int
    token: int | None
    reason: str
    data: Mapping[str, object]
    due_at: datetime | None = None
