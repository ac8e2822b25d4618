"""Bringing in cases in progress: what another system says of a case becomes one fact, or a reason why not.

An office switches over on a Monday. Each open case of the old system comes along with its own days: when it was received and
accepted, when it stood still and why, when it was decided. What was done there is nobody's deed here, so it is told as one
fact; the clocks count from the original acceptance with the original stops, and come to what they came to there.

What is checked: the days follow each other and none lies ahead; each stop has a ground and its document, as here; and what
is said fits the step at which the case stands. The diagram knows which legal moments lie before that step (its milestones):
each of them needs its day, and no other day may be given. A case is refused rather than brought in half.

Of what lapsed before the switch-over (chosen so, and the reason): the lapse is noticed, at its scheduled instant, because a
late case is late; no card is issued and no rung of the ladder climbed for it, because that was the matter of the old system,
and an office must not be called about all its old sins on its first morning. A row may ask for the cards (`is_carded`).
Limits drawn where the case stands count from the day it came there, which a row has to say when there are such limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from engine.calendar import SHANGHAI
from engine.errors import InvalidInput
from engine.events import CaseBroughtIn, PastStop, Walked
from engine.lifecycle import ALLOWED, State
from engine.sentences import say, sentence_of
from engine.stops import GROUNDS, PAUSES, STATUTE, StopKind

MOST_STOPS = 20
"""Stops of one case; the record in the practice of offices is five."""

LONGEST_EXTENSION = 15
"""Working days (行政许可法 art. 42: ten, fifteen for joint handling)."""

MILESTONE_STATES: Mapping[str, State] = {
    "accepted": State.ACCEPTED, "accepted_conditionally": State.ACCEPTED, "declared": State.ACCEPTED,
    "on_the_spot": State.ACCEPTED, "deemed_accepted": State.ACCEPTED, "correcting": State.CORRECTING,
    "resubmitted": State.RECEIVED, "reviewing": State.REVIEWING, "granted": State.DECIDED, "refused": State.DECIDED,
    "concluded": State.CONCLUDED, "certified": State.CERTIFIED, "handed_over": State.HANDED_OVER, "archived": State.ARCHIVED,
    "declined": State.DECLINED, "not_applicable": State.NOT_APPLICABLE, "returned": State.RETURNED,
    "deemed_withdrawn": State.DEEMED_WITHDRAWN,
}
"""The state each milestone of a diagram leads to."""

_STOPPABLE = frozenset({State.ACCEPTED, State.REVIEWING, State.DECIDED})
_ACCEPTED = frozenset(name for name, state in MILESTONE_STATES.items() if state is State.ACCEPTED)
_DECIDED = frozenset({"granted", "refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the old system says of a case. `accepted_at`: the instant its limits count from; None before acceptance. `since`:
    when it came to the step where it stands, None when nobody says. `decided_on`: the (first) decision; `concluded_on`: 办结;
    None before. `corrections`: notices given, None: as the step shows. `extension`: working days added to the limit, 0 for
    none. `handler`: who had it in hand. `is_carded`: what lapsed before gets its card here."""

    received_on: date
    accepted_at: datetime | None = None
    since: date | None = None
    resubmitted_on: date | None = None
    decided_on: date | None = None
    concluded_on: date | None = None
    stops: tuple[PastStop, ...] = ()
    corrections: int | None = None
    extension: int = 0
    extension_document: str = ""
    handler: str = ""
    is_carded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """Where a case stands: the named nodes, the way through the diagram to them, and the milestones passed on it, in order."""

    nodes: tuple[str, ...]
    way: tuple[Walked, ...]
    milestones: tuple[str, ...]


def brought_in(past: Past, at: Standpoint, *, source: str, old_number: str, today: date) -> CaseBroughtIn:
    """The fact that a case was brought in. `today`: the day of the switch-over. Raises InvalidInput naming the field."""
    state = _state(at.milestones)
    _check_days(past, today)
    _check_moments(past, at)
    _check_stops(past, state, today)
    if bool(past.extension) is not bool(past.extension_document):
        raise InvalidInput("extension", "an extension 延期 has its working days and the number of its notice, or neither")
    if not 0 <= past.extension <= LONGEST_EXTENSION:
        raise InvalidInput("extension", say(
            "expected 1 to {most} working days (行政许可法 art. 42), found {found}",
            most=LONGEST_EXTENSION, found=past.extension))
    is_decided = past.decided_on is not None
    return CaseBroughtIn(
        source=source, old_number=old_number, state=state.value, nodes=at.nodes, way=at.way,
        accepted_on=None if past.accepted_at is None else past.accepted_at.astimezone(SHANGHAI).date(),
        counted_from=past.accepted_at, since=None if past.since is None else opening_of(past.since),
        resubmitted_on=past.resubmitted_on, decided_at=opening_of(past.decided_on) if past.decided_on else None,
        granted=is_decided and "granted" in at.milestones, refused="refused" in at.milestones,
        concluded_on=past.concluded_on, stops=past.stops,
        corrections=at.milestones.count("correcting") if past.corrections is None else past.corrections,
        extension=past.extension, extension_document=past.extension_document, handler=past.handler, is_carded=past.is_carded)


def opening_of(day: date) -> datetime:
    """A day without an hour, as an instant: nine in the morning, when halls open."""
    return datetime.combine(day, time(9), SHANGHAI)


def _state(milestones: Sequence[str]) -> State:
    """The state the milestones lead to. Raises InvalidInput when the diagram draws them in an order no case can have."""
    state = State.RECEIVED
    for milestone in milestones:
        following = MILESTONE_STATES[milestone]
        if following not in ALLOWED[state]:
            raise InvalidInput("steps", say(
                "on the way there the diagram draws “{milestone}” of a case that is {state}: its designer has to mend it",
                milestone=milestone, state=state))
        state = following
    return state


def _check_days(past: Past, today: date) -> None:
    """Each day on or after the one before, none after today."""
    accepted_on = past.accepted_at.astimezone(SHANGHAI).date() if past.accepted_at else None
    named = [("received_on", past.received_on), ("accepted_at", accepted_on), ("decided_on", past.decided_on),
             ("concluded_on", past.concluded_on)]
    before, earlier = "", date.min
    for field, day in named:
        if day is None:
            continue
        if day < earlier:
            raise InvalidInput(field, say("{day} lies before {field} {earlier}", day=day, field=before, earlier=earlier))
        before, earlier = field, day
    for field, day in (*named, ("since", past.since), ("resubmitted_on", past.resubmitted_on)):
        if day is not None and not past.received_on <= day <= today:
            raise InvalidInput(field, say(
                "{day} does not lie between the receipt {received_on} and today {today}",
                day=day, received_on=past.received_on, today=today))


def _check_moments(past: Past, at: Standpoint) -> None:
    """A legal moment that lies before the step has its day, one that does not has none."""
    stands = "、".join(at.nodes)
    passed = set(at.milestones)
    moments = (("accepted_at", past.accepted_at, passed & _ACCEPTED, "受理"), ("decided_on", past.decided_on, passed & _DECIDED,
               "决定"), ("concluded_on", past.concluded_on, passed & {"concluded"}, "办结"))
    for field, given, has_passed, name in moments:
        if given is None and has_passed:
            raise InvalidInput(field, say(
                "a case that stands at {stands} has been through {name}: say on which day", stands=stands, name=name))
        if given is not None and not has_passed:
            raise InvalidInput(field, say(
                "a case that stands at {stands} has not been through {name} yet: leave the day out, or name the step it "
                "really stands at", stands=stands, name=name))


def _check_stops(past: Past, state: State, today: date) -> None:
    if len(past.stops) > MOST_STOPS:
        raise InvalidInput("stops", say("expected at most {most} stops, found {count}", most=MOST_STOPS, count=len(past.stops)))
    if past.stops and past.accepted_at is None:
        raise InvalidInput("stops", "before 受理 no days count, so none can be stopped (行政许可法 art. 45)")
    lasting: set[tuple[str, str]] = set()
    for place, stop in enumerate(past.stops):
        for reason in _wrong(stop, past, today):
            raise InvalidInput(f"stops.{place}", say("{ground}: {reason}", ground=stop.ground, reason=sentence_of(reason)))
        if stop.end is None and (state not in _STOPPABLE or (stop.kind, stop.ground) in lasting):
            raise InvalidInput(f"stops.{place}", say(
                "{ground}: a case that is {state} cannot stand still on this ground, or does so already: say when the stop "
                "ended", ground=stop.ground, state=state))
        lasting |= {(stop.kind, stop.ground)} if stop.end is None else set()


def _wrong(stop: PastStop, past: Past, today: date) -> Iterator[str]:
    """Why a stop cannot have been one."""
    assert past.accepted_at is not None
    accepted_on = past.accepted_at.astimezone(SHANGHAI).date()
    grounds: Mapping[StopKind, frozenset[str]] = {
        StopKind.SPECIAL: frozenset({*GROUNDS, STATUTE}), StopKind.PAUSE: frozenset(PAUSES),
        StopKind.HOLD: frozenset({"order"}), StopKind.EXAMINATION: frozenset({"drawing_examination"})}
    if stop.ground not in grounds[StopKind(stop.kind)]:
        yield say("is no ground of a stop of the kind {stop}", stop=StopKind(stop.kind))
    if not accepted_on <= stop.start <= today:
        yield say("begins on {start}, not between the acceptance {accepted_on} and today {today}",
                  start=stop.start, accepted_on=accepted_on, today=today)
    if stop.end is not None and not stop.start <= stop.end <= today:
        yield say("ends on {end}, not between its beginning {start} and today {today}",
                  end=stop.end, start=stop.start, today=today)
    if stop.expected_end is not None and stop.expected_end < stop.start:
        yield say("was expected to end on {expected_end}, before it began", expected_end=stop.expected_end)
    if stop.kind == StopKind.PAUSE.value or stop.ground == STATUTE:
        if not stop.basis:
            yield say("rests on no rule; name it (no general law allows a pause)")
    elif not stop.document:
        yield say("has no document; give its number (the applicant is told in writing, 行政许可法 art. 45)")
