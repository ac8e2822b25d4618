"""What can be done to a task or a case now: each verb allowed, or refused with its reason, before anybody does it.

No rule stands here. Each verb is rehearsed: its use case runs to the point where it would write, on the case as it stands, and
what it has done is thrown away. So what is shown as allowed is what is done when it is asked for, and a refusal is the very
sentence. What a person would fill in is filled in with something that would do (a colleague of the role, a legal step, a card
that is there); a refusal of only such a value is none of the verb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.case import Case, local_day
from engine.errors import Forbidden, InvalidInput, NotFound, Refusal
from engine.side_tasks import is_beside
from engine.verbs import VERBS, About, Verb, about
from services import verbs
from services.acting import Command, TaskCommand, task_id, work_at
from services.folded import fold_of
from services.office import Office
from services.returning import targets
from services.store import reading
from services.store.rows import CaseRow, TaskRow

COLLEAGUES = 20
"""So many are asked whether a task could be passed on to them; in a larger office one of the others may."""
_SOME = "—"
_Given = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """May this be done now? `refusal`: what would be answered; None when it may."""

    verb: Verb
    refusal: Refusal | None

    @property
    def reason(self) -> str:
        """Why not, "" when it may."""
        return "" if self.refusal is None else str(self.refusal)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """A case, and perhaps a task of it, on which verbs are rehearsed."""

    connection: Connection
    office: Office
    row: CaseRow
    case: Case
    task: TaskRow | None
    by: str
    now: datetime


def of_task(connection: Connection, office: Office, task: str, *, by: str, now: datetime) -> list[Verdict]:
    """The verbs of a task, open or over. Raises NotFound. Give it a transaction of its own that is thrown away
    (`services.database.rehearsing`)."""
    number, token = task_id(task)
    row = _row(connection, number)
    found = next((each for each in reading.tasks_of(connection, row.id) if each.token == token), None)
    if found is None and reading.decision(connection, row.id, token) is None:
        raise NotFound("task", task)
    stage = _stage(connection, office, row, found, by, now)
    return [_judged(stage, verb, TaskCommand(task=task, by=by, now=now)) for verb in about(About.TASK)]


def of_case(connection: Connection, office: Office, number: str, *, by: str, now: datetime) -> list[Verdict]:
    """The verbs of a case. Raises as `of_task`."""
    stage = _stage(connection, office, _row(connection, number), None, by, now)
    return [_judged(stage, verb, Command(number=number, by=by, now=now)) for verb in about(About.CASE)]


def allowed(
    connection: Connection, office: Office, number: str, names: Iterable[str], *, by: str, now: datetime,
) -> frozenset[str]:
    """Which of these verbs of cases may be done. As `of_case`."""
    stage = _stage(connection, office, _row(connection, number), None, by, now)
    return frozenset(name for name in names
                     if not _judged(stage, VERBS[name], Command(number=number, by=by, now=now)).reason)


def _row(connection: Connection, number: str) -> CaseRow:
    row = reading.peek_case(connection, number)
    if row is None:
        raise NotFound("case", number)
    return row


def _stage(connection: Connection, office: Office, row: CaseRow, task: TaskRow | None, by: str, now: datetime) -> _Stage:
    rehearsing = replace(office, rehearses=True)
    rehearsing.refresh(connection)
    return _Stage(connection=connection, office=rehearsing, row=row, case=fold_of(row), task=task, by=by, now=now)


def _judged(stage: _Stage, verb: Verb, command: Command | TaskCommand) -> Verdict:
    """Allowed, if any of what might be filled in would do."""
    refusal = None
    for given in _fillings(stage, verb):
        refusal = _rehearsed(stage, verb, command, given)
        if refusal is None:
            break
    return Verdict(verb=verb, refusal=refusal)


def _rehearsed(stage: _Stage, verb: Verb, command: Command | TaskCommand, given: Mapping[str, Any]) -> Refusal | None:
    try:
        with stage.connection.begin_nested() as rehearsal:
            verbs.give(stage.connection, stage.office, verb.name, command, given)
            rehearsal.rollback()
    except InvalidInput as error:
        return None if error.field.partition(".")[0] in verb.asks else error
    except Refusal as refusal:
        return refusal if f"“{_SOME}”" not in str(refusal) else Forbidden(
            verb.name, "nobody else of this office holds the role of this task; the department administrator 部门管理员 can "
                       "grant it to somebody")
    return None


def _fillings(stage: _Stage, verb: Verb) -> Iterator[_Given]:
    """What a person might fill in, one after the other; at least one."""
    ready = {name: value for name in verb.asks if (value := _anything(name, stage)) is not None}
    choices = _CHOICES.get(verb.name)
    for chosen in choices(stage) if choices is not None else ({},):
        yield {**ready, **chosen}


def _anything(name: str, stage: _Stage) -> Any:
    """A value nothing depends on; None for one that has to be chosen, or can be left out."""
    today = local_day(stage.now)
    days = {"due_on": today, "expected_end": today + timedelta(days=30), "held_on": today + timedelta(days=30)}
    if name in days:
        return days[name]
    lists = {"to": [_SOME], "asked": [(_SOME, None)], "materials": [_SOME]}
    left_out = {"data", "stop", "is_joint", "amount", "node", "person", "outcome", "token", "card", "order", "name", "role",
                "ground", "size", "conclusion", "push", "sort"}
    return lists.get(name, None if name in left_out else _SOME)


def _people(stage: _Stage) -> Iterable[_Given]:
    """Colleagues to whom the task might be passed."""
    task, people = stage.task, stage.office.people
    if task is None or not people.persons:
        return [{"person": _SOME}]
    work, today = work_at(stage.case, task), local_day(stage.now)
    able = [id for id in people.persons if id not in (stage.by, task.assignee) and people.has_role(id, work, today)]
    return [{"person": id} for id in able[:COLLEAGUES]] or [{"person": _SOME}]


def _steps(stage: _Stage) -> Iterable[_Given]:
    """Legal steps to send back to, or else what there is."""
    if stage.task is None or is_beside(stage.task.token):
        return [{"node": _SOME}]
    found = targets(stage.connection, stage.office, f"{stage.row.number}-{stage.task.token}")
    return [{"node": each.node} for each in found[:1]] or [{"node": _SOME}]


def _outcomes(stage: _Stage) -> Iterable[_Given]:
    keys = [key for key, _ in orjson.loads(stage.task.outcomes)] if stage.task else []
    return [{"outcome": key} for key in keys or [None]]


def _one(name: str, choices: Callable[[_Stage], Iterable[Any]], otherwise: Any) -> Callable[[_Stage], Iterable[_Given]]:
    """One of what the case has."""
    return lambda stage: [{name: value} for value in choices(stage)] or [{name: otherwise}]


def _roles(*roles: str) -> Callable[[_Stage], Iterable[_Given]]:
    return lambda stage: [{"role": role} for role in roles]


_cards = _one("card", lambda stage: (each.seq for each in stage.case.cards), 0)
_orders = _one("order", lambda stage: (each.seq for each in stage.case.orders), 0)
_pushes = _one("push", lambda stage: (each.seq for each in stage.case.pushes), 0)
_tokens = _one("token", lambda stage: (token for _, token in stage.case.incidents if token is not None), 0)

_CHOICES: Mapping[str, Callable[[_Stage], Iterable[_Given]]] = {
    "assign": _people, "transfer": _people, "delegate": _people, "complete_task": _outcomes, "send_back": _steps,
    "send_straight": _steps, "suspend": lambda stage: [{"ground": "expert_review"}],
    "pause": lambda stage: [{"ground": "rectification"}, {"ground": "supplement"}, {"ground": "other_rule"}],
    "hold": lambda stage: [{"order": _SOME}], "examine": lambda stage: [{"size": "ordinary"}],
    "resume_case": _one("stop", lambda stage: (each.seq for each in stage.case.open_stops), None),
    "propose_extension": lambda stage: [{"amount": 1}, {"amount": 1, "is_joint": True}],
    "approve_extension": _roles("head_of_office", "head_of_government"),
    "approve_correction": _roles("legal_officer", "head_of_office"),
    "receive_message": lambda stage: [
        {"name": each.name, "data": {}} for each in reading.messages_of(stage.connection, stage.row.id)]
        or [{"name": _SOME, "data": {}}],
    "rate": lambda stage: [{"level": 5, "reasons": [], "channel": "web"}],
    "choose_hand_over": lambda stage: [{"way": "window"}],
    "supply": lambda stage: [{"materials": [each.name], "role": role} for role in ("", "approver")
                             for each in (stage.case.supply.missing if stage.case.supply else ())]
    or [{"materials": [_SOME]}],
    "start_clock": _tokens, "ask_again": _tokens, "reply_to_order": _orders, "return_order": _orders, "close_order": _orders,
    "receive_push": _pushes,
    "report_finding": lambda stage: [{**each, "sort": "check"} for each in _pushes(stage)],
    "appeal": _cards, "uphold": _cards, "write_off": _cards, "exempt": lambda stage: [
        {**each, "conclusion": "lenient"} for each in _cards(stage)],
}
"""What is filled in where it matters what."""
