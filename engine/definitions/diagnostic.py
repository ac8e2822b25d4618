"""What is said about a diagram: one finding, with the element, the line and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"  # the diagram is refused
    WARNING = "warning"  # it runs, but probably not as drawn
    NOTE = "note"  # we read an idiom of another engine in our way, and say how


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding about a definition.

    `code` is stable snake_case; `element` the BPMN id or None for the whole file; `line` 1-based in the file or None.
    """

    code: str
    severity: Severity
    element: str | None
    line: int | None
    message: str
    hint: str
