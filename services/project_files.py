"""The file of a project 项目档案: entered, changed, coded, signed, staged and planned; each change is an event that stays.

Decides how an event is kept and what else has to be entered with it: with an agreement its commitments, as rulings of the
project; with a code the commitments once more, because from then on its cases bear the code; with a plan what the register of
regional assessments says on that day. Which cases a plan opens is decided next door (`services.projects`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce

import msgspec
import orjson
from sqlalchemy import Connection

from engine import plans
from engine import projects as rules
from engine.assessments import KINDS as ASSESSED
from engine.case import local_day
from engine.errors import Forbidden, InvalidInput, NotFound, Stale
from engine.limits import Limit, Unit
from engine.plans import PlanItem
from engine.precedence import Commitment
from engine.project_events import (
    KINDS,
    AgreementEntered,
    PlanMade,
    Profile,
    ProfileChanged,
    ProjectEvent,
    ProjectOpened,
)
from engine.projects import Project, Stage, Tier
from engine.sentences import say
from services import assessments, rulings
from services.store import projects as store
from services.store import writing
from services.store.projects import EventRow, ProjectRow

EVERY = 100_000
_MOST_COMMITMENTS = 100
_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Whose project is changed, by whom. `seq`: how many events it had when it was read, None to accept any."""

    project: str
    by: str
    now: datetime
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event of a project: which number, who, when."""

    seq: int
    at: datetime
    by: str
    event: ProjectEvent


def open_project(connection: Connection, profile: Profile, *, by: str, now: datetime) -> Project:
    """A project that is being negotiated 在谈项目. Raises InvalidInput naming the field."""
    event = ProjectOpened(profile=rules.profile(profile))
    number = f"XM{local_day(now):%Y}{writing.next_number(connection, f'project-{local_day(now):%Y}'):06d}"
    project = rules.evolve(None, number, event)
    row = _row(writing.next_number(connection, "project"), project)
    store.insert_project(connection, row, _event(row, event, _name(by), now))
    return project


def change_profile(connection: Connection, change: Change, profile: Profile, *, reason: str) -> Project:
    """What the project is, entered anew, with the reason. Raises NotFound, Stale, Forbidden, InvalidInput."""
    if not reason.strip():
        raise InvalidInput("reason", "a change of the file needs its reason; the history shows it")
    said = ProfileChanged(profile=rules.profile(profile), reason=reason.strip()[:1000])
    return tell(connection, change, lambda project: said)


def give_code(connection: Connection, change: Change, code: str) -> Project:
    """赋码. The commitments entered under our number count under the code from now on, too: new cases bear it."""
    was = read(connection, change.project)
    project = tell(connection, change, lambda held: rules.give_code(held, code))
    for row in rulings.commitments(connection, project=was.key):
        known = Commitment(item=row.item, amount=row.amount, unit=Unit(row.unit), clause=row.clause, agreement=row.agreement,
                           start_event=row.start_event, responsible=row.responsible)
        rulings.enter_commitment(connection, known, project=project.key, by=change.by, now=change.now)
    return project


def enter_agreement(
    connection: Connection, change: Change, *, number: str, signed_on: date, effective_on: date,
    commitments: Sequence[Commitment],
) -> Project:
    """招商协议, with what it promises (承诺清单, measure 14). Each commitment is entered with it, or none and no agreement.
    Raises InvalidInput naming the commitment."""
    if len(commitments) > _MOST_COMMITMENTS:
        raise InvalidInput("commitments", say("an agreement has at most {most} commitments", most=_MOST_COMMITMENTS))
    named = [_named(connection, each, number) for each in commitments]

    def entered(project: Project) -> AgreementEntered:
        rules.require_open(project, "enter an agreement")
        return rules.agreement(number, signed_on, effective_on, [each.item for each, _ in named])

    project = tell(connection, change, entered)
    for place, (commitment, current) in enumerate(named):
        try:
            rulings.enter_commitment(connection, commitment, project=project.key, current=current, by=change.by, now=change.now)
        except InvalidInput as refusal:
            raise InvalidInput(f"commitments.{place}.{refusal.field}", refusal.reason) from refusal
    return project


def assign_team(connection: Connection, change: Change, *, team: str, tier: Tier | None = None) -> Project:
    """帮代办团队; `tier` None: the one the investment suggests (measure 16)."""
    return tell(connection, change, lambda project: rules.team(
        project, tier or rules.suggested_tier(project.profile.amount), team))


def reach_stage(connection: Connection, change: Change, stage: Stage, *, reason: str = "") -> Project:
    """The project comes to its next stage, or is closed for a reason."""
    return tell(connection, change, lambda project: rules.reach(project, stage, reason, local_day(change.now)))


def make_plan(
    connection: Connection, change: Change, items: Iterable[PlanItem], *, reason: str,
    assessed: Sequence[str] = tuple(ASSESSED),
) -> Project:
    """定制单: the next version of the plan, with what the register says of the kinds `assessed` today. Raises NotFound for a
    process, InvalidInput for a plan that cannot be carried out."""
    if not reason.strip():
        raise InvalidInput("reason", "a plan is made or changed for a reason; say which")
    listed = tuple(replace(item, process=_process(connection, item, place)) for place, item in enumerate(items))
    plans.check(listed)

    def made(project: Project) -> PlanMade:
        rules.require_open(project, "make a plan")
        found = assessments.verdicts_of(connection, project, now=change.now, kinds=assessed)
        return PlanMade(version=(project.plan.version if project.plan else 0) + 1, reason=reason.strip()[:1000], items=listed,
                        assessments=tuple(found))

    return tell(connection, change, made)


def tell(connection: Connection, change: Change, event: Callable[[Project], ProjectEvent]) -> Project:
    """Append one event to a project; the file afterwards. Raises NotFound, Stale, and what `event` raises."""
    row = store.find(connection, change.project, held=True)
    if row is None:
        raise NotFound("project", change.project)
    if change.seq is not None and change.seq != row.seq:
        raise Stale(row.number, change.seq, row.seq)
    project = _folded(row, history_of(connection, row.id))
    rules.require_open(project, "change the file")
    said = event(project)
    after = rules.evolve(project, row.number, said)
    new = _row(row.id, after)
    store.append(connection, new, _event(new, said, _name(change.by), change.now))
    return after


def read(connection: Connection, name: str) -> Project:
    """The file of a project, by its number or its code. Raises NotFound."""
    row = row_of(connection, name)
    return _folded(row, history_of(connection, row.id))


def read_at(connection: Connection, name: str, at: datetime) -> Project:
    """The file as it was at an instant. Raises NotFound when it was not there yet."""
    row = row_of(connection, name)
    past = [each for each in history_of(connection, row.id) if each.at <= at]
    if not past:
        raise NotFound("project", name, say("it was entered after {at}", at=at.isoformat(timespec='minutes')))
    return _folded(row, past)


def row_of(connection: Connection, name: str) -> ProjectRow:
    """The row of a project. Raises NotFound."""
    row = store.find(connection, name)
    if row is None:
        raise unknown(name)
    return row


def unknown(name: str) -> NotFound:
    """What whoever names no project is told, and whoever names one he may not see."""
    return NotFound("project", name, "name it by its number like XM2026000001, or by its 项目代码")


def history(connection: Connection, name: str, *, after: int = 0, most: int = EVERY) -> list[Happened]:
    """What has happened to a project, in order, from event `after` + 1. Raises NotFound."""
    return history_of(connection, row_of(connection, name).id, after=after, most=most)


def history_of(connection: Connection, project_id: int, *, after: int = 0, most: int = EVERY) -> list[Happened]:
    """As `history`, of a project that is there."""
    return [Happened(seq=row.seq, at=row.at, by=row.by, event=msgspec.convert(orjson.loads(row.body), KINDS[row.kind]))
            for row in store.events_of(connection, project_id, after=after, most=most)]


def projects(
    connection: Connection, *, park: str | None = None, stage: Stage | None = None, after: int = 0, most: int,
) -> list[ProjectRow]:
    """Projects in the order they were entered, from number `after` + 1; None asks for all."""
    return store.page(connection, park=park, stage=stage.value if stage else None, after=after, most=most)


def _folded(row: ProjectRow, past: Iterable[Happened]) -> Project:
    start: Project | None = None
    project = reduce(lambda held, each: rules.evolve(held, row.number, each.event), past, start)
    assert project is not None
    return project


def _row(project_id: int, project: Project) -> ProjectRow:
    return ProjectRow(id=project_id, number=project.number, code=project.code, name=project.profile.name,
                      park=project.profile.park, stage=project.stage.value, seq=project.seq)


def _event(row: ProjectRow, event: ProjectEvent, by: str, now: datetime) -> EventRow:
    return EventRow(project_id=row.id, seq=row.seq, kind=type(event).__name__, at=now, by=by, body=msgspec.json.encode(event))


def _named(connection: Connection, commitment: Commitment, agreement: str) -> tuple[Commitment, tuple[Limit, ...]]:
    """A commitment on a process by its id, of this agreement, and the limits it may shorten."""
    item, current = rulings.committed_item(connection, commitment.item)
    return replace(commitment, item=item, agreement=agreement), current


def _process(connection: Connection, item: PlanItem, place: int) -> str:
    try:
        return rulings.process_named(connection, item.process)
    except NotFound as missing:
        raise InvalidInput(f"items.{place}.process", missing.sentence) from missing


def _name(by: str) -> str:
    kept = by.strip()
    if not kept or len(kept) > _LONGEST or not kept.isprintable():
        raise Forbidden("change the file", say(
            "a change bears the name of who makes it: 1 to {most} printable characters", most=_LONGEST))
    return kept
