"""What would be due, were a case accepted now: asked before somebody accepts it, and before it is even opened.

The clocks are started as an acceptance would start them (`engine.consequences`), on a case that is then forgotten.
"""

from __future__ import annotations

from dataclasses import replace as replaced
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from engine import consequences
from engine.case import Case, local_day
from engine.events import CaseAccepted, ClockStarted
from engine.lifecycle import State
from services.deployments import Deployment
from services.office import Office


def foresee(connection: Connection, office: Office, deployment: Deployment, case: Case, *, now: datetime) -> list[ClockStarted]:
    """The clocks of the case that an acceptance now would start, in the order drawn."""
    in_force, terms = office.limits(connection, deployment, case, now), office.terms(deployment, case)
    settled = replaced(terms, settled={limit.key: in_force.settle(limit) for limit in terms.limits})
    accepted = CaseAccepted(accepted_on=local_day(now), counted_from=now)
    at = replace(case, state=State.ACCEPTED, accepted_on=accepted.accepted_on, counted_from=now)
    return [fact for fact in consequences.respond(at, accepted, settled, now) if isinstance(fact, ClockStarted)]


def unopened(deployment: Deployment, *, now: datetime, park: str = "") -> Case:
    """A case of a process before anything is known of it."""
    process = deployment.definition.process
    return Case(number="", process=deployment.process, state=State.RECEIVED, opened_at=now, received_on=local_day(now), seq=0,
                head=b"", recorded_at=now, park=park, department=process.department, system=process.system)
