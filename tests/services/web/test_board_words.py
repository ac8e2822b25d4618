"""The drawing board knows the words a diagram may say: the same as the check does, no fewer and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.definitions.model import MILESTONES
from engine.definitions.words import ACTS, ATTRIBUTES, TYPES
from engine.limits import DRAWN, NAMES, LimitKind, Unit
from engine.routing import PARTIES
from services.web import app

WORDS = (Path(app.__file__).parent / "static" / "designer" / "words.js").read_text()


def choices(name: str) -> dict[str, str]:
    """What may be chosen, with what people read."""
    found = re.search(rf"export const {name} = named\(\[(.*?)\]\);", WORDS, re.DOTALL)
    assert found
    return dict(re.findall(r'\["(\w+)", "([^"]+)"\]', found[1]))


def test_every_word_of_a_diagram_has_its_attributes_on_the_board() -> None:
    drawn = {name.lower(): set(re.findall(r'"(\w+)"', attributes))
             for name, attributes in re.findall(r'word\("(\w+)"((?:, "\w+")*)\)', WORDS)}

    assert drawn == {name: required | optional for name, (required, optional) in ATTRIBUTES.items()}


@pytest.mark.parametrize(("name", "known"), [
    ("ACTS", ACTS), ("TYPES", TYPES), ("MILESTONES", MILESTONES), ("PARTIES", set(PARTIES)),
    ("COUNTERSIGNS", {"all", "any", "ratio"}),
    ("KINDS", {kind.value for kind in DRAWN}), ("UNITS", {unit.value for unit in Unit}),
])
def test_what_may_be_chosen_is_what_the_check_knows(name: str, known: set[str]) -> None:
    assert set(choices(name)) == set(known)


def test_a_limit_is_called_as_the_offices_call_it() -> None:
    assert choices("KINDS") == {kind.value: NAMES[kind] for kind in LimitKind if kind in DRAWN}
