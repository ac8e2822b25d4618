"""The library of processes: each with its versions, the cases that run on them, and where it is used.

Used by other processes is what their newest versions call within a case or open as child cases; matters and bundles are those
of the catalogue as the office has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection

from engine.definitions.references import References, references
from engine.errors import NotFound
from services.office import Office
from services.store import drafts as store
from services.store.drafts import VersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A code or an id, and what people call it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A process. `versions`: the newest first. `called_by`: processes that run it within their cases (jb:case inline or none);
    `opened_by`: those that open a child case on it; `calls`: what it calls or opens itself."""

    process: str
    name: str
    versions: tuple[VersionRow, ...]
    called_by: tuple[Named, ...]
    opened_by: tuple[Named, ...]
    calls: tuple[Named, ...]
    matters: tuple[Named, ...]
    bundles: tuple[Named, ...]

    @property
    def running(self) -> int:
        """Cases open on any version."""
        return sum(each.running for each in self.versions)

    @property
    def is_used(self) -> bool:
        """Would anybody miss it?"""
        return bool(self.called_by or self.opened_by or self.matters or self.bundles)


def processes(connection: Connection, office: Office) -> list[Shelved]:
    """Every deployed process, by its id."""
    versions = [(process, tuple(rows)) for process, rows in groupby(store.versions(connection), key=lambda row: row.process)]
    names = {process: rows[0].name for process, rows in versions}
    calls, opens = _uses(connection, [rows[0] for _, rows in versions])
    return [_shelved(office, process, rows, names, calls, opens) for process, rows in versions]


def process(connection: Connection, office: Office, name: str) -> Shelved:
    """One process, by its id. Raises NotFound."""
    found = next((each for each in processes(connection, office) if each.process == name), None)
    if found is None:
        raise NotFound("process", name)
    return found


_Uses = dict[str, frozenset[str]]
_KNOWN: dict[str, References] = {}
"""What a version calls, by its hash: versions of one meaning call the same."""
_MOST_KNOWN = 2000


def _uses(connection: Connection, newest: Sequence[VersionRow]) -> tuple[_Uses, _Uses]:
    """What the newest version of each process calls within its cases, and what it opens as cases of their own."""
    missing = [row.id for row in newest if row.hash not in _KNOWN]
    for hash, file, source in store.sources(connection, missing):
        _KNOWN[hash] = references(source, file=file)
    found = {row.process: _KNOWN[row.hash] for row in newest}
    while len(_KNOWN) > _MOST_KNOWN:
        _KNOWN.pop(next(iter(_KNOWN)))
    return ({process: each.calls for process, each in found.items()}, {process: each.opens for process, each in found.items()})


def _shelved(
    office: Office, process: str, rows: tuple[VersionRow, ...], names: dict[str, str], calls: _Uses, opens: _Uses,
) -> Shelved:
    catalogue = office.catalogue
    matters = [each for each in catalogue.matters.values() if each.process == process]
    codes = {each.code for each in matters}
    bundles = [each for each in catalogue.bundles.values()
               if each.process == process or any(of.matter in codes for of in each.matters)]
    return Shelved(
        process=process, name=rows[0].name, versions=rows,
        called_by=_named(names, (caller for caller, of in calls.items() if process in of)),
        opened_by=_named(names, (opener for opener, of in opens.items() if process in of)),
        calls=_named(names, calls[process] | opens[process]),
        matters=tuple(Named(id=each.code, name=each.name) for each in matters),
        bundles=tuple(Named(id=each.code, name=each.name) for each in bundles))


def _named(names: dict[str, str], ids: Iterable[str]) -> tuple[Named, ...]:
    return tuple(Named(id=id, name=names.get(id, id)) for id in sorted(ids))
