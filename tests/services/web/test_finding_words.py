"""What the check says, in the designers' words."""

from __future__ import annotations

from engine.definitions.check import check as check_file
from services.web.finding_words import said
from tests.services import diagrams


def test_a_finding_keeps_the_names_and_numbers_the_engine_tells() -> None:
    drawn = diagrams.process("p", diagrams.words(limits="promised:9 statutory:5"), diagrams.start(), diagrams.task("fill", "a"),
                             diagrams.end(), diagrams.flows("begin", "fill"), diagrams.when("fill", "done", 'verfy == "a"'))

    found = {each["code"]: each for each in said(check_file(drawn, file="p.bpmn").diagnostics)}

    assert found["promise_beyond_law"]["words"] == "承诺时限长于法定时限：9个工作日"
    assert "“verfy”" in found["unknown_variable"]["words"] and found["unknown_variable"]["label"] == "错误"
    assert found["unknown_variable"]["line"] and "声明" in found["unknown_variable"]["hint"]
