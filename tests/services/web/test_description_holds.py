"""The description of the API holds: schemathesis asks every route what the description lets it ask and what it forbids, and
judges each answer by it.

It asks over HTTP, of the server an office runs: its own transport into the application cannot look for ignored tokens. In the
places of an address stand the names of the story, so that most requests reach something. The bounded run is a few requests a
route; `make contract` has many, and every value at the edge of what is allowed (JIBAN_CONTRACT: examples a route).

Of its checks only one is widened: that whatever has the described shape is accepted. A shape cannot say which park, process or
person there is, on which day something is over, or which two fields exclude each other, so that 422 with the name of the field
is an answer to it, too; 404 and 409 are so by themselves.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from waitress.server import create_server

from services.settings import Settings
from services.web.app import create_app
from tests.services.desk import Desk
from tests.services.staff import QUICK
from tests.services.web import two_parks
from tests.services.web.two_parks import HERE, NOW

OPERATOR = "a-token-of-the-settings"
MANY = int(os.environ.get("JIBAN_CONTRACT", "0"))
FEW = 1

_PHASES = ("examples", "fuzzing", *(("coverage", "stateful") if MANY else ()))
_KEY = "Idempotency-Key"
_OTHERS = {("catalogue", "code"): "SJ-SDQW", ("decision-lists", "code"): "planning_review", ("people", "id"): "此园"}
"""What may stand in places that the story has no name for."""

pytestmark = pytest.mark.parametrize("tell", ["sqlite"], indirect=True)


@schemathesis.check
def told_the_same_under_its_key(ctx: CheckContext, response: Response, case: Case) -> None:
    """The same request under the same key is told the same again, to the letter."""
    if case.method == "POST" and response.status_code < 300 and _KEY in response.request.headers:
        with requests.Session() as session:
            again = session.send(response.request)
        assert (again.status_code, again.content) == (response.status_code, response.content), "told otherwise the second time"


@pytest.fixture
def desk(tell: Callable[[Callable[[Desk], None]], Desk]) -> Desk:
    """A desk after the story of two parks."""
    return tell(two_parks.lived)


@pytest.fixture
def address(desk: Desk, tmp_path: Path) -> Iterator[str]:
    """Where the office is served, at the hour where the story ends."""
    settings = Settings(token=OPERATOR, hashing=QUICK, files=tmp_path / "files")
    app = create_app(desk.database, desk.office, settings, clock=lambda: NOW)
    server = create_server(app, host="127.0.0.1", port=0, threads=2)
    Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    server.task_dispatcher.shutdown()


@pytest.mark.parametrize("account", ["", "此园"])
def test_every_answer_is_one_the_description_promises(
    desk: Desk, address: str, account: str, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL + 1)  # a fault is told by its answer
    token = two_parks.token(desk, account) if account else OPERATOR

    broken, asked = _run(_described(desk, address), _settings(address, token))

    assert not broken, "\n\n".join(broken)
    assert all(asked.values()) and len(asked) > 120


def _described(desk: Desk, address: str) -> dict[str, Any]:
    """The description, with the names of the story in the places of its addresses; nobody waits long for what is not there."""
    document: dict[str, Any] = requests.get(f"{address}/api/v1/openapi.json", timeout=10).json()
    _hurry(document["components"]["schemas"])
    named = two_parks.names_in(desk, HERE)
    for path, methods in document["paths"].items():
        room = path.removeprefix("/api/v1/").split("/")[0]
        for operation in methods.values():
            places = [each for each in operation.get("parameters", ()) if each["in"] == "path"]
            for place in places:
                known = named.get(room) if place is places[0] else None
                if (name := known or _OTHERS.get((room, place["name"]))) is not None:
                    place["schema"] = {"type": "string", "enum": [name]}
    return document


def _hurry(shapes: dict[str, Any]) -> None:
    for shape in shapes.values():
        if (waits := shape.get("properties", {}).get("wait_seconds")) is not None:
            waits["maximum"] = 1
            for example in shape.get("examples", ()):
                example["wait_seconds"] = 1


def _settings(address: str, token: str) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict({
        "seed": 20260313, "base-url": address, "headers": {"Authorization": f"Bearer {token}"},
        "generation": {"deterministic": True, "max-examples": MANY or FEW, "no-shrink": True, "database": "none"},
        "phases": {name: {"enabled": name in _PHASES} for name in ("examples", "coverage", "fuzzing", "stateful")},
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 422]}}})


def _run(document: dict[str, Any], settings: SchemathesisConfig) -> tuple[list[str], dict[str, int]]:
    """What does not hold, each sort once a route; and how often each route was asked."""
    broken: dict[tuple[str, str], str] = {}
    asked: dict[str, int] = {}
    for event in from_schema(schemathesis.openapi.from_dict(document, config=settings)).execute():
        match event:
            case events.NonFatalError() | events.FatalError():
                broken["the run", str(len(broken))] = str(getattr(event, "info", None) or event.exception)
            case events.ScenarioFinished(recorder=recorder):
                for node in recorder.cases.values():
                    label = node.value.operation.label
                    asked[label] = asked.get(label, 0) + 1
                for id, checks in recorder.checks.items():
                    for check in checks:
                        if check.failure_info is not None:
                            label = recorder.cases[id].value.operation.label
                            broken.setdefault((label, check.name), f"{label}: {check.failure_info.failure.message}\n"
                                              f"{check.failure_info.code_sample}\n{_answer(recorder, id)}")
    return list(broken.values()), asked


def _answer(recorder: Any, id: str) -> str:
    found = recorder.interactions.get(id)
    return found.response.content.decode("utf-8", "replace")[:500] if found and found.response else ""
