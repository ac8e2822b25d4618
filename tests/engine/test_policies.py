"""A policy as JSON: what is written is what is read, and a slip of the pen is named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.ladder import Moment, Role, Rung
from engine.limits import LimitKind
from engine.policies import from_json, to_json
from engine.supervision import Colour, Policy

RUNG = {"name": "late", "label": "超期", "moment": "workday", "workdays": 1, "kinds": ["promised"], "to": ["clerk"]}


@st.composite
def some_rungs(draw: st.DrawFn) -> tuple[Rung, ...]:
    names = draw(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1,
                                  max_size=9).filter(str.strip), unique=True, max_size=4))
    return tuple(Rung(
        name=name, label=draw(st.text(max_size=5)), moment=(moment := draw(st.sampled_from(Moment))),
        workdays=draw(st.integers(0, 250)) if moment is Moment.WORKDAY else 0,
        kinds=draw(st.frozensets(st.sampled_from(LimitKind), min_size=1)),
        to=tuple(draw(st.lists(st.sampled_from(Role), min_size=1, unique=True))), issues_order=draw(st.booleans()),
    ) for name in names)


NUMBERS = st.integers(0, 100)
POLICIES = st.builds(
    Policy, cards=st.dictionaries(st.sampled_from(LimitKind), st.sampled_from(Colour)), target_cards=st.booleans(),
    red_after_yellow_workdays=NUMBERS, yellows_per_quarter=NUMBERS, warn_workdays=NUMBERS, warn_percent=NUMBERS,
    long_limit_workdays=NUMBERS, long_warn_workdays=NUMBERS, short_warn_minutes=NUMBERS, ladder=some_rungs())


@given(POLICIES)
def test_a_policy_written_and_read_again_is_the_same(policy: Policy) -> None:
    assert from_json(json.loads(json.dumps(to_json(policy)))) == policy


def test_what_an_office_leaves_out_has_its_default() -> None:
    assert from_json({}) == Policy()
    assert from_json({"target_cards": True}) == Policy(target_cards=True)


@pytest.mark.parametrize(("data", "field"), [
    ([], ""),
    ({"colour": "red"}, "colour"),
    ({"cards": {"promised": "green"}}, "cards.promised"),
    ({"cards": {"promise": "red"}}, "cards"),
    ({"cards": ["promised"]}, "cards"),
    ({"target_cards": 1}, "target_cards"),
    ({"warn_workdays": 1.5}, "warn_workdays"),
    ({"warn_workdays": "1"}, "warn_workdays"),
    ({"warn_percent": 200}, "warn_percent"),
    ({"short_warn_minutes": 10**20}, "short_warn_minutes"),
    ({"ladder": {}}, "ladder"),
    ({"ladder": [RUNG, RUNG]}, "ladder"),
    ({"ladder": [RUNG] * 51}, "ladder"),
    ({"ladder": [{**RUNG, "to": ["everybody"]}]}, "ladder[0].to[0]"),
    ({"ladder": [{**RUNG, "kinds": ["promised", "x"]}]}, "ladder[0].kinds[1]"),
    ({"ladder": [{**RUNG, "workdays": -2}]}, "ladder[0].workdays"),
    ({"ladder": [{**RUNG, "workdays": []}]}, "ladder[0].workdays"),
    ({"ladder": [{**RUNG, "colour": "red"}]}, "ladder[0].colour"),
    ({"ladder": [{"name": "late"}]}, "ladder[0].label"),
    ({"ladder": [{**RUNG, "issues_order": "yes"}]}, "ladder[0].issues_order"),
    ({"ladder": [{**RUNG, "moment": None}]}, "ladder[0].moment"),
])
def test_nonsense_is_refused_with_the_field_named(data: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_json(data)

    assert refused.value.field == field
