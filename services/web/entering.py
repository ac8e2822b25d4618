"""What an office enters or ends through the API, each in a transaction of its own, and once under its key.

Which key it is, is read from the request, whoever enters what; that an address says it takes one is for the shape of its
headers.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request
from pydantic import BaseModel

from services.store.rows import AnswerRow
from services.web.once import Entering, kept_for, mark, once


def perform(command: Entering, *, status: int = 200) -> Response:
    """Enter or end something in a transaction of its own."""
    return sent(once(mark(request.headers.get("Idempotency-Key")), command, status))


def perform_all(work: Callable[[], BaseModel]) -> Response:
    """Do what takes several transactions, and finds by itself what of it was done before. The answer is kept after the last of
    them: whoever was cut off before that sends it again, and what is left to be done is done."""
    marked = mark(request.headers.get("Idempotency-Key"))
    kept = None if marked is None else kept_for(marked)
    if kept is None:
        shape = work()
        kept = once(marked, lambda connection, at: shape, 200)
    return sent(kept)


def sent(answer: AnswerRow) -> Response:
    """An answer as it is kept."""
    return Response(answer.body, answer.status, content_type="application/json")
