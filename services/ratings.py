"""What is done about a rating 好差评: the applicant rates, the department answers a bad one.

Each command tells one fact, whose guard stands in `engine.appraising`; the task and the clock of a bad rating follow from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection

from engine import appraising, events, sight
from engine.case import local_day
from engine.duties import APPLICANT
from engine.errors import Forbidden, NotFound
from engine.events import Fact
from engine.ratings import is_mending
from engine.sentences import say
from engine.side_tasks import token_of
from services.acting import Command, Stepped, TaskCommand, admitted, move, resume_at, saved
from services.chapter import Chapter
from services.office import Office
from services.store import ratings as store
from services.store import reading
from services.store.ratings import OpenRow

_ADMINISTRATOR = "department_admin"

MOST = 500
"""Whoever has more of them unanswered answers the most urgent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A bad rating that waits for an answer. `task`: its public id; `due`: by when, "" for no day."""

    task: str
    number: str
    matter: str
    department: str
    level: int
    rated_on: str
    due: str
    is_late: bool
    reasons: tuple[str, ...]
    text: str


def waiting(connection: Connection, office: Office, person: str, *, now: datetime, most: int = MOST) -> list[Waiting]:
    """The bad ratings within the scopes in which somebody administers a department, or stands in for whoever does, the most
    urgent first; in an office that has entered nobody, all of them. `most`: so many at most."""
    office.refresh(connection)
    lists = [store.open_ratings(connection, park=scope.park, department=scope.department, process=scope.process, most=most)
             for scope in sight.scopes_of(office.people, person, local_day(now), {_ADMINISTRATOR})]
    rows = sorted(set(chain.from_iterable(lists)), key=lambda row: row.key)[:most]
    names = reading.definition_names(connection, sorted({row.definition_id for row in rows}))
    return [_waiting(connection, row, names[row.definition_id]) for row in rows]


def _waiting(connection: Connection, row: OpenRow, matter: str) -> Waiting:
    (body, link), = reading.facts_of(connection, row.case_id, after=row.seq - 1, most=1)
    fact = events.read(body, link).fact
    assert isinstance(fact, events.ServiceRated)
    return Waiting(task=f"{row.number}-{token_of(row.seq)}", number=row.number, matter=matter, department=row.department,
                   level=row.level, rated_on=row.rated_on, due=row.due or "", is_late=row.lapsed_on is not None,
                   reasons=tuple(fact.reasons), text=fact.text)


def rate(
    connection: Connection, office: Office, command: Command, *, level: int, reasons: Sequence[str] = (), text: str = "",
    channel: str = "web",
) -> Stepped:
    """评价, by the applicant himself: neither an agent nor an official rates for him. Raises NotFound, Stale, Forbidden,
    InvalidInput."""
    def fact(chapter: Chapter) -> Fact:
        if command.by != APPLICANT and chapter.office.people.persons:
            raise Forbidden("rate", say(
                "{by} cannot rate for the applicant, who does it with his query code 查询码, or at the window's screen",
                by=command.by))
        return appraising.rate(chapter.case, level=level, reasons=reasons, text=text, channel=channel)

    return move(connection, office, command, "rate", fact)


def answer_rating(connection: Connection, office: Office, command: TaskCommand, *, text: str) -> Stepped:
    """差评整改答复, by whoever administers the department. Raises NotFound, Stale, AlreadyDecided, Forbidden, InvalidInput."""
    chapter, task = resume_at(connection, office, command)
    if not is_mending(task.token, task.node):
        raise NotFound("bad rating", command.task, say("“{task}” is no task of one", task=task.name))
    actor = admitted(chapter, task, command.by, command="answer_rating")
    if task.assignee not in (None, actor.id, actor.on_behalf):
        raise Forbidden("answer_rating", say("“{task}” is with {person}", task=task.name, person=task.assignee))
    chapter.office.people.person(command.by, local_day(chapter.now), "answer_rating")
    chapter.tell(appraising.answer(chapter.case, token=task.token, text=text))
    return saved(chapter)
