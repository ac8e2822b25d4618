"""What is of one park is not there for the people of another, whoever they are and whatever they send: every route, generated.

Whoever comes here holds every role a page asks for, in the other park; so that nothing but the park is wanting. What a form
says beyond its questions is told in `test_mass_assignment`; here, that nothing else is no form.
"""

from __future__ import annotations

import pytest
from flask_openapi3 import OpenAPI
from werkzeug.routing import AnyConverter, Rule

from services.database import writing
from services.settings import Settings
from services.web.admission import PAGES
from services.web.door import Door, hang
from tests.services.desk import Desk
from tests.services.staff import hire
from tests.services.web.conftest import Browser, sign_in, stored
from tests.services.web.laden import OVER
from tests.services.web.supervised import EARLIER, LATE, enter

HERE = "湘阴高新区"
"""The park of whoever comes; the case of `EARLIER` lies in another."""

ELSEWHERE = "外人"
OF_A_CASE = frozenset({"number", "id", "task"})
ELSEWHERES = ("designer.", "drawing.", "progress.", "document_check.")
"""Whose objects are of no park: diagrams; or whose case is proved by its query code (`test_progress_pages`)."""


@pytest.fixture
def elsewhere(house: OpenAPI, watched: Desk) -> Browser:
    """Somebody with every role of the pages, of the one park."""
    hang(house, Door(database=watched.database, office=watched.office, settings=Settings(), clock=lambda: watched.now))
    roles = frozenset().union(*(each for each in PAGES.values() if isinstance(each, frozenset)))
    enter(watched, ELSEWHERE, *({"role": role, "park": HERE} for role in sorted(roles)))
    return sign_in(house.test_client(), watched.database, ELSEWHERE)


def addresses(application: OpenAPI, number: str, task: str) -> list[tuple[str, str, str]]:
    """Every page that is about a case or something of it: endpoint, method, address."""
    found = []
    for rule in application.url_map.iter_rules():
        if rule.endpoint not in PAGES or rule.endpoint.startswith(ELSEWHERES) or not OF_A_CASE & rule.arguments:
            continue
        for verb in _verbs(rule):
            given = {"number": number, "id": task if rule.endpoint.startswith("case.") else 1, "task": task, "verb": verb,
                     "seq": 1, "place": 1, "push": 1}
            address = rule.build({name: given[name] for name in rule.arguments}, append_unknown=False)[1]  # type: ignore[index]
            found += [(rule.endpoint, method, str(address)) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def _verbs(rule: Rule) -> list[str]:
    if "verb" not in rule.arguments:
        return [""]
    converter = rule._converters["verb"]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)
    return ["transfer", "send_back"] if "id" in rule.arguments else ["suspend", "withdraw"]


def test_every_object_of_another_park_is_not_there(elsewhere: Browser, watched: Desk) -> None:
    number = watched.opened[EARLIER]
    task = f"{number}-{watched.tasks(number)[0].token}"
    tried = addresses(elsewhere.client.application, number, task)  # type: ignore[arg-type]
    before = stored(watched.database)

    answers = {(method, address): elsewhere.client.open(
        address, method=method, data=None if method == "GET" else {"csrf": elsewhere.csrf}) for _, method, address in tried}

    assert {each: answer.status_code for each, answer in answers.items() if answer.status_code != 404} == {}
    assert all(number not in answer.text.replace(f"“{number}", "") for answer in answers.values())
    assert stored(watched.database) == before and len(tried) > 25


def test_the_same_objects_of_his_own_park_are_there(elsewhere: Browser, watched: Desk) -> None:
    number = watched.opened[LATE]

    shown = [elsewhere.get(f"/cases/{number}{of}").status_code for of in ("", "/verbs", "/process.bpmn", "/do/suspend")]

    assert shown == [200] * 4


@pytest.mark.parametrize("address", [
    "/administration/people/enter", "/administration/people/grant?key=王", "/administration/limits/enter",
    "/administration/contacts/enter", "/administration/accounts/disable?key=王",
    "/administration/mandates/enter", "/administration/empowerment/enter", "/administration/calendar/closure"])
def test_a_form_of_nothing_but_what_is_not_asked_changes_nothing(house: OpenAPI, watched: Desk, address: str) -> None:
    hang(house, Door(database=watched.database, office=watched.office, settings=Settings(), clock=lambda: watched.now))
    with writing(watched.database) as connection:
        hire(connection, "张敏", "system_admin", unit="市数据局")
    keeper = sign_in(house.test_client(), watched.database, "张敏")
    before = stored(watched.database)

    answer = keeper.post(address, **OVER)

    assert answer.status_code in (409, 422), answer.status
    assert stored(watched.database) == before
