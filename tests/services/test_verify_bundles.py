"""Bundles looked at from outside: what somebody has done to the links between cases is found."""

from __future__ import annotations

import pytest

from tests.services.bundle_diagrams import BUNDLE, GRANT, LICENCE, TAX, applied, go
from tests.services.desk import Desk


def found(desk: Desk) -> dict[str, str]:
    """What `verify` finds from outside, by check."""
    told: dict[str, str] = {}
    for problem in desk.problems():
        if not problem.check.startswith("fold"):
            told[problem.check] = f"{told.get(problem.check, '')}\n{problem.message}"
    return told


def test_a_child_that_was_removed_is_missed(desk: Desk) -> None:
    desk.deploy(all=BUNDLE, licence=LICENCE, tax=TAX)
    number = desk.open("all")
    desk.complete(number, "window")

    desk.sql("DELETE FROM errand WHERE place = 0")

    assert "nothing will open it" in found(desk)["bundle"]


def test_news_that_was_removed_is_missed(desk: Desk) -> None:
    _, licence, _ = applied(desk)
    go(desk, licence, "accept:accept", "review")
    desk.complete(licence, "decide", "grant")

    desk.sql("DELETE FROM errand")

    assert f"waits for child {licence}" in found(desk)["bundle"]


@pytest.mark.parametrize(("change", "check", "told"), [
    ("UPDATE \"case\" SET parent = 'N1' WHERE number = :licence", "bundle", "N1, which does not exist"),
    ('UPDATE "case" SET parent_token = 99 WHERE number = :licence', "bundle", "for 99, which it never asked for"),
    ('UPDATE "case" SET parent = NULL, parent_token = NULL WHERE number = :licence', "bundle", "nothing will open it"),
    ("INSERT INTO errand SELECT id, 1, 0, 'open', 77, '王', 0, NULL FROM \"case\" WHERE number = :licence", "errand",
     "follows from none of its facts"),
    ("INSERT INTO errand SELECT id, 1, 0, 'burn', parent_token, '王', 0, NULL FROM \"case\" WHERE number = :licence", "errand",
     "“burn”"),
])
def test_a_changed_link_is_found(desk: Desk, change: str, check: str, told: str) -> None:
    _, licence, _ = applied(desk)

    desk.sql(change, licence=licence)

    assert told in found(desk)[check]


def test_a_number_that_is_not_the_childs_is_found(desk: Desk) -> None:
    _, licence, tax = applied(desk)
    go(desk, licence, *GRANT)

    desk.sql('UPDATE "case" SET parent_token = parent_token + 100 WHERE number IN (:licence, :tax)', licence=licence, tax=tax)

    assert "not the one opened for" in found(desk)["bundle"]
