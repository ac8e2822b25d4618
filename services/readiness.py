"""May this process be sent work? Its database answers and stands at this release's tables, and it has not been told to end.

A database that is away when a node starts is no reason to end: the node waits at its threshold, answers 503, and takes up work
within a second of the database's return. What is wrong for good (tables of another release, a demonstration's database) ends a
process that has just been started, and keeps one that waits from ever taking up work, with a sentence that says why.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

import psycopg
from sqlalchemy import Engine

from engine.errors import JibanError
from services import demonstration
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.migrations import SchemaRefused, require_current
from services.presence import Presence
from services.shutdown import Shutdown

KNOCK_SECONDS = 0.5
"""How often whoever waits at the threshold asks the database."""

LOOK_SECONDS = 2.0
"""How often a node looks whether it is still known to serve."""


@dataclass(slots=True, kw_only=True)
class Threshold:
    """What stands between a node and its work. `demonstrates`: it serves a demonstration, whose database it has prepared.
    Crossed once, each statement finds out for itself whether the database answers."""

    database: Engine
    shutdown: Shutdown = field(default_factory=Shutdown)
    demonstrates: bool = False
    _crossed: Event = field(default_factory=Event)
    _why: str = "the database has not been asked yet"
    _presence: Presence = field(init=False)

    def __post_init__(self) -> None:
        self._presence = Presence(self.database)

    @classmethod
    def behind(cls, database: Engine) -> Threshold:
        """One that is crossed already, for whoever has looked at the database himself."""
        threshold = cls(database=database)
        threshold._crossed.set()
        return threshold

    @property
    def is_crossed(self) -> bool:
        """Has the database been found fit?"""
        return self._crossed.is_set()

    def cross(self) -> None:
        """Be known to serve, and look whether the database is fit. Raises DatabaseUnavailable, SchemaRefused,
        IsADemonstration."""
        try:
            self._be_present()
            require_current(self.database)
            if not self.demonstrates:
                with read(self.database) as connection:
                    demonstration.require_none(connection)
        except JibanError as error:
            self._why = str(error)
            if not isinstance(error, DatabaseUnavailable):
                self._crossed.clear()
            raise
        self._crossed.set()

    def keep(self) -> None:
        """Until the process is told to end: try until it is crossed, as a node does that was started without its database; and
        whenever the node was unknown for a while, look anew, for somebody may have migrated meanwhile."""
        while not self.shutdown.is_asked:
            with suppress(JibanError):
                if not self.is_crossed or not self._presence.is_held():
                    self.cross()
            self.shutdown.wait(LOOK_SECONDS if self.is_crossed else KNOCK_SECONDS)
        self._presence.leave()

    def _be_present(self) -> None:
        try:
            is_known = self._presence.take()
        except psycopg.Error as error:
            raise DatabaseUnavailable(type(error).__name__) from error
        if not is_known:
            raise SchemaRefused("somebody is migrating the database: wait until that is done")

    def admit(self) -> None:
        """The gate of every request. Raises DatabaseUnavailable until the threshold is crossed."""
        if not self.is_crossed:
            raise DatabaseUnavailable(self._why)

    def why_not(self) -> str | None:
        """Why nothing should be sent here now; None: it may. Asks the database. What may be told to anybody: the log knows
        more."""
        if self.shutdown.is_asked:
            return "this process has been told to end"
        try:
            require_current(self.database)
        except DatabaseUnavailable:
            return "the database does not answer"
        except SchemaRefused as error:
            return str(error)
        return None if self.is_crossed else "this process has not begun its work yet"
