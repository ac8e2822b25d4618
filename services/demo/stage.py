"""The stage: plays stories through the use cases, and turns the only clock there is.

Between two scenes the clock stops at every instant something is due, and what is due is done then, as a worker would; what one
case asks of another is done right after the act that asked, as at a door. A task is completed by whoever holds its role in its
department. Nothing else is done to the database: what comes out is what an office would have got.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import Connection, Engine

from engine.errors import Forbidden, NotFound
from services import cases, errands, jobs, permits, project_files, projects, timekeeping
from services.acting import Command
from services.cases import Completion
from services.database import reading, writing
from services.demo import cast
from services.demo.outcome import Performance, of_process, outcome
from services.demo.script import (
    AssignTeam,
    Do,
    FileAct,
    GiveCode,
    MakePlan,
    Meet,
    Open,
    OpenFile,
    OpenReady,
    Reach,
    Resume,
    Scene,
    Sign,
    Story,
    Suspend,
    Withdraw,
)
from services.office import Office
from services.project_files import Change
from services.store import reading as store
from services.store.rows import CaseRow, TaskRow
from services.verify import verify

Progress = Callable[[int, int, Scene, Story], None]
"""Told before each scene: its number, how many there are, the scene, its story."""


@dataclass(slots=True, kw_only=True)
class _Course:
    """How far a story has come: the cases it opened, the number of its project, "" while it has none."""

    story: Story
    numbers: list[str] = field(default_factory=list)
    project: str = ""


def play(database: Engine, office: Office, stories: Sequence[Story], *, progress: Progress) -> Performance:
    """Play all stories at once, in the order of their instants. The database has the tables and the shelf."""
    courses = [_Course(story=story) for story in stories]
    scenes = list(_in_order(courses))
    for count, (scene, course) in enumerate(scenes, start=1):
        progress(count, len(scenes), scene, course.story)
        _turn_clock(database, office, scene.at)
        _act(database, office, scene, course)
        errands.run_now(database, office, now=scene.at)
    with reading(database) as connection:
        report = verify(connection)
        played = tuple(outcome(connection, office, each.story, each.numbers, each.project) for each in courses)
    return Performance(played=played, facts=report.facts, problems=tuple(each.message for each in report.problems))


def _in_order(courses: Sequence[_Course]) -> Iterator[tuple[Scene, _Course]]:
    """Scenes by instant; those of one instant in the order of the stories."""
    told = ([(scene, course) for scene in course.story.scenes] for course in courses)
    return heapq.merge(*told, key=lambda each: each[0].at)


def _turn_clock(database: Engine, office: Office, until: datetime) -> None:
    """Let time pass up to and including `until`, stopping wherever something is due."""
    while (due := _next_due(database)) is not None and due <= until:
        jobs.run_due(database, office, now=due)


def _next_due(database: Engine) -> datetime | None:
    with reading(database) as connection:
        return min((at for at in store.next_due(connection) if at is not None), default=None)


def _act(database: Engine, office: Office, scene: Scene, course: _Course) -> None:
    match scene.act:
        case Do() as work:
            for node in work.nodes:
                with writing(database) as connection:
                    _complete(connection, office, course, node, work, scene.at)
        case OpenReady():
            opened = projects.open_ready(database, office, course.project, by=cast.AGENT, now=scene.at)
            if refused := [each for each in opened if each.refusal]:
                raise Forbidden("open", f"“{refused[0].item}”: {refused[0].refusal}")
            course.numbers += [each.case for each in opened]
        case Open() as application:
            with writing(database) as connection:
                _file(connection, office, course, application, scene.at)
        case Meet() as met:
            with writing(database) as connection:
                _meet(connection, office, course, met, scene.at)
        case Suspend() | Resume() | Withdraw():
            with writing(database) as connection:
                _move(connection, office, course.numbers[-1], scene)
        case act:
            with writing(database) as connection:
                _enter(connection, course, act, scene.at)


def _file(connection: Connection, office: Office, course: _Course, application: Open, at: datetime) -> None:
    number = cases.open_case(connection, office, process=application.process or course.story.process, data=application.data,
                             by=cast.CLERK, now=at).number
    course.numbers.append(number)
    if course.project:
        projects.attach(connection, office, Change(project=course.project, by=cast.INVESTMENT, now=at), case=number)


def _complete(connection: Connection, office: Office, course: _Course, node: str, work: Do, at: datetime) -> None:
    case = _case(connection, course, work)
    task = _task(connection, case, node)
    chosen = work.outcome or orjson.loads(task.outcomes)[0][0]
    completion = Completion(task=f"{case.number}-{task.token}", outcome=chosen, data=work.data,
                            by=cast.actor(task.unit or case.department, task.role))
    stepped = cases.complete_task(connection, office, completion, now=at)
    if stepped.incident is not None:
        raise stepped.incident


def _case(connection: Connection, course: _Course, work: Do) -> CaseRow:
    process = work.of or course.story.process
    found = of_process(connection, course.numbers, process)
    if work.nth >= len(found):
        raise NotFound("case", f"{process} {work.nth}", f"“{course.story.title}” has {len(found)} of them")
    return found[work.nth]


def _task(connection: Connection, case: CaseRow, node: str) -> TaskRow:
    found = [task for task in store.tasks_of(connection, case.id) if task.node == node]
    if not found:
        raise NotFound("open task", node, f"case {case.number} of the demonstration does not stand there")
    return found[0]


def _move(connection: Connection, office: Office, number: str, scene: Scene) -> None:
    match scene.act:
        case Suspend() as stop:
            timekeeping.suspend(connection, office, Command(number=number, by=cast.APPROVER, now=scene.at),
                                ground=stop.ground, document=stop.document, expected_end=stop.expected_end)
        case Resume():
            timekeeping.resume_case(connection, office, Command(number=number, by=cast.APPROVER, now=scene.at))
        case Withdraw(reason=reason):
            cases.withdraw(connection, office, Command(number=number, by=cast.CLERK, now=scene.at), reason=reason)


def _enter(connection: Connection, course: _Course, act: FileAct, at: datetime) -> None:
    """Something is entered in the project's file."""
    change = Change(project=course.project, by=cast.INVESTMENT, now=at)
    match act:
        case OpenFile(profile=profile):
            course.project = project_files.open_project(connection, profile, by=cast.INVESTMENT, now=at).number
        case AssignTeam(team=team):
            project_files.assign_team(connection, change, team=team)
        case MakePlan():
            project_files.make_plan(connection, change, act.items, reason=act.reason, assessed=act.assessed)
        case Sign():
            project_files.enter_agreement(connection, change, number=act.number, signed_on=act.signed_on,
                                          effective_on=act.effective_on, commitments=act.commitments)
        case GiveCode(code=code):
            project_files.give_code(connection, change, code)
        case Reach(stage=stage):
            project_files.reach_stage(connection, change, stage)


def _meet(connection: Connection, office: Office, course: _Course, met: Meet, at: datetime) -> None:
    project = project_files.read(connection, course.project)
    investor = project.investor
    found = permits.permits(connection, sort=met.sort, holder_code=investor.credit_code if investor else None)
    if not found:
        raise NotFound("permit", met.sort, f"project {project.number} has none")
    for each in found:
        permits.meet_condition(connection, office, permit=each.row.number, condition=met.condition, met_on=at.date(),
                               by=cast.HALL["reviewer"], now=at)
