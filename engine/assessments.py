"""Regional assessments 区域评估: what a park has had assessed as a whole need not be assessed again for each project.

The register holds results: a kind of assessment, the parcels or the area it covers, from when until when it holds, and the
projects it excludes (负面清单). Asked about a project it answers for each kind: *exempt* 免评估, the result is cited; *by
declared compliance* 告知承诺, the applicant signs and is issued at once; or *singly* 单独评估, with the reason why no result
helps. 告知承诺 is never offered for what touches state or public safety or people's lives directly (国办发〔2020〕42号); which
results allow it, the register says.

A parcel is covered when the result names it, or when every corner of its polygon lies in the result's area and no side of the
area passes between them. The geometry is plain: longitude and latitude taken as a plane, which is exact enough for a park.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise

KINDS = {
    "planning_environment": "规划环评", "energy": "节能评价", "water_soil": "水土保持", "water_resources": "水资源论证",
    "geological_hazard": "地质灾害危险性", "overlying_minerals": "压覆矿产资源", "seismic_safety": "地震安全性",
    "climate": "气候可行性", "cultural_relics": "文物考古", "traffic": "交通影响", "flood": "洪水影响",
    "lightning": "雷电灾害风险",
}
"""The kinds of assessment a region may have made, with their Chinese names."""

Point = Sequence[float]


class Use(Enum):
    """How a project goes about an assessment."""

    EXEMPT = "exempt"  # 免评估, 直接引用成果
    DECLARED = "declared"  # 告知承诺
    SINGLY = "singly"  # 单独评估


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A result in the register. `document`: 成果编号. `parcels`: those it names; `area`: the corners of what it covers, empty:
    not drawn; with neither it covers the whole park. Holds from `valid_from` to `valid_until`, both included. `excluded`:
    codes of industries (also their beginnings) and traits it does not hold for. `mode`: exempt or declared."""

    kind: str
    park: str
    document: str
    valid_from: date
    valid_until: date
    parcels: Sequence[str] = ()
    area: Sequence[Point] = ()
    excluded: Sequence[str] = ()
    mode: str = Use.EXEMPT.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the register has to know of a project. `parcel` "": there is none yet."""

    park: str
    industry: str = ""
    traits: Sequence[str] = ()
    parcel: str = ""
    polygon: Sequence[Point] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The register's answer on one kind. `document`: the result it rests on, "" when assessed singly. `reason`: in words."""

    kind: str
    mode: str
    reason: str
    document: str = ""
    valid_until: date | None = None


def verdicts(site: Site, register: Iterable[Assessment], *, on: date, kinds: Iterable[str] = tuple(KINDS)) -> list[Verdict]:
    """What the register says of a project on a day, for each kind asked, in their order."""
    held = [each for each in register if each.park == site.park]
    return [_verdict(kind, site, [each for each in held if each.kind == kind], on) for kind in kinds]


def contains(area: Sequence[Point], point: Point) -> bool:
    """Does a point lie in a polygon, or on its edge?"""
    is_inside = False
    for one, other in pairwise([*area, area[0]]):
        if _is_on(one, other, point):
            return True
        if (one[1] > point[1]) != (other[1] > point[1]):
            crossing = (other[0] - one[0]) * (point[1] - one[1]) / (other[1] - one[1]) + one[0]
            is_inside ^= point[0] < crossing
    return is_inside


def covers(area: Sequence[Point], polygon: Sequence[Point]) -> bool:
    """Does a polygon lie wholly in another? All its corners do, and no side of the one properly crosses a side of the other."""
    if len(area) < 3 or not polygon or not all(contains(area, point) for point in polygon):
        return False
    sides = list(pairwise([*polygon, polygon[0]])) if len(polygon) > 1 else []
    return not any(_cross(side, edge) for side in sides for edge in pairwise([*area, area[0]]))


def _verdict(kind: str, site: Site, results: Sequence[Assessment], on: date) -> Verdict:
    """The first result that holds, an exemption before a declaration; else why none does."""
    reasons = []
    for result in sorted(results, key=lambda each: (each.mode != Use.EXEMPT.value, -each.valid_until.toordinal())):
        reason = _against(result, site, on)
        if not reason:
            what = "不再单独评估" if result.mode == Use.EXEMPT.value else "实行告知承诺"
            return Verdict(kind=kind, mode=result.mode, document=result.document, valid_until=result.valid_until,
                           reason=f"{KINDS[kind]}有区域评估成果 {result.document}，有效期至 {result.valid_until}，{what}")
        reasons.append(reason)
    why = "；".join(reasons) or f"{site.park}没有{KINDS[kind]}的区域评估成果"
    return Verdict(kind=kind, mode=Use.SINGLY.value, reason=f"{why}，须单独评估")


def _against(result: Assessment, site: Site, on: date) -> str:
    """Why a result does not help the project; "" when it does."""
    if on < result.valid_from:
        return f"成果 {result.document} 自 {result.valid_from} 起有效"
    if on > result.valid_until:
        return f"成果 {result.document} 已于 {result.valid_until} 到期"
    if word := next((each for each in result.excluded if _excludes(each, site)), None):
        return f"成果 {result.document} 的负面清单不适用于“{word}”类项目"
    if not (result.parcels or result.area):
        return ""
    if not site.parcel and not site.polygon:
        return f"项目尚无地块，无法判断是否在成果 {result.document} 范围内"
    if site.parcel in result.parcels or (site.polygon and covers(result.area, site.polygon)):
        return ""
    return f"地块 {site.parcel or '（未编号）'} 不在成果 {result.document} 范围内"


def _excludes(word: str, site: Site) -> bool:
    """A code excludes every industry under it (26 excludes 2614); any other word a trait of the project."""
    is_code = word.isascii() and word.isdigit()
    return word in site.traits or (is_code and site.industry.startswith(word))


def _is_on(one: Point, other: Point, point: Point) -> bool:
    """Does a point lie on a side?"""
    if _turn(one, other, point) != 0:
        return False
    return all(min(one[axis], other[axis]) <= point[axis] <= max(one[axis], other[axis]) for axis in (0, 1))


def _cross(side: tuple[Point, Point], edge: tuple[Point, Point]) -> bool:
    """Do two sides cross, each passing the other?"""
    return (_turn(*side, edge[0]) * _turn(*side, edge[1]) < 0) and (_turn(*edge, side[0]) * _turn(*edge, side[1]) < 0)


def _turn(one: Point, other: Point, point: Point) -> float:
    """On which side of a line a point lies; 0: on it."""
    return (other[0] - one[0]) * (point[1] - one[1]) - (other[1] - one[1]) * (point[0] - one[0])
