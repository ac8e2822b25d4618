"""Where a decision list contradicts itself or leaves a gap, found before it is approved.

Decides it exactly: every column is cut at the values its cells name into regions that no cell can tell apart (a text nobody
names is “other”; between two bounds lies one region), so that a finite number of boxes stands for all cases there can be. Boxes
are walked column by column, with what is known of the same rows remembered; a table too tangled for that within a budget is
said not to have been looked at whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from engine.decision_lists import AnyOf, Between, Condition, DecisionList, Hit, Input, InputKind

_MOST_TOLD = 20
_BUDGET = 5_000_000  # looks at a row in a region, for gaps and for idle rows: about a second each
_OTHER = object()
_HALF = Decimal(1) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was found. `overlaps`: pairs of rows that can both fit; `gaps`: particulars for which no row does, in words;
    `idle`: rows that never count, because earlier ones take all their cases. At most twenty of each. `is_whole`: False when
    the table is too tangled to find every gap and idle row."""

    overlaps: tuple[tuple[int, int], ...] = ()
    gaps: tuple[str, ...] = ()
    idle: tuple[int, ...] = ()
    is_whole: bool = True


def review(table: DecisionList) -> Review:
    """Look a table over."""
    grid = _Grid.of(table)
    overlaps = tuple(grid.overlaps()) if table.hit is Hit.UNIQUE else ()
    gaps, is_whole = grid.gaps()
    idle, are_all = grid.idle()
    return Review(overlaps=overlaps, gaps=tuple(gaps), idle=tuple(idle), is_whole=is_whole and are_all)


@dataclass(slots=True)
class _Spent(Exception):
    """The budget is used up."""


@dataclass(slots=True, kw_only=True)
class _Grid:
    """`regions`: of each column, what stands for each; `rows`: of each row and column, the regions it accepts, as bits."""

    columns: Sequence[Input]
    regions: Sequence[Sequence[object]]
    rows: Sequence[Sequence[int]]
    left: int = 0
    covered: set[tuple[int, frozenset[int]]] = field(default_factory=set)

    @classmethod
    def of(cls, table: DecisionList) -> _Grid:
        regions = [_regions(column, [rule.conditions[place] for rule in table.rules])
                   for place, column in enumerate(table.shape.inputs)]
        rows = [[_bits(condition, found) for condition, found in zip(rule.conditions, regions, strict=True)]
                for rule in table.rules]
        return cls(columns=table.shape.inputs, regions=regions, rows=rows)

    def overlaps(self) -> Iterator[tuple[int, int]]:
        """Pairs of rows, numbered from 1, that fit together somewhere."""
        told = 0
        for later, row in enumerate(self.rows):
            for earlier in range(later):
                if all(one & other for one, other in zip(self.rows[earlier], row, strict=True)):
                    yield earlier + 1, later + 1
                    told += 1
                    if told == _MOST_TOLD:
                        return

    def gaps(self) -> tuple[list[str], bool]:
        """Boxes that no row covers, in words; and whether all of the table was looked at."""
        found: list[str] = []
        everything = [(1 << len(regions)) - 1 for regions in self.regions]
        self.left, self.covered = _BUDGET, set()
        try:
            for box in self._uncovered(0, frozenset(range(len(self.rows))), everything, ()):
                found.append(self._told(box))
                if len(found) == _MOST_TOLD:
                    break
        except _Spent:
            return found, False
        return found, True

    def idle(self) -> tuple[list[int], bool]:
        """Rows, numbered from 1, whose every box an earlier row takes; and whether all could be looked at."""
        found: list[int] = []
        self.left = _BUDGET
        try:
            for number, row in enumerate(self.rows):
                self.covered = set()
                if next(self._uncovered(0, frozenset(range(number)), row, ()), None) is None:
                    found.append(number + 1)
        except _Spent:
            return found[:_MOST_TOLD], False
        return found[:_MOST_TOLD], True

    def _uncovered(
        self, place: int, rows: frozenset[int], within: Sequence[int], box: tuple[int, ...],
    ) -> Iterator[tuple[int, ...]]:
        """Boxes inside `within` that none of the rows covers, from column `place` on. What is wholly covered is remembered by
        the rows that are left: the columns before no longer matter."""
        if (place, rows) in self.covered:
            return
        self.left -= 1 + len(rows) * (within[place].bit_count() if place < len(self.columns) else 0)
        if self.left < 0:
            raise _Spent
        if place == len(self.columns):
            if not rows:
                yield box
            return
        is_covered = True
        for region in range(len(self.regions[place])):
            if within[place] >> region & 1:
                taking = frozenset(row for row in rows if self.rows[row][place] >> region & 1)
                for uncovered in self._uncovered(place + 1, taking, within, (*box, region)):
                    is_covered = False
                    yield uncovered
        if is_covered:
            self.covered.add((place, rows))

    def _told(self, box: Sequence[int]) -> str:
        return ", ".join(f"{column.title} {_named(regions[region])}"
                         for column, regions, region in zip(self.columns, self.regions, box, strict=True))


def _regions(column: Input, conditions: Sequence[Condition | None]) -> list[object]:
    """What stands for each region of a column."""
    match column.kind:
        case InputKind.BOOL:
            return [True, False]
        case InputKind.TEXT:
            named = {value for each in conditions if isinstance(each, AnyOf) for value in each.values}
            return [*sorted(named, key=str), _OTHER]
        case InputKind.NUMBER:
            bounds = sorted({bound for each in conditions if isinstance(each, Between) for bound in (each.low, each.high)
                             if bound is not None})
            return _numbers(bounds)


def _numbers(bounds: Sequence[Decimal]) -> list[object]:
    """A number below all bounds, each bound, one between any two, and one above all."""
    if not bounds:
        return [Decimal(0)]
    inner: list[object] = []
    for low, high in pairwise(bounds):
        inner += [low, (low + high) * _HALF]
    return [bounds[0] - 1, *inner, bounds[-1], bounds[-1] + 1]


def _bits(condition: Condition | None, regions: Sequence[object]) -> int:
    """The regions a condition accepts. A text nobody names is none of its values."""
    return sum(1 << place for place, region in enumerate(regions) if condition is None or condition.accepts(region))


def _named(region: object) -> str:
    if region is _OTHER:
        return "其他"
    if isinstance(region, bool):
        return "是" if region else "否"
    return f"{region.normalize():f}" if isinstance(region, Decimal) else str(region)
