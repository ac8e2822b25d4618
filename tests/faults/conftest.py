"""The databases of the tests of services, for tests that kill what uses them."""

from collections.abc import Iterator

import pytest

from services.bench.postgres import PostgresServer, temporary_postgres
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


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this test's own, which it may crash."""
    with temporary_postgres() as started:
        yield started
