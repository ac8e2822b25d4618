"""The catalogue of matters as an office has it: the entries on the shelf, with its own values over them.

Decides that the office's value of a field counts before the shipped one, that what it enters is never edited (a new row ends
the one before at the instant it is entered), and that the catalogue is whole after every change: each name it uses is known, no
name means two things, no promise is longer than its statute without a reason. What an entry may say is decided in
`engine.catalogue_entries`; who may enter it, at the doors.

The shelf holds five files in `catalogue/`: matters.json, bundles.json, parks.json, departments.json, systems.json, each a list
of objects with the fields of `engine.catalogue`. A shelf without them has an empty catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.catalogue import Catalogue, Category, Entry, Matter
from engine.catalogue_checks import Finding, check_promises, findings
from engine.catalogue_entries import MAX_NAME, MAX_TEXT, read_entry, write_entry
from engine.definitions.model import Process
from engine.errors import InvalidInput, NotFound
from engine.limits import Limit
from engine.sentences import say, sentence_of
from services import deployments
from services.deployments import Deployment
from services.store import catalogue as store
from services.store import reading, writing
from services.store.catalogue import EntryRow

FILES: Mapping[Category, str] = {Category.MATTER: "matters.json", Category.BUNDLE: "bundles.json", Category.PARK: "parks.json",
                                 Category.DEPARTMENT: "departments.json", Category.SYSTEM: "systems.json"}
OFFICE, SHIPPED = "office", "shipped"
"""Where a value of the catalogue comes from."""

EVERY = 100_000
"""More rows than any entry has: a history that is not read page by page."""

Shelved = Mapping[tuple[Category, str], Mapping[str, Any]]
"""What the shelf says of each entry, as it is written there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An entry in force. `sources`: where the value of each field comes from. `row`: the office's own values, None when it has
    none."""

    category: Category
    entry: Entry
    sources: Mapping[str, str]
    row: EntryRow | None


def read_shelf(shelf: Path) -> Shelved:
    """What is published in `<shelf>/catalogue`. Raises InvalidInput with file and field when a file cannot be used."""
    found: dict[tuple[Category, str], Mapping[str, Any]] = {}
    for category, name in FILES.items():
        for place, data in enumerate(_read(shelf / "catalogue" / name)):
            try:
                entry = read_entry(category, data)
            except InvalidInput as refusal:
                raise InvalidInput(f"{name}: [{place}].{refusal.field}".rstrip("."), refusal.reason) from refusal
            if (category, entry.code) in found:
                raise InvalidInput(f"{name}: [{place}].code", say("“{entry}” is there twice", entry=entry.code))
            found[category, entry.code] = data
    return found


def load_catalogue(connection: Connection, shelved: Shelved, *, at: datetime | None = None) -> Catalogue:
    """The catalogue in force at an instant; None: as it stands, whatever instants rows bear."""
    return assemble(shelved, store.standing_entries(connection) if at is None else store.entries_at(connection, at))


def held(connection: Connection, shelved: Shelved, category: Category, *, at: datetime) -> list[Held]:
    """The entries of a book in force at an instant, in the order of the shelf, then of their entering."""
    return [each for each in _held(shelved, store.entries_at(connection, at)) if each.category is category]


def held_entry(connection: Connection, shelved: Shelved, category: Category, code: str, *, at: datetime) -> Held:
    """One entry, by its code or its standard name. Raises NotFound."""
    entries = held(connection, shelved, category, at=at)
    for each in entries:
        if code in (each.entry.code, each.entry.name):
            return each
    raise NotFound(say("{category} of the catalogue", category=category), code, say(
        "there are {count}; `jiban catalogue show {category}` lists them", count=len(entries), category=category))


def history(connection: Connection, category: Category, code: str, *, after: int = 0, most: int = EVERY) -> list[EntryRow]:
    """What the office has entered of an entry, in order."""
    return store.history(connection, category=category.value, code=code, after=after, most=most)


def set_values(
    connection: Connection, shelved: Shelved, category: Category, code: str, values: Mapping[str, Any], *, basis: str, by: str,
    now: datetime,
) -> Held:
    """Enter the office's own values of some fields; its values of others stay. A value None takes the shipped one again. An
    entry that is not on the shelf has to be given whole. The same values again change nothing. Raises InvalidInput
    naming the field."""
    number = writing.next_number(connection, "catalogue_entry")  # from here on nobody else writes in the catalogue
    standing = store.standing_entries(connection)
    before = next((row for row in standing if (row.category, row.code) == (category.value, code)), None)
    own = orjson.loads(before.body) if before else {}
    given = {name: value for name, value in {**own, **values}.items() if value is not None}
    if given.get("code", code) != code:
        raise InvalidInput("code", say("is {code}; an entry keeps its code", code=code))
    entry = read_entry(category, {**shelved.get((category, code), {"code": code}), **given})
    if isinstance(entry, Matter):
        check_promises(entry, _drawn(connection, entry.process))
    if before is not None and given == own:
        return _the(category, code, _held(shelved, standing))
    row = EntryRow(id=number, category=category.value, code=_text(code, "code", MAX_NAME), body=orjson.dumps(given),
                   basis=_text(basis, "basis", MAX_TEXT), since=now if before is None else max(now, before.since), until=None,
                   entered_by=_text(by, "by", MAX_NAME))
    after = [*(each for each in standing if each is not before), row]
    _refuse_new(assemble(shelved, standing), assemble(shelved, after), category, code)
    if before is not None:
        store.end_entry(connection, before.id, row.since)
    store.insert_entry(connection, row)
    return _the(category, code, _held(shelved, after))


def end_values(connection: Connection, shelved: Shelved, category: Category, code: str, *, now: datetime) -> EntryRow:
    """End the office's own values of an entry: the shipped ones count again, an entry of its own is gone. Raises NotFound, or
    InvalidInput when another entry still needs it."""
    writing.next_number(connection, "catalogue_entry")
    standing = store.standing_entries(connection)
    before = next((row for row in standing if (row.category, row.code) == (category.value, code)), None)
    if before is None:
        raise NotFound("own values", say("{category} {code}", category=category, code=code),
                       "the office has entered none that are in force")
    after = [each for each in standing if each is not before]
    _refuse_new(assemble(shelved, standing), assemble(shelved, after), category, code)
    until = max(now, before.since)
    store.end_entry(connection, before.id, until)
    return before._replace(until=until)


def assemble(shelved: Shelved, rows: Iterable[EntryRow]) -> Catalogue:
    """The shelf with the office's rows over it."""
    books: dict[Category, dict[str, Any]] = {category: {} for category in Category}
    for each in _held(shelved, rows):
        books[each.category][each.entry.code] = each.entry
    return Catalogue(matters=books[Category.MATTER], bundles=books[Category.BUNDLE], parks=books[Category.PARK],
                     departments=books[Category.DEPARTMENT], systems=books[Category.SYSTEM])


def check(connection: Connection, shelved: Shelved) -> list[Finding]:
    """What somebody should look at: contradictions and gaps, values of entries that have left the shelf, and deployed diagrams
    that say something else than the catalogue."""
    catalogue, rows = load_catalogue(connection, shelved), store.standing_entries(connection)
    orphans = [Finding(category=Category(row.category), code=row.code, message=say(
        "is no longer on the shelf: the office's values of it are not read; end them, or give the entry whole"))
        for row in rows if is_orphan(shelved, row)]
    deployed = [deployments.load(connection, row.id) for row in reading.latest_definitions(connection)]
    return [*findings(catalogue), *orphans,
            *(each for one in deployed for each in _differences(catalogue, one.definition.process)),
            *(each for one in deployed if one.is_bundle for each in _bundle_differences(catalogue, one))]


def _differences(catalogue: Catalogue, process: Process) -> Iterator[Finding]:
    """Where a diagram with a matter of its own and the catalogue say different things."""
    if process.matter is None:
        return
    matter = catalogue.matter_of(process.id)
    if matter is None:
        yield Finding(category=Category.MATTER, code=process.matter, message=say(
            "is handled by the deployed process {process}, and no matter of the catalogue is", process=process.id))
        return
    for what, drawn, listed in ((say("code"), process.matter, matter.code),
                                (say("department"), process.department, matter.department)):
        if drawn and listed and drawn != listed:
            yield Finding(category=Category.MATTER, code=matter.code, message=say(
                "its {what} is {listed} here and {drawn} in the deployed diagram of {process}",
                what=what, listed=listed, drawn=drawn, process=process.id))


def _bundle_differences(catalogue: Catalogue, deployment: Deployment) -> Iterator[Finding]:
    """Where a diagram that opens child cases and the catalogue's bundle differ in the matters, or in which may be left out."""
    drawn: dict[str, bool] = {}
    for node in deployment.nodes.values():
        if node.child is not None:
            matter = catalogue.matter_of(node.called or "")
            code = matter.code if matter is not None else node.called or ""
            drawn[code] = drawn.get(code, False) or not node.child.optional
    bundle = next((each for each in catalogue.bundles.values() if each.process == deployment.process), None)
    if bundle is None:
        yield Finding(category=Category.BUNDLE, code=deployment.matter, message=say(
            "its cases are opened by the deployed process {process}, and no bundle of the catalogue is",
            process=deployment.process))
    elif drawn != (listed := {each.matter: each.is_mandatory for each in bundle.matters}):
        yield Finding(category=Category.BUNDLE, code=bundle.code, message=say(
            "its matters are {listed} here and {drawn} in the deployed diagram of {process}",
            listed=_listed(listed), drawn=_listed(drawn), process=deployment.process))


def _listed(matters: Mapping[str, bool]) -> str:
    return "、".join(code if is_mandatory else f"{code} (optional)" for code, is_mandatory in sorted(matters.items()))


def is_orphan(shelved: Shelved, row: EntryRow) -> bool:
    """Does a row only change an entry that is no longer on the shelf?"""
    return (Category(row.category), row.code) not in shelved and "name" not in orjson.loads(row.body)


def _read(path: Path) -> list[Any]:
    try:
        data = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    except orjson.JSONDecodeError as error:
        raise InvalidInput(path.name, say("is not a JSON file: {technical}", technical=error)) from error
    if not isinstance(data, list):
        raise InvalidInput(path.name, say("expected a list of entries, found {type}", type=type(data).__name__))
    return data


def _held(shelved: Shelved, rows: Iterable[EntryRow]) -> list[Held]:
    """Every entry with the office's own values over the shelf's. Values of an entry that has left the shelf are left out."""
    own = {key: row for row in rows if not is_orphan(shelved, row) for key in [(Category(row.category), row.code)]}
    return [_merged(key, shelved.get(key), own.get(key)) for key in dict.fromkeys((*shelved, *own))]


def _merged(key: tuple[Category, str], shipped: Mapping[str, Any] | None, row: EntryRow | None) -> Held:
    category, code = key
    own = orjson.loads(row.body) if row is not None else {}
    entry = read_entry(category, {"code": code, **(shipped or {}), **own})
    sources = {name: OFFICE if name in own or shipped is None else SHIPPED for name in write_entry(entry)}
    return Held(category=category, entry=entry, sources=sources, row=row)


def _drawn(connection: Connection, process: str) -> tuple[Limit, ...]:
    """The limits of the newest diagram of a process; none when it is not deployed."""
    row = reading.latest_definition(connection, process) if process else None
    return deployments.load(connection, row.id).definition.process.limits if row is not None else ()


def _the(category: Category, code: str, entries: Iterable[Held]) -> Held:
    return next(each for each in entries if each.category is category and each.entry.code == code)


def _refuse_new(before: Catalogue, after: Catalogue, category: Category, code: str) -> None:
    """Refuse a change by which the catalogue contradicts itself where it did not before."""
    known = {(each.category, each.code, each.message) for each in findings(before)}
    for each in findings(after):
        if not each.is_gap and (each.category, each.code, each.message) not in known:
            if (each.category, each.code) == (category, code):
                raise InvalidInput("", each.message)
            raise InvalidInput("", say("{category} {code}: {message}", category=each.category, code=each.code,
                                       message=sentence_of(each.message)))


def _text(value: str, name: str, most: int) -> str:
    kept = value.strip()
    if not kept or len(kept) > most or not kept.isprintable():
        raise InvalidInput(name, say("expected 1 to {most} printable characters on one line", most=most))
    return kept
