"""A process instance, or a sub-process or called process inside one: the tokens of one scope.

A SpiffWorkflow workflow that holds only what is alive. There is no tree of the past and no predicted future: a token makes
its successors when it completes, joins remember what has arrived, and a scope without a living token is over. Variables
belong to the instance (BPMN 2.0 §10.4): an embedded sub-process reads and writes its parent's, a called process has a copy.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.errors import Incident
from engine.process.token import READY, Token
from engine.sentences import say

if TYPE_CHECKING:
    from engine.process.nodes import NodeSpec
    from engine.process.run import Run
    from engine.process.scope import ScopeSpec

MAX_ALIVE = 5000
"""Tokens alive at once: ten multi-instance activities at their largest. More is a diagram that multiplies itself."""


class Instance(BpmnWorkflow):
    """The tokens of one scope.

    `host`: the token of the activity this runs in, None at the top. `own`: the variables kept with this instance: all of
    them at the top and in a called process, what is local to a multi-instance body in an embedded sub-process (None when
    nothing is). `tasks` is shared by all instances of a run, `alive` counts those here. `joins`: the token that remembers
    what has arrived, by number of its gateway. `end`: the end event reached last, None before any. `is_closed`: its activity
    is over, nothing follows from its emptiness.
    """

    def __init__(self, spec: ScopeSpec, run: Run, host: Token | None = None, own: dict[str, Any] | None = None) -> None:
        # BpmnWorkflow.__init__ is left out on purpose: it makes a root task, predicts and starts.
        self.spec = spec
        self.run = run
        self.host = host
        self.own = own
        self.tasks: dict[int, Token] = run.tasks
        self.alive = 0
        self.joins: dict[int, Token] = {}
        self.end: str | None = None
        self.is_closed = False
        self._path: tuple[str, ...] | None = None
        self._values: MutableMapping[str, Any] | None = None
        run.instances[host.id if host is not None else 0] = self

    @property
    def values(self) -> MutableMapping[str, Any]:
        """The variables this instance sees."""
        if self._values is None:
            if self.host is None or self.spec.is_called:
                self._values = self.own
            else:
                outer = self.host.workflow.values
                self._values = outer if self.own is None else ChainMap(self.own, outer)
        return self._values  # type: ignore[return-value]

    def store(self, data: Mapping[str, Any]) -> None:
        """Write variables to where they belong: names local to a multi-instance body stay there."""
        for name, value in data.items():
            keeper = self
            while keeper.host is not None and not keeper.spec.is_called and name not in (keeper.own or ()):
                keeper = keeper.host.workflow
            assert keeper.own is not None
            keeper.own[name] = value
            if keeper.host is not None and keeper.spec.is_called:
                keeper._note_written(keeper.host, name)

    def _note_written(self, host: Token, name: str) -> None:
        """Names a called process has written are kept at its host: only they are given back, so that what other branches
        have written in the meantime survives."""
        if host.memory is None:
            host.memory = [name]
        elif name not in host.memory:
            host.memory.append(name)

    @property
    def path(self) -> tuple[str, ...]:
        """Ids of the enclosing sub-processes and call activities, outermost first."""
        if self._path is None:
            self._path = () if self.host is None else (*self.host.workflow.path, self.host.task_spec.bpmn_id)
        return self._path

    def add(self, spec: NodeSpec, state: int, parent: int | None = None, index: int | None = None,
            memory: Any = None) -> Token:
        """A new token on a node; a READY one will run in this command."""
        run = self.run
        if len(self.tasks) >= MAX_ALIVE:
            raise Incident(spec.bpmn_id, say(
                "more than {most} things would go on at once, last at “{node}”", most=MAX_ALIVE, node=spec.bpmn_id))
        run.last += 1
        token = Token(self, spec, run.last, state, parent, index, memory)
        self.tasks[token.id] = token
        self.alive += 1
        if state == READY:
            run.ready.append(token)
        return token

    def remove(self, token: Token) -> None:
        """The token is gone; it may have been the last of its scope."""
        del self.tasks[token.id]
        self.alive -= 1
        if self.alive == 0:
            self.run.emptied.append(self)

    def cancel_all(self) -> None:
        """Every token of this scope is overtaken."""
        for token in [token for token in self.tasks.values() if token.workflow is self]:
            if token.id in self.tasks:
                token.cancel()

    def close(self) -> None:
        """The activity this runs in is overtaken: so is everything inside."""
        self.is_closed = True
        self.cancel_all()
        if self.host is not None:
            self.run.instances.pop(self.host.id, None)

    def __repr__(self) -> str:
        return f"<Instance of {self.spec.name}: {self.alive} tokens>"
