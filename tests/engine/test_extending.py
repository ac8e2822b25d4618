"""Extensions and hearings: once, in time, by the right person, counted from the original start (行政许可法 art. 42, 47, 48)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from engine import events, extending, stopping
from engine.case import Case
from engine.duties import Duty
from engine.errors import Forbidden, InvalidInput
from engine.events import Fact
from engine.lifecycle import State
from tests.engine.telling import CALENDAR, JOINT, NOW, accepted, after, day, in_state, kinds, lapse, then

OPEN = {State.ACCEPTED, State.REVIEWING, State.SUSPENDED, State.DECIDED}
AFTER_ALL = datetime(2026, 4, 2, 2, tzinfo=UTC)
"""The day after the statutory limit of `accepted` was over."""


def propose(case: Case, **given: object) -> Fact:
    return extending.propose(case, **({"amount": 10, "reason": "案情复杂", "is_joint": False, "now": NOW} | given))  # type: ignore[arg-type]


def approve(case: Case, **given: object) -> Fact:
    return extending.approve(  # type: ignore[arg-type]
        case, **({"role": "head_of_office", "document": "延1号", "by": "局长", "now": NOW} | given))


def proposed(case: Case | None = None) -> Case:
    """The reviewer 李 has proposed ten days more."""
    case = accepted() if case is None else case
    return then(case, propose(case), by="李")


def extended() -> Case:
    return then(proposed(), approve(proposed()), by="局长")


@pytest.mark.parametrize("state", list(State))
def test_only_a_limit_that_runs_can_be_extended(state: State) -> None:
    case = replace(accepted(), state=state)

    if state in OPEN:
        assert isinstance(propose(case), events.ExtensionProposed)
    else:
        with pytest.raises(Forbidden, match=rf"{state.value}; only a limit that runs.*art\. 42"):
            propose(case)


@pytest.mark.parametrize(("amount", "is_joint", "may"), [
    (1, False, True), (10, False, True), (11, False, False), (0, False, False), (-1, False, False),  # art. 42(1): ten
    (15, True, True), (16, True, False),  # art. 42(2): fifteen more for a joint handling
])
def test_the_law_adds_so_many_days_and_no_more(amount: int, is_joint: bool, may: bool) -> None:
    case = accepted(JOINT) if is_joint else accepted()

    if may:
        assert propose(case, amount=amount, is_joint=is_joint) is not None
    else:
        with pytest.raises(InvalidInput, match=rf"art\. 42\({1 + is_joint}\)"):
            propose(case, amount=amount, is_joint=is_joint)


def test_a_proposal_has_a_reason() -> None:
    with pytest.raises(InvalidInput, match="a reason is required"):
        propose(accepted(), reason=" ")


def test_a_case_has_one_proposal_at_a_time_and_it_names_whose_it_is() -> None:
    with pytest.raises(Forbidden, match=r"one by 李 that waits for the head of office.*approve or refuse"):
        propose(proposed())


def test_no_joint_handling_no_joint_extension() -> None:
    with pytest.raises(Forbidden, match=r"statutory limit of 45 working days \(行政许可法 art\. 42\(2\)\)"):
        propose(accepted(), is_joint=True)


def test_an_extension_is_counted_from_the_original_start_on_every_clock_it_reaches() -> None:
    case, recorded = after(proposed(), approve(proposed(), now=day(10)), now=day(10), by="局长")

    assert kinds(recorded) == ["ExtensionApproved", "ClockMoved", "ClockMoved"]
    promised, statutory = case.clock("promised"), case.clock("statutory")
    assert promised is not None and promised.due_on == date(2026, 3, 25)  # fifteen working days from the 4th
    assert statutory is not None and statutory.due_on == date(2026, 4, 16)  # thirty: the 6th of April is 清明
    assert (promised.version, promised.extra, case.is_extended, case.proposal) == (2, 10, True, None)


def test_what_has_lapsed_stays_lapsed_and_what_still_runs_is_extended() -> None:
    case = then(accepted(), lapse(accepted(), "promised"), now=day(12))
    case = then(proposed(case), approve(proposed(case), now=day(12)), now=day(12), by="局长")

    promised, statutory = case.clock("promised"), case.clock("statutory")
    assert promised is not None and (promised.due_on, promised.has_lapsed) == (date(2026, 3, 11), True)
    assert statutory is not None and statutory.due_on == date(2026, 4, 16)


@pytest.mark.parametrize(("given", "error", "words"), [
    ({"role": "approver"}, Forbidden, r"by the head of office 机关负责人 \(head_of_office\), not by “approver”"),
    ({"by": "李"}, Forbidden, "李 has proposed it; it is approved by another person"),
    ({"document": " "}, InvalidInput, "延期办理告知书"),
    ({"now": AFTER_ALL}, Forbidden, r"ended on 2026-04-01.*approved and told before the limit is over.*supervisor 督查员"),
])
def test_an_approval_needs_its_role_another_person_its_notice_and_time(
    given: dict[str, object], error: type[Exception], words: str,
) -> None:
    with pytest.raises(error, match=words):
        approve(proposed(), **given)


def test_an_extension_asked_for_after_the_lapse_is_refused_with_what_is_left_to_do() -> None:
    with pytest.raises(Forbidden, match=r"a late request is itself 超时\)\. The case can still be concluded late"):
        propose(accepted(), now=AFTER_ALL)


def test_a_joint_extension_is_approved_by_the_government() -> None:
    case = accepted(JOINT)
    case = then(case, propose(case, amount=15, is_joint=True), terms=JOINT)

    with pytest.raises(Forbidden, match="head_of_government"):
        approve(case)
    case = then(case, approve(case, role="head_of_government"), terms=JOINT)

    statutory = case.clock("statutory")
    assert statutory is not None and statutory.extra == 15


def test_nobody_approves_or_refuses_what_nobody_proposed() -> None:
    with pytest.raises(Forbidden, match="its reviewer does that first"):
        approve(accepted())
    with pytest.raises(Forbidden, match="nobody has proposed one"):
        extending.refuse(accepted(), reason="无")


def test_what_was_refused_may_be_proposed_again_and_what_was_approved_may_not() -> None:
    refused = then(proposed(), extending.refuse(proposed(), reason="理由不足"))

    assert refused.governing == accepted().governing and propose(refused) is not None
    with pytest.raises(Forbidden, match="the law knows one"):
        propose(extended())


def test_a_stopped_clock_is_extended_without_a_due_date_and_has_it_when_it_runs_again() -> None:
    case = then(accepted(), stopping.hold(accepted(), order="1号", reason="法院", now=NOW))
    case = then(proposed(case), approve(proposed(case)), by="局长")

    assert case.governing is not None and (case.governing.due_on, case.governing.extra) == (None, 10)
    case = then(case, stopping.resume(case, now=day(5)), now=day(5))
    assert case.governing is not None and case.governing.due_on == date(2026, 3, 26)  # the 5th is not counted


def offered() -> Case:
    return then(accepted(), extending.offer_hearing(accepted(), document="听告1号"))


def requested() -> Case:
    return then(offered(), extending.request_hearing(offered(), applicant="某公司", now=day(9)), now=day(9))


def schedule(case: Case, **given: object) -> Fact:
    return extending.schedule_hearing(case, CALENDAR, **({  # type: ignore[arg-type]
        "held_on": date(2026, 3, 20), "chair": "赵", "document": "听公1号", "now": day(10)} | given))


@pytest.mark.parametrize("state", list(State))
def test_the_right_to_a_hearing_is_told_between_acceptance_and_the_decision(state: State) -> None:
    if state in OPEN - {State.DECIDED}:
        assert extending.offer_hearing(in_state(state), document="听告1号") is not None
    else:
        with pytest.raises(Forbidden, match="between 受理 and the decision"):
            extending.offer_hearing(in_state(state), document="听告1号")


def test_an_applicant_has_five_working_days_to_ask_and_the_office_twenty_to_hold_it() -> None:
    asked, held = offered().clock("hearing_request"), requested().clock("hearing")

    assert asked is not None and asked.due_on == date(2026, 3, 11)
    assert held is not None and held.due_on == date(2026, 4, 7)  # twenty working days from the 9th, without 清明
    assert requested().clock("hearing_request") is None


def test_a_hearing_is_asked_for_in_time_or_not_at_all() -> None:
    with pytest.raises(Forbidden, match=r"ended on 2026-03-11 .*art\. 47\); the office may still hold one of its own accord"):
        extending.request_hearing(offered(), applicant="某公司", now=day(12))
    with pytest.raises(Forbidden, match="within 5 working days of being told"):
        extending.request_hearing(accepted(), applicant="某公司", now=NOW)
    with pytest.raises(InvalidInput, match="who asks"):
        extending.request_hearing(offered(), applicant="", now=NOW)


@pytest.mark.parametrize("case", [offered, requested])
def test_the_right_is_told_once_so_that_the_twenty_days_never_begin_anew(case: Callable[[], Case]) -> None:
    with pytest.raises(Forbidden, match="the right was told in case"):
        extending.offer_hearing(case(), document="听告2号")


def test_whoever_reviewed_under_another_account_or_as_a_delegate_does_not_chair_the_hearing() -> None:
    case = replace(requested(), hands=((Duty.REVIEWING.value, "钱"), (Duty.RECEIVING.value, "孙")))

    for given in ({"chair": "钱"}, {"chair": "钱二", "natural": ("钱",)}):
        with pytest.raises(Forbidden, match="has done 审查 on case 430600"):
            schedule(case, **given)
    assert schedule(case, chair="孙", natural=("孙",)) is not None


@pytest.mark.parametrize(("given", "error", "words"), [
    ({"held_on": date(2026, 3, 18)}, InvalidInput, r"had to be announced by 2026-03-08: 7 days ahead .*48\(1\)"),
    ({"chair": "李"}, Forbidden, r"李 has handled case 430600; the chair is another person .*48\(3\)"),
    ({"chair": " "}, InvalidInput, "the chair of the hearing"),
    ({"document": ""}, InvalidInput, "听证公告"),
])
def test_a_hearing_is_announced_seven_days_ahead_and_chaired_by_another(
    given: dict[str, object], error: type[Exception], words: str,
) -> None:
    with pytest.raises(error, match=words):
        schedule(requested(), **given)


def test_an_announced_hearing_waits_for_nothing_more() -> None:
    case = then(requested(), schedule(requested()), now=day(10))

    assert case.clock("hearing") is None
    with pytest.raises(Forbidden, match="once it has been asked for"):
        schedule(case)
