"""What repeats: multi-instance activities and standard loops (BPMN 2.0 §13.2.6, §13.2.7).

The host token's memory holds the counts, and for a collection its items as they were when the activity began: adding to
the list later opens no task. No instances at all means that the activity is passed at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import ChainMap
from typing import TYPE_CHECKING, Any

from engine.definitions.model import COUNTER, MAX_INSTANCES, MultiInstance, StandardLoop
from engine.errors import ExpressionFailed, Incident, MissingVariable
from engine.expressions import Expression, compile_expression
from engine.process.nodes import evaluate
from engine.process.token import READY, Token

if TYPE_CHECKING:
    from engine.process.activities import ActivitySpec

_TOTAL, _BEGUN, _DONE, _ITEMS = range(4)


class Loop(ABC):
    """What repeats an activity."""

    @abstractmethod
    def begin(self, host: Token) -> None:
        """The activity starts: make its first instance or instances."""

    @abstractmethod
    def instance_done(self, host: Token) -> None:
        """One instance is over: make the next, or end the activity."""

    def item(self, token: Token) -> Any:
        """The item of a collection that an instance is for; None when there is none."""
        return None

    def locals(self, token: Token) -> dict[str, Any]:
        """Variables local to one instance."""
        return {COUNTER: token.index}


class Several(Loop):
    """Multi-instance, parallel or sequential. Memory: [how many, begun, done, items or None]."""

    def __init__(self, loop: MultiInstance) -> None:
        self.loop = loop
        self.cardinality = _compiled(loop.cardinality)
        self.completion = _compiled(loop.completion)

    def begin(self, host: Token) -> None:
        """Read how many there are and begin all of them, or the first. Raises Incident beyond MAX_INSTANCES."""
        items = self._items(host) if self.loop.collection is not None else None
        total = len(items) if items is not None else self._count(host)
        if total > MAX_INSTANCES:
            raise Incident(host.task_spec.bpmn_id, f"“{host.task_spec.bpmn_id}” would have {total} instances, more than "
                                                   f"{MAX_INSTANCES}")
        if total == 0:
            _pass(host)
            return
        host.memory = [total, 0, 0, items]
        for _ in range(1 if self.loop.sequential else total):
            self._begin_next(host)

    def instance_done(self, host: Token) -> None:
        """Enough, all, or on with the next."""
        memory = host.memory
        memory[_DONE] += 1
        if memory[_DONE] == memory[_TOTAL] or self._is_enough(host):
            host.complete()
        elif self.loop.sequential:
            self._begin_next(host)

    def item(self, token: Token) -> Any:
        """The item of the collection."""
        items = token.workflow.tasks[token._parent].memory[_ITEMS]
        return None if items is None else items[token.index]

    def locals(self, token: Token) -> dict[str, Any]:
        """The counter, and the item or the number under the name the diagram gives it."""
        own = super().locals(token)
        if self.loop.element is not None:
            own[self.loop.element] = self.item(token) if self.loop.collection is not None else token.index
        return own

    def _begin_next(self, host: Token) -> None:
        spec: ActivitySpec = host.task_spec
        host.memory[_BEGUN] += 1
        spec.add_instance(host, host.memory[_BEGUN] - 1)

    def _is_enough(self, host: Token) -> bool:
        if self.completion is None:
            return False
        total, begun, done, _ = host.memory
        counts = {"nrOfInstances": total, "nrOfCompletedInstances": done, "nrOfActiveInstances": begun - done}
        values = ChainMap(counts, host.workflow.values)
        return evaluate(self.completion, values, host.task_spec.bpmn_id, is_condition=True) is True

    def _items(self, host: Token) -> list[Any]:
        name = self.loop.collection
        assert name is not None
        values = host.workflow.values
        if name not in values:
            raise MissingVariable(host.task_spec.bpmn_id, name)
        if not isinstance(values[name], list):
            raise ExpressionFailed(host.task_spec.bpmn_id, name, f"expected a list, found {values[name]!r:.80}")
        return list(values[name])

    def _count(self, host: Token) -> int:
        if self.cardinality is None:
            return 0
        count = evaluate(self.cardinality, host.workflow.values, host.task_spec.bpmn_id)
        if isinstance(count, bool) or not isinstance(count, int | float) or count != int(count) or count < 0:
            raise ExpressionFailed(host.task_spec.bpmn_id, self.cardinality.text,
                                   f"expected a whole number from 0 up, found {count!r:.80}")
        return int(count)


class WhileLoop(Loop):
    """Standard loop: one after the other while the condition holds. Memory: [begun]."""

    def __init__(self, loop: StandardLoop) -> None:
        self.loop = loop
        self.condition = _compiled(loop.condition)

    def begin(self, host: Token) -> None:
        """The first round, unless the condition is asked before it and does not hold."""
        host.memory = [0]
        if self.loop.test_before and not self._goes_on(host):
            _pass(host)
        else:
            self._begin_next(host)

    def instance_done(self, host: Token) -> None:
        """Another round, or on."""
        if self._goes_on(host):
            self._begin_next(host)
        else:
            host.complete()

    def _begin_next(self, host: Token) -> None:
        host.memory[0] += 1
        host.task_spec.add_instance(host, host.memory[0] - 1)

    def _goes_on(self, host: Token) -> bool:
        if self.loop.maximum is not None and host.memory[0] >= self.loop.maximum:
            return False
        if self.condition is None:
            return self.loop.maximum is not None
        values = ChainMap({COUNTER: host.memory[0]}, host.workflow.values)
        return evaluate(self.condition, values, host.task_spec.bpmn_id, is_condition=True) is True


def _pass(host: Token) -> None:
    """Nothing to do: go on, as an automatic step like any other, so that the budget sees it."""
    host._state = READY
    host.workflow.run.ready.append(host)


def _compiled(text: str | None) -> Expression | None:
    return None if text is None else compile_expression(text)
