"""The one page: every case on a line with its lamp, in the offices' words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from engine.lifecycle import Standing, State
from engine.supervision import Lamp
from services import cases
from services.database import writing
from services.office import Office
from services.store import reading
from services.web import door, page, words

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set what the page's clock shows."""
    return lambda at: monkeypatch.setattr(page, "now", lambda: at)


def _accepted(database: Engine, office: Office, process: str = "joint_completion_inspection") -> str:
    """A case received and accepted on that Monday: eight working days, so due on Thursday 12 March."""
    with writing(database) as connection:
        number = cases.open_case(connection, office, process=process, data={}, by="王", now=MONDAY).number
        for outcome in ("received", "accept"):
            task = reading.tasks_page(connection, number=number, most=1)[0][2]
            cases.complete_task(connection, office, cases.Completion(task=f"{number}-{task.token}", outcome=outcome, data={},
                                                                     by="王"), now=MONDAY)
    return number


def test_before_the_first_case_the_page_says_what_to_do(client: FlaskClient) -> None:
    shown = client.get("/")

    assert shown.status_code == 200 and "还没有办件" in shown.text and "POST /api/v1/cases" in shown.text


@pytest.mark.parametrize(("day", "lamp", "left"), [
    (3, "正常", "余7个工作日"),
    (11, "预警", "余1个工作日"),  # one working day left
    (12, "预警", "今日到期"),
    (13, "超期", "已超1个工作日"),
    (16, "超期", "已超2个工作日"),  # over a weekend
])
def test_the_lamp_of_a_case_changes_with_the_day(
    client: FlaskClient, database: Engine, office: Office, clock: Callable[[datetime], None], day: int, lamp: str, left: str,
) -> None:
    number = _accepted(database, office)
    clock(datetime(2026, 3, day, 4, 0, tzinfo=UTC))

    shown = client.get("/").text

    line = shown[shown.index("<tbody>"):shown.index("</tbody>")]
    assert number in line and "竣工联合验收" in line and "2026-03-02" in line and "2026-03-12" in line
    assert f">{lamp}</span>" in line and left in line


def test_a_case_under_a_special_procedure_stands_still(
    client: FlaskClient, database: Engine, office: Office, clock: Callable[[datetime], None],
) -> None:
    number = _accepted(database, office)
    with writing(database) as connection:
        cases.suspend(connection, office, number=number, ground="expert_review", document="告〔2026〕3号",
                      expected_end=(MONDAY + timedelta(days=30)).date(), by="王", now=MONDAY)
    clock(MONDAY + timedelta(days=60))

    line = _line(client.get("/").text)

    assert "特别程序中" in line and "停止计时" in line and '<span class="lamp grey">暂停</span>' in line


def test_a_withdrawn_case_is_not_counted_and_says_how_it_ended(
    client: FlaskClient, database: Engine, office: Office, clock: Callable[[datetime], None],
) -> None:
    number = _accepted(database, office)
    with writing(database) as connection:
        cases.withdraw(connection, office, number=number, reason="撤回", by="王", now=MONDAY)
    clock(MONDAY + timedelta(days=60))

    line = _line(client.get("/").text)

    assert line.count("已撤件") == 2 and '<span class="lamp grey">不计时</span>' in line


def _line(shown: str) -> str:
    return shown[shown.index("<tbody>"):shown.index("</tbody>")]


def test_a_state_can_be_chosen(client: FlaskClient, api) -> None:
    api.open()
    number = api.complete(api.complete(api.open(), "received"), "accept")["number"]

    chosen = client.get("/?state=reviewing").text

    assert _line(chosen).count("<tr>") == 1 and number in _line(chosen)
    assert "没有“已归档”的办件" in client.get("/?state=archived").text


def test_pages_follow_each_other_and_keep_the_chosen_state(client: FlaskClient, database: Engine, office: Office) -> None:
    with writing(database) as connection:
        numbers = [cases.open_case(connection, office, process="company_setup", data={}, by="王", now=MONDAY).number
                   for _ in range(53)]

    first = client.get("/?state=received").text
    link = first[first.index('rel="next" href="') + 17:].split('"')[0].replace("&amp;", "&")
    second = client.get(link).text

    assert "state=received" in link
    assert all(number in _line(first) for number in numbers[3:]) and all(number in _line(second) for number in numbers[:3])
    assert _line(second).count("<tr>") == 3 and "回到最新" in second and 'rel="next"' not in second


@pytest.mark.parametrize("query", ["state=nonsense", "after=nonsense", "after=-1", "state=%00", "after=MTAw.."])
def test_a_wrong_choice_is_explained(client: FlaskClient, query: str) -> None:
    shown = client.get(f"/?{query}")

    assert shown.status_code == 422 and "回到办件列表" in shown.text


def test_the_page_costs_three_statements_however_many_cases(
    client: FlaskClient, database: Engine, office: Office, statements: Callable[[], int],
) -> None:
    with writing(database) as connection:
        for _ in range(30):
            cases.open_case(connection, office, process="company_setup", data={}, by="王", now=MONDAY)
    statements()

    client.get("/")

    assert statements() == 3


def test_markup_in_a_name_is_shown_as_text(
    client: FlaskClient, api, database: Engine, monkeypatch: pytest.MonkeyPatch,
) -> None:
    api.open()
    nasty = '<img src=x onerror="alert(1)">'
    monkeypatch.setattr(reading, "definition_names", lambda connection, ids: dict.fromkeys(ids, nasty))

    shown = client.get("/").text

    assert "<img" not in shown and "&lt;img src=x onerror=" in shown


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_script(client: FlaskClient) -> None:
    shown = client.get("/")

    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert shown.headers["X-Content-Type-Options"] == "nosniff" and shown.headers["Referrer-Policy"] == "no-referrer"
    assert "http://" not in shown.text and "https://" not in shown.text
    assert "<script" not in shown.text and "style=" not in shown.text


def test_every_state_standing_and_lamp_has_its_word() -> None:
    assert set(words.STATES) == set(State) and set(words.STANDINGS) == set(Standing) and set(words.LAMPS) == set(Lamp)
    assert len(set(words.STATES.values())) == len(State)


def test_the_clock_of_the_door_is_aware() -> None:
    assert door.now().utcoffset() == timedelta(0)
