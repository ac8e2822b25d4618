"""Which errands a case leaves for others, by what has just been told of it.

Pure: facts in, rows out. An errand carries no news, it only says that there is some: whoever does it (`services.bundles`) looks
at both cases and tells what one of them lacks. So it may be done late, twice, or after a later one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine import events
from engine.case import Case
from engine.events import Recorded
from services.store.rows import ErrandRow

OPEN, REPORT, LOOK, ORDER = "open", "report", "look", "order"
"""Open a child; tell the parent of a child, at the wish of the child or of the parent; tell a child how its parent and siblings
stand."""

_REPORTED = (events.CaseSuspended, events.CaseResumed, events.DecisionMade, events.CaseConcluded, events.CaseDeclined,
             events.CaseNotApplicable, events.CaseReturned, events.CaseDeemedWithdrawn, events.CaseWithdrawn,
             events.CaseTerminated, events.CaseVoided, events.ProcessCompleted)
_MOVING = (events.TaskCompleted, events.TimerFired, events.MessageReceived, events.ChildEnded)


def errands(case: Case, told: Sequence[Recorded]) -> list[ErrandRow]:
    """The errands that follow from facts just told, each once; `case`: as it stands after them."""
    asked = list(dict.fromkeys(_asked(case, told)))
    return [ErrandRow(case_id=0, seq=case.seq, place=place, kind=kind, token=token, by=told[-1].by,
                      created_at=case.recorded_at, due_at=case.recorded_at) for place, (kind, token) in enumerate(asked)]


def _asked(case: Case, told: Sequence[Recorded]) -> Iterator[tuple[str, int]]:
    for recorded in told:
        match fact := recorded.fact:
            case events.ChildRequested():
                yield OPEN, fact.token
            case events.ChildDropped():
                yield ORDER, fact.token
            case events.ChildDecided() | events.ChildEnded():
                yield from _waiting_for(case, fact.token)
        if case.parent and isinstance(fact, _REPORTED):
            yield REPORT, case.parent_token
        if isinstance(fact, events.CaseResumed) and not fact.remaining:  # while it stood still no child could end there
            yield from ((LOOK, child.token) for child in case.children if child.is_open)
    if any(isinstance(recorded.fact, _MOVING) for recorded in told):
        yield from _perhaps_free(case)


def _waiting_for(case: Case, token: int) -> Iterator[tuple[str, int]]:
    """The children that are decided after this one."""
    child = case.child(token)
    for other in case.children:
        if child is not None and other.is_open and child.node in other.after and other.token != token:
            yield ORDER, other.token


def _perhaps_free(case: Case) -> Iterator[tuple[str, int]]:
    """The children that wait for one nobody has asked for: the diagram may have gone past it."""
    requested = {child.node for child in case.children}
    for child in case.children:
        if child.is_open and not requested.issuperset(child.after):
            yield ORDER, child.token
