"""退回, 补办后直送 and 拿回: what may be undone on a case, as its facts have it. What the diagram allows says `engine.process`.

Nothing the applicant or another authority relies on is undone: what was accepted, decided, concluded, sealed or handed over
stays, and a step before it cannot be done again (a decision is annulled or revoked by a new case, 行政许可法 art. 69). No
clock moves: a case sent back has the days it had. """

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeGuard

from engine import events
from engine.bundles import CONCLUDED, GRANTED, REFUSED
from engine.case import Case
from engine.errors import Forbidden, InvalidInput
from engine.events import Fact, Recorded
from engine.moves import required
from engine.sentences import say
from engine.side_tasks import is_beside
from engine.tasking import OpenTask

TAKE_BACK = timedelta(minutes=10)
"""How long a completion can be taken back: a slip is noticed within minutes."""

_MOMENTS: Mapping[type, frozenset[str]] = {
    events.CaseAccepted: frozenset({"accepted", "deemed_accepted"}), events.CaseConcluded: frozenset({"concluded"}),
    events.CaseCertified: frozenset({"certified"}), events.CaseHandedOver: frozenset({"handed_over"}),
}
"""Facts that stand, and the milestones of the diagram that told them."""

_NAMES = {events.CaseAccepted: "受理", events.DecisionMade: "决定", events.CaseConcluded: "办结", events.CaseCertified: "制证",
          events.CaseHandedOver: "送达", events.DocumentSealed: "用印"}
_UNSEEN = (events.TaskCompleted, events.ReviewStarted, events.ClockStarted, events.ClockStopped, events.ReentryAsked)
"""What a completion may have told and nobody outside has seen: it can be taken back."""


def last_done(history: Sequence[Recorded], node: str) -> Recorded | None:
    """The fact with which a step was last done; None when it has not been."""
    return next((told for told in reversed(history)
                 if isinstance(told.fact, events.TaskCompleted) and told.fact.node == node), None)


def stands_between(
    history: Sequence[Recorded], since: int, milestones: Mapping[str, str], children: Collection[str] = (),
) -> str | None:
    """Why a step done with fact `since` cannot be done again: what the case has reached since then on the way that would be
    gone again. `milestones`: those of that way, by node; `children`: its call activities that open child cases. None: nothing
    stands between."""
    asked = {told.fact.token: told.fact for told in history if isinstance(told.fact, events.ChildRequested)}
    for told in history:
        if told.seq > since and _stands(told.fact, milestones):
            return say("the case has reached {moment} since (fact {seq}), which stands: a decision is annulled 撤销 or revoked "
                       "撤回 by a new case, an acceptance is not undone", moment=_NAMES[type(told.fact)], seq=told.seq)
        if told.seq > since and _has_come_out(told.fact) and (child := asked[told.fact.token]).node in children:
            return say("“{child}” has been decided since in a case of its own (fact {seq}), which stands and would be opened a "
                       "second time", child=child.name, seq=told.seq)
    return None


def send_back(
    task: OpenTask, *, to: str, scope: tuple[str, ...], reason: str, cancelled: Iterable[int], repeats: Iterable[str],
) -> Fact:
    """退回: the step `to` is done again, and everything between. Raises InvalidInput."""
    return events.TaskSentBack(token=task.token, node=task.node, to=to, scope=scope, reason=required("reason", reason),
                               cancelled=tuple(cancelled), repeats=tuple(repeats))


def rework(task: OpenTask, *, name: str, person: str, unit: str, reason: str) -> events.HelpAsked:
    """补办后直送: whoever did an earlier step mends it beside the diagram, and it comes straight back. Raises Forbidden,
    InvalidInput."""
    if is_beside(task.token):
        raise Forbidden("send back", say("“{task}” was asked for beside the diagram: answer it", task=task.name))
    text = required("reason", reason)
    return events.HelpAsked(kind="rework", host=task.token, name=f"补办后直送({name} → "
                                                                 f"{task.name})"[:500], role=None, unit=unit,
                            person=person, text=text)


def take_back(case: Case, history: Sequence[Recorded], completion: Recorded, *, by: str, now: datetime) -> events.TaskCompleted:
    """拿回: may the completion be undone? Only by whoever completed, within minutes, before anybody acted, and when nothing
    of it has left the office. Returns its fact. Raises Forbidden."""
    assert isinstance(completion.fact, events.TaskCompleted)
    name = completion.fact.name
    if completion.by != by:
        raise Forbidden("take back", say(
            "“{name}” was completed by {by}, who alone can take it back", name=name, by=completion.by))
    if now - completion.at > TAKE_BACK:
        raise Forbidden("take back", say(
            "“{name}” was completed at {at:%H:%M} UTC; it can be taken back within {minutes} minutes. Whoever has the case "
            "now can send it back 退回", name=name, at=completion.at, minutes=TAKE_BACK.seconds // 60))
    for told in history:
        if told.seq <= completion.seq:
            continue
        if told.at != completion.at or told.by != completion.by:
            raise Forbidden("take back", say(
                "{by} has acted since (fact {seq}, {kind}); whoever has the case now can send it back 退回",
                by=told.by, seq=told.seq, kind=told.kind))
        if not isinstance(told.fact, _UNSEEN) or isinstance(told.fact, events.TaskCompleted):
            raise Forbidden("take back", say(
                "completing “{name}” has led to {kind} (fact {seq}), which is told outside the office and stands",
                name=name, kind=told.kind, seq=told.seq))
    if case.ended_at is not None:
        raise Forbidden("take back", say("case {case} has ended with it", case=case.number))
    return completion.fact


def signer(name: str, reason: str) -> tuple[str, str]:
    """Whose signature, and why. Raises InvalidInput."""
    if not name.strip() or len(name) > 100:
        raise InvalidInput("signer", "name whoever is to sign, in at most 100 characters")
    return name.strip(), required("reason", reason)


def _has_come_out(fact: Fact) -> TypeGuard[events.ChildDecided | events.ChildEnded]:
    """Has a child case been decided or concluded? One that was withdrawn, returned or not accepted may be applied for again."""
    return isinstance(fact, events.ChildDecided) or (
        isinstance(fact, events.ChildEnded) and fact.result in (GRANTED, REFUSED, CONCLUDED))


def _stands(fact: Fact, milestones: Mapping[str, str]) -> bool:
    if isinstance(fact, events.DocumentSealed):
        return True
    if isinstance(fact, events.DecisionMade):
        return fact.node in milestones
    return bool(_MOMENTS.get(type(fact), frozenset()) & set(milestones.values()))
