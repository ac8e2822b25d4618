"""The stage: plays stories through the use cases, and turns the only clock there is.

Between two scenes the clock stops at every instant something is due, and what is due is done then, as a worker would; what one
case asks of another is done right after the act that asked, as at a door. Who acts is the cast's. Nothing else is done to the
database: what comes out is what an office would have got.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import Connection, Engine

from engine.errors import Forbidden, NotFound
from services import cases, errands, permits, project_files, projects, supervising, timekeeping, verbs
from services.acting import Command, TaskCommand
from services.cases import Completion
from services.database import reading, writing
from services.demo.cast import Cast, Stated
from services.demo.outcome import Performance, of_process, outcome
from services.demo.script import (
    AssignTeam,
    Do,
    FileAct,
    Give,
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
from services.demo.turning import turn
from services.folded import fold_of
from services.office import Office
from services.project_files import Change
from services.store import pushes as store_pushes
from services.store import reading as store
from services.store.rows import CaseRow, TaskRow
from services.verify import verify

Progress = Callable[[int, int, Scene, Story], None]
"""Told before each scene: its number, how many there are, the scene, its story."""


_MOST = 1000
_OF_ORDERS, _OF_CARDS = ("reply_to_order", "return_order", "close_order"), ("appeal", "uphold", "write_off", "exempt")


@dataclass(slots=True, kw_only=True)
class Course:
    """How far a story has come with its cast: the cases it opened, the number of its project, "" while it has none."""

    story: Story
    cast: Cast
    numbers: list[str] = field(default_factory=list)
    project: str = ""


def play(database: Engine, office: Office, stories: Sequence[Story], *, progress: Progress) -> Performance:
    """Play all stories at once, and verify. The database has the tables and the shelf, and nobody is entered in it."""
    courses = enact(database, office, stories, cast=Stated(), progress=progress)
    with reading(database) as connection:
        report = verify(connection)
        played = tuple(outcome(connection, office, each.story, each.numbers, each.project) for each in courses)
    return Performance(played=played, facts=report.facts, problems=tuple(each.message for each in report.problems))


def enact(
    database: Engine, office: Office, stories: Sequence[Story], *, cast: Cast, progress: Progress,
) -> list[Course]:
    """Act all stories at once, in the order of their instants."""
    courses = [Course(story=story, cast=cast) for story in stories]
    scenes = list(_in_order(courses))
    for count, (scene, course) in enumerate(scenes, start=1):
        progress(count, len(scenes), scene, course.story)
        turn(database, office, scene.at)
        _act(database, office, scene, course)
        errands.run_now(database, office, now=scene.at)
        _sign(database, office, course.cast, scene.at)
    return courses


def _sign(database: Engine, office: Office, cast: Cast, at: datetime) -> None:
    """What was pushed is signed for, where somebody does."""
    with writing(database) as connection:
        for listed in store_pushes.pushes(connection, stands="waiting", park="", department="", process="", after=(-1, -1),
                                          most=_MOST):
            case = store.peek_case(connection, listed.number)
            assert case is not None
            if (by := cast.supervising(listed.push.department, case, at)) is not None:
                supervising.receive_push(connection, office, Command(number=listed.number, by=by, now=at),
                                         push=listed.push.seq)


def _in_order(courses: Sequence[Course]) -> Iterator[tuple[Scene, Course]]:
    """Scenes by instant; those of one instant in the order of the stories."""
    told = ([(scene, course) for scene in course.story.scenes] for course in courses)
    return heapq.merge(*told, key=lambda each: each[0].at)


def _act(database: Engine, office: Office, scene: Scene, course: Course) -> None:
    match scene.act:
        case Do() as work:
            for node in work.nodes:
                with writing(database) as connection:
                    _complete(connection, office, course, node, work, scene.at)
        case OpenReady():
            opened = projects.open_ready(database, office, course.project, by=course.cast.agent, now=scene.at)
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
                _move(connection, office, course, scene)
        case Give() as verb:
            with writing(database) as connection:
                _give(connection, office, course, verb, scene.at)
        case act:
            with writing(database) as connection:
                _enter(connection, course, act, scene.at)


def _file(connection: Connection, office: Office, course: Course, application: Open, at: datetime) -> None:
    clerk = course.cast.clerk(str(application.data.get("park", "")))
    number = cases.open_case(connection, office, process=application.process or course.story.process, data=application.data,
                             by=clerk, now=at).number
    course.numbers.append(number)
    if course.project:
        projects.attach(connection, office, Change(project=course.project, by=course.cast.investment, now=at), case=number)


def _complete(connection: Connection, office: Office, course: Course, node: str, work: Do, at: datetime) -> None:
    case = _case(connection, course, work.of, work.nth)
    task = _task(connection, case, node)
    chosen = work.outcome or orjson.loads(task.outcomes)[0][0]
    completion = Completion(task=f"{case.number}-{task.token}", outcome=chosen, data=work.data,
                            by=course.cast.worker(case, task, at))
    stepped = cases.complete_task(connection, office, completion, now=at)
    if stepped.incident is not None:
        raise stepped.incident


def _case(connection: Connection, course: Course, of: str, nth: int) -> CaseRow:
    process = of or course.story.process
    found = of_process(connection, course.numbers, process)
    if nth >= len(found):
        raise NotFound("case", f"{process} {nth}", f"“{course.story.title}” has {len(found)} of them")
    return found[nth]


def _task(connection: Connection, case: CaseRow, node: str) -> TaskRow:
    found = [task for task in store.tasks_of(connection, case.id) if task.node == node]
    if not found:
        raise NotFound("open task", node, f"case {case.number} of the demonstration does not stand there")
    return found[0]


def _move(connection: Connection, office: Office, course: Course, scene: Scene) -> None:
    case = store.peek_case(connection, course.numbers[-1])
    assert case is not None
    role = "clerk" if isinstance(scene.act, Withdraw) else "approver"
    command = Command(number=case.number, by=course.cast.holder(role, case, scene.at), now=scene.at)
    match scene.act:
        case Suspend() as stop:
            timekeeping.suspend(connection, office, command, ground=stop.ground, document=stop.document,
                                expected_end=stop.expected_end)
        case Resume():
            timekeeping.resume_case(connection, office, command)
        case Withdraw(reason=reason):
            cases.withdraw(connection, office, command, reason=reason)


def _give(connection: Connection, office: Office, course: Course, verb: Give, at: datetime) -> None:
    case = _case(connection, course, verb.of, verb.nth)
    by, given = course.cast.holder(verb.role, case, at), dict(verb.given)
    if verb.verb in _OF_ORDERS:
        given["order"] = fold_of(case).orders[-1].seq
    if verb.verb in _OF_CARDS:
        given["card"] = fold_of(case).cards[-1].seq
    command = Command(number=case.number, by=by, now=at) if not verb.node else TaskCommand(
        task=f"{case.number}-{_task(connection, case, verb.node).token}", by=by, now=at)
    verbs.give(connection, office, verb.verb, command, given)


def _enter(connection: Connection, course: Course, act: FileAct, at: datetime) -> None:
    """Something is entered in the project's file."""
    change = Change(project=course.project, by=course.cast.investment, now=at)
    match act:
        case OpenFile(profile=profile):
            course.project = project_files.open_project(connection, profile, by=course.cast.investment, now=at).number
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


def _meet(connection: Connection, office: Office, course: Course, met: Meet, at: datetime) -> None:
    project = project_files.read(connection, course.project)
    investor = project.investor
    found = permits.permits(connection, sort=met.sort, holder_code=investor.credit_code if investor else None)
    if not found:
        raise NotFound("permit", met.sort, f"project {project.number} has none")
    for each in found:
        case = store.peek_case(connection, each.case)
        assert case is not None
        permits.meet_condition(connection, office, permit=each.row.number, condition=met.condition, met_on=at.date(),
                               by=course.cast.holder("reviewer", case, at), now=at)
