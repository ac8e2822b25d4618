"""What holds for every route of the API, asked of each that its description names: a new one that forgets it fails here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.database import writing
from services.store import writing as store
from services.store.rows import AnswerRow
from tests.services.desk import Desk
from tests.services.web import two_parks
from tests.services.web.conftest import BEARER
from tests.services.web.two_parks import HERE, NOW

OF_A_CASE = ("/api/v1/cases/{number}/", "/api/v1/tasks/{id}/", "/api/v1/permits/{number}/")
"""Commands beneath these move a case."""

ASKING = {"ask_list", "check_diagram", "look_up"}
"""What is asked with a body and changes nothing."""

SECRET = {"set_password", "issue_token", "unmask", "enter_endpoint", "rotate_secret", "issue_secret"}
"""What answers with something that is not to be kept, and so takes no key: whoever missed the answer asks for another."""

WHOLE = {
    "list_verbs": "the verbs of this release", "offers_of_task": "as many as there are verbs",
    "offers_of_case": "as many as there are verbs", "list_returns": "as many as the diagram has steps",
    "list_permit_sorts": "the shelf", "list_decision_lists": "the shelf", "check_catalogue": "what is wrong, to be mended",
    "contact_gaps": "as many as there are ranks", "list_uploads": "as many as a case may have",
    "project": "as many as its plan has", "find_brought_in": "as many as there are other systems",
    "project_promises": "as many as an agreement has commitments",
    "project_assessments": "as many as there are kinds",
    "list_platforms": "the shelf", "platform_statuses": "as many as its facts have codes",
    "list_processes": "the shelf and what the office has drawn", "draft_differences": "as many as a diagram has parts",
    "queue_counts": "as many as there are queues", "list_intake": "the shelf",
    "search": "the first that fit, as many as asked for",
    "foreseen": "as many as the case will have limits", "offered_documents": "as many as there are kinds",
    "waiting_ratings": "what waits for an answer of five working days", "principals": "as many as there are mandates"}
"""The lists that cannot grow, and by what they are bounded."""

TELLING: dict[str, dict[str, Any]] = {
    "set_catalogue_values": {"values": {"note": "x"}, "basis": "x"}, "decide_empowerment": {"ids": [1], "is_approved": True},
    "import_empowerment": {"kind": "local_authority",
                           "csv": "园区,属地部门,文号,生效日\n湘阴高新区,湘阴县行政审批服务局,三定方案,2022-03-08\n"},
    "import_contacts": {"csv": "单位,类别,姓名,职务,办公电话,联系手机,备注\n市住建局,联络员,王联络,,,13807301234,\n"},
    "import_assessments": {
        "csv": "评估类型,所属园区,成果编号,生效日期,有效期至\n节能评价,湘阴高新区,甲,2025-01-01,2030-01-01\n"},
    "bring_in_sheet": {
        "source": "老系统",
        "csv": "事项名称,原办件编号,收件日期,受理时间,当前环节\n竣工联合验收,1,2026-03-02,2026-03-03,汇总\n"},
    "enter_version": {"document": "x", "valid_from": "2026-03-20",
                      "csv": "项目类型,建筑面积(平方米),区位,结果,依据\n厂房,≤3000,,免于审查,附件一\n"},
    "enter_empowerment": {"park": "湘阴高新区", "matter": "SJ-LHYS", "mode": "direct", "document": "x", "batch": "x",
                          "authority": "x", "valid_from": "2026-03-20"}}
"""What is sent where the description alone does not say what is understood."""

SIGNED = "/api/v1/incoming/"
"""Where no token is borne: those addresses are asked in `test_incoming_platforms`."""

PROBLEM = "application/problem+json"

pytestmark = pytest.mark.parametrize("tell", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route as the description has it, with the schemas it refers to."""

    method: str
    path: str
    operation: dict[str, Any]
    schemas: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.operation["operationId"])

    @property
    def takes(self) -> set[str]:
        """The names of its headers and of what may be asked of it."""
        return {each["name"] for each in self.operation.get("parameters", ())}

    @property
    def answer(self) -> dict[str, Any]:
        """The fields of what it answers with when all is well."""
        for status in ("200", "201"):
            shape = self.operation["responses"].get(status, {}).get("content", {}).get("application/json", {}).get("schema", {})
            if "$ref" in shape:
                return dict(self.schemas[shape["$ref"].rpartition("/")[2]]["properties"])
        return {}

    @property
    def body(self) -> dict[str, Any]:
        """What the test client is to send: the first example of its body, a file, or nothing."""
        content = self.operation.get("requestBody", {}).get("content", {})
        if "multipart/form-data" in content:
            return {"data": {"material": "申请表", "file": (BytesIO(b"%PDF-1.4"), "1.pdf")}}
        if self.id in TELLING:
            return {"json": TELLING[self.id]}
        if not content:
            return {}
        return {"json": self._made(content["application/json"]["schema"])}

    def _made(self, schema: dict[str, Any]) -> Any:
        """A value of a schema: its example, or the least there is."""
        if "$ref" in schema:
            return self._made(self.schemas[schema["$ref"].rpartition("/")[2]])
        if "examples" in schema or "enum" in schema or "const" in schema:
            return [*schema.get("examples", ()), *schema.get("enum", ()), schema.get("const")][0]
        if "anyOf" in schema:
            return self._made(schema["anyOf"][0])
        match schema.get("type"):
            case "object":
                return {name: self._made(schema["properties"][name]) for name in schema.get("required", ())}
            case "array":
                return [self._made(schema["items"])] * schema.get("minItems", 0)
            case "string":
                return "2026-03-20" if schema.get("format") == "date" else "x" * max(schema.get("minLength", 0), 1)
            case "boolean":
                return False
        return max(schema.get("minimum", 1), 1)

    def at(self, **places: str) -> str:
        """Its address, with something in every place that is not given."""
        names = [each["name"] for each in self.operation.get("parameters", ()) if each["in"] == "path"]
        return self.path.format(**dict.fromkeys(names, "1") | places)


@pytest.fixture
def routes(program: FlaskClient) -> list[Route]:
    """All that the description names, but for the health check beside the API."""
    document = program.get("/api/v1/openapi.json").json
    return list(_routes(document))


def _routes(document: dict[str, Any]) -> Iterator[Route]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items() if path.startswith("/api/") and not path.startswith(SIGNED) else ():
            yield Route(method=method.upper(), path=path, operation=operation, schemas=document["components"]["schemas"])


def test_whatever_changes_something_takes_a_key(routes: list[Route]) -> None:
    assert {route.id for route in routes if route.method != "GET" and "Idempotency-Key" not in route.takes} == ASKING | SECRET


def test_another_request_under_a_key_is_refused_everywhere(parks: Desk, program: FlaskClient, routes: list[Route]) -> None:
    """The key is looked up where the command is carried out: a route that takes it and does nothing with it is found here."""
    named, key = two_parks.names_in(parks, HERE), {**BEARER, "Idempotency-Key": "taken"}
    with writing(parks.database) as connection:
        store.keep_answer(connection, AnswerRow(key="taken", fingerprint=b"of another", status=200, body=b"{}", at=NOW))
    ignoring = {}
    for route in routes:
        if route.method != "GET" and route.id not in ASKING | SECRET:
            version = {"If-Match": '"1"'} if "If-Match" in route.takes else {}
            answer = program.post(_there(route, named), headers=key | version, **route.body)
            if answer.status_code != 422 or answer.json.get("field") != "Idempotency-Key":
                ignoring[route.id] = answer.text

    assert ignoring == {}


def test_a_command_on_a_case_that_has_moved_on_is_refused_everywhere(
    parks: Desk, program: FlaskClient, routes: list[Route],
) -> None:
    named, tried = two_parks.names_in(parks, HERE), 0
    for route in routes:
        if route.method == "GET" or route.id in SECRET or not route.path.startswith(OF_A_CASE):
            continue
        answer = program.post(_there(route, named), headers={**BEARER, "If-Match": '"999"'}, **route.body)

        assert "If-Match" in route.takes and answer.status_code == 409, (route.path, answer.text)
        assert answer.json["type"] == "urn:jiban:problem:stale", (route.path, answer.text)
        tried += 1
    assert tried > 50


def test_every_list_that_can_grow_is_read_page_by_page(routes: list[Route]) -> None:
    lists = {route.id: route for route in routes if route.method == "GET" and "items" in route.answer}

    paged = {id for id, route in lists.items() if {"after", "limit"} <= route.takes and "next" in route.answer}
    assert set(lists) - paged == set(WHOLE)


def test_a_page_is_as_long_as_was_asked_and_the_last_says_so(parks: Desk, program: FlaskClient, routes: list[Route]) -> None:
    named = two_parks.names_in(parks, HERE)
    for route in routes:
        if route.method != "GET" or "next" not in route.answer:
            continue
        asked = {"recipient": "supervisor"} if route.id == "list_notifications" else {}
        whole = program.get(_there(route, named), headers=BEARER, query_string={"limit": 200, **asked}).json["items"]
        found: list[Any] = []
        after: dict[str, str] = {}
        for _ in range(len(whole) + 1):
            page = program.get(_there(route, named), headers=BEARER, query_string={"limit": 1, **asked, **after}).json
            found += page["items"]
            after = {"after": page["next"]}
            if page["next"] is None:
                break

        assert found == whole, route.path


def test_every_error_is_a_problem(program: FlaskClient, routes: list[Route]) -> None:
    for route in routes:
        unasked = {"GET": "DELETE", "POST": "PATCH"}[route.method]
        stranger = program.open(route.at(), method=route.method)
        method = program.open(route.at(), method=unasked, headers=BEARER)

        assert (stranger.status_code, method.status_code) == (401, 405), route.path
        assert stranger.headers["WWW-Authenticate"].startswith("Bearer") and route.method in method.headers["Allow"]
        for answer in (stranger, method):
            assert answer.content_type == PROBLEM and answer.json["status"] == answer.status_code, route.path
    nowhere = program.get("/api/v1/nowhere", headers=BEARER)
    assert (nowhere.status_code, nowhere.content_type) == (404, PROBLEM)


def test_every_body_that_is_too_large_or_of_another_type_is_a_problem(
    parks: Desk, program: FlaskClient, routes: list[Route],
) -> None:
    named = two_parks.names_in(parks, HERE)
    for route in routes:
        if route.method == "POST":
            large = program.post(_there(route, named), headers=BEARER, data=b"{}", content_type=_media(route),
                                 environ_overrides={"CONTENT_LENGTH": "1000000000"})
            typed = program.post(_there(route, named), headers=BEARER, data=b"x", content_type="text/plain")

            assert (large.status_code, typed.status_code) == (413, 415), (route.path, large.text, typed.text)
            assert large.content_type == typed.content_type == PROBLEM, route.path


def _media(route: Route) -> str:
    content = route.operation.get("requestBody", {}).get("content", {})
    return "multipart/form-data; boundary=x" if "multipart/form-data" in content else "application/json"


def _there(route: Route, named: Any) -> str:
    """Its address about something of the story."""
    room = route.path.removeprefix("/api/v1/").split("/")[0]
    first = next((each["name"] for each in route.operation.get("parameters", ()) if each["in"] == "path"), "")
    others = {"catalogue": {"book": "matters", "code": "SJ-SDQW"}, "decision-lists": {"code": "planning_review"},
              "drafts": {"id": "1"}, "platforms": {"platform": "gonggai"}, "queues": {"queue": "in_hand"}}
    return route.at(**({first: named[room]} if room in named and first else others.get(room, {})))
