"""Decision lists 决策清单: a table that picks a branch, as an office publishes it (技审分离, 告知承诺, 免于审查 by
项目类型、规模、 区位).

Decides what a cell may say, which row fits the particulars of a case, and where a table contradicts itself or leaves a gap. It
is the part of DMN that an official can keep in a spreadsheet: rows of cells, blank for “any”, read from the top.

    text      厂房、仓库           one of these           ≠厂房、仓库        none of these
    number    ≤3000  >3000  5      compared               1000-3000         both ends belong; [1000,3000) as it is written
    bool      是  否

Hit policies (DMN 1.5 §8.2.8): `first`, the topmost row that fits counts; `unique`, no two rows may fit together, and a table
where they could is refused. Overlaps and gaps are found exactly, by cutting each column at the values its cells name. A cell
asks for its value only when it decides: a blank one never does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from math import isfinite

from engine.errors import InvalidInput
from engine.sentences import say

MAX_ROWS = 1000
MAX_INPUTS = 12
_MAX_CELL = 500
_MAX_TEXT = 1000
_ANY = ("", "-", "—", "*", "任意", "不限")
_TRUTHS = {"是": True, "TRUE": True, "否": False, "FALSE": False}
_SEPARATORS = re.compile(r"[、,;|]")
_NUMBER = r"[+-]?\d{1,15}(?:\.\d{1,9})?"
_COMPARED = re.compile(rf"(<=|>=|<|>|=)?({_NUMBER})", re.ASCII)
_SPAN = re.compile(rf"({_NUMBER})(?:-|~|至)({_NUMBER})", re.ASCII)
_INTERVAL = re.compile(rf"([\[(])({_NUMBER}),({_NUMBER})([\])])", re.ASCII)
_SIGNS = str.maketrans({"≤": "<=", "≥": ">=", "～": "~", "–": "-", "—": "-", "【": "[", "】": "]"})


class Hit(Enum):
    """Which row counts when several fit."""

    FIRST = "first"  # the topmost
    UNIQUE = "unique"  # never several


class InputKind(Enum):
    """What a column compares."""

    TEXT = "text"
    NUMBER = "number"
    BOOL = "bool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A column. `name`: the field of the case's data; `title`: its header."""

    name: str
    title: str
    kind: InputKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a list decides and on what: published on the shelf with the diagrams that read its outcome. `hit`: as new versions
    have it unless they say otherwise."""

    code: str
    name: str
    inputs: tuple[Input, ...]
    outcomes: tuple[str, ...]
    hit: Hit = Hit.FIRST
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row as it was written: its cells by input, "" for any."""

    cells: Mapping[str, str]
    outcome: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The texts or truths a cell accepts; `is_not`: all others."""

    values: frozenset[object]
    is_not: bool = False

    def accepts(self, value: object) -> bool:
        return (value in self.values) is not self.is_not


@dataclass(frozen=True, slots=True)
class Between:
    """The numbers a cell accepts. An end None has no bound; `has_low` and `has_high`: does the end belong to it?"""

    low: Decimal | None
    high: Decimal | None
    has_low: bool = True
    has_high: bool = True

    def accepts(self, value: object) -> bool:
        assert isinstance(value, Decimal)
        above = self.low is None or value > self.low or (self.has_low and value == self.low)
        return above and (self.high is None or value < self.high or (self.has_high and value == self.high))


Condition = AnyOf | Between


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row compiled. `conditions`: None where the cell accepts anything."""

    conditions: tuple[Condition | None, ...]
    outcome: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionList:
    """A table ready to be asked."""

    shape: Shape
    hit: Hit
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a table says of a case. `row`: 1 for the first, None: none fits. `missing`: inputs without which it cannot say."""

    row: int | None = None
    outcome: str = ""
    basis: str = ""
    missing: tuple[str, ...] = ()


def compile_list(shape: Shape, hit: Hit, lines: Sequence[Line]) -> DecisionList:
    """A table of these rows. Raises InvalidInput: “row 3 项目类型”."""
    if not 1 <= len(lines) <= MAX_ROWS:
        raise InvalidInput("rows", say("a list has 1 to {most} rows, found {count}", most=MAX_ROWS, count=len(lines)))
    rules = []
    for number, line in enumerate(lines, 1):
        try:
            rules.append(compile_line(shape, line))
        except InvalidInput as refusal:
            raise InvalidInput(f"row {number} {refusal.field}".rstrip(), refusal.reason) from refusal
    return DecisionList(shape=shape, hit=hit, rules=tuple(rules))


def compile_line(shape: Shape, line: Line) -> Rule:
    """One row. Raises InvalidInput whose field is the input or “outcome”."""
    if line.outcome not in shape.outcomes:
        raise InvalidInput("outcome", say(
            "expected one of {known}, found “{found}”", known='、'.join(shape.outcomes), found=line.outcome[:40]))
    if len(line.basis) > _MAX_TEXT:
        raise InvalidInput("basis", say("expected at most {most} characters", most=_MAX_TEXT))
    conditions = tuple(_condition(each, line.cells.get(each.name, "")) for each in shape.inputs)
    return Rule(conditions=conditions, outcome=line.outcome, basis=line.basis)


def ask(table: DecisionList, values: Mapping[str, object]) -> Answer:
    """Which row fits these particulars. Raises InvalidInput when a value is of another kind than its column."""
    known = [_comparable(each, values.get(each.name)) for each in table.shape.inputs]
    undecided: tuple[str, ...] = ()
    for number, rule in enumerate(table.rules, 1):
        missing = _missing(table.shape, rule, known)
        if missing is None:
            continue
        if not missing:
            return Answer(row=number, outcome=rule.outcome, basis=rule.basis)
        undecided = undecided or missing
        if table.hit is Hit.FIRST:
            break
    return Answer(missing=undecided)


def _missing(shape: Shape, rule: Rule, known: Sequence[object]) -> tuple[str, ...] | None:
    """The inputs a rule still needs; none: it fits. None: it does not fit, whatever they are."""
    missing = []
    for each, condition, value in zip(shape.inputs, rule.conditions, known, strict=True):
        if condition is None:
            continue
        if value is None:
            missing.append(each.name)
        elif not condition.accepts(value):
            return None
    return tuple(missing)


def _comparable(column: Input, value: object) -> object:
    """A value as its column compares it; None: it is not there. Raises InvalidInput."""
    match value, column.kind:
        case (None | "", _):
            return None
        case (bool(), InputKind.BOOL):
            return value
        case (str(), InputKind.TEXT):
            return plain(value)
        case (int() | float(), InputKind.NUMBER) if not isinstance(value, bool) and isfinite(value):
            return Decimal(repr(value))
    raise InvalidInput(column.name, say(
        "{column}: expected a {kind}, found {found}", column=column.title, kind=column.kind, found=f"{value!r:.40}"))


def _condition(column: Input, cell: str) -> Condition | None:
    """What a cell accepts; None: anything. Raises InvalidInput."""
    text = " ".join(cell.strip().replace("\n", "、").split())
    if text in _ANY:
        return None
    if len(text) > _MAX_CELL:
        raise InvalidInput(column.name, say("a cell has at most {most} characters", most=_MAX_CELL))
    match column.kind:
        case InputKind.BOOL:
            if (truth := _TRUTHS.get(plain(text).upper())) is None:
                raise InvalidInput(column.name, say("expected 是 or 否, found “{found}”", found=text[:40]))
            return AnyOf(frozenset({truth}))
        case InputKind.NUMBER:
            return _numbers(column, unicodedata.normalize("NFKC", text.translate(_SIGNS)).replace(" ", ""))
        case InputKind.TEXT:
            return _texts(column, unicodedata.normalize("NFKC", text))


def _texts(column: Input, text: str) -> AnyOf:
    is_not = text.startswith(("≠", "!"))
    values = [plain(each) for each in _SEPARATORS.split(text.lstrip("≠!"))]
    if not all(values):
        raise InvalidInput(column.name, say("“{text}” has an empty place between two 、", text=text[:40]))
    return AnyOf(frozenset(values), is_not)


def _numbers(column: Input, text: str) -> Between:
    if (match := _COMPARED.fullmatch(text)) is not None:
        bound = Decimal(match[2])
        return {"<": Between(None, bound, has_high=False), "<=": Between(None, bound), ">=": Between(bound, None),
                ">": Between(bound, None, has_low=False)}.get(match[1], Between(bound, bound))
    if (match := _SPAN.fullmatch(text)) is not None:
        span = Between(Decimal(match[1]), Decimal(match[2]))
    elif (match := _INTERVAL.fullmatch(text)) is not None:
        span = Between(Decimal(match[2]), Decimal(match[3]), match[1] == "[", match[4] == "]")
    else:
        raise InvalidInput(column.name, say(
            "expected a number, ≤3000, >3000, 1000-3000 or [1000,3000), found “{found}”", found=text[:40]))
    assert span.low is not None and span.high is not None
    if span.low > span.high or (span.low == span.high and not (span.has_low and span.has_high)):
        raise InvalidInput(column.name, say("no number lies in “{text}”", text=text[:40]))
    return span


def plain(text: str) -> str:
    """A text as it is compared: without blanks, letters and signs of either width alike."""
    return unicodedata.normalize("NFKC", "".join(text.split()))
