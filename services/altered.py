"""What a chapter alters beside its case's own row: tasks beside the diagram, clocks, cards, orders, the rating, pushes.

Pure: the case before and after, or the facts told in between, fill in the rows of the step that saves them. What the kernel
opens and ends is no matter of this room (`services.waiting`). A new case is altered from nothing: `before` is None.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime

from engine import events
from engine.case import Case, local_day
from engine.consequences import Terms
from engine.events import Recorded
from engine.ratings import BAD
from services import waiting
from services.folded import card_rows, clock_row, counted, order_rows, push_rows, rating_row
from services.inbox import INBOX, notices
from services.store.rows import ReentryRow, Rows


def helps(rows: Rows, case: Case, told: Sequence[Recorded]) -> None:
    """Tasks beside the diagram open with the fact that asks or rates badly, and are over with the one that answers or
    recalls."""
    for recorded in told:
        match fact := recorded.fact:
            case events.HelpAsked():
                rows.tasks.append(waiting.beside(fact, recorded.seq, recorded.at))
            case events.ServiceRated() if fact.level <= BAD:
                rows.tasks.append(waiting.mending(fact, recorded.seq, case, recorded.at))
            case events.HelpGiven() | events.HelpRecalled() | events.RatingAnswered():
                rows.ended_tasks.append(fact.token)


def reentries(rows: Rows, case: Case, told: Sequence[Recorded]) -> None:
    """What was entered by hand that a system knows already."""
    rows.reentries += [ReentryRow(case_id=0, seq=recorded.seq, park=case.park, system=fact.system, topic=fact.topic,
                                  entered_on=local_day(recorded.at).isoformat())
                       for recorded in told if isinstance(fact := recorded.fact, events.DataReentered)]


def clocks(
    rows: Rows, before: Case | None, case: Case, terms: Terms, *, now: datetime, late: Set[str], rung: Set[str],
    silenced: Set[str],
) -> None:
    """The clocks that differ from before, and those whose bell is set anew: one that has rung for what is left, a late one at
    once though its facts say that nothing is, a silenced one for nothing."""
    old = {clock.name: clock for clock in before.running} if before else {}
    new = {clock.name: clock for clock in case.running}
    changed = [clock for name, clock in new.items() if clock != old.get(name) or name in late | rung | silenced]
    made = {clock.name: clock_row(0, case, clock, terms) for clock in changed}
    for name in late & made.keys():
        made[name] = made[name]._replace(rings_at=min(now, made[name].rings_at or now))
    for name in silenced & made.keys():
        made[name] = made[name]._replace(rings_at=None)
    rows.clocks = [row for name, row in made.items() if name not in old]
    rows.changed_clocks = [row for name, row in made.items() if name in old]
    rows.ended_clocks = [name for name in old if name not in new]
    rows.counts = counted(case, [old[name] for name in old if old[name] != new.get(name)],
                          [clock for clock in changed if clock != old.get(clock.name)])


def oversight(rows: Rows, before: Case | None, case: Case) -> None:
    """The cards, orders and the rating that are new, or stand otherwise than before."""
    cards, orders, rating = card_rows(0, case), order_rows(0, case), rating_row(0, case)
    old_cards, old_orders, old_rating = (
        (card_rows(0, before), order_rows(0, before), rating_row(0, before)) if before else ({}, {}, None))
    rows.cards = [row for seq, row in cards.items() if seq not in old_cards]
    rows.changed_cards = [row for seq, row in cards.items() if seq in old_cards and old_cards[seq] != row]
    rows.orders = [row for seq, row in orders.items() if seq not in old_orders]
    rows.changed_orders = [row for seq, row in orders.items() if seq in old_orders and old_orders[seq] != row]
    if rating is not None and rating != old_rating:
        (rows.ratings if old_rating is None else rows.changed_ratings).append(rating)


def supervision(rows: Rows, before: Case | None, case: Case, told: Sequence[Recorded]) -> None:
    """The pushed results that are new, or stand otherwise than before; and the messages of whom a finding concerns. A push is
    no message: until it is signed for its row is what its department finds (`services.push_lists`)."""
    old, new = push_rows(0, before) if before else {}, push_rows(0, case)
    rows.pushes = [row for seq, row in new.items() if seq not in old]
    rows.changed_pushes = [row for seq, row in new.items() if seq in old and old[seq] != row]
    for recorded in told:
        if isinstance(fact := recorded.fact, events.FindingReported):
            rows.notifications += notices([(each.recipient, each.unit, INBOX) for each in fact.told],
                                          f"监管反馈:{case.number} {fact.text}", seq=recorded.seq, at=recorded.at)
