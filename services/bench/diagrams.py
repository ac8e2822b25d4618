"""The diagrams the benchmarks run: made here, so that their size is a number.

Plain BPMN 2.0 that stock SpiffWorkflow's parser and ours read alike. `timer` is the ISO 8601 duration of a drawn
non-interrupting boundary timer, None for none; stock evaluates that text as Python and needs it in quotation marks, which is
what `quoted` is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_WORK = ('<extensionElements><jb:work act="review" role="窗口受理人员"/><jb:outcome key="pass" label="通过"/>'
         '<jb:outcome key="back" label="退回"/></extensionElements>')


def sequence(
    tasks: int, *, process: str = "bench", timer: str | None = None, quoted: bool = False, work: bool = False,
) -> bytes:
    """`tasks` user tasks in a row, `t0` …; with `work` each has a role and outcomes of ours, and the process variables."""
    ids = [f"t{index}" for index in range(tasks)]
    nodes = "".join(_task(id, work=work) + _timer(id, timer, quoted) for id in ids)
    late = [(f"{id}_late", f"{id}_late_end") for id in ids] if timer is not None else []
    return _document(_process(process, _ends() + nodes, [*pairwise(["start", *ids, "end"]), *late], work=work))


def branches(count: int) -> bytes:
    """`count` user tasks side by side, between a parallel split and its join."""
    ids = [f"t{index}" for index in range(count)]
    nodes = _ends() + "".join(map(_task, ids)) + "".join(f'<parallelGateway id="{id}"/>' for id in ("split", "join"))
    around = [flow for id in ids for flow in (("split", id), (id, "join"))]
    return _document(_process("bench", nodes, [("start", "split"), *around, ("join", "end")]))


def several(count: int) -> bytes:
    """One user task done by `count` people in parallel (multi-instance)."""
    loop = (f'<multiInstanceLoopCharacteristics isSequential="false"><loopCardinality>{count}</loopCardinality>'
            "</multiInstanceLoopCharacteristics>")
    return _document(_process("bench", _ends() + _task("t0", inside=loop), pairwise(["start", "t0", "end"])))


def subprocess(tasks: int) -> bytes:
    """`tasks` user tasks in a row inside an embedded sub-process."""
    inner = [f"t{index}" for index in range(tasks)]
    body = _ends("inner_") + "".join(map(_task, inner)) + _flows(pairwise(["inner_start", *inner, "inner_end"]), "i")
    nodes = f'{_ends()}<subProcess id="part">{body}</subProcess>'
    return _document(_process("bench", nodes, pairwise(["start", "part", "end"])))


def call(tasks: int) -> bytes:
    """`tasks` user tasks in a row in a process that a call activity calls."""
    inner = [f"t{index}" for index in range(tasks)]
    caller = _process("bench", _ends() + '<callActivity id="part" calledElement="called"/>',
                      pairwise(["start", "part", "end"]))
    body = _ends("inner_") + "".join(map(_task, inner))
    return _document(caller + _process("called", body, pairwise(["inner_start", *inner, "inner_end"]), "i"))


def rework() -> bytes:
    """A user task and a gateway that goes back to it while `again` is 1."""
    nodes = (f'{_ends()}<exclusiveGateway id="merge"/>{_task("t0")}<exclusiveGateway id="choice" default="out"/>'
             '<sequenceFlow id="back" sourceRef="choice" targetRef="merge"><conditionExpression>again == 1'
             '</conditionExpression></sequenceFlow><sequenceFlow id="out" sourceRef="choice" targetRef="end"/>')
    return _document(_process("bench", nodes, pairwise(["start", "merge", "t0", "choice"]), variables=("again",)))


def supervised() -> bytes:
    """A user task with a drawn limit of five working days; when it lapses, a task opens for the supervisor beside it."""
    limit = ('<boundaryEvent id="late" attachedToRef="t0" cancelActivity="false"><timerEventDefinition id="when">'
             '<extensionElements><jb:limit kind="stage" amount="5" unit="workday"/></extensionElements>'
             '</timerEventDefinition></boundaryEvent><endEvent id="late_end"/>')
    supervise = ('<userTask id="supervise" name="督办"><extensionElements><jb:work role="督查员"/></extensionElements>'
                 "</userTask>")
    flows = [*pairwise(["start", "t0", "end"]), *pairwise(["late", "supervise", "late_end"])]
    return _document(_process("bench", _ends() + _task("t0", work=True) + limit + supervise, flows, work=True))


def accepted() -> bytes:
    """A case that is accepted as it is opened and runs two clocks, and a user task."""
    limits = ('<extensionElements><jb:limit kind="promised" amount="15" unit="workday"/><jb:limit kind="statutory" amount="20" '
              'unit="workday"/><jb:variable name="applicant" type="any"/><jb:variable name="note" type="any"/>'
              '<jb:variable name="park" type="any"/></extensionElements>')
    accept = ('<intermediateThrowEvent id="accept"><extensionElements><jb:milestone fact="accepted"/></extensionElements>'
              "</intermediateThrowEvent>")
    flows = _flows(pairwise(["start", "accept", "t0", "end"]), "f")
    return _document(f'<process id="bench" name="bench" isExecutable="true">{limits}{_ends()}{accept}{_task("t0", work=True)}'
                     f"{flows}</process>")


def counter(process: str, department: str, promised: int) -> bytes:
    """A matter of a department: taken in at the window, accepted, then four tasks of four roles side by side."""
    words = (f'<extensionElements><jb:matter code="{process}" name="{process}" department="{department}"/><jb:limit '
             f'kind="promised" amount="{promised}" unit="workday"/><jb:limit kind="statutory" amount="{promised * 2}" '
             'unit="workday"/><jb:variable name="applicant" type="any"/><jb:variable name="park" type="any"/>'
             "</extensionElements>")
    accept, conclude = (f'<intermediateThrowEvent id="{fact}"><extensionElements><jb:milestone fact="{fact}"/>'
                        "</extensionElements></intermediateThrowEvent>" for fact in ("accepted", "concluded"))
    work = {"register": ("receive", "clerk"), "review": ("review", "reviewer"), "decide": ("decide", "approver"),
            "inform": ("other", "clerk"), "certify": ("certify", "clerk")}
    tasks = "".join(f'<userTask id="{id}" name="{id}"><extensionElements><jb:work act="{act}" role="{role}"/>'
                    "</extensionElements></userTask>" for id, (act, role) in work.items())
    gates = "".join(f'<parallelGateway id="{id}"/>' for id in ("split", "join"))
    around = [flow for id in list(work)[1:] for flow in (("split", id), (id, "join"))]
    flows = [*pairwise(["start", "register", "accepted", "split"]), *around, *pairwise(["join", "concluded", "end"])]
    return _document(f'<process id="{process}" name="{process}" isExecutable="true">{words}{_ends()}{accept}{conclude}{tasks}'
                     f'{gates}{_flows(flows, "f")}</process>')


def _document(processes: str) -> bytes:
    return (f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{_BPMN}" xmlns:jb="urn:jiban:bpmn:1" '
            f'targetNamespace="urn:jiban:bench">{processes}</definitions>').encode()


def _process(
    id: str, nodes: str, flows: Iterable[tuple[str, str]], prefix: str = "f", *, work: bool = False,
    variables: tuple[str, ...] = (),
) -> str:
    names = (*variables, "applicant", "note", "opinion") if work else variables
    declared = "".join(f'<jb:variable name="{name}" type="any"/>' for name in names)
    words = f"<extensionElements>{declared}</extensionElements>" if declared else ""
    return f'<process id="{id}" name="{id}" isExecutable="true">{words}{nodes}{_flows(flows, prefix)}</process>'


def _ends(prefix: str = "") -> str:
    return f'<startEvent id="{prefix}start"/><endEvent id="{prefix}end"/>'


def _task(id: str, *, work: bool = False, inside: str = "") -> str:
    return f'<userTask id="{id}" name="第{id[1:]}步">{_WORK if work else ""}{inside}</userTask>'


def _timer(task: str, timer: str | None, quoted: bool) -> str:
    if timer is None:
        return ""
    text = f'"{timer}"' if quoted else timer
    return (f'<boundaryEvent id="{task}_late" attachedToRef="{task}" cancelActivity="false"><timerEventDefinition '
            f'id="{task}_when"><timeDuration>{text}</timeDuration></timerEventDefinition></boundaryEvent>'
            f'<endEvent id="{task}_late_end"/>')


def _flows(pairs: Iterable[tuple[str, str]], prefix: str) -> str:
    return "".join(f'<sequenceFlow id="{prefix}{index}" sourceRef="{source}" targetRef="{target}"/>'
                   for index, (source, target) in enumerate(pairs))
