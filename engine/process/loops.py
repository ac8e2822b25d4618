"""What repeats: multi-instance activities and standard loops (BPMN 2.0 §13.2.6, §13.2.7).

The host token's memory holds the counts, and for a collection its items as they were when the activity began: adding to
the list later opens no task, adding a signer (加签) does. No instances at all means that the activity is passed at once.

Where those who agree are counted (票签), only their completions count as completed, and the activity is over as well when
the condition would not hold even if everybody left agreed. The variable named like the task then says what was found: that
enough agreed, or what the last of the others said.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import ChainMap
from typing import TYPE_CHECKING, Any

from engine.definitions.model import COUNTER, MAX_INSTANCES, MultiInstance, StandardLoop
from engine.errors import ExpressionFailed, Incident, InvalidInput, MissingVariable
from engine.expressions import Expression, compile_expression
from engine.process.nodes import evaluate
from engine.process.token import READY, Token
from engine.sentences import say

if TYPE_CHECKING:
    from engine.process.activities import ActivitySpec

_TOTAL, _BEGUN, _DONE, _ITEMS, _DROPPED, _AGREED, _OTHER = range(7)
_SELDOM = (0, 0, None)  # what is left out of a memory in which it says nothing


class Loop(ABC):
    """What repeats an activity. `agree`: the outcome that is counted; None: each completion is."""

    agree: str | None = None

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

    def add(self, host: Token, item: object) -> None:
        """One more instance. Raises InvalidInput where it cannot be."""
        raise _not_of_several(host)

    def drop(self, token: Token) -> None:
        """One instance less. Raises InvalidInput where it cannot be."""
        raise _not_of_several(token)

    def signed(self, host: Token) -> int:
        """How many instances are completed."""
        raise _not_of_several(host)


class Several(Loop):
    """Multi-instance, parallel or sequential. Memory: [how many, begun, done, items or None], and where it matters [dropped,
    agreed, the last other outcome or None]. Who was dropped counts among those begun, not in how many there are."""

    def __init__(self, loop: MultiInstance) -> None:
        self.loop = loop
        self.agree = loop.agree
        self.cardinality = _compiled(loop.cardinality)
        self.completion = _compiled(loop.completion)

    def begin(self, host: Token) -> None:
        """Read how many there are and begin all of them, or the first. Raises Incident beyond MAX_INSTANCES."""
        items = self._items(host) if self.loop.collection is not None else None
        total = len(items) if items is not None else self._count(host)
        if total > MAX_INSTANCES:
            raise Incident(host.task_spec.bpmn_id, say(
                "“{node}” would have {count} instances, more than {most}",
                node=host.task_spec.bpmn_id, count=total, most=MAX_INSTANCES))
        if total == 0:
            _pass(host)
            return
        host.memory = [total, 0, 0, items]
        for _ in range(1 if self.loop.sequential else total):
            self._begin_next(host)

    def instance_done(self, host: Token) -> None:
        """Enough, all, or on with the next."""
        host.memory[_DONE] += 1
        if self.agree is not None:
            self._count_vote(host)
        self._go_on(host)

    def add(self, host: Token, item: object) -> None:
        """One more signer, at once, or after all others where one signs after the other. Raises InvalidInput beyond
        MAX_INSTANCES, for an item that is open or still to come, and for any item where there is no list."""
        memory, items = host.memory, host.memory[_ITEMS]
        if memory[_TOTAL] + _seldom(memory, _DROPPED) >= MAX_INSTANCES:
            raise InvalidInput("item", say(
                "“{node}” has had {most} instances: no more can be added", node=host.task_spec.bpmn_id, most=MAX_INSTANCES))
        if items is None and item is not None:
            raise InvalidInput("item", say(
                "“{node}” goes through no list: expected none, found {found}",
                node=host.task_spec.bpmn_id, found=f"{item!r:.80}"))
        if items is not None:
            if item in [*(items[token.index] for token in host.children if token.index is not None), *items[memory[_BEGUN]:]]:
                raise InvalidInput("item", say("{item} is among those who still have to sign", item=f"{item!r:.80}"))
            items.append(item)
        memory[_TOTAL] += 1
        if not self.loop.sequential:
            self._begin_next(host)

    def drop(self, token: Token) -> None:
        """One signer less; what is left may be enough. Raises InvalidInput for the last one when nobody has signed."""
        host = token.workflow.tasks[token._parent]
        memory = host.memory
        if memory[_DONE] == 0 and memory[_TOTAL] == 1:
            raise InvalidInput("wait_id", say(
                "nobody has signed “{node}” yet and nobody else is left: there must be at least one signer. Add another "
                "first, or transfer the task", node=host.task_spec.bpmn_id))
        _remember(memory)[_DROPPED] += 1
        memory[_TOTAL] -= 1
        token.cancel()
        self._go_on(host)

    def signed(self, host: Token) -> int:
        """How many have signed."""
        return int(host.memory[_DONE])

    def _go_on(self, host: Token) -> None:
        memory = host.memory
        if memory[_DONE] and (memory[_DONE] == memory[_TOTAL] or self._is_enough(host) or self._is_hopeless(host)):
            self._tell(host)
            host.complete()
        elif self.loop.sequential:
            self._begin_next(host)

    def _count_vote(self, host: Token) -> None:
        outcome = host.workflow.values[host.task_spec.bpmn_id]
        if outcome == self.agree:
            _remember(host.memory)[_AGREED] += 1
        else:
            _remember(host.memory)[_OTHER] = outcome

    def _tell(self, host: Token) -> None:
        """The variable named like the task says what the signers have found."""
        if self.agree is not None:
            found = self.agree if self._is_enough(host) else _seldom(host.memory, _OTHER)
            host.workflow.store({host.task_spec.bpmn_id: found})

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

    def _is_enough(self, host: Token, more: int = 0) -> bool:
        """Does the completion condition hold, with so many more completed?"""
        memory = host.memory
        done = (memory[_DONE] if self.agree is None else _seldom(memory, _AGREED)) + more
        if self.completion is None:
            return False
        active = memory[_BEGUN] - memory[_DONE] - _seldom(memory, _DROPPED) - more
        counts = {"nrOfInstances": memory[_TOTAL], "nrOfCompletedInstances": done, "nrOfActiveInstances": max(0, active)}
        values = ChainMap(counts, host.workflow.values)
        return evaluate(self.completion, values, host.task_spec.bpmn_id, is_condition=True) is True

    def _is_hopeless(self, host: Token) -> bool:
        """Would not enough agree even if everybody left did?"""
        return self.agree is not None and not self._is_enough(host, host.memory[_TOTAL] - host.memory[_DONE])

    def _items(self, host: Token) -> list[Any]:
        name = self.loop.collection
        assert name is not None
        values = host.workflow.values
        if name not in values:
            raise MissingVariable(host.task_spec.bpmn_id, name)
        if not isinstance(values[name], list):
            raise ExpressionFailed(host.task_spec.bpmn_id, name, say(
                "expected a list, found {found}", found=f"{values[name]!r:.80}"))
        return list(values[name])

    def _count(self, host: Token) -> int:
        if self.cardinality is None:
            return 0
        count = evaluate(self.cardinality, host.workflow.values, host.task_spec.bpmn_id)
        if isinstance(count, bool) or not isinstance(count, int | float) or count != int(count) or count < 0:
            raise ExpressionFailed(host.task_spec.bpmn_id, self.cardinality.text, say(
                "expected a whole number from 0 up, found {found}", found=f"{count!r:.80}"))
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


def _seldom(memory: list[Any], at: int) -> Any:
    return memory[at] if at < len(memory) else _SELDOM[at - _DROPPED]


def _remember(memory: list[Any]) -> list[Any]:
    """The memory with room for what is seldom needed."""
    memory += _SELDOM[max(0, len(memory) - _DROPPED):]
    return memory


def _not_of_several(token: Token) -> InvalidInput:
    return InvalidInput("wait_id", say(
        "“{node}” is done again and again, not by several: it has no signers", node=token.task_spec.bpmn_id))


def _pass(host: Token) -> None:
    """Nothing to do: go on, as an automatic step like any other, so that the budget sees it."""
    host._state = READY
    host.workflow.run.ready.append(host)


def _compiled(text: str | None) -> Expression | None:
    return None if text is None else compile_expression(text)
