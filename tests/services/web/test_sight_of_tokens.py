"""What an account may not see is not there for its token: every address that names something, and every list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from services.web.admission import API, Api
from services.web.seeing import WITHIN_SIGHT
from tests.services.desk import Desk
from tests.services.web import two_parks
from tests.services.web.conftest import BEARER
from tests.services.web.two_parks import HERE, THERE

OF_THE_OFFICE = ("calendar", "catalogue", "credit", "decision-lists", "empowerment", "people", "accounts", "processes",
                 "drafts", "queues", "intake", "forms", "platforms", "webhooks")
"""The books and diagrams of the office: rules, people and registers that are the same in every park."""

OF_THE_ACCOUNT = ("wall", "inbox", "progress")
"""What looks by itself for what its account may watch, was told, or has a mandate for."""

NOWHERE = {"cases": "43060020260302999999", "wall": "43060020260302999999", "inbox": "43060020260302999999-1-0",
           "tasks": "43060020260302999999-1", "projects": "XM2026999999",
           "permits": "430600202699999999", "platform-messages": "999", "notifications": "43060020260302999999-1-0"}

ASKED = {"/notifications": {"recipient": "supervisor"}, "/figures": {"month": "2026-03", "by": "park"},
         "/explain": {"at": "2026-03-02", "limit": "5workday"}, "/brought-in": {"old_number": "1"},
         "/limits/effective": {"process": "company_setup"}, "/contacts/gaps": {"unit": "市住建局"},
         "/empowerment/resolve": {"park": HERE, "matter": "company_setup"}, "/tasks": {"limit": "200"}}
"""What a list has to be asked for."""

pytestmark = pytest.mark.parametrize("tell", ["sqlite"], indirect=True)


def ask(program: FlaskClient, token: str, path: str, method: str = "GET", **given: object) -> TestResponse:
    """Ask as an account, or, without a token, as the operator."""
    return program.open(path, method=method, headers={"Authorization": f"Bearer {token}"} if token else BEARER, **given)


def _routes(house: OpenAPI) -> Iterator[tuple[Rule, str]]:
    """Every route of the API with its method."""
    for rule in house.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}) if isinstance(API.get(rule.endpoint), Api) else ():
            yield rule, method


def _address(rule: Rule, first: str) -> str:
    """Its address, with a name in the first place and something in every other."""
    named = [name for name in rule._converters if f"<{name}>" in rule.rule or f":{name}>" in rule.rule]
    return str(rule.build({**dict.fromkeys(named, 1), named[0]: first}, append_unknown=False)[1])


def test_every_address_that_names_something_is_of_the_office_or_within_sight(house: OpenAPI, parks: Desk) -> None:
    rooms = {rule.rule.removeprefix("/api/v1/").split("/")[0] for rule, _ in _routes(house) if "<" in rule.rule}

    looked_at = {address.removeprefix("/api/v1/").split("/")[0] for address in WITHIN_SIGHT}

    assert rooms == {*OF_THE_OFFICE, *OF_THE_ACCOUNT, *looked_at}


def test_what_is_of_another_park_is_answered_as_what_is_nowhere(house: OpenAPI, parks: Desk, program: FlaskClient) -> None:
    token, named = two_parks.token(parks, "此园"), two_parks.names_in(parks, THERE)
    tried = 0
    for rule, method in _routes(house):
        room = rule.rule.removeprefix("/api/v1/").split("/")[0]
        if "<" not in rule.rule or room in OF_THE_OFFICE or room not in NOWHERE:
            continue
        elsewhere, nowhere = (ask(program, token, _address(rule, name), method) for name in (named[room], NOWHERE[room]))

        assert elsewhere.status_code == 404 and elsewhere.content_type == "application/problem+json", (method, rule.rule)
        assert elsewhere.json == {**nowhere.json, "detail": nowhere.json["detail"].replace(NOWHERE[room], named[room])}
        tried += 1
    assert tried > 80


def test_what_is_of_ones_own_park_is_there_and_for_the_city_everything(parks: Desk, program: FlaskClient) -> None:
    here, city = (two_parks.token(parks, account) for account in ("此园", "市里"))
    looked = {"cases": "", "tasks": "/verbs", "projects": "", "permits": ""}
    for room, rest in looked.items():
        for park, token in ((HERE, here), (HERE, city), (THERE, city), (THERE, "")):
            answer = ask(program, token, f"/api/v1/{room}/{two_parks.names_in(parks, park)[room]}{rest}")

            assert answer.status_code == 200, (room, park, answer.text)


def test_no_list_tells_of_another_park(house: OpenAPI, parks: Desk, program: FlaskClient) -> None:
    token, operator, telling = two_parks.token(parks, "此园"), "", set()
    theirs, ours = ([name for name in two_parks.names_in(parks, park).values() if not (name.isdigit() and len(name) < 4)]
                    for park in (THERE, HERE))  # a number that short stands everywhere
    for rule, method in _routes(house):
        if method == "GET" and "<" not in rule.rule:
            query = ASKED.get(rule.rule.removeprefix("/api/v1"), {})
            told, all_told = (ask(program, bearer, rule.rule, query_string=query).get_data() for bearer in (token, operator))
            told, all_told = (each.decode(errors="ignore") for each in (told, all_told))

            assert not any(name in told for name in (*theirs, THERE + "公司")), rule.rule
            if any(name in all_told for name in theirs):
                assert any(name in told for name in ours), rule.rule
                telling.add(rule.rule.removeprefix("/api/v1/"))

    assert telling == {"cases", "tasks", "clocks", "cards", "orders", "notifications", "permits", "projects", "wall/clocks",
                       "wall/digest", "platform-messages"}


def test_a_list_goes_on_behind_what_may_not_be_seen(parks: Desk, program: FlaskClient) -> None:
    token, seen, after = two_parks.token(parks, "此园"), [], {}
    while True:
        page = ask(program, token, "/api/v1/cases", query_string={"limit": 1, **after}).json
        seen += [each["park"] for each in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert seen == [HERE, HERE]


def test_the_board_and_the_figures_count_what_may_be_seen(parks: Desk, program: FlaskClient) -> None:
    token = two_parks.token(parks, "此园")

    board, everybodys = (ask(program, bearer, "/api/v1/board").json for bearer in (token, ""))
    figures = ask(program, token, "/api/v1/figures", query_string={"month": "2026-03", "by": "park"}).json

    assert {group["park"] for group in board["groups"]} == {HERE}
    assert 0 < sum(board["total"].values()) < sum(everybodys["total"].values())
    assert [group["park"] for group in figures["groups"]] == [HERE]


def test_tasks_are_asked_for_by_a_case_that_is_there_or_by_none(parks: Desk, program: FlaskClient) -> None:
    token = two_parks.token(parks, "此园")

    for park, status in ((HERE, 200), (THERE, 404)):
        answer = ask(program, token, "/api/v1/tasks", query_string={"case": two_parks.names_in(parks, park)["cases"]})
        assert answer.status_code == status, answer.text
