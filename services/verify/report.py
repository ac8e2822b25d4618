"""What a verification found: numbers, and problems with their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is off. `check`: which check found it. `case`: the case's number, or ``id N`` of rows whose case is
    gone, "" when it concerns no case. `seq`: number of the fact, None when it concerns none. `message`: a sentence."""

    check: str
    case: str
    seq: int | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was looked at and what was found."""

    cases: int
    facts: int
    problems: tuple[Problem, ...]

    @property
    def is_clean(self) -> bool:
        """Was nothing found?"""
        return not self.problems


Found = Callable[[str, int | None, str], None]
"""Takes down a problem of the case that is being looked at: (check, number of the fact or None, sentence)."""
