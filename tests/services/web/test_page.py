"""The list of cases: every case on a line with its lamp, in the offices' words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from engine.lifecycle import Standing, State
from engine.supervision import Lamp
from services import cases, deployments
from services.acting import Command
from services.database import writing
from services.office import Office
from services.store import reading
from services.web import door, words
from tests.services.web.conftest import Reader

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
STOPS = {
    "suspend": {"ground": "expert_review", "document": "告〔2026〕3号", "expected_end": "2026-04-01"},
    "pause": {"ground": "rectification", "basis": "岳园办〔2026〕12号第八条"},
    "hold": {"order": "（2026）湘06行保1号", "reason": "法院裁定停止执行"},
    "examine": {"size": "ordinary", "examiner": "某某施工图审查公司"},
}
HOURS = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jb="urn:jiban:bpmn:1" targetNamespace="t">
<process id="hours" name="\xe5\x8d\xb3\xe5\x8a\x9e" isExecutable="true"><extensionElements>
<jb:limit kind="promised" amount="4" unit="working_hour" basis="t"/></extensionElements>
<startEvent id="s"/><intermediateThrowEvent id="a"><extensionElements><jb:milestone fact="accepted"/></extensionElements>
</intermediateThrowEvent><userTask id="t" name="x"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="t"/>
<sequenceFlow id="f3" sourceRef="t" targetRef="e"/></process></definitions>"""


def _accepted(database: Engine, office: Office, process: str = "joint_completion_inspection") -> str:
    """A case received and accepted on that Monday: eight working days, so due on Thursday 12 March."""
    with writing(database) as connection:
        number = cases.open_case(connection, office, process=process, data={}, by="王", now=MONDAY).number
        for outcome in ("received", "accept"):
            task = reading.tasks_page(connection, number=number, most=1)[0][2]
            cases.complete_task(connection, office, cases.Completion(task=f"{number}-{task.token}", outcome=outcome, data={},
                                                                     by="王"), now=MONDAY)
    return number


def _deploy_hours(database: Engine) -> None:
    """A process that promises four working hours from its acceptance."""
    with writing(database) as connection:
        deployments.deploy(connection, {"hours.bpmn": HOURS}, now=MONDAY)


def test_before_the_first_case_the_page_says_what_to_do(reader: Reader) -> None:
    shown = reader.get("/cases")

    assert shown.status_code == 200 and "还没有办件" in shown.text and "POST /api/v1/cases" in shown.text


@pytest.mark.parametrize(("day", "lamp", "left"), [
    (3, "正常", "余7个工作日"),
    (11, "预警", "余1个工作日"),  # one working day left
    (12, "预警", "今日到期"),
    (13, "超期", "已超1个工作日"),
    (14, "超期", "已超1个工作日"),  # a Saturday
    (16, "超期", "已超2个工作日"),  # over a weekend
])
def test_the_lamp_of_a_case_changes_with_the_day(
    reader: Reader, database: Engine, office: Office, clock: Callable[[datetime], None], day: int, lamp: str, left: str,
) -> None:
    number = _accepted(database, office)
    clock(datetime(2026, 3, day, 4, 0, tzinfo=UTC))

    shown = reader.get("/cases").text

    line = shown[shown.index("<tbody>"):shown.index("</tbody>")]
    assert number in line and "竣工联合验收" in line and "2026-03-02" in line and "2026-03-12" in line
    assert f">{lamp}</span>" in line and left in line


@pytest.mark.parametrize(("stops", "said"), [
    (("suspend",), "特别程序中"),
    (("pause",), "暂停"),
    (("hold",), "已挂起"),
    (("examine",), "审图中"),
    (("hold", "suspend"), "已挂起、特别程序中"),  # both last
])
def test_a_case_whose_days_do_not_count_says_what_stops_them(
    reader: Reader, api, clock: Callable[[datetime], None], stops: tuple[str, ...], said: str,
) -> None:
    clock(MONDAY)
    number = api.accepted()
    for stop in stops:
        assert api.post(f"cases/{number}/{stop}", STOPS[stop]).status_code == 200
    clock(MONDAY + timedelta(days=60))

    line = _line(reader.get("/cases").text)

    assert f'<td class="tight">{said}</td>' in line
    assert "停止计时" in line and '<span class="lamp grey">暂停</span>' in line


def test_a_short_limit_is_over_at_its_minute(
    reader: Reader, database: Engine, office: Office, clock: Callable[[datetime], None],
) -> None:
    _deploy_hours(database)
    with writing(database) as connection:
        cases.open_case(connection, office, process="hours", data={}, by="王", now=MONDAY)

    shown = []
    for hour in (2, 4, 6):  # a minute past 10, 12 and 14 in Shanghai; due at 14:00, two working hours ahead it warns
        clock(datetime(2026, 3, 2, hour, 1, tzinfo=UTC))
        shown.append(_line(reader.get("/cases").text))

    assert ["正常" in shown[0], "预警" in shown[1], "超期" in shown[2]] == [True] * 3
    assert "今日到期" in shown[1] and "今日已超期" in shown[2] and "承诺时限" not in shown[2]


def test_a_withdrawn_case_is_not_counted_and_says_how_it_ended(
    reader: Reader, database: Engine, office: Office, clock: Callable[[datetime], None],
) -> None:
    number = _accepted(database, office)
    with writing(database) as connection:
        cases.withdraw(connection, office, Command(number=number, by="王", now=MONDAY), reason="撤回")
    clock(MONDAY + timedelta(days=60))

    line = _line(reader.get("/cases").text)

    assert line.count("已撤件") == 2 and '<span class="lamp grey">不计时</span>' in line


def _line(shown: str) -> str:
    return shown[shown.index("<tbody>"):shown.index("</tbody>")]


def test_a_state_can_be_chosen(reader: Reader, api) -> None:
    api.open()
    number = api.complete(api.complete(api.open(), "received"), "accept")["number"]

    chosen = reader.get("/cases?state=reviewing").text

    assert _line(chosen).count("<tr>") == 1 and number in _line(chosen)
    assert "没有“已归档”的办件" in reader.get("/cases?state=archived").text


def test_pages_follow_each_other_and_keep_the_chosen_state(reader: Reader, database: Engine, office: Office) -> None:
    with writing(database) as connection:
        numbers = [cases.open_case(connection, office, process="company_setup", data={}, by="王", now=MONDAY).number
                   for _ in range(53)]

    first = reader.get("/cases?state=received").text
    link = first[first.index('rel="next" href="') + 17:].split('"')[0].replace("&amp;", "&")
    second = reader.get(link).text

    assert "state=received" in link
    assert all(number in _line(first) for number in numbers[3:]) and all(number in _line(second) for number in numbers[:3])
    assert _line(second).count("<tr>") == 3 and "回到最新" in second and 'rel="next"' not in second


@pytest.mark.parametrize("query", ["state=nonsense", "after=nonsense", "after=-1", "state=%00", "after=MTAw.."])
def test_a_wrong_choice_is_explained(reader: Reader, query: str) -> None:
    shown = reader.get(f"/cases?{query}")

    assert shown.status_code == 422 and "回到办件列表" in shown.text


def test_the_page_costs_six_statements_however_many_cases(
    reader: Reader, database: Engine, office: Office, statements: Callable[[], int],
) -> None:
    """Two of them say who reads it."""
    with writing(database) as connection:
        for _ in range(30):
            cases.open_case(connection, office, process="company_setup", data={}, by="王", now=MONDAY)
    reader.get("/cases")
    statements()

    reader.client.get("/cases")

    assert statements() == 6


def test_markup_in_a_name_is_shown_as_text(
    reader: Reader, api, database: Engine, monkeypatch: pytest.MonkeyPatch,
) -> None:
    api.open()
    nasty = '<img src=x onerror="alert(1)">'
    monkeypatch.setattr(reading, "definition_names", lambda connection, ids: dict.fromkeys(ids, nasty))

    shown = reader.get("/cases").text

    assert "<img" not in shown and "&lt;img src=x onerror=" in shown


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_script_of_its_own(reader: Reader) -> None:
    shown = reader.get("/cases")

    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert shown.headers["X-Content-Type-Options"] == "nosniff" and shown.headers["Referrer-Policy"] == "same-origin"
    assert "http://" not in shown.text and "https://" not in shown.text
    assert shown.text.count("<script") == shown.text.count('<script src="/static/') and "style=" not in shown.text


def test_every_state_standing_and_lamp_has_its_word() -> None:
    assert set(words.STATES) == set(State) and set(words.STANDINGS) == set(Standing) and set(words.LAMPS) == set(Lamp)
    assert len(set(words.STATES.values())) == len(State)


def test_the_clock_of_the_door_is_aware(reader: Reader) -> None:
    with reader.application.app_context():
        assert door.now().utcoffset() == timedelta(0)
