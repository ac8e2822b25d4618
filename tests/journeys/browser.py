"""A hall with a real browser in it: Chromium, a server of its own for each story, and a visitor whose browser may not complain.

The demonstration is prepared once, on a fixed Friday, and copied for each story; its machine's clock stands still until the
story moves it. Whatever a page complains of, an error in its console (a breach of the content security policy is one), a
script that fails, a request to another address, is kept, and the story fails by it at its end.
"""

from __future__ import annotations

import os
import shutil
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from flask_openapi3 import OpenAPI
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect, sync_playwright
from sqlalchemy import Engine, select
from werkzeug.serving import WSGIRequestHandler, make_server

from services import demonstration, visits
from services import tables as t
from services.database import connect, reading, writing
from services.demo import house
from services.demo.turning import turn_on
from services.migrations import migrate
from services.office import Office
from services.settings import Settings
from services.web import visiting
from services.web.app import create_app

MACHINE = datetime(2026, 11, 27, 1, 30, tzinfo=UTC)
"""Friday 2026-11-27 at 09:30 in Shanghai: when the demonstration opens."""

DESK, PHONE = (1366, 768), (390, 844)
"""The sizes a page must work at: a clerk's screen, an applicant's telephone."""

MISSING = ("these tests need Chromium and a Chinese font: `make browser` installs them "
           "(Debian: apt-get install chromium fonts-noto-cjk)")
_LASTING = 60 * 24 * 366
_MOST_TABS = 120


class NoChromium(Exception):
    """The machine has no Chromium."""

    def __init__(self) -> None:
        super().__init__(MISSING)


class _Silent(WSGIRequestHandler):
    """Requests that worked are not written down."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def chromium() -> Iterator[Browser]:
    """One Chromium. Raises NoChromium."""
    path = shutil.which("chromium")
    if path is None:
        raise NoChromium
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield opened
        opened.close()


@contextmanager
def served(app: OpenAPI) -> Iterator[str]:
    """An application at an address of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def prepare(file: Path, office: Office) -> None:
    """The demonstration, in a new SQLite file."""
    database = connect(f"sqlite:///{file}")
    migrate(database)
    house.prepare(database, office, machine=MACHINE, told=lambda count, of: None)
    database.dispose()


@dataclass
class Machine:
    """What shows the time of the machine: it stands still until somebody moves it."""

    at: datetime = MACHINE

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        """So much time passes."""
        self.at += timedelta(**span)


@dataclass
class Visit:
    """Somebody at a browser. `excused`: what its console may say in this story, such as the number of a refusal meant."""

    page: Page
    address: str
    database: Engine
    complaints: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("request", self._asked)

    def go(self, path: str) -> None:
        """To a page of ours."""
        self.page.goto(f"{self.address}{path}")

    def become(self, person: str, at: datetime) -> None:
        """Be signed in as somebody, without a form."""
        with writing(self.database) as connection:
            token = visits.begin(connection, person, at)
        self.page.context.add_cookies([{"name": visiting.COOKIE, "value": token, "url": self.address}])

    def key(self, name: str) -> None:
        """Press a key once the page has come."""
        self.page.wait_for_load_state("load")
        self.page.keyboard.press(name)

    def tab_to(self, wanted: Locator) -> None:
        """Go with the Tab key alone to what is wanted, which must show that it has the focus."""
        for _ in range(_MOST_TABS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("it => it === document.activeElement"):
                break
        expect(wanted).to_be_focused()
        assert wanted.evaluate("it => getComputedStyle(it).outlineStyle !== 'none'"), "the focus is not seen"

    def unexcused(self) -> list[str]:
        """What the browser complained of."""
        return [said for said in self.complaints if not any(excuse in said for excuse in self.excused)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"{self.page.url} asks another address: {request.url}")


@dataclass
class Hall:
    """A served office with its database and its machine's clock."""

    address: str
    database: Engine
    office: Office
    machine: Machine
    browser: Browser
    app: OpenAPI
    visits: list[Visit] = field(default_factory=list)

    def now(self) -> datetime:
        """What the clock of the demonstration shows."""
        return demonstration.clock(self.database, self.machine)()

    def visit(self, size: tuple[int, int] = DESK, **given: Any) -> Visit:
        """Somebody comes with a browser of his own."""
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN",
                                           timezone_id="Asia/Shanghai", **given)
        context.set_default_timeout(10_000)
        arrived = Visit(page=context.new_page(), address=self.address, database=self.database)
        self.visits.append(arrived)
        return arrived

    def number(self, process: str, state: str = "", applicant: str = "") -> str:
        """The number of the first case of a process, in a state, of an applicant."""
        wanted = select(t.case.c.number).where(t.case.c.process == process).order_by(t.case.c.id)
        if state:
            wanted = wanted.where(t.case.c.state == state)
        if applicant:
            wanted = wanted.where(t.case.c.applicant_name == applicant)
        with reading(self.database) as connection:
            return str(connection.execute(wanted).scalars().first())


@contextmanager
def demonstrated(file: Path, office: Office, browser: Browser) -> Iterator[Hall]:
    """The demonstration in a file of this story's own, served as `jiban serve --demo` does."""
    database = connect(f"sqlite:///{file}")
    own, machine = replace(office, cache=OrderedDict()), Machine()
    app = create_app(
        database, own, replace(Settings(), idle_minutes=_LASTING, visit_hours=_LASTING // 60),
        clock=demonstration.clock(database, machine), turn=lambda: turn_on(database, own, machine, seconds=10))
    with served(app) as address:
        hall = Hall(address=address, database=database, office=own, machine=machine, browser=browser, app=app)
        yield hall
        for each in hall.visits:
            each.page.context.close()
    database.dispose()
