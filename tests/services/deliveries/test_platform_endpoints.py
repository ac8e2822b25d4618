"""A platform is told of the cases it has sent, in its own words, in their order, and of nothing else."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine.errors import Forbidden, NotFound
from services.database import writing
from services.deliveries import platform_endpoints
from services.platforms import applications, callbacks
from services.store.endpoints import EndpointRow
from tests.services.desk import Desk
from tests.services.receiving import Wired, wired
from tests.webhooks.receiving import Receiver, answering, receiver
from webhooks.signature import verify

APPLIED: dict[str, Any] = {"spsxslbm": "YY-2026-0001", "spsxbm": "竣工联合验收", "sqdw": {"mc": "岳阳某某公司"}}


@pytest.fixture
def office_wire(desk: Desk) -> Wired:
    return wired(desk)


def answered(office_wire: Wired, there: Receiver, platform: str = "gonggai") -> EndpointRow:
    """An endpoint that is the platform."""
    endpoint = office_wire.enter(there.url)
    answer(office_wire, endpoint.id, platform)
    return endpoint


def answer(office_wire: Wired, endpoint: int, platform: str) -> None:
    with writing(office_wire.desk.database) as connection:
        platform_endpoints.answer(connection, office_wire.desk.office, office_wire.told(), endpoint, platform)


def apply(desk: Desk, body: dict[str, Any] = APPLIED, platform: str = "gonggai") -> str:
    with writing(desk.database) as connection:
        return applications.submit(connection, desk.office, desk.office.platforms[platform], body, now=desk.now).number


def test_a_platform_is_told_what_its_case_does_by_its_codes(office_wire: Wired) -> None:
    desk = office_wire.desk
    with receiver(answering()) as there:
        answered(office_wire, there)
        number, other = apply(desk), desk.open("joint_completion_inspection")
        strangers = apply(desk, {"applyNo": "A-1", "itemCode": "joint_completion_inspection"}, "yiwangtongban")
        for each in (number, other, strangers):
            desk.complete(each, "register", "received")
            desk.complete(each, "verify", "accept")
        desk.suspend(number, by="李")

        sent = office_wire.run()

    told = [orjson.loads(body) for body in there.bodies]
    assert [(each["spsxslbm"], each["bjbh"], each["blzt"], each["blztmc"]) for each in told] == [
        ("YY-2026-0001", number, code, name)
        for code, name in (("1", "已接件"), ("3", "窗口受理"), ("8", "部门受理"), ("9", "特别程序开始"))]
    headers = dict(line.split(": ", 1) for line in there.heads[0].split("\r\n")[1:])
    assert headers["content-type"] == "application/json; charset=UTF-8"
    assert verify([office_wire.secret], headers, there.bodies[0], desk.now).id.startswith("evt_")
    assert sent.delivered == 4 and desk.problems() == []


def test_what_a_platform_has_no_code_for_is_passed_over_and_holds_nothing_back(office_wire: Wired) -> None:
    desk = office_wire.desk
    with receiver(answering()) as there:
        answered(office_wire, there)
        number = apply(desk)
        desk.complete(number, "register", "received")
        desk.complete(number, "verify", "accept")
        desk.command("hold", number, by="李", order="长政令1号", reason="依令")
        desk.command("resume_case", number, by="李")
        desk.command("terminate", number, by="李", reason="项目取消")
        office_wire.run()

    assert [orjson.loads(body)["blzt"] for body in there.bodies] == ["1", "3", "8", "13"]
    assert [state for _, state, _ in office_wire.states()] == ["delivered"] * 3 + ["dismissed"] * 2 + ["delivered"]
    assert desk.problems() == []


def test_a_withdrawal_goes_out_as_pending_and_then_as_it_was_decided(office_wire: Wired) -> None:
    desk = office_wire.desk
    with receiver(answering()) as there:
        answered(office_wire, there)
        number = apply(desk)
        for _ in range(2):
            with writing(desk.database) as connection:
                body = {"spsxslbm": "YY-2026-0001", "blzt": "2"}
                row = callbacks.receive(connection, desk.office, desk.office.platforms["gonggai"], body, orjson.dumps(body),
                                        webhook_id="m", now=desk.now)
            with writing(desk.database) as connection:
                if len(there.bodies) == 0 and row.id == 1:
                    callbacks.dismiss(connection, desk.office, row.id, "申请人改变主意", by="管", now=desk.now)
                else:
                    callbacks.deliver(connection, desk.office, row.id, number, by="管", now=desk.now)
        office_wire.run()

    assert [orjson.loads(body)["blzt"] for body in there.bodies] == ["1", "16", "1", "16", "2"]


def test_only_an_endpoint_of_its_own_answers_a_platform(office_wire: Wired) -> None:
    with receiver(answering()) as there:
        told = office_wire.connect(there)
        with pytest.raises(Forbidden, match="is told something already"):
            answer(office_wire, told.id, "gonggai")
        with pytest.raises(NotFound):
            answer(office_wire, office_wire.enter(there.url).id, "nobody")

