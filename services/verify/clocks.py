"""What the facts of one case say of its clocks: each by its name, with its last deadline, whether it runs and has lapsed.

A clock of the case as a whole is kept when it is over, since the case is judged by it; one that belongs to a drawn timer, a
stop or an order is gone then. The rules are those of the fold, written down a second time from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta, timezone

from services.verify.chain import EPOCH, Told, micros_of
from services.verify.report import Found

_SHANGHAI = timezone(timedelta(hours=8))
_KEPT = frozenset({"statutory", "promised", "target", "hand_over"})
_GOVERNING = ("promised", "target", "statutory")
_DRAWN = frozenset({"statutory", "promised", "target", "stage", "notice", "applicant"})
OF_ORDERS = ("order:", "follow_up:", "rating:", "push:")
"""How the clocks begin that may outlive their case: a supervision order and a bad rating want their answer all the same, a
permit its conditions met, a pushed result its receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSaid:
    """A clock as its facts have made it. `token`: of the drawn timer it belongs to, None for one of the case."""

    kind: str
    node: str
    token: object
    amount: object
    unit: object
    since_on: str | None
    due: str | None
    due_on: str | None
    lapses_at: int | None
    is_provisional: bool
    law: object
    version: int = 1
    has_lapsed: bool = False
    is_over: bool = False


@dataclass(slots=True, kw_only=True)
class Clocks:
    """The clocks so far. `counted_from`: the instant the case's own count from, as written; None before acceptance."""

    found: Found
    counted_from: object = None
    said: dict[str, ClockSaid] = field(default_factory=dict)

    @property
    def running(self) -> dict[str, ClockSaid]:
        """Those that are not over."""
        return {name: clock for name, clock in self.said.items() if not clock.is_over}

    @property
    def governing(self) -> ClockSaid | None:
        """The clock people look at: what was promised, else the target, else the statutory one."""
        return next(self._of_the_case(), None)

    def take(self, told: Told) -> None:
        """Take the next fact."""
        match told.kind:
            case "CaseAccepted" | "CaseBroughtIn":
                self.counted_from = told.data.get("counted_from")
            case "ClockStarted":
                self._start(told)
            case "ClockMoved":
                self._change(told, lambda clock: _moved(clock, told), over_too=True)
            case "ClocksRecounted":
                self._recount(told)
            case "ClockStopped":
                self._stop(told)
            case "DeadlineLapsed":
                self._lapse(told)
            case "LapseRepaired":
                self._change(told, lambda clock: replace(clock, has_lapsed=False), over_too=True)

    def _of_the_case(self) -> Iterator[ClockSaid]:
        for kind in _GOVERNING:
            yield from (clock for clock in self.said.values() if clock.kind == kind and clock.token is None)

    def _start(self, told: Told) -> None:
        name, data = str(told.data.get("clock")), told.data
        if name in self.running:
            self.found("clock", told.seq, f"the clock {name} is started, but it runs already")
        self.said.pop(name, None)
        self.said[name] = ClockSaid(
            kind=str(data.get("kind") or name), node=str(data.get("node", "")), token=data.get("token"),
            amount=data.get("amount"), unit=data.get("unit"), law=data.get("law", 0),
            since_on=_day_of(data.get("counted_from") or self.counted_from), due=data.get("due"), due_on=data.get("due_on"),
            lapses_at=micros_of(data.get("lapses_at")), is_provisional=bool(data.get("is_provisional")))

    def _change(self, told: Told, change: Callable[[ClockSaid], ClockSaid], *, over_too: bool = False) -> None:
        """`over_too`: a change of the calendar also moves what is over, so that the case is judged anew."""
        name = str(told.data.get("clock"))
        clock = self.said.get(name)
        if clock is None or (clock.is_over and not over_too):
            self.found("clock", told.seq, f"{told.kind} is told of the clock {name}, which does not run")
        else:
            self.said[name] = change(clock)

    def _recount(self, told: Told) -> None:
        """A change of the calendar moves several at once."""
        for each in told.data.get("recounts", ()):
            one = replace(told, data={**each, "law": told.data.get("law", 0)})
            self._change(one, lambda clock, one=one: _moved(clock, one), over_too=True)  # type: ignore[misc]

    def _stop(self, told: Told) -> None:
        self._change(told, lambda clock: replace(clock, is_over=True))
        name = str(told.data.get("clock"))
        clock = self.said.get(name)
        if clock is not None and not (clock.token is None and clock.kind in _KEPT):
            del self.said[name]

    def _lapse(self, told: Told) -> None:
        name = str(told.data.get("clock"))
        clock = self.running.get(name)
        if clock is None and name in _DRAWN and "version" not in told.data:
            return  # an earlier release told the lapse of a drawn limit, which had no clock yet, by its kind
        if clock is not None and clock.has_lapsed:
            self.found("lapse", told.seq, f"the clock {name} lapses a second time; its deadline {clock.due} had lapsed")
        elif clock is not None and _deadline_of(told, clock) != (clock.version, clock.lapses_at):
            self.found("lapse", told.seq, f"the clock {name} lapses at {told.data.get('scheduled_at')}, which is not its "
                                          f"deadline {clock.version}, {clock.due}")
        self._change(told, lambda clock: replace(clock, has_lapsed=True))


def _deadline_of(told: Told, clock: ClockSaid) -> tuple[object, int | None]:
    """Which deadline a lapse is about; an earlier release did not number it."""
    return told.data.get("version", clock.version), micros_of(told.data.get("scheduled_at"))


def _moved(clock: ClockSaid, told: Told) -> ClockSaid:
    data, lapses_at = told.data, micros_of(told.data.get("lapses_at"))
    return replace(
        clock, due=data.get("due"), due_on=data.get("due_on"), lapses_at=lapses_at,
        is_provisional=bool(data.get("is_provisional")), law=data.get("law", 0),
        version=clock.version + (data.get("due") != clock.due),
        has_lapsed=clock.has_lapsed and lapses_at is not None and lapses_at <= told.at)


def _day_of(text: object) -> str | None:
    """The day of an instant where the office is."""
    at = micros_of(text)
    return None if at is None else day_at(at)


def day_at(at: int) -> str:
    """The day of a stored instant where the office is."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(_SHANGHAI).date().isoformat()
