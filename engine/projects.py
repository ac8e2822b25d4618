"""The file of a project 项目档案: what joins the four 即 of one investment, as a fold of what has happened to it.

A project is no case: no limit runs in it, nothing in it lapses. It says who invests what where, how far they have come, what
the agreement promises, and by which plan its cases are opened. The stages are a table; a stage may be skipped over by none,
and any stage may end in closing, with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from engine import codes
from engine.errors import Forbidden, InvalidInput
from engine.project_events import (
    AgreementEntered,
    CaseLinked,
    CodeGiven,
    Parcel,
    Party,
    PlanMade,
    Profile,
    ProfileChanged,
    ProjectEvent,
    ProjectOpened,
    StageReached,
    TeamAssigned,
)
from engine.sentences import say

MOST_PARTIES, MOST_CORNERS, MOST_TRAITS = 50, 200, 30
LARGEST_AMOUNT = 1_000_000_000
"""万元: ten trillion yuan."""

ROLES: Mapping[str, str] = {
    "investor": "投资主体", "park": "园区", "builder": "建设单位", "designer": "设计单位", "contractor": "施工单位",
    "supervisor": "监理单位", "agent": "帮代办员", "other": "其他",
}

_CITY, _COUNTY = 100_000, 10_000  # 万元: 十亿项目, 亿元项目 (measure 16)
_LONGEST = 200
_SECTIONS = "ABCDEFGHIJKLMNOPQRST"
"""The letters 门类 of GB/T 4754: C3099 is 3099."""


class Stage(Enum):
    """How far a project has come."""

    NEGOTIATING = "negotiating"  # 洽谈
    SIGNED = "signed"  # 签约
    LAND = "land"  # 供地
    BUILDING = "building"  # 开工
    COMPLETED = "completed"  # 竣工
    CERTIFIED = "certified"  # 办证
    CLOSED = "closed"  # 归档


STAGE_NAMES: Mapping[Stage, str] = {
    Stage.NEGOTIATING: "洽谈", Stage.SIGNED: "签约", Stage.LAND: "供地", Stage.BUILDING: "开工", Stage.COMPLETED: "竣工",
    Stage.CERTIFIED: "办证", Stage.CLOSED: "归档",
}

ALLOWED: Mapping[Stage, frozenset[Stage]] = {
    Stage.NEGOTIATING: frozenset({Stage.SIGNED, Stage.CLOSED}),
    Stage.SIGNED: frozenset({Stage.LAND, Stage.CLOSED}),
    Stage.LAND: frozenset({Stage.BUILDING, Stage.CLOSED}),
    Stage.BUILDING: frozenset({Stage.COMPLETED, Stage.CLOSED}),
    Stage.COMPLETED: frozenset({Stage.CERTIFIED, Stage.CLOSED}),
    Stage.CERTIFIED: frozenset({Stage.CLOSED}),
    Stage.CLOSED: frozenset(),
}


class Tier(Enum):
    """Whose agents serve the project (measure 16)."""

    CITY = "city"  # 市级: 十亿项目
    COUNTY = "county"  # 县级: 亿元项目
    PARK = "park"  # 园区


TIER_NAMES: Mapping[Tier, str] = {Tier.CITY: "市级", Tier.COUNTY: "县级", Tier.PARK: "园区"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as its events have made it. `number`: ours, for ever; `code`: 项目代码, "" until it is given. `seq`: how many
    events. `agreement` and `team`: the last entered, None before any; `plan`: the plan in force, None before any."""

    number: str
    profile: Profile
    seq: int = 1
    code: str = ""
    code_warning: str = ""
    stage: Stage = Stage.NEGOTIATING
    closed_because: str = ""
    agreement: AgreementEntered | None = None
    team: TeamAssigned | None = None
    plan: PlanMade | None = None

    @property
    def key(self) -> str:
        """By what its commitments and new cases name it: its code, or until it has one our number."""
        return self.code or self.number

    @property
    def investor(self) -> Party | None:
        """Who applies for it; None while nobody is entered."""
        return next((party for party in self.profile.parties if party.role == "investor"), None)


def evolve(project: Project | None, number: str, event: ProjectEvent) -> Project:
    """Fold one event into the file. `project` is None before the first, which is ProjectOpened."""
    if isinstance(event, ProjectOpened):
        return Project(number=number, profile=event.profile)
    assert project is not None
    return replace(_changed(project, event), seq=project.seq + 1)


def _changed(project: Project, event: ProjectEvent) -> Project:
    match event:
        case ProfileChanged():
            return replace(project, profile=event.profile)
        case CodeGiven():
            return replace(project, code=event.code, code_warning=event.warning)
        case AgreementEntered():
            return replace(project, agreement=event)
        case TeamAssigned():
            return replace(project, team=event)
        case StageReached():
            return replace(project, stage=Stage(event.stage), closed_because=event.reason)
        case PlanMade():
            return replace(project, plan=event)
        case ProjectOpened() | CaseLinked():
            return project


def profile(given: Profile) -> Profile:
    """A profile as it is kept. Raises InvalidInput naming the field."""
    if len(given.parties) > MOST_PARTIES or len(given.traits) > MOST_TRAITS:
        raise InvalidInput("parties", say(
            "expected at most {most} parties and {most_traits} traits", most=MOST_PARTIES, most_traits=MOST_TRAITS))
    if not 0 <= given.amount <= LARGEST_AMOUNT:
        raise InvalidInput("amount", say(
            "expected the investment in 万元, 0 to {most}, found {found}", most=LARGEST_AMOUNT, found=given.amount))
    if given.industry and not re.fullmatch(r"[A-T]?\d{2,4}", given.industry, re.ASCII):
        raise InvalidInput("industry", say(
            "expected a code of GB/T 4754 like C3099 or 3099, found “{found}”", found=given.industry[:40]))
    return Profile(
        name=_text(given.name, "name"), park=_text(given.park, "park"), industry=given.industry.lstrip(_SECTIONS),
        amount=given.amount, parties=tuple(_party(party, place) for place, party in enumerate(given.parties)),
        parcel=None if given.parcel is None else _parcel(given.parcel),
        traits=tuple(_text(trait, "traits") for trait in given.traits))


def give_code(project: Project, text: str) -> CodeGiven:
    """赋码: the project's code is known now. A check digit that does not fit is a warning, kept with it. Raises Forbidden when
    it has another already, InvalidInput when it is none."""
    found = codes.project_code(text, "code")
    if project.code:
        raise Forbidden("give a code", say(
            "project {project} has the code {code}; a project keeps its code, and its cases and commitments bear it",
            project=project.number, code=project.code))
    return CodeGiven(code=found.value, warning=str(found.doubt))  # what is kept is plain text


def reach(project: Project, stage: Stage, reason: str, today: date) -> StageReached:
    """The project comes to its next stage, or is closed for a reason. Raises Forbidden saying what has to be there first."""
    require_open(project, "change the stage")
    if stage not in ALLOWED[project.stage]:
        after = "、".join(STAGE_NAMES[each] for each in Stage if each in ALLOWED[project.stage])
        raise Forbidden("change the stage", say(
            "project {project} is at {stage}; from there it comes to {after}, not to {wanted}",
            project=project.number, stage=STAGE_NAMES[project.stage], after=after, wanted=STAGE_NAMES[stage]))
    if stage is Stage.CLOSED and not reason.strip():
        raise InvalidInput("reason", "a project is closed 归档 for a reason; say which")
    if stage is Stage.SIGNED and (project.agreement is None or project.agreement.signed_on > today):
        raise Forbidden("change the stage", say(
            "project {project} has no agreement signed by today; the park's investment office 园区招商部门 enters it first, "
            "with its commitments", project=project.number))
    if stage is Stage.LAND and not project.code:
        raise Forbidden("change the stage", say(
            "project {project} has no 项目代码; without it no approval is accepted; the investor applies for it "
            "(投资项目在线审批监管平台), then it is entered", project=project.number))
    return StageReached(stage=stage.value, reason=reason.strip())


def require_open(project: Project, command: str) -> None:
    """Raises Forbidden for a project that is closed."""
    if project.stage is Stage.CLOSED:
        raise Forbidden(command, say(
            "project {project} was closed 归档 ({closed_because}); a new one is entered instead",
            project=project.number, closed_because=project.closed_because))


def agreement(number: str, signed_on: date, effective_on: date, items: Sequence[str]) -> AgreementEntered:
    """招商协议. Raises InvalidInput."""
    if effective_on < signed_on:
        raise InvalidInput("effective_on", say(
            "{effective_on} lies before the signing on {signed_on}", effective_on=effective_on, signed_on=signed_on))
    return AgreementEntered(number=_text(number, "number"), signed_on=signed_on, effective_on=effective_on, items=tuple(items))


def suggested_tier(amount: int) -> Tier:
    """Whose agents a project of this investment in 万元 is served by: 十亿 the city's, 亿元 the county's (measure 16)."""
    return Tier.CITY if amount >= _CITY else Tier.COUNTY if amount >= _COUNTY else Tier.PARK


def team(project: Project, tier: Tier, name: str) -> TeamAssigned:
    """帮代办团队, of the suggested tier or another; both are kept. Raises Forbidden, InvalidInput."""
    require_open(project, "assign a team")
    return TeamAssigned(tier=tier.value, team=_text(name, "team"), suggested=suggested_tier(project.profile.amount).value)


def _party(party: Party, place: int) -> Party:
    if party.role not in ROLES:
        raise InvalidInput(f"parties.{place}.role", say(
            "expected one of {known}, found “{found}”", known=tuple(ROLES), found=party.role[:40]))
    code = codes.credit_code(party.credit_code, f"parties.{place}.credit_code").value if party.credit_code.strip() else ""
    return Party(role=party.role, name=_text(party.name, f"parties.{place}.name"), credit_code=code)


def _parcel(parcel: Parcel) -> Parcel:
    if parcel.area < 0 or len(parcel.polygon) > MOST_CORNERS or 0 < len(parcel.polygon) < 3:
        raise InvalidInput("parcel", say(
            "expected an area in square metres from 0 up and 3 to {most} corners, or none", most=MOST_CORNERS))
    return Parcel(id=_text(parcel.id, "parcel.id"), area=parcel.area, polygon=corners(parcel.polygon, "parcel.polygon"))


def corners(polygon: Sequence[Sequence[float]], field: str) -> tuple[tuple[float, float], ...]:
    """The corners of a polygon as they are kept, each a longitude and a latitude. Raises InvalidInput."""
    for corner in polygon:
        if len(corner) != 2 or not (-180 <= corner[0] <= 180 and -90 <= corner[1] <= 90):
            raise InvalidInput(field, "each corner is its longitude and its latitude in degrees, like [113.09, 29.37]")
    return tuple((float(corner[0]), float(corner[1])) for corner in polygon)


def _text(value: str, field: str) -> str:
    kept = value.strip()
    if not kept or len(kept) > _LONGEST or not kept.isprintable():
        raise InvalidInput(field, say("expected 1 to {most} printable characters on one line", most=_LONGEST))
    return kept
