"""What a wait becomes in the tables: a person's task, a timer with its due instant, an awaited message.

Pure: a wait of the kernel in, a row out. Whoever saves a step and whoever replays one ask here, so that both come to the same
rows. A drawn limit has no row of its own: it hangs on a clock of the case, or starts one.
"""

from __future__ import annotations

from datetime import datetime

import orjson

from engine import events
from engine.calendar import Calendar
from engine.case import Case
from engine.clocks import Clock
from engine.definitions.model import ChildCase, Connector, MultiInstance, Node, Party, Work
from engine.errors import Incident
from engine.events import (
    Fact,
    HelpAsked,
    ReentryAsked,
    ServiceRated,
    TaskAssigned,
    TaskClaimed,
    TaskDelegated,
    TaskResolved,
    TaskTransferred,
    TaskUnclaimed,
)
from engine.limits import CASE_CLOCKS, SUBMITTED, Limit, LimitKind
from engine.process.step import Wait
from engine.ratings import LEVELS, NODE
from engine.routing import unit_of
from engine.sentences import say, sentence_of
from engine.side_tasks import KINDS, token_of
from engine.timers import due_at
from services.deployments import Deployment
from services.store.rows import ExternalTaskRow, MessageRow, TaskRow, TimerRow

REENTRY = "人工录入（二次录入）："
"""How the tasks are called in which people enter what a system knows already."""

RETRIES = 3
"""How often an external task is tried before a person has to look, where its diagram does not say."""


def task(wait: Wait, node: Node, now: datetime, *, unit: str) -> TaskRow:
    """The task of a wait that opened `now`; one of several instances carries its item, or its number, in its name. `unit`:
    whose it is."""
    work = node.work or Work()
    outcomes = orjson.dumps([[outcome.key, outcome.label] for outcome in work.outcomes]).decode()
    return TaskRow(case_id=0, token=wait.id, node=wait.node, name=_named(wait), act=work.act, role=work.role, form=work.form,
                   outcomes=outcomes, opened_at=now, unit=unit)


def unit(node: Node, case: Case, deployment: Deployment) -> str:
    """Whose the task at a node is, by the way the case was routed at receipt."""
    party, act = node.party or Party(), (node.work or Work()).act
    return unit_of(case.routing, act=act, party=party.name, unit=party.unit, department=deployment.department)


def beside(fact: HelpAsked, seq: int, now: datetime) -> TaskRow:
    """The task beside the diagram that fact `seq` has opened `now`."""
    kind = KINDS[fact.kind]
    return TaskRow(case_id=0, token=token_of(seq), node=f"{fact.kind}:{fact.host}", name=fact.name, act=kind.act,
                   role=fact.role, form=None, outcomes="[]", opened_at=now, unit=fact.unit, assignee=fact.person,
                   host=fact.host)


def mending(fact: ServiceRated, seq: int, case: Case, now: datetime) -> TaskRow:
    """The task of whoever administers the department of a case that fact `seq` has rated badly `now`."""
    return TaskRow(case_id=0, token=token_of(seq), node=NODE, name=f"差评整改（{LEVELS[fact.level]}）", act="other",
                   role="department_admin", form=None, outcomes="[]", opened_at=now, unit=case.department)


def held(task: TaskRow, fact: Fact) -> TaskRow:
    """A task as a fact about it has left it; facts about other things change nothing."""
    match fact:
        case TaskClaimed() | TaskAssigned() | TaskTransferred():
            return task._replace(assignee=fact.person, owner=None)
        case TaskDelegated():
            return task._replace(assignee=fact.person, owner=fact.owner)
        case TaskResolved():
            return task._replace(assignee=task.owner, owner=None)
        case TaskUnclaimed():
            return task._replace(assignee=None, owner=None)
    return task


def timer(wait: Wait, calendar: Calendar, now: datetime) -> TimerRow:
    """The timer of a wait that opened `now`. Raises Incident when its text gives no instant."""
    assert wait.timer is not None
    try:
        due = due_at(wait.timer, now, calendar)
    except ValueError as error:
        raise Incident(wait.node, say(
            "the timer “{wait}” cannot be set: {reason}", wait=wait.name or wait.node, reason=sentence_of(error))) from error
    return TimerRow(case_id=0, token=wait.id, node=wait.node, kind=wait.timer.kind.value, firing=1, opened_at=now, due_at=due)


def limit_of(wait: Wait) -> Limit | None:
    """The limit a wait is drawn for; None for a timer of ISO 8601 and all other waits."""
    return wait.timer.limit if wait.timer is not None else None


def hangs_on(wait: Wait, case: Case) -> Clock | None:
    """The clock of the case as a whole on which a drawn limit hangs; None when it counts by itself."""
    limit = limit_of(wait)
    clock = case.clock(limit.kind.value) if limit is not None and limit.kind in CASE_CLOCKS else None
    return clock if clock is not None and clock.token is None else None


def event_of(limit: Limit, case: Case) -> str:
    """From what a drawn limit that counts by itself is counted: a notice at receipt from the filing (R18), another notice and
    an applicant's period from their publication, the office's stages from the moment."""
    if limit.kind is LimitKind.NOTICE and case.accepted_on is None:
        return SUBMITTED
    return "noticed" if limit.kind in (LimitKind.NOTICE, LimitKind.APPLICANT) else "accepted"


def message(wait: Wait) -> MessageRow:
    """The awaited message or signal of a wait."""
    return MessageRow(case_id=0, token=wait.id, node=wait.node, name=wait.event or "")


def external(wait: Wait, node: Node, now: datetime) -> ExternalTaskRow:
    """The external task of a wait that opened `now`; a worker may take it at once."""
    drawn = node.connector or Connector()
    return ExternalTaskRow(
        case_id=0, token=wait.id, node=wait.node, name=_named(wait), topic=wait.event or wait.node, system=drawn.system,
        takes=" ".join(drawn.takes), opened_at=now, retries=drawn.retries or RETRIES, due_at=now)


def reentered(asked: ReentryAsked, node: Node, now: datetime, *, unit: str, form: str) -> TaskRow:
    """The task of people who enter what a system that is not connected would have answered, which opened `now`."""
    drawn = node.connector or Connector()
    return TaskRow(case_id=0, token=asked.token, node=asked.node, name=f"{REENTRY}{asked.name}"[:500], act="other",
                   role=drawn.role or "clerk", form=form, outcomes="[]", opened_at=now, unit=unit)


def child(wait: Wait, node: Node, drawn: ChildCase) -> events.ChildRequested:
    """The fact that a child case is asked for; one of several instances carries its item, or its number, in its name."""
    element = node.loop.element if isinstance(node.loop, MultiInstance) else None
    item = wait.index if wait.item is None else wait.item
    return events.ChildRequested(token=wait.id, node=wait.node, name=_named(wait), process=wait.event or "",
                                 variable=drawn.result, optional=drawn.optional, after=drawn.after, gives=drawn.gives,
                                 index=wait.index, own={} if element is None else {element: item})


def asked_by_hand(wait: Wait, node: Node) -> ReentryAsked:
    """The fact that people enter by hand what the system of a wait would have answered."""
    drawn = node.connector or Connector()
    return ReentryAsked(token=wait.id, node=wait.node, name=_named(wait), topic=wait.event or wait.node, system=drawn.system)


def _named(wait: Wait) -> str:
    """What a wait is called; one of several instances by its item, or its number, too."""
    name = wait.name or wait.node
    return name if wait.index is None else f"{name}（{wait.item[:80] if isinstance(wait.item, str) else wait.index + 1}）"
