"""The external tasks of one case, and what was entered by hand instead, against what its facts say.

Who has an external task and how often it failed no fact tells; but one that nobody may take has an incident that holds it up,
and whoever has one has taken it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.verify.clocks import day_at
from services.verify.rows import Followed


def check_externals(told: Followed, externals: Sequence[Row[Any]], incidents: Sequence[Row[Any]]) -> None:
    """An external task is one or the other: it may be taken, now or later, or an incident holds it up."""
    held = {incident.token for incident in incidents}
    for external in externals:
        if (external.due_at is None) is not (external.token in held):
            told.found("external_task", None, f"external task {external.token} " + (
                "is held up by no incident, but nobody may take it" if external.due_at is None else
                "may be taken, though an incident holds it up"))
        if external.worker and external.fence < 1:
            told.found("external_task", None, f"external task {external.token} is {external.worker}'s, who has never taken it")
        if external.retries < 0 or (external.retries == 0 and external.due_at is not None):
            told.found("external_task", None, f"external task {external.token} may be taken, but not fail any more")
        if external.token in told.history.by_hand:
            told.found("external_task", None, f"external task {external.token} is open, but people were asked to do it by hand")


def check_reentries(row: Row[Any], told: Followed, stored: Sequence[Row[Any]]) -> None:
    """What was entered by hand is counted once, and nothing else is."""
    expected = {seq: (row.park, fact.data.get("system"), fact.data.get("topic"), day_at(fact.at))
                for seq, fact in told.history.reentries.items()}
    there = {each.seq: (each.park, each.system, each.topic, each.entered_on) for each in stored}
    for seq in sorted(expected.keys() | there.keys()):
        if expected.get(seq) != there.get(seq):
            told.found("reentry", seq, f"it is counted as {there.get(seq)}, its facts say {expected.get(seq)}")
