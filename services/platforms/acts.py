"""What a platform's message does to the case it is for: the message the case waits for, a task of the applicant, his wish to
withdraw."""

from __future__ import annotations

from sqlalchemy import Connection

from engine import moves
from engine.duties import APPLICANT_ROLE, stands_outside
from engine.errors import Forbidden, NotFound
from engine.platforms import Ask, Platform, Told
from engine.sentences import say
from engine.service_facts import WithdrawalAsked, WithdrawalDenied
from services import cases
from services.acting import Command, Stepped, entitled, resume, saved
from services.cases import Completion
from services.office import Office
from services.store import platforms as store
from services.store import reading
from services.store.rows import CaseRow

_LONGEST_REASON = 500


def act(
    connection: Connection, office: Office, platform: Platform, told: Told, case: CaseRow, command: Command,
) -> Stepped | None:
    """Do to a case what a message asks, by the platform or by the person who has given it to the case. None: it asks nothing of
    the case. Raises NotFound when the case does not wait for it, and what the case refuses."""
    match told.asked.ask:
        case Ask.TASK:
            return _complete(connection, office, platform, told, case, command)
        case Ask.WITHDRAWAL:
            return cases.withdraw(connection, office, command, reason=_withdrawn(platform, told.reason))
        case Ask.NOTE:
            return None
    if not told.message:
        return None
    office.refresh(connection)
    declared = office.deployment(connection, case.definition_id).definition.process.variables
    return cases.receive_message(connection, office, command, name=told.message,
                                 data={name: value for name, value in told.data.items() if name in declared})


def ask_withdrawal(connection: Connection, office: Office, command: Command, platform: Platform, reason: str) -> Stepped:
    """Tell a case that the applicant wants it withdrawn. Raises what a withdrawal would be refused with."""
    _require_own(connection, platform, command.number)
    chapter = resume(connection, office, command)
    entitled(chapter, command.by, "withdraw")
    moves.withdraw(chapter.case, reason=reason or platform.title)
    chapter.tell(WithdrawalAsked(platform=platform.name, reason=reason[:_LONGEST_REASON]))
    return saved(chapter)


def deny_withdrawal(connection: Connection, office: Office, command: Command, reason: str) -> Stepped | None:
    """Tell a case that it is not withdrawn; None: it has ended meanwhile."""
    chapter = resume(connection, office, command)
    if chapter.case.ended_at is not None:
        return None
    chapter.tell(WithdrawalDenied(reason=reason))
    return saved(chapter)


def _withdrawn(platform: Platform, reason: str) -> str:
    said = f": {reason[:_LONGEST_REASON]}" if reason else ""
    return str(say("申请人在{platform}撤件{reason}", platform=platform.title, reason=said))


def _complete(
    connection: Connection, office: Office, platform: Platform, told: Told, case: CaseRow, command: Command,
) -> Stepped:
    """The applicant has done there what is a task of his here."""
    if stands_outside(command.by):
        _require_own(connection, platform, case.number)
    open_now = [task for task in reading.tasks_of(connection, case.id)
                if task.node == told.asked.node and task.role == APPLICANT_ROLE]
    if len(open_now) != 1:
        raise NotFound("task of the applicant", told.asked.node, say("case {case} does not wait for it", case=case.number))
    return cases.complete_task(connection, office, Completion(
        task=f"{case.number}-{open_now[0].token}", outcome=told.asked.outcome, data=told.data, by=command.by), now=command.now)


def _require_own(connection: Connection, platform: Platform, number: str) -> None:
    """A platform speaks for the applicant only where he has applied through it. Raises Forbidden."""
    row = reading.peek_case(connection, number)
    found = store.submission_of(connection, row.id) if row is not None else None
    if found is None or found.platform != platform.name:
        raise Forbidden("message", say("case {case} was not applied for on {platform}: a person looks at it", case=number,
                                       platform=platform.name))
