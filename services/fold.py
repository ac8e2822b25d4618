"""State is a fold of the facts: is it? Replays every case with the engine and compares with what is stored.

What a replay (`services.replay`) comes to must be what lies in the tables: the tokens byte for byte, the folded case, the row
with its dates and standing, the data, the open tasks, timers, messages and external tasks, the clocks, cards and orders. Facts
that cannot be replayed are a finding too: this asks whether a database is sound, so nothing it meets in there may stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import orjson
from sqlalchemy import Connection

from engine.case import Case
from engine.errors import JibanError
from services.folded import card_rows, clock_row, fold_of, order_rows, push_rows, rating_row, row_of, standing_of
from services.office import Office
from services.replay import Replay, replayed
from services.store import reading, relighting
from services.store.permits import PermitRow, permits_of
from services.store.rows import CaseRow, ExternalTaskRow
from services.verify import Problem

CASES = 100
"""How many are held at a time."""

_UNREPLAYABLE = (JibanError, msgspec.MsgspecError, LookupError, ValueError, TypeError, AssertionError, AttributeError)
"""What the engine makes of facts that never came from it."""


def fold(connection: Connection, office: Office, *, progress: Callable[[int], None] | None = None) -> list[Problem]:
    """Replay every case, newest first; what differs. `progress` is told after each case how many were replayed. Give it a
    transaction that sees one moment (`services.database.reading`)."""
    problems: list[Problem] = []
    for count, row in enumerate(_cases(connection), 1):
        problems += of_case(connection, office, row)
        if progress is not None:
            progress(count)
    return problems


def of_case(connection: Connection, office: Office, row: CaseRow) -> list[Problem]:
    """Replay one case; what differs."""
    try:
        replay = replayed(connection, office, row.id, row.definition_id)
        return [_problem(row, check, message) for check, message in _differences(connection, office, row, replay)]
    except _UNREPLAYABLE as error:
        return [_problem(row, "replay", f"its facts cannot be replayed: {error or type(error).__name__}")]


def _cases(connection: Connection) -> Iterator[CaseRow]:
    before = reading.FIRST
    while page := reading.cases_page(connection, before=before, most=CASES):
        yield from page
        before = page[-1].id


def _differences(
    connection: Connection, office: Office, row: CaseRow, replay: Replay,
) -> Iterator[tuple[str, str]]:
    if replay.deployment.program.hash != replay.deployment.hash:
        yield "definition", "its diagram means something else than when it was deployed"
    if replay.case is None:
        yield "replay", "it has no facts"
        return
    yield from _row_differences(row, replay, replay.case)
    yield from _task_differences(connection, row, replay, office)
    yield from _wait_differences("message", {message.token: message for message in
                                             reading.messages_of(connection, row.id)}, replay.messages)
    yield from _wait_differences("external task", _drawn(reading.externals_of(connection, row.id)),
                                 _drawn(replay.externals.values()))
    yield from _wait_differences("timer", {timer.token: timer for timer in reading.timers_of(connection, row.id)},
                                 replay.timers)
    yield from _folded_differences(connection, row, replay, office)


def _drawn(externals: Iterable[ExternalTaskRow]) -> dict[int, tuple[object, ...]]:
    """Of external tasks what the facts decide: not who has one, nor how often it may still fail."""
    return {each.token: each[:each._fields.index("retries")] for each in externals}


def _row_differences(row: CaseRow, replay: Replay, case: Case) -> Iterator[tuple[str, str]]:
    expected = row_of(case, id=row.id, version=row.version, definition_id=row.definition_id, tokens=replay.tokens,
                      data=replay.data)
    for name, stored, computed in zip(row._fields, row, expected, strict=True):
        if name not in ("data", "fold") and stored != computed:
            yield name, f"its {name} is not what its facts lead to{_shown(stored, computed)}"
    if fold_of(row) != case:  # as values: an earlier release wrote it in other bytes
        yield "fold", "its fold is not what its facts lead to"
    if orjson.loads(row.data) != replay.data:  # as values: a fact keeps its data sorted by name
        yield "data", "its data is not what its facts lead to"


def _task_differences(connection: Connection, row: CaseRow, replay: Replay, office: Office) -> Iterator[tuple[str, str]]:
    """When a lamp turns yellow is not asked while a change of the rules waits for the pass that works it out anew."""
    assert replay.case is not None
    standing = standing_of(replay.case, office.general_terms(replay.case))
    stored = {task.token: task for task in relighting.placed_of(connection, [row.id]).get(row.id, [])}
    expected = {token: standing.placed(task) for token, task in replay.tasks.items()}
    rules, relit = relighting.relit(connection)
    if rules != relit:
        stored, expected = ({token: task._replace(warns_at=task.late_at) for token, task in tasks.items()}
                            for tasks in (stored, expected))
    yield from _wait_differences("task", stored, expected)


def _folded_differences(connection: Connection, row: CaseRow, replay: Replay, office: Office) -> Iterator[tuple[str, str]]:
    """When a clock rings next depends on the policy of the day it was last touched, and is not asked."""
    case = replay.case
    assert case is not None
    terms = office.terms(replay.deployment, case)
    clocks = {clock.name: clock_row(row.id, case, clock, terms)._replace(rings_at=None) for clock in case.running}
    yield from _wait_differences("clock", {clock.clock: clock._replace(rings_at=None)
                                           for clock in reading.clocks_of(connection, row.id)}, clocks)
    yield from _wait_differences("card", {card.seq: card for card in reading.cards_of(connection, row.id)},
                                 card_rows(row.id, case))
    yield from _wait_differences("order", {order.seq: order for order in reading.orders_of(connection, row.id)},
                                 order_rows(row.id, case))
    rated, rating = reading.rating_of(connection, row.id), rating_row(row.id, case)
    yield from _wait_differences("rating", {} if rated is None else {rated.seq: rated},
                                 {} if rating is None else {rating.seq: rating})
    yield from _wait_differences("push", {push.seq: push for push in reading.pushes_of(connection, row.id)},
                                 push_rows(row.id, case))
    yield from _register_differences(permits_of(connection, row.id), case)


def _register_differences(rows: Sequence[PermitRow], case: Case) -> Iterator[tuple[str, str]]:
    """What the case knows of its permits is in the register; what another case did to one, it may not have learnt yet."""
    stored, expected = {row.number: row for row in rows}, {permit.number: permit for permit in case.permits}
    for number in sorted(stored.keys() | expected.keys()):
        if number not in stored or number not in expected:
            yield "permit", f"permit {number} is {'there' if number in stored else 'missing'}, its facts lead to the contrary"
        elif stored[number].untold is None and stored[number].state != expected[number].state.value:
            yield "permit", f"permit {number} is {stored[number].state}, its facts say {expected[number].state.value}"


def _wait_differences(kind: str, stored: Mapping[Any, Any], expected: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for key in sorted(stored.keys() | expected.keys()):
        if key not in stored or key not in expected:
            yield kind, f"{kind} {key} is {'there' if key in stored else 'missing'}, its facts lead to the contrary"
        elif stored[key][1:] != expected[key][1:]:  # without the case
            yield kind, f"{kind} {key} differs{_shown(stored[key], expected[key])}"


def _shown(stored: object, expected: object) -> str:
    """Both sides, unless they are bytes that tell nobody anything."""
    return "" if isinstance(stored, bytes) else f": stored {stored}, expected {expected}"


def _problem(row: CaseRow, check: str, message: str) -> Problem:
    return Problem(check=f"fold:{check}", case=row.number, seq=None, message=message)
