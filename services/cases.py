"""What people do to a case: open it, complete its tasks, tell it what it waits for, withdraw, terminate, void it.

One command is one transaction of the door that calls it: lock and load the case, guard, move the tokens, tell the facts and
all that follows from them, save. A refusal raises and nothing is kept. An incident (the diagram cannot go on by rule) keeps
one fact and one incident row, and leaves the tokens where they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from engine import bundles, closing, duties, intake, moves, tasking
from engine.case import Case, local_day, receipt_day
from engine.codes import DISTRICT
from engine.duties import Deed
from engine.errors import AlreadyDecided, Forbidden, Incident, InvalidInput, NotFound
from engine.events import CaseOpened, ChildEnded, DataReentered, Fact, MessageReceived, TaskCompleted
from engine.process import kernel
from engine.process.step import Step
from engine.sentences import say
from engine.side_tasks import is_beside
from services import branching, forms, permit_register
from services.acting import (
    Command,
    Stepped,
    TaskCommand,
    admitted,
    entitled,
    mandate_for,
    over,
    resume,
    resume_at,
    saved,
    signs_once,
)
from services.chapter import Chapter
from services.deployments import Deployment
from services.deployments import find as find_definition
from services.office import Office
from services.store import reading, writing
from services.store.rows import HeldCase, TaskRow

_LONGEST, _LONGEST_NAME = 100, 200
_NOTHING: Mapping[str, Any] = {}
REFILED = timedelta(days=30)
"""An application that comes again so soon after it was withdrawn is the same one, linked and counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A person's completion of a task, as it came in. `version`: the case version it was read at, None to accept any."""

    task: str
    outcome: str | None
    data: Mapping[str, object]
    by: str
    version: int | None = None


def open_case(
    connection: Connection, office: Office, *, process: str, data: Mapping[str, object], by: str, now: datetime,
    as_known: Mapping[str, Any] = _NOTHING,
) -> Stepped:
    """收件: open a case on the latest version of a process (its id or its Chinese name). Whose it is, the empowerment list is
    asked now and never again. `as_known`: as `begin` takes it.

    Raises NotFound for an unknown process, InvalidInput for data the start form does not know or a park nobody answers for in
    this matter, Forbidden when the permit it names may not be acted on, and Incident when the diagram cannot even begin: no
    case is kept then, and its designer has to mend it. """
    chapter, doubts = begin(connection, office, process=process, data=data, by=by, now=now, as_known=as_known)
    chapter.advance(kernel.start(chapter.deployment.program, scalars(chapter.deployment, chapter.data)))
    return replace(saved(chapter), doubts=doubts)


def begin(
    connection: Connection, office: Office, *, process: str, data: Mapping[str, object], by: str, now: datetime,
    as_known: Mapping[str, Any] = _NOTHING,
) -> tuple[Chapter, Mapping[str, str]]:
    """The first chapter of a new case, before any token moves, and what is odd about its data. `as_known`: fields of its first
    fact that somebody knows better than the form and the diagram. Raises NotFound, InvalidInput."""
    office.refresh(connection)
    deployment = office.deployment(connection, find_definition(connection, process))
    entered = forms.check_start(office.shelf, deployment, data, on=local_day(now))
    branching.refuse_sent(office, deployment, None, data, local_day(now))
    values = _taken_in(office, deployment, {**deployment.definition.process.defaults, **entered.data}, now)
    lists = branching.applied(office, deployment, None, values, local_day(now))
    values |= {applied.variable: applied.value for applied in lists}
    opened = replace(_filed(connection, office, _opened(office, deployment, values, now), by=by, now=now), **as_known)
    chapter = Chapter.begin(connection, office, deployment, number=new_number(connection, now), data=values, opened=opened,
                            now=now, by=by)
    if (named := permit_register.named(connection, values, now)) is not None:
        chapter.tell(named)
    for applied in lists:
        chapter.tell(applied)
    return chapter, entered.doubts


def complete_task(connection: Connection, office: Office, completion: Completion, *, now: datetime) -> Stepped:
    """A person completes a task with one of its outcomes. Raises NotFound, Stale, AlreadyDecided, InvalidInput (field
    named) or Forbidden."""
    chapter, task = resume_at(connection, office, TaskCommand(
        task=completion.task, by=completion.by, now=now, version=completion.version))
    deployment, row, token = chapter.deployment, chapter.stored, task.token
    assert row is not None
    _guard_completion(chapter.case, task)
    actor = admitted(chapter, task, completion.by, command="complete")
    tasking.may_complete(task, actor)
    signs_once(chapter, task, actor, "complete")
    outcome = _outcome(task, completion.outcome)
    entered = forms.check_task(office.shelf, deployment, task.form, completion.data, on=local_day(now))
    chapter.data.update(entered.data)
    fact = TaskCompleted(token=token, node=task.node, name=task.name, act=task.act, outcome=outcome,
                         data=dict(entered.data), duty=actor.duty_name, natural=actor.natural, on_behalf=actor.on_behalf,
                         mandate=actor.mandate)
    ask_lists(chapter, entered.data)
    values = scalars(deployment, {**branching.held_values(chapter.case), **given(fact)})
    try:
        return replace(_advance(chapter, fact, lambda: _complete(deployment, row, token, values), _reentered(chapter, task)),
                       doubts=entered.doubts)
    except _Overtaken as overtaken:
        raise over(connection, row, token) from overtaken


def receive_message(
    connection: Connection, office: Office, command: Command, *, name: str, data: Mapping[str, object],
) -> Stepped:
    """A message or signal the case waits for has come, with values of variables the diagram declares. Raises NotFound when the
    case does not wait for it, InvalidInput for data nobody declared."""
    chapter = resume(connection, office, command)
    entitled(chapter, command.by, "receive_message")
    assert chapter.stored is not None
    waiting = next((row.token for row in reading.messages_of(connection, chapter.stored.id) if row.name == name), None)
    if waiting is None:
        raise NotFound("awaited message", name, say("case {case} does not wait for it", case=command.number))
    forms.check_task(office.shelf, chapter.deployment, None, data)  # declared variables only: none of them is a code
    chapter.data.update(data)
    fact = MessageReceived(token=waiting, name=name, data=dict(data))
    ask_lists(chapter, data)
    values = scalars(chapter.deployment, {**branching.held_values(chapter.case), **data})
    return _advance(chapter, fact, lambda: kernel.correlate(chapter.deployment.program, chapter.tokens, name, values,
                                                            wait_id=waiting))


def withdraw(connection: Connection, office: Office, command: Command, *, reason: str) -> Stepped:
    """撤件, by the applicant, before the decision; of a bundle with all that is not decided yet. An agent needs a mandate that
    covers it."""
    def move(chapter: Chapter) -> Fact:
        entitled(chapter, command.by, "withdraw")
        bundles.guard_alone(chapter.case, "withdraw")
        return moves.withdraw(chapter.case, reason=reason, mandate=mandate_for(chapter, command.by, Deed.WITHDRAW, "withdraw"))

    return _end(connection, office, command, move)


def terminate(connection: Connection, office: Office, command: Command, *, reason: str) -> Stepped:
    """终止: ends without a decision."""
    def move(chapter: Chapter) -> Fact:
        entitled(chapter, command.by, "terminate")
        return moves.terminate(chapter.case, reason=reason)

    return _end(connection, office, command, move)


def void(connection: Connection, office: Office, command: Command, *, reason: str) -> Stepped:
    """作废: a case entered by mistake, only at receipt."""
    def move(chapter: Chapter) -> Fact:
        entitled(chapter, command.by, "void")
        bundles.guard_alone(chapter.case, "void")
        return moves.void(chapter.case, reason=reason)

    return _end(connection, office, command, move)


def return_to_applicant(connection: Connection, office: Office, command: Command, *, reason: str) -> Stepped:
    """退件: before acceptance, with a reason."""
    def move(chapter: Chapter) -> Fact:
        entitled(chapter, command.by, "return_to_applicant")
        return closing.return_to_applicant(chapter.case, reason=reason)

    return _end(connection, office, command, move)


def _advance(
    chapter: Chapter, fact: TaskCompleted | MessageReceived, command: Callable[[], Step], follows: Iterable[Fact] = (),
) -> Stepped:
    """Tell what was done, with what follows of itself, and move the tokens; on an incident keep the tokens and the incident
    instead."""
    try:
        chapter.tell(fact)
        for each in follows:
            chapter.tell(each)
        chapter.advance(command())
    except Incident as incident:
        return Stepped(number=chapter.case.number, version=chapter.fail(incident, fact.token), at=chapter.now,
                       incident=incident)
    require_lists(chapter)
    return saved(chapter)


def _reentered(chapter: Chapter, task: TaskRow) -> Iterator[Fact]:
    """二次录入: what a system that is not connected would have answered, the completion of its task has entered by hand."""
    if task.token in chapter.case.by_hand:
        node = chapter.deployment.entered[task.form or ""]
        yield DataReentered(token=task.token, node=task.node, topic=node.topic or node.id,
                            system=node.connector.system if node.connector is not None else "")


def ask_lists(chapter: Chapter, data: Mapping[str, object]) -> None:
    """Ask the decision lists with what a step brings, before the tokens move. Raises InvalidInput."""
    on = local_day(chapter.now)
    branching.refuse_sent(chapter.office, chapter.deployment, chapter.case, data, on)
    for applied in branching.applied(chapter.office, chapter.deployment, chapter.case, chapter.data, on):
        chapter.tell(applied)
        chapter.data[applied.variable] = applied.value


def require_lists(chapter: Chapter) -> None:
    """No case is accepted while a list in force cannot answer. Raises InvalidInput."""
    if chapter.before is not None and chapter.before.accepted_on is None and chapter.case.accepted_on is not None:
        branching.require_applied(chapter.office, chapter.deployment, chapter.data, local_day(chapter.now))


def _taken_in(office: Office, deployment: Deployment, values: Mapping[str, object], now: datetime) -> dict[str, object]:
    """The particulars as the catalogue wants them. Raises InvalidInput."""
    intake.require_fields(office.catalogue, deployment.process, values, forms.titles(office.shelf, deployment))
    named = {"park": intake.standard_park(office.catalogue, park, local_day(now))} if (park := _short(values, "park")) else {}
    return {**values, **named}


def _opened(office: Office, deployment: Deployment, values: Mapping[str, object], now: datetime) -> CaseOpened:
    """The fact that a case is on the desk. Where, for whom and in which project it is, its form says; whose matter it is and on
    which platform, its diagram."""
    park, window, project = (_short(values, name) for name in ("park", "window", "project_code"))
    process = deployment.definition.process
    calendar = office.law.calendar(park=park, window=window, system=process.system)
    return CaseOpened(process=deployment.process, definition=deployment.hash, received_on=receipt_day(calendar, now),
                      data=dict(values), park=park, window=window, system=process.system, department=process.department,
                      project=project, applicant=_applicant(values), is_bundle=deployment.is_bundle,
                      stopped_by=process.stopped_by)


def _filed(connection: Connection, office: Office, opened: CaseOpened, *, by: str, now: datetime) -> CaseOpened:
    """By whom it was filed, and whether it is one that was withdrawn and comes again. Raises Forbidden for an agent without a
    mandate, and for somebody who is not of this office."""
    data, today = opened.data, local_day(now)
    named = tuple(name for name in (opened.applicant, data.get("applicant")) if isinstance(name, str) and name)
    mandate = duties.entrusted(office.people, by, Deed.APPLY, named, opened.project, today, command="open")
    if not duties.stands_outside(by):
        office.people.person(by, today, "open")
    duties.keep_off(office.people, by, today, command="open")
    before = reading.withdrawn_before(connection, opened.process, opened.applicant, now - REFILED) if opened.applicant else None
    return replace(opened, refiles=before or "", agent=office.people.natural(by) if mandate else "",
                   mandate=mandate.number if mandate else "")


def _short(values: Mapping[str, object], name: str) -> str:
    """A text that becomes a column of its own. Raises InvalidInput when it is too long for one."""
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise InvalidInput(f"data.{name}", say("expected a text of at most {most} characters", most=_LONGEST))
    return value


def _applicant(values: Mapping[str, object]) -> str:
    """By which the applicant is found again: the credit code, else the name."""
    found = values.get("credit_code") or values.get("applicant")
    if not isinstance(found, str):
        return ""
    if not found.isprintable():
        raise InvalidInput("data.applicant", "expected a name or code of printable characters")
    return found[:_LONGEST_NAME]


class _Overtaken(Exception):
    """The task is over in the state that was read, though its row was still there: a step was committed in between."""


def _complete(deployment: Deployment, row: HeldCase, token: int, values: Mapping[str, object]) -> Step:
    """Whoever waited for the case on PostgreSQL reads it as it is now, but its task as it was when he began to wait."""
    try:
        return kernel.complete(deployment.program, row.tokens, token, values)
    except AlreadyDecided as over:
        raise _Overtaken from over


def _end(connection: Connection, office: Office, command: Command, move: Callable[[Chapter], Fact]) -> Stepped:
    chapter = resume(connection, office, command)
    chapter.end(move(chapter))
    return saved(chapter)


def _guard_completion(case: Case, task: TaskRow) -> None:
    """What a task has asked for comes before it is done, and a child case is decided in the order its bundle draws."""
    if is_beside(task.token):
        raise Forbidden("complete", say("“{task}” was asked for beside the diagram: answer it (answer)", task=task.name))
    tasking.nothing_awaited(case, task, "complete")
    if task.act == "decide":
        moves.guard_order(case, "decide")
    tasking.goes_on(case, task, "complete")


def _outcome(task: TaskRow, given: str | None) -> str | None:
    allowed = [key for key, _ in orjson.loads(task.outcomes)]
    if not allowed:
        if given is not None:
            raise InvalidInput("outcome", say(
                "task “{task}” has no outcomes; leave the field out", task=task.name or task.node))
        return None
    if given is None or given not in allowed:
        raise InvalidInput("outcome", say(
            "expected one of {known}, found {found}", known=tuple(allowed), found=given or say("nothing")))
    return given


def scalars(deployment: Deployment, values: Mapping[str, object]) -> dict[str, object]:
    """The few values that conditions read, by name; everything else stays out of the token state. Sorted, so that the
    same values give the same state in every process of the operating system."""
    return {name: values[name] for name in sorted(deployment.program.variables) if name in values}


def given(fact: TaskCompleted) -> dict[str, object]:
    """What a completion gives the process: what was filled in, and the outcome under the name of the task."""
    return dict(fact.data) if fact.outcome is None else {**fact.data, fact.node: fact.outcome}


def brought(fact: ChildEnded) -> dict[str, object]:
    """What a child that has come out gives the process of its bundle: what is asked of its data, and how it came out."""
    return {**fact.data, fact.variable: fact.result}


def new_number(connection: Connection, now: datetime) -> str:
    """The next case number of the day; the pattern is ours: division, day, six digits."""
    day = f"{local_day(now):%Y%m%d}"
    return f"{DISTRICT}{day}{writing.next_number(connection, 'case-' + day):06d}"
