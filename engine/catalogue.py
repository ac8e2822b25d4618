"""The catalogue of matters 事项库: which matters there are, whose they are, what they ask for, and by which names parks and
departments are known.

Decides what an entry may say, how a name is resolved, and which entry a process answers to. It knows no files and no tables,
and not which of two values of an entry counts (`services.catalogue`): what it is given is what is in force.

A number that neither the seed nor a statute gives is None: it has to be filled in before the clock that needs it starts. A name
may be good for a time only: a park that was renamed keeps its old name for the papers of those years.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TypeVar

from engine.limits import Limit, LimitKind, Unit

_SUGGESTIONS = 3


class Category(Enum):
    """The five books of the catalogue."""

    MATTER = "matter"  # 事项
    BUNDLE = "bundle"  # 一件事
    PARK = "park"  # 园区
    DEPARTMENT = "department"  # 部门
    SYSTEM = "system"  # 对接系统


class MatterKind(Enum):
    """办件类型: how a matter is handled."""

    IMMEDIATE = "immediate"  # 即办件: on the spot
    PROMISED = "promised"  # 承诺件: within a promised limit
    JOINT = "joint"  # 联办件: by several departments
    REPORTED = "reported"  # 上报件: reported to a higher office
    SERVICE = "service"  # 服务: no permit is asked for and no statutory clock starts (洽谈即服务, 帮办代办)


class LimitGiver(Enum):
    """Who gives a number that the shelf leaves open."""

    OFFICE = "office"  # the office, here
    PROJECT = "project"  # only a project's commitment (承诺时间内发布土地出让公告)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name, used in [since, until). None: without a beginning, without an end."""

    name: str
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Was it in use on a day?"""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """园区. `code`: ours (a park is no division and has no division code). `divisions`: codes of the divisions it lies in."""

    code: str
    name: str
    aliases: tuple[Alias, ...] = ()
    divisions: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """部门. `code`: its standard name 标准名 where it was entered. `credit_code`: 统一社会信用代码, "" while it is unknown."""

    code: str
    name: str
    aliases: tuple[Alias, ...] = ()
    credit_code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """对接系统: a platform that parks are to be connected with (seed measure 4). `lead`: the department that leads 牵头部门 and
    mends what is not in place."""

    code: str
    name: str
    lead: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """申请材料. `may_follow`: 可容缺, it may be handed in later. `licence`: the kind of electronic licence 电子证照 that
    satisfies it, "" when none does."""

    name: str
    is_required: bool = True
    may_follow: bool = False
    licence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterLimit:
    """A limit of a matter that its diagram leaves open, or that counts before the drawn one. `amount` None: still to be filled
    in. `item`: as a drawn limit has it, "" for one of the case as a whole. `exception`: why a promise is longer than the
    statute."""

    kind: LimitKind
    amount: int | None = None
    unit: Unit = Unit.WORKDAY
    item: str = ""
    basis: str = ""
    giver: LimitGiver = LimitGiver.OFFICE
    exception: str = ""

    @property
    def key(self) -> str:
        """By what a drawn limit finds it: its item, or its kind."""
        return self.item or self.kind.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """事项. `process`: the id of its diagram, "" while there is none. `department`: whose it is; `supervisor`: who supervises
    what was permitted (监管责任清单), "" while nobody is named. `implementation_code`: 实施编码, "" while unknown. `requires`:
    fields an application must bring. `allows_promise`: 告知承诺. `lists`: which decision list gives which variable of the
    diagram."""

    code: str
    name: str
    process: str = ""
    department: str = ""
    kind: MatterKind = MatterKind.PROMISED
    supervisor: str = ""
    implementation_code: str = ""
    basis: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    outputs: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    allows_promise: bool = False
    limits: tuple[MatterLimit, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleMatter:
    """A matter of a bundle. `step`: matters of a step begin when those of the steps before are decided; one step, side by
    side."""

    matter: str
    is_mandatory: bool = True
    step: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """一件事: several matters on one application. `process`: the id of its diagram."""

    code: str
    name: str
    process: str = ""
    theme: str = ""
    matters: tuple[BundleMatter, ...] = ()
    note: str = ""


Entry = Matter | Bundle | Park | Department | System
Named = TypeVar("Named", Park, Department)

KINDS: Mapping[Category, type] = {Category.MATTER: Matter, Category.BUNDLE: Bundle, Category.PARK: Park,
                                  Category.DEPARTMENT: Department, Category.SYSTEM: System}


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What is in force, by code."""

    matters: Mapping[str, Matter] = field(default_factory=dict)
    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    parks: Mapping[str, Park] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)
    systems: Mapping[str, System] = field(default_factory=dict)

    def matter_of(self, process: str) -> Matter | None:
        """The matter a process handles; None: the catalogue has none."""
        return next((matter for matter in self.matters.values() if matter.process == process), None)

    def park(self, name: str, on: date) -> Park | None:
        """The park a name means on a day: its standard name, or an alias in use then. None: it means none."""
        return named(self.parks.values(), name, on)

    def department(self, name: str, on: date) -> Department | None:
        """The department a name means on a day; None: it means none."""
        return named(self.departments.values(), name, on)

    def limits_of(self, process: str) -> Mapping[str, Limit]:
        """The numbers the catalogue gives for limits of a process, by the limit's item, or else its kind."""
        matter = self.matter_of(process)
        return {} if matter is None else {
            limit.key: Limit(amount=limit.amount, unit=limit.unit, kind=limit.kind, basis=limit.basis, item=limit.item,
                             exception=limit.exception)
            for limit in matter.limits if limit.amount is not None}


def named(entries: Iterable[Named], name: str, on: date) -> Named | None:
    """The entry a name means on a day. A standard name comes before any alias."""
    asked = plain(name)
    known = list(entries)
    return next((entry for entry in known if plain(entry.name) == asked), None) or next(
        (entry for entry in known if any(plain(alias.name) == asked and alias.holds(on) for alias in entry.aliases)), None)


def suggestions(entries: Iterable[Park | Department], name: str) -> list[str]:
    """The standard names somebody may have meant, the likeliest first."""
    asked = plain(name)
    names = {plain(each): entry.name for entry in entries for each in (entry.name, *(alias.name for alias in entry.aliases))}
    held = [each for each in names if asked and (asked in each or each in asked)]
    near = difflib.get_close_matches(asked, names, n=_SUGGESTIONS, cutoff=0.5)
    return list(dict.fromkeys(names[each] for each in (*held, *near)))[:_SUGGESTIONS]


def plain(name: str) -> str:
    """A name as it is compared: without blanks, brackets of either width alike."""
    return unicodedata.normalize("NFKC", "".join(name.split()))
