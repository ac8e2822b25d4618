"""The figures of a month: as they stand, and as they were when the month ended.

As they stand they are counted from the cases whenever somebody asks, as of the month's end but by the deadlines the cases have
now. What was true at the end is written down once, when the month is over (`freeze`): a snapshot of every group. It is never
restated. Whoever freezes a frozen month compares: where the figures have become others, a further row is added, a amendment
更正 that says from what to what, for which cases and why (`services.figure_causes`)::

    month runs          month is over                a closure is approved for it
    ── as it stands ──► row 0: as the month ended ──► row 1: 更正 ──► row 2: 更正 …

This room counts what it is given; what a figure means is decided by `engine.figures`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import orjson
from sqlalchemy import Connection, Engine

from engine.calendar import Calendar
from engine.case import local_day
from engine.counted import ALL, Counted, Group, counted
from engine.errors import Forbidden, InvalidInput
from engine.figures import FIGURES, Change, Figures, as_json, changes, figures, from_json
from engine.months import Month, month_before, month_of, read_month
from engine.sentences import say
from engine.tallies import Tally, every_sum, narrowed, rolled_up, tallied
from services.database import reading, writing
from services.figure_causes import causes, reason
from services.folded import fold_of_bytes
from services.office import Office
from services.store import figures as store
from services.store.figures import LawChangeRow, SnapshotRow

RECENT = 3
"""Months that are compared again every hour."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A group's figures as they were written down at `made_at`. `number` 0: as the month ended; from 1 on: a amendment 更正,
    with its `reason`."""

    group: Group
    number: int
    figures: Figures
    reason: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a month, the total first. `is_frozen`: they are those of the month's end, and `amendments` what was found
    since; else they are as they stand, and there are none."""

    month: Month
    is_frozen: bool
    groups: tuple[tuple[Group, Figures], ...]
    amendments: tuple[Snapshot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What freezing a month wrote: `originals` the first time, `amendments` where a figure had become another since."""

    month: Month
    originals: int = 0
    amendments: int = 0


def report(connection: Connection, office: Office, month: Month, *, by: Collection[str] = (), now: datetime) -> Report:
    """A month's figures by the named parts (park, department, process) and in total: the snapshot when there is one, else as
    they stand. Raises InvalidInput for a month that has not begun, or an unknown part."""
    if store.frozen_at(connection, month) is None:
        live = month_figures(connection, office, month, by=by, now=now)
        return Report(month=month, is_frozen=False, groups=tuple(live.items()), amendments=())
    rows = [_snapshot(row) for row in store.snapshots(connection, month) if _is_asked(_group(row), by)]
    return Report(month=month, is_frozen=True, groups=tuple((row.group, row.figures) for row in rows if row.number == 0),
                  amendments=tuple(row for row in rows if row.number))


def month_figures(
    connection: Connection, office: Office, month: Month, *, by: Collection[str] = (), now: datetime,
) -> dict[Group, Figures]:
    """A month's figures as they stand, the total first: judged as of its end, by the deadlines as they are now; a month that
    still runs by what is over of it. Raises InvalidInput for a month that has not begun, or an unknown part."""
    today = local_day(now)
    if month.first > today:
        raise InvalidInput("month", say(
            "{month} has not begun; the latest month with figures is {latest}", month=month.text, latest=month_of(today).text))
    counts = _tallies(connection, office, month, min(month.last, today - _DAY))
    sums = rolled_up(counts, ()) | dict(sorted(rolled_up(counts, by).items()))
    return {group: figures(tally) for group, tally in sums.items()}


def snapshots(connection: Connection, month: Month) -> list[Snapshot]:
    """What was written down about a month: for each group, in order, the original and then its amendments."""
    return [_snapshot(row) for row in store.snapshots(connection, month)]


def freeze(connection: Connection, office: Office, month: Month, *, now: datetime) -> Frozen:
    """Write down what is true of a month that is over; of one that was written down, what has become other since. Raises
    Forbidden for a month that is not over."""
    if month.last >= local_day(now):
        raise Forbidden("freeze", say(
            "{month} is not over; it can be frozen from {day} on, and until then its figures are shown as they stand",
            month=month.text, day=month.last + _DAY))
    store.take_turn(connection)
    sums, latest = _sums(connection, office, month), _latest(connection, month)
    if not latest:
        return _write_originals(connection, month, sums, now)
    rows = _amendments(connection, office, month, sums, latest, now)
    store.insert_snapshots(connection, rows)
    return Frozen(month=month, amendments=len(rows))


def freeze_due(database: Engine, office: Office, *, now: datetime) -> Frozen | None:
    """Freeze the month before, unless it is frozen. For every tick: when there is nothing to do it costs one small
    statement."""
    month = month_before(local_day(now))
    with reading(database) as connection:
        if store.frozen_at(connection, month) is not None:
            return None
        sums = _sums(connection, office, month)  # before anybody has to wait for us
    with writing(database) as connection:
        store.take_turn(connection)
        if store.frozen_at(connection, month) is not None:
            return None
        return _write_originals(connection, month, sums, now)


def amend_due(database: Engine, office: Office, *, now: datetime) -> int:
    """Compare the frozen months that changes of the calendar reach with how they stand now, once every open clock was counted
    again under those changes. Returns how many amendments were written. For every tick, as `freeze_due`; running it twice
    changes nothing."""
    with reading(database) as connection:
        applied = _applied(store.law_changes(connection, after=store.compared_with(connection)))
        reached = store.frozen_since(connection, min(change.first_on for change in applied)[:7]) if applied else []
    months, written = [read_month(text) for text in reached], 0
    if any(month.last >= local_day(now) for month in months):
        return 0  # the clock was set back behind the end of a frozen month: later
    for month in months:
        with writing(database) as connection:
            written += freeze(connection, office, month, now=now).amendments
    if applied:
        with writing(database) as connection:
            store.set_compared_with(connection, applied[-1].version)
    return written


def amend_recent(database: Engine, office: Office, *, now: datetime) -> int:
    """Compare the frozen months of the last quarter with how they stand now: a card exempted, an acceptance that is deemed one.
    Returns how many amendments were written; for every hour."""
    month = month_of(local_day(now))
    for _ in range(RECENT):
        month = month_before(month.first)
    with reading(database) as connection:
        reached = store.frozen_since(connection, month.text)
    written = 0
    for each in (read_month(text) for text in reached):
        if each.last < local_day(now):  # else the clock was set back: later
            with writing(database) as connection:
                written += freeze(connection, office, each, now=now).amendments
    return written


def as_object(found: Report) -> dict[str, object]:
    """A report for programs, the same through every door; no figure without its definition."""
    return {
        "month": found.month.text, "is_frozen": found.is_frozen,
        "groups": [{**group._asdict(), "figures": as_json(values)} for group, values in found.groups],
        "definitions": {figure.name: {"label": figure.label, "definition": figure.definition, "unit": figure.unit}
                        for figure in FIGURES},
        "amendments": [{**row.group._asdict(), "number": row.number, "reason": row.reason,
                         "made_at": row.made_at.isoformat(), "figures": as_json(row.figures)} for row in found.amendments]}


def _applied(found: list[LawChangeRow]) -> list[LawChangeRow]:
    """The changes up to the first that clocks are not yet counted under."""
    waiting = next((place for place, change in enumerate(found) if change.applied_at is None), len(found))
    return found[:waiting]


def _sums(connection: Connection, office: Office, month: Month) -> dict[Group, Figures]:
    """The figures of every group of a month that is over, at every width."""
    return {group: figures(tally) for group, tally in every_sum(_tallies(connection, office, month, month.last)).items()}


def _latest(connection: Connection, month: Month) -> dict[Group, SnapshotRow]:
    """The newest row of each group; none while the month is not frozen."""
    return {_group(row): row for row in store.snapshots(connection, month)}  # a group's rows come in their order


def _write_originals(connection: Connection, month: Month, sums: dict[Group, Figures], now: datetime) -> Frozen:
    store.insert_snapshots(connection, [_row(month, group, 0, found, "", now) for group, found in sums.items()])
    return Frozen(month=month, originals=len(sums))


def _tallies(connection: Connection, office: Office, month: Month, through: date) -> dict[Group, Tally]:
    office.refresh(connection)
    rated = (counted(fold_of_bytes(row.fold)) for row in store.rated_of(connection, month))
    return tallied(_cases(connection, office, month), month, through, rated)


def _cases(connection: Connection, office: Office, month: Month) -> Iterator[tuple[Counted, Calendar]]:
    for row in store.cases_of(connection, month):
        case = fold_of_bytes(row.fold)
        yield counted(case), office.law.calendar(park=case.park, window=case.window, system=case.system)


def _amendments(
    connection: Connection, office: Office, month: Month, sums: dict[Group, Figures], latest: dict[Group, SnapshotRow],
    now: datetime,
) -> list[SnapshotRow]:
    """A further row for each group that is not what its newest row says. A group without a row had nothing to count."""
    nothing = figures(Tally())
    differing: dict[Group, tuple[Change, ...]] = {}
    for group in sorted(sums.keys() | latest.keys()):
        was = _figures(latest[group]) if group in latest else nothing
        if found := changes(was, sums.get(group, nothing)):
            differing[group] = found
    since = {group: latest.get(group, latest[Group()]).made_at for group in differing}
    why = causes(connection, office, month, since)
    return [_row(month, group, latest[group].number + 1 if group in latest else 1, sums.get(group, nothing),
                 reason(found, why[group]), now) for group, found in differing.items()]


def _row(month: Month, group: Group, number: int, found: Figures, why: str, now: datetime) -> SnapshotRow:
    return SnapshotRow(month=month.text, park=group.park, department=group.department, process=group.process, number=number,
                       body=orjson.dumps(as_json(found)), reason=why, made_at=now)


def _snapshot(row: SnapshotRow) -> Snapshot:
    return Snapshot(group=_group(row), number=row.number, figures=_figures(row), reason=row.reason, made_at=row.made_at)


def _figures(row: SnapshotRow) -> Figures:
    return from_json(orjson.loads(row.body))


def _group(row: SnapshotRow) -> Group:
    return Group(park=row.park, department=row.department, process=row.process)


def _is_asked(group: Group, by: Collection[str]) -> bool:
    """Is it the total, or a group of just the named parts?"""
    return group == Group() or (narrowed(group, by) == group and all(group._asdict()[part] != ALL for part in by))
