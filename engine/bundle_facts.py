"""Facts about a bundle 一件事: which child cases were asked for, how they fare and come out; of a child, whom it waits for.

A parent is told of its children by facts of its own, so that it can be folded, counted and replayed without another case. What
must be told outside is told by the facts of each child itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A sibling that has to be granted first: the call activity that opens it, and its name."""

    node: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRequested:
    """The diagram has come to a call activity that opens a child case; `token`: what the parent waits with, by which the child
    is known to it. `variable`, `gives`: what of the child becomes the parent's; `after`: the call activities whose children
    have to be granted first. `index`: which of several instances, from 0; None when it is drawn once. `own`: what only this
    instance is about, by variable."""

    token: int
    node: str
    name: str
    process: str
    variable: str
    optional: bool = False
    after: Sequence[str] = ()
    gives: Sequence[str] = ()
    index: int | None = None
    own: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildStopped:
    """The days of a child do not count after `stopped_on`. `stop`: the number of the child's fact that began it."""

    token: int
    number: str
    stop: int
    stopped_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildResumed:
    """A stop of a child is over on `resumed_on`."""

    token: int
    number: str
    stop: int
    resumed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildDecided:
    """A child was granted or refused; its siblings may have waited for it."""

    token: int
    number: str
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildEnded:
    """A child is concluded, or has ended otherwise. `result`: how it came out (`engine.definitions.model.RESULTS`), which the
    parent's `variable` receives; `data`: what it gives back."""

    token: int
    number: str
    result: str
    ended_on: date
    variable: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildDropped:
    """The parent waits for a child no longer: it has ended, or the diagram has gone another way."""

    token: int
    dropped_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingCleared:
    """Of a child: one it had to wait for holds its decision up no longer. `result`: granted, or not_wanted when none such will
    be opened. `number`: of the last such case; "" for none."""

    node: str
    number: str
    result: str
