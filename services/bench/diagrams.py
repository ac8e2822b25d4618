"""The diagrams the benchmarks run: made here, so that their size is a number."""

from __future__ import annotations


def sequence(tasks: int, *, process: str = "bench", timer: str | None = "P30D") -> bytes:
    """A process of `tasks` user tasks in a row, `t0` … ; each with a drawn non-interrupting `timer`, unless None."""
    nodes = ['<startEvent id="start"/>', '<endEvent id="end"/>']
    flows = []
    previous = "start"
    for index in range(tasks):
        task = f"t{index}"
        nodes.append(f'<userTask id="{task}" name="第{index + 1}步"/>')
        if timer is not None:
            nodes.append(f'<boundaryEvent id="{task}_late" attachedToRef="{task}" cancelActivity="false">'
                         f"<timerEventDefinition><timeDuration>{timer}</timeDuration></timerEventDefinition></boundaryEvent>"
                         f'<endEvent id="{task}_end"/>')
            flows.append((f"{task}_late", f"{task}_end"))
        flows.append((previous, task))
        previous = task
    flows.append((previous, "end"))
    drawn = "".join(f'<sequenceFlow id="f{index}" sourceRef="{source}" targetRef="{target}"/>'
                    for index, (source, target) in enumerate(flows))
    return (f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
            f'targetNamespace="urn:jiban:bench"><process id="{process}" name="{process}" isExecutable="true">'
            f'{"".join(nodes)}{drawn}</process></definitions>').encode()
