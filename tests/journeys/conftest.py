"""The databases of the tests of services, for whole stories; a browser and the demonstration's hall."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest
from playwright.sync_api import Browser

from services.office import Office
from tests.journeys.browser import Hall, NoChromium, chromium, demonstrated, prepare
from tests.services.conftest import (  # noqa: F401
    database,
    database_url,
    desk,
    office,
    postgres,
    postgres_url,
    prepared_file,
    shelf_office,
    sqlite_url,
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this worker."""
    try:
        with chromium() as opened:
            yield opened
    except NoChromium as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def prepared_hall(tmp_path_factory: pytest.TempPathFactory, shelf_office: Office) -> Path:  # noqa: F811
    """The demonstration as it opens, in a file."""
    file = tmp_path_factory.mktemp("hall") / "demo.db"
    prepare(file, shelf_office)
    return file


@pytest.fixture
def hall(prepared_hall: Path, tmp_path: Path, office: Office, browser: Browser) -> Iterator[Hall]:  # noqa: F811
    """The demonstration's hall, of this story's own; its visitors' browsers complained of nothing."""
    copyfile(prepared_hall, tmp_path / "hall.db")
    with demonstrated(tmp_path / "hall.db", office, browser) as opened:
        yield opened
        assert [said for visit in opened.visits for said in visit.unexcused()] == []
