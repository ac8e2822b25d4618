"""What a published file calls, looked through quickly, is what its meaning says."""

from __future__ import annotations

import pytest

from engine.definitions.check import load
from engine.definitions.references import references
from services.settings import SHELF


@pytest.mark.parametrize("file", sorted(path.name for path in SHELF.glob("*.bpmn")))
def test_the_quick_look_agrees_with_the_meaning(file: str) -> None:
    source = (SHELF / file).read_bytes()

    found, meant = references(source, file=file), load(source, file=file)

    assert (found.calls, found.opens) == (meant.calls, meant.opens)
