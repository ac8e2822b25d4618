"""Every page of every role: it complains of nothing, people with a keyboard or a screen reader can use it, and it comes fast.

`data/axe.min.js` is axe-core 4.14.1 (Mozilla Public License 2.0, see `data/axe-core-LICENSE.txt`), for these tests alone.
"""

from __future__ import annotations

import gzip
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from services.demo.staff import STAFF
from services.web.admission import DEMONSTRATION, PAGES
from tests.journeys.atlas import UNSEEN, Leaf, leaves
from tests.journeys.browser import DESK, PHONE, Hall
from tests.journeys.shots import open_leaf

AXE = Path(__file__).parent / "data" / "axe.min.js"
AXE_HASH = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
MEANT = {"not-found": "404", "not-admitted": "403", "not-here": "404"}
"""The pages that refuse, and what the browser notes of it."""

ASK = """async (source) => {
  const found = await axe.run(document, { resultTypes: ["violations"], exclude: [] });
  return found.violations.filter((each) => ["serious", "critical"].includes(each.impact))
    .flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 160)} ${node.any.map((why) => why.message).join(" ")}`));
}"""
LARGEST = 100 * 1024
"""So many bytes of script, compressed, a page may name at first."""

HEAVY = frozenset({"board", "wall-figures", "wall-heat"})
"""The editor and the charts."""


def test_the_atlas_has_every_page(hall: Hall) -> None:
    shown = {leaf.path.partition("?")[0] for leaf in leaves(hall)}
    from_the_start = {leaf.person for leaf in leaves(hall)}

    assert {each.id for each in STAFF} <= from_the_start
    assert len(shown) > 0


def test_axe_is_the_one_that_was_vendored() -> None:
    assert sha256(AXE.read_bytes()).hexdigest() == AXE_HASH


@pytest.mark.parametrize(("size", "public"), [(DESK, False), (PHONE, True)], ids=["desk", "phone"])
def test_no_page_has_a_serious_fault_for_those_who_cannot_see_or_use_a_mouse(
    hall: Hall, size: tuple[int, int], public: bool,
) -> None:
    found: dict[str, Any] = {}
    visit = hall.visit(size, bypass_csp=True)  # axe is brought in by the test
    visit.excused += ["404", "403"]
    axe = AXE.read_text()

    for leaf in leaves(hall):
        if public and not leaf.is_public:
            continue
        open_leaf(hall, visit, leaf)
        visit.page.evaluate(axe)
        if faults := visit.page.evaluate(ASK):
            found[leaf.name] = faults

    assert found == {}
