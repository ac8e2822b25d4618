"""A policy as JSON, so that it can be a row which an office changes per matter and park.

Decides only the writing: every field of `engine.supervision.Policy` under its own name, limits, colours and roles by their
values. A field left out has its default; an unknown field, an unknown word and a value that makes no sense are refused with the
path of the field, so that a slip of the pen never becomes a rule nobody meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from engine.errors import InvalidInput
from engine.ladder import Moment, Role, Rung
from engine.limits import LimitKind
from engine.notices import fields, items, text
from engine.sentences import say
from engine.supervision import COUNTS, Colour, Policy

_MOST_RUNGS = 50
_CLAIMS = ("target_cards", "reviewer_may_decide")
_Word = TypeVar("_Word", bound=Enum)


def to_json(policy: Policy) -> dict[str, object]:
    """A policy as a JSON object, whole: defaults are written out, so that a later release cannot change what was decided."""
    return {
        "cards": {kind.value: colour.value for kind, colour in sorted(policy.cards.items(), key=lambda each: each[0].value)},
        "target_cards": policy.target_cards,
        "reviewer_may_decide": policy.reviewer_may_decide,
        **{name: getattr(policy, name) for name in COUNTS},
        "ladder": [_written(rung) for rung in policy.ladder],
    }


def from_json(data: object) -> Policy:
    """The policy in a parsed JSON object. Raises InvalidInput naming the field."""
    row = fields(data, "", required=(), optional=("cards", *_CLAIMS, *COUNTS, "ladder"))
    given: dict[str, Any] = {name: row[name] for name in COUNTS if name in row}
    given |= {name: _truth(row[name], name) for name in _CLAIMS if name in row}
    if "cards" in row:
        given["cards"] = _cards(row["cards"])
    if "ladder" in row:
        rungs = items(row["ladder"], "ladder")
        if len(rungs) > _MOST_RUNGS:
            raise InvalidInput("ladder", say(
                "a ladder has at most {most} rungs, found {count}", most=_MOST_RUNGS, count=len(rungs)))
        given["ladder"] = tuple(_rung(rung, f"ladder[{place}]") for place, rung in enumerate(rungs))
    return Policy(**given)


def _written(rung: Rung) -> dict[str, object]:
    return {"name": rung.name, "label": rung.label, "moment": rung.moment.value, "workdays": rung.workdays,
            "kinds": sorted(kind.value for kind in rung.kinds), "to": [role.value for role in rung.to],
            "issues_order": rung.issues_order}


def _cards(data: object) -> Mapping[LimitKind, Colour]:
    if not isinstance(data, dict):
        raise InvalidInput("cards", say(
            'expected an object like {"promised": "yellow"}, found {type}', type=type(data).__name__))
    return {_word(LimitKind, kind, "cards"): _word(Colour, colour, f"cards.{kind}") for kind, colour in data.items()}


def _rung(data: object, field: str) -> Rung:
    row = fields(data, field, required=("name", "label", "moment", "kinds", "to"), optional=("workdays", "issues_order"))
    given: dict[str, Any] = {
        "name": text(row["name"], f"{field}.name"), "label": text(row["label"], f"{field}.label"),
        "moment": _word(Moment, row["moment"], f"{field}.moment"), "workdays": row.get("workdays", 0),
        "kinds": frozenset(_words(LimitKind, row["kinds"], f"{field}.kinds")),
        "to": tuple(_words(Role, row["to"], f"{field}.to")),
        "issues_order": _truth(row.get("issues_order", False), f"{field}.issues_order"),
    }
    try:
        return Rung(**given)
    except InvalidInput as refusal:
        raise InvalidInput(f"{field}.{refusal.field}", refusal.reason) from refusal


def _words(kind: type[_Word], data: object, field: str) -> list[_Word]:
    return [_word(kind, each, f"{field}[{place}]") for place, each in enumerate(items(data, field))]


def _word(kind: type[_Word], data: object, field: str) -> _Word:
    known = {member.value: member for member in kind}
    if not isinstance(data, str) or data not in known:
        raise InvalidInput(field, say("expected one of {known}, found {found}", known=tuple(known), found=f"{data!r}"))
    return known[data]


def _truth(data: object, field: str) -> bool:
    if not isinstance(data, bool):
        raise InvalidInput(field, say("expected true or false, found {found}", found=f"{data!r}"))
    return data
