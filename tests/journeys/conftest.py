"""The databases of the tests of services, for whole stories."""

from tests.services.conftest import (  # noqa: F401
    database,
    database_url,
    desk,
    office,
    postgres,
    postgres_url,
    prepared_file,
    sqlite_url,
)
