"""What every view needs: the open database, the office and the settings; and the only clock of this floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, current_app
from sqlalchemy import Engine

from services.office import Office
from services.oidc.client import Client
from services.readiness import Threshold
from services.settings import Settings

_NAME = "jiban"


def system_clock() -> datetime:
    """What the machine's clock shows."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What one application serves, and by which clock. `turn`: of a demonstration, lets its clock go on to where it was moved
    for as long as a request may take, and says whether it stands there; None: what is served is no demonstration. `vouching`:
    asks the provider of unified authentication 统一身份认证 who somebody is; None: there is none. `threshold`: whether the
    node has begun its work, and may be sent more; None: nobody keeps it from that."""

    database: Engine
    office: Office
    settings: Settings
    clock: Callable[[], datetime] = system_clock
    turn: Callable[[], bool] | None = None
    vouching: Client | None = None
    threshold: Threshold | None = None


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


def issuer() -> str:
    """Of the provider of unified authentication 统一身份认证 people may sign in by; "" for none."""
    vouching = door().vouching
    return vouching.provider.issuer if vouching is not None else ""
