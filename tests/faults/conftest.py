"""The databases of the tests of services, for tests that kill what uses them."""

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
