"""Every page of every role: it complains of nothing, people with a keyboard or a screen reader can use it, and it comes fast.

`data/axe.min.js` is axe-core 4.14.1 (Mozilla Public License 2.0, see `data/axe-core-LICENSE.txt`), for these tests alone.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pytest

import services.web
from services.demo.staff import STAFF
from tests.journeys.atlas import UNSEEN, Leaf, leaves
from tests.journeys.browser import DESK, PHONE, Hall, Visit
from tests.journeys.shots import open_leaf

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "data" / "axe.min.js"
AXE_HASH = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
STATIC = Path(services.web.__file__).parent

ASK = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.filter((each) => ["serious", "critical"].includes(each.impact)).flatMap((each) => each.nodes.map(
    (node) => `${each.id}: ${node.html.slice(0, 160)} ${node.any.map((why) => why.message).join(" ")}`));
}"""
"""What axe finds that is serious or critical."""

NAMED = "all => all.map(it => new URL(it.src).pathname)"
LARGEST = 100 * 1024
"""So many bytes of script, compressed, a page may name at first."""

HEAVY = ("bpmn-editor.js", "echarts.common.min.js")
"""The editor and the charts."""

REFUSALS = ("404", "403")
"""What the browser notes of the pages that refuse."""


def test_the_atlas_has_every_page_and_everybody(hall: Hall) -> None:
    found = leaves(hall)
    at = hall.app.url_map.bind("")

    readable = {rule.endpoint for rule in hall.app.url_map.iter_rules()
                if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")}
    looked_at = {at.match(leaf.path.partition("?")[0], method="GET")[0] for leaf in found if leaf.name != "not-here"}
    assert readable - UNSEEN - looked_at == set()
    assert {each.id for each in STAFF} <= {leaf.person for leaf in found}


def test_axe_is_the_one_that_was_vendored() -> None:
    assert sha256(AXE.read_bytes()).hexdigest() == AXE_HASH


@pytest.mark.parametrize("half", [0, 1])
def test_no_page_shuts_out_those_who_cannot_see_or_use_a_mouse_or_loads_for_long(hall: Hall, half: int) -> None:
    visit = hall.visit(bypass_csp=True)  # axe is brought in by the test
    visit.excused += REFUSALS

    assert _faults(hall, visit, leaves(hall)[half::2]) == {}


def test_no_page_of_applicants_shuts_them_out_on_their_telephones(hall: Hall) -> None:
    visit = hall.visit(PHONE, bypass_csp=True)
    visit.excused += REFUSALS

    public = [leaf for leaf in leaves(hall) if leaf.is_public]
    assert _faults(hall, visit, public) == {}
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize("half", [0, 1])
def test_no_page_breaks_the_policy_of_its_contents(hall: Hall, half: int) -> None:
    visit = hall.visit(DESK)
    visit.excused += REFUSALS

    for leaf in leaves(hall)[half::2]:
        open_leaf(hall, visit, leaf)
        visit.page.wait_for_load_state("load")

    assert visit.unexcused() == []


def _faults(hall: Hall, visit: Visit, found: list[Leaf]) -> dict[str, list[str]]:
    """What is wrong with pages, by their names."""
    axe, faults = AXE.read_text(), {}
    for leaf in found:
        open_leaf(hall, visit, leaf)
        visit.page.evaluate(axe)
        wrong = visit.page.evaluate(ASK)
        names = visit.page.eval_on_selector_all("script[src]", NAMED)
        size = sum(_compressed(name) for name in names if not name.endswith(HEAVY))
        if size > LARGEST:
            wrong.append(f"{size} bytes of script: {names}")
        if wrong:
            faults[leaf.name] = wrong
    return faults


@lru_cache
def _compressed(name: str) -> int:
    return len(gzip.compress((STATIC / name.removeprefix("/")).read_bytes()))
