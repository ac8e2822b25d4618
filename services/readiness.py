"""May this process be sent work? Its database answers and stands at this release's tables, and it has not been told to end.

A database that is away when a node starts is no reason to end: the node waits at its threshold, answers 503, and takes up work
within a second of the database's return. What is wrong for good (tables of another release, a demonstration's database) ends a
process that has just been started, and keeps one that waits from ever taking up work, with a sentence that says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event

from sqlalchemy import Engine

from engine.errors import JibanError
from services import demonstration
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.migrations import SchemaRefused, require_current
from services.shutdown import Shutdown

KNOCK_SECONDS = 0.5
"""How often whoever waits at the threshold asks the database."""


@dataclass(slots=True, kw_only=True)
class Threshold:
    """What stands between a node and its work. `demonstrates`: it serves a demonstration, whose database it has prepared."""

    database: Engine
    shutdown: Shutdown = field(default_factory=Shutdown)
    demonstrates: bool = False
    _crossed: Event = field(default_factory=Event)
    _why: str = "the database has not been asked yet"

    @classmethod
    def behind(cls, database: Engine) -> Threshold:
        """One that is crossed already, for whoever has looked at the database himself."""
        threshold = cls(database=database)
        threshold._crossed.set()
        return threshold

    @property
    def is_crossed(self) -> bool:
        """Has the database been found fit once? From then on each statement finds out for itself."""
        return self._crossed.is_set()

    def cross(self) -> None:
        """Look whether the database is fit. Raises DatabaseUnavailable, SchemaRefused, IsADemonstration."""
        try:
            require_current(self.database)
            if not self.demonstrates:
                with read(self.database) as connection:
                    demonstration.require_none(connection)
        except JibanError as error:
            self._why = str(error)
            raise
        self._crossed.set()

    def knock(self) -> None:
        """Try until it is crossed, or until the process is told to end: what a node does that was started without its
        database."""
        while not self.is_crossed and not self.shutdown.is_asked:
            try:
                self.cross()
            except JibanError:
                self.shutdown.wait(KNOCK_SECONDS)

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
