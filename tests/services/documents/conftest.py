"""The cases of `lived`, lived once by each worker and copied for each test, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import pytest

from services import issuing
from services.database import reading, writing
from services.documents.kinds import SORTS
from services.documents.kinds import DocumentKind as Kind
from services.issuing import IssuedDocument
from tests.services.desk import WEDNESDAY, Desk, day
from tests.services.documents import lived
from tests.services.documents.lived import About

_LIVED: list[About] = []


def live(desk: Desk) -> None:
    """Every case of the story, each from Wednesday 2026-03-04 on; then who works here is entered, and it is the 13th."""
    numbers = {}
    for each in fields(About):
        desk.now = WEDNESDAY
        numbers[each.name] = getattr(lived, each.name)(desk)
    _LIVED.append(About(**numbers))
    desk.now = day(13, 3)
    lived.supervised(desk)


@pytest.fixture
def hall(tell: Callable[[Callable[[Desk], None]], Desk]) -> Desk:
    """A desk at which it has been lived."""
    return tell(live)


@pytest.fixture
def about(hall: Desk) -> About:
    """The cases by what they are good for; their numbers are the same on both databases."""
    return _LIVED[-1]


Issue = Callable[..., IssuedDocument]
Print = Callable[[str], bytes]


@pytest.fixture
def issue(hall: Desk, about: About) -> Issue:
    """Issue a document by whoever may, about the only fact that will do unless said otherwise."""
    def issued(kind: Kind, number: str = "", **given: object) -> IssuedDocument:
        by = str(given.pop("by", "督查" if "supervisor" in SORTS[kind].roles else "王"))
        with writing(hall.database) as connection:
            return issuing.issue(connection, hall.office, number or about.of(kind), kind, by=by, now=hall.now,
                                 **given)  # type: ignore[arg-type]

    return issued


@pytest.fixture
def issue_at(desk: Desk) -> Issue:
    """Issue a document at a desk of the test's own."""
    def issued(kind: Kind, number: str, **given: object) -> IssuedDocument:
        with writing(desk.database) as connection:
            return issuing.issue(connection, desk.office, number, kind, by="王", now=desk.now, **given)  # type: ignore[arg-type]

    return issued


@pytest.fixture
def print_at(desk: Desk) -> Print:
    """Print a document at a desk of the test's own, by its number."""
    def pdf(number: str) -> bytes:
        with reading(desk.database) as connection:
            return issuing.reprint(connection, desk.office, number)

    return pdf


@pytest.fixture
def printed(hall: Desk) -> Print:
    """Print a document by its number."""
    def pdf(number: str) -> bytes:
        with reading(hall.database) as connection:
            return issuing.reprint(connection, hall.office, number)

    return pdf
