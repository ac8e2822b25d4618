"""The table of verbs: what each is called, what it does, and which of them are legal moves of a clock."""

import pytest

from engine.verbs import BY_APPLICANT, VERBS, About, Verb, about

MOVES = {
    "suspend", "pause", "hold", "examine", "resume_case", "approve_extension",  # as README says what may move a clock
    "withdraw", "terminate", "void", "hand_over",  # the end of a case, or of its limit
    "supply", "verify_declaration", "find_unmet", "fail_declaration",  # clocks of what was undertaken
    "start_clock", "request_hearing", "schedule_hearing", "reply_to_order", "return_order", "close_order",  # their own clocks
    "receive_push",  # the clock of a pushed result
}


def test_only_the_cited_moves_touch_a_clock_and_no_verb_on_a_task_does() -> None:
    assert {verb.name for verb in VERBS.values() if verb.moves_clock} == MOVES
    assert not any(verb.moves_clock for verb in about(About.TASK))


def test_no_two_verbs_bear_the_same_word() -> None:
    assert len({verb.label for verb in VERBS.values()}) == len(VERBS)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_verb_says_in_a_sentence_what_it_does(verb: Verb) -> None:
    assert 5 <= len(verb.consequence) <= 80 and not verb.consequence.endswith("。")
    assert verb.label.strip() == verb.label and 2 <= len(verb.label) <= 8


def test_what_is_the_applicants_needs_no_role_of_the_office() -> None:
    assert all(VERBS[name].roles == () for name in BY_APPLICANT)
