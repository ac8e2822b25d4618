"""Small processes drawn in a line of text, for tests: ``start > a > xor; xor > b if c == 1; xor > end default``.

A node's kind follows from its name up to the first “_” or digit (`KINDS`), a user task when there is no such word; whatever
is more than that is given as `nodes`: id → the fields of a `Node`. Flows keep the order of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from itertools import pairwise
from typing import Any

from engine.definitions.model import (
    Definition,
    Event,
    EventKind,
    Flow,
    MultiInstance,
    Node,
    NodeKind,
    Process,
    Scope,
    Timer,
    TimerKind,
)
from engine.process import kernel
from engine.process.compile import Program, compile_program
from engine.process.step import Step, Wait

KINDS = {"start": NodeKind.START_EVENT, "end": NodeKind.END_EVENT, "xor": NodeKind.EXCLUSIVE_GATEWAY,
         "and": NodeKind.PARALLEL_GATEWAY, "or": NodeKind.INCLUSIVE_GATEWAY, "first": NodeKind.EVENT_GATEWAY,
         "sub": NodeKind.SUBPROCESS, "call": NodeKind.CALL_ACTIVITY, "catch": NodeKind.CATCH_EVENT,
         "throw": NodeKind.THROW_EVENT, "edge": NodeKind.BOUNDARY_EVENT, "service": NodeKind.SERVICE_TASK}
_NONE = Event(kind=EventKind.NONE)
_EVENTS = frozenset({NodeKind.START_EVENT, NodeKind.END_EVENT, NodeKind.THROW_EVENT, NodeKind.CATCH_EVENT})
_FLOW = re.compile(r"(?P<path>[\w\s>]+?)(?: if (?P<condition>.+)| (?P<default>default))?\Z")
Fields = Mapping[str, Mapping[str, Any]]


def drawn(text: str, nodes: Fields | None = None) -> Scope:
    """The scope a text draws."""
    fields: dict[str, dict[str, Any]] = {}
    flows: list[Flow] = []
    for line in filter(None, map(str.strip, text.split(";"))):
        match = _FLOW.match(line)
        assert match is not None, line
        path = [name.strip() for name in match["path"].split(">")]
        for name in path:
            fields.setdefault(name, {"kind": kind_of(name)})
        for source, target in pairwise(path):
            flows.append(Flow(id=f"{source}__{target}", source=source, target=target, condition=match["condition"]))
        if match["default"]:
            fields[path[0]]["default"] = flows[-1].id
    for name, given in (nodes or {}).items():
        fields.setdefault(name, {"kind": kind_of(name)}).update(given)
    return Scope(nodes=tuple(_node(name, given) for name, given in fields.items()), flows=tuple(flows))


def kind_of(name: str) -> NodeKind:
    """What a node's name says about its kind."""
    return KINDS.get(re.split(r"[\d_]", name)[0], NodeKind.USER_TASK)


def _node(name: str, given: dict[str, Any]) -> Node:
    if given["kind"] in _EVENTS:
        given.setdefault("event", _NONE)
    return Node(id=name, **given)


def defined(text: str, nodes: Fields | None = None, *, called: Mapping[str, Scope] | None = None,
            **fields: Any) -> Definition:
    """The definition of a process “p” and of those it may call; `fields` of the process."""
    processes = {"p": Process(id="p", name="p", scope=drawn(text, nodes), **fields),
                 **{id: Process(id=id, name=id, scope=scope) for id, scope in (called or {}).items()}}
    return Definition(primary="p", processes=processes, hash=sha256(repr(processes).encode()).hexdigest())


def program(text: str, nodes: Fields | None = None, *, called: Mapping[str, Scope] | None = None, **fields: Any) -> Program:
    """The program of `defined`."""
    return compile_program(defined(text, nodes, called=called, **fields))


def timer(text: str | None = "P5D", kind: TimerKind = TimerKind.DURATION, **fields: Any) -> Event:
    """A timer event."""
    return Event(kind=EventKind.TIMER, timer=Timer(kind=kind, text=text, **fields))


def event(kind: EventKind, name: str | None = None) -> Event:
    """A message, signal, error, escalation or terminate event."""
    return Event(kind=kind, name=name)


def edge(host: str, event: Event, *, interrupting: bool = True) -> dict[str, Any]:
    """The fields of a boundary event."""
    return {"attached_to": host, "event": event, "interrupting": interrupting}


def several(cardinality: str | None = "3", *, sequential: bool = False, **fields: Any) -> dict[str, Any]:
    """The fields of a multi-instance activity."""
    return {"loop": MultiInstance(sequential=sequential, cardinality=cardinality, **fields)}


def open_nodes(program: Program, step: Step) -> list[str]:
    """The nodes of the open waits, in the order they opened."""
    return [wait.node for wait in kernel.waits(program, step.state)]


def wait_at(program: Program, step: Step, node: str, index: int | None = None) -> Wait:
    """The oldest open wait at a node."""
    return next(wait for wait in kernel.waits(program, step.state) if wait.node == node and index in (None, wait.index))


def done(program: Program, step: Step, *nodes: str, **data: object) -> Step:
    """Complete the tasks at these nodes one after the other, each with `data`."""
    for node in nodes:
        step = kernel.complete(program, step.state, wait_at(program, step, node).id, data)
    return step


def fired(program: Program, step: Step, *nodes: str) -> Step:
    """Fire the timers at these nodes one after the other."""
    for node in nodes:
        step = kernel.fire(program, step.state, wait_at(program, step, node).id)
    return step
