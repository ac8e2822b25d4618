"""What the catalogue asks of an application when it comes in 收件: the park by its standard name, the particulars its matter
requires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.catalogue import Catalogue, suggestions
from engine.errors import InvalidInput
from engine.sentences import say


def standard_park(catalogue: Catalogue, name: str, on: date) -> str:
    """The standard name 标准名 of a park named by it or by an alias in use on a day. A catalogue without parks knows none, and
    takes every name. Raises InvalidInput with what may be meant."""
    if not name or not catalogue.parks:
        return name
    park = catalogue.park(name, on)
    if park is None:
        near = suggestions(catalogue.parks.values(), name)
        known = "、".join(near or (each.name for each in catalogue.parks.values()))
        raise InvalidInput("data.park", say(
            "“{name}” is none of the parks: {perhaps} {known}; a further name of a park is entered in the catalogue",
            name=name[:40], perhaps=say("perhaps") if near else say("there are"), known=known))
    return park.name


def require_fields(catalogue: Catalogue, process: str, data: Mapping[str, object], titles: Mapping[str, str]) -> None:
    """What the matter of a process requires must be there when an application comes in. `titles`: of the form's fields. Raises
    InvalidInput naming the first that is missing."""
    matter = catalogue.matter_of(process)
    if matter is None:
        return
    for name in matter.requires:
        if data.get(name) in (None, ""):
            raise InvalidInput(f"data.{name}", say(
                "{title} is missing: {matter} {name} is not taken in without it; ask the applicant for it",
                title=titles.get(name, name), matter=matter.code, name=matter.name))
