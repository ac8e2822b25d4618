"""双推送双报告: a result is pushed, signed for and reported on (seed measure 3). Guards stand in `engine.pushing` and
`engine.feedback`.

As a rule nobody pushes: that follows from 办结. By hand it is done for what was concluded while nobody was named to
supervise it, or before there was this rule. Who belongs to the supervising department is whoever holds a role there within his
scope, not at the department that has decided.
"""

from __future__ import annotations

from sqlalchemy import Connection

from engine import duties, feedback, pushing
from engine.case import local_day
from engine.duties import Work
from engine.oversight_facts import Reminded
from services.acting import Command, Stepped, move, resume, saved
from services.chapter import Chapter
from services.office import Office


def push_result(connection: Connection, office: Office, command: Command) -> Stepped:
    """推送监管部门, by hand. Raises NotFound, Stale, Forbidden, as all commands here do."""
    return move(connection, office, command, "push_result", lambda chapter: pushing.push(
        chapter.case, chapter.terms.supervised_by, chapter.terms.matter))


def receive_push(connection: Connection, office: Office, command: Command, *, push: int) -> Stepped:
    """监管签收."""
    chapter = _as_supervising(connection, office, command, push, "receive_push")
    chapter.tell(feedback.receive(chapter.case, push=push))
    return saved(chapter)


def report_finding(
    connection: Connection, office: Office, command: Command, *, push: int, sort: str, text: str, measure: str = "",
    document: str = "",
) -> Stepped:
    """监管反馈: told to who has decided and to the window that received. Raises InvalidInput besides."""
    chapter = _as_supervising(connection, office, command, push, "report_finding")
    chapter.tell(feedback.report(chapter.case, push=push, sort=sort, text=text, measure=measure, document=document,
                                 told=_concerned(chapter)))
    return saved(chapter)


def _as_supervising(connection: Connection, office: Office, command: Command, push: int, verb: str) -> Chapter:
    """The next chapter of the case, once it is clear that whoever acts is of the department it was pushed to."""
    chapter = resume(connection, office, command)
    people, today = chapter.office.people, local_day(chapter.now)
    found = feedback.push_of(chapter.case, push)
    duties.keep_off(people, command.by, today, command=verb)
    work = Work(role=None, duty=None, park=chapter.case.park, unit=found.department, process=chapter.case.process)
    duties.require_role(people, command.by, feedback.SUPERVISING, work, today, command=verb)
    return chapter


def _concerned(chapter: Chapter) -> list[Reminded]:
    """Whom a finding concerns: the roles that decide and that face the applicant."""
    case = chapter.case
    received = case.routing.receives if case.routing else case.department
    return [Reminded(recipient="approver", unit=case.department), Reminded(recipient="clerk", unit=received)]
