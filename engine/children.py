"""The children of a bundle as the parent knows them, and when they stop its clock.

Folded from the parent's own facts (`engine.bundle_facts`), so that nothing about another case has to be asked.

**When the parent's clock stands still** (domain rules §3.2). While all of its open mandatory children are stopped, or with the
rule `any` while one of them is. A child hinders nobody before it was asked for and after it has come out, so over those days it
is taken as stopped; but a day on which no open child was really stopped counts::

    child 1    ──────┤ stopped ├──────── over
    child 2         ──────┤ stopped ├────────────
    all                   ╞════╡
    any              ╞═════════════╡
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine import events
from engine.calendar import SHANGHAI
from engine.counting import Suspension, shared
from engine.events import Recorded
from engine.stops import CHILDREN, Stop, StopKind

_EVER = date(1, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildStop:
    """A time in which the days of a child do not count; `end` None while it lasts. `seq`: the child's fact that began it."""

    seq: int
    start: date
    end: date | None = None


class Child(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A child case. `token`: what the parent waits with. `number`: "" until it was first told of. `granted`: None before its
    decision. `result`: how it came out; "" while it is open, and for one that is not wanted any more. `own`: what only
    this one of several instances is about. `ended_on`: when either was; None while the parent waits for it."""

    token: int
    node: str
    name: str
    process: str
    variable: str
    requested_on: date
    optional: bool = False
    after: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    index: int | None = None
    number: str = ""
    granted: bool | None = None
    own: dict[str, Any] = {}
    result: str = ""
    ended_on: date | None = None
    stops: tuple[ChildStop, ...] = ()

    @property
    def is_open(self) -> bool:
        """Does the parent wait for it?"""
        return self.ended_on is None

    @property
    def has_failed(self) -> bool:
        """Will it never be granted?"""
        return self.granted is False or not (self.is_open or self.is_cleared)

    @property
    def is_cleared(self) -> bool:
        """May those that wait for it be decided? One that has no decision is enough when it is concluded."""
        return bool(self.granted) or self.result == "concluded"


def folded(children: tuple[Child, ...], recorded: Recorded) -> dict[str, Any]:
    """What a fact changes about the children, as a change of the case; nothing when it tells of none."""
    match fact := recorded.fact:
        case events.ChildRequested():
            return {"children": (*children, Child(
                token=fact.token, node=fact.node, name=fact.name, process=fact.process, variable=fact.variable,
                requested_on=recorded.at.astimezone(SHANGHAI).date(), optional=fact.optional, after=tuple(fact.after),
                gives=tuple(fact.gives), index=fact.index, own=dict(fact.own)))}
        case events.ChildStopped():
            return _changed(children, fact.token, lambda child: replace(
                child, number=fact.number, stops=(*child.stops, ChildStop(seq=fact.stop, start=fact.stopped_on))))
        case events.ChildResumed():
            return _changed(children, fact.token, lambda child: replace(child, stops=tuple(
                replaced(stop, end=fact.resumed_on) if stop.seq == fact.stop else stop for stop in child.stops)))
        case events.ChildDecided():
            return _changed(children, fact.token, lambda child: replace(child, number=fact.number, granted=fact.granted))
        case events.ChildEnded():
            return _changed(children, fact.token, lambda child: _over(
                replace(child, number=fact.number, result=fact.result), fact.ended_on))
        case events.ChildDropped():
            return _changed(children, fact.token, lambda child: _over(child, fact.dropped_on))
    return {}


def shared_stops(children: Iterable[Child], *, any_stops: bool) -> tuple[Stop, ...]:
    """The stops of the parent's clock, in order; `any_stops`: as soon as one child is stopped."""
    mandatory = [child for child in children if not child.optional]
    real = shared([_stops(child) for child in mandatory], any_stops=True)
    found = real if any_stops or not real else shared([real, *([*_stops(child), *_outside(child)] for child in mandatory)])
    return tuple(Stop(seq=0, kind=StopKind.CHILDREN, ground=CHILDREN, start=each.start, end=each.end) for each in found)


def _stops(child: Child) -> list[Suspension]:
    return [Suspension(start=stop.start, end=stop.end, ground=CHILDREN) for stop in child.stops]


def _outside(child: Child) -> Iterator[Suspension]:
    """The days on which it was not open."""
    yield Suspension(start=_EVER, end=child.requested_on, ground=CHILDREN)
    if child.ended_on is not None:
        yield Suspension(start=child.ended_on, end=None, ground=CHILDREN)


def _over(child: Child, day: date) -> Child:
    """It is over, and what stopped it with it."""
    stops = tuple(replaced(stop, end=stop.end or max(day, stop.start)) for stop in child.stops)
    return replace(child, ended_on=day, stops=stops)


def _changed(children: tuple[Child, ...], token: int, change: Any) -> dict[str, Any]:
    return {"children": tuple(change(child) if child.token == token else child for child in children)}
