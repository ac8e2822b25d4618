"""显示完整信息: somebody looks at the personal data of a case, which is written down once and never changed.

Their numbers have no gap: a line that was taken away is missed. Who may see the case is asked before (`services.sight`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from engine.errors import InvalidInput
from engine.sentences import say
from services.store import unmaskings as store
from services.store import writing
from services.store.unmaskings import UnmaskingRow

LONGEST = 200


def record(connection: Connection, number: str, *, by: str, reason: str, now: datetime) -> None:
    """Write down that `by` looks at a case. Last in a transaction: its number is everybody's. Raises InvalidInput."""
    kept = " ".join(reason.split())
    if not 2 <= len(kept) <= LONGEST:
        raise InvalidInput("reason", say("say in 2 to {most} characters why the full data are needed", most=LONGEST))
    store.insert_unmasking(connection, UnmaskingRow(
        id=writing.next_number(connection, "unmasking"), at=now, by=by, number=number, reason=kept))


def records(connection: Connection, *, number: str | None = None, before: int | None = None, most: int) -> list[UnmaskingRow]:
    """Who has looked, the latest first, before a number; `number` None: at any case."""
    return store.page(connection, number=number, before=before, most=most)
