"""The database a command works on: opened, in one transaction, and closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from engine.errors import InvalidInput
from services import migrations
from services.database import connect, reading, writing
from services.settings import from_environment


@contextmanager
def opened(*, writes: bool = False) -> Iterator[Connection]:
    """A transaction on the database of the settings. Raises JibanError when it does not stand at this release's tables, or an
    argument of the command is no text: bytes that are not UTF-8 reach a program as half characters."""
    database = connect(from_environment().database)
    try:
        migrations.require_current(database)
        with (writing if writes else reading)(database) as connection:
            yield connection
    except UnicodeEncodeError as error:
        raise InvalidInput("arguments", "one of them is not text in UTF-8; check how the terminal is set") from error
    finally:
        database.dispose()
