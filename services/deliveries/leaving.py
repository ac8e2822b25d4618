"""What a fact says to somebody outside: the fact, and what its case was when it happened.

Written anew at each try from the facts, which never change: nothing of a case is kept a second time. What is personal is masked
by the rule of the pages, unless the subscription was given it.

The members of `data`: `case`, `seq`, `kind`, `at`, `by` of the fact; `matter`, `process`, `version` of the definition; `park`,
`department`, `project` of the case; `state` it was in after the fact; `fact`, the fields of the fact itself.
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection

from engine.case import Case, evolve
from engine.events import Recorded, read
from services.office import Office
from services.store import lanes, reading
from services.store.handing import DeliveryRow
from services.veiling import fields_of, veiled
from webhooks.envelope import Event

URN = "urn:jiban"
"""Where an event comes from while the installation has no address."""


def event_of(connection: Connection, office: Office, delivery: DeliveryRow) -> Event:
    """The event of a delivery."""
    case, recorded = _when_it_happened(connection, delivery)
    deployment = office.deployment(connection, lanes.definition_of(connection, delivery.case_id))
    written: dict[str, Any] = orjson.loads(recorded.body)
    fact = written["data"] if delivery.is_personal else veiled(fields_of(office, deployment), written["data"])
    return Event(id=delivery.id, source=office.address or URN, kind=delivery.kind, subject=case.number, at=recorded.at,
                 seq=delivery.seq, data={
        "case": case.number, "seq": recorded.seq, "kind": recorded.kind, "at": written["at"], "by": recorded.by,
        "matter": deployment.matter, "process": case.process, "version": deployment.version, "park": case.park,
        "department": case.department, "project": case.project, "state": case.state.value, "fact": fact})


def _when_it_happened(connection: Connection, delivery: DeliveryRow) -> tuple[Case, Recorded]:
    """The case up to the fact, and the fact."""
    case: Case | None = None
    for body, link in reading.facts_of(connection, delivery.case_id, most=delivery.seq):
        recorded = read(body, link)
        case = evolve(case, recorded)
    assert case is not None and recorded.seq == delivery.seq
    return case, recorded
