"""The words a story is written in: scenes, each an instant and an act, as data, in Asia/Shanghai.

A story may have many cases: those it opens, those a plan opens, and the children their diagrams ask for. An act says by the
process which of them it is about, and by its place which of several (the phases of a building site are cases of one process).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.calendar import SHANGHAI
from engine.plans import PlanItem
from engine.precedence import Commitment
from engine.project_events import Profile
from engine.projects import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An application is filed. `process` "": that of the story. In a story with a project the case is attached to it."""

    data: Mapping[str, object]
    process: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Do:
    """Open tasks are completed, one after the other. `outcome`: None takes the ordinary one, the first. `of`: the process of
    the case, "" for the story's own; `nth`: which of the story's cases of that process, in the order of their numbers."""

    nodes: tuple[str, ...]
    outcome: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    of: str = ""
    nth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend:
    """A special procedure begins."""

    ground: str
    document: str
    expected_end: date


@dataclass(frozen=True, slots=True)
class Resume:
    """The special procedure is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """The applicant takes the application back."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """A verb of `engine.verbs` is given by whoever holds `role`; `node`: to the open task there, "" to the case itself. An
    order or a card it needs is the case's last. `of`, `nth`: as in `Do`."""

    verb: str
    role: str
    node: str = ""
    given: Mapping[str, object] = field(default_factory=dict)
    of: str = ""
    nth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """A project that is being negotiated gets its file 项目档案."""

    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTeam:
    """The agents 帮代办 who serve the project."""

    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePlan:
    """定制单: what the project needs, in which order, with what the register of regional assessments says of it."""

    items: tuple[PlanItem, ...]
    reason: str
    assessed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """招商协议, with its commitments."""

    number: str
    signed_on: date
    effective_on: date
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveCode:
    """赋码."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The project comes to its next stage."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class OpenReady:
    """The plan opens the cases that are ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meet:
    """The investor has done what a condition asks of all its permits of this `sort`."""

    sort: str
    condition: str


FileAct = OpenFile | AssignTeam | MakePlan | Sign | GiveCode | Reach
Act = Open | Do | Suspend | Resume | Withdraw | Give | FileAct | OpenReady | Meet


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One act at one instant."""

    at: datetime
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happens to one application, or to one project, from the first act to the last. `title`: what it shows. `process`: of
    its own case, and of an act that names none; "" for a project, whose acts name theirs."""

    title: str
    scenes: tuple[Scene, ...]
    process: str = ""


def on(text: str, act: Act) -> Scene:
    """A scene on “month-day hour:minute” of 2026."""
    return Scene(at=datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI), act=act)


def filed(**data: object) -> Open:
    """An application with these particulars."""
    return Open(data=data)


def done(*nodes: str, of: str = "", nth: int = 0, outcome: str | None = None, **data: object) -> Do:
    """Tasks are completed, each with this filled in."""
    return Do(nodes=nodes, outcome=outcome, data=data, of=of, nth=nth)


def given(verb: str, role: str, *, at: str = "", of: str = "", nth: int = 0, **values: object) -> Give:
    """A verb is given with these values. `at`: to the open task at this node."""
    return Give(verb=verb, role=role, node=at, given=values, of=of, nth=nth)
