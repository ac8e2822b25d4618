"""The web face under test: a client that bears the token, on each database in turn."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from services.office import Office
from services.settings import Settings
from services.web.app import create_app

TOKEN = "a token of 31 characters 令牌"
BEARER = {"Authorization": f"Bearer {TOKEN}".encode().decode("latin-1")}


@dataclass(frozen=True)
class Api:
    """What a program outside would do: JSON to and from, with the token."""

    client: FlaskClient

    def get(self, path: str, **query: object) -> TestResponse:
        return self.client.get(f"/api/v1/{path}", query_string=query, headers=BEARER)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1/{path}", json=body, headers=BEARER | named)

    def open(self, process: str = "company_setup", **data: object) -> dict[str, Any]:
        """Open a case; what was answered."""
        answer = self.post("cases", {"process": process, "data": data})
        assert answer.status_code == 201, answer.text
        return dict(answer.json or {})

    def complete(self, moved: dict[str, Any], outcome: str, **headers: str) -> dict[str, Any]:
        """Complete the first open task of a case; what was answered."""
        answer = self.post(f"tasks/{moved['tasks'][0]['id']}/complete", {"outcome": outcome}, **headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})


@pytest.fixture
def api(database: Engine, office: Office) -> Api:
    """The API on each of the two databases in turn."""
    return Api(create_app(database, office, Settings(token=TOKEN)).test_client())


@pytest.fixture
def client(api: Api) -> FlaskClient:
    """A client without the token."""
    return api.client


@pytest.fixture
def statements(database: Engine) -> Callable[[], int]:
    """How many statements went to the database since the last call, without BEGIN and COMMIT."""
    counted = count()

    @event.listens_for(database, "before_cursor_execute")
    def _count(*given: object) -> None:
        if not str(given[2]).startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            next(counted)

    seen = [0]

    def since() -> int:
        reached = next(counted)
        done, seen[0] = reached - seen[0], reached + 1
        return done

    return since
