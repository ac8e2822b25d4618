"""That everybody was told who had to be, once and in order: broken by hand, and found."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from services.database import writing
from tests.services.desk import Desk
from tests.services.receiving import Wired, wired
from tests.webhooks.receiving import answering, receiver


@pytest.fixture
def told(desk: Desk) -> Wired:
    """Two cases told to an endpoint that takes the first facts only."""
    office_wire = wired(desk)
    with receiver(answering()) as there:
        office_wire.connect(there)
        for number in [desk.open(), desk.open()]:
            desk.go(number, "register", "verify")
        office_wire.run()
    return office_wire


BROKEN = {
    "a delivery is removed": "DELETE FROM delivery WHERE case_id = 1 AND seq = (SELECT min(seq) FROM delivery)",
    "a delivery is made that nobody asked for": "UPDATE subscription SET kinds = 'CardIssued'",
    "a subscription is dated back": "UPDATE subscription SET since_book = 0, endpoint = endpoint, until_book = 1",
    "a fact was handed over by no edition": "UPDATE outbox SET book = NULL",
    "a delivery is called another fact": "UPDATE delivery SET kind = 'CardIssued' WHERE case_id = 1",
    "personal data go without being granted": "UPDATE delivery SET is_personal = (1 = 1)",
    "a delivery was never settled": "UPDATE delivery SET settled_at = NULL",
    "a later one overtook": "UPDATE delivery SET settled_at = NULL, state = 'dead' WHERE seq = (SELECT min(seq) FROM delivery)",
    "a delivery waits for ever": "UPDATE delivery SET settled_at = NULL, state = 'waiting' "
                                 "WHERE seq = (SELECT max(seq) FROM delivery)",
    "a lane is due for nothing": "UPDATE lane SET due_at = 0",
    "a lane is gone": "DELETE FROM lane",
}


def test_what_was_told_is_in_order(told: Wired) -> None:
    assert told.desk.problems() == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_hands_do_to_deliveries_is_found(told: Wired, name: str) -> None:
    with writing(told.desk.database) as connection:
        connection.execute(text(BROKEN[name]))

    assert "delivery" in {problem.check for problem in told.desk.problems()}
