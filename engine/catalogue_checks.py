"""What contradicts itself in a catalogue, and what in it has not been filled in yet.

Decides what a whole catalogue must be: each name it uses is known, no name means two things on one day, a process belongs to
one matter, no promise is longer than its statute without a reason. A gap is no contradiction: it is told, and whoever needs the
value will ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from engine.catalogue import Alias, Bundle, Catalogue, Category, Department, Matter, MatterKind, Park, plain, suggestions
from engine.errors import Forbidden, InvalidInput
from engine.limits import Limit, LimitKind
from engine.precedence import Departure, check_promise
from engine.sentences import listed, say

_FIRST, _LAST = date.min, date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something in the catalogue that somebody should look at. `is_gap`: it only has not been filled in yet."""

    category: Category
    code: str
    message: str
    is_gap: bool = False


def findings(catalogue: Catalogue) -> list[Finding]:
    """What contradicts itself in a catalogue, and what has not been filled in yet."""
    return [*_unknown_names(catalogue), *_double_names(catalogue), *_double_processes(catalogue), *_gaps(catalogue)]


def lacks_supervisor(catalogue: Catalogue, process: str) -> Matter | None:
    """The matter of a process, when it permits something and the responsibility list 监管责任清单 names nobody who supervises
    it afterwards (seed measure 3); None: it does, or nothing has to be supervised."""
    matter = catalogue.matter_of(process)
    return matter if matter is not None and matter.kind is not MatterKind.SERVICE and not matter.supervisor else None


def require_supervisor(catalogue: Catalogue, process: str, command: str) -> None:
    """A matter is published when the responsibility list says who supervises afterwards what it permits (seed measure 3). A
    service and a process that is no matter of the catalogue permit nothing. Raises Forbidden."""
    if (matter := lacks_supervisor(catalogue, process)) is not None:
        raise Forbidden(command, say(
            "nobody supervises what {matter} {name} permits: 监管责任清单 has no department for it; whoever rules the "
            "catalogue names one (`jiban catalogue set matter {matter} supervisor DEPARTMENT --basis …`, or the book "
            "监管责任清单), then publish again; cases that run stay on their version", matter=matter.code, name=matter.name))


def check_promises(matter: Matter, drawn: Iterable[Limit]) -> None:
    """Promised ≤ statutory among what the catalogue says and the diagram has. Raises InvalidInput."""
    limits = {limit.kind: limit for limit in drawn if not limit.item}
    own = {limit.kind: limit for limit in matter.limits if not limit.item and limit.amount is not None}
    limits |= {kind: Limit(amount=limit.amount or 0, unit=limit.unit, kind=kind, basis=limit.basis)
               for kind, limit in own.items()}
    statute = limits.get(LimitKind.STATUTORY)
    for kind in (LimitKind.PROMISED, LimitKind.TARGET):
        if statute is None or kind not in limits or not {kind, LimitKind.STATUTORY} & own.keys():
            continue
        reason = own[kind].exception if kind in own else ""
        exception = Departure(basis=limits[kind].basis or reason, approver=reason, explanation=reason) if reason else None
        try:
            check_promise(limits[kind], statute, exception)
        except InvalidInput as refusal:
            raise InvalidInput("limits", refusal.reason) from refusal


def _unknown_names(catalogue: Catalogue) -> Iterator[Finding]:
    for matter in catalogue.matters.values():
        for what, name in ((say("department"), matter.department), (say("supervisor"), matter.supervisor)):
            if name and all(each.name != name for each in catalogue.departments.values()):
                near = suggestions(catalogue.departments.values(), name)
                hint = say(": perhaps {near}", near=listed(near, "、")) if near else ""
                yield Finding(category=Category.MATTER, code=matter.code, message=say(
                    "its {what} “{name}” is no department of the catalogue by its standard name{hint}",
                    what=what, name=name, hint=hint))
    for system in catalogue.systems.values():
        if system.lead and all(each.name != system.lead for each in catalogue.departments.values()):
            yield Finding(category=Category.SYSTEM, code=system.code, message=say(
                "its {what} “{name}” is no department of the catalogue by its standard name{hint}",
                what=say("department"), name=system.lead, hint=""))
    for bundle in catalogue.bundles.values():
        for each in bundle.matters:
            if each.matter not in catalogue.matters:
                yield Finding(category=Category.BUNDLE, code=bundle.code, message=say(
                    "its matter “{matter}” is none of the catalogue", matter=each.matter))


def _double_names(catalogue: Catalogue) -> Iterator[Finding]:
    """Two entries must not go by one name on one day."""
    for category, book in ((Category.PARK, catalogue.parks), (Category.DEPARTMENT, catalogue.departments)):
        used: dict[str, list[tuple[str, date, date]]] = {}
        for entry in cast(Mapping[str, Park | Department], book).values():
            for alias in (Alias(name=entry.name), *entry.aliases):
                first, last = alias.since or _FIRST, alias.until or _LAST
                others = used.setdefault(plain(alias.name), [])
                clash = next((code for code, since, until in others
                              if code != entry.code and since < last and first < until), None)
                if clash is not None:
                    yield Finding(category=category, code=entry.code, message=say(
                        "the name “{name}” means {code} too", name=alias.name, code=clash))
                others.append((entry.code, first, last))


def _double_processes(catalogue: Catalogue) -> Iterator[Finding]:
    for category, book in ((Category.MATTER, catalogue.matters), (Category.BUNDLE, catalogue.bundles)):
        used: dict[str, str] = {}
        for entry in cast(Mapping[str, Matter | Bundle], book).values():
            if entry.process and used.setdefault(entry.process, entry.code) != entry.code:
                yield Finding(category=category, code=entry.code, message=say(
                    "the process “{process}” belongs to {code} already", process=entry.process, code=used[entry.process]))


def _gaps(catalogue: Catalogue) -> Iterator[Finding]:
    for matter in catalogue.matters.values():
        if lacks_supervisor(catalogue, matter.process) is matter:
            yield Finding(category=Category.MATTER, code=matter.code, is_gap=True,
                          message=say("nobody supervises it: 监管责任清单 names no department"))
        for limit in matter.limits:
            if limit.amount is None:
                yield Finding(category=Category.MATTER, code=matter.code, is_gap=True,
                              message=say(
                    "the {limit} limit “{key}” has no number: the {giver} gives it before the first clock that needs it",
                    limit=limit.kind, key=limit.key, giver=limit.giver))
