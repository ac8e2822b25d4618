"""The rows that a case's fold determines: its own row, its running clocks, its cards, orders and rating, its pushes.

Pure: a case in, rows out. Whoever saves a step and whoever replays one ask here, so that both come to the same rows. A step
writes only what differs from before; what the board counts follows from the same difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec
import orjson

from engine.bells import rings_at
from engine.case import Case, local_day
from engine.clocks import Clock
from engine.consequences import Terms
from engine.queues import RESULT_ACTS, awaits, phase_of, turns
from services.store.rows import CardRow, CaseRow, ClockRow, Counted, HeldCase, OrderRow, Pressed, PushRow, RatingRow, Standing

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Case)


def fold_of(row: CaseRow | HeldCase) -> Case:
    """The case as stored."""
    return fold_of_bytes(row.fold)


def fold_of_bytes(fold: bytes) -> Case:
    """The case that is stored in these bytes."""
    return _DECODER.decode(fold)


def row_of(case: Case, *, id: int, version: int, definition_id: int, tokens: bytes, data: Mapping[str, object]) -> CaseRow:
    """The row a case is stored as."""
    standing, due_on, is_provisional = derived(case)
    return CaseRow(
        id=id, number=case.number, process=case.process, definition_id=definition_id, version=version,
        state=case.state.value, standing=standing, opened_at=case.opened_at, accepted_on=_day(case.accepted_on), due_on=due_on,
        is_provisional=is_provisional, concluded_on=_day(case.concluded_on), ended_at=case.ended_at, park=case.park,
        department=case.department, project=case.project, applicant=case.applicant, parent=case.parent or None,
        parent_token=case.parent_token if case.parent else None, seq=case.seq, head=case.head, tokens=tokens,
        data=orjson.dumps(data), fold=bytes_of(case), awaits=queue.value if (queue := awaits(case)) else "",
        applicant_name=_text(data.get("applicant"), 200), credit_code=_text(data.get("credit_code"), 18))


def standing_of(case: Case, terms: Terms) -> Standing:
    """What the open tasks of a case are looked for by."""
    return Standing(park=case.park, department=case.department, process=case.process,
                    result=_pressed(case, terms, next(iter(RESULT_ACTS))), other=_pressed(case, terms, ""))


def derived(case: Case) -> tuple[str | None, str | None, bool]:
    """How a case came out, when it is due by the clock people look at, and whether that is provisional."""
    clock, standing = case.governing, case.standing
    return (standing.value if standing else None, _day(clock.due_on) if clock else None, bool(clock and clock.is_provisional))


def bytes_of(case: Case) -> bytes:
    """The bytes a case is stored in."""
    return _ENCODER.encode(case)


def clock_row(case_id: int, case: Case, clock: Clock, terms: Terms) -> ClockRow:
    """The row of a running clock."""
    return ClockRow(
        case_id=case_id, clock=clock.name, kind=clock.kind.value, node=clock.node, process=case.process, park=case.park,
        department=case.department, amount=clock.amount, unit=clock.unit.value,
        since_on=local_day(clock.counted_from).isoformat(), due=clock.due, lapses_at=clock.lapses_at,
        is_provisional=clock.is_provisional, has_lapsed=clock.has_lapsed, version=clock.version, law=clock.law,
        rings_at=rings_at(case, clock, terms))


def counted(case: Case, before: Iterable[Clock], after: Iterable[Clock]) -> dict[Counted, int]:
    """By how much each count of the board changes when running clocks take the place of others."""
    changes: Counter[Counted] = Counter()
    for clocks, step in ((before, -1), (after, 1)):
        for clock in clocks:
            changes[counted_as(case, clock)] += step
    return {each: change for each, change in changes.items() if change}


def counted_as(case: Case, clock: Clock) -> Counted:
    """With which clocks the board counts one."""
    return Counted(case.process, case.park, case.department, clock.kind.value, clock.amount, clock.unit.value, clock.due or "",
                   clock.is_provisional)


def card_rows(case_id: int, case: Case) -> dict[int, CardRow]:
    """The rows of its cards, by the number of the fact that issued each."""
    return {card.seq: CardRow(
        case_id=case_id, seq=card.seq, colour=card.colour, rule=card.rule, clock=card.clock, process=case.process,
        park=case.park, department=case.department, holder=card.holder, scheduled_at=card.scheduled_at,
        issued_at=card.issued_at, state=card.state.value) for card in case.cards}


def order_rows(case_id: int, case: Case) -> dict[int, OrderRow]:
    """The rows of its supervision orders, by the number of the fact that issued each."""
    return {order.seq: OrderRow(
        case_id=case_id, seq=order.seq, text=order.text, addressee=order.addressee, issued_by=order.issued_by,
        issued_at=order.issued_at, due_on=order.due_on.isoformat(), state=order.state.value) for order in case.orders}


def rating_row(case_id: int, case: Case) -> RatingRow | None:
    """The row of its rating; None: it is not rated."""
    rating = case.rating
    return None if rating is None else RatingRow(
        case_id=case_id, seq=rating.seq, level=rating.level, state=rating.state.value, process=case.process, park=case.park,
        department=case.department, rated_on=rating.rated_on.isoformat(), lapsed_on=_day(rating.lapsed_on),
        answered_on=_day(rating.answered_on))


def push_rows(case_id: int, case: Case) -> dict[int, PushRow]:
    """The rows of its pushed results, by the number of the fact that pushed each."""
    return {push.seq: PushRow(
        case_id=case_id, seq=push.seq, department=push.department, process=case.process, park=case.park, result=push.result,
        pushed_on=push.pushed_on.isoformat(), received_on=_day(push.received_on), received_by=push.received_by,
        lapsed_on=_day(push.lapsed_on), findings=push.findings) for push in case.pushes}


def _pressed(case: Case, terms: Terms, act: str) -> Pressed:
    phase = phase_of(case, act)
    return Pressed(phase.value, *turns(case, phase, terms.calendar, terms.policy))


def _text(value: object, longest: int) -> str:
    """A text of the case's data that becomes a column; "" for what is none, or would not fit."""
    return value if isinstance(value, str) and len(value) <= longest and value.isprintable() else ""


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
