"""`jiban bundle` at a terminal: the cases of one application, as a clerk reads them."""

from __future__ import annotations

import json

import pytest

from services import cli
from tests.services.bundle_diagrams import ORDERED, SEAL, applied, call, go, parent
from tests.services.desk import Desk


@pytest.fixture
def told(desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose database the command works on."""
    monkeypatch.setenv("JIBAN_DATABASE", database_url)
    return desk


def test_it_shows_the_children_of_an_application_and_the_parent_of_a_child(
    told: Desk, capsys: pytest.CaptureFixture[str],
) -> None:
    number, licence, tax = applied(told, ORDERED)

    assert cli.run(["bundle", "show", number]) == 0
    shown = capsys.readouterr().out
    assert licence in shown and "税务局" in shown and "须在licence准予之后决定" in shown
    assert cli.run(["bundle", "show", tax, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parent"]["number"] == number


def test_it_tries_again_once_the_cause_is_mended(told: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    told.deploy(all=parent(call("seal", "seal")))
    number = told.open("all")
    go(told, number, "window")
    token = told.incidents(number)[0].token
    assert cli.run(["bundle", "retry", number, "99"]) == 1
    told.deploy(seal=SEAL)

    assert cli.run(["bundle", "retry", number, str(token)]) == 0

    assert [child.process for child in told.children(number)] == ["seal"] and told.incidents(number) == []


def test_a_case_that_is_not_there_is_said_so(told: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["bundle", "show", "43060020260304999999"]) == 1
    assert "43060020260304999999" in capsys.readouterr().err
