"""The statements about upstream platforms: their secrets, which application became which case, what was answered to what came
in, what came without a signature."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.errors import Refusal
from engine.sentences import say
from services import tables as t


class Raced(Refusal):
    """The same has just come in beside this; the transaction is lost, and what the other was told is told again."""

    def __init__(self, what: str) -> None:
        super().__init__(say("“{what}” has just come in beside this: it is answered again", what=what))


class SecretRow(NamedTuple):
    """A secret that is shared with a platform. `ended_at` None: it lives."""

    platform: str
    id: int
    secret: str
    issued_by: str
    issued_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class SubmissionRow(NamedTuple):
    """An application, `number` there, and the case it opened. `digest`: of what was applied for."""

    platform: str
    number: str
    case_id: int
    case: str
    digest: bytes
    received_at: datetime


class AnswerRow(NamedTuple):
    """What was answered to a webhook. `digest`: of its body."""

    platform: str
    webhook_id: str
    digest: bytes
    status: int
    body: bytes
    at: datetime


class TallyRow(NamedTuple):
    """How often on a day something of a sort came to a platform's address, and when last."""

    platform: str
    day: str
    sort: str
    times: int
    last_at: datetime


class Received(NamedTuple):
    """How many applications a platform has sent, and when the last of them and the last callback came; None: none did."""

    applications: int
    last_application_at: datetime | None
    last_callback_at: datetime | None


NOTHING_CAME = Received(0, None, None)

_S, _SUB, _A, _T = t.platform_secret.c, t.submission.c, t.platform_answer.c, t.platform_tally.c
_SECRETS = select(*(_S[name] for name in SecretRow._fields)).order_by(_S.platform, _S.id)
_LIVE = _SECRETS.where(_S.platform == bindparam("of_platform"), _S.ended_at.is_(None))
_INSERT_SECRET = insert(t.platform_secret)
_END_SECRET = (
    update(t.platform_secret)
    .where(_S.platform == bindparam("of_platform"), _S.id == bindparam("of_id"), _S.ended_at.is_(None))
    .values(ended_by=bindparam("by"), ended_at=bindparam("at", type_=_S.ended_at.type)))
_SUBMISSION = select(_SUB.platform, _SUB.number, _SUB.case_id, t.case.c.number, _SUB.digest, _SUB.received_at).join_from(
    t.submission, t.case, t.case.c.id == _SUB.case_id)
_SUBMISSION_NUMBERED = _SUBMISSION.where(_SUB.platform == bindparam("of_platform"), _SUB.number == bindparam("of_number"))
_SUBMISSION_OF_CASE = _SUBMISSION.where(_SUB.case_id == bindparam("of_case"))
_INSERT_SUBMISSION = insert(t.submission)
_ANSWER = select(*(_A[name] for name in AnswerRow._fields)).where(
    _A.platform == bindparam("of_platform"), _A.webhook_id == bindparam("of_id"))
_INSERT_ANSWER = insert(t.platform_answer)
_FORGET = delete(t.platform_answer).where(_A.at < bindparam("before", type_=_A.at.type))
_LAST_SUBMISSIONS = select(_SUB.platform, func.count(), func.max(_SUB.received_at)).group_by(_SUB.platform)
_LAST_MESSAGES = select(t.platform_message.c.platform, func.max(t.platform_message.c.received_at)).group_by(
    t.platform_message.c.platform)
_TALLY_ROW = (_T.platform == bindparam("of_platform"), _T.day == bindparam("of_day"), _T.sort == bindparam("of_sort"))
_COUNT = update(t.platform_tally).where(*_TALLY_ROW).values(times=_T.times + 1, last_at=bindparam("at", type_=_T.last_at.type))
_START = insert(t.platform_tally)
_TALLIES = select(*(_T[name] for name in TallyRow._fields)).where(_T.day >= bindparam("since")).order_by(_T.platform, _T.day)


def secrets(connection: Connection) -> list[SecretRow]:
    """All secrets there are and were, of each platform in the order of issue."""
    return [SecretRow._make(row) for row in connection.execute(_SECRETS)]


def live_secrets(connection: Connection, platform: str) -> list[SecretRow]:
    """Those of a platform that live, the oldest first."""
    return [SecretRow._make(row) for row in connection.execute(_LIVE, {"of_platform": platform})]


def insert_secret(connection: Connection, row: SecretRow) -> None:
    """Write a secret."""
    connection.execute(_INSERT_SECRET, row._asdict())


def end_secret(connection: Connection, platform: str, id: int, *, by: str, at: datetime) -> bool:
    """A secret counts no more. Returns whether it had lived."""
    return connection.execute(_END_SECRET, {"of_platform": platform, "of_id": id, "by": by, "at": at}).rowcount > 0


def submission(connection: Connection, platform: str, number: str) -> SubmissionRow | None:
    """The application with this number there; None: it has not come."""
    row = connection.execute(_SUBMISSION_NUMBERED, {"of_platform": platform, "of_number": number}).first()
    return SubmissionRow._make(row) if row else None


def submission_of(connection: Connection, case_id: int) -> SubmissionRow | None:
    """The application that opened a case; None: it came otherwise."""
    row = connection.execute(_SUBMISSION_OF_CASE, {"of_case": case_id}).first()
    return SubmissionRow._make(row) if row else None


def insert_submission(connection: Connection, row: SubmissionRow) -> None:
    """Write which case an application opened. Raises Raced when it has just opened another."""
    given = row._asdict()
    del given["case"]
    try:
        connection.execute(_INSERT_SUBMISSION, given)
    except IntegrityError as error:
        raise Raced(row.number) from error


def answer(connection: Connection, platform: str, webhook_id: str) -> AnswerRow | None:
    """What was answered to a webhook; None: it has not come, or long ago."""
    row = connection.execute(_ANSWER, {"of_platform": platform, "of_id": webhook_id}).first()
    return AnswerRow._make(row) if row else None


def insert_answer(connection: Connection, row: AnswerRow) -> None:
    """Write what was answered. Raises Raced when the same webhook has just been answered."""
    try:
        connection.execute(_INSERT_ANSWER, row._asdict())
    except IntegrityError as error:
        raise Raced(row.webhook_id) from error


def forget_answers(connection: Connection, before: datetime) -> int:
    """Forget what was answered before an instant. Returns how many rows went."""
    return connection.execute(_FORGET, {"before": before}).rowcount


def received(connection: Connection) -> dict[str, Received]:
    """What came from each platform that anything came from."""
    found: dict[str, Received] = {}
    for name, times, last in connection.execute(_LAST_SUBMISSIONS):
        found[name] = NOTHING_CAME._replace(applications=times, last_application_at=last)
    for name, last in connection.execute(_LAST_MESSAGES):
        found[name] = found.get(name, NOTHING_CAME)._replace(last_callback_at=last)
    return found


def count(connection: Connection, platform: str, day: str, sort: str, at: datetime) -> None:
    """Count one of a sort."""
    given = {"of_platform": platform, "of_day": day, "of_sort": sort, "at": at}
    if connection.execute(_COUNT, given).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(_START, {"platform": platform, "day": day, "sort": sort, "times": 1, "last_at": at})
    except IntegrityError:  # another transaction has just begun this row
        connection.execute(_COUNT, given)


def tallies(connection: Connection, since: str) -> list[TallyRow]:
    """What was counted from a day on."""
    return [TallyRow._make(row) for row in connection.execute(_TALLIES, {"since": since})]
