"""What one case adds to the figures of a month, as whole numbers that can be added up.

Decides which month a case belongs to and as what: concluded in it, overdue at its end, accepted or turned away in it. All of
it is judged as of the month's end, whenever it is asked: a case concluded, withdrawn or terminated later was open then. It does
not know what is made of the sums (`engine.figures`), nor where cases are kept.

Everything here is a sum, so groups add up to their totals in whatever order, and a month of any size needs one `Tally` a group.

Time used (domain rules §4.3). Working days are those of (accepted, concluded]; the days of a stop `(start, end]` are left out
of the net time. Where stops overlap, each day is left out once, and it belongs to the stop that began first::

    accepted                                          concluded
    ──┼─────┼─────╞═ special ═══════╡─────┼─────┼─────┼──
                        ╞═ pause ═════════╡
                  └─ special's days ┘└ pause's ┘
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import combinations

from engine.calendar import Calendar
from engine.counted import ALL, Counted, Group, Measured, is_overdue
from engine.errors import InvalidInput
from engine.lifecycle import Standing, State
from engine.limits import Unit
from engine.months import Month
from engine.ratings import BAD
from engine.sentences import say
from engine.stops import Stop, StopKind


@dataclass(slots=True, kw_only=True)
class Tally:
    """The sums of a group. All but the two sets of processes are numbers of cases or of days; they only grow.

    `timed`: concluded cases whose acceptance is known; `net_workdays`, `span_days` and the days of stops are theirs. The pairs
    `promised_workdays` of `promised_statutory_workdays`, and `used_workdays` of `used_statutory_workdays`, are sums over the
    `compared` cases and the `accelerated` ones: those whose limits can be compared, in working days and not 0. `rated`: cases
    rated in the month, `praised` and `bad` of them; `rated_concluded`: of the concluded ones, those rated by its end; `mended`:
    bad ratings answered in it, `mended_in_time` of them, `unmended`: late and not answered at its end.
    """

    accepted: int = 0
    declined: int = 0
    not_applicable: int = 0
    returned: int = 0
    concluded: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    late_statutory: int = 0
    overdue: int = 0
    exempted: int = 0
    unlimited: int = 0
    instant: int = 0
    on_the_spot: int = 0
    special: int = 0
    timed: int = 0
    net_workdays: int = 0
    span_days: int = 0
    special_days: int = 0
    pause_days: int = 0
    hold_days: int = 0
    examination_days: int = 0
    children_days: int = 0
    compared: int = 0
    promised_workdays: int = 0
    promised_statutory_workdays: int = 0
    accelerated: int = 0
    used_workdays: int = 0
    used_statutory_workdays: int = 0
    processes: set[str] = field(default_factory=set)
    instant_processes: set[str] = field(default_factory=set)
    refiled: int = 0
    bundles_accepted: int = 0
    bundles: int = 0
    bundles_on_time: int = 0
    bundles_overdue: int = 0
    bundle_matters: int = 0
    rated: int = 0
    praised: int = 0
    bad: int = 0
    rated_concluded: int = 0
    mended: int = 0
    mended_in_time: int = 0
    unmended: int = 0

    def add(self, other: Tally) -> None:
        """Take another group's sums in."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.processes |= other.processes
        self.instant_processes |= other.instant_processes

    def count(self, case: Counted, calendar: Calendar, month: Month, through: date) -> None:
        """Take a case in. `through`: the last day that is over, at most the month's last (a month that still runs). The
        application for a bundle 一件事 is no matter: it is counted apart, its matters as any other."""
        if case.is_bundle:
            self._count_bundle(case, month, through)
            return
        if month.includes(case.accepted_on):
            self.accepted += 1
            self.refiled += case.is_refiled
        if month.includes(case.concluded_on):
            self._count_concluded(case, calendar)
            self.rated_concluded += case.rating is not None and case.rating.rated_on <= month.last
        elif is_overdue(case, month, through):
            self.overdue += 1
            self.exempted += case.is_exempted
        elif case.state in _TURNED_AWAY and month.includes(case.ended_on):
            setattr(self, case.state.value, getattr(self, case.state.value) + 1)

    def count_rating(self, case: Counted, month: Month, through: date) -> None:
        """Take its rating in, which may be of another month than the case, and be answered in a third."""
        rating = case.rating
        if rating is None:
            return
        if month.includes(rating.rated_on):
            self.rated += 1
            self.praised += rating.level > BAD
            self.bad += rating.level <= BAD
        if month.includes(rating.answered_on):
            self.mended += 1
            self.mended_in_time += rating.lapsed_on is None
        elif rating.lapsed_on is not None and rating.lapsed_on <= through:
            self.unmended += rating.answered_on is None or rating.answered_on > month.last

    def _count_bundle(self, case: Counted, month: Month, through: date) -> None:
        self.bundles_accepted += month.includes(case.accepted_on)
        if month.includes(case.concluded_on):
            self.bundles += 1
            self.bundles_on_time += case.standing is not Standing.LATE
        elif is_overdue(case, month, through):
            self.bundles_overdue += 1

    def _count_concluded(self, case: Counted, calendar: Calendar) -> None:
        self.concluded += 1
        self.bundle_matters += case.is_of_bundle
        self.processes.add(case.group.process)
        self.early += case.standing is Standing.EARLY
        self.on_time += case.standing is Standing.ON_TIME
        self.unlimited += case.governing is None
        self.special += any(stop.kind is StopKind.SPECIAL for stop in case.stops)
        if case.standing is Standing.LATE:
            self.late += 1
            self.late_statutory += _is_beyond_statute(case)
            self.exempted += case.is_exempted
        if case.is_instant:
            self.instant += 1
            self.instant_processes.add(case.group.process)
            self.on_the_spot += case.standing is not Standing.LATE
        self._count_limits(case)
        self._count_time(case, calendar)

    def _count_limits(self, case: Counted) -> None:
        """The promise against the statute, where both are working days."""
        if _in_workdays(case.promised) and _can_divide(case.statutory):
            assert case.promised is not None and case.statutory is not None
            self.compared += 1
            self.promised_workdays += case.promised.amount
            self.promised_statutory_workdays += case.statutory.amount

    def _count_time(self, case: Counted, calendar: Calendar) -> None:
        """The time used, and against the statute where that can be said."""
        if case.accepted_on is None or case.concluded_on is None:
            return
        net, stopped = time_used(case.accepted_on, case.concluded_on, case.stops, calendar)
        self.timed += 1
        self.net_workdays += net
        self.span_days += (case.concluded_on - case.accepted_on).days
        for kind, days in stopped.items():
            name = f"{kind.value}_days"
            setattr(self, name, getattr(self, name) + days)
        if _can_divide(case.statutory):
            assert case.statutory is not None
            self.accelerated += 1
            self.used_workdays += net
            self.used_statutory_workdays += case.statutory.amount


_SUMS = tuple(each.name for each in fields(Tally) if each.type == "int")
_TURNED_AWAY = frozenset({State.DECLINED, State.NOT_APPLICABLE, State.RETURNED})


def time_used(
    accepted_on: date, concluded_on: date, stops: Iterable[Stop], calendar: Calendar,
) -> tuple[int, Mapping[StopKind, int]]:
    """The net working days between two days, and the calendar days between them of each kind of stop there was."""
    net, days = calendar.workdays_between(accepted_on, concluded_on), dict[StopKind, int]()
    for kind, start, end in _cut(accepted_on, concluded_on, stops):
        net -= calendar.workdays_between(start, end)
        days[kind] = days.get(kind, 0) + (end - start).days
    return net, days


def _cut(first: date, last: date, stops: Iterable[Stop]) -> Iterator[tuple[StopKind, date, date]]:
    """The stops within (first, last], cut so that no day lies in two."""
    covered = first
    for stop in sorted(stops, key=lambda each: (each.start, each.seq)):
        start, end = max(stop.start, covered), last if stop.end is None else min(stop.end, last)
        if end > start:
            yield stop.kind, start, end
            covered = end


def _is_beyond_statute(case: Counted) -> bool:
    if case.statutory is None or case.statutory.due_on is None or case.concluded_on is None:
        return False
    return case.concluded_on > case.statutory.due_on


def _in_workdays(limit: Measured | None) -> bool:
    return limit is not None and limit.unit is Unit.WORKDAY


def _can_divide(limit: Measured | None) -> bool:
    """No ratio to a limit of 0, and none between different units."""
    return limit is not None and limit.unit is Unit.WORKDAY and limit.amount > 0


def tallied(
    cases: Iterable[tuple[Counted, Calendar]], month: Month, through: date, rated: Iterable[Counted] = (),
) -> dict[Group, Tally]:
    """The sums of each park, department and process that cases name. Each case comes with the calendar of its place; `rated`:
    those whose ratings concern the month."""
    tallies: dict[Group, Tally] = {}
    for case, calendar in cases:
        tallies.setdefault(case.group, Tally()).count(case, calendar, month, through)
    for case in rated:
        tallies.setdefault(case.group, Tally()).count_rating(case, month, through)
    return tallies


def narrowed(group: Group, by: Collection[str]) -> Group:
    """The wider group that keeps only the named parts (park, department, process) apart. Raises InvalidInput for another
    name."""
    if unknown := set(by) - set(Group._fields):
        raise InvalidInput("by", say(
            "figures are kept by {known}, not by “{found}”", known=tuple(Group._fields), found=min(unknown)[:20]))
    return Group(*(value if name in by else ALL for name, value in group._asdict().items()))


def rolled_up(tallies: Mapping[Group, Tally], by: Collection[str]) -> dict[Group, Tally]:
    """The sums with only the named parts of a group kept apart and the others taken together; with none named the total, which
    is there even when nothing was counted."""
    sums = {} if by else {Group(): Tally()}
    for group, tally in tallies.items():
        sums.setdefault(narrowed(group, by), Tally()).add(tally)
    return sums


def every_sum(tallies: Mapping[Group, Tally]) -> dict[Group, Tally]:
    """The sums of every group at every width, up to the total."""
    sums: dict[Group, Tally] = {}
    for kept in range(len(Group._fields) + 1):
        for by in combinations(Group._fields, kept):
            sums |= rolled_up(tallies, by)
    return sums
