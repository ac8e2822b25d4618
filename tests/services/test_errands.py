"""Errands between the cases of a bundle: done at least once, which is as good as once, and never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection

from engine.children import Child
from services import errands
from services.folded import fold_of
from services.office import Office
from services.store.rows import ErrandRow
from tests.services import diagrams
from tests.services.bundle_diagrams import BUNDLE, GRANT, LICENCE, ORDERED, SEAL, TAX, applied, call, gateway, go, parent
from tests.services.desk import Desk


def test_a_crash_between_the_parent_and_its_children_loses_none_of_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deploy(all=BUNDLE, licence=LICENCE, tax=TAX)
    number = desk.open("all")
    desk.complete(number, "window")  # committed, and nobody does the errands
    assert desk.children(number) == [] and desk.rows("errand") == 2 and desk.problems() == []

    with monkeypatch.context() as crash:
        crash.setattr(errands.store, "finish", _die)  # the child is written, the machine goes down before the commit
        with pytest.raises(KeyboardInterrupt):
            desk.ring()
    assert desk.children(number) == [] and desk.rows("errand") == 2
    desk.ring()

    assert len(desk.children(number)) == 2 and desk.rows("errand") == 0 and desk.problems() == []


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_errand_done_twice_changes_nothing(desk: Desk) -> None:
    number, licence, tax = applied(desk, ORDERED)
    go(desk, licence, *GRANT)
    facts = desk.rows("fact")

    for place, (case, kind, token) in enumerate(_every_errand(desk, number, licence, tax)):
        desk.sql('INSERT INTO errand VALUES (:case, 1, :place, :kind, :token, :by, 0, 0)', case=case, place=place, kind=kind,
                 token=token, by="王")
    done = desk.ring()

    assert (done.errands, done.parked, desk.rows("fact"), len(desk.children(number))) == (6, 0, facts, 2)
    assert desk.rows("errand") == 0 and desk.problems() == []


def _every_errand(desk: Desk, number: str, *children: str) -> list[tuple[int, str, int]]:
    found = []
    for child in map(desk.case, children):
        assert child.parent_token is not None
        found += [(desk.case(number).id, kind, child.parent_token) for kind in ("open", "order")]
        found.append((child.id, "report", child.parent_token))
    return found


def test_a_child_that_cannot_be_opened_is_an_incident_until_a_person_asks_again(desk: Desk) -> None:
    desk.deploy(all=parent(call("seal", "seal")))  # nobody has deployed the seal
    number = desk.open("all")
    go(desk, number, "window")

    incident = desk.incidents(number)[0]
    assert incident.code == "child_not_opened" and "seal" in incident.message
    assert desk.ring().errands == 0 and desk.problems() == []
    desk.deploy(seal=SEAL)
    assert incident.token is not None
    desk.command("ask_again", number, token=incident.token)
    desk.ring()

    assert [child.process for child in desk.children(number)] == ["seal"]
    assert desk.incidents(number) == [] and desk.problems() == []


def test_a_child_that_cannot_even_begin_uses_up_no_number(desk: Desk) -> None:
    stuck = diagrams.process(
        "seal", diagrams.words(variables="missing:string"), diagrams.start(), gateway("which", "exclusive"), diagrams.end(),
        diagrams.end("other"), diagrams.flows("begin", "which"), diagrams.when("which", "done", 'missing == "a"'),
        diagrams.when("which", "other", 'missing == "b"'))
    desk.deploy(all=parent(call("seal", "seal")), seal=stuck)
    number = desk.open("all")

    go(desk, number, "window")

    assert desk.incidents(number)[0].code == "child_not_opened" and desk.children(number) == []
    assert desk.problems() == []  # a number without its case would be found


def test_a_fault_of_ours_in_one_errand_stops_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deploy(all=BUNDLE, licence=LICENCE, tax=TAX)
    number = desk.open("all")
    desk.complete(number, "window")
    first, do = min(child.token for child in _requested(desk, number)), errands.bundles.do

    def poisoned(connection: Connection, office: Office, errand: ErrandRow, *, now: datetime) -> bool:
        if errand.token == first:
            raise RuntimeError("a bug of ours")
        return do(connection, office, errand, now=now)

    monkeypatch.setattr(errands.bundles, "do", poisoned)
    desk.ring()

    assert [child.process for child in desk.children(number)] == ["tax"]
    assert "a bug of ours" in desk.incidents(number)[0].message and desk.problems() == []


def _requested(desk: Desk, number: str) -> list[Child]:
    return list(fold_of(desk.case(number)).children)


def test_two_offices_at_work_open_each_child_once(desk: Desk) -> None:
    desk.deploy(all=BUNDLE, licence=LICENCE, tax=TAX)
    numbers = [desk.open("all") for _ in range(6)]
    for number in numbers:
        desk.complete(number, "window")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: errands.run(desk.database, replace(desk.office), now=desk.now, most=100), range(2)))
    desk.ring()

    assert [len(desk.children(number)) for number in numbers] == [2] * 6
    assert desk.rows("errand") == 0 and desk.problems() == []
