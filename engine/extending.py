"""Extensions and hearings: what the law lets an office add to a limit, once, and before it lapses (行政许可法 art. 42, 47, 48).

The reviewer proposes, the head of the office approves (of a joint handling, the head of the government), and the applicant is
told before the limit is over. What is added is counted from the original start: twenty days and ten are thirty from
acceptance, not ten from the approval. An extension that comes late is none: the limit has lapsed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from engine import events
from engine.calendar import Calendar
from engine.case import Case, local_day
from engine.clocks import Clock
from engine.consequences import HEARING, HEARING_REQUEST, is_extendable
from engine.duties import Duty
from engine.errors import Forbidden, InvalidInput
from engine.events import Fact
from engine.lifecycle import State
from engine.limits import CASE_CLOCKS, Limit, LimitKind, Unit, latest_start
from engine.moves import required
from engine.sentences import Sentence, say

MOST, MOST_JOINT, JOINT = 10, 15, 45
"""Working days: art. 42(1) adds ten to twenty, art. 42(2) fifteen to the forty-five of a joint handling."""

_APPROVERS = {False: ("head_of_office", say("the head of office 机关负责人")),
              True: ("head_of_government", say("the head of the government 本级政府负责人"))}
_OPEN = frozenset({State.ACCEPTED, State.REVIEWING, State.SUSPENDED, State.DECIDED})
_NOTICE = Limit(amount=7)


def propose(case: Case, *, amount: int, reason: str, is_joint: bool, now: datetime) -> Fact:
    """延期申请, by the reviewer. Raises Forbidden when the case was extended, has a proposal, or nothing can be extended any
    more; InvalidInput for the amount or the reason."""
    _guard(case, is_joint, now)
    if case.proposal is not None:
        raise Forbidden("propose an extension", say(
            "case {case} has one by {by} that waits for {approver}: approve or refuse that",
            case=case.number, by=case.proposal.by, approver=_APPROVERS[case.proposal.is_joint][1]))
    most = MOST_JOINT if is_joint else MOST
    if not 1 <= amount <= most:
        raise InvalidInput("amount", say(
            "expected 1 to {most} working days (行政许可法 art. 42({paragraph})), found {found}",
            most=most, paragraph=1 + is_joint, found=amount))
    return events.ExtensionProposed(amount=amount, unit=Unit.WORKDAY.value, reason=required("reason", reason),
                                    is_joint=is_joint)


def approve(case: Case, *, role: str, document: str, by: str, now: datetime) -> Fact:
    """批准延期, with the number of the 延期办理告知书 that told the applicant why. Raises Forbidden for another role, for the
    reviewer himself, without a proposal, or when the limit has lapsed meanwhile."""
    proposal = case.proposal
    if proposal is None:
        raise Forbidden("approve an extension", say(
            "nobody has proposed one for case {case}: its reviewer does that first (行政许可法 art. 42)", case=case.number))
    needed, who = _APPROVERS[proposal.is_joint]
    if role != needed:
        raise Forbidden("approve an extension", say(
            "it is approved by {who} ({needed}), not by “{role}” (行政许可法 art. 42)", who=who, needed=needed, role=role))
    if by == proposal.by:
        raise Forbidden("approve an extension", say(
            "{by} has proposed it; it is approved by another person, {who}", by=by, who=who))
    _guard(case, proposal.is_joint, now)
    return events.ExtensionApproved(
        amount=proposal.amount, unit=proposal.unit.value, role=role,
        document=required("document", document, "the number of the 延期办理告知书 (the applicant is told the reason, art. 42)"))


def approver_role(case: Case) -> str:
    """Whose approval the extension that is proposed waits for; before one is, that of an ordinary extension."""
    return _APPROVERS[case.proposal is not None and case.proposal.is_joint][0]


def refuse(case: Case, *, reason: str) -> Fact:
    """The extension is not approved."""
    if case.proposal is None:
        raise Forbidden("refuse an extension", say(
            "nobody has proposed one for case {case}: its reviewer does that first (行政许可法 art. 42)", case=case.number))
    if case.ended_at is not None:
        raise Forbidden("refuse an extension", say(
            "case {case} is {state}: it has ended, the proposal with it", case=case.number, state=case.state))
    return events.ExtensionRefused(reason=required("reason", reason))


def offer_hearing(case: Case, *, document: str) -> Fact:
    """告知听证权利 (行政许可法 art. 47): before a decision that deeply concerns others."""
    if case.is_hearing_told:
        raise Forbidden("offer a hearing", say(
            "the right was told in case {case} already (行政许可法 art. 47); what is left is to hold the hearing that was "
            "asked for, or to decide", case=case.number))
    if case.state not in _OPEN - {State.DECIDED}:
        raise Forbidden("offer a hearing", say(
            "case {case} is {state}; the right is told between 受理 and the decision, by the reviewer 承办人 (行政许可法 art. "
            "47)", case=case.number, state=case.state))
    return events.HearingOffered(document=required("document", document, "the number of the 听证告知书"))


def request_hearing(case: Case, *, applicant: str, now: datetime) -> Fact:
    """申请听证, within five days of being told (art. 47)."""
    clock = _running(case, "hearing_request", say(
        "within {days} working days of being told (art. 47)", days=HEARING_REQUEST.amount))
    if clock.lapses_at is not None and clock.lapses_at <= now:
        raise Forbidden("request a hearing", say(
            "the {days} days to ask for one ended on {due_on} (行政许可法 art. 47); the office may still hold one of its own "
            "accord (art. 46)", days=HEARING_REQUEST.amount, due_on=clock.due_on))
    return events.HearingRequested(applicant=required("applicant", applicant, "who asks for the hearing"))


def schedule_hearing(
    case: Case, calendar: Calendar, *, held_on: date, chair: str, document: str, now: datetime,
    natural: Collection[str] = (),
) -> Fact:
    """The hearing's day is told, at least seven days ahead (art. 48(1)), with a chair who has not reviewed the case (art.
    48(3)) under any account, as a delegate or through a substitute. `natural`: the natural persons the chair's name may
    mean."""
    _running(case, "hearing", say(
        "once it has been asked for, within {days} working days (art. 47)", days=HEARING.amount))
    latest = latest_start(calendar, _NOTICE, held_on)
    if local_day(now) > latest:
        raise InvalidInput("held_on", say(
            "a hearing on {held_on} had to be announced by {latest}: {days} days ahead (行政许可法 art. 48(1))",
            held_on=held_on, latest=latest, days=_NOTICE.amount))
    if chair.strip() in case.handlers:
        raise Forbidden("schedule a hearing", say(
            "{chair} has handled case {case}; the chair is another person (行政许可法 art. 48(3))",
            chair=chair.strip(), case=case.number))
    if any((Duty.REVIEWING.value, each) in case.hands for each in (chair.strip(), *natural)):
        raise Forbidden("schedule a hearing", say(
            "{chair} has done 审查 on case {case}; whoever reviews it does not chair its hearing 听证主持人 (行政许可法 art. "
            "48(3)): name another person", chair=chair.strip(), case=case.number))
    return events.HearingScheduled(held_on=held_on, chair=required("chair", chair, "the chair of the hearing"),
                                   document=required("document", document, "the number of the 听证公告"))


def _running(case: Case, name: str, when: Sentence) -> Clock:
    clock = case.clock(name)
    if clock is None or not clock.is_running:
        raise Forbidden(name.replace("_", " "), say(
            "case {case} does not wait for this: it is done {when}", case=case.number, when=when))
    return clock


def _guard(case: Case, is_joint: bool, now: datetime) -> None:
    if case.state not in _OPEN:
        raise Forbidden("extend", say(
            "case {case} is {state}; only a limit that runs can be extended (行政许可法 art. 42)",
            case=case.number, state=case.state))
    if case.is_extended:
        raise Forbidden("extend", say(
            "case {case} has had its extension; the law knows one (行政许可法 art. 42). What is left is to conclude it, late "
            "if it must be", case=case.number))
    if is_joint and not _is_joint(case.clock(LimitKind.STATUTORY.value)):
        raise Forbidden("extend", say(
            "case {case} is no joint handling with a statutory limit of {joint} working days (行政许可法 art. 42(2)); its "
            "extension is that of art. 42(1)", case=case.number, joint=JOINT))
    if not any(is_extendable(clock, Unit.WORKDAY, now) for clock in case.running):
        raise Forbidden("extend", say(
            "{why} (行政许可法 art. 42: approved and told before the limit is over; a late request is itself 超时). The case "
            "can still be concluded late; only a supervisor 督查员 can write off what it was carded for", why=_why_not(case)))


def _why_not(case: Case) -> Sentence:
    """Why no clock can be extended."""
    lapsed = tuple(say("the {limit} limit ended on {due_on}", limit=clock.kind, due_on=clock.due_on) for clock in case.running
                   if clock.kind in CASE_CLOCKS and clock.unit is Unit.WORKDAY)
    return say("case {case}: {lapsed}", case=case.number, lapsed=lapsed or say("no limit in working days runs"))


def _is_joint(clock: Clock | None) -> bool:
    return clock is not None and (clock.amount, clock.unit) == (JOINT, Unit.WORKDAY)
