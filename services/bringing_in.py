"""Bringing in cases in progress 在办件转入: what another system holds becomes cases here, each whole or not at all.

One row is one case in a transaction of its own: opened under its old days, walked to the step where it stands, its clocks
counted from the original acceptance (`engine.bringing_in` says what is told, `engine.process.placing` how the tokens get
there). A row that cannot land is refused with its reason and leaves nothing behind. A broken-off file is brought in again:
what has its number here already is passed over, by the number it had there. A dry run does everything and keeps nothing, so
that what it says is what will be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Connection, Engine

from engine import bringing_in as rules
from engine.bringing_in import Past, Standpoint
from engine.definitions.model import NodeKind
from engine.errors import Forbidden, Incident, InvalidInput, NotFound, Refusal
from engine.limits import LimitKind
from engine.process import placing
from engine.process.compile import Program
from engine.process.placing import Place, Placed
from engine.process.step import Step, Wait
from engine.sentences import say
from services import cases, deployments, waiting
from services.acting import Stepped, saved
from services.chapter import Chapter
from services.database import writing as write
from services.deployments import Deployment
from services.forms import start_fields
from services.office import Office
from services.store import origins
from services.store.origins import OriginRow

_LONGEST = 100
_MOST_STEPS = 50
_STANDS_AT = frozenset({NodeKind.USER_TASK, NodeKind.SERVICE_TASK, NodeKind.CATCH_EVENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class InProgress:
    """A case as another system holds it. `process`: its id or Chinese name; `steps`: where it stands, every branch, as node
    ids or names of tasks and of child cases that are still to be opened; `outcomes`: by node, those that led there where they
    were not the ordinary ones (a child case was granted); `data`: of the
    start form. `due_on`: when it is due there, to be checked; None: nothing is checked. `department` "": the diagram's."""

    process: str
    source: str
    old_number: str
    steps: tuple[str, ...]
    past: Past
    data: Mapping[str, object] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    department: str = ""
    park: str = ""
    project: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What became of a row: `number`, the case here. `is_new`: False when it had been brought in before. `due`: by clock of
    the case, a date or a minute, None while it stands still. `lapsed`: the clocks that are late; `tasks`: the open tasks by
    name."""

    number: str
    is_new: bool
    state: str = ""
    due: Mapping[str, str | None] = field(default_factory=dict)
    is_provisional: bool = False
    lapsed: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a file, by its line; `case` None: it could not be read, and `refusal` says why."""

    line: int
    old_number: str
    case: InProgress | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of a row: it landed, or `refusal` says why not."""

    line: int
    old_number: str
    landed: Landed | None = None
    refusal: str = ""


def bring_in(connection: Connection, office: Office, row: InProgress, *, by: str, now: datetime) -> Landed:
    """Bring in one case. One that is here already changes nothing. Raises NotFound for its process, InvalidInput naming the
    field of what is wrong with it, Forbidden for what this office has yet to enter."""
    known = _text(row.old_number, "old_number")
    if found := origins.find(connection, known, _text(row.source, "source")):
        return Landed(number=found[0].number, is_new=False)
    chapter = _begun(connection, office, row, by, now)
    placed, at = _placed(chapter, row)
    fact = rules.brought_in(row.past, at, source=row.source.strip(), old_number=known, today=cases.local_day(now))
    fact = replace(fact, since=_since(chapter, row.past, placed.step) if fact.since is None else fact.since)
    chapter.bring_in(fact, placed.step)
    _check_incidents(chapter)
    _check_due(chapter, row.due_on)
    landed = _landed(chapter, saved(chapter))
    origins.insert_origin(connection, OriginRow(number=landed.number, source=fact.source, old_number=known))
    return landed


def bring_in_all(
    database: Engine, office: Office, rows: Iterable[Row], *, by: str, now: datetime, is_dry: bool = False,
) -> Iterator[Line]:
    """Bring in one row after another, each in a transaction of its own; what became of each as soon as it is known. `is_dry`:
    nothing is kept. A number that two rows bear is refused the second time."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        refusal = row.refusal
        if row.case is not None and (earlier := seen.setdefault((row.case.source, row.old_number), row.line)) != row.line:
            refusal = say("“{old_number}” is on line {line} already", old_number=row.old_number, line=earlier)
        if row.case is None or refusal:
            yield Line(line=row.line, old_number=row.old_number, refusal=refusal)
        else:
            yield _line(database, office, row.line, row.case, by=by, now=now, is_dry=is_dry)


def find(
    connection: Connection, old_number: str, source: str | None = None, *, is_seen: Callable[[str], bool] = lambda _: True,
) -> list[OriginRow]:
    """The cases here that had this number elsewhere, of those whose number here is seen. Raises NotFound."""
    found = [row for row in origins.find(connection, old_number, source) if is_seen(row.number)]
    if not found:
        raise NotFound("case brought in under", old_number, "no system has brought in a case with this number")
    return found


def _line(
    database: Engine, office: Office, line: int, case: InProgress, *, by: str, now: datetime, is_dry: bool,
) -> Line:
    try:
        with _kept(database, is_dry) as connection:
            return Line(line=line, old_number=case.old_number, landed=bring_in(connection, office, case, by=by, now=now))
    except (Refusal, Incident) as refusal:
        return Line(line=line, old_number=case.old_number, refusal=refusal.sentence)


@contextmanager
def _kept(database: Engine, is_dry: bool) -> Iterator[Connection]:
    """A transaction; a dry one is rolled back at its end."""
    with write(database) as connection:
        yield connection
        if is_dry:
            connection.rollback()


def _begun(connection: Connection, office: Office, row: InProgress, by: str, now: datetime) -> Chapter:
    """The case opened under its own days, in its own place; the form is told of the place where it asks for it."""
    places = {"park": row.park, "project_code": row.project}
    office.refresh(connection)
    asked = start_fields(office.shelf, office.deployment(connection, deployments.find(connection, row.process)))
    data = {**{name: value for name, value in places.items() if value and name in asked}, **row.data}
    known = {"park": row.park or data.get("park", ""), "project": row.project or data.get("project_code", ""),
             "department": row.department}
    as_known = {name: _text(str(value), name) for name, value in known.items() if value}
    chapter, _ = cases.begin(connection, office, process=row.process, data=data, by=by, now=now,
                             as_known={**as_known, "received_on": row.past.received_on})
    return chapter


def _placed(chapter: Chapter, row: InProgress) -> tuple[Placed, Standpoint]:
    """The walk to where the case stands, and what it shows."""
    deployment = chapter.deployment
    places = frozenset(_step(deployment, step) for step in _steps(row))
    for node in row.outcomes:
        if not any(id == node for _, id in deployment.nodes):
            raise InvalidInput("outcomes", say(
                "“{step}” is no step of {process}", step=node[:100], process=deployment.definition.process.name))
    values = cases.scalars(deployment, chapter.data)
    placed = _found(deployment.program, tuple(sorted((name, _frozen(value)) for name, value in values.items())), places,
                    tuple(sorted(row.outcomes.items())))
    if isinstance(placed, InvalidInput):
        raise InvalidInput(placed.field, placed.reason)
    milestones = tuple(passed.milestone for passed in placed.step.passed if passed.milestone is not None)
    return placed, Standpoint(nodes=tuple(sorted(node for _, node in places)), way=placed.way, milestones=milestones)


@lru_cache(maxsize=1024)
def _found(
    program: Program, values: tuple[tuple[str, object], ...], places: frozenset[Place], outcomes: tuple[tuple[str, str], ...],
) -> Placed | InvalidInput:
    """A file holds many cases of a kind at the same step: each kind is searched for once, and so is one without a walk."""
    try:
        return placing.find(program, {name: list(value) if isinstance(value, tuple) else value for name, value in values},
                            places, dict(outcomes))
    except InvalidInput as refusal:
        return InvalidInput(refusal.field, refusal.reason)  # without the frames it came through


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _steps(row: InProgress) -> list[str]:
    steps = [step.strip() for step in row.steps if step.strip()]
    if not 0 < len(steps) <= _MOST_STEPS:
        raise InvalidInput("steps", say(
            "name the steps at which the case stands: 1 to {most}, found {count}", most=_MOST_STEPS, count=len(steps)))
    return steps


def _step(deployment: Deployment, named: str) -> Place:
    """The node of a step, named by its id, its Chinese name, or, where several have it, by the path to it
    (`accept_case/verify`). Raises InvalidInput."""
    nodes = {place: node for place, node in deployment.nodes.items()
             if node.kind in _STANDS_AT or node.child is not None}
    found = [place for place in nodes if "/".join((*place[0], place[1])) == named] or [
        place for place, node in nodes.items() if named in (node.id, node.name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput("steps", say(
            "“{step}” is several steps; say which: {known}",
            step=named, known='、'.join('/'.join((*path, id)) for path, id in found)))
    known = "、".join(dict.fromkeys(node.name or node.id for node in nodes.values() if node.kind is NodeKind.USER_TASK))
    raise InvalidInput("steps", say(
        "“{step}” is no step of {process}; its steps are: {known}",
        step=named[:100], process=deployment.definition.process.name, known=known))


def _since(chapter: Chapter, past: Past, step: Step) -> datetime | None:
    """From when the limits count that are drawn where the case stands and hang on no clock of the case: the notice of what is
    missing from the receipt, or the resubmission (行政许可法 art. 32(4)); any other from a day only the row can say."""
    for wait in step.opened:
        if (limit := waiting.limit_of(wait)) is None or _hangs(chapter, wait):
            continue
        if limit.kind is not LimitKind.NOTICE or past.accepted_at is not None:
            raise InvalidInput("since", say(
                "“{wait}” counts from the day the case came to its step: say which", wait=wait.name or wait.node))
        return rules.opening_of(past.resubmitted_on or past.received_on)
    return None


def _hangs(chapter: Chapter, wait: Wait) -> bool:
    """Will a drawn limit hang on a clock of the case? The case has that clock as soon as it is brought in."""
    limit = waiting.limit_of(wait)
    return limit is not None and any(limit.kind is drawn.kind for drawn in chapter.terms.limits)


def _check_incidents(chapter: Chapter) -> None:
    """A case that could not go on here without somebody's help is not brought in."""
    for incident in chapter.rows.incidents:
        raise Forbidden("bring in", incident.message)


def _check_due(chapter: Chapter, due_on: date | None) -> None:
    clock = chapter.case.governing
    if due_on is None or (clock is not None and clock.due_on == due_on):
        return
    found = (say("has no due date here") if clock is None or clock.due_on is None
             else say("is due on {due_on} here", due_on=clock.due_on))
    why = "" if clock is None else say(
        " ({amount} {unit} from the {source}, counted from {day})", amount=clock.amount, unit=clock.unit, source=clock.source,
        day=cases.local_day(clock.counted_from))
    raise InvalidInput("due_on", say(
        "the other system says {due_on}, but the case {found}{why}: check its acceptance, its stops and its limit, or leave "
        "the day out", due_on=due_on, found=found, why=why))


def _landed(chapter: Chapter, stepped: Stepped) -> Landed:
    case = chapter.case
    return Landed(
        number=stepped.number, is_new=True, state=case.state.value, due={clock.name: clock.due for clock in case.clocks},
        is_provisional=any(clock.is_provisional for clock in case.clocks),
        lapsed=tuple(clock.name for clock in case.clocks if clock.has_lapsed),
        tasks=tuple(task.name for task in chapter.rows.tasks))


def _text(value: str, name: str) -> str:
    """A text that is kept in a column of its own. Raises InvalidInput."""
    kept = value.strip()
    if not kept or len(kept) > _LONGEST or not kept.isprintable():
        raise InvalidInput(name, say("expected 1 to {most} printable characters on one line", most=_LONGEST))
    return kept
