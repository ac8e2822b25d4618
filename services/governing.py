"""Ruling for an office, at every door where people do it: whoever does is admitted to the place first (`engine.jurisdiction`).

What is ruled, and how it is kept, stands in `services.rulings` and, of the calendar, in `services.calendar_changes`. A year is
everybody's, a closure a park's or everybody's. A commitment is for the park its project lies in; of a project
without a file here nobody knows where it lies, so that it takes somebody who rules everywhere. Who rules is read in the
transaction that rules: a role that has ended counts no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from engine.duties import People
from engine.jurisdiction import DECIDERS, Place, may_rule
from engine.limits import Limit, LimitKind
from engine.notices import Scope
from engine.precedence import Commitment
from engine.supervision import Policy
from services import calendar_changes, people, rulings
from services.administering import Instruction
from services.calendar_changes import Change, Proposed
from services.rulings import NewLimit
from services.store import projects
from services.store.rulings import CommitmentRow, OfficeLimitRow, PolicyRow

ENTER_LIMIT, END_LIMIT = "enter an office limit", "end an office limit"
ENTER_COMMITMENT, END_COMMITMENT = "enter a commitment", "end a commitment"
ENTER_POLICY, END_POLICY = "enter a policy", "end a policy"
PROPOSE = "propose"


def enter_office_limit(
    connection: Connection, told: Instruction, new: NewLimit, *, drawn: Iterable[Limit],
) -> OfficeLimitRow:
    """As `rulings.enter_office_limit`. Raises Forbidden, InvalidInput."""
    _admit(connection, told, Place(park=new.park.strip(), process=new.process), ENTER_LIMIT)
    return rulings.enter_office_limit(connection, new, drawn=drawn, by=told.by, now=told.now)


def end_office_limit(
    connection: Connection, told: Instruction, place: Place, kind: LimitKind, *, drawn: Iterable[Limit],
) -> OfficeLimitRow:
    """As `rulings.end_office_limit`. Raises Forbidden, NotFound, InvalidInput."""
    _admit(connection, told, place, END_LIMIT)
    return rulings.end_office_limit(
        connection, process=place.process, park=place.park, kind=kind, drawn=drawn, now=told.now)


def enter_commitment(
    connection: Connection, told: Instruction, new: Commitment, *, project: str, current: Iterable[Limit],
) -> CommitmentRow:
    """As `rulings.enter_commitment`. Raises Forbidden, InvalidInput."""
    _admit(connection, told, place_of(connection, project.strip(), new.item), ENTER_COMMITMENT)
    return rulings.enter_commitment(connection, new, project=project, current=current, by=told.by, now=told.now)


def end_commitment(connection: Connection, told: Instruction, *, project: str, item: str) -> CommitmentRow:
    """As `rulings.end_commitment`. Raises Forbidden, NotFound."""
    _admit(connection, told, place_of(connection, project, item), END_COMMITMENT)
    return rulings.end_commitment(connection, project=project, item=item, now=told.now)


def enter_policy(connection: Connection, told: Instruction, policy: Policy, place: Place) -> PolicyRow:
    """As `rulings.enter_policy`. Raises Forbidden, InvalidInput."""
    _admit(connection, told, place, ENTER_POLICY)
    return rulings.enter_policy(connection, policy, process=place.process, park=place.park, by=told.by, now=told.now)


def end_policy(connection: Connection, told: Instruction, place: Place) -> PolicyRow:
    """As `rulings.end_policy`. Raises Forbidden, NotFound."""
    _admit(connection, told, place, END_POLICY)
    return rulings.end_policy(connection, process=place.process, park=place.park, now=told.now)


def propose_notice(connection: Connection, told: Instruction, shelf: Path, data: bytes, *, file: str) -> Proposed:
    """As `calendar_changes.propose_notice`: a year is everybody's. Raises Forbidden, InvalidInput."""
    _admit(connection, told, Place(), PROPOSE)
    return calendar_changes.propose_notice(connection, shelf, data, file=file, by=told.by, now=told.now)


def propose_closure(
    connection: Connection, told: Instruction, shelf: Path, *, scope: Scope, place: str, first: date, last: date,
    reference: str, approver: str, reason: str,
) -> Proposed:
    """As `calendar_changes.propose_closure`. Raises Forbidden, InvalidInput."""
    _admit(connection, told, _closed(scope, place), PROPOSE)
    return calendar_changes.propose_closure(
        connection, shelf, scope=scope, place=place, first=first, last=last, reference=reference, approver=approver,
        reason=reason, by=told.by, now=told.now)


def accept_change(
    connection: Connection, told: Instruction, shelf: Path, change: int, *, signed_off_by: str | None = None,
    allow_fixture: bool = False,
) -> Change:
    """As `calendar_changes.accept`. Raises Forbidden, NotFound, InvalidInput."""
    may_accept(people.people_in_force(connection), told, calendar_changes.find(connection, change))
    return calendar_changes.accept(connection, shelf, change, by=told.by, now=told.now, signed_off_by=signed_off_by,
                                   allow_fixture=allow_fixture)


def refuse_change(connection: Connection, told: Instruction, change: int, *, reason: str) -> Change:
    """As `calendar_changes.refuse`. Raises Forbidden, NotFound, InvalidInput."""
    may_refuse(people.people_in_force(connection), told, calendar_changes.find(connection, change))
    return calendar_changes.refuse(connection, change, by=told.by, reason=reason, now=told.now)


def may_accept(of: People, told: Instruction, change: Change, *, command: str = "accept") -> None:
    """Somebody may make a change of the calendar the law where it holds, or refuse it. Raises Forbidden."""
    may_rule(of, told.by, _closed(Scope(change.row.scope), change.row.place), told.today, command=command, roles=DECIDERS)


def may_refuse(of: People, told: Instruction, change: Change) -> None:
    """The same; who proposed it takes it back wherever it holds. Raises Forbidden."""
    if told.by != change.row.proposed_by:
        may_accept(of, told, change, command="refuse")


def _closed(scope: Scope, place: str) -> Place:
    """What is closed: a park, or what no park has for itself."""
    return Place(park=place.strip() if scope is Scope.PARK else "")


def place_of(connection: Connection, project: str, item: str) -> Place:
    """Where a commitment to a project holds."""
    found = projects.find(connection, project)
    return Place(park=found.park if found else "", process=item)


def _admit(connection: Connection, told: Instruction, place: Place, command: str) -> None:
    may_rule(people.people_in_force(connection), told.by, place, told.today, command=command)
