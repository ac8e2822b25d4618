"""The statements of drafts, and of what is told about deployed versions where designers look.

A draft is changed by whoever names the version it was read at; its events are only ever added.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, String, bindparam, func, insert, or_, select, update

from services import tables as t


class DraftRow(NamedTuple):
    """A draft with its content. `version` counts its changes; `definition_id`: what it was published as, None until then."""

    id: int
    process: str
    name: str
    state: str
    source: bytes
    sha256: str
    version: int
    origin: str
    origin_name: str
    drawn_by: str
    drawn_at: datetime
    changed_by: str
    changed_at: datetime
    definition_id: int | None


class DraftLine(NamedTuple):
    """A draft as lists show it."""

    id: int
    process: str
    name: str
    state: str
    version: int
    drawn_by: str
    changed_by: str
    changed_at: datetime


class EventRow(NamedTuple):
    """What was done with a draft. `sha256`: of its content at that moment."""

    draft_id: int
    place: int
    kind: str
    by: str
    natural: str
    at: datetime
    sha256: str
    reason: str


class VersionRow(NamedTuple):
    """A deployed version without its content. `draft_id`: of the draft it was published from, None: by the command line.
    `running`: cases that are open on it."""

    id: int
    process: str
    version: int
    hash: str
    name: str
    file: str
    deployed_at: datetime
    draft_id: int | None
    running: int


_D, _E, _V = t.draft.c, t.draft_event.c, t.definition.c
_ONE = select(*(_D[name] for name in DraftRow._fields)).where(_D.id == bindparam("id"))
_OPEN = (select(*(_D[name] for name in DraftLine._fields)).where(_D.state.in_(("drawing", "submitted", "returned")))
         .order_by(_D.changed_at.desc(), _D.id.desc()).limit(bindparam("most")))
_OF_PROCESS = (select(*(_D[name] for name in DraftLine._fields)).where(_D.process == bindparam("process"))
               .order_by(_D.id.desc()).limit(bindparam("most")))
_ASKED_PROCESS, _ASKED_STATE = bindparam("process", type_=String), bindparam("state", type_=String)
_BEFORE = bindparam("before", type_=BigInteger)
_PAGE = (select(*(_D[name] for name in DraftLine._fields))
         .where(or_(_ASKED_PROCESS.is_(None), _D.process == _ASKED_PROCESS),
                or_(_ASKED_STATE.is_(None), _D.state == _ASKED_STATE), or_(_BEFORE.is_(None), _D.id < _BEFORE))
         .order_by(_D.id.desc()).limit(bindparam("most")))
_INSERT, _TELL = insert(t.draft), insert(t.draft_event)
_CHANGED = ("process", "name", "state", "source", "sha256", "version", "changed_by", "changed_at", "definition_id")
_CHANGE = (update(t.draft).where(_D.id == bindparam("of_id"), _D.version == bindparam("read_version"))
           .values({name: bindparam(name) for name in _CHANGED}))
_EVENTS = select(*(_E[name] for name in EventRow._fields)).where(_E.draft_id == bindparam("id")).order_by(_E.place)
_LAST_PLACE = select(func.coalesce(func.max(_E.place), 0)).where(_E.draft_id == bindparam("id"))
_PUBLISHED_BY = (select(_D.definition_id, _E.by, _E.at, _E.draft_id).join_from(t.draft_event, t.draft, _D.id == _E.draft_id)
                 .where(_E.kind == "published", _D.process == bindparam("process")))
_RUNNING = (select(t.case.c.definition_id, func.count().label("running")).where(t.case.c.ended_at.is_(None))
            .group_by(t.case.c.definition_id).subquery("running"))
_VERSION = [*(_V[name] for name in VersionRow._fields[:7]), t.draft.c.id.label("draft_id"),
            func.coalesce(_RUNNING.c.running, 0).label("running")]
_VERSIONS = (select(*_VERSION).join_from(t.definition, t.draft, _D.definition_id == _V.id, isouter=True)
             .join(_RUNNING, _RUNNING.c.definition_id == _V.id, isouter=True))
_ALL_VERSIONS = _VERSIONS.order_by(_V.process, _V.version.desc())
_VERSIONS_OF = _VERSIONS.where(_V.process == bindparam("process")).order_by(_V.version.desc())


_SOURCES = select(_V.hash, _V.file, _V.source).where(_V.id.in_(bindparam("ids", expanding=True)))


def draft(connection: Connection, draft_id: int) -> DraftRow | None:
    """One draft; None: there is none of this number."""
    row = connection.execute(_ONE, {"id": draft_id}).first()
    return DraftRow._make(row) if row else None


def open_drafts(connection: Connection, *, most: int) -> list[DraftLine]:
    """Drafts that are neither published nor dropped, the last changed first."""
    return [DraftLine._make(row) for row in connection.execute(_OPEN, {"most": most})]


def drafts_of(connection: Connection, process: str, *, most: int) -> list[DraftLine]:
    """Drafts of a process, the newest first, whatever became of them."""
    return [DraftLine._make(row) for row in connection.execute(_OF_PROCESS, {"process": process, "most": most})]


def page(
    connection: Connection, *, process: str | None, state: str | None, before: int | None, most: int,
) -> list[DraftLine]:
    """Drafts, the newest first, before a number; `process`, `state`, `before` None: whichever it is."""
    given = {"process": process, "state": state, "before": before, "most": most}
    return [DraftLine._make(row) for row in connection.execute(_PAGE, given)]


def insert_draft(connection: Connection, row: DraftRow) -> None:
    """Write a draft."""
    connection.execute(_INSERT, row._asdict())


def change_draft(connection: Connection, row: DraftRow, *, read_version: int) -> bool:
    """Write what has changed of a draft; False: it is not at the version it was read at any more."""
    given = {name: getattr(row, name) for name in _CHANGED}
    return connection.execute(_CHANGE, {"of_id": row.id, "read_version": read_version, **given}).rowcount == 1


def tell(connection: Connection, row: EventRow) -> None:
    """Add an event to a draft; its place is given here."""
    place = int(connection.execute(_LAST_PLACE, {"id": row.draft_id}).scalar_one()) + 1
    connection.execute(_TELL, row._replace(place=place)._asdict())


def events(connection: Connection, draft_id: int) -> list[EventRow]:
    """What was done with a draft, in order."""
    return [EventRow._make(row) for row in connection.execute(_EVENTS, {"id": draft_id})]


def publishers(connection: Connection, process: str) -> dict[int, tuple[str, datetime]]:
    """Who published each version of a process that came from a draft, and when, by the id of the definition."""
    return {row[0]: (row[1], row[2]) for row in connection.execute(_PUBLISHED_BY, {"process": process})}


def versions(connection: Connection, process: str | None = None) -> Sequence[VersionRow]:
    """Deployed versions by process, the newest first, with their running cases; None: of every process."""
    found = connection.execute(_ALL_VERSIONS) if process is None else connection.execute(_VERSIONS_OF, {"process": process})
    return [VersionRow._make(row) for row in found]


def sources(connection: Connection, ids: Sequence[int]) -> list[tuple[str, str, bytes]]:
    """Hash, file and content of versions; no statement for none."""
    return [tuple(row) for row in connection.execute(_SOURCES, {"ids": list(ids)})] if ids else []
