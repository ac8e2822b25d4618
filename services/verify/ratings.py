"""What the facts of one case say of its rating 好差评, and its row against them: rated once, a bad one answered once.

Written down a second time from outside; a test holds it against the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row

from services.verify.chain import Told
from services.verify.clocks import day_at
from services.verify.report import Found

BAD = 2
"""A rating of this level and below opens a task."""
BESIDE = 1_000_000_000
"""The number of a task beside the diagram is this and the number of the fact that asked for it, or that rated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A rating as its facts have made it."""

    told: Told
    state: str
    lapsed_on: object = None
    answered_on: str | None = None


@dataclass(slots=True, kw_only=True)
class Ratings:
    """The rating so far, None while there is none. `open`: the task of a bad one that is not answered."""

    found: Found
    rated: Rated | None = None
    open: set[int] = field(default_factory=set)

    def take(self, told: Told) -> None:
        """Take the next fact."""
        match told.kind:
            case "ServiceRated":
                self._rate(told)
            case "RatingAnswered":
                self._answer(told)
            case "DeadlineLapsed" | "LapseRepaired" if self.rated is not None:
                if told.data.get("clock") == f"rating:{self.rated.told.seq}":
                    self.rated = replace(self.rated, lapsed_on=told.data.get("due_on"))

    def _rate(self, told: Told) -> None:
        if self.rated is not None:
            self.found("rating", told.seq, f"the case is rated a second time; fact {self.rated.told.seq} had rated it")
        is_bad = told.whole("level") <= BAD
        self.rated = Rated(told=told, state="open" if is_bad else "settled")
        self.open = {BESIDE + told.seq} if is_bad else set()

    def _answer(self, told: Told) -> None:
        if told.whole("token") not in self.open:
            self.found("reference", told.seq, f"{told.kind} is about {told.whole('token')}, which no bad rating has opened")
        self.open.discard(told.whole("token"))
        if self.rated is not None:
            self.rated = replace(self.rated, state="answered", answered_on=day_at(told.at))


def check_rating(row: Row[Any], ratings: Ratings, stored: Sequence[Row[Any]], found: Found) -> None:
    """A rated case has its row as the facts say, and no other has one."""
    rated = ratings.rated
    expected = [] if rated is None else [(
        rated.told.seq, rated.told.data.get("level"), rated.state, row.process, row.park, row.department,
        day_at(rated.told.at), rated.lapsed_on, rated.answered_on)]
    names = ("seq", "level", "state", "process", "park", "department", "rated_on", "lapsed_on", "answered_on")
    there = [tuple(getattr(each, name) for name in names) for each in stored]
    if there != expected:
        found("rating", rated.told.seq if rated else None, f"it is kept as {there}, its facts say {expected}")
