"""Which case a request to the API may ask about: the token of the settings every one, that of an account those it may see.

A case that may not be seen is answered as one that is not there (`services.sight`).
"""

from __future__ import annotations

from sqlalchemy import Connection

from engine.errors import NotFound
from services import sight
from services.store import reading
from services.store.rows import CaseRow
from services.web import auth
from services.web.door import door, now


def case_here(connection: Connection, number: str) -> CaseRow:
    """The case as this request may look at it. Raises NotFound."""
    bearer = auth.bearer()
    if bearer is not None:
        return sight.visible_case(connection, door().office, bearer.person, number, now())
    row = reading.peek_case(connection, number)
    if row is None:
        raise NotFound("case", number)
    return row
