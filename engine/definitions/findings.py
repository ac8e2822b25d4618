"""What has been found out about a diagram so far: the notebook that the steps of a check write into."""

from __future__ import annotations

from engine.definitions.diagnostic import Diagnostic, Severity
from engine.definitions.model import Flow, Node, Process
from engine.definitions.reader import Element

MAX_FINDINGS = 200

Where = Element | Node | Flow | Process | str | None


class Findings:
    """Diagnostics in the order found, none twice; after `MAX_FINDINGS` only errors of a new code are kept."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str | None, int | None], Diagnostic] = {}
        self._codes: set[str] = set()

    def error(self, code: str, where: Where, message: str, hint: str) -> None:
        """The diagram cannot be run."""
        self._add(Severity.ERROR, code, where, message, hint)

    def warning(self, code: str, where: Where, message: str, hint: str) -> None:
        """It runs, but perhaps not as meant."""
        self._add(Severity.WARNING, code, where, message, hint)

    def note(self, code: str, where: Where, message: str, hint: str = "") -> None:
        """We read something in our way."""
        self._add(Severity.NOTE, code, where, message, hint)

    @property
    def has_errors(self) -> bool:
        """Is the diagram refused?"""
        return any(found.severity is Severity.ERROR for found in self._found.values())

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        """Errors first, then warnings, then notes; within each in the order found."""
        return tuple(sorted(self._found.values(), key=lambda found: _ORDER[found.severity]))

    def _add(self, severity: Severity, code: str, where: Where, message: str, hint: str) -> None:
        element, line = _place(where)
        self._keep(Diagnostic(code=code, severity=severity, element=element, line=line, message=message, hint=hint))

    def _keep(self, found: Diagnostic) -> None:
        if len(self._found) >= MAX_FINDINGS and (found.severity is not Severity.ERROR or found.code in self._codes):
            return
        self._codes.add(found.code)
        self._found.setdefault((found.code, found.element, found.line), found)


_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def _place(where: Where) -> tuple[str | None, int | None]:
    """Element id and line."""
    match where:
        case None:
            return None, None
        case str():
            return where, None
        case Node() | Process():
            return where.id, where.line
        case Flow():
            return where.id, None
    return where.get("id"), where.sourceline
