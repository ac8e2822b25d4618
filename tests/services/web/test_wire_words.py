"""The words of what is told to other systems: none is missing."""

from __future__ import annotations

from services.deliveries.health import Condition
from services.deliveries.subscriptions import KINDS
from services.web.books.wire_words import CONDITIONS, FAILURES, KIND_NAMES
from webhooks.faults import Failure


def test_every_kind_condition_and_failure_has_its_word() -> None:
    assert set(KIND_NAMES) == set(KINDS)
    assert set(CONDITIONS) == set(Condition) and set(FAILURES) == set(Failure)
    assert len(set(KIND_NAMES.values())) == len(KIND_NAMES)
