"""State is a fold of the facts: is it? Replays every case with the engine and compares with what is stored.

What a replay (`services.replay`) comes to must be what lies in the tables: the tokens byte for byte, the folded case byte for
byte, the row with its dates and standing, the data, the open tasks, timers and messages. Facts that cannot be replayed are a
finding too: this asks whether a database is sound, so nothing it meets in there may stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import orjson
from sqlalchemy import Connection

from engine import events
from engine.case import Case
from engine.errors import JibanError
from engine.limits import CASE_CLOCKS, LimitKind
from services.chapter import row_of
from services.office import Office
from services.replay import Replay
from services.store import reading
from services.store.rows import CaseRow, TimerRow
from services.verify import Problem

CASES, FACTS = 100, 1000
"""How many are held at a time."""

_UNREPLAYABLE = (JibanError, msgspec.MsgspecError, LookupError, ValueError, TypeError, AssertionError, AttributeError)
"""What the engine makes of facts that never came from it."""


def fold(connection: Connection, office: Office, *, progress: Callable[[int], None] | None = None) -> list[Problem]:
    """Replay every case, newest first; what differs. `progress` is told after each case how many were replayed. Give it a
    transaction that sees one moment (`services.database.reading`)."""
    problems: list[Problem] = []
    for replayed, row in enumerate(_cases(connection), 1):
        try:
            replay = _replay(connection, office, row)
            problems += [_problem(row, check, message) for check, message in _differences(connection, row, replay)]
        except _UNREPLAYABLE as error:
            problems.append(_problem(row, "replay", f"its facts cannot be replayed: {error or type(error).__name__}"))
        if progress is not None:
            progress(replayed)
    return problems


def _cases(connection: Connection) -> Iterator[CaseRow]:
    before = reading.FIRST
    while page := reading.cases_page(connection, before=before, most=CASES):
        yield from page
        before = page[-1].id


def _replay(connection: Connection, office: Office, row: CaseRow) -> Replay:
    deployment = office.deployment(connection, row.definition_id)
    replay = Replay(deployment=deployment, terms=office.terms(deployment))
    after = 0
    while page := reading.facts_of(connection, row.id, after=after, most=FACTS):
        for body, link in page:
            replay.take(events.read(body, link))
        after += len(page)
    replay.settle()
    return replay


def _differences(connection: Connection, row: CaseRow, replay: Replay) -> Iterator[tuple[str, str]]:
    if replay.deployment.program.hash != replay.deployment.hash:
        yield "definition", "its diagram means something else than when it was deployed"
    if replay.case is None:
        yield "replay", "it has no facts"
        return
    yield from _row_differences(row, replay, replay.case)
    yield from _wait_differences("task", {task.token: task for task in reading.tasks_of(connection, row.id)}, replay.tasks)
    yield from _wait_differences("message", {message.token: message for message in
                                             reading.messages_of(connection, row.id)}, replay.messages)
    stored = {timer.token: timer for timer in reading.timers_of(connection, row.id)}
    expected = {token: _as_stored(timer, stored.get(token), replay.case) for token, timer in replay.timers.items()}
    yield from _wait_differences("timer", stored, expected)


def _row_differences(row: CaseRow, replay: Replay, case: Case) -> Iterator[tuple[str, str]]:
    expected = row_of(case, id=row.id, version=row.version, definition_id=row.definition_id, tokens=replay.tokens,
                      data=replay.data)
    for name, stored, computed in zip(row._fields, row, expected, strict=True):
        if name != "data" and stored != computed:
            yield name, f"its {name} is not what its facts lead to{_shown(stored, computed)}"
    if orjson.loads(row.data) != replay.data:  # as values: a fact keeps its data sorted by name
        yield "data", "its data is not what its facts lead to"


def _wait_differences(kind: str, stored: dict[int, Any], expected: dict[int, Any]) -> Iterator[tuple[str, str]]:
    for token in sorted(stored.keys() | expected.keys()):
        if token not in stored or token not in expected:
            yield kind, f"{kind} {token} is {'open' if token in stored else 'missing'}, its facts lead to the contrary"
        elif stored[token][1:] != expected[token][1:]:  # without the case
            yield kind, f"{kind} {token} differs{_shown(stored[token], expected[token])}"


def _as_stored(timer: TimerRow, stored: TimerRow | None, case: Case) -> TimerRow:
    """A bell of the case's own clocks that rang early or after 办结 is moved without a fact: to the clock's deadline, or to
    silence."""
    if stored is None or timer.kind not in {kind.value for kind in CASE_CLOCKS}:
        return timer
    clock = case.clock(LimitKind(timer.kind))
    moved = {clock.lapses_at if clock else timer.due_at} | ({None} if case.concluded_on else set())
    return timer._replace(due_at=stored.due_at) if stored.due_at in moved else timer


def _shown(stored: object, expected: object) -> str:
    """Both sides, unless they are bytes that tell nobody anything."""
    return "" if isinstance(stored, bytes) else f": stored {stored}, expected {expected}"


def _problem(row: CaseRow, check: str, message: str) -> Problem:
    return Problem(check=f"fold:{check}", case=row.number, seq=None, message=message)
