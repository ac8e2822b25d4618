"""The web face under test: a client that bears the token.

What is asked of the database is tested on both where it is stated (`tests/services`). Through the door it is asked again on
both in the rooms of `ON_BOTH`, whose answers hang on how a database locks, orders or counts; all else is told on SQLite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from sqlalchemy import Engine, event, select
from werkzeug.test import TestResponse

from services import visits
from services.database import connect, reading, writing
from services.office import Office, open_office
from services.settings import Settings
from services.store import people as people_store
from services.tables import metadata
from services.web import visiting
from services.web.app import create_app
from services.web.door import Door, door, hang
from tests.services.desk import Desk
from tests.services.staff import QUICK, hire
from tests.services.web import supervised, two_parks

TOKEN = "a token of 31 characters 令牌"
THURSDAY = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
"""When the office's books are kept."""

BEARER = {"Authorization": f"Bearer {TOKEN}".encode().decode("latin-1")}


ON_BOTH = frozenset({
    "test_account_tokens", "test_api_cases", "test_api_clocks", "test_api_oversight", "test_api_queues", "test_api_tasks",
    "test_api_time", "test_api_wall", "test_counter_pages", "test_incoming_platforms", "test_messages", "test_once",
    "test_platform_crowds", "test_visiting", "test_wall"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Function]) -> None:
    """Leave out what would be told again on PostgreSQL."""
    again = [item for item in items if item.path.parent == Path(__file__).parent and item.path.stem not in ON_BOTH
             and hasattr(item, "callspec") and "postgresql" in item.callspec.params.values()]
    left_out = set(again)
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=again)


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

    def accepted(self, process: str = "joint_completion_inspection", **data: object) -> str:
        """A case received and accepted now by 王; its number."""
        by = {"X_Jiban_Actor": quote("王")}
        return str(self.complete(self.complete(self.open(process, **data), "received", **by), "accept", **by)["number"])

    def told(self, number: str, kind: str) -> list[dict[str, Any]]:
        """What the facts of a kind say."""
        facts = (self.get(f"cases/{number}").json or {})["facts"]
        return [fact["data"] for fact in facts if fact["kind"] == kind]


@dataclass(frozen=True)
class Browser:
    """What somebody does who is signed in: he looks at pages and sends their forms."""

    client: FlaskClient
    database: Engine
    id: str
    token: str

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.client.get(path, **given)

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.client.post(path, data={"csrf": self.csrf, **fields})

    @property
    def csrf(self) -> str:
        """What the forms shown to him bear."""
        with self.client.application.app_context():
            at = door().clock()
            with reading(self.database) as connection, self.client.application.test_request_context():
                found = visits.visitor(connection, self.token, at, visiting.lifetimes())
        return found.csrf if found else ""


@dataclass(frozen=True)
class Reader:
    """Somebody who looks at pages and signs in anew for each, however late it has become. He is entered when he first reads, so
    that whatever happened before happened in an office without people."""

    client: FlaskClient
    database: Engine
    roles: tuple[str, ...] = ()
    id: str = "读者"

    @property
    def application(self) -> Any:
        """The application he reads from."""
        return self.client.application

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.signed_in().get(path, **given)

    def post(self, path: str, **fields: str) -> TestResponse:
        """He sends a form."""
        return self.signed_in().post(path, **fields)

    def instead(self, id: str) -> Reader:
        """Somebody else, who has been entered."""
        return replace(self, id=id)

    def signed_in(self) -> Browser:
        """He signs in now."""
        return sign_in(self.client, self.database, self.id, *self.roles)


def sign_in(client: FlaskClient, database: Engine, id: str, *roles: str) -> Browser:
    """Somebody signs in without being asked for a password; he is entered with these roles when he is not there yet."""
    with client.application.app_context():
        at = door().clock()
    with writing(database) as connection:
        if people_store.person(connection, id) is None:
            hire(connection, id, *roles)
        token = visits.begin(connection, id, at)
    client.set_cookie(visiting.COOKIE, token)
    return Browser(client, database, id, token)


def stored(database: Engine) -> dict[str, list[object]]:
    """All that is stored, by table, but for when somebody was last seen."""
    with reading(database) as connection:
        return {table.name: list(connection.execute(select(table).order_by(*table.primary_key)))
                for table in metadata.sorted_tables if table.name not in ("visit", "throttle")}


@pytest.fixture(scope="session")
def house(prepared_file: Path) -> OpenAPI:
    """The application, its door to be hung by each test: its routes and their description are the same for all."""
    settings = Settings()
    return create_app(connect(f"sqlite:///{prepared_file}"), open_office(settings), settings)


@pytest.fixture
def api(house: OpenAPI, database: Engine, office: Office) -> Api:
    """The API at a database of the test's own."""
    hang(house, Door(database=database, office=office, settings=Settings(token=TOKEN, hashing=QUICK)))
    return Api(house.test_client())


@pytest.fixture
def clock(house: OpenAPI, api: Api) -> Callable[[datetime], None]:
    """Set what the clock of the door shows."""
    with house.app_context():
        hung = door()
    return lambda at: hang(house, replace(hung, clock=lambda: at))


@pytest.fixture
def client(api: Api) -> FlaskClient:
    """A client without the token."""
    return api.client


@pytest.fixture
def reader(client: FlaskClient, database: Engine) -> Reader:
    """Somebody with no role who may read what everybody who is signed in may."""
    return Reader(client, database)


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


@pytest.fixture
def watched(tell: Callable[[Callable[[Desk], None]], Desk]) -> Desk:
    """A desk after the story a supervisor looks at."""
    return tell(supervised.told)


@pytest.fixture
def supervisor(house: OpenAPI, watched: Desk) -> Reader:
    """Who looks at the supervisor's pages, at that desk's hour."""
    hang(house, Door(database=watched.database, office=watched.office, settings=Settings(), clock=lambda: watched.now))
    return Reader(house.test_client(), watched.database, id=supervised.SUN)


@pytest.fixture
def admin(client: FlaskClient, database: Engine, clock: Callable[[datetime], None]) -> Browser:
    """The system administrator, on a Thursday."""
    clock(THURSDAY)
    return sign_in(client, database, "张敏", "system_admin")


@pytest.fixture
def other(admin: Browser, client: FlaskClient, database: Engine) -> Callable[[], Browser]:
    """A second person who rules; signed in when asked for."""
    return lambda: sign_in(client, database, "许文", "legal_officer")


@pytest.fixture
def parks(tell: Callable[[Callable[[Desk], None]], Desk]) -> Desk:
    """A desk after the story of two parks."""
    return tell(two_parks.lived)


@pytest.fixture
def program(house: OpenAPI, parks: Desk) -> FlaskClient:
    """A program outside, at the hour where that story ends."""
    hang(house, Door(database=parks.database, office=parks.office, settings=Settings(token=TOKEN, hashing=QUICK),
                     clock=lambda: two_parks.NOW))
    return house.test_client()
