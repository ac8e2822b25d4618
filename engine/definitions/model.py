"""An executable definition as values: what a diagram means, with nothing of how it was drawn or who drew it.

`read`, `dialects` and `check` make these values from a file; `engine.process.compile` turns them into a runnable program.
Order is meaning only where the file's own element order is: outgoing flows keep document order, never the drawing's
coordinates. Everything here is hashable-by-content through `Definition.hash`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from engine.limits import Limit


class NodeKind(Enum):
    """What a flow node does when a token arrives (BPMN 2.0 §10, §13)."""

    START_EVENT = "start_event"
    END_EVENT = "end_event"
    USER_TASK = "user_task"  # waits for a person; also manual tasks and tasks of no type
    SERVICE_TASK = "service_task"  # waits for a connector (topic); also send and business rule tasks of other engines
    CATCH_EVENT = "catch_event"  # intermediate catch, and receive tasks
    THROW_EVENT = "throw_event"  # intermediate throw, including none events and message-only send tasks
    BOUNDARY_EVENT = "boundary_event"
    EXCLUSIVE_GATEWAY = "exclusive_gateway"
    PARALLEL_GATEWAY = "parallel_gateway"
    INCLUSIVE_GATEWAY = "inclusive_gateway"
    EVENT_GATEWAY = "event_gateway"
    SUBPROCESS = "subprocess"  # embedded
    CALL_ACTIVITY = "call_activity"


class EventKind(Enum):
    """The event definition of an event node."""

    NONE = "none"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    TERMINATE = "terminate"


class TimerKind(Enum):
    """How a timer says when it is due."""

    DATE = "date"  # ISO 8601 instant
    DURATION = "duration"  # ISO 8601 duration from the moment the wait opens
    CYCLE = "cycle"  # ISO 8601 repeating interval Rn/PT…; n absent means for ever
    LIMIT = "limit"  # jb:limit: counted by engine.limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """When a timer event is due. Either `text` (ISO literal), `expression` (CEL giving ISO text) or `limit` is set.

    `repetitions`: number of firings of a CYCLE; None means without end. 1 for the other kinds.
    """

    kind: TimerKind
    text: str | None = None
    expression: str | None = None
    limit: Limit | None = None
    repetitions: int | None = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event definition. `name`: message or signal name, error or escalation code; None catches any code."""

    kind: EventKind
    name: str | None = None
    timer: Timer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way a person can complete a task."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Who does what at a user task (jb:work). `form`: file name under bpmn/forms/, None means no form."""

    act: str = "other"  # receive | verify | accept | review | decide | certify | hand_over | inspect | other
    role: str | None = None
    form: str | None = None
    outcomes: tuple[Outcome, ...] = ()


SIGNER = "signer"
"""The variable that holds whose signature a countersigned task is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whose the tasks of a lane are (jb:party): the `name` of a party that the empowerment list answers for each case
    (`engine.routing.PARTIES`), or else a fixed `unit`; the other is ""."""

    name: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """Several instances of one activity.

    `cardinality` (CEL, integer) or `collection` (variable name holding a list) gives the number; `element` names the
    variable that holds the instance's item (or its index, when there is no collection); `completion` (CEL) ends the rest
    early and may read nrOfInstances, nrOfCompletedInstances, nrOfActiveInstances. `agree`: the outcome with which a completion
    counts as one; the activity then ends early as well when the condition can hold no more. None: every completion counts.
    """

    sequential: bool
    cardinality: str | None = None
    collection: str | None = None
    element: str | None = None
    completion: str | None = None
    agree: str | None = None

    @property
    def is_countersigned(self) -> bool:
        """Is it a countersigning (jb:countersign), whose signatures are those of different natural persons?"""
        return self.agree is not None or self.element == SIGNER


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLoop:
    """BPMN standardLoopCharacteristics: repeat while `condition` (CEL) holds, at most `maximum` times."""

    condition: str | None
    maximum: int | None
    test_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow. `condition` is CEL or None; ids are always present (made up deterministically where absent)."""

    id: str
    source: str
    target: str
    condition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildCase:
    """What a call activity says of the child case it opens (jb:case mode="child").

    `optional`: the applicant may leave it out or withdraw it alone. `after`: ids of call activities whose children have to be
    granted before this one may be decided; its own id means the instance before it. `result`: the variable that receives how
    the child came out, one of `RESULTS`. `gives`: what of the child's data becomes the parent's.
    """

    result: str
    optional: bool = False
    after: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """What a service task says of its external task besides the topic (jb:connector).

    `system`: the system that answers; where it is not connected, people of the `role` enter by hand what it would have answered
    二次录入. `takes`: the names of the case's data a worker is given; `gives`: the variables it may answer with, () for all the
    diagram declares. `retries`: how often it is tried before a person has to look, None for the office's own number.
    """

    system: str = ""
    role: str | None = None
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    retries: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A flow node. Only the fields of its kind are set.

    `milestone`: what passing this event (throw or end) means for the case, see `MILESTONES`. `called`: process id of a call
    activity; `child`: the case it opens, None when it runs within this one. `topic`: of a service task; `connector`: what
    else it says, None when that is nothing. `default`: id of the default flow of a gateway. `attached_to` and `interrupting`:
    boundary events. `body`: embedded sub-process. `party`: what its lane is said to be, of a task; None when nothing is said.
    `line`: 1-based, for messages only. """

    id: str
    kind: NodeKind
    name: str = ""
    lane: str | None = None
    event: Event | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default: str | None = None
    loop: MultiInstance | StandardLoop | None = None
    body: Scope | None = None
    called: str | None = None
    child: ChildCase | None = None
    topic: str | None = None
    connector: Connector | None = None
    work: Work | None = None
    milestone: str | None = None
    party: Party | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The nodes and flows of one process or embedded sub-process, in document order."""

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]

    def every_node(self) -> Iterator[Node]:
        """Its nodes and those of its sub-processes."""
        for node in self.nodes:
            yield node
            if node.body is not None:
                yield from node.body.every_node()


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One executable process. `limits`: the jb:limits on the process. `variables`: declared name → type
    (string | int | double | bool | list | any). `defaults`: values a case starts with where none is given. `form`: the
    start form under bpmn/forms/, None means that only the declared variables may be given. `department`: whose matter it is;
    `system`: the platform it runs on, whose closures count; "" for none. `situation`: the field of a case that says in which
    situation 业务情形 it is, "" for the field of that name. `stopped_by`: whether the clock of a bundle stands still while all
    of its open mandatory children are stopped, or any."""

    id: str
    name: str
    scope: Scope
    matter: str | None = None
    department: str = ""
    system: str = ""
    situation: str = ""
    stopped_by: str = "all"  # all | any
    limits: tuple[Limit, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    form: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A checked file. `primary` is the id of the process a case runs; the others may be called by it.

    `hash` is SHA-256 (hex) over the canonical meaning: equal meaning, equal hash, however it is drawn.
    """

    primary: str
    processes: Mapping[str, Process]
    hash: str

    @property
    def process(self) -> Process:
        """The process a case of this definition runs."""
        return self.processes[self.primary]

    @property
    def calls(self) -> frozenset[str]:
        """The processes it calls that are not its own, and that run within its cases."""
        called = {node.called for node in self._nodes() if node.called and node.child is None}
        return frozenset(called - set(self.processes))

    @property
    def opens(self) -> frozenset[str]:
        """The processes of the child cases it opens."""
        return frozenset(node.called for node in self._nodes() if node.called and node.child is not None)

    def _nodes(self) -> Iterator[Node]:
        for process in self.processes.values():
            yield from process.scope.every_node()


MAX_INSTANCES = 500
"""How often an activity may repeat: more people are never asked, and a slip in a number must not open a million tasks."""

COUNTER = "loopCounter"
COUNTS = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"})
"""The variables a repeating activity gives its instances, and its completion condition."""


MILESTONES = frozenset({
    "accepted",  # 受理: starts the limit, from the day it is entered
    "deemed_accepted",  # 视为受理: starts the limit from the receipt date (行政许可法 art. 32(4))
    "accepted_conditionally",  # 容缺受理: accepted, with minor materials still missing
    "declared",  # 告知承诺受理: accepted on a signed declaration
    "on_the_spot",  # 当场办结: accepted, granted and concluded at once, where the limit is 0
    "correcting",  # 一次性补正告知
    "resubmitted",  # 补正材料收到
    "reviewing",  # 审查
    "granted", "refused",  # 准予 / 不予许可: the decision
    "concluded",  # 办结: stops the limit
    "certified",  # 制证
    "handed_over",  # 送达
    "archived",  # 归档
    "declined",  # 不予受理
    "not_applicable",  # 不受理
    "returned",  # 退件
    "deemed_withdrawn",  # 视为撤回
})

RESULTS = ("granted", "refused", "concluded", "declined", "not_applicable", "returned", "withdrawn", "deemed_withdrawn",
           "terminated", "voided")
"""How a child case can have come out; `concluded`: it is over without a decision having been drawn. The ordinary way first."""
