"""The register of documents: each place is taken, each content is the one whose digest was printed, each is about a fact there
is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.verify.report import Found


def check_documents(facts: int, documents: Sequence[Row[Any]], found: Found) -> None:
    """The documents of a case, in order. `facts`: how many facts it has."""
    for place, row in enumerate(documents, start=1):
        if row.place != place:
            found("document", None, f"document {place} of the case is not there, though {row.place} (“{row.number}”) is")
            return
        if not isinstance(row.seq, int) or not 1 <= row.seq <= facts:
            found("document", None, f"document “{row.number}” is about fact {row.seq}, which the case does not have")
        if not isinstance(row.content, bytes) or hashlib.sha256(row.content).hexdigest() != row.digest:
            found("document", row.seq, f"document “{row.number}” does not say any more what it said when it was issued: its "
                                       "content has another SHA-256")
