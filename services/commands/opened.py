"""The database a command works on: opened, in one transaction, and closed again; and the law it has, or else the shelf's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from engine.errors import InvalidInput
from services import migrations
from services.database import DatabaseUnavailable, connect, is_there, reading, writing
from services.law import Law, load_law, shelf_law
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


def law_in_force() -> Law:
    """The law of the database of the settings; where there is none yet, or it does not answer, the law as shipped on the
    shelf."""
    settings = from_environment()
    if not is_there(settings.database):
        return shelf_law(settings.shelf)
    database = connect(settings.database)
    try:
        migrations.require_current(database)
        with reading(database) as connection:
            return load_law(connection, settings.shelf)
    except (DatabaseUnavailable, migrations.SchemaRefused):
        return shelf_law(settings.shelf)
    finally:
        database.dispose()
