"""Ruling for an office, at every door where people do it: whoever does is admitted to the place first (`engine.jurisdiction`).

What is ruled, and how it is kept, stands in `services.rulings`. A commitment is for the park its project lies in; of a project
without a file here nobody knows where it lies, so that it takes somebody who rules everywhere. Who rules is read in the
transaction that rules: a role that has ended counts no more.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from engine.jurisdiction import Place, may_rule
from engine.limits import Limit, LimitKind
from engine.precedence import Commitment
from engine.supervision import Policy
from services import people, rulings
from services.administering import Instruction
from services.rulings import NewLimit
from services.store import projects
from services.store.rulings import CommitmentRow, OfficeLimitRow, PolicyRow

ENTER_LIMIT, END_LIMIT = "enter an office limit", "end an office limit"
ENTER_COMMITMENT, END_COMMITMENT = "enter a commitment", "end a commitment"
ENTER_POLICY, END_POLICY = "enter a policy", "end a policy"


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


def place_of(connection: Connection, project: str, item: str) -> Place:
    """Where a commitment to a project holds."""
    found = projects.find(connection, project)
    return Place(park=found.park if found else "", process=item)


def _admit(connection: Connection, told: Instruction, place: Place, command: str) -> None:
    may_rule(people.people_in_force(connection), told.by, place, told.today, command=command)
