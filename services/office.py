"""What an office works with all day: the published calendar, its policy, its time zone and the programs already compiled.

One value per process of the operating system, made at start and passed down; it holds no case and nothing that a
transaction could change. A deployed definition never changes, so a compiled program is kept as long as there is room.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from engine.calendar import Calendar
from engine.case import Terms
from engine.supervision import Policy
from services import deployments
from services.calendars import load_calendar
from services.deployments import Deployment
from services.settings import Settings

_KEPT = 256


@dataclass(slots=True, kw_only=True)
class Office:
    """The terms of one office. `deployments` is a bounded cache by definition id; it never holds anything mutable."""

    calendar: Calendar
    policy: Policy
    shelf: Path
    cache: OrderedDict[int, Deployment] = field(default_factory=OrderedDict)

    def deployment(self, connection: Connection, definition_id: int) -> Deployment:
        """The compiled definition of a case, read once and kept."""
        if (kept := self.cache.get(definition_id)) is not None:
            return kept
        loaded = deployments.load(connection, definition_id)
        self.cache[definition_id] = loaded
        while len(self.cache) > _KEPT:
            self.cache.popitem(last=False)
        return loaded

    def terms(self, deployment: Deployment) -> Terms:
        """Under what terms a case of this definition runs."""
        return Terms(limits=deployment.definition.process.limits, calendar=self.calendar, policy=self.policy)


def open_office(settings: Settings) -> Office:
    """The office of these settings: reads the shelf's calendars. Raises JibanError when a notice contradicts itself."""
    return Office(calendar=load_calendar(settings.shelf), policy=Policy(), shelf=settings.shelf)
