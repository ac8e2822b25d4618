"""The time of a case through the API: stops, extensions, hearings, further corrections, and what the law refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from services import deployments
from services.database import writing
from tests.services import diagrams

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai; eight working days from here end on Thursday 12 March
EXPERTS = {"ground": "expert_review", "document": "岳园特告〔2026〕3号", "expected_end": "2026-03-20"}
RULE = {"ground": "rectification", "basis": "岳园办〔2026〕12号第八条", "document": "岳园整告〔2026〕7号"}
COURT = {"order": "（2026）湘06行保1号", "reason": "岳阳市中级人民法院裁定停止执行"}
LONGER = {"amount": 5, "reason": "需与省厅核对数据"}
NOTICE = {"role": "head_of_office", "document": "岳园延告〔2026〕2号"}
WANG, LI = {"X_Jiban_Actor": quote("王")}, {"X_Jiban_Actor": quote("李")}

ANNOUNCED = diagrams.process(
    "announced", diagrams.words(variables="project_code:string"), diagrams.start(), diagrams.throw("accept", "accepted"),
    diagrams.task("announce"),
    '<bpmn:boundaryEvent id="late" attachedToRef="announce" cancelActivity="false"><bpmn:timerEventDefinition>'
    '<bpmn:extensionElements><jb:limit kind="stage" item="announcement"/></bpmn:extensionElements>'
    "</bpmn:timerEventDefinition></bpmn:boundaryEvent>",
    diagrams.task("supervise", role="supervisor"), diagrams.end(), diagrams.flows("begin", "accept", "announce", "done"),
    diagrams.flows("late", "supervise", "done"))
"""The announcement is published within the days that the project's agreement promises."""


def day(number: int, hour: int = 2) -> datetime:
    """An instant in March 2026, 10:00 in Shanghai unless said otherwise."""
    return datetime(2026, 3, number, hour, 0, tzinfo=UTC)


@pytest.fixture
def number(api, clock: Callable[[datetime], None]) -> str:
    """A joint completion inspection accepted on Monday 2 March, promised in eight working days."""
    clock(MONDAY)
    return api.accepted()


def promised(api, number: str) -> dict[str, object]:
    """Its promised limit."""
    return next(clock for clock in api.get(f"cases/{number}").json["clocks"] if clock["name"] == "promised")


def test_a_limit_shows_its_value_its_source_and_what_it_is_called(api, number: str) -> None:
    shown = promised(api, number)

    assert (shown["label"], shown["amount"], shown["unit"], shown["extra"]) == ("承诺时限", 8, "workday", 0)
    assert (shown["source"], shown["source_label"]) == ("diagram", "流程图") and "第13条" in shown["basis"]
    assert (shown["due"], shown["version"], shown["has_lapsed"], shown["stopped_on"]) == ("2026-03-12", 1, False, None)
    assert (shown["counted_from"], shown["law"], shown["is_governing"]) == ("2026-03-02T01:00:00Z", 0, True)


@pytest.mark.parametrize(("move", "body", "kind", "label", "ground_label"), [
    ("suspend", EXPERTS, "special", "特别程序", "专家评审"),
    ("suspend", {**EXPERTS, "ground": "statute", "basis": "消防法第十三条"}, "special", "特别程序", "法律、法规另有规定"),
    ("pause", RULE, "pause", "暂停", "整改"),
    ("pause", {**RULE, "ground": "supplement", "expected_end": "2026-03-20"}, "pause", "暂停", "审查补正"),
    ("hold", COURT, "hold", "挂起", "依令挂起"),
    ("examine", {"size": "ordinary", "examiner": "某某施工图审查公司"}, "examination", "审图", "施工图审查"),
])
def test_a_stop_moves_the_due_date_by_the_working_days_it_covers(
    api, number: str, clock: Callable[[datetime], None], move: str, body: dict[str, str], kind: str, label: str,
    ground_label: str,
) -> None:
    clock(day(4))
    stopped = api.post(f"cases/{number}/{move}", body)
    standing_still = api.get(f"cases/{number}").json
    clock(day(9))
    resumed = api.post(f"cases/{number}/resume")

    (stop,) = standing_still["suspensions"]
    assert stopped.json["state"] == "suspended" and standing_still["lamp"] == "grey" and standing_still["due_on"] is None
    assert (stop["kind"], stop["label"], stop["ground_label"], stop["start"], stop["end"]) == (
        kind, label, ground_label, "2026-03-04", None)
    assert stop["basis"] and stop["document"] in (body.get("document"), body.get("order"), body.get("examiner"))
    assert stop["expected_end"] == body.get("expected_end", "2026-03-18" if move == "examine" else None)
    assert resumed.json["state"] == "reviewing" and promised(api, number)["due"] == "2026-03-17"  # 5, 6 and 9 March


def test_while_two_stops_last_one_is_named_and_the_days_stand_still_until_the_last_is_over(
    api, number: str, clock: Callable[[datetime], None],
) -> None:
    for move, body in (("suspend", EXPERTS), ("hold", COURT)):
        api.post(f"cases/{number}/{move}", body)
    first, second = [stop["seq"] for stop in api.get(f"cases/{number}").json["suspensions"]]

    unnamed = api.post(f"cases/{number}/resume", {})
    once = api.post(f"cases/{number}/resume", {"stop": first})
    twice = api.post(f"cases/{number}/resume", {"stop": second})

    assert (unnamed.status_code, unnamed.json["field"]) == (422, "stop")
    assert f"{first} (special: expert_review)" in unnamed.json["detail"] and f"{second} (hold: order)" in unnamed.json["detail"]
    assert (once.json["state"], twice.json["state"]) == ("suspended", "reviewing")


def test_work_waits_in_a_special_procedure_and_goes_on_in_a_pause(api, number: str) -> None:
    task = api.get("tasks", case=number).json["items"][0]
    body = {"outcome": task["outcomes"][0]}
    api.post(f"cases/{number}/suspend", EXPERTS)
    refused = api.post(f"tasks/{task['id']}/complete", body)
    api.post(f"cases/{number}/resume")
    api.post(f"cases/{number}/pause", RULE)
    done = api.post(f"tasks/{task['id']}/complete", body)

    assert refused.status_code == 409 and "专家评审" in refused.json["detail"] and "resume" in refused.json["detail"]
    assert done.status_code == 200


@pytest.mark.parametrize(("move", "body", "field", "said"), [
    ("suspend", {**EXPERTS, "ground": "holiday"}, "ground", "行政许可法 art. 45"),
    ("suspend", {**EXPERTS, "ground": "rectification"}, "ground", "pause"),
    ("suspend", {**EXPERTS, "ground": "statute"}, "basis", "article of the law"),
    ("suspend", {**EXPERTS, "document": " "}, "document", "art. 45"),
    ("suspend", {**EXPERTS, "expected_end": "2026-03-02"}, "expected_end", "not after today"),
    ("suspend", {**EXPERTS, "expected_end": 1}, "expected_end", "a date like"),
    ("suspend", {**EXPERTS, "expected_end": "2026-13-04"}, "expected_end", ""),
    ("suspend", {"ground": "hearing"}, "document", ""),
    ("pause", {**RULE, "ground": "hearing"}, "ground", "art. 45"),
    ("pause", {**RULE, "basis": ""}, "basis", "no general law"),
    ("hold", {**COURT, "order": ""}, "order", "number of the order"),
    ("examine", {"size": "huge", "examiner": "某"}, "size", "large, ordinary"),
    ("resume", {"stop": 0}, "stop", ""),
    ("extensions", {**LONGER, "amount": 11}, "amount", "行政许可法 art. 42(1)"),
    ("extensions", {**LONGER, "reason": ""}, "reason", "required"),
    ("extensions", {**LONGER, "days": 5}, "days", "unknown"),
    ("hearings/offer", {"document": ""}, "document", "听证告知书"),
])
def test_a_move_that_lacks_what_it_rests_on_is_refused_by_field_and_changes_nothing(
    api, number: str, move: str, body: dict[str, object], field: str, said: str,
) -> None:
    before = api.get(f"cases/{number}").json

    refused = api.post(f"cases/{number}/{move}", body, **WANG)

    assert (refused.status_code, refused.json["field"]) == (422, field) and said in refused.json["detail"]
    assert api.get(f"cases/{number}").json == before


def test_what_runs_cannot_be_resumed(api, number: str) -> None:
    refused = api.post(f"cases/{number}/resume")

    assert refused.status_code == 409 and refused.json["type"] == "urn:jiban:problem:forbidden"
    assert "is not suspended but reviewing" in refused.json["detail"]


def test_before_acceptance_no_day_counts_that_could_be_stopped(api) -> None:
    opened = api.open()

    refused = api.post(f"cases/{opened['number']}/suspend", EXPERTS)

    assert refused.status_code == 409
    assert "between 受理 and 办结" in refused.json["detail"] and "art. 45" in refused.json["detail"]
    assert "by its reviewer" in refused.json["detail"]


def test_an_extension_is_proposed_by_the_reviewer_and_approved_by_another_head(api, number: str) -> None:
    proposed = api.post(f"cases/{number}/extensions", LONGER, **WANG)
    again = api.post(f"cases/{number}/extensions", LONGER, **LI)
    by_himself = api.post(f"cases/{number}/extensions/approve", NOTICE, **WANG)
    in_another_role = api.post(f"cases/{number}/extensions/approve", {**NOTICE, "role": "reviewer"}, **LI)
    approved = api.post(f"cases/{number}/extensions/approve", NOTICE, **LI)

    assert proposed.status_code == 200 and promised(api, number)["due"] == "2026-03-19"
    assert again.status_code == 409 and "waits for the head of office" in again.json["detail"]
    assert by_himself.status_code == 409 and "approved by another person" in by_himself.json["detail"]
    assert in_another_role.status_code == 409 and "机关负责人" in in_another_role.json["detail"]
    assert approved.status_code == 200 and promised(api, number)["extra"] == 5
    once_only = api.post(f"cases/{number}/extensions", LONGER, **WANG)
    assert once_only.status_code == 409 and "the law knows one (行政许可法 art. 42)" in once_only.json["detail"]


def test_after_the_lapse_nothing_can_be_extended(api, number: str, clock: Callable[[datetime], None]) -> None:
    api.post(f"cases/{number}/extensions", LONGER, **WANG)
    clock(day(13))
    before = api.get(f"cases/{number}").json

    refused = api.post(f"cases/{number}/extensions/approve", NOTICE, **LI)

    assert refused.status_code == 409
    for said in ("the promised limit ended on 2026-03-12", "行政许可法 art. 42", "concluded late", "supervisor 督查员"):
        assert said in refused.json["detail"]
    assert api.get(f"cases/{number}").json == before


def test_only_a_joint_handling_is_extended_as_one(api, number: str) -> None:
    refused = api.post(f"cases/{number}/extensions", {**LONGER, "is_joint": True}, **WANG)

    assert refused.status_code == 409
    assert "is no joint handling" in refused.json["detail"] and "行政许可法 art. 42(2)" in refused.json["detail"]


def test_an_extension_that_is_not_approved_leaves_the_deadline_and_may_be_proposed_again(api, number: str) -> None:
    api.post(f"cases/{number}/extensions", LONGER, **WANG)

    refused = api.post(f"cases/{number}/extensions/refuse", {"reason": "可以在原时限内办结"}, **LI)
    nothing_left = api.post(f"cases/{number}/extensions/refuse", {"reason": "可以"}, **LI)

    assert refused.status_code == 200 and promised(api, number)["due"] == "2026-03-12"
    assert nothing_left.status_code == 409 and "nobody has proposed" in nothing_left.json["detail"]
    assert api.post(f"cases/{number}/extensions", LONGER, **WANG).status_code == 200


def test_a_second_correction_notice_needs_an_approval(api) -> None:
    opened = api.complete(api.open(), "received")
    number = opened["number"]
    too_early = api.post(f"cases/{number}/corrections/approve", {"role": "legal_officer", "reason": "新的缺项"})
    back = api.complete(api.complete(opened, "correct"), "resubmitted")
    second = api.post(f"tasks/{back['tasks'][0]['id']}/complete", {"outcome": "correct"})
    by_the_clerk = api.post(f"cases/{number}/corrections/approve", {"role": "clerk", "reason": "新的缺项"})

    approved = api.post(f"cases/{number}/corrections/approve", {"role": "legal_officer", "reason": "新的缺项"})
    third = api.post(f"tasks/{back['tasks'][0]['id']}/complete", {"outcome": "correct"})

    assert too_early.status_code == 409 and "the first needs no approval" in too_early.json["detail"]
    assert second.status_code == 409
    assert "行政许可法 art. 32(4)" in second.json["detail"] and "法制审核员" in second.json["detail"]
    assert by_the_clerk.status_code == 409 and "not by “clerk”" in by_the_clerk.json["detail"]
    assert (approved.status_code, third.json["state"]) == (200, "correcting")


def test_a_hearing_is_offered_asked_for_in_five_days_and_told_seven_days_ahead(
    api, number: str, clock: Callable[[datetime], None],
) -> None:
    date = {"held_on": "2026-03-20", "chair": "赵", "document": "岳园听公〔2026〕1号"}
    unasked = api.post(f"cases/{number}/hearings/schedule", date)
    offered = api.post(f"cases/{number}/hearings/offer", {"document": "岳园听告〔2026〕1号"})
    asked = api.post(f"cases/{number}/hearings/request", {"applicant": "岳阳某某科技有限公司"})
    too_soon = api.post(f"cases/{number}/hearings/schedule", {**date, "held_on": "2026-03-06"})
    his_own = api.post(f"cases/{number}/hearings/schedule", {**date, "chair": "王"})
    clocks = {clock["name"]: clock for clock in api.get(f"cases/{number}").json["clocks"]}

    scheduled = api.post(f"cases/{number}/hearings/schedule", date)

    assert unasked.status_code == 409 and "art. 47" in unasked.json["detail"]
    assert (offered.status_code, asked.status_code, scheduled.status_code) == (200, 200, 200)
    assert (clocks["hearing"]["label"], clocks["hearing"]["due"]) == ("组织听证期限", "2026-03-30")
    assert (too_soon.status_code, too_soon.json["field"]) == (422, "held_on") and "art. 48(1)" in too_soon.json["detail"]
    assert his_own.status_code == 409 and "art. 48(3)" in his_own.json["detail"]


def test_a_hearing_asked_for_too_late_is_refused(api, number: str, clock: Callable[[datetime], None]) -> None:
    api.post(f"cases/{number}/hearings/offer", {"document": "岳园听告〔2026〕1号"})
    clock(day(10))

    refused = api.post(f"cases/{number}/hearings/request", {"applicant": "岳阳某某科技有限公司"})

    assert refused.status_code == 409
    for said in ("2026-03-09", "行政许可法 art. 47", "of its own accord (art. 46)"):
        assert said in refused.json["detail"]


@pytest.mark.parametrize("token", ["17", "0"])
def test_a_clock_that_lacks_no_number_is_not_started(api, number: str, token: str) -> None:
    missing = api.post(f"cases/{number}/clocks/{token}/start")

    assert missing.status_code == 404 and "incident" in missing.json["detail"]


def test_a_move_that_was_made_is_not_made_twice(api, number: str) -> None:
    first, second = (api.post(f"cases/{number}/suspend", EXPERTS, Idempotency_Key="7f0c") for _ in range(2))

    assert first.text == second.text and len(api.told(number, "CaseSuspended")) == 1


@pytest.mark.parametrize("move", ["suspend", "pause", "hold", "examine", "resume", "extensions", "hearings/offer"])
def test_a_stale_move_is_refused(api, number: str, move: str) -> None:
    bodies = {"suspend": EXPERTS, "pause": RULE, "hold": COURT, "examine": {"size": "large", "examiner": "某"}, "resume": {},
              "extensions": LONGER, "hearings/offer": {"document": "1"}}

    assert api.post(f"cases/{number}/{move}", bodies[move], If_Match="1").json["type"] == "urn:jiban:problem:stale"


def test_a_clock_whose_number_only_the_project_gives_starts_once_it_is_entered(
    api, database: Engine, clock: Callable[[datetime], None],
) -> None:
    with writing(database) as connection:
        deployments.deploy(connection, {"announced.bpmn": ANNOUNCED}, now=MONDAY)
    clock(MONDAY)
    number = api.open("announced", project_code="P1")["number"]
    (incident,) = api.get(f"cases/{number}").json["incidents"]
    start = f"cases/{number}/clocks/{incident['token']}/start"
    too_early = api.post(start)
    api.post("commitments", {"project": "P1", "item": "announcement", "amount": 3, "clause": "第六条", "agreement": "协议8号"})

    started = api.post(start)

    assert too_early.status_code == 409 and "has no such commitment" in too_early.json["detail"]
    case = api.get(f"cases/{number}").json
    assert started.status_code == 200 and case["incidents"] == []
    assert [(each["label"], each["due"], each["source_label"]) for each in case["clocks"]] == [
        ("环节时限", "2026-03-05", "项目承诺")]
    assert api.post(start).status_code == 404
