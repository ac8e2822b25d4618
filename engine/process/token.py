"""A token: a SpiffWorkflow task that stays small.

Spiff's task draws a random id, reads the wall clock, copies its parent's data and logs every change of state with a
dictionary made for it. A token does none of that: its id is a number from a counter in the state, its data are the
variables of its instance, and only what is alive is kept. The life of a task is still Spiff's: `run`, `complete` and
`cancel`, and the hooks of its spec that they call. Spiff's *parent* is here the token another one belongs to: the host of
a boundary event, the multi-instance activity of an instance, the event gateway of an awaited event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.process.instance import Instance
    from engine.process.nodes import NodeSpec

READY, WAITING, STARTED = TaskState.READY, TaskState.WAITING, TaskState.STARTED


class Token(Task):
    """One living task. `index`: number of a multi-instance instance, None otherwise. `memory`: what the spec has to
    remember here, a flat list of MessagePack values whose meaning is the spec's."""

    def __init__(self, workflow: Instance, spec: NodeSpec, number: int, state: int, parent: int | None = None,
                 index: int | None = None, memory: Any = None) -> None:
        # Task.__init__ is left out on purpose: it draws a uuid and reads the clock.
        self.id = number
        self.workflow = workflow
        self.task_spec: NodeSpec = spec
        self._state = state
        self._parent: Any = parent
        self.index = index
        self.memory = memory
        self.triggered = False

    @property
    def data(self) -> Any:
        """The variables this token sees: those of its instance."""
        return self.workflow.values

    @property
    def children(self) -> list[Token]:
        """The living tokens that belong to this one."""
        return [other for other in self.workflow.tasks.values() if other._parent == self.id]

    def _set_state(self, value: int) -> None:
        """Spiff's own logs each change, with a dictionary made for the purpose."""
        self._state = value

    def _drop_children(self, force: bool = False) -> None:
        """Spiff calls this when a task is cancelled. What belongs to the token ends in `NodeSpec.forget`, which knows
        whether there can be anything."""
