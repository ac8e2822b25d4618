"""What upstream platforms send, through the door: signed, once, and for the case it is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.services.web.conftest import Api
from tests.services.web.platform_sender import APPLIED, Sender, agreed


@pytest.fixture
def gonggai(client: FlaskClient, database: Engine, clock: Callable[[datetime], None]) -> Sender:
    """工改, at 10:00 on a Wednesday."""
    clock(Sender.now)
    return Sender(client, agreed(database))


def test_an_application_opens_a_case_as_at_the_window(gonggai: Sender, api: Api) -> None:
    answer = gonggai.apply()

    assert answer.status_code == 201, answer.text
    case = api.get(f"cases/{answer.json['number']}").json
    assert (case["park"], case["process"], answer.json["platform_number"]) == (
        "岳阳经发区", "joint_completion_inspection", "YY-2026-0001")
    opened = case["facts"][0]
    assert (opened["by"], opened["data"]["platform"], opened["data"]["platform_number"]) == (
        "平台:gonggai", "gonggai", "YY-2026-0001")


def test_the_same_application_again_is_answered_with_its_case(gonggai: Sender) -> None:
    first = gonggai.apply()
    again = gonggai.apply()

    assert (again.status_code, again.json["number"], again.json["is_new"]) == (200, first.json["number"], False)
