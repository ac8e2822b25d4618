"""Stock SpiffWorkflow doing what our kernel does in a step, as its documentation shows: the other half of `bench kernel`.

Load the instance with its own serializer, run the first ready user task and everything automatic after it, and save it. The
only room outside `engine/process` that knows the library, because it is there to be compared with and not used. It parses
only diagrams of `services.bench.diagrams`; its expressions are Python and are evaluated as such.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

_SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

logging.getLogger("spiff").setLevel(logging.WARNING)  # it builds a log record for each change of state, also unread


def start(diagram: bytes, process: str, data: Mapping[str, Any]) -> str:
    """A new instance at its first user task, holding `data`; as saved."""
    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(diagram))
    workflow = BpmnWorkflow(parser.get_spec(process), parser.get_subprocess_specs(process))
    _ready(workflow, is_manual=False).data.update(data)
    workflow.do_engine_steps()
    return str(_SERIALIZER.serialize_json(workflow))


def step(saved: str) -> str:
    """Load, complete one user task, save."""
    workflow = _SERIALIZER.deserialize_json(saved)
    _ready(workflow, is_manual=True).run()
    workflow.do_engine_steps()
    return str(_SERIALIZER.serialize_json(workflow))


def data_at_hand(saved: str) -> dict[str, Any]:
    """What the next user task sees."""
    return dict(_ready(_SERIALIZER.deserialize_json(saved), is_manual=True).data)


def _ready(workflow: Any, *, is_manual: bool) -> Any:
    return workflow.get_next_task(state=TaskState.READY, manual=is_manual)
