"""What is found after a month was frozen is added to it as an amendment 更正, by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from services import figures
from tests.services.desk import Desk


def test_an_exemption_found_after_the_month_was_frozen_adds_an_amendment_within_the_hour(desk: Desk) -> None:
    desk.now = datetime(2026, 3, 2, 2, tzinfo=UTC)
    number = desk.open("竣工联合验收")
    for node, outcome in (("register", "received"), ("verify", "accept")):
        desk.complete(number, node, outcome)
    desk.now = datetime(2026, 3, 13, 1, tzinfo=UTC)
    desk.ring()
    desk.now = datetime(2026, 4, 1, 1, tzinfo=UTC)
    assert figures.freeze_due(desk.database, desk.office, now=desk.now) is not None
    card = desk.facts(number, "CardIssued")[0]["seq"]

    desk.command("exempt", number, card=card, conclusion="exempt", document="容〔2026〕1号", reason="先行先试", by="孙")

    assert figures.amend_recent(desk.database, desk.office, now=desk.now) > 0
    assert figures.amend_recent(desk.database, desk.office, now=desk.now) == 0
