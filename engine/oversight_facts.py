"""Facts of supervision 效能监督: cards issued, appealed, written off, exempted; reminders; supervision orders.

A card is a fact and stays one: what follows it is told beside it, never in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssued:
    """黄牌 or 红牌, at most one per rule, case and deadline `version`. `holder`: who had the case when it lapsed."""

    colour: str
    rule: str
    clock: str
    node: str
    due_on: date | None
    scheduled_at: datetime
    version: int = 1
    holder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAppealed:
    """申诉. `card`: the number of the fact that issued it, here and below."""

    card: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardUpheld:
    """The appeal was heard and the card stays."""

    card: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWrittenOff:
    """核销, by a supervisor, with a reason."""

    card: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardExempted:
    """容错 (measure 19): the card stays in the raw figures and out of the count of accountability. `conclusion`: exempt 免责 |
    lenient 从轻减轻; `document`: of the body that found so."""

    card: int
    conclusion: str
    document: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """An inbox a reminder went into: of a person, a unit, or of a role at `unit`."""

    recipient: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReminded:
    """催办. `told`: into whose inbox it went, the addressee's and those of whoever holds the case; none in facts that were told
    before there was one."""

    addressee: str
    text: str
    told: Sequence[Reminded] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIssued:
    """督办单, to be answered by `due_on`."""

    addressee: str
    text: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReplied:
    """What was done about it. `order`: the number of the fact that issued it, here and below."""

    order: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReturned:
    """The reply does not do: the order is open again, due on `due_on`."""

    order: int
    reason: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClosed:
    """销号, by another than who mended."""

    order: int
    text: str
