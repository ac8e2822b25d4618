"""Keeping the register of connected systems 系统对接台账 and mending what is not in place, at every door (seed measure 4).

A cell is entered by whoever rules for its park, with its evidence; the entry before stays. What is not in place may become
a rectification task 整改任务 of the department that leads the system, with an owner and a day; the department answers, and
another person than who mended closes it 销号, once the register says that it is in place. What an entry means is decided in
`engine.linkage`, how rows are kept in `services.systems`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from engine.catalogue import Catalogue, System
from engine.duties import People
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.jurisdiction import DECIDERS, may_rule
from engine.jurisdiction import Place as Ruled
from engine.linkage import ALLOWED, ITEMS, Deed, Entered, Happened, Item, MendingState, Place, Rate, Rectification, folded, rate
from engine.sentences import say
from services import people, systems
from services.administering import Instruction
from services.store import systems as store
from services.store import writing
from services.store.systems import CheckRow, EventRow, RectificationRow

EVERY = 100_000
_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCheck:
    """A cell to be entered; park and system by any of their names. `evidence`: what it rests on, or what is missing."""

    park: str
    system: str
    item: Item
    is_in_place: bool
    evidence: str
    checked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRectification:
    """What is to be mended, by whom, by when. `department` "": that which leads the system."""

    park: str
    system: str
    item: Item
    owner: str
    text: str
    due_on: date
    department: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The register on a day: `cells` that were entered, of all `parks` × `systems` × four; rates by park, by system and in all.
    `unconfirmed`: cells in place that nobody has looked at in the month of that day."""

    on: date
    parks: tuple[str, ...]
    systems: tuple[System, ...]
    cells: Mapping[Place, Entered]
    by_park: Mapping[str, Rate]
    by_system: Mapping[str, Rate]
    whole: Rate
    unconfirmed: int


def matrix(connection: Connection, catalogue: Catalogue, *, on: date) -> Matrix:
    """The register as it stood on a day, of the parks and systems that are in the catalogue now."""
    cells = systems.cells(connection, on=on)
    parks, listed = tuple(each.name for each in catalogue.parks.values()), tuple(catalogue.systems.values())
    places = [Place(park=park, system=system.code, item=item) for park in parks for system in listed for item in Item]
    return Matrix(
        on=on, parks=parks, systems=listed, cells=cells, whole=rate(cells, places),
        by_park={park: rate(cells, (each for each in places if each.park == park)) for park in parks},
        by_system={system.code: rate(cells, (each for each in places if each.system == system.code)) for system in listed},
        unconfirmed=sum(place in cells and cells[place].is_in_place and cells[place].checked_on < on.replace(day=1)
                        for place in places))


def history(connection: Connection, place: Place) -> list[CheckRow]:
    """Every entry of a cell, the oldest first."""
    return store.history(connection, park=place.park, system=place.system, item=place.item.value)


def enter(connection: Connection, told: Instruction, catalogue: Catalogue, new: NewCheck) -> CheckRow:
    """Enter a cell. Raises Forbidden, InvalidInput."""
    return _entered(connection, people.people_in_force(connection), told, catalogue, new)


def enter_all(
    connection: Connection, told: Instruction, catalogue: Catalogue, checks: Iterable[NewCheck],
) -> list[CheckRow]:
    """Enter many, all or none (the transaction is the caller's). Raises Forbidden, InvalidInput."""
    known = people.people_in_force(connection)
    return [_entered(connection, known, told, catalogue, new) for new in checks]


def order(connection: Connection, told: Instruction, catalogue: Catalogue, new: NewRectification) -> Rectification:
    """发起整改 of a cell that is not in place. Raises Forbidden, InvalidInput."""
    place, system = _place(catalogue, new.park, new.system, new.item, told.today)
    may_rule(people.people_in_force(connection), told.by, Ruled(park=place.park), told.today, command="order a rectification",
             roles=DECIDERS)
    number = writing.next_number(connection, "rectification")  # from here on nobody else orders one
    _require_unmet(connection, place)
    if new.due_on < told.today:
        raise InvalidInput("due_on", say("{due_on} lies in the past", due_on=new.due_on))
    row = RectificationRow(
        id=number, park=place.park, system=place.system, item=place.item.value,
        department=_text(new.department or system.lead, "department", 100), owner=_text(new.owner, "owner", 100),
        text=_text(new.text, "text", _LONGEST), due_on=new.due_on.isoformat(), ordered_by=told.by, ordered_at=told.now)
    store.insert_rectification(connection, row)
    return _ordered(row)


def rectifications(
    connection: Connection, *, department: str = "", after: int = 0, most: int = EVERY,
) -> list[Rectification]:
    """整改任务 in the order in which they were ordered, as they stand; "" for every department's."""
    rows = store.rectifications(connection, department=department, after=after, most=most)
    return _folded(connection, rows)


def rectification(connection: Connection, id: int) -> Rectification:
    """One. Raises NotFound."""
    row = store.rectification(connection, id)
    if row is None:
        raise NotFound("rectification", str(id), "the list has those there are")
    return _folded(connection, [row])[0]


def happened(connection: Connection, id: int) -> list[EventRow]:
    """What has happened to one, in order."""
    return store.events_of(connection, [id])


def reply(connection: Connection, told: Instruction, id: int, *, text: str) -> Rectification:
    """整改答复, by its owner or somebody of the department that mends. Raises NotFound, Forbidden, InvalidInput."""
    task, known = _taken(connection, id), people.people_in_force(connection)
    person = known.person(told.by, told.today, "reply to a rectification")
    if person is not None and task.owner not in (person.id, person.name) and person.unit != task.department:
        raise Forbidden("reply to a rectification", say(
            "rectification {id} is mended by {owner} of {department}: one of them answers, not {by}",
            id=id, owner=task.owner, department=task.department, by=told.by))
    return _do(connection, known, told, task, Deed.REPLIED, text)


def send_back(connection: Connection, told: Instruction, id: int, *, reason: str, due_on: date) -> Rectification:
    """退回重新整改, with a new day, by another than who mended. Raises NotFound, Forbidden, InvalidInput."""
    task, known = _judged(connection, told, id, "return a rectification")
    if due_on < told.today:
        raise InvalidInput("due_on", say("{due_on} lies in the past", due_on=due_on))
    return _do(connection, known, told, task, Deed.RETURNED, reason, due_on)


def close(connection: Connection, told: Instruction, id: int, *, text: str) -> Rectification:
    """销号, by another than who mended, of a cell that is in place now. Raises NotFound, Forbidden, InvalidInput."""
    task, known = _judged(connection, told, id, "close a rectification")
    row = store.latest(connection, park=task.place.park, system=task.place.system, item=task.place.item.value)
    if row is None or not row.is_in_place:
        raise Forbidden("close a rectification", say(
            "the register does not say that {item} of {system} is in place in {park}: enter it with its evidence first, or "
            "return the rectification", item=ITEMS[task.place.item], system=task.place.system, park=task.place.park))
    return _do(connection, known, told, task, Deed.CLOSED, text)


def _entered(connection: Connection, known: People, told: Instruction, catalogue: Catalogue, new: NewCheck) -> CheckRow:
    place, _ = _place(catalogue, new.park, new.system, new.item, told.today)
    may_rule(known, told.by, Ruled(park=place.park), told.today, command="enter a check")
    if new.checked_on > told.today:
        raise InvalidInput("checked_on", say("{checked_on} is still to come; a check says what was found",
                                             checked_on=new.checked_on))
    return systems.write(connection, Entered(
        place=place, is_in_place=new.is_in_place, evidence=_text(new.evidence, "evidence", _LONGEST),
        checked_on=new.checked_on), by=told.by, now=told.now)


def _place(catalogue: Catalogue, park: str, system: str, item: Item, on: date) -> tuple[Place, System]:
    found = catalogue.park(park, on)
    if found is None:
        raise InvalidInput("park", say("“{park}” is no park of the catalogue", park=park.strip()[:40]))
    listed = next((each for each in catalogue.systems.values() if system.strip() in (each.code, each.name)), None)
    if listed is None:
        raise InvalidInput("system", say(
            "“{system}” is no system of the catalogue; known are: {known}", system=system.strip()[:40],
            known=tuple(each.name for each in catalogue.systems.values())))
    return Place(park=found.name, system=listed.code, item=item), listed


def _require_unmet(connection: Connection, place: Place) -> None:
    row = store.latest(connection, park=place.park, system=place.system, item=place.item.value)
    if row is not None and row.is_in_place:
        raise Forbidden("order a rectification", say(
            "{item} of {system} is in place in {park} since {checked_on}: there is nothing to mend",
            item=ITEMS[place.item], system=place.system, park=place.park, checked_on=row.checked_on))
    waiting = next((each for each in rectifications(connection)
                    if each.place == place and each.state is not MendingState.CLOSED), None)
    if waiting is not None:
        raise Forbidden("order a rectification", say(
            "rectification {id} asks for it already, by {due_on}", id=waiting.id, due_on=waiting.due_on))


def _taken(connection: Connection, id: int) -> Rectification:
    """One, at its turn: two at once do not answer it twice."""
    writing.next_number(connection, "rectification_event")
    return rectification(connection, id)


def _judged(connection: Connection, told: Instruction, id: int, command: str) -> tuple[Rectification, People]:
    """整改人≠销号人, by natural person; whoever rules for the park, or watches there, judges."""
    task, known = _taken(connection, id), people.people_in_force(connection)
    may_rule(known, told.by, Ruled(park=task.place.park), told.today, command=command, roles=DECIDERS)
    if task.replied_by and known.natural(told.by) == task.replied_by:
        raise Forbidden(command, say(
            "{by} has mended it: another person than who mended closes or returns it (整改人≠销号人)", by=told.by))
    return task, known


def _do(
    connection: Connection, known: People, told: Instruction, task: Rectification, deed: Deed, text: str,
    due_on: date | None = None,
) -> Rectification:
    if deed not in ALLOWED[task.state]:
        raise Forbidden("change a rectification", say(
            "rectification {id} is {state}", id=task.id, state=task.state))
    natural = known.natural(told.by)
    done = Happened(deed=deed, by=told.by, natural=natural, text=_text(text, "text", _LONGEST), due_on=due_on)
    place = len(store.events_of(connection, [task.id])) + 1
    store.insert_event(connection, EventRow(
        rectification_id=task.id, place=place, kind=deed.value, by=told.by, natural=natural, at=told.now, text=done.text,
        due_on=due_on.isoformat() if due_on else None))
    return folded(task, [done])


def _folded(connection: Connection, rows: Sequence[RectificationRow]) -> list[Rectification]:
    events: dict[int, list[Happened]] = {}
    for row in store.events_of(connection, [each.id for each in rows]):
        events.setdefault(row.rectification_id, []).append(Happened(
            deed=Deed(row.kind), by=row.by, natural=row.natural, text=row.text,
            due_on=date.fromisoformat(row.due_on) if row.due_on else None))
    return [folded(_ordered(row), events.get(row.id, ())) for row in rows]


def _ordered(row: RectificationRow) -> Rectification:
    return Rectification(
        id=row.id, place=Place(park=row.park, system=row.system, item=Item(row.item)), department=row.department,
        owner=row.owner, text=row.text, due_on=date.fromisoformat(row.due_on), ordered_by=row.ordered_by)


def _text(value: str, name: str, most: int) -> str:
    kept = " ".join(value.split())
    if not kept or len(kept) > most or not kept.isprintable():
        raise InvalidInput(name, say("expected 1 to {most} printable characters on one line", most=most))
    return kept
