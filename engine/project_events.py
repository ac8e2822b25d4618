"""What happens to the file of a project, frozen and in the past tense. The file is a fold of these (`engine.projects`), so that
every past day of it can be shown. A field added later has a default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.assessments import Verdict
from engine.plans import PlanItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who takes part. `role`: investor 投资主体, park 园区, builder 建设单位, designer, contractor, supervisor 监理,
    other. `credit_code` "": there is none yet, as before a company is set up."""

    role: str
    name: str
    credit_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """地块. `area`: square metres, 0 when nobody has measured it. `polygon`: its corners as (longitude, latitude), empty: not
    drawn."""

    id: str
    area: float = 0
    polygon: Sequence[Sequence[float]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a project is. `industry`: a code of GB/T 4754, "" while unknown. `amount`: the investment, in 万元. `traits`: words
    a register of assessments may exclude (“两高”, “危险化学品”)."""

    name: str
    park: str
    industry: str = ""
    amount: int = 0
    parties: Sequence[Party] = ()
    parcel: Parcel | None = None
    traits: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOpened:
    """在谈项目 entered."""

    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged:
    """What the project is was entered anew, for a reason."""

    profile: Profile
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGiven:
    """赋码: the project has its 项目代码 now. `warning`: what is odd about it, "" for nothing."""

    code: str
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementEntered:
    """招商协议. `items`: what it makes commitments on; the commitments themselves are rulings of the project."""

    number: str
    signed_on: date
    effective_on: date
    items: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAssigned:
    """帮代办团队. `tier`: city 市级, county 县级, park 园区; `suggested`: what the amount suggests."""

    tier: str
    team: str
    suggested: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReached:
    """The project has come to a stage, or was closed for a `reason`."""

    stage: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    """定制单, version `version`, for a `reason`. `assessments`: what the register of regional assessments said on that day."""

    version: int
    reason: str
    items: Sequence[PlanItem]
    assessments: Sequence[Verdict] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLinked:
    """A case belongs to the project: opened for an `item` of the plan, or attached to it; "" to none in particular."""

    case: str
    item: str
    is_opened_here: bool


ProjectEvent = (ProjectOpened | ProfileChanged | CodeGiven | AgreementEntered | TeamAssigned | StageReached | PlanMade
                | CaseLinked)

KINDS: Mapping[str, type] = {kind.__name__: kind for kind in ProjectEvent.__args__}
