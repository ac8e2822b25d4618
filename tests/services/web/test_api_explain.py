"""A deadline explained over the API and as a fragment of a page: the same question, the same answer."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.services.web.conftest import Reader

FESTIVAL = {"at": "2026-02-13T10:00", "limit": "5workday"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database will do: an explanation reads none."""
    return sqlite_url


def test_a_program_is_told_the_due_day_the_days_and_the_rules(api) -> None:
    answer = api.get("explain", **FESTIVAL)

    assert answer.status_code == 200 and list(answer.json) == ["due", "provisional", "days", "rules"]
    assert (answer.json["due"], answer.json["provisional"]) == ("2026-02-27", False)
    assert len(answer.json["days"]) == 15 and answer.json["days"][1] == {
        "date": "2026-02-14", "counted": True, "why": "调休上班,第1个工作日(国办发明电〔2025〕7号)", "code": "make_up_workday",
        "number": 1}
    assert answer.json["rules"][0] == {"text": "起算当日不计,自下一日起算", "source": "民法典第201条"}


@pytest.mark.parametrize(("more", "due"), [
    ({"event": "submitted", "at": "2026-02-13T17:30"}, "2026-02-28"),
    ({"count_first_day": "true"}, "2026-02-26"),
    ({"extend": "2"}, "2026-03-02"),
    ({"stop": ["2026-02-14..2026-02-24:testing", "2026-02-25..2026-02-26:hearing"]}, "2026-03-02"),
    ({"stop": "2026-02-14..:hearing"}, None),
    ({"closure": "2026-02-24..2026-02-25:岳园办〔2026〕3号"}, "2026-03-02"),
    ({"limit": "4日"}, "2026-02-24"),
    ({"limit": "4日", "roll_off_holiday": "false"}, "2026-02-17"),
    ({"limit": "4 working hours"}, "2026-02-13T15:00"),
])
def test_what_befell_the_limit_moves_the_answer(api, more: dict[str, object], due: str | None) -> None:
    assert api.get("explain", **{**FESTIVAL, **more}).json["due"] == due


def test_closures_of_a_question_hold_for_that_question_only(api) -> None:
    closed = api.get("explain", **FESTIVAL, closure="2026-02-24..2026-02-25:岳园办〔2026〕3号")

    assert closed.json["due"] == "2026-03-02" and api.get("explain", **FESTIVAL).json["due"] == "2026-02-27"


@pytest.mark.parametrize(("more", "field"), [
    ({"limit": "5 days"}, "limit"), ({"at": "2026-02-30"}, "at"), ({"event": "withdrawn"}, "event"),
    ({"extend": "-1"}, "extend"), ({"stop": "2026-02-14"}, "stop"), ({"closure": "2026-02-14..2026-02-15"}, "closure"),
    ({"stop": ["2026-02-14..2026-02-15:x"] * 51}, "stop"), ({"suspension": "2026-02-14..2026-02-15:x"}, "suspension"),
    ({"limit": "25000日"}, "limit.amount"), ({"limit": ""}, "limit"), ({"count_first_day": "perhaps"}, "count_first_day"),
])
def test_a_wrong_or_unknown_value_is_refused_by_name(api, more: dict[str, object], field: str) -> None:
    answer = api.get("explain", **{**FESTIVAL, **more})

    assert answer.status_code == 422 and answer.json["field"] == field


def test_a_question_without_an_instant_or_a_limit_is_refused(api) -> None:
    assert [api.get("explain", limit="5wd").json["field"], api.get("explain", at="2026-02-13").json["field"]] == ["at", "limit"]


def test_the_api_answers_only_who_bears_the_token(client: FlaskClient) -> None:
    assert client.get("/api/v1/explain", query_string=FESTIVAL).status_code == 401


def test_the_fragment_is_a_table_of_the_same_days_without_a_page_around_it(api, reader: Reader) -> None:
    asked = FESTIVAL | {"stop": "2026-02-14..2026-02-24:expert_review"}

    shown = reader.get("/fragments/explain", query_string=asked)

    assert shown.status_code == 200 and shown.mimetype == "text/html" and shown.text.lstrip().startswith("<section")
    answer = api.get("explain", **asked).json
    assert shown.text.count('<th scope="row"') == len(answer["days"])
    assert all(day["why"] in shown.text and day["date"] in shown.text for day in answer["days"])
    assert all(rule["text"] in shown.text and rule["source"] in shown.text for rule in answer["rules"])
    assert shown.text.count('class="uncounted') == sum(not day["counted"] for day in answer["days"])
    assert shown.text.count("到期日</span>") == 1 and "5个工作日，自 2026-02-13 10:00 受理起" in shown.text


def test_the_fragment_marks_a_provisional_due_day_and_one_that_is_not_known(reader: Reader) -> None:
    provisional = reader.get("/fragments/explain?at=2026-12-30&limit=8wd").text
    stopped = reader.get("/fragments/explain?at=2026-12-01&limit=8wd&stop=2026-12-02..:hearing").text

    assert '<span class="tag blue">暂定</span>' in provisional and "<strong>2027-01-12</strong>" in provisional
    assert "待恢复后计算" in stopped and '<span class="tag">停表中</span>' in stopped and "到期日</span>" not in stopped


@pytest.mark.parametrize("query", ["at=2026-02-13&limit=5days", "at=2026-02-13", "at=2026-02-13&limit=5wd&x=1"])
def test_in_the_place_of_the_table_a_refusal_says_what_is_wrong(reader: Reader, query: str) -> None:
    shown = reader.get(f"/fragments/explain?{query}")

    assert shown.status_code == 422 and 'role="alert"' in shown.text
    assert "<html" not in shown.text and "<table" not in shown.text


def test_markup_in_a_reference_is_shown_as_text_and_nothing_is_styled_or_run_inline(reader: Reader) -> None:
    nasty = "2026-02-24..2026-02-24:<script>alert(1)</script>"

    shown = reader.get("/fragments/explain", query_string=FESTIVAL | {"closure": nasty})

    assert "<script" not in shown.text and "&lt;script&gt;" in shown.text and "style=" not in shown.text
