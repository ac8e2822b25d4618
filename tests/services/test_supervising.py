"""双推送双报告 on both databases: what is granted is with whoever supervises it before it is archived, is signed for in time, and
what is found comes back onto the case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.catalogue import Category
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.limits import LimitKind
from services import catalogue, people, sight, supervising
from services.acting import Command, Stepped
from services.database import reading, writing
from services.store import reading as store
from tests.services import diagrams
from tests.services.desk import Desk, day

DEPARTMENT = "市城管局"
GRANTED = diagrams.process(
    "permit", diagrams.words(limits="promised:5"), diagrams.start(), diagrams.task("review"),
    diagrams.throw("taken", "accepted"), diagrams.task("decide"), diagrams.throw("granted", "granted"),
    diagrams.throw("concluded", "concluded"), diagrams.task("check"), diagrams.end("done"),
    diagrams.flows("begin", "review", "taken", "decide", "granted", "concluded", "check", "done"))


def matter(desk: Desk, supervisor: str = DEPARTMENT, process: str = "permit") -> None:
    """The process becomes a matter of the catalogue, supervised by a department."""
    with writing(desk.database) as connection:
        catalogue.set_values(
            connection, desk.office.shelved, Category.MATTER, f"T-{process}",
            {"name": "试许可", "process": process, "kind": "promised", "department": "市住建局", "supervisor": supervisor},
            basis="岳审改〔2026〕1号", by="管", now=day(2))


def concluded(desk: Desk, supervisor: str = DEPARTMENT) -> str:
    """A permit that was granted and concluded."""
    desk.deploy(permit=GRANTED)
    matter(desk, supervisor)
    number = desk.open("permit")
    desk.complete(number, "review", by="李")
    desk.complete(number, "decide", by="赵")
    return number


def do(desk: Desk, name: str, number: str, by: str = "监", **given: Any) -> Stepped:
    """One of the three verbs."""
    with writing(desk.database) as connection:
        return getattr(supervising, name)(connection, desk.office, Command(number=number, by=by, now=desk.now), **given)


def pushed(desk: Desk, number: str) -> int:
    """The number of the fact that pushed its result."""
    (fact,) = desk.facts(number, "ResultPushed")
    return int(fact["seq"])


def told(desk: Desk, recipient: str) -> list[str]:
    """What a recipient finds in the inbox."""
    with reading(desk.database) as connection:
        return [row.subject for row in connection.exec_driver_sql(
            f"SELECT subject FROM notification WHERE recipient = '{recipient}' ORDER BY case_id, seq, place")]


def test_what_was_granted_is_pushed_as_it_is_concluded_and_a_clock_runs_until_it_is_signed_for(desk: Desk) -> None:
    number = concluded(desk)

    (fact,) = desk.facts(number, "ResultPushed")
    clock = desk.clocks(number)[f"push:{fact['seq']}"]
    assert (fact["data"]["department"], fact["data"]["result"]) == (DEPARTMENT, "granted")
    assert (clock.kind, clock.due, clock.amount) == (LimitKind.PUSH.value, "2026-03-05", 1)
    assert told(desk, DEPARTMENT) == [f"监管推送:{number} 准予,请签收"]
    assert desk.problems() == []

    do(desk, "receive_push", number, push=pushed(desk, number))

    with reading(desk.database) as connection:
        (row,) = store.pushes_of(connection, desk.case(number).id)
    assert (row.received_on, row.received_by, row.lapsed_on) == ("2026-03-04", "监", None)
    assert f"push:{row.seq}" not in desk.clocks(number) and desk.problems() == []
