"""A webhook's id that comes again with something else under it."""

from __future__ import annotations

from engine.errors import Refusal
from engine.sentences import say


class Replayed(Refusal):
    """What came under this id before was something else: it was made up from an earlier message, or its sender counts wrong."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(say("the webhook-id “{id}” was used for another body: send something new under a new id, and the same "
                             "again as it was", id=webhook_id))
