"""Verbs tried at a desk: what anybody could fill in for each, and what must be true of a case after any of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.case import Case, local_day
from engine.verbs import VERBS, About
from services import verbs
from services.acting import Command, Stepped, TaskCommand
from services.folded import fold_of
from services.office import Office
from services.returning import targets
from services.store import reading
from services.store.rows import CaseRow, ClockRow, TaskRow
from tests.services.desk import Desk


def give(
    connection: Connection, desk: Desk, name: str, subject: str, by: str, given: dict[str, Any], office: Office | None = None,
) -> Stepped:
    """Give a command about a task or a case, by its public id."""
    is_task = VERBS[name].about is About.TASK
    command = TaskCommand(task=subject, by=by, now=desk.now) if is_task else Command(number=subject, by=by, now=desk.now)
    return verbs.give(connection, office or desk.office, name, command, given)


def filled_in(
    connection: Connection, desk: Desk, name: str, row: CaseRow, task: TaskRow | None, people: Iterable[str], random: Random,
) -> dict[str, Any]:
    """What somebody might fill in for a verb, sensible or nearly so."""
    case, today, person = fold_of(row), local_day(desk.now), random.choice(list(people))
    outcomes = [key for key, _ in orjson.loads(task.outcomes)] if task else []
    soon = today + timedelta(days=random.choice((0, 3, 9)))
    answers: dict[str, Any] = {
        "person": person, "reason": "试办", "opinion": "无意见", "text": "请办理",
        "asked": [("市水利局", None), ("", person)][:random.randint(1, 2)],
        "outcome": random.choice([*outcomes, *outcomes[:1] * 3]) if outcomes else None,
        "signer": f"加签{random.randint(1, 3)}", "to": [person], "document": "岳文〔2026〕1号", "number": "岳许〔2026〕1号",
        "seal": "1号章", "order": "9号", "size": "ordinary", "examiner": "审图中心", "amount": 5, "applicant": "某公司",
        "held_on": today + timedelta(days=15), "chair": "钱", "addressee": person, "conclusion": "lenient", "due_on": soon,
        "expected_end": today + timedelta(days=20),
        "ground": "rectification" if name == "pause" else "expert_review", "basis": "园区验收办法",
        "materials": ["消防检测报告"], "findings": "现场核查", "digest": "", "way": "post", "recipient": "某",
        "phone": "0730-8880000", "address": "岳阳市", "level": random.choice((1, 2, 4)), "reasons": ["late"], "channel": "web",
        "sort": "check", "measure": "责令改正", "push": 1,
        "role": "legal_officer" if name == "approve_correction" else "head_of_office",
    }
    if name == "hold":
        return {"order": "9号", "reason": "法院"}
    if name in ("send_back", "send_straight"):
        return {"reason": "试办", "node": _step(connection, desk, row, task, random)}
    asked = {"is_joint", "data", "basis"} if name == "suspend" else {"is_joint", "data"}
    given = {each: answers[each] for each in VERBS[name].asks if each not in asked | {"stop", "token", "card", "name"}}
    return given | _of_the_case(connection, name, case, row, random)


def _step(connection: Connection, desk: Desk, row: CaseRow, task: TaskRow | None, random: Random) -> str:
    """Mostly a legal step to send back to."""
    tokens = {each.token for each in reading.tasks_of(connection, row.id)}
    if task is None or task.token not in tokens or task.token >= 1_000_000_000:
        return "register"
    found = targets(connection, desk.office, f"{row.number}-{task.token}")
    legal = [each.node for each in found if not each.reason]
    return random.choice(legal or [each.node for each in found] or ["register"])


def _of_the_case(connection: Connection, name: str, case: Case, row: CaseRow, random: Random) -> dict[str, Any]:
    """Which stop, card, order, clock or message of the case is meant."""
    if name == "resume_case":
        return {"stop": random.choice([each.seq for each in case.open_stops] or [None])}
    if name in ("appeal", "uphold", "write_off", "exempt"):
        return {"card": random.choice([each.seq for each in case.cards] or [1])}
    if name in ("receive_push", "report_finding"):
        return {"push": random.choice([each.seq for each in case.pushes] or [1])}
    if name in ("reply_to_order", "return_order", "close_order"):
        return {"order": random.choice([each.seq for each in case.orders] or [1])}
    if name in ("start_clock", "ask_again"):
        return {"token": random.choice([token for _, token in case.incidents if token is not None] or [1])}
    if name == "receive_message":
        return {"name": random.choice([each.name for each in reading.messages_of(connection, row.id)] or ["没有的消息"]),
                "data": {}}
    return {}


def lacks(connection: Connection, row: CaseRow) -> str | None:
    """Why an open case has nothing to wait for; None when it has, or has ended."""
    if row.ended_at is not None:
        tasks = [task for task in reading.tasks_of(connection, row.id) if task.node != "rating"]
        left = tasks or reading.timers_of(connection, row.id)
        return f"{row.number} has ended ({row.state}) and still waits for {left}" if left else None
    waits: list[Any] = [*reading.tasks_of(connection, row.id), *reading.timers_of(connection, row.id),
                        *reading.messages_of(connection, row.id), *reading.incidents_of(connection, row.id)]
    clocks = [clock for clock in reading.clocks_of(connection, row.id) if clock.rings_at is not None]
    children = [child for child in fold_of(row).children if child.is_open]
    return None if waits or clocks or children else f"{row.number} is {row.state} and waits for nothing"


def moved(before: Iterable[ClockRow], after: Iterable[ClockRow]) -> list[str]:
    """The clocks that run on and are due at another time, or count another number."""
    def deadline(clock: ClockRow) -> dict[str, Any]:
        return {name: value for name, value in clock._asdict().items() if name not in ("rings_at", "case_id")}

    now = {clock.clock: deadline(clock) for clock in after}
    return [clock.clock for clock in before if clock.clock in now and now[clock.clock] != deadline(clock)]
