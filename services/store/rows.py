"""The shapes that cross the store's door: rows read, and the rows a step changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from engine.events import Recorded
from engine.queues import RESULT_ACTS


class CaseRow(NamedTuple):
    """A case as stored. `id` 0: not stored yet. `head`: hash of its last fact. `fold`: the case value, MessagePack. `parent`:
    the number of the bundle it belongs to, `parent_token`: what that one knows it by; None for a case that is no child.
    `awaits`: the queue of a case that no diagram moves any more, "" for all others. `applicant_name`, `credit_code`: by which
    it is searched for, "" where its data does not say."""

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
    park: str
    department: str
    project: str
    applicant: str
    parent: str | None
    parent_token: int | None
    seq: int
    head: bytes
    tokens: bytes
    data: bytes
    fold: bytes
    awaits: str = ""
    applicant_name: str = ""
    credit_code: str = ""


class HeldCase(NamedTuple):
    """What is read of a case that is going to be changed, locked until the transaction ends. All else is in its `fold`, and
    at every step each column more has to be described, fetched and turned into a value. `rules`: how often what the office
    rules (calendar, limits, policies) had changed when the case was read."""

    id: int
    number: str
    definition_id: int
    version: int
    tokens: bytes
    data: bytes
    fold: bytes
    rules: int


class TaskRow(NamedTuple):
    """An open task. `outcomes`: JSON ``[[key, label], …]`` in the order drawn; empty list when it has none. `unit`: the
    department or park whose people may do it, "" for nobody's in particular. `assignee`: who has it, None while nobody has
    claimed it; `owner`: who has delegated it and gets it back, None when nobody has. `host`: the task beside which a person
    has asked for it (`engine.side_tasks`), None for one that the diagram draws."""

    case_id: int
    token: int
    node: str
    name: str
    act: str
    role: str | None
    form: str | None
    outcomes: str
    opened_at: datetime
    unit: str = ""
    assignee: str | None = None
    owner: str | None = None
    host: int | None = None


class Pressed(NamedTuple):
    """What a task's queue depends on, whatever the hour (`engine.queues`)."""

    phase: str
    warns_at: datetime
    late_at: datetime


class PlacedTask(NamedTuple):
    """An open task as it is stored: a `TaskRow`, and what of its case it is looked for by. `department`: its unit, or else
    that of the case."""

    case_id: int
    token: int
    node: str
    name: str
    act: str
    role: str | None
    form: str | None
    outcomes: str
    opened_at: datetime
    unit: str
    assignee: str | None
    owner: str | None
    host: int | None
    park: str
    department: str
    process: str
    phase: str
    warns_at: datetime
    late_at: datetime


class Standing(NamedTuple):
    """What a case's tasks are looked for by: those of its result 制证、送达 and all others are pressed by different limits."""

    park: str
    department: str
    process: str
    result: Pressed
    other: Pressed

    def pressed(self, act: str) -> Pressed:
        """Of a task, by what is done there."""
        return self.result if act in RESULT_ACTS else self.other

    def placed(self, task: TaskRow) -> PlacedTask:
        """A task of the case as it is stored."""
        return PlacedTask(*task, self.park, task.unit or self.department, self.process, *self.pressed(task.act))


class TimerRow(NamedTuple):
    """A pending timer. `kind`: date, duration or cycle. `firing`: number of the next firing."""

    case_id: int
    token: int
    node: str
    kind: str
    firing: int
    opened_at: datetime
    due_at: datetime | None


class ClockRow(NamedTuple):
    """A running clock. `clock`: its name in the case. `due`: a date or a minute, None while stopped. `rings_at`: when
    something has to be done about it next, None: nothing."""

    case_id: int
    clock: str
    kind: str
    node: str
    process: str
    park: str
    department: str
    amount: int
    unit: str
    since_on: str
    due: str | None
    lapses_at: datetime | None
    is_provisional: bool
    has_lapsed: bool
    version: int
    law: int
    rings_at: datetime | None


class Counted(NamedTuple):
    """What the lamps of equal clocks depend on; the board keeps how many there are. `due` "": stopped."""

    process: str
    park: str
    department: str
    kind: str
    amount: int
    unit: str
    due: str
    is_provisional: bool


class CardRow(NamedTuple):
    """An issued card. `seq`: number of the fact that issued it."""

    case_id: int
    seq: int
    colour: str
    rule: str
    clock: str
    process: str
    park: str
    department: str
    holder: str
    scheduled_at: datetime
    issued_at: datetime
    state: str


class OrderRow(NamedTuple):
    """A supervision order. `seq`: number of the fact that issued it."""

    case_id: int
    seq: int
    text: str
    addressee: str
    issued_by: str
    issued_at: datetime
    due_on: str
    state: str


class RatingRow(NamedTuple):
    """How a case was rated. `seq`: number of its fact. `lapsed_on`: the day by which a bad one should have been answered and
    was not; `answered_on`: when it was."""

    case_id: int
    seq: int
    level: int
    state: str
    process: str
    park: str
    department: str
    rated_on: str
    lapsed_on: str | None
    answered_on: str | None


class PushRow(NamedTuple):
    """A result pushed to the department that supervises it. `seq`: number of its fact. `received_on`: when it was signed for;
    `lapsed_on`: the day by which it should have been and was not."""

    case_id: int
    seq: int
    department: str
    process: str
    park: str
    result: str
    pushed_on: str
    received_on: str | None
    received_by: str
    lapsed_on: str | None
    findings: int


class NotificationRow(NamedTuple):
    """Somebody told of a fact, number `seq` of the case. `recipient`: a role, or a person of the contact book."""

    case_id: int
    seq: int
    place: int
    recipient: str
    unit: str
    channel: str
    subject: str
    created_at: datetime
    read_at: datetime | None


class MessageRow(NamedTuple):
    """An awaited message or signal."""

    case_id: int
    token: int
    node: str
    name: str


class ExternalTaskRow(NamedTuple):
    """An external task. `system` "": the diagram names none. `takes`: the names of the case's data a
    worker is given, with spaces between. `retries`: how often it may still fail. `due_at`: when a worker may
    take it, which while one has it is when its lock runs out; None: an incident holds it up. `worker`: who has taken it and not
    given it up, "" for nobody; `fence`: how often it was taken. `error`: of its last failure."""

    case_id: int
    token: int
    node: str
    name: str
    topic: str
    system: str
    takes: str
    opened_at: datetime
    retries: int
    due_at: datetime | None
    worker: str = ""
    fence: int = 0
    error: str = ""


class ReentryRow(NamedTuple):
    """What was entered by hand that a system knows already 二次录入. `seq`: number of the fact."""

    case_id: int
    seq: int
    park: str
    system: str
    topic: str
    entered_on: str


class ErrandRow(NamedTuple):
    """What a case asks to have done in another's transaction. `seq`: the number its facts had reached then. `kind`: open,
    report, look or order (`services.asked`). `token`: by which the parent knows the child. `due_at` None: set aside."""

    case_id: int
    seq: int
    place: int
    kind: str
    token: int
    by: str
    created_at: datetime
    due_at: datetime | None


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
    """What a step changes beside the case's own row. `standing`: what its tasks are looked for by; `is_pressed`: whether
    that has changed for tasks the step does not touch. `ended_…`: tokens whose task, timer, message or external task is
    over. `moved`: timer token → its new due instant (None: stands still); `refired`: cycles whose next firing is set.
    `resolved`: incidents, by the number of the fact that raised them. `ended_clocks`: by name; `changed_…` have a row
    already. `counts`: by how much the board's counts change. Cards and orders are new or changed. `errands`: what other
    cases are asked for. Every row's `case_id` is filled in on saving."""

    standing: Standing | None = None
    is_pressed: bool = False
    ended_tasks: list[int] = field(default_factory=list)
    ended_timers: list[int] = field(default_factory=list)
    ended_messages: list[int] = field(default_factory=list)
    ended_externals: list[int] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    changed_tasks: list[TaskRow] = field(default_factory=list)
    timers: list[TimerRow] = field(default_factory=list)
    messages: list[MessageRow] = field(default_factory=list)
    externals: list[ExternalTaskRow] = field(default_factory=list)
    changed_externals: list[ExternalTaskRow] = field(default_factory=list)
    reentries: list[ReentryRow] = field(default_factory=list)
    ended_clocks: list[str] = field(default_factory=list)
    clocks: list[ClockRow] = field(default_factory=list)
    changed_clocks: list[ClockRow] = field(default_factory=list)
    counts: dict[Counted, int] = field(default_factory=dict)
    cards: list[CardRow] = field(default_factory=list)
    changed_cards: list[CardRow] = field(default_factory=list)
    orders: list[OrderRow] = field(default_factory=list)
    changed_orders: list[OrderRow] = field(default_factory=list)
    ratings: list[RatingRow] = field(default_factory=list)
    changed_ratings: list[RatingRow] = field(default_factory=list)
    pushes: list[PushRow] = field(default_factory=list)
    changed_pushes: list[PushRow] = field(default_factory=list)
    notifications: list[NotificationRow] = field(default_factory=list)
    incidents: list[IncidentRow] = field(default_factory=list)
    resolved: list[int] = field(default_factory=list)
    errands: list[ErrandRow] = field(default_factory=list)
    moved: dict[int, datetime | None] = field(default_factory=dict)
    refired: set[int] = field(default_factory=set)
    facts: list[Recorded] = field(default_factory=list)
    leaving: list[Recorded] = field(default_factory=list)
