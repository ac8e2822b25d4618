"""The rows of what is supervised in one case against its facts: running clocks, cards, orders, and who was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row

from services.verify.chain import Told, instant, micros_of
from services.verify.clocks import OF_ORDERS, ClockSaid
from services.verify.rows import Followed


def check_clocks(row: Row[Any], told: Followed, clocks: Iterable[Row[Any]]) -> None:
    """Every running clock has its row, and no other: with its last deadline, and set to ring before it is over."""
    left = dict(told.history.clocks.running)
    for clock in clocks:
        said = left.pop(clock.clock, None)
        if said is None:
            told.found("clock", None, f"the clock {clock.clock} has a row, but its facts say that it does not run")
            continue
        _compare(told, f"the clock {clock.clock}", clock, {
            "kind": said.kind, "node": said.node, "amount": said.amount, "unit": said.unit, "since_on": said.since_on,
            "due": said.due, "lapses_at": said.lapses_at, "is_provisional": said.is_provisional, "has_lapsed": said.has_lapsed,
            "version": said.version, "law": said.law, **_place(row)}, "clock", None)
        _check_bell(told, clock, said)
    for name in left:
        told.found("clock", None, f"the clock {name} runs, but has no row: it will never ring")
    running = [name for name in told.history.clocks.running if not name.startswith(OF_ORDERS)]
    if row.ended_at is not None and running:
        told.found("ending", None, f"the case has ended, but its clocks {', '.join(running)} run on")


def _check_bell(told: Followed, clock: Row[Any], said: ClockSaid) -> None:
    """A stopped clock does not ring. One that has not lapsed rings when it does, if not before; unless its ringing has failed,
    which is an incident of the whole case."""
    if said.lapses_at is None:
        if clock.rings_at is not None:
            told.found("bell", None, f"the clock {clock.clock} is stopped, but set to ring at {instant(clock.rings_at)}")
    elif not said.has_lapsed and not _is_held_up(told, said) and not (
            isinstance(clock.rings_at, int) and clock.rings_at <= said.lapses_at):
        told.found("bell", None, f"the clock {clock.clock} lapses at {instant(said.lapses_at)}, but is set to ring at "
                                 f"{instant(clock.rings_at)}")


def _is_held_up(told: Followed, said: ClockSaid) -> bool:
    """Has its ringing failed? That is an incident of the whole case, or of a drawn timer: its own, or one that hangs on it."""
    parked = told.history.parked
    return bool(parked) if said.token is None else bool({None, said.token} & parked)


def check_cards(row: Row[Any], told: Followed, cards: Iterable[Row[Any]]) -> None:
    """Every card that was issued is there as it stands, and no other."""
    left = dict(told.history.oversight.cards)
    for card in cards:
        issued = left.pop(card.seq, None)
        if issued is None:
            told.found("card", card.seq, "a card names this fact, which issued none")
            continue
        data = issued.told.data
        _compare(told, f"card {card.seq}", card, {
            **{name: data.get(name) for name in ("colour", "rule", "clock")}, "holder": data.get("holder", ""),
            "scheduled_at": micros_of(data.get("scheduled_at")), "issued_at": issued.told.at, "state": issued.state,
            **_place(row)}, "card", card.seq)
    for seq in left:
        told.found("card", seq, "this fact issued a card that is missing")


def check_orders(told: Followed, orders: Iterable[Row[Any]]) -> None:
    """Every supervision order is there as it stands, and no other."""
    left = dict(told.history.oversight.orders)
    for order in orders:
        issued = left.pop(order.seq, None)
        if issued is None:
            told.found("order", order.seq, "a supervision order names this fact, which issued none")
            continue
        data = issued.told.data
        _compare(told, f"order {order.seq}", order, {
            "text": data.get("text"), "addressee": data.get("addressee"), "issued_by": issued.told.by,
            "issued_at": issued.told.at, "due_on": issued.due_on, "state": issued.state}, "order", order.seq)
    for seq in left:
        told.found("order", seq, "this fact issued a supervision order that is missing")


def check_notifications(told: Followed, notifications: Iterable[Row[Any]]) -> None:
    """Whoever an escalation, a copy or a reminder says was told has his message, with one more for the supervisor when
    somebody was missing."""
    left = {(seq, place): addressed for seq, fact in told.history.oversight.escalated.items()
            for place, addressed in enumerate(_addressed(fact))}
    for row in notifications:
        addressed = left.pop((row.seq, row.place), None)
        fact = told.history.oversight.escalated.get(row.seq)
        if addressed is None or fact is None:
            told.found("notification", row.seq, f"{row.recipient} has a message about this fact, which told nobody of the sort")
        elif (row.recipient, row.unit, row.channel, row.created_at) != (*addressed, fact.at):
            told.found("notification", row.seq, f"{row.recipient} has the message of {addressed[0]}")
        elif row.read_at is not None and row.read_at < row.created_at:
            told.found("notification", row.seq, f"{row.recipient} had read it before it was written")
    for (seq, _), addressed in left.items():
        told.found("notification", seq, f"{addressed[0]} was told, but has no message")


_ALARM = ("supervisor", "", "inbox")


def _addressed(fact: Told) -> list[tuple[object, ...]]:
    """Whom an escalation, a copy, a reminder or a finding told: recipient, unit and channel of each."""
    if fact.kind == "CaseCopied":
        return [(name, "", "inbox") for name in fact.data.get("to", ())]
    if fact.kind in ("CaseReminded", "FindingReported"):
        return [(each.get("recipient"), each.get("unit"), "inbox") for each in fact.data.get("told", ())]
    told = [tuple(each.get(name) for name in ("recipient", "unit", "channel")) for each in fact.data.get("told", ())]
    return [*told, _ALARM] if fact.data.get("missing") else told


def _place(row: Row[Any]) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("process", "park", "department")}


def _compare(
    told: Followed, what: str, row: Row[Any], expected: Mapping[str, object], check: str, seq: int | None,
) -> None:
    for name, value in expected.items():
        if getattr(row, name) != value:
            told.found(check, seq, f"{what} has {name} {getattr(row, name)!r}, its facts say {value!r}")
