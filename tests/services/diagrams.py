"""Small diagrams for tests, without a drawing: the elements of one process in, a file out."""

from itertools import pairwise

_FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jb="urn:jiban:bpmn:1"
                  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">
  {before}
  <bpmn:process id="{id}" name="{name}" isExecutable="true">
    {inside}
  </bpmn:process>
</bpmn:definitions>
"""


def process(id: str, *elements: str, before: str = "", name: str = "") -> bytes:
    """A file with one process."""
    return _FRAME.format(id=id, name=name or id, before=before, inside="\n    ".join(elements)).encode()


def start(id: str = "begin") -> str:
    """A start event."""
    return f'<bpmn:startEvent id="{id}"/>'


def end(id: str = "done", milestone: str = "") -> str:
    """An end event."""
    return f'<bpmn:endEvent id="{id}">{_milestone(milestone)}</bpmn:endEvent>'


def throw(id: str, milestone: str) -> str:
    """A legal moment."""
    return f'<bpmn:intermediateThrowEvent id="{id}">{_milestone(milestone)}</bpmn:intermediateThrowEvent>'


def task(id: str, *outcomes: str, role: str = "clerk") -> str:
    """A user task."""
    ways = "".join(f'<jb:outcome key="{key}" label="{key}"/>' for key in outcomes)
    return (f'<bpmn:userTask id="{id}" name="{id}"><bpmn:extensionElements><jb:work act="other" role="{role}"/>{ways}'
            "</bpmn:extensionElements></bpmn:userTask>")


def timer(id: str, duration: str, *, on: str = "", interrupting: bool = True) -> str:
    """An ISO 8601 timer: a boundary event `on` a task, else an intermediate event."""
    kind = "timeCycle" if duration.startswith("R") else "timeDuration"
    definition = f"<bpmn:timerEventDefinition><bpmn:{kind}>{duration}</bpmn:{kind}></bpmn:timerEventDefinition>"
    return _boundary(id, definition, on, interrupting) if on else _catch(id, definition)


def limit(id: str, kind: str, amount: int, *, on: str, interrupting: bool = True) -> str:
    """A limit drawn on a task."""
    return _boundary(id, "<bpmn:timerEventDefinition><bpmn:extensionElements>"
                         f'<jb:limit kind="{kind}" amount="{amount}" unit="workday" basis="试"/>'
                         "</bpmn:extensionElements></bpmn:timerEventDefinition>", on, interrupting)


def message(id: str, name: str) -> tuple[str, str]:
    """The message, and an intermediate event that awaits it."""
    return (f'<bpmn:message id="{id}_message" name="{name}"/>',
            _catch(id, f'<bpmn:messageEventDefinition messageRef="{id}_message"/>'))


def flows(*path: str) -> str:
    """Flows along a path of ids."""
    return "".join(f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
                   for source, target in pairwise(path))


def when(source: str, target: str, condition: str) -> str:
    """A conditional flow."""
    return (f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
            "</bpmn:sequenceFlow>")


def words(*, variables: str = "", limits: str = "") -> str:
    """What a process declares: ``name:type`` variables and ``kind:workdays`` limits, blank between them."""
    declared = [variable.split(":") for variable in variables.split()]
    counted = [given.split(":") for given in limits.split()]
    return "".join([
        "<bpmn:extensionElements>",
        *(f'<jb:limit kind="{kind}" amount="{amount}" unit="workday" basis="试"/>' for kind, amount in counted),
        *(f'<jb:variable name="{name}" type="{kind}"/>' for name, kind in declared), "</bpmn:extensionElements>"])


def _milestone(milestone: str) -> str:
    return f'<bpmn:extensionElements><jb:milestone fact="{milestone}"/></bpmn:extensionElements>' if milestone else ""


def _boundary(id: str, definition: str, on: str, interrupting: bool) -> str:
    return (f'<bpmn:boundaryEvent id="{id}" attachedToRef="{on}" cancelActivity="{str(interrupting).lower()}">'
            f"{definition}</bpmn:boundaryEvent>")


def _catch(id: str, definition: str) -> str:
    return f'<bpmn:intermediateCatchEvent id="{id}">{definition}</bpmn:intermediateCatchEvent>'
