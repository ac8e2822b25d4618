"""What the platform a case came from is told of it, fact by fact, in its own words.

Only of a case that it has sent, and only of facts that it has a code for. What is told of a fact depends on the facts up to it
alone, so that it is the same whenever it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.platform_statuses import status_body
from services.office import Office
from services.store import platforms as store
from services.store import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a platform is told of the fact numbered `seq`."""

    seq: int
    fact: str
    body: dict[str, Any]


def status(connection: Connection, office: Office, platform: str, case_id: int, seq: int) -> bytes | None:
    """The body that tells a platform of one fact of a case; None: the case did not come from it, or it has no code for the
    fact."""
    told = statuses(connection, office, platform, case_id, from_seq=seq, to_seq=seq)
    return orjson.dumps(told[0].body) if told else None


def statuses(
    connection: Connection, office: Office, platform: str, case_id: int, *, from_seq: int = 1, to_seq: int | None = None,
) -> list[Status]:
    """All that a platform is told of a case, in order; nothing where the case did not come from it. `to_seq` None: to its
    last fact."""
    known, submission = office.platforms.get(platform), store.submission_of(connection, case_id)
    if known is None or submission is None or submission.platform != platform:
        return []
    row = reading.peek_case(connection, submission.case)
    assert row is not None
    office.refresh(connection)
    matter = office.deployment(connection, row.definition_id).matter
    history = reading.history(connection, case_id)[:to_seq]
    found = [(recorded, status_body(known, history[:place], number=submission.number, matter=matter, department=row.department,
                                    park=row.park))
             for place, recorded in enumerate(history, start=1) if place >= from_seq]
    return [Status(seq=recorded.seq, fact=recorded.kind, body=body) for recorded, body in found if body is not None]
