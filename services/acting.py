"""A command on a stored case: the case is found and locked, checked against the version it was read at, and moved by one fact.

What every use case of people begins and ends with. One command is one transaction of the door that calls it; a refusal raises
and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from engine import duties, tasking
from engine.case import Case, local_day
from engine.duties import Actor, Deed, Work
from engine.errors import AlreadyDecided, Forbidden, Incident, NotFound, Stale
from engine.events import Fact, HelpGiven, RatingAnswered, TaskCompleted
from engine.process import signers
from engine.sentences import Sentence, say
from engine.side_tasks import is_beside
from engine.verbs import ALSO_BY_APPLICANT, BY_APPLICANT, VERBS
from services.chapter import Chapter
from services.office import Office
from services.store import reading
from services.store.rows import HeldCase, TaskRow

_DEEDS = {"hand_over": Deed.COLLECT, "sign": Deed.DECLARE}
"""What an agent's mandate has to cover at a task of the applicant, by its act; any other is supplying something."""


_HOW: Mapping[type, Sentence] = {
    HelpGiven: say("answered"), RatingAnswered: say("answered"), TaskCompleted: say("completed")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What a command did. `version`: of the case afterwards. `at`: when it is recorded to have happened, which is never
    before the fact that precedes it. `incident`: why the tokens stayed, None when they moved. `asks`: whether other cases are
    asked for something, which the door has done next (`services.errands`). `doubts`: what is odd about a field that was taken
    all the same, by its JSON path."""

    number: str
    version: int
    at: datetime
    incident: Incident | None = None
    asks: bool = False
    doubts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Which case a command is about, and who gives it. `version`: the case version it was read at, None to accept any."""

    number: str
    by: str
    now: datetime
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCommand:
    """Which task a command is about, by its public id, and who gives it. `version`: the case version it was read at, None to
    accept any."""

    task: str
    by: str
    now: datetime
    version: int | None = None


def resume(connection: Connection, office: Office, command: Command) -> Chapter:
    """The next chapter of the case. Raises NotFound, Stale."""
    row = reading.load_case(connection, command.number)
    if row is None:
        raise NotFound("case", command.number)
    if command.version is not None and command.version != row.version:
        raise Stale(command.number, command.version, row.version)
    return Chapter.resume(connection, office, row, now=command.now, by=command.by)


def move(connection: Connection, office: Office, command: Command, verb: str, fact: Callable[[Chapter], Fact]) -> Stepped:
    """Tell one fact and all that follows, as a verb of the table; the tokens stay where they are. Raises what `fact` raises,
    NotFound, Stale, Forbidden for whoever may not: a supervisor has verbs of his own."""
    chapter = resume(connection, office, command)
    entitled(chapter, command.by, verb)
    chapter.tell(fact(chapter))
    return saved(chapter)


def resume_at(connection: Connection, office: Office, command: TaskCommand) -> tuple[Chapter, TaskRow]:
    """The next chapter of a case and one of its open tasks. Raises NotFound, Stale, AlreadyDecided."""
    number, token = task_id(command.task)
    row, found = reading.load_case_with_task(connection, number, token)
    if row is None:
        raise NotFound("task", command.task)
    if found is None:
        raise over(connection, row, token)
    if command.version is not None and command.version != row.version:
        raise Stale(number, command.version, row.version)
    return Chapter.resume(connection, office, row, now=command.now, by=command.by), found


def task_id(text: str) -> tuple[str, int]:
    """A task's public id, ``<case number>-<token>``, taken apart. Raises NotFound when it is none."""
    number, dash, token = text.rpartition("-")
    if not dash or not token.isascii() or not token.isdigit() or len(token) > 12:
        raise NotFound("task", text, "a task id looks like 4306002026021100001-3")
    return number, int(token)


def over(connection: Connection, row: HeldCase, token: int) -> AlreadyDecided:
    """Why a task that is gone takes no decision: somebody was quicker, or the process has moved past it."""
    decision = reading.decision(connection, row.id, token)
    if decision is None:
        return AlreadyDecided(f"{row.number}-{token}", "it was never opened, or the process has moved past it")
    outcome = decision.fact.outcome if isinstance(decision.fact, TaskCompleted) else None
    how = next((word for kind, word in _HOW.items() if isinstance(decision.fact, kind)), say("sent back"))
    return AlreadyDecided(f"{row.number}-{token}", say(
        "{by} {how} it with “{outcome}”", by=decision.by, how=how, outcome=outcome or say("done")))


def admitted(chapter: Chapter, task: TaskRow, by: str, *, command: str) -> Actor:
    """Whoever acts on a task, once it is clear that he may. Raises Forbidden."""
    case, people = chapter.case, chapter.office.people
    work, today = work_at(case, task), local_day(chapter.now)
    if task.role == duties.APPLICANT_ROLE:
        return duties.admit_for_applicant(people, by, _DEEDS.get(task.act, Deed.SUPPLY), applicants(chapter), work, case.hands,
                                          today, command=command)
    return duties.admit(people, by, work, case.hands, today, command=command, holder=task.assignee,
                        reviewer_may_decide=chapter.terms.policy.reviewer_may_decide)


def signs_once(chapter: Chapter, task: TaskRow, actor: Actor, command: str) -> None:
    """Nobody signs a countersigned task twice. Raises Forbidden."""
    if task.node not in chapter.deployment.countersigned or is_beside(task.token):
        return
    assert chapter.stored is not None
    count = signers.signed(chapter.deployment.program, chapter.tokens, task.token)
    tasking.signs_once(task, actor, reading.history(chapter.connection, chapter.stored.id), count, command)


def require_role(chapter: Chapter, by: str, roles: Iterable[str], *, command: str) -> None:
    """Whoever acts holds one of these roles for the case. Raises Forbidden."""
    case = chapter.case
    work = Work(role=None, duty=None, park=case.park, unit=case.department, process=case.process, project=case.project)
    duties.require_role(chapter.office.people, by, roles, work, local_day(chapter.now), command=command)


def entitled(chapter: Chapter, by: str, verb: str) -> None:
    """Whoever does a verb to a case holds one of its roles, or is at least of this office; what is the applicant's to do is
    nobody's role, and whose mandate an agent has for it is asked where the fact is made. A supervisor changes no case but by
    verbs of his own. Raises Forbidden; an office without people states roles at its doors."""
    roles, today = VERBS[verb].roles, local_day(chapter.now)
    is_for_applicants = verb in BY_APPLICANT | ALSO_BY_APPLICANT
    if by == duties.APPLICANT and not is_for_applicants:
        raise Forbidden(verb, "this is for the office to do, not for the applicant")
    if duties.SUPERVISOR_ROLE not in roles:
        duties.keep_off(chapter.office.people, by, today, command=verb)
    if is_for_applicants and (by == duties.APPLICANT or chapter.office.people.is_agent(by, today)):
        return
    if roles:
        require_role(chapter, by, roles, command=verb)
    elif verb not in BY_APPLICANT:
        chapter.office.people.person(by, today, verb)


def mandate_for(chapter: Chapter, by: str, deed: Deed, command: str) -> str:
    """The number of the mandate under which an agent does a deed for the applicant; "" when whoever does it is no agent. Raises
    Forbidden when he is one and his mandate does not cover it."""
    mandate = duties.entrusted(chapter.office.people, by, deed, applicants(chapter), chapter.case.project,
                               local_day(chapter.now), command=command)
    return mandate.number if mandate else ""


def work_at(case: Case, task: TaskRow) -> Work:
    """A task as a piece of work: of its unit's people, or else of the case's department."""
    return Work(role=task.role, duty=duties.duty_of(task.act, task.role), park=case.park, unit=task.unit or case.department,
                process=case.process, project=case.project)


def applicants(chapter: Chapter) -> tuple[str, ...]:
    """By what a mandate may name the applicant of a case: a code, a name."""
    names = (chapter.case.applicant, chapter.data.get("credit_code"), chapter.data.get("applicant"))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))


def saved(chapter: Chapter) -> Stepped:
    """Save a chapter; where the case stands."""
    version = chapter.save()
    return Stepped(number=chapter.case.number, version=version, at=chapter.now, asks=bool(chapter.rows.errands))
