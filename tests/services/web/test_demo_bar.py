"""The bar of a demonstration: on every page of one, on none of a real office's; who one is, whom one becomes, the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from werkzeug.test import TestResponse

from services import demonstration
from services.database import connect, reading, writing
from services.demo import staff
from services.demo.turning import turn_on
from services.office import Office
from services.serving import serve
from services.settings import Settings
from services.web.app import create_app
from services.web.door import door

MACHINE = datetime(2026, 3, 4, 1, 30, tzinfo=UTC)
"""Wednesday 2026-03-04 at 09:30 in Shanghai."""


@pytest.fixture(scope="module")
def staffed(prepared_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration's database with its people and no case."""
    file = tmp_path_factory.mktemp("staffed") / "demo.db"
    copyfile(prepared_file, file)
    database = connect(f"sqlite:///{file}")
    with writing(database) as connection:
        demonstration.begin(connection, at=MACHINE, machine=MACHINE)
        staff.enter(connection, now=MACHINE)
        demonstration.finish(connection, machine=MACHINE)
    database.dispose()
    return file


@pytest.fixture
def shown(staffed: Path, tmp_path: Path, office: Office) -> Iterator[OpenAPI]:
    """The application of a demonstration, whose machine stands still."""
    copyfile(staffed, tmp_path / "demo.db")
    database = connect(f"sqlite:///{tmp_path / 'demo.db'}")
    app = create_app(database, office, Settings(), clock=demonstration.clock(database, lambda: MACHINE),
                     turn=lambda: turn_on(database, office, lambda: MACHINE, seconds=3))
    yield app
    database.dispose()


@pytest.fixture
def visit(shown: OpenAPI) -> FlaskClient:
    """Somebody at a browser."""
    return shown.test_client()


def send(visit: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send a form of a page, with the mark that stands on the page."""
    mark = re.search(r'name="csrf" value="([^"]+)"', visit.get("/demo/").text)
    assert mark is not None
    return visit.post(path, data={"csrf": mark[1], **fields})


def become(visit: FlaskClient, person: str, **more: str) -> str:
    """Switch; where that leads."""
    answer = send(visit, "/demo/person", person=person, **more)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_an_office_has_no_address_of_the_demonstration_and_no_bar(house: OpenAPI, client: FlaskClient) -> None:
    assert not [rule.rule for rule in house.url_map.iter_rules() if "demo" in rule.rule]
    for path in ("/demo/person", "/demo/clock"):
        assert client.post(path, data={"person": "陈静", "step": "hour"}).status_code == 404
    assert "演示" not in client.get("/sign-in").text


def test_an_offices_server_refuses_the_database_of_a_demonstration(staffed: Path) -> None:
    with pytest.raises(demonstration.IsADemonstration, match="jiban serve --demo"):
        serve(Settings(database=f"sqlite:///{staffed}"))


def test_whoever_comes_first_is_led_to_what_there_is_to_try(visit: FlaskClient) -> None:
    led = visit.get("/")

    page = visit.get(led.headers["Location"]).text
    assert led.status_code == 303 and led.headers["Location"] == "/demo/"
    assert all(words in page for words in ("都是虚构的", "办一件企业开办", "督查墙", "改一个时限", "以陈静的身份开始"))
    assert all(member.id in page for member in staff.STAFF)


def test_the_bar_says_who_one_is_and_what_the_clock_shows(visit: FlaskClient) -> None:
    become(visit, "罗敏")

    page = visit.get("/password").text

    assert "演示环境" in page and "<strong>罗敏</strong> 审批人(首席) · 湘阴高新区" in page
    assert "2026-03-04 周三 09:30" in page


def test_switching_stays_on_the_page_or_goes_to_the_first_one(visit: FlaskClient) -> None:
    stays = visit.get(become(visit, "周凯", back="/queues/mine"))
    lost = visit.get(become(visit, "周凯", back="/no/such/page"))
    away = visit.get(become(visit, "周凯", back="//elsewhere.example/queues/mine"))
    not_his = visit.get(become(visit, "周凯", back="/wall"))

    assert [each.headers["Location"] for each in (stays, lost, away, not_his)] == ["/queues/mine", "/", "/", "/"]


def test_switching_to_nobody_of_the_house_is_refused(visit: FlaskClient) -> None:
    assert send(visit, "/demo/person", person="某人").status_code == 404


def test_the_neighbours_go_round_role_by_role(shown: OpenAPI, visit: FlaskClient) -> None:
    become(visit, "陈静")

    page = visit.get("/password").text

    before, after = page.index('data-key="["'), page.index('data-key="]"')
    assert 'value="高峰"' in page[before - 200:before] and 'value="李娟"' in page[after - 200:after]


def test_what_is_tried_begins_as_the_right_person(shown: OpenAPI, visit: FlaskClient) -> None:
    to = become(visit, "陈静", thing="company")

    assert not to.startswith("/demo") and "<strong>陈静</strong>" in visit.get("/password").text


@pytest.mark.parametrize(("asked", "told"), [
    ({"step": "hour"}, "2026-03-04 周三 10:30"),
    ({"step": "workday"}, "2026-03-05 周四 09:30"),
    ({"step": "day", "day": "2026-03-16"}, "2026-03-16 周一 09:00"),
])
def test_the_clock_is_moved_on_for_everybody(visit: FlaskClient, shown: OpenAPI, asked: dict[str, str], told: str) -> None:
    become(visit, "孙涛")

    answer = send(visit, "/demo/clock", **asked, back="/wall")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/wall?clock=there")
    assert told in visit.get("/demo/clock").text and told in shown.test_client().get("/demo/").text
    page = visit.get(answer.headers["Location"]).text
    assert "其间到期的事项都已处理" in page and "<strong>孙涛</strong>" in page


@pytest.mark.parametrize(("asked", "why"), [
    ({"step": "day", "day": "2026-03-01"}, "只能向前走"),
    ({"step": "day", "day": "2027-03-01"}, "一次最多走62天"),
    ({"step": "day", "day": "明天"}, "请选择一个日期"),
    ({"step": "year"}, "请选择走一小时"),
    ({}, "请选择走一小时"),
])
def test_the_clock_is_not_moved_to_nowhere(visit: FlaskClient, asked: dict[str, str], why: str) -> None:
    answer = send(visit, "/demo/clock", **asked)

    assert answer.status_code == 422 and why in answer.text
    assert "09:30" in visit.get("/demo/clock").text


def test_a_clock_on_its_way_says_where_it_is_going(visit: FlaskClient, shown: OpenAPI, tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'demo.db'}")
    with writing(database) as connection:
        demonstration.send(connection, MACHINE + timedelta(days=5), now=MACHINE)

    page = visit.get("/demo/").text

    assert "时钟正在走到 2026-03-09 周一 09:30" in page and 'hx-trigger="every 1s"' in page
    assert page.count(" disabled>") == 3
    database.dispose()


def test_every_process_sees_the_same_clock(tmp_path: Path, shown: OpenAPI, visit: FlaskClient) -> None:
    send(visit, "/demo/clock", step="hour")

    other = connect(f"sqlite:///{tmp_path / 'demo.db'}")

    assert demonstration.clock(other, lambda: MACHINE)() == MACHINE + timedelta(hours=1)
    with reading(other) as connection:
        found = demonstration.require(connection)
    assert (found.until, found.ahead) == (None, timedelta(hours=1))
    other.dispose()


def test_the_bar_writes_nothing_and_runs_no_script_of_its_own(visit: FlaskClient) -> None:
    page = visit.get("/demo/").text

    assert "<script>" not in page and " onclick" not in page and " style=" not in page
    assert page.count("<h1") == 1


def test_an_outage_of_the_database_is_said_on_a_page_without_the_bar(
    shown: OpenAPI, visit: FlaskClient, tmp_path: Path,
) -> None:
    # given a demonstration whose database can be opened no longer
    with shown.app_context():
        door().database.dispose()
    (tmp_path / "demo.db").rename(tmp_path / "gone.db")
    (tmp_path / "demo.db").mkdir()

    # when somebody comes, then he is told that it does not answer, and when to come again
    page = visit.get("/demo/", headers={"Accept": "text/html"})
    assert page.status_code == 503 and page.headers["Retry-After"] == "5"
    assert "暂时" in page.text and "demo-bar" not in page.text

    # and as soon as it answers again, the bar is there
    (tmp_path / "demo.db").rmdir()
    (tmp_path / "gone.db").rename(tmp_path / "demo.db")
    assert "demo-bar" in visit.get("/demo/").text
