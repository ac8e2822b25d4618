"""Public diagrams of other engines: each gets an answer, none is run in silence, none takes long.

The diagrams lie beside the project (`../shared/corpus`, or where JIBAN_CORPUS points) and are not part of it.
"""

import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from engine.calendar import SHANGHAI, Calendar
from engine.definitions.check import check
from engine.process.trial import Trial, trial

CORPUS = Path(os.environ.get("JIBAN_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
FOLDERS = sorted(path for path in CORPUS.glob("*") if path.is_dir())
START_AT = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
needs_corpus = pytest.mark.skipif(not FOLDERS, reason=f"no public diagrams at {CORPUS}")


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar()


@needs_corpus
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_public_diagram_gets_an_answer(folder: Path, calendar: Calendar) -> None:
    for path in sorted(folder.iterdir()):
        checked = check(path.read_bytes(), file=path.name)
        assert checked.definition is not None or checked.diagnostics, path.name
        for complete in (False, True):
            if checked.definition is not None:
                tried = trial(checked.definition, library={}, data={}, complete=complete, calendar=calendar, start_at=START_AT)
                assert says_why(tried), (path.name, tried)


def says_why(tried: Trial) -> bool:
    """A completed trial has reached an end event, a waiting one names what it waits for, an incident explains itself."""
    return bool({"completed": tried.end_events, "waiting": tried.waiting_for, "incident": tried.message}[tried.outcome])


@needs_corpus
def test_a_good_part_of_the_public_diagrams_can_be_deployed_as_it_is() -> None:
    verdicts = Counter(check(path.read_bytes(), file=path.name).verdict for folder in FOLDERS for path in folder.iterdir())

    assert verdicts["deployable"] >= 0.45 * verdicts.total()
