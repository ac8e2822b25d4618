"""What people do about granted permits, and what one case has to tell another about one.

A permit is granted by certifying 制证 (`services.permit_register`); here its conditions are met or extended, it is looked at,
and what is due between cases is done: the case that granted a permit learns what a later case did to it, and a permit whose
declaration has failed gets a case for annulling it. Each is a transaction of its own, found again after a crash by what the
permit's row says is still to be done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from engine import permitting
from engine.errors import Forbidden, Incident, Refusal
from engine.events import Fact
from engine.permits import BASES, Act
from services import cases, logs, permit_register
from services.acting import Command, Stepped, require_role, resume, saved
from services.chapter import Chapter
from services.database import reading as read
from services.database import writing as write
from services.office import Office
from services.store import permits as store
from services.store.permits import EventRow, OpenCaseRow, PermitRow

PROCESS = "permit_change"
"""The process of the shelf whose cases point at a permit."""

EVERY = 100_000
_KEEPERS = ("clerk", "reviewer", "approver")
_BATCH = 100
_LOG = logging.getLogger(__name__)
_NOBODY = "登记簿"
"""Who acts when the register does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A permit as it is shown, with the number of the case that granted it."""

    row: PermitRow
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A permit with what happened to it, each with the number of the case that told it, and the cases about it still open."""

    granted: Granted
    events: list[tuple[EventRow, str]]
    open_cases: list[OpenCaseRow]


def permits(
    connection: Connection, *, state: str | None = None, sort: str | None = None, holder_code: str | None = None,
    park: str | None = None, after: int = 0, most: int = EVERY,
) -> list[Granted]:
    """Permits in the order they were granted, from number `after` + 1; None asks for all."""
    found = store.permits_page(connection, state=state, sort=sort, holder_code=holder_code, park=park, after=after, most=most)
    return [Granted(row=row, case=case) for row, case in found]


def history(connection: Connection, number: str, *, after: int = 0, most: int = 1000) -> History:
    """A permit with its history, from event `after` + 1. Raises NotFound."""
    row, case = permit_register.permit(connection, number)
    return History(granted=Granted(row=row, case=case), events=store.events_of(connection, row.id, after=after, most=most),
                   open_cases=store.open_cases(connection, row.id))


def meet_condition(
    connection: Connection, office: Office, *, permit: str, condition: str, met_on: date, by: str, now: datetime,
    version: int | None = None,
) -> Stepped:
    """The holder has done what a condition asks (已开工). Raises NotFound, Stale, Forbidden, InvalidInput."""
    return _act(connection, office, _command(connection, permit, by, now, version), lambda chapter: permitting.meet(
        chapter.case, permit=permit, condition=condition, met_on=met_on, now=chapter.now))


def extend_condition(
    connection: Connection, office: Office, *, permit: str, condition: str, document: str, by: str, now: datetime,
    version: int | None = None,
) -> Stepped:
    """A condition's time is extended (延期开工, 建筑法 art. 9). Raises NotFound, Stale, Forbidden, InvalidInput."""
    return _act(connection, office, _command(connection, permit, by, now, version), lambda chapter: permitting.extend(
        chapter.case, permit=permit, condition=condition, document=document, now=chapter.now))


def _act(connection: Connection, office: Office, command: Command, fact: Callable[[Chapter], Fact]) -> Stepped:
    """A fact about a granted permit, by whoever grants such permits."""
    chapter = resume(connection, office, command)
    require_role(chapter, command.by, _KEEPERS, command="act on a permit")
    chapter.tell(fact(chapter))
    return saved(chapter)


def settle_due(database: Engine, office: Office, *, now: datetime) -> int:
    """Do what is due between cases, each in a transaction of its own; how much was done. With nothing due it reads one small
    index."""
    done = after = 0
    while True:
        with read(database) as connection:
            rows = store.with_news(connection, after=after, most=_BATCH)
        if not rows:
            return done
        for row in rows:
            done += _tell(database, office, row.number, now) + _open(database, office, row.number, now)
        after = rows[-1].id


def _tell(database: Engine, office: Office, number: str, now: datetime) -> int:
    """Tell the case that granted a permit what another did to it; its clocks of the permit stop."""
    with read(database) as connection:
        row, case = permit_register.permit(connection, number)
    if row.untold is None:
        return 0
    with write(database) as connection:
        chapter = resume(connection, office, Command(number=case, by=_NOBODY, now=now))
        row = permit_register.permit(connection, number)[0]
        if row.untold is None:
            return 0
        act = next(event.act for event, _ in reversed(store.events_of(connection, row.id)) if event.kind == "PermitActedOn")
        fact = permitting.told(chapter.case, permit=number, act=Act(act), by_case=store.case_number(connection, row.untold))
        if fact is None:
            store.change_permit(connection, row._replace(untold=None))
            return 0
        chapter.tell(fact)
        chapter.save()
    return 1


def _open(database: Engine, office: Office, number: str, now: datetime) -> int:
    """Open the case that a failed declaration asks for, unless there is one or the permit has ended. One that cannot be opened
    (the process is not deployed yet) is asked for again at the next pass."""
    try:
        with write(database) as connection:
            row, granting = permit_register.permit(connection, number)
            if not row.wanted:
                return 0
            cases.open_case(connection, office, process=PROCESS, by=_NOBODY, now=now, data=_wanted(row, granting))
        return 1
    except Forbidden:
        with write(database) as connection:
            row = permit_register.permit(connection, number)[0]
            store.change_permit(connection, row._replace(wanted="", wanted_for=""))
    except (Refusal, Incident) as error:
        _LOG.warning("the case about permit %s could not be opened: %s", number, logs.of(error))
    return 0


def _wanted(row: PermitRow, granting: str) -> dict[str, object]:
    """What such a case is opened with."""
    data = {"permit": row.number, "permit_act": row.wanted, "ground": f"{row.wanted_for}（{BASES[Act(row.wanted)]}）",
            "applicant": row.holder, "park": row.park, "remarks": f"由办件{granting}的核查结果发起"}
    return {name: value for name, value in data.items() if value}


def _command(connection: Connection, permit: str, by: str, now: datetime, version: int | None = None) -> Command:
    """About the case that granted a permit; `version`: of that case, None to accept any."""
    return Command(number=permit_register.permit(connection, permit)[1], by=by, now=now, version=version)
