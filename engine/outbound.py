"""Which facts have to be told outside the house, to whoever subscribes to them and whatever the receiver.

Steps by the way (who has claimed a task, which clock was set) stay here; what others must know to act on leaves.
`services.verify` knows the same list by itself, from outside.
"""

from __future__ import annotations

from engine import events

LEAVES = frozenset({
    events.CaseOpened, events.CaseAccepted, events.CorrectionRequested, events.DecisionMade, events.CaseConcluded,
    events.CaseHandedOver, events.CaseDeclined, events.CaseNotApplicable, events.CaseReturned, events.CaseWithdrawn,
    events.CaseTerminated, events.CaseVoided, events.CaseDeemedWithdrawn, events.CaseSuspended, events.CaseResumed,
    events.DeadlineLapsed, events.LapseRepaired, events.Escalated, events.ExtensionApproved, events.HearingOffered,
    events.HearingScheduled, events.CardIssued, events.CardWrittenOff, events.CardExempted, events.CaseReminded,
    events.OrderIssued, events.OrderReturned, events.OrderClosed, events.HelpAsked, events.CaseCopied, events.DocumentSealed,
    events.CaseBroughtIn, events.AcceptedConditionally, events.ComplianceDeclared, events.DeclarationUnmet,
    events.DeclarationFailed, events.PermitGranted, events.PermitActedOn, events.PermitLapsed, events.PermitExpired,
    events.PermitDeemedRenewed, events.ServiceRated, events.RatingAnswered, events.ResultPushed, events.PushReceived,
    events.FindingReported, events.WithdrawalAsked, events.WithdrawalDenied, events.ReviewStarted, events.CorrectionSubmitted,
    events.PermitActTold,
})
"""The facts that must be told outside: each gets an outbox row, numbered like the fact."""
