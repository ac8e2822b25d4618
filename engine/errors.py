"""The one error tree.

::

    JibanError
    ├── Refusal                 the rules say no; shown to the person, nothing has changed (409 / 422 / 404)
    │   ├── NotFound            what was named does not exist (404)
    │   ├── InvalidInput        a value is wrong; names its field (422)
    │   ├── Stale               the case has moved on since it was read (409)
    │   ├── AlreadyDecided      the task has been completed or is gone (409)
    │   ├── LockLost            a worker no longer has the external task it speaks of (409)
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

from engine.sentences import Sentence, say, sentence_of

if TYPE_CHECKING:
    from engine.definitions.diagnostic import Diagnostic


class JibanError(Exception):
    """Root of everything we raise on purpose."""

    @property
    def sentence(self) -> Sentence:
        """The whole message, with its pattern and the values given to it."""
        return sentence_of(self)


class Refusal(JibanError):
    """The rules say no: show the reason; nothing has changed."""


class NotFound(Refusal):
    """The thing that was named does not exist."""

    def __init__(self, kind: str, name: str, hint: str = "") -> None:
        self.kind, self.name, self.hint = kind, name, hint
        super().__init__(say("no {kind} “{name}”: {hint}", kind=kind, name=name, hint=sentence_of(hint)) if hint
                         else say("no {kind} “{name}”", kind=kind, name=name))


class InvalidInput(Refusal):
    """A value is wrong; `field` is the JSON path of the value, "" for the whole body."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(say("{field}: {reason}", field=field, reason=sentence_of(reason))
                         if field else sentence_of(reason))


class Stale(Refusal):
    """The case has moved on since it was read."""

    def __init__(self, case: str, expected: int, found: int | None) -> None:
        self.case, self.expected, self.found = case, expected, found
        now = (say("somebody else has just changed it") if found is None
               else say("it is at version {found} now", found=found))
        super().__init__(say("case {case} was read at version {expected}, but {now}: read it again and repeat",
                             case=case, expected=expected, now=now))


class AlreadyDecided(Refusal):
    """The task has been completed or withdrawn; a task takes one decision."""

    def __init__(self, task: str, how: str) -> None:
        self.task, self.how = task, how
        super().__init__(say("task {task} takes no decision any more: {how}", task=task, how=sentence_of(how)))


class LockLost(Refusal):
    """A worker speaks of an external task that it no longer has, or never had: another has it, or it was given back."""

    def __init__(self, task: str, worker: str, fence: int) -> None:
        self.task, self.worker, self.fence = task, worker, fence
        super().__init__(say(
            "external task {task} is no longer {worker}'s under lock {fence}: what it has done is not taken; it fetches again",
            task=task, worker=worker, fence=fence))


class Forbidden(Refusal):
    """A guard refuses the command in the present state; `reason` says what is allowed instead, and by whom."""

    def __init__(self, command: str, reason: str) -> None:
        self.command, self.reason = command, reason
        super().__init__(say("{command} refused: {reason}", command=command, reason=sentence_of(reason)))


class NotAdmitted(Refusal):
    """Whoever asks may not come in there, whatever he would do. `roles`: who may; empty: it is not a question of roles."""

    def __init__(self, what: str, reason: str, roles: Sequence[str] = ()) -> None:
        self.what, self.reason, self.roles = what, reason, tuple(roles)
        super().__init__(say("{what} refused: {reason}", what=sentence_of(what), reason=sentence_of(reason)))


class Forged(NotAdmitted):
    """What was sent to change something does not come from a page that was shown to whoever is signed in."""


class DefinitionError(JibanError):
    """A diagram cannot be run; `diagnostics` holds every reason, with element, line and hint."""

    def __init__(self, file: str, diagnostics: Sequence[Diagnostic]) -> None:
        self.file, self.diagnostics = file, tuple(diagnostics)
        first = self.diagnostics[0] if self.diagnostics else None
        message = sentence_of(first.message) if first else say("not a process definition")
        more = len(self.diagnostics) - 1
        super().__init__(say("{file}: {message} (and {more} more)", file=file, message=message, more=more) if more > 0
                         else say("{file}: {message}", file=file, message=message))


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
        super().__init__(node, say("more than {budget} automatic activities in one step, last at “{node}”: the diagram loops "
                                   "without waiting for anybody", budget=budget, node=node))


class NoPath(Incident):
    """No condition holds and there is no default flow."""

    code = "no_path"

    def __init__(self, node: str) -> None:
        super().__init__(node, say("no condition leaving gateway “{node}” holds and it has no default flow", node=node))


class MissingVariable(Incident):
    """An expression reads a variable that has no value yet."""

    code = "missing_variable"

    def __init__(self, node: str, variable: str) -> None:
        self.variable = variable
        super().__init__(node, say("“{node}” needs the variable “{variable}”, which has no value yet",
                                   node=node, variable=variable))


class ExpressionFailed(Incident):
    """An expression could not be evaluated on the case's values."""

    code = "expression_failed"

    def __init__(self, node: str, expression: str, reason: str) -> None:
        self.expression, self.reason = expression, reason
        super().__init__(node, say("the expression “{expression}” at “{node}” could not be evaluated: {reason}",
                                   expression=expression, node=node, reason=sentence_of(reason)))
