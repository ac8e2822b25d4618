"""What the check says, in the designers' words."""

from __future__ import annotations

import re
from pathlib import Path

from engine.definitions import check
from engine.definitions.check import check as check_file
from services.gate import child, door, files
from services.web.finding_words import WORDS, said
from tests.services import diagrams

SOURCES = [*Path(check.__file__).parent.glob("*.py"), *(Path(str(module.__file__)) for module in (child, door, files))]
PATTERNS = (r'findings\.(?:error|warning|note)\(\s*"(\w+)"', r'findings\.error\("(\w+)"', r'_refused\((?:name, )?"(\w+)"',
            r'^\s+say\("(\w+)"', r'code="(\w+)"', r'^    "(\w+)": \("', r'Defect\("(\w+)"', r'"(unreadable|too_large)"',
            r'(?:error|note|warning)\("(\w+)" if')


def test_every_code_of_the_check_has_its_words() -> None:
    codes = {code for path in SOURCES for pattern in PATTERNS for code in re.findall(pattern, path.read_text(), re.MULTILINE)}

    assert len(codes) > 80 and codes - set(WORDS) == set()


def test_a_finding_keeps_the_names_and_numbers_the_engine_tells() -> None:
    drawn = diagrams.process("p", diagrams.words(limits="promised:9 statutory:5"), diagrams.start(), diagrams.task("fill", "a"),
                             diagrams.end(), diagrams.flows("begin", "fill"), diagrams.when("fill", "done", 'verfy == "a"'))

    found = {each["code"]: each for each in said(check_file(drawn, file="p.bpmn").diagnostics)}

    assert found["promise_beyond_law"]["words"] == "承诺时限长于法定时限：9个工作日"
    assert "“verfy”" in found["unknown_variable"]["words"] and found["unknown_variable"]["label"] == "错误"
    assert found["unknown_variable"]["line"] and found["unknown_variable"]["hint"].startswith("请在流程上声明变量")
