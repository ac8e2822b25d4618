"""What could not be told 死信: after its last try a delivery is dead, and holds the later ones of its case at that endpoint
back.

Somebody looks at what was answered, and then either redrives it, which tries it anew under the same id, or dismisses it with a
reason, and the later ones go on without it.
"""

from __future__ import annotations

from sqlalchemy import Connection

from engine import administering as rules
from engine.errors import Forbidden, NotFound
from engine.sentences import say
from services.administering import Instruction
from services.deliveries import endpoints
from services.deliveries.endpoints import checked_reason
from services.deliveries.sending import DEAD
from services.people import people_in_force
from services.store import deliveries as store
from services.store import handing, lanes
from services.store import lanes_of_people as held
from services.store.deliveries import Shown
from services.store.handing import DeliveryRow


def redrive(connection: Connection, told: Instruction, id: str) -> Shown:
    """A dead delivery is tried again, at once, with all its tries. Raises NotFound, Forbidden."""
    row = _dead(connection, told, id, "redrive")
    held.redrive(connection, row)
    _wake(connection, row, told)
    return found(connection, id)


def redrive_all(connection: Connection, told: Instruction, endpoint: int) -> int:
    """Every dead delivery of an endpoint is. Returns how many. Raises NotFound, Forbidden."""
    _may(connection, told, "redrive")
    if endpoints.found(connection, endpoint, is_held=True).retired_at is not None:
        return 0
    rows = store.all_dead(connection, endpoint)
    for row in rows:
        lanes.held(connection, row.endpoint, row.case_id)
        held.redrive(connection, row)
        _wake(connection, row, told)
    return len(rows)


def dismiss(connection: Connection, told: Instruction, id: str, *, reason: str) -> Shown:
    """A dead delivery is given up. Raises NotFound, Forbidden, InvalidInput."""
    row = _dead(connection, told, id, "dismiss")
    held.dismiss(connection, row, by=told.by, reason=checked_reason(reason), at=told.now)
    if lanes.head(connection, row.endpoint, row.case_id) is not None:
        _wake(connection, row, told)
    return found(connection, id)


def found(connection: Connection, id: str) -> Shown:
    """A delivery by its id. Raises NotFound."""
    shown = store.delivery(connection, id)
    if shown is None:
        raise NotFound("delivery", id, "list them first")
    return shown


def _dead(connection: Connection, told: Instruction, id: str, command: str) -> DeliveryRow:
    """A delivery that is dead, with its endpoint and its lane held. Raises NotFound, Forbidden."""
    _may(connection, told, command)
    row = found(connection, id).delivery
    endpoints.found(connection, row.endpoint, is_held=True)
    lanes.held(connection, row.endpoint, row.case_id)
    row = found(connection, id).delivery
    if row.state != DEAD:
        raise Forbidden(command, say("the delivery {id} is {state}; only a dead one waits for a person", id=id,
                                     state=row.state))
    return row


def _wake(connection: Connection, row: DeliveryRow, told: Instruction) -> None:
    handing.wake_lanes(connection, [(row.endpoint, row.case_id)], told.now)


def _may(connection: Connection, told: Instruction, command: str) -> None:
    rules.may_keep_wire(people_in_force(connection), told.by, told.today, command=command)
