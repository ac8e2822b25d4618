"""The one error tree.

::

    JibanError
    ├── Refusal                 the rules say no; shown to the person, nothing has changed (409 / 422 / 404)
    │   ├── NotFound            what was named does not exist (404)
    │   ├── InvalidInput        a value is wrong; names its field (422)
    │   ├── Stale               the case has moved on since it was read (409)
    │   ├── AlreadyDecided      the task has been completed or is gone (409)
    │   ├── Forbidden           a guard refuses: state, duty or law (409)
    │   └── NotAdmitted         whoever asks may not come in there at all: wrong role or scope (403)
    │       └── Forged          what was sent does not come from a page of ours (403)
    ├── DefinitionError         our diagram is wrong: carries diagnostics; fails at load
    ├── StateCorrupt            stored bytes are not a state this version can read
    └── Incident                a step could not be finished by rule: kept for a person, tokens have not moved
        ├── StepBudgetExceeded  more automatic activities in one command than the budget allows
        ├── NoPath              no condition of a gateway holds and it has no default flow
        ├── MissingVariable     an expression reads a variable that has no value yet
        └── ExpressionFailed    an expression could not be evaluated on the case's values

An error takes the facts as arguments, keeps them as attributes and writes its own message: expected X, found Y, and the
way out. Everything that is not in this tree is a bug and must not be caught.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.definitions.diagnostic import Diagnostic


class JibanError(Exception):
    """Root of everything we raise on purpose."""


class Refusal(JibanError):
    """The rules say no: show the reason; nothing has changed."""


class NotFound(Refusal):
    """The thing that was named does not exist."""

    def __init__(self, kind: str, name: str, hint: str = "") -> None:
        self.kind, self.name, self.hint = kind, name, hint
        super().__init__(f"no {kind} “{name}”" + (f": {hint}" if hint else ""))


class InvalidInput(Refusal):
    """A value is wrong; `field` is the JSON path of the value, "" for the whole body."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field}: {reason}" if field else reason)


class Stale(Refusal):
    """The case has moved on since it was read."""

    def __init__(self, case: str, expected: int, found: int | None) -> None:
        self.case, self.expected, self.found = case, expected, found
        now = f"it is at version {found} now" if found is not None else "somebody else has just changed it"
        super().__init__(f"case {case} was read at version {expected}, but {now}: read it again and repeat")


class AlreadyDecided(Refusal):
    """The task has been completed or withdrawn; a task takes one decision."""

    def __init__(self, task: str, how: str) -> None:
        self.task, self.how = task, how
        super().__init__(f"task {task} takes no decision any more: {how}")


class Forbidden(Refusal):
    """A guard refuses the command in the present state; `reason` says what is allowed instead, and by whom."""

    def __init__(self, command: str, reason: str) -> None:
        self.command, self.reason = command, reason
        super().__init__(f"{command} refused: {reason}")


class NotAdmitted(Refusal):
    """Whoever asks may not come in there, whatever he would do. `roles`: who may; empty: it is not a question of roles."""

    def __init__(self, what: str, reason: str, roles: Sequence[str] = ()) -> None:
        self.what, self.reason, self.roles = what, reason, tuple(roles)
        super().__init__(f"{what} refused: {reason}")


class Forged(NotAdmitted):
    """What was sent to change something does not come from a page that was shown to whoever is signed in."""


class DefinitionError(JibanError):
    """A diagram cannot be run; `diagnostics` holds every reason, with element, line and hint."""

    def __init__(self, file: str, diagnostics: Sequence[Diagnostic]) -> None:
        self.file, self.diagnostics = file, tuple(diagnostics)
        first = self.diagnostics[0] if self.diagnostics else None
        more = f" (and {len(self.diagnostics) - 1} more)" if len(self.diagnostics) > 1 else ""
        super().__init__(f"{file}: {first.message if first else 'not a process definition'}{more}")


class StateCorrupt(JibanError):
    """Stored token state is not readable by this version: damaged, or from a newer release."""


class Incident(JibanError):
    """A step could not be finished by rule. The state given in is still the truth; `code` and `node` say where."""

    code = "incident"

    def __init__(self, node: str, message: str) -> None:
        self.node = node
        super().__init__(message)


class StepBudgetExceeded(Incident):
    """More automatic activities ran in one command than `budget` allows: a loop without a person in it."""

    code = "step_budget"

    def __init__(self, node: str, budget: int) -> None:
        self.budget = budget
        super().__init__(node, f"more than {budget} automatic activities in one step, last at “{node}”: "
                               "the diagram loops without waiting for anybody")


class NoPath(Incident):
    """No condition holds and there is no default flow."""

    code = "no_path"

    def __init__(self, node: str) -> None:
        super().__init__(node, f"no condition leaving gateway “{node}” holds and it has no default flow")


class MissingVariable(Incident):
    """An expression reads a variable that has no value yet."""

    code = "missing_variable"

    def __init__(self, node: str, variable: str) -> None:
        self.variable = variable
        super().__init__(node, f"“{node}” needs the variable “{variable}”, which has no value yet")


class ExpressionFailed(Incident):
    """An expression could not be evaluated on the case's values."""

    code = "expression_failed"

    def __init__(self, node: str, expression: str, reason: str) -> None:
        self.expression, self.reason = expression, reason
        super().__init__(node, f"the expression “{expression}” at “{node}” could not be evaluated: {reason}")
