"""Supervision through the API: reminders, orders, cards and their aftermath, and what somebody was told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from services import jobs
from services.office import Office

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai; eight working days from here end on Thursday 12 March
AFTER = datetime(2026, 3, 13, 2, 0, tzinfo=UTC)
WANG, LI, ZHAO = ({"X_Jiban_Actor": quote(name)} for name in "王李赵")
ORDER = {"addressee": "住建科", "text": "说明超期原因", "due_on": "2026-03-20"}
FOUND = {"conclusion": "exempt", "document": "岳纪容〔2026〕5号", "reason": "首次适用新政策"}


@pytest.fixture
def late(api, clock: Callable[[datetime], None], database: Engine, office: Office) -> str:
    """A case that 王 has accepted on Monday 2 March and that is overdue since Friday 13 March, with its yellow card."""
    clock(MONDAY)
    number = str(api.accepted())
    jobs.run_due(database, office, now=AFTER)
    clock(AFTER)
    return number


def card_of(api, number: str) -> dict[str, Any]:
    """Its only card."""
    (card,) = api.get(f"cases/{number}").json["cards"]
    return dict(card)


def order_of(api, number: str) -> dict[str, Any]:
    """Its only order."""
    (order,) = api.get(f"cases/{number}").json["orders"]
    return dict(order)


def test_a_lapse_shows_its_card_on_the_case_and_in_the_list(api, late: str) -> None:
    card = card_of(api, late)
    (listed,) = api.get("cards").json["items"]

    assert (card["colour_label"], card["rule_label"], card["state_label"]) == ("黄牌", "承诺时限超期", "已亮牌")
    assert (card["clock"], card["version"], card["holder"]) == ("promised", 1, "王")
    assert card["scheduled_at"] == "2026-03-12T16:00:00Z" and card["issued_at"] == "2026-03-13T02:00:00Z"
    assert (listed["case"], listed["seq"], listed["process"]) == (late, card["seq"], "joint_completion_inspection")
    assert api.get("cards", state="written_off").json["items"] == [] == api.get("cards", colour="red").json["items"]
    assert api.get("cards", colour="yellow", state="issued", process=listed["process"], park="", department=listed["department"]
                   ).json["items"] == [listed]


def test_a_card_is_appealed_upheld_and_then_exempted_and_the_list_follows(api, late: str) -> None:
    path = f"cases/{late}/cards/{card_of(api, late)['seq']}"

    states = []
    for verb, body, by in (("appeal", {"reason": "系统停机"}, WANG), ("uphold", {"reason": "停机未经批准"}, LI),
                           ("exempt", FOUND, LI)):
        assert api.post(f"{path}/{verb}", body, **by).status_code == 200
        states.append(card_of(api, late)["state_label"])

    assert states == ["申诉中", "申诉不成立", "容错免责"]
    assert api.get("cards", state="exempted").json["items"][0]["state_label"] == "容错免责"


@pytest.mark.parametrize(("verb", "body"), [("write-off", {"reason": "停办"}), ("uphold", {"reason": "x"}), ("exempt", FOUND)])
def test_nobody_judges_a_card_of_a_case_he_has_handled(api, late: str, verb: str, body: dict[str, str]) -> None:
    path = f"cases/{late}/cards/{card_of(api, late)['seq']}"
    before = api.get(f"cases/{late}").json

    refused = api.post(f"{path}/{verb}", body, **WANG)

    assert refused.status_code == 409
    assert "measure 19, 20" in refused.json["detail"]
    assert "a supervisor 督查员 who has not handled it does" in refused.json["detail"]
    assert api.get(f"cases/{late}").json == before


def test_a_card_that_was_written_off_stays_so(api, late: str) -> None:
    path = f"cases/{late}/cards/{card_of(api, late)['seq']}"

    done = api.post(f"{path}/write-off", {"reason": "停机公告追认"}, **LI)
    again = api.post(f"{path}/appeal", {"reason": "x"}, **WANG)

    assert done.status_code == 200 and card_of(api, late)["state_label"] == "已核销"
    assert again.status_code == 409 and "is written_off: nothing is left" in again.json["detail"]


@pytest.mark.parametrize(("path", "body", "status", "said"), [
    ("cards/1/appeal", {"reason": "x"}, 404, "has:"),
    ("orders/1/close", {"text": "x"}, 404, "has: none"),
    ("cards/x/appeal", {"reason": "x"}, 422, "integer"),
    ("cards/{card}/appeal", {"reason": " "}, 422, "a reason is required"),
    ("cards/{card}/exempt", {**FOUND, "conclusion": "none"}, 422, "exempt, lenient"),
    ("cards/{card}/exempt", {**FOUND, "document": ""}, 422, "认定文书"),
    ("orders", {**ORDER, "due_on": "2026-03-12"}, 422, "lies in the past"),
    ("orders", {**ORDER, "text": ""}, 422, "what is ordered is required"),
    ("remind", {"addressee": "", "text": "x"}, 422, "whom to remind is required"),
    ("remind", {"addressee": "住建科"}, 422, "text"),
])
def test_what_is_missing_is_named(api, late: str, path: str, body: dict[str, str], status: int, said: str) -> None:
    refused = api.post(f"cases/{late}/{path.format(card=card_of(api, late)['seq'])}", body, **LI)

    assert refused.status_code == status and said in refused.json["detail"]


def test_an_order_is_answered_returned_answered_again_and_closed_by_another(api, late: str) -> None:
    issued = api.post(f"cases/{late}/orders", ORDER, **LI)
    order = order_of(api, late)
    path = f"cases/{late}/orders/{order['seq']}"
    clocks = {clock["name"]: clock["due"] for clock in api.get(f"cases/{late}").json["clocks"]}

    states = [order["state_label"]]
    for verb, body, by in (("reply", {"text": "已补派人员"}, WANG),
                           ("return", {"reason": "未说明措施", "due_on": "2026-03-24"}, LI),
                           ("reply", {"text": "已补派人员，今日办结"}, WANG),
                           ("close", {"text": "已整改到位"}, ZHAO)):
        assert api.post(f"{path}/{verb}", body, **by).status_code == 200
        states.append(order_of(api, late)["state_label"])

    assert issued.status_code == 200 and clocks[f"order:{order['seq']}"] == "2026-03-20"
    assert states == ["待答复", "待销号", "待答复", "待销号", "已销号"]
    assert (order_of(api, late)["due_on"], order_of(api, late)["replied_by"]) == ("2026-03-24", "王")


def test_who_mended_does_not_close_the_order(api, late: str) -> None:
    api.post(f"cases/{late}/orders", ORDER, **LI)
    path = f"cases/{late}/orders/{order_of(api, late)['seq']}"
    unanswered = api.post(f"{path}/close", {"text": "x"}, **LI)
    api.post(f"{path}/reply", {"text": "已补派人员"}, **WANG)

    refused = api.post(f"{path}/close", {"text": "已整改到位"}, **WANG)

    assert unanswered.status_code == 409 and "is open: it waits for" in unanswered.json["detail"]
    assert refused.status_code == 409 and "整改人≠销号人" in refused.json["detail"] and "督查员" in refused.json["detail"]


def test_an_open_case_is_reminded_of_and_an_ended_one_is_not(api, late: str) -> None:
    reminder = {"addressee": "住建科", "text": "请于今日内办结"}

    reminded = api.post(f"cases/{late}/remind", reminder, **LI)
    api.post(f"cases/{late}/terminate", {"reason": "项目取消"})
    too_late = api.post(f"cases/{late}/remind", reminder, **LI)

    assert reminded.status_code == 200 and api.told(late, "CaseReminded")[0].items() >= reminder.items()
    assert too_late.status_code == 409 and "nothing is left to be done" in too_late.json["detail"]


def test_orders_are_listed_in_the_order_in_which_they_have_to_be_answered(api, late: str) -> None:
    for due_on in ("2026-03-27", "2026-03-20", "2026-03-23"):
        api.post(f"cases/{late}/orders", {**ORDER, "due_on": due_on}, **LI)

    first = api.get("orders", limit=2).json
    rest = api.get("orders", limit=2, after=first["next"]).json

    listed = first["items"] + rest["items"]
    assert [order["due_on"] for order in listed] == ["2026-03-20", "2026-03-23", "2026-03-27"] and rest["next"] is None
    assert {(order["case"], order["addressee"], order["issued_by"]) for order in listed} == {(late, "住建科", "李")}
    assert api.get("orders", addressee="住建科").json["items"] == listed
    assert api.get("orders", addressee="规划科").json["items"] == [] == api.get("orders", state="closed").json["items"]


def test_cards_are_paged_newest_first(
    api, late: str, clock: Callable[[datetime], None], database: Engine, office: Office,
) -> None:
    clock(datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    others = [api.accepted() for _ in range(2)]
    jobs.run_due(database, office, now=datetime(2026, 3, 27, 2, 0, tzinfo=UTC))

    seen, after = [], None
    while after is not None or not seen:
        page = api.get("cards", limit=1, **({"after": after} if after else {})).json
        seen += [(card["case"], card["colour"]) for card in page["items"]]
        after = page["next"]

    assert len(seen) == len(set(seen)) == len(api.get("cards").json["items"])
    assert seen[-1] == (late, "yellow") and {case for case, _ in seen} == {late, *others}


def test_what_somebody_was_told_is_listed_until_he_has_read_it(
    api, late: str, clock: Callable[[datetime], None],
) -> None:
    told = api.get("notifications", recipient="reviewer").json["items"]

    read = api.post(f"notifications/{told[0]['id']}/read")
    clock(datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    again = api.post(f"notifications/{told[0]['id']}/read", {})

    assert told and all(each["case"] == late and late in each["subject"] and each["read_at"] is None for each in told)
    assert read.json == again.json and read.json["read_at"] == "2026-03-13T02:00:00Z"
    assert api.get("notifications", recipient="reviewer", unread=True).json["items"] == told[1:]
    assert api.get("notifications", recipient="nobody").json["items"] == []


def test_notifications_are_paged_newest_first(api, late: str, clock: Callable[[datetime], None]) -> None:
    whole = api.get("notifications", recipient="supervisor").json["items"]

    first = api.get("notifications", recipient="supervisor", limit=1).json
    rest = api.get("notifications", recipient="supervisor", after=first["next"]).json if first["next"] else {"items": []}

    assert whole and first["items"] + rest["items"] == whole
    assert [each["created_at"] for each in whole] == sorted((each["created_at"] for each in whole), reverse=True)


@pytest.mark.parametrize("id", ["x", "1-1", "43060020260302000001-1-0", "43060020260302000001-x-0", "--", "a-1-" + "9" * 30])
def test_a_notification_that_does_not_exist_cannot_be_read(api, id: str) -> None:
    missing = api.post(f"notifications/{id}/read")

    assert missing.status_code == 404 and "GET /api/v1/notifications" in missing.json["detail"]


@pytest.mark.parametrize(("path", "field"), [
    ("notifications", "recipient"), ("cards?state=x", "state"), ("orders?state=x", "state"), ("cards?after=x", "after"),
    ("orders?after=MTAw", "after"), ("notifications?recipient=x&after=MQ", "after"), ("cards?limit=0", "limit"),
    ("cards?colours=red", "colours"),
])
def test_a_question_that_is_not_understood_names_its_field(api, path: str, field: str) -> None:
    name, _, query = path.partition("?")
    refused = api.get(name, **dict(each.split("=") for each in query.split("&") if each))

    assert (refused.status_code, refused.json["field"]) == (422, field)
