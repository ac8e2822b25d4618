"""What of people's numbers is shown of a case: its forms say which fields are personal, and in free text they are found by
their looks (`services.veiling`). For the page of a case and the API alike.

The token of the settings is of the machine that serves, and is shown everything; an account what its page shows it: masked,
until its holder says why he needs the full data, which is written down.
"""

from __future__ import annotations

from sqlalchemy import Connection

from services.masking import hidden
from services.store import reading
from services.veiling import fields_of, veiled
from services.web.door import door
from services.web.shapes import cases as shapes


def veiled_case(connection: Connection, case: shapes.Case) -> shapes.Case:
    """A case with what is personal in its data and its facts masked. The hash of a fact is of what was written."""
    row = reading.peek_case(connection, case.number)
    assert row is not None
    fields = fields_of(door().office, door().office.deployment(connection, row.definition_id))
    return case.model_copy(update={
        "data": veiled(fields, case.data),
        "facts": [fact.model_copy(update={"data": veiled(fields, fact.data)}) for fact in case.facts],
        "orders": [order.model_copy(update={"text": hidden(order.text)}) for order in case.orders]})
