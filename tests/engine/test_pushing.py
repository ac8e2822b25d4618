"""双推送: what of a case is pushed, to whom, and that nothing is archived before it was."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from engine import events, feedback, pushing
from engine.case import Case
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.limits import OUTLIVING, LimitKind
from engine.permits import Act, Subject
from engine.pushes import Push
from engine.supervision import Colour, Policy
from tests.engine.telling import opened

CASE = opened()
DEPARTMENT, DAY = "市城管局", date(2026, 3, 4)
PUSHED = Push(seq=9, department=DEPARTMENT, result="granted", pushed_on=DAY)
CONCLUDED = replace(CASE, granted=True, concluded_on=DAY)


@pytest.mark.parametrize(("case", "result"), [
    (CONCLUDED, "granted"),
    (replace(CONCLUDED, granted=False), ""),  # a refusal permits nothing
    (replace(CONCLUDED, granted=False, is_partly_granted=True), "granted"),  # one of four was refused
    (replace(CONCLUDED, granted=None), ""),
    (replace(CONCLUDED, is_bundle=True), ""),  # each of its children pushes for itself
    (replace(CONCLUDED, subject=Subject(permit="甲", act=Act.REVOKE, basis="", changes={})), "revoke"),
])
def test_what_is_pushed_is_what_was_granted_or_done_to_a_permit(case: Case, result: str) -> None:
    assert pushing.result_of(case) == result


@pytest.mark.parametrize(("case", "supervised_by", "owes"), [
    (CONCLUDED, DEPARTMENT, True), (CONCLUDED, "", True),  # nobody is named: it is owed all the same
    (CONCLUDED, None, False),  # nobody has to supervise it
    (replace(CONCLUDED, concluded_on=None), DEPARTMENT, False), (replace(CONCLUDED, pushes=(PUSHED,)), DEPARTMENT, False),
    (replace(CONCLUDED, brought_in_at=CASE.opened_at, concluded_on=date(2020, 1, 1)), DEPARTMENT, False),  # elsewhere
])
def test_a_result_is_owed_until_it_is_pushed(case: Case, supervised_by: str | None, owes: bool) -> None:
    assert pushing.owes(case, supervised_by) is owes
    assert (pushing.pushed(case, supervised_by, "M") is not None) is (owes and bool(supervised_by))


def test_a_result_is_signed_for_once_and_reported_on_only_then() -> None:
    waiting, signed = (replace(CONCLUDED, pushes=(each,)) for each in (
        PUSHED, Push(seq=9, department=DEPARTMENT, result="granted", pushed_on=DAY, received_on=DAY, received_by="监")))
    finding = {"push": 9, "sort": "check", "text": "不符", "measure": "", "document": "", "told": ()}

    assert feedback.receive(waiting, push=9) == events.PushReceived(push=9)
    assert feedback.report(signed, **finding).text == "不符"
    with pytest.raises(Forbidden, match="signed for once"):
        feedback.receive(signed, push=9)
    with pytest.raises(Forbidden, match="sign for it first"):
        feedback.report(waiting, **finding)
    with pytest.raises(NotFound):
        feedback.receive(waiting, push=8)
    with pytest.raises(InvalidInput):
        feedback.report(signed, **finding | {"text": " "})


def test_the_lapse_of_a_receipt_is_never_a_card_and_outlives_the_case() -> None:
    strict = Policy(cards={LimitKind.PUSH: Colour.RED})

    assert strict.card(LimitKind.PUSH) is None and LimitKind.PUSH in OUTLIVING
