"""What the check of a diagram finds, as the board lists it: what is wrong, and what to do.

The words of each code stand in the one catalogue (`services.web.words`); the engine's own sentence is English and knows the
particulars: the names and amounts it quotes are kept, and it is shown beside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypedDict

from engine.definitions.diagnostic import Diagnostic, Severity
from engine.limits import Unit
from services.web.frame import text
from services.web.words.refusals import diagnosis

_SEVERITIES: Mapping[Severity, str] = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.NOTE: "说明"}
_UNITS: Mapping[str, str] = {
    Unit.WORKDAY.value: "个工作日", Unit.HALF_DAY.value: "个半日", Unit.WORKING_HOUR.value: "工作小时", Unit.HOUR.value: "小时",
    Unit.CALENDAR_DAY.value: "个自然日", Unit.MONTH.value: "个月"}
_AMOUNT = re.compile(r"\b(\d+) (" + "|".join(_UNITS) + r")\b")
_QUOTED = re.compile(r"“([^”]{1,120})”")
_WITH_AMOUNTS = frozenset({"limit_differs", "promise_beyond_law"})


class Finding(TypedDict):
    """A finding as a page shows it. `element` and `line`: None for the whole file. `detail`: the engine's own sentence."""

    code: str
    severity: str
    label: str
    element: str | None
    line: int | None
    words: str
    hint: str
    detail: str


def said(findings: Iterable[Diagnostic]) -> list[Finding]:
    """Findings in words."""
    return [_said(each) for each in findings]


def _said(found: Diagnostic) -> Finding:
    words, _, hint = diagnosis(found).partition("：")
    return Finding(code=found.code, severity=found.severity.value, label=text(_SEVERITIES[found.severity]),
                   element=found.element, line=found.line, words=words + _particulars(found), hint=hint,
                   detail=f"{found.message} → {found.hint}" if found.hint else found.message)


def _particulars(found: Diagnostic) -> str:
    """Names and amounts the engine's sentence quotes, without the element's own id."""
    if found.code in _WITH_AMOUNTS:
        named = [f"{amount}{text(_UNITS[unit])}" for amount, unit in _AMOUNT.findall(found.message)]
    else:
        named = [f"“{each}”" for each in _QUOTED.findall(found.message) if each != found.element]
    return f"：{'、'.join(named)}" if named else ""
