"""Every point between two things a node does to its database, by name; a request may ask the node to die at one of them.

A rig of a node (`tests.services.nursery`): it listens to SQLAlchemy and to the dialects' transactions, and wraps the
application, so that the program itself knows nothing of it. A request with the header ``X-Failpoint`` is followed: each point
it passes has a name and the count of that name, as “before INSERT fact #1”. At the one the header names, the process kills
itself; those it has passed are listed in the answer's ``X-Failpoints``. ``POST /faults/ring?days=N`` has what is due in so
many days done in the request's thread.
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from services import jobs, serving
from services.database import _Sqlite
from services.office import Office

RECORD = "none: only list them"
_STATEMENT = re.compile(r'\s*(?:(INSERT|DELETE)\s+(?:INTO|FROM)|(UPDATE)|(SELECT)\b.*?\bFROM)\s+"?(\w+)', re.DOTALL)


@dataclass(kw_only=True)
class Way:
    """What a followed request has passed. `deadly`: where it dies."""

    deadly: str
    passed: list[str] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)

    def pass_by(self, point: str) -> None:
        """Go on, or die here."""
        self.times[point] += 1
        name = f"{point} #{self.times[point]}"
        if name == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
            threading.Event().wait()
        self.passed.append(name)


_HERE = threading.local()


def rig() -> None:
    """Follow the requests of this node."""
    event.listen(Engine, "before_cursor_execute", lambda *given: _pass_by(f"before {_named(given[2])}"))
    event.listen(Engine, "after_cursor_execute", lambda *given: _pass_by(f"after {_named(given[2])}"))
    for dialect, name in ((DefaultDialect, "commit"), (DefaultDialect, "begin"), (_Sqlite, "begin")):
        setattr(dialect, f"do_{name}", _around(name, getattr(dialect, f"do_{name}")))
    made = serving.create_app

    def create_app(database: Engine, office: Office, *given: Any, **named: Any) -> Callable[..., Iterable[bytes]]:
        return _Followed(made(database, office, *given, **named), database, office)

    serving.create_app = create_app  # type: ignore[assignment]


def _pass_by(point: str) -> None:
    way: Way | None = getattr(_HERE, "way", None)
    if way is not None:
        way.pass_by(point)


def _named(statement: str) -> str:
    found = _STATEMENT.match(statement)
    return " ".join(part for part in found.groups() if part) if found else statement.split(maxsplit=1)[0]


def _around(name: str, real: Callable[..., None]) -> Callable[..., None]:
    def around(*given: Any) -> None:
        _pass_by(f"before {name}")
        real(*given)
        _pass_by(f"after {name}")

    return around


@dataclass(kw_only=True)
class _Held:
    """What the application has begun to answer."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def start(self, status: str, headers: list[tuple[str, str]], failed: object = None) -> None:
        self.status, self.headers = status, headers


class _Followed:
    """The application, with whoever asks for it followed."""

    def __init__(self, app: Callable[..., Iterable[bytes]], database: Engine, office: Office) -> None:
        self._app, self._database, self._office = app, database, office

    def __call__(self, environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        if "HTTP_X_FAILPOINT" not in environ:
            return self._app(environ, start)
        held, way = _Held(), Way(deadly=environ["HTTP_X_FAILPOINT"])
        _HERE.way = way
        try:
            body = b"".join(self._ring(environ, held) if environ["PATH_INFO"] == "/faults/ring"
                            else self._app(environ, held.start))
            way.pass_by("before the answer")
        finally:
            _HERE.way = None
        start(held.status, [*held.headers, ("X-Failpoints", json.dumps([*way.passed, "after the answer #1"]))])
        return _Sent(body, way)

    def _ring(self, environ: dict[str, Any], held: _Held) -> list[bytes]:
        days = int(environ["QUERY_STRING"].removeprefix("days="))
        jobs.run_due(self._database, self._office, now=datetime.now(UTC) + timedelta(days=days))
        held.start("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]


class _Sent:
    """An answer that is noticed when it has been sent."""

    def __init__(self, body: bytes, way: Way) -> None:
        self._body, self._way = body, way

    def __iter__(self) -> Iterator[bytes]:
        yield self._body

    def close(self) -> None:
        self._way.pass_by("after the answer")
