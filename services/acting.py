"""A command on a stored case: the case is found and locked, checked against the version it was read at, and moved by one fact.

What every use case of people begins and ends with. One command is one transaction of the door that calls it; a refusal raises
and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from engine.errors import Incident, NotFound, Stale
from engine.events import Fact
from services.chapter import Chapter
from services.office import Office
from services.store import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What a command did. `version`: of the case afterwards. `at`: when it is recorded to have happened, which is never
    before the fact that precedes it. `incident`: why the tokens stayed, None when they moved. `doubts`: what is odd about a
    field that was taken all the same, by its JSON path."""

    number: str
    version: int
    at: datetime
    incident: Incident | None = None
    doubts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Which case a command is about, and who gives it. `version`: the case version it was read at, None to accept any."""

    number: str
    by: str
    now: datetime
    version: int | None = None


def resume(connection: Connection, office: Office, command: Command) -> Chapter:
    """The next chapter of the case. Raises NotFound, Stale."""
    row = reading.load_case(connection, command.number)
    if row is None:
        raise NotFound("case", command.number)
    if command.version is not None and command.version != row.version:
        raise Stale(command.number, command.version, row.version)
    return Chapter.resume(connection, office, row, now=command.now, by=command.by)


def move(connection: Connection, office: Office, command: Command, fact: Callable[[Chapter], Fact]) -> Stepped:
    """Tell one fact and all that follows; the tokens stay where they are. Raises what `fact` raises, NotFound, Stale."""
    chapter = resume(connection, office, command)
    chapter.tell(fact(chapter))
    return saved(chapter)


def saved(chapter: Chapter) -> Stepped:
    """Save a chapter; where the case stands."""
    return Stepped(number=chapter.case.number, version=chapter.save(), at=chapter.now)
