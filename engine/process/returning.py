"""Sending back (退回): to which earlier tasks an open task may go, what that does, and doing it.

Everything is computed from the diagram and from where the tokens stand, and can be shown before it is done: `targets` says
for each legal step what ends with it, `barred` why the others are none, `send_back` does exactly what was shown. `leaving`
holds the rule within one scope. Out of a sub-process, a called process or one of several instances a case goes back by
leaving the whole activity, with everything that goes on in it; into one that is over it never goes. A step is entered as by a
sequence flow: its boundary events are awaited afresh, its list of signers is read afresh.

What this module refuses to know: whether the step was really done before, who did it, and whether the law forbids to go back
behind an acceptance 受理 or a decision. `milestones`, `repeats` and `needs_round` are there for whoever knows the case's facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.definitions.model import NodeKind
from engine.errors import InvalidInput, NotFound
from engine.process.activities import SubprocessSpec
from engine.process.codec import load
from engine.process.compile import Program
from engine.process.events import holder
from engine.process.leaving import Leaving, leaving
from engine.process.nodes import NodeSpec
from engine.process.passages import is_first_reached_through
from engine.process.repeating import passed_since
from engine.process.run import BUDGET, Run
from engine.process.scope import ScopeSpec
from engine.process.step import Step, Wait, WaitKind
from engine.process.token import Token
from engine.process.waiting import open_wait, settled, wait_of
from engine.sentences import say, sentence_of

_OPEN = (WaitKind.TASK, WaitKind.CONNECTOR)
"""From where a case is sent back: a task, or a service task that people do instead of a system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A step to which an open task may be sent back, and what that does.

    `node`, `name`, `scope`: the step, as in a `Wait`. `cancels`: every other wait that ends, by id. `interrupts`: the
    activities that are left as a whole, outermost first: sub-processes, called processes, a task of several signers.
    `repeats`: ids of the user tasks between there and here that have to be done again if they have been done, in document
    order, those inside others last; on other ways that lead here too, since the diagram does not know which was taken.
    `rearms`: ids of the boundary events that end and begin afresh when their activity is entered again, with those of the
    step itself. `milestones`: the legal moments a case may have passed since, by the node that draws each. `needs_round`: the
    step comes before this one only by a loop, so that it was done only if the case has been round. `children`: ids of the call
    activities, there and between, that open a child case: it would be opened a second time. """

    node: str
    name: str
    scope: tuple[str, ...]
    cancels: tuple[Wait, ...]
    interrupts: tuple[str, ...]
    repeats: tuple[str, ...]
    rearms: tuple[str, ...]
    milestones: Mapping[str, str]
    needs_round: bool
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """A step to which an open task may not be sent back; `reason`: a clause whose subject is the step."""

    node: str
    name: str
    scope: tuple[str, ...]
    reason: str


def targets(program: Program, state: bytes, wait_id: int) -> tuple[Return, ...]:
    """Every user task to which an open TASK may be sent back by the diagram, the nearest scope first, in document order.
    Raises NotFound, AlreadyDecided and InvalidInput for what is no open TASK."""
    run = load(program, state)
    token = open_wait(run, wait_id, *_OPEN)
    found = [each for present, target in _candidates(token) if isinstance(each := leaving(present, target), Leaving)]
    return tuple(_described(load(program, state), wait_id, each) for each in found)


def barred(program: Program, state: bytes, wait_id: int) -> tuple[Barred, ...]:
    """Every other user task of the process, with the reason. Raises as `targets`."""
    return tuple(_barred(open_wait(load(program, state), wait_id, *_OPEN)))


def send_back(
    program: Program, state: bytes, wait_id: int, node: str, scope: tuple[str, ...] | None = None, *, budget: int = BUDGET,
) -> Step:
    """Send an open TASK back to the user task `node`; `scope` says which is meant when one of that id lies in several of the
    enclosing processes, otherwise it is the nearest. Raises NotFound for a node that is nowhere, InvalidInput with the reason
    for one that is no legal step to go back to, Incident when the step cannot be entered."""
    run = load(program, state, budget)
    token = open_wait(run, wait_id, *_OPEN)
    found = [leaving(present, target) for present, target in _candidates(token)
             if target.bpmn_id == node and scope in (None, present.workflow.path)]
    legal = next((each for each in found if isinstance(each, Leaving)), None)
    if legal is None:
        raise _refusal(program, token, node, scope)
    legal.happen()
    legal.target.arrive(legal.present.workflow, None)
    return settled(program, run)


def _refusal(program: Program, token: Token, node: str, scope: tuple[str, ...] | None) -> NotFound | InvalidInput:
    reasons = [(each.name or each.node, each.reason) for each in _barred(token)
               if each.node == node and scope in (None, each.scope)]
    if reasons:
        step, reason = reasons[0]
        return InvalidInput("node", say("“{step}” {reason}", step=step, reason=sentence_of(reason)))
    if any(spec.bpmn_id == node for spec in program.specs):
        return InvalidInput("node", say(
            "“{node}” is no step to send back to: expected a user task of a process that is going on", node=node))
    return NotFound("node", node, "no step of this process has that id")


def _barred(token: Token) -> Iterator[Barred]:
    for present, target in _candidates(token):
        if isinstance(reason := leaving(present, target), str):
            yield Barred(node=target.bpmn_id, name=target.bpmn_name or "", scope=present.workflow.path, reason=reason)
    yield from _inside_others(token)


def _levels(token: Token) -> Iterator[Token]:
    """The token's activity, and those it goes on in, innermost first."""
    at: Token | None = token
    while at is not None:
        yield (present := holder(at))
        at = present.workflow.host


def _candidates(token: Token) -> Iterator[tuple[Token, NodeSpec]]:
    """(what would go back, where to): the user tasks of each enclosing scope."""
    for present in _levels(token):
        for spec in present.workflow.spec.nodes.values():
            if spec.node.kind is NodeKind.USER_TASK:
                yield present, spec


def _inside_others(token: Token) -> Iterator[Barred]:
    """User tasks inside activities that the token is not in."""
    seen: set[ScopeSpec] = {present.workflow.spec for present in _levels(token)}
    left = [(present.workflow.path, host) for present in _levels(token) for host in present.workflow.spec.nodes.values()]
    while left:
        path, host = left.pop(0)
        body = host.body if isinstance(host, SubprocessSpec) else None
        if body is None or body in seen:
            continue
        seen.add(body)
        within = (*path, host.bpmn_id)
        reason = say("lies inside “{step}” ({sort}), which is over, not begun, or goes on by itself: no way leads back into it",
                     step=host.bpmn_name or host.bpmn_id, sort="被调用流程" if body.is_called else "子流程")
        for spec in body.nodes.values():
            if spec.node.kind is NodeKind.USER_TASK:
                yield Barred(node=spec.bpmn_id, name=spec.bpmn_name or "", scope=within, reason=reason)
        left += [(within, inner) for inner in body.nodes.values()]


def _described(run: Run, wait_id: int, found: Leaving) -> Return:
    """What happens, found out by letting it happen to a run that is thrown away."""
    present = run.tasks[found.present.id]
    plan = leaving(present, found.target)
    assert isinstance(plan, Leaving)
    waits = {token.id: wait_of(token) for token in run.tasks.values() if token.task_spec.waits_for(token) is not None}
    passed = {spec for spec in passed_since(plan) if spec is not run.tasks[wait_id].task_spec}
    interrupts = _interrupted(run.tasks[wait_id], present)
    plan.happen()
    cancels = [waits[ended.id] for ended in sorted(run.ended, key=lambda ended: ended.id) if ended.id != wait_id]
    children = [*(spec.bpmn_id for spec in _in_order(passed) if spec.node.child is not None),
                *(wait.node for wait in cancels if wait.kind is WaitKind.CALL)]
    own = [boundary.bpmn_id for boundary in found.target.boundary if boundary.wait_kind is not None]
    return Return(
        node=found.target.bpmn_id, name=found.target.bpmn_name or "", scope=present.workflow.path, cancels=tuple(cancels),
        interrupts=interrupts, rearms=tuple(dict.fromkeys([*(wait.node for wait in cancels if wait.host is not None), *own])),
        repeats=tuple(spec.bpmn_id for spec in _in_order(passed) if spec.node.kind is NodeKind.USER_TASK),
        milestones={spec.bpmn_id: spec.node.milestone for spec in _in_order(passed) if spec.node.milestone is not None},
        needs_round=is_first_reached_through(found.target.scope, found.target, present.task_spec),
        children=tuple(dict.fromkeys(children)))


def _interrupted(token: Token, present: Token) -> tuple[str, ...]:
    """Ids of the activities left as a whole, outermost first, when `token` leaves the scope in which `present` goes back."""
    levels = list(_levels(token))
    left = [level.task_spec.bpmn_id for level in levels[:levels.index(present) + 1]]
    return tuple(reversed(left if token.index is not None else left[1:]))


def _in_order(specs: Iterable[NodeSpec]) -> list[NodeSpec]:
    return sorted(specs, key=lambda spec: spec.number)
