"""Progress through the API: a portal shows an applicant his case by number and code, an agent those of his principals."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from engine.duties import Deed
from services import people
from services.database import writing
from services.people import NewMandate
from tests.services.staff import enter
from tests.services.web.conftest import BEARER

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


@pytest.fixture
def case(api, clock) -> tuple[str, str]:
    """A case accepted on that Monday: its number and its query code."""
    clock(MONDAY)
    number = api.accepted(applicant="岳阳某某科技有限公司")
    return number, api.get(f"cases/{number}/query-code").json["code"]


def test_a_case_is_shown_by_its_number_and_code_without_who_works_on_it(api, case) -> None:
    number, code = case

    seen = api.post("progress", {"number": f" {number} ", "code": code})

    assert seen.status_code == 200, seen.text
    assert seen.json["number"] == number and seen.json["due"]["on"] == "2026-03-12" and "withdraw" in seen.json["offers"]
    assert [each["what"] for each in seen.json["timeline"]][:1] == ["opened"] and "王" not in seen.text


def test_a_wrong_number_and_a_wrong_code_are_answered_the_same(api, case) -> None:
    number, code = case

    wrong = [api.post("progress", {"number": asked, "code": said}) for asked, said in (
        (number, "AAAA-AAAA"), ("43060020260302999999", code), ("x", ""))]

    assert [each.status_code for each in wrong] == [404] * 3 and len({each.text for each in wrong}) == 1


def test_whoever_tries_too_often_waits_a_minute_and_right_codes_do_not_count(api, case, clock) -> None:
    number, code = case
    right = [api.post("progress", {"number": number, "code": code}).status_code for _ in range(12)]
    wrong = [api.post("progress", {"number": number, "code": "AAAA-AAAA"}).status_code for _ in range(11)]
    held_up = api.post("progress", {"number": number, "code": code})
    clock(MONDAY.replace(minute=1))

    assert right == [200] * 12 and wrong == [404] * 10 + [429]
    assert held_up.status_code == 429 and held_up.content_type == "application/problem+json"
    assert api.post("progress", {"number": number, "code": code}).status_code == 200


def test_an_agent_sees_the_cases_his_mandates_cover_and_no_others(api, database, case) -> None:
    number, _ = case
    other = api.accepted(applicant="另一公司")
    with writing(database) as connection:
        enter(connection, "唐敏", "agent")
        people.entrust(connection, NewMandate(
            number="帮委1", agent="唐敏", principal="岳阳某某科技有限公司", deeds=frozenset({Deed.APPLY, Deed.SUPPLY}),
            first_on=MONDAY.date(), last_on=MONDAY.date()), by="root", now=MONDAY)

    def asked(path: str):
        return api.client.get(f"/api/v1/progress/principals{path}", headers=BEARER | {"X-Jiban-Actor": quote("唐敏")})

    assert [each["number"] for each in asked("").json["items"]] == [number]
    assert asked(f"/{number}").json["number"] == number
    assert asked(f"/{other}").status_code == asked("/430600").status_code == 404
