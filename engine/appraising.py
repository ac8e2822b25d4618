"""好差评: who may rate a case and when, and who answers a bad rating.

The applicant rates, once a case, when the result is to be handed over or the case has ended; nobody rates for him, and what is
not rated is not counted as praise. A bad rating names its reasons, so that something can be done about them.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine import events
from engine.case import Case
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.events import Fact
from engine.lifecycle import State
from engine.moves import required
from engine.ratings import ALLOWED, BAD, CHANNELS, LEVELS, REASONS, RatingState
from engine.sentences import say

LONGEST = 1000
"""Characters of what an applicant adds, and of what is answered."""

_AT_THE_END = frozenset({State.CONCLUDED, State.CERTIFIED, State.HANDED_OVER, State.ARCHIVED})


def rate(case: Case, *, level: int, reasons: Iterable[str], text: str, channel: str) -> Fact:
    """评价. Raises Forbidden before the end and a second time; InvalidInput for another level, or a bad one without a
    reason."""
    _check_rateable(case)
    if isinstance(level, bool) or level not in LEVELS:
        known = tuple(f"{each} {name}" for each, name in LEVELS.items())
        raise InvalidInput("level", say("expected one of {known}, found {found}", known=known, found=repr(level)))
    if channel not in CHANNELS:
        raise InvalidInput("channel", say(
            "expected one of {known}, found “{found}”", known=tuple(CHANNELS), found=channel[:20]))
    why = tuple(dict.fromkeys(reasons))
    if unknown := [each for each in why if each not in REASONS]:
        raise InvalidInput("reasons", say(
            "expected some of {known}, found “{found}”", known=tuple(REASONS), found=unknown[0][:20]))
    if level <= BAD and not why:
        raise InvalidInput("reasons", say(
            "a rating “{level}” names at least one reason, so that it can be mended", level=LEVELS[level]))
    return events.ServiceRated(level=level, reasons=why if level <= BAD else (), text=_within("text", text), channel=channel)


def answer(case: Case, *, token: int, text: str) -> Fact:
    """差评整改: what was done about it. Raises NotFound, Forbidden, InvalidInput."""
    rating = case.rating
    if rating is None or rating.token != token:
        raise NotFound("bad rating", str(token), say("case {case} has none with this task", case=case.number))
    if RatingState.ANSWERED not in ALLOWED[rating.state]:
        raise Forbidden("answer_rating", say(
            "the rating of case {case} is {state}: nothing is to be done about it", case=case.number, state=rating.state))
    return events.RatingAnswered(token=token, text=_within("text", required("text", text, "what was done about it")))


def _check_rateable(case: Case) -> None:
    if case.rating is not None:
        raise Forbidden("rate", say(
            "case {case} was rated on {rated_on} ({level}): a case is rated once (一次一评)", case=case.number,
            rated_on=case.rating.rated_on, level=LEVELS[case.rating.level]))
    if case.state is State.VOIDED:
        raise Forbidden("rate", say(
            "case {case} was entered by mistake and voided 作废; nobody was served by it", case=case.number))
    if case.ended_at is None and case.state not in _AT_THE_END:
        raise Forbidden("rate", say(
            "case {case} is {state}: it is rated when the result is handed over 送达, or when it has ended",
            case=case.number, state=case.state))


def _within(field: str, text: str) -> str:
    kept = text.strip()
    if len(kept) > LONGEST or not all(each.isprintable() or each in "\n\r\t" for each in kept):
        raise InvalidInput(field, say("expected at most {most} printable characters", most=LONGEST))
    return kept
