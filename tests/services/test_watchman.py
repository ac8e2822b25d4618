"""A day at the counter, over the wire: what the node says of it names nobody, and what it counts tells how it went."""

from __future__ import annotations

import http.client
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from services.database import connect, writing
from services.office import Office
from services.settings import Settings
from services.web.app import create_app
from tests.services.nodes import Node, node, until
from tests.services.test_serving import _accepted

NAME, ID, PHONE, COMPANY = "欧阳标记", "430602199001018888", "13873099999", "岳阳标记商贸有限公司"
MARKED = (NAME, ID, PHONE, COMPANY, quote(NAME), "\\u6b27\\u9633", "标记")
"""Whoever is named in this day."""




def _read(port: int) -> dict[str, float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_whole_day_leaves_no_name_number_or_form_in_the_log_and_is_counted(
    sqlite_url: str, office: Office, tmp_path: Path, form: str,
) -> None:
    database = connect(sqlite_url)
    late = _accepted(database, office, datetime.now(UTC) - timedelta(days=60))
    with writing(database) as connection:
        # a fault of ours in the middle of it: a case that cannot be folded
        connection.execute(text("CREATE TRIGGER broken BEFORE UPDATE ON \"case\" WHEN NEW.applicant_name LIKE '%坏%' "
                                f"BEGIN SELECT RAISE(ABORT, '{NAME} {ID}'); END"))

    with node(sqlite_url, tmp_path, JIBAN_LOG=form, JIBAN_METRICS_PORT="0") as serving:
        answers = _day(serving)
        assert until(lambda: "CardIssued" in str(serving.ask("GET", f"/api/v1/cases/{late}")[1]["facts"]))
        port = int(serving.process.line(1).rsplit(":", 1)[1].split("/")[0])
        counted = _read(port)
        assert serving.end() == 0

    log = serving.told
    assert [mark for mark in MARKED if mark in log] == []
    assert {201, 200, 404, 409, 422, 500} <= set(answers), answers
    assert "day-of-marks-1" in log and "fault " in log and "/api/v1/tasks/<id>/complete" in log
    if form == "json":
        assert all(json.loads(line)["event"] for line in log.splitlines())
    assert not [name for name in counted if any(mark in name for mark in MARKED)]
    opened = 'jiban_request_seconds_count{method="POST",route="/api/v1/cases",status="201"}'
    assert counted[opened] == 2 and counted["jiban_timer_lateness_seconds_count"] > 0
    assert 'jiban_backlog{of="outbox"}' in counted and counted["jiban_database_up"] == 1
    assert counted['jiban_pass_seconds_count{name="ring",outcome="done"}'] > 0
    database.dispose()


def _day(serving: Node) -> list[int]:
    """Cases are opened and worked on, found and not found, and one breaks."""
    data = {"applicant": COMPANY, "agent": NAME, "phone": PHONE, "remarks": f"{NAME} {PHONE} {ID}"}
    actor = {"X-Jiban-Actor": quote(NAME), "X-Request-Id": "day-of-marks-1"}
    status, case = serving.ask("POST", "/api/v1/cases", {"process": "company_setup", "data": data}, **actor)
    assert status == 201, case
    task = case["tasks"][0]["id"]
    broken = serving.ask("POST", "/api/v1/cases", {"process": "company_setup", "data": data | {"applicant": "坏"}}, **actor)[1]
    return [
        status,
        serving.ask("POST", f"/api/v1/tasks/{task}/complete", {"outcome": "received", "data": {"remarks": NAME}}, **actor)[0],
        serving.ask("POST", f"/api/v1/tasks/{task}/complete", {"outcome": NAME}, **actor)[0],
        serving.ask("POST", "/api/v1/cases", {"process": NAME, "data": {}}, **actor)[0],
        serving.ask("GET", f"/api/v1/people/{quote(NAME)}/{ID}", **actor)[0],
        serving.ask("GET", f"/api/v1/cases?applicant={quote(COMPANY)}", **actor)[0],
        serving.ask("GET", f"/api/v1/accounts/{quote(NAME)}", **actor)[0],
        serving.ask("GET", "/api/v1/cases", **(actor | {"X-Request-Id": PHONE}))[0],
        serving.ask("POST", f"/api/v1/tasks/{broken['tasks'][0]['id']}/complete", {"outcome": "received"}, **actor)[0],
    ]


def test_an_answer_bears_the_id_of_its_request_or_a_new_one(sqlite_url: str, office: Office) -> None:
    client = create_app(connect(sqlite_url), office, Settings()).test_client()
    said = client.get("/healthz", headers={"X-Request-Id": "7f0c9a52-1e0b"}).headers["X-Request-Id"]
    made = [client.get("/healthz", headers={"X-Request-Id": PHONE}).headers["X-Request-Id"] for _ in range(2)]

    assert said == "7f0c9a52-1e0b" and PHONE not in made and made[0] != made[1]
