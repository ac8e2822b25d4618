"""Databases as earlier releases left them, kept as text: on SQLite as they were, on PostgreSQL the same rows in its tables."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Boolean, MetaData, insert

from services import migrations
from services.database import connect, writing

DATA = Path(__file__).parent / "data"


def release(revision: str, file: Path) -> str:
    """The database of a release as SQLite had it; its URL."""
    with sqlite3.connect(file) as released:
        released.executescript((DATA / f"released_{revision}.sql").read_text(encoding="utf-8"))
    released.close()
    return f"sqlite:///{file}"


def copy(revision: str, url: str, file: Path) -> None:
    """The same rows in the tables that this revision makes on PostgreSQL."""
    release(revision, file)
    database, tables = connect(url), MetaData()
    with writing(database) as connection, sqlite3.connect(file) as released:
        released.row_factory = sqlite3.Row
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        tables.reflect(connection)
        for table in reversed([each for each in tables.sorted_tables if each.name != "alembic_version"]):
            connection.execute(table.delete())  # what the tables begin with, the release had of its own
        for table in (each for each in tables.sorted_tables if each.name != "alembic_version"):
            claims = [column.name for column in table.columns if isinstance(column.type, Boolean)]
            found = released.execute(f'SELECT * FROM "{table.name}"')
            if rows := [dict(row) | {name: bool(row[name]) for name in claims} for row in found]:
                connection.execute(insert(table), rows)
    database.dispose()
