"""What is entered in a form: codes are checked where the form asks for them, kept as they are written, and doubts are told."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest

from engine.errors import InvalidInput
from services import forms
from services.cases import open_case
from services.database import writing
from services.deployments import Deployment
from services.forms import Entered
from tests.services import diagrams
from tests.services.desk import Desk

PROPERTIES = {
    "code": {"type": "string", "format": "unified-social-credit-code"},
    "legal_person": {"type": "string", "format": "resident-id"},
    "project_code": {"type": "string", "format": "project-code"},
    "matters": {"type": "array", "items": {"type": "string", "format": "matter-code"}},
    "agent": {"type": "object", "properties": {"id": {"type": "string", "format": "resident-id"}}},
    "website": {"type": "string", "format": "uri"},
}


def enter(tmp_path: Path, **data: object) -> Entered:
    """What a form with these fields makes of some data."""
    (tmp_path / "forms").mkdir(exist_ok=True)
    (tmp_path / "forms" / "codes.json").write_bytes(orjson.dumps({"properties": PROPERTIES}))
    process = SimpleNamespace(form="codes.json", variables={})
    deployment = cast(Deployment, SimpleNamespace(definition=SimpleNamespace(process=process)))
    return forms.check_start(tmp_path, deployment, data, on=date(2026, 3, 4))


@pytest.mark.parametrize(("data", "field", "reason"), [
    ({"code": "91350100M000100Y4Z"}, "data.code", "“Z”"),
    ({"legal_person": "110105194912310021"}, "data.legal_person", "校验位不符"),
    ({"legal_person": "11010520260305001X"}, "data.legal_person", "在将来"),
    ({"matters": ["370117002011", "3701"]}, "data.matters.1", "found 4"),
    ({"agent": {"id": "1"}}, "data.agent.id", "18位"),
    ({"project_code": "2613-430600-04-01-123456"}, "data.project_code", "year and month"),
])
def test_a_code_that_cannot_be_true_is_refused_by_its_field(
    tmp_path: Path, data: dict[str, Any], field: str, reason: str,
) -> None:
    with pytest.raises(InvalidInput) as refused:
        enter(tmp_path, **data)

    assert refused.value.field == field and reason in refused.value.reason


def test_codes_are_kept_as_they_are_written_and_other_fields_as_they_came(tmp_path: Path) -> None:
    entered = enter(tmp_path, code=" 91350100m000100y43", agent={"id": "11010519491231002x"}, website="no uri", legal_person="")

    assert entered.data == {"code": "91350100M000100Y43", "agent": {"id": "11010519491231002X"}, "website": "no uri",
                            "legal_person": ""}
    assert entered.doubts == {}


def test_a_doubtful_project_code_is_taken_and_told(tmp_path: Path) -> None:
    entered = enter(tmp_path, project_code="26034306000401123456")

    assert entered.data["project_code"] == "2603-430600-04-01-123456"
    assert list(entered.doubts) == ["data.project_code"] and "校验位不符" in entered.doubts["data.project_code"]


def test_a_case_keeps_the_code_in_its_plain_form_and_the_clerk_is_told_what_is_odd(desk: Desk) -> None:
    with writing(desk.database) as connection:
        stepped = open_case(connection, desk.office, process="four_permits", by="王", now=desk.now, data={
            "credit_code": "91350100m000100y43", "project_code": "2603-430600-04-01-123456"})

    assert desk.facts(stepped.number, "CaseOpened")[0]["data"]["data"]["credit_code"] == "91350100M000100Y43"
    assert list(stepped.doubts) == ["data.project_code"]


def test_a_task_is_not_completed_with_a_code_that_cannot_be_true(desk: Desk, tmp_path: Path) -> None:
    enter(tmp_path)
    desk.office.shelf = tmp_path
    asks = diagrams.task("ask", "told").replace('role="clerk"', 'role="clerk" form="codes.json"')
    desk.deploy(asked=diagrams.process("asked", diagrams.start(), asks, diagrams.end(), diagrams.flows("begin", "ask", "done")))
    number = desk.open("asked")

    with pytest.raises(InvalidInput) as refused:
        desk.complete(number, "ask", "told", data={"code": "91350100M000100Y44"})
    desk.complete(number, "ask", "told", data={"code": "91350100m000100y43"})

    assert refused.value.field == "data.code" and "校验位不符" in refused.value.reason
    assert desk.facts(number, "TaskCompleted")[0]["data"]["data"] == {"code": "91350100M000100Y43"}
    assert desk.problems() == []
