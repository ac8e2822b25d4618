"""What a person may do now 待办: the tasks he has, those of his roles that nobody has claimed, and the same of whom he
stands in for while they are away.

Roles and scopes decide what is listed; whether his hands are free on a case is asked of the tasks of one page only, so that a
page costs the same however many cases he has had a hand in. Tasks without a role are everybody's and stand in the list of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from heapq import merge
from itertools import islice

from sqlalchemy import Connection

from engine import duties
from engine.case import Case, local_day
from engine.duties import Grant
from engine.errors import Forbidden
from services.acting import work_at
from services.folded import fold_of_bytes
from services.office import Office
from services.store import worklists as store
from services.store.worklists import Listed


def mine(
    connection: Connection, office: Office, person: str, *, after: tuple[int, int] = (0, -1), most: int, now: datetime,
) -> list[Listed]:
    """Open tasks in the order of their cases, after a key. An office that has entered nobody knows no roles: only what the
    person has is listed. Raises Forbidden for somebody who is not in office."""
    office.refresh(connection)
    today = local_day(now)
    office.people.person(person, today, "list tasks")
    accounts = (person, *office.people.away_for(person, today))
    lists = [store.held(connection, account, after=after, most=most) for account in accounts]
    lists += [store.offered(connection, role=role, park=park, department=department, process=process, after=after, most=most)
              for role, park, department, process in _scopes(office, accounts, today)]
    return list(islice(_distinct(lists), most))


def barred(
    connection: Connection, office: Office, person: str, tasks: Sequence[Listed], *, now: datetime,
) -> dict[tuple[int, int], str]:
    """Which of these tasks a person may not do after all, and why."""
    folds = store.folds(connection, sorted({each.task.case_id for each in tasks})) if tasks else {}
    cases = {id: fold_of_bytes(fold) for id, fold in folds.items()}
    reasons = {each.key: _reason(office, person, cases[each.task.case_id], each, local_day(now)) for each in tasks}
    return {key: reason for key, reason in reasons.items() if reason}


def _scopes(office: Office, accounts: Sequence[str], on: date) -> list[tuple[str, str, str, str]]:
    """(role, park, department, process) of every role the accounts hold on a day, without those another covers."""
    held = {(grant.role, grant.park, grant.department, grant.process)
            for account in accounts for grant in _grants(office, account, on)}
    return sorted(scope for scope in held if not any(_covers(other, scope) for other in held if other != scope))


def _grants(office: Office, account: str, on: date) -> Iterator[Grant]:
    return (grant for grant in office.people.grants.get(account, ()) if grant.is_in_force(on))


def _covers(wide: tuple[str, str, str, str], narrow: tuple[str, str, str, str]) -> bool:
    return wide[0] == narrow[0] and all(place in ("", within) for place, within in zip(wide[1:], narrow[1:], strict=True))


def _distinct(lists: Sequence[Sequence[Listed]]) -> Iterator[Listed]:
    """Sorted lists as one, each task once."""
    last: tuple[int, int] | None = None
    for each in merge(*lists, key=lambda each: each.key):
        if each.key != last:
            yield each
        last = each.key


def _reason(office: Office, person: str, case: Case, listed: Listed, on: date) -> str:
    """Why a person may not do a task, "" when he may. Whose mandate a task of the applicant takes is asked when it is done."""
    if listed.task.role == duties.APPLICANT_ROLE:
        return ""
    try:
        duties.admit(office.people, person, work_at(case, listed.task), case.hands, on, command="do",
                     holder=listed.task.assignee,
                     reviewer_may_decide=office.general_terms(case).policy.reviewer_may_decide)
    except Forbidden as refusal:
        return refusal.reason
    return ""
