"""运行故障 on a page: what is held up, tried again by whoever administers it, one or many."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.database import writing
from services.office import Office
from tests.services.desk import WEDNESDAY, Desk
from tests.services.served import Worker, externals, handed_in
from tests.services.staff import hire
from tests.services.web.conftest import Browser, sign_in


@pytest.fixture
def desk(database: Engine, office: Office, clock) -> Desk:  # type: ignore[no-untyped-def]
    """The desk of the office the pages show, with two cases whose connector has failed for good."""
    clock(WEDNESDAY)
    desk = Desk(database=database, office=office)
    for _ in range(2):
        handed_in(desk, park="湘阴高新区")
    worker = Worker(desk=desk)
    for task in worker.fetch():
        worker.fail(task.id, error="登记系统无响应，请拨13807301234", retries=0)
    return desk


@pytest.fixture
def administrator(client: FlaskClient, desk: Desk) -> Browser:
    """Whoever administers the park."""
    with writing(desk.database) as connection:
        hire(connection, "管", "park_admin", unit="湘阴高新区")
    return sign_in(client, desk.database, "管")


def named(desk: Desk) -> list[str]:
    """The incidents as the page names them."""
    return [f"{number}/{desk.incidents(number)[0].seq}" for number in desk.opened]


def test_what_failed_is_shown_with_its_error_and_without_numbers_of_people(administrator: Browser, desk: Desk) -> None:
    page = administrator.get("/incidents").text

    assert all(number in page for number in desk.opened) and "登记系统无响应" in page and "13807301234" not in page
    assert "没有故障" in administrator.get("/incidents?code=dead_end").text


def test_several_are_tried_again_with_one_reason(administrator: Browser, desk: Desk) -> None:
    answer = administrator.client.post("/incidents/retry", data={
        "csrf": administrator.csrf, "incident": named(desk), "reason": "已恢复", "way": "retry"})

    assert answer.status_code == 303 and "没有故障" in administrator.get("/incidents").text
    assert [row.retries for number in desk.opened for row in externals(desk, number)] == [3, 3] and desk.problems() == []


def test_one_is_tried_again_with_what_was_mended(administrator: Browser, desk: Desk) -> None:
    one, other = named(desk)
    mended = {"reason": "代码录错", "way": "retry", "data.credit_code": "91430600MA4L16JQ9B", "data.unheard_of": "x"}

    refused = administrator.client.post("/incidents/retry", data={
        "csrf": administrator.csrf, "incident": [one, other], **mended})
    done = administrator.post("/incidents/retry", incident=one, **mended)

    assert refused.status_code == 422 and done.status_code == 303
    assert desk.facts(desk.opened[0], "IncidentRetried")[0]["data"]["data"] == {"credit_code": "91430600MA4L16JQ9B"}
    assert len(desk.incidents(desk.opened[1])) == 1


def test_a_refusal_is_said_and_a_clerk_is_not_let_in(administrator: Browser, desk: Desk, client: FlaskClient) -> None:
    gone = administrator.post("/incidents/retry", incident="43060020260304999999/1", reason="看看", way="retry")
    empty = administrator.post("/incidents/retry", reason="看看", way="retry")

    assert gone.status_code == 409 and "没有办成" in gone.text and empty.status_code == 422
    assert sign_in(client, desk.database, "窗口", "clerk").get("/incidents").status_code == 403


def test_whoever_keeps_the_machine_has_it_done_by_hand_but_mends_no_data(client: FlaskClient, desk: Desk) -> None:
    keeper = sign_in(client, desk.database, "机", "system_admin")
    one, _ = named(desk)

    refused = keeper.post("/incidents/retry", incident=one, reason="看看", way="retry", **{"data.credit_code": "9"})
    done = keeper.post("/incidents/retry", incident=one, reason="系统停用", way="by_hand")

    assert refused.status_code == 409 and done.status_code == 303
    assert [task.name for task in desk.tasks(desk.opened[0])] == ["人工录入（二次录入）：查登记"] and desk.problems() == []
