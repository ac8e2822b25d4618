"""The nodes of one process or embedded sub-process, compiled: SpiffWorkflow's process specification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.definitions.model import Scope
from engine.process.gateways import InclusiveSpec

if TYPE_CHECKING:
    from engine.process.instance import Instance
    from engine.process.nodes import NodeSpec


class ScopeSpec(BpmnProcessSpec):
    """`drawn`: the scope as the definition has it. `nodes` by BPMN id. `starts`: where a token begins. `is_called`: the
    scope of a called process, with variables of its own and `defaults` for those nobody gave. `inclusive`: its inclusive
    joins."""

    def __init__(self, name: str, drawn: Scope, *, is_called: bool = False, defaults: Mapping[str, Any] | None = None) -> None:
        super().__init__(name=name)
        self.drawn = drawn
        self.task_specs.clear()  # Spiff's own “Start” and “End”: names a designer may use
        self.is_called = is_called
        self.defaults: Mapping[str, Any] = defaults or {}
        self.nodes: dict[str, NodeSpec] = {}
        self.starts: tuple[NodeSpec, ...] = ()
        self.inclusive: tuple[InclusiveSpec, ...] = ()

    def begin(self, instance: Instance) -> None:
        """The first tokens."""
        for start in self.starts:
            start.arrive(instance, None)

    def release(self, instance: Instance) -> bool:
        """Fire an inclusive join that nothing alive can reach any more. False: there is none."""
        for gateway in self.inclusive:
            join = instance.joins.get(gateway.number)
            if join is not None and not gateway.is_awaited(join):
                gateway.fire(join)
                return True
        return False
