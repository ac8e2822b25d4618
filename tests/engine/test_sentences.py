"""A sentence reads as one text and keeps apart what is fixed in it and what is given to it."""

from datetime import UTC, date, datetime

import pytest

from engine.errors import AlreadyDecided, Forbidden, InvalidInput, JibanError, NotFound, Stale
from engine.lifecycle import State
from engine.sentences import Sentence, listed, places, say, sentence_of


def test_a_sentence_reads_as_its_text() -> None:
    told = say("“{task}” is with {assignee}", task="审查", assignee="李国华")

    assert told == "“审查” is with 李国华"
    assert (told.pattern, dict(told.given)) == ("“{task}” is with {assignee}", {"task": "审查", "assignee": "李国华"})


@pytest.mark.parametrize(("value", "text"), [
    (State.ACCEPTED, "accepted"),  # a state by its value
    (date(2026, 11, 25), "2026-11-25"),
    (("a", State.ACCEPTED), "a, accepted"),  # a list with commas
    (listed(("甲", "乙"), "、"), "甲、乙"),
    (None, "None"),
    ("{task}", "{task}"),  # a value is never read as a pattern
])
def test_each_value_is_shown_in_english(value: object, text: str) -> None:
    assert say("it is {value}", value=value) == f"it is {text}"


def test_a_format_holds_for_english_alone() -> None:
    told = say("completed at {at:%H:%M} UTC", at=datetime(2026, 11, 25, 1, 30, tzinfo=UTC))

    assert told == "completed at 01:30 UTC"
    assert places(told.pattern) == {"at"}


def test_braces_that_are_no_place_stand_as_they_are() -> None:
    assert say('expected {"promised": "yellow"}, found {found}', found=3) == 'expected {"promised": "yellow"}, found 3'


def test_a_place_without_a_value_is_a_fault() -> None:
    with pytest.raises(KeyError):
        say("“{task}” is gone", step="审查")


def test_a_text_of_no_pattern_is_its_own_pattern() -> None:
    assert sentence_of("is {missing}").pattern == "is {missing}"
    assert sentence_of(told := say("is missing")) is told


@pytest.mark.parametrize(("error", "pattern", "names"), [
    (Forbidden("seal", "not yet"), "{command} refused: {reason}", {"command", "reason"}),
    (NotFound("case", "7"), "no {kind} “{name}”", {"kind", "name"}),
    (NotFound("case", "7", "look again"), "no {kind} “{name}”: {hint}", {"kind", "name", "hint"}),
    (InvalidInput("due_on", "is over"), "{field}: {reason}", {"field", "reason"}),
    (InvalidInput("", "the body is missing"), "the body is missing", set()),
    (Stale("7", 1, 2), "case {case} was read at version {expected}, but {now}: read it again and repeat",
     {"case", "expected", "now"}),
    (AlreadyDecided("7-1", "it is over"), "task {task} takes no decision any more: {how}", {"task", "how"}),
])
def test_a_refusal_knows_the_pattern_of_its_message(error: JibanError, pattern: str, names: set[str]) -> None:
    assert error.sentence == str(error)
    assert (error.sentence.pattern, set(error.sentence.given)) == (pattern, names)


def test_the_reason_of_a_refusal_stays_a_sentence() -> None:
    refused = Forbidden("seal", say("case {case} is {state}", case="7", state=State.ACCEPTED))

    reason = refused.sentence.given["reason"]

    assert isinstance(reason, Sentence)
    assert (reason.pattern, reason.given["state"]) == ("case {case} is {state}", State.ACCEPTED)
