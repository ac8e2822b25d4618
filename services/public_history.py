"""Which of a case's facts an applicant hears of, and what of each: no opinion, no official, no card, no inner deadline.

A fact becomes a key of the pages' words and what is put into them; in which words it is said is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine import events
from engine.events import Recorded
from engine.stops import ground_name

_NOTHING: Mapping[str, str] = {}
_ENDS: Mapping[type, str] = {events.CaseDeclined: "declined", events.CaseNotApplicable: "not_applicable"}
_PLAIN: Mapping[type, str] = {
    events.CaseOpened: "opened", events.CaseBroughtIn: "brought_in", events.CorrectionRequested: "correcting",
    events.CorrectionSubmitted: "resubmitted", events.ReviewStarted: "reviewing", events.CaseConcluded: "concluded",
    events.CaseCertified: "certified", events.CaseHandedOver: "handed_over", events.CaseArchived: "archived",
    events.CaseDeemedWithdrawn: "deemed_withdrawn", events.CaseWithdrawn: "withdrawn", events.CaseVoided: "voided",
    events.AcceptedConditionally: "accepted_conditionally", events.DeclarationSigned: "signed",
    events.ComplianceDeclared: "declared", events.DeclarationUnmet: "declaration_unmet",
    events.HearingOffered: "hearing_offered",
    events.HearingRequested: "hearing_requested", events.HandOverChosen: "hand_over_chosen",
    events.WithdrawalAsked: "withdrawal_asked", events.WithdrawalDenied: "withdrawal_denied",
    events.RatingAnswered: "rating_answered",
}
"""Facts that are said without anything put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that has happened, as a key of the pages' words and what is put into them."""

    at: datetime
    what: str
    given: Mapping[str, str] = field(default_factory=dict)


def told(history: Sequence[Recorded]) -> Iterator[Happened]:
    """What an applicant hears of, in order. A reason he was given in a notice is his to read; an opinion is not."""
    reason = ""
    for recorded in history:
        if isinstance(recorded.fact, events.TaskCompleted):
            reason = str(recorded.fact.data.get("reason") or "")
        if (said := _said(recorded, reason)) is not None:
            yield Happened(at=recorded.at, what=said[0], given=said[1])


def _said(recorded: Recorded, reason: str) -> tuple[str, Mapping[str, str]] | None:
    """A fact as a key and its values; None for one that is not the applicant's business. `reason`: of the last completion."""
    match fact := recorded.fact:
        case events.CaseAccepted():
            return ("deemed_accepted" if fact.deemed else "accepted"), {"on": fact.accepted_on.isoformat()}
        case events.CaseSuspended():
            end = fact.expected_end.isoformat() if fact.expected_end else ""
            return ("suspended_until" if end else "suspended"), {"ground": ground_name(fact.ground), "end": end}
        case events.CaseResumed():
            return "resumed", {"ground": ground_name(fact.ground)}
        case events.ExtensionApproved():
            return "extended", {"amount": str(fact.amount), "unit": fact.unit, "document": fact.document}
        case events.HearingScheduled():
            return "hearing_scheduled", {"on": fact.held_on.isoformat()}
        case events.DecisionMade():
            return ("granted" if fact.granted else "refused"), _NOTHING
        case events.CaseDeclined() | events.CaseNotApplicable():
            return _ENDS[type(fact)] + ("_because" if reason else ""), {"reason": reason}
        case events.CaseReturned():
            why = fact.reason or reason
            return "returned_because" if why else "returned", {"reason": why}
        case events.CaseTerminated():
            return "terminated_because", {"reason": fact.reason}
        case events.MaterialsSupplied():
            return "supplied", {"names": "、".join(fact.names)}
        case events.ServiceRated():
            return "rated", {"level": str(fact.level)}
        case _ if type(fact) in _PLAIN:
            return _PLAIN[type(fact)], _NOTHING
    return None
