"""The shapes that cross the store's door: rows read, and the rows a step changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from engine.events import Recorded


class CaseRow(NamedTuple):
    """A case as stored. `id` 0: not stored yet. `head`: hash of its last fact. `fold`: the case value, MessagePack."""

    id: int
    number: str
    process: str
    definition_id: int
    version: int
    state: str
    standing: str | None
    opened_at: datetime
    accepted_on: str | None
    due_on: str | None
    is_provisional: bool
    concluded_on: str | None
    ended_at: datetime | None
    seq: int
    head: bytes
    tokens: bytes
    data: bytes
    fold: bytes


class HeldCase(NamedTuple):
    """What is read of a case that is going to be changed, locked until the transaction ends. All else is in its `fold`, and
    at every step each column more has to be described, fetched and turned into a value."""

    id: int
    number: str
    definition_id: int
    version: int
    tokens: bytes
    data: bytes
    fold: bytes


class TaskRow(NamedTuple):
    """An open task. `outcomes`: JSON ``[[key, label], …]`` in the order drawn; empty list when it has none."""

    case_id: int
    token: int
    node: str
    name: str
    act: str
    role: str | None
    form: str | None
    outcomes: str
    opened_at: datetime


class TimerRow(NamedTuple):
    """A pending timer. `kind`: the limit's kind, or date, duration, cycle. `firing`: number of the next firing."""

    case_id: int
    token: int
    node: str
    kind: str
    firing: int
    opened_at: datetime
    due_at: datetime | None


class MessageRow(NamedTuple):
    """An awaited message or signal."""

    case_id: int
    token: int
    node: str
    name: str


class AnswerRow(NamedTuple):
    """What a request was told. `fingerprint`: digest of the method, path and body it came with."""

    key: str
    fingerprint: bytes
    status: int
    body: bytes
    at: datetime


class Progress(NamedTuple):
    """How far a case has come: its state, its open tasks, and the incident a command just raised (None: it raised none)."""

    state: str
    tasks: list[TaskRow]
    incident: tuple[str, str] | None


class DefinitionRow(NamedTuple):
    """A deployed definition. `calls`: JSON, called process → definition id."""

    id: int
    process: str
    version: int
    hash: str
    name: str
    file: str
    source: bytes
    calls: bytes
    deployed_at: datetime


class IncidentRow(NamedTuple):
    """An open incident. `seq`: number of the fact that raised it."""

    case_id: int
    seq: int
    token: int | None
    code: str
    node: str
    message: str
    opened_at: datetime


@dataclass(slots=True)
class Rows:
    """What a step changes beside the case's own row. `ended_…`: tokens whose task, timer or message is over. `moved`: timer
    token → its new due instant (None: stands still); `refired`: cycles whose next firing is set. `resolved`: incidents, by the
    number of the fact that raised them. Every row's `case_id` is filled in on saving."""

    ended_tasks: list[int] = field(default_factory=list)
    ended_timers: list[int] = field(default_factory=list)
    ended_messages: list[int] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    timers: list[TimerRow] = field(default_factory=list)
    messages: list[MessageRow] = field(default_factory=list)
    incidents: list[IncidentRow] = field(default_factory=list)
    resolved: list[int] = field(default_factory=list)
    moved: dict[int, datetime | None] = field(default_factory=dict)
    refired: set[int] = field(default_factory=set)
    facts: list[Recorded] = field(default_factory=list)
    leaving: list[Recorded] = field(default_factory=list)
