"""The rows of one case against what its facts say: the case itself, its reasons to wait, what must leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from services.verify.chain import Chain, as_bytes, instant
from services.verify.history import History
from services.verify.ratings import BESIDE
from services.verify.report import Found

Definitions = Mapping[int, tuple[str, str]]
"""Process and hash of every deployed definition, by id."""

_OF_THE_CASE = frozenset({"statutory", "promised", "target"})
_DRAWN = _OF_THE_CASE | {"stage", "notice", "applicant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Everything the facts of a case say, followed to the end."""

    chain: Chain
    history: History
    found: Found


def check_case(row: Row[Any], told: Followed, definitions: Definitions) -> None:
    """The case's own row."""
    chain, history, found = told.chain, told.history, told.found
    if row.seq != chain.seq or as_bytes(row.head) != chain.head:
        found("head", chain.seq, f"the case row stands at fact {row.seq} and its hash, the facts end with {chain.seq}: the "
                                 "last facts were cut off or rewritten")
    clock = history.clocks.governing
    expected = {
        "state": history.state, "standing": history.standing, "accepted_on": history.accepted_on,
        "concluded_on": history.concluded_on, "due_on": clock.due_on if clock else None,
        "is_provisional": bool(clock and clock.is_provisional), "ended_at": history.ended.at if history.ended else None,
        "opened_at": history.opened.at if history.opened else None,
        "process": history.opened.data.get("process") if history.opened else None,
        "parent": (history.opened.data.get("parent") or None) if history.opened else None,
        "parent_token": (history.opened.data.get("parent_token") or None) if history.opened else None,
        **{name: history.opened.data.get(name, "") if history.opened else None for name in ("park", "department", "project")},
    }
    for name, value in expected.items():
        if getattr(row, name) != value:
            found("case", None, f"its {name} is {getattr(row, name)!r}, its facts say {value!r}")
    if row.version < history.saves:
        found("version", None, f"its version is {row.version}, but its facts were saved at least {history.saves} times")
    _check_definition(row, history, definitions, found)


def _check_definition(row: Row[Any], history: History, definitions: Definitions, found: Found) -> None:
    process, digest = definitions.get(row.definition_id, (None, None))
    if process is None:
        found("reference", None, f"its definition {row.definition_id} does not exist")
    elif process != row.process or (history.opened and history.opened.data.get("definition") != digest):
        found("reference", None, f"its definition {row.definition_id} is one of “{process}” with hash {digest}, not the one "
                                 "it was opened with")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Everything a case may wait for."""

    tasks: list[Row[Any]]
    timers: list[Row[Any]]
    messages: list[Row[Any]]
    clocks: list[Row[Any]]
    incidents: list[Row[Any]]
    externals: list[Row[Any]]


def check_waits(row: Row[Any], told: Followed, waits: Waits) -> None:
    """An open case has a reason to wait, an ended one has none but the answer to a bad rating; a wait is one thing, and what is
    over is not open.

    A drawn limit waits by its clock. When it hangs on a clock of the case, only the diagram knows that something waits for
    it: a clock of the case that is set to ring is taken for a reason, and what the diagram says is asked by `services.fold`.
    """
    tokens = [wait.token for wait in (*waits.tasks, *waits.timers, *waits.messages, *waits.externals)
              if wait.token not in told.history.ratings.open]
    left = [incident for incident in waits.incidents if told.history.ended is None or incident.seq < told.history.ended.seq]
    if row.ended_at is not None and (tokens or left):
        told.found("waits", None, f"the case has ended, but {len(tokens) + len(left)} tasks, timers, messages, external tasks "
                                  "or incidents are still open")
    if row.ended_at is None and not (tokens or waits.incidents or told.history.children.awaited
                                     or any(map(_awaited, waits.clocks))):
        told.found("reason_to_wait", None, "the case is open, but there is no task, timer, clock, message, child or incident "
                                           "it waits for")
    for token in sorted({token for token in tokens if tokens.count(token) > 1}) if len(set(tokens)) < len(tokens) else ():
        told.found("waits", None, f"{token} is open as two different things")
    asked = told.history.helps | told.history.ratings.open
    if (beside := {task.token for task in waits.tasks if task.token >= BESIDE}) != asked:
        told.found("waits", None, f"the tasks {sorted(beside ^ asked)} beside the diagram are open though "
                                  "nobody has "
                                  "asked for them, or not open though they wait for an answer")
    for task in (*waits.tasks, *waits.externals):
        if task.token in told.history.decided:
            told.found("decision", None, f"task {task.token} is open, but it was completed by fact "
                                         f"{told.history.decided[task.token].seq}")
    for wait in (*waits.tasks, *waits.timers, *waits.externals):
        if wait.opened_at not in told.chain.instants:
            told.found("waits", None, f"{wait.token} was opened at {instant(wait.opened_at)}, when nothing happened")
    for timer in waits.timers:
        _check_timer(timer, told)


def _awaited(clock: Row[Any]) -> bool:
    """Can something wait for this clock? For that of a drawn limit, even while it is stopped; for one of the case, while it
    is set to ring."""
    name, colon, _ = str(clock.clock).partition(":")
    return name in _DRAWN if colon else clock.kind in _OF_THE_CASE and clock.rings_at is not None


def _check_timer(timer: Row[Any], told: Followed) -> None:
    expected = told.history.fired.get(timer.token, 0) + 1
    if timer.firing != expected:
        told.found("firing", None, f"timer {timer.token} waits for firing {timer.firing}, its facts expect {expected}")
    if timer.due_at is None and timer.token not in told.history.parked:
        told.found("timer", None, f"timer {timer.token} will never be due, and no incident holds it up")


def check_incidents(told: Followed, incidents: Iterable[Row[Any]]) -> None:
    """Every incident names the fact that raised it, and every such fact that no other resolved has its incident."""
    left = dict(told.history.incidents)
    for incident in incidents:
        fact = left.pop(incident.seq, None)
        if fact is None:
            told.found("reference", incident.seq, "an incident names this fact, which raised none, or one that is resolved")
            continue
        stored = (incident.code, incident.node, incident.message, incident.token, incident.opened_at)
        if stored != (*(fact.data.get(name) for name in ("code", "node", "message", "token")), fact.at):
            told.found("incident", incident.seq, f"the incident says {incident.code}: {incident.message}, its fact says "
                                                 f"{fact.data.get('code')}: {fact.data.get('message')}")
    for seq in left:
        told.found("reference", seq, "this fact raised an incident that is missing")


def check_outbox(told: Followed, outbox: Iterable[Row[Any]]) -> None:
    """Every fact that must be told outside is to be sent once, and nothing else is."""
    left = dict(told.history.leaving)
    for row in outbox:
        fact = left.pop(row.seq, None)
        if fact is None:
            told.found("outbox", row.seq, "this is to be sent, but no such fact leaves the house")
        elif (row.kind, row.created_at) != (fact.kind, fact.at):
            told.found("outbox", row.seq, f"{row.kind} is to be sent, the fact is {fact.kind}")
        elif row.sent_at is not None and row.sent_at < row.created_at:
            told.found("outbox", row.seq, "it was sent before it happened")
    for seq, fact in left.items():
        told.found("outbox", seq, f"{fact.kind} must be told outside, but is not to be sent")


def check_origin(told: Followed, origins: Iterable[Row[Any]]) -> None:
    """A case is found by the number it had in another system exactly when its facts say that it came from there."""
    fact = told.history.brought_in
    said = [] if fact is None else [(fact.data.get("source"), fact.data.get("old_number"))]
    stored = [(row.source, row.old_number) for row in origins]
    if stored != said:
        told.found("origin", fact.seq if fact else None, f"it is found as {stored}, its facts say {said}")
