"""What every view needs: the open database, the office and the settings; and the only clock of this floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, current_app
from sqlalchemy import Engine

from services.office import Office
from services.settings import Settings

_NAME = "jiban"


def _system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What one application serves, and by which clock."""

    database: Engine
    office: Office
    settings: Settings
    clock: Callable[[], datetime] = _system_clock


def hang(app: Flask, opened: Door) -> None:
    """Give an application its door."""
    app.extensions[_NAME] = opened


def door() -> Door:
    """The door of the application that serves this request."""
    opened = current_app.extensions[_NAME]
    assert isinstance(opened, Door)
    return opened


def now() -> datetime:
    """The instant of this request: a view reads it once and passes it down."""
    return door().clock()
