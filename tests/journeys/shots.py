"""`make shots`: a picture of every page at both sizes, for whoever looks at them.

    python -m tests.journeys.shots FOLDER [NAME …]
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from services.database import reading
from services.office import open_office
from services.query_codes import code_of
from services.settings import SHELF, Settings
from tests.journeys.atlas import Leaf, leaves
from tests.journeys.browser import DESK, PHONE, Hall, Visit, chromium, demonstrated, prepare


def take(folder: Path, wanted: frozenset[str]) -> None:
    """Photograph the pages wanted, or all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    office = open_office(Settings(shelf=SHELF))
    with TemporaryDirectory() as kept, chromium() as browser:
        file = Path(kept) / "demo.db"
        prepare(file, office)
        with demonstrated(file, office, browser) as hall:
            found = [leaf for leaf in leaves(hall) if not wanted or leaf.name in wanted]
            for size in (DESK, PHONE):
                _photograph(hall, folder, found, size)
            for said in (said for visit in hall.visits for said in visit.unexcused()):
                print(said)


def _photograph(hall: Hall, folder: Path, found: list[Leaf], size: tuple[int, int]) -> None:
    visit = hall.visit(size)
    for leaf in found:
        open_leaf(hall, visit, leaf)
        visit.page.wait_for_load_state("networkidle")
        visit.page.screenshot(path=folder / f"{leaf.name}-{size[0]}.png", full_page=True)


def open_leaf(hall: Hall, visit: Visit, leaf: Leaf) -> None:
    """Be whoever looks at a page, and look at it."""
    visit.page.context.clear_cookies()
    if leaf.person:
        visit.become(leaf.person, hall.now())
    if leaf.proves:
        _prove(hall, visit, leaf.proves)
    visit.go(leaf.path)
    if leaf.name == "board":
        visit.page.wait_for_selector("#board[data-ready]")


def _prove(hall: Hall, visit: Visit, number: str) -> None:
    """Give the query code of a case, as its applicant does."""
    with reading(hall.database) as connection:
        code = code_of(connection, number)
    visit.go("/progress")
    visit.page.fill("#number", number)
    visit.page.fill("#code", code)
    visit.page.press("#code", "Enter")
    visit.page.wait_for_url(f"**/progress/{number}*")


if __name__ == "__main__":
    take(Path(sys.argv[1]), frozenset(sys.argv[2:]))
