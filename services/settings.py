"""What an installation may set, all from the environment with the prefix ``JIBAN_``; sensible without any of it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import JibanError
from services.files import MEGABYTE, Files

SHELF = Path(__file__).resolve().parent.parent / "bpmn"
"""The shelf of this checkout."""


class SettingRefused(JibanError):
    """A setting cannot be used; says which, why and what would do."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"{name}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`database`: SQLAlchemy URL. `token`: bearer token of the API, None when unset. `tick_seconds`: how often the embedded
    scheduler rings. `running_months`: for how long a concluded case shows that a row of the empowerment list runs 有效运行.
    `files`: where handed-in files lie; None: beside the database. `file_megabytes`, `case_megabytes`: how large one may be, and
    those of a case together. `scanner`: the command that looks at each, () for none."""

    database: str = "sqlite:///data/jiban.db"
    token: str | None = None
    shelf: Path = SHELF
    host: str = "127.0.0.1"
    port: int = 8000
    tick_seconds: float = 5.0
    running_months: int = 6
    files: Path | None = None
    file_megabytes: int = 20
    case_megabytes: int = 200
    scanner: tuple[str, ...] = ()


DEFAULTS = Settings()


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises SettingRefused with one sentence."""
    given = {name: value for name, value in environment.items() if value.strip()}
    shelf = Path(given.get("JIBAN_SHELF", SHELF)).resolve()
    if not shelf.is_dir():
        raise SettingRefused("JIBAN_SHELF", f"“{shelf}” is not a folder; it should hold *.bpmn, forms/ and calendars/")
    return Settings(
        database=_database(given.get("JIBAN_DATABASE", DEFAULTS.database)), token=given.get("JIBAN_TOKEN"), shelf=shelf,
        host=given.get("JIBAN_HOST", DEFAULTS.host), port=_port(given), tick_seconds=_tick(given),
        running_months=_months(given), files=Path(given["JIBAN_FILES"]).resolve() if "JIBAN_FILES" in given else None,
        file_megabytes=_megabytes(given, "JIBAN_FILE_MEGABYTES", DEFAULTS.file_megabytes),
        case_megabytes=_megabytes(given, "JIBAN_CASE_MEGABYTES", DEFAULTS.case_megabytes),
        scanner=tuple(shlex.split(given.get("JIBAN_SCANNER", ""))))


def _database(url: str) -> str:
    """PostgreSQL is reached through psycopg, whatever the URL's short form says."""
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise SettingRefused("JIBAN_DATABASE", "expected sqlite:///path/to/file.db or postgresql://user@host/name")
    return url


def _port(given: Mapping[str, str]) -> int:
    name = "JIBAN_PORT" if "JIBAN_PORT" in given else "PORT"
    text = given.get(name, str(DEFAULTS.port))
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise SettingRefused(name, f"“{text}” is not a port number (0–65535)")
    return int(text)


def _tick(given: Mapping[str, str]) -> float:
    text = given.get("JIBAN_TICK_SECONDS", str(DEFAULTS.tick_seconds))
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise SettingRefused("JIBAN_TICK_SECONDS", f"“{text}” is not a number of seconds from 0.1 to 3600")
    return seconds


def files_of(settings: Settings) -> Files:
    """Where the files of these settings lie, and how large they may be: beside an SQLite database, else in ``data/files``."""
    return Files(folder=settings.files or _beside(settings.database), largest=settings.file_megabytes * MEGABYTE,
                 largest_case=settings.case_megabytes * MEGABYTE, scanner=settings.scanner)


def _beside(database: str) -> Path:
    file = database.removeprefix("sqlite:///") if database.startswith("sqlite:///") else ""
    return (Path(file).parent if file and file != ":memory:" else Path("data")) / "files"


def _megabytes(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 10_000):
        raise SettingRefused(name, f"“{text}” is not a number of megabytes from 1 to 10000")
    return int(text)


def _months(given: Mapping[str, str]) -> int:
    text = given.get("JIBAN_RUNNING_MONTHS", str(DEFAULTS.running_months))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 120):
        raise SettingRefused("JIBAN_RUNNING_MONTHS", f"“{text}” is not a number of months from 1 to 120")
    return int(text)
