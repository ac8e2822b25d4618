"""`jiban stats` as people and programs call it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine

from engine.figures import DEFINITIONS
from services.cli import run
from services.database import writing
from tests.services.histories import Histories, moved

A, B = "43060020260304000001", "43060020260304000002"


@pytest.fixture(autouse=True)
def two_cases(database: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """March 2026: a case in time in one park, a late one in another."""
    monkeypatch.setenv("JIBAN_DATABASE", database_url)
    with writing(database) as connection:
        told = Histories(connection)
        told.open(A, on="2026-03-02", accepted="2026-03-04", promised=(5, "2026-03-11"), concluded="2026-03-10")
        told.open(B, on="2026-03-02", accepted="2026-03-04", promised=(5, "2026-03-11"), concluded="2026-03-12", park="临港")


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What the command answers a program."""
    assert run(["stats", *arguments, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_a_program_gets_every_figure_with_its_definition(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "--month", "2026-03", "--by", "park")

    assert (found["month"], found["is_frozen"], found["amendments"]) == ("2026-03", False, [])
    assert [(group["park"], group["figures"]["concluded"]) for group in found["groups"]] == [
        ("", 2), ("临港", 1), ("经开区", 1)]
    assert found["groups"][0]["figures"]["on_time_rate"] == {"numerator": 1, "denominator": 2, "value": 0.5}
    assert set(found["definitions"]) == set(DEFINITIONS) == set(found["groups"][0]["figures"])


def test_people_read_labels_and_below_them_what_they_mean(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["stats", "--month", "2026-03", "--by", "park", "--by", "process"])

    text = capsys.readouterr().out
    assert status == 0 and "2026-03 办件统计（现时统计，未固化）" in text
    assert "合计" in text and "临港 · company_setup" in text and "50.0%" in text and "1/2" in text
    assert all(f"  {label}：{definition}" in text for label, definition in DEFINITIONS.values())


def test_a_month_is_frozen_once_and_then_corrected(database: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    first, again = (answer(capsys, "--month", "2026-03", "--freeze") for _ in range(2))
    with writing(database) as connection:
        Histories(connection).tell(B, moved("promised", "2026-03-11", "2026-03-13", "停办 岳防〔2026〕1号"), on="2099-01-01")
    amended = answer(capsys, "--month", "2026-03", "--freeze")

    assert (first["written"], again["written"]) == ({"originals": 12, "amendments": 0}, {"originals": 0, "amendments": 0})
    assert amended["written"] == {"originals": 0, "amendments": 8}
    assert first["is_frozen"] and first["groups"] == again["groups"] == amended["groups"]
    amendment = amended["amendments"][0]
    assert (amendment["park"], amendment["number"], amendment["figures"]["late"]) == ("", 1, 0)
    assert "停办 岳防〔2026〕1号" in amendment["reason"]


def test_people_read_the_amendments_with_their_reasons(database: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    run(["stats", "--month", "2026-03", "--freeze"])
    with writing(database) as connection:
        Histories(connection).tell(B, moved("promised", "2026-03-11", "2026-03-13", "停办\x1b[2J"), on="2099-01-01")
    capsys.readouterr()

    run(["stats", "--month", "2026-03", "--freeze"])

    text = capsys.readouterr().out
    assert "（月末快照）" in text and "0 组快照，8 条更正" in text
    assert "合计 第1次 更正：提前办结 1→2" in text and "\x1b[2J" not in text


@pytest.mark.parametrize(("arguments", "status", "sentence"), [
    (("--month", "2026-13"), 1, "expected a month like 2026-09"),
    (("--month", "2099-01"), 1, "2099-01 has not begun"),
    (("--month", "2099-01", "--freeze"), 1, "2099-01 is not over; it can be frozen from 2099-02-01 on"),
    (("--month", "2026-03", "--by", "mayor"), 2, "mayor"),
    ((), 2, "--month"),
])
def test_a_question_without_an_answer_is_refused_with_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], status: int, sentence: str,
) -> None:
    found = run(["stats", *arguments])

    told = capsys.readouterr()
    assert found == status and sentence in told.err and told.out == ""
