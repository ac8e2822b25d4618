"""The one page: cases, newest first, with their lamps. Four statements, however many cases it shows.

It names no applicant and is therefore open: whoever reaches the server may read it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Blueprint, render_template, request
from sqlalchemy import Connection

from engine.calendar import SHANGHAI
from engine.case import Case, local_day
from engine.errors import InvalidInput
from engine.lifecycle import Standing, State
from engine.limits import remaining_workdays
from engine.sentences import say
from engine.supervision import Lamp
from services.database import reading as read
from services.folded import fold_of
from services.lamps import case_lamp
from services.office import Office
from services.store import reading
from services.store.rows import CaseRow, TaskRow
from services.web import words
from services.web.cursor import cursor, key_of
from services.web.door import door, now

page = Blueprint("page", __name__)

_MOST = 50
_MOST_TASKS = 3
_STYLE = hashlib.sha256((Path(__file__).parent / "static" / "jiban.css").read_bytes()).hexdigest()[:12]
"""Ends the address of the style sheet, so that a browser never keeps an old one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A case as the page shows it, in Chinese. Empty texts are not shown. `lamp`: its name and its colour."""

    number: str
    matter: str
    state: str
    tasks: str
    received_on: str
    accepted_on: str
    due: str
    limit: str
    left: str
    is_provisional: bool
    lamp: str
    colour: str
    result: str


@page.app_context_processor
def _style() -> dict[str, str]:
    return {"style": _STYLE}


@page.get("/")
def cases() -> str:
    """The list of cases."""
    state, before = _state(request.args.get("state")), _before(request.args.get("after"))
    at = now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        rows = reading.cases_page(connection, before=before, state=state.value if state else None, most=_MOST + 1)
        lines = _lines(connection, door().office, rows[:_MOST], at)
    return render_template(
        "cases.html", lines=lines, state=state, states=words.STATES, is_first=before == reading.FIRST,
        next=cursor(rows[_MOST - 1].id) if len(rows) > _MOST else None, read_at=_minute(at))


def _lines(connection: Connection, office: Office, rows: Sequence[CaseRow], at: datetime) -> list[Line]:
    names = reading.definition_names(connection, sorted({row.definition_id for row in rows}))
    tasks = reading.tasks_of_cases(connection, [row.id for row in rows])
    return [_line(office, row, names[row.definition_id], tasks.get(row.id, []), at) for row in rows]


def _line(office: Office, row: CaseRow, matter: str, tasks: Sequence[TaskRow], at: datetime) -> Line:
    case = fold_of(row)
    lamp, clock = case_lamp(office, case, at), case.governing
    return Line(
        number=row.number, matter=matter, state=_state_of(case), tasks=_tasks(tasks),
        received_on=_minute(row.opened_at), accepted_on=row.accepted_on or "",
        due=(clock.due or "").replace("T", " ") if clock else "", limit=words.LIMITS[clock.kind] if clock else "",
        left=_left(office, case, at), is_provisional=row.is_provisional, lamp=_lamp(case, lamp), colour=lamp.value,
        result=_result(case))


def _state_of(case: Case) -> str:
    """Where a case stands; while it stands still, by each kind of stop that holds it."""
    kinds = dict.fromkeys(stop.kind for stop in case.open_stops)
    return "、".join(words.STOPS[kind] for kind in kinds) if case.is_suspended else words.STATES[case.state]


def _lamp(case: Case, lamp: Lamp) -> str:
    """A grey lamp says 暂停 only where a clock stands still."""
    is_uncounted = lamp is Lamp.GREY and case.state not in {State.SUSPENDED, State.CORRECTING}
    return words.UNCOUNTED if is_uncounted else words.LAMPS[lamp]


def _tasks(tasks: Sequence[TaskRow]) -> str:
    named = "、".join(task.name for task in tasks[:_MOST_TASKS])
    return named if len(tasks) <= _MOST_TASKS else f"{named} 等{len(tasks)}项"


def _left(office: Office, case: Case, at: datetime) -> str:
    """剩余时限 of an open case, in working days; the last day of a limit shorter than a day may be over before its end."""
    clock, today = case.governing, local_day(at)
    if clock is None or clock.due_on is None or case.standing is not None:
        return ""
    left = remaining_workdays(office.general_terms(case).calendar, today, clock.due_on)
    if today == clock.due_on:
        return "今日到期" if clock.lapses_at is None or at < clock.lapses_at else "今日已超期"
    if today < clock.due_on:
        return f"余{left}个工作日"
    return f"已超{-left}个工作日" if left else "已超期"


def _result(case: Case) -> str:
    """办理结果: how it came out against its limit, or how it ended without one."""
    if case.standing in {None, Standing.WITHDRAWN, Standing.DECLINED}:
        return words.STATES[case.state] if case.standing else ""
    return words.STANDINGS[case.standing] if case.standing else ""


def _state(text: str | None) -> State | None:
    try:
        return State(text) if text else None
    except ValueError:
        raise InvalidInput("state", say("expected one of {known}", known=tuple(State))) from None


def _before(text: str | None) -> int:
    return key_of(text, parts=1, field="after")[0] if text else reading.FIRST


def _minute(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
