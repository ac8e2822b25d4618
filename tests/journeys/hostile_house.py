"""The demonstration with everything in it hostile (`tests.journeys.poison`), and whoever opens its pages.

What the demonstration leaves unwritten is written first, through the pages: reasons, absences, proposals, scans, ratings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from services import demonstration, visits
from services.database import connect, reading, writing
from services.demo.staff import STAFF
from services.demo.turning import turn_on
from services.office import Office, open_office
from services.query_codes import code_of
from services.settings import SHELF, Settings
from services.web import visiting
from services.web.app import create_app
from services.web.books import BOOKS
from services.web.books.book import Asked
from tests.journeys.atlas import Leaf, leaves
from tests.journeys.browser import MACHINE, Hall, prepare
from tests.journeys.poison import Poison, poison_catalogue, poison_database, poison_diagrams
from tests.services.web.answering import Form

_LASTING = 60 * 24 * 366
_ROWS = 5
"""Of so many rows of a book the particulars and acts are opened, from its first to its last."""

_WRITTEN_ABOUT = ("陈静", "某甲", "何莉", "SJ-SZBL")
"""And of those about which something is written here."""

_SCAN = b"%PDF-1.4\nscan"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The hostile office. `leaves`: its pages, and who looks at each, by his hostile name. `app`: without the bar of the
    demonstration, which would show the same names on every page; `shown`: with it."""

    database: Engine
    office: Office
    app: OpenAPI
    shown: OpenAPI
    poison: Poison
    leaves: tuple[Leaf, ...]

    def look(self, leaf: Leaf) -> TestResponse:
        """A page as whoever looks at it gets it."""
        client = (self.shown if leaf.path.startswith("/demo/") else self.app).test_client()
        if leaf.person:
            _sign_in(client, self.database, leaf.person)
        if leaf.proves:
            _prove(client, self.database, leaf.proves)
        return client.get(leaf.path, follow_redirects=True)


@contextmanager
def hostile_house(folder: Path) -> Iterator[House]:
    """Prepared, written in, made hostile."""
    poison, shelf, file = Poison(), folder / "shelf", folder / "demo.db"
    settings = replace(Settings(), shelf=shelf, files=folder / "files", idle_minutes=_LASTING, visit_hours=_LASTING // 60)
    poison_diagrams(SHELF, shelf, poison)
    prepare(file, open_office(settings))
    database = connect(f"sqlite:///{file}")
    office = open_office(settings)
    app = _app(database, office, settings, has_bar=False)
    hall: Any = Hall(address="", database=database, office=office, machine=lambda: MACHINE, browser=None, app=app)  # type: ignore
    found = [*leaves(hall), *_each_process(hall), *_files(hall)]
    _write_more(app, hall)
    poison_catalogue(shelf, poison)
    poison_database(database, poison)
    office = open_office(settings)
    hostile = [replace(leaf, person=poison(leaf.person)) for leaf in found if not leaf.name.startswith("book-")]
    yield House(database=database, office=office, poison=poison, app=_app(database, office, settings, has_bar=False),
                shown=_app(database, office, settings, has_bar=True),
                leaves=(*hostile, *_books(database, office, found, poison)))
    database.dispose()


def _app(database: Engine, office: Office, settings: Settings, *, has_bar: bool) -> OpenAPI:
    turn = (lambda: turn_on(database, office, lambda: MACHINE, seconds=10)) if has_bar else None
    return create_app(database, office, settings, clock=demonstration.clock(database, lambda: MACHINE), turn=turn)


def _each_process(hall: Hall) -> list[Leaf]:
    """The longest case of each process and its newest, as the supervisor has it on the wall and as a case."""
    with reading(hall.database) as connection:
        found = {row[:2] for most in ("seq", "id") for row in connection.exec_driver_sql(
            f'SELECT process, number, max({most}) FROM "case" GROUP BY process')}
    return [Leaf(name=f"of-{process}-{place}", person="孙涛", path=f"{before}{number}")
            for process, number in sorted(found) for place, before in enumerate(("/cases/", "/wall/cases/"))]


def _files(hall: Hall) -> list[Leaf]:
    """What is read from pages and is no page: diagrams, parts of pages."""
    number = hall.number("company_setup", "reviewing", "熊伟")
    return [Leaf(name="case-diagram", person="周凯", path=f"/cases/{number}/process.bpmn"),
            Leaf(name="draft-diagram", person="林晓", path="/designer/drafts/1.bpmn"),
            Leaf(name="vocabulary", person="林晓", path="/designer/vocabulary"),
            Leaf(name="counted", person="陈静", path="/queues/in_hand/counts"),
            Leaf(name="now-shown", person="孙涛", path="/wall/now"),
            Leaf(name="sheet", person="孙涛", path="/wall/list.xlsx")]


def _books(database: Engine, office: Office, found: list[Leaf], poison: Poison) -> Iterator[Leaf]:
    """Each book, the particulars of its first rows, and every act of it, as one who may do it has them."""
    readers = {leaf.name: poison(leaf.person) for leaf in found if leaf.name.startswith("book-")}
    for book in BOOKS.values():
        person = readers[f"book-{book.name}"]
        with reading(database) as connection:
            office.refresh(connection)
            rows = book.rows(Asked(connection=connection, office=office, by=person, now=MACHINE, with_history=True))
        yield Leaf(name=f"book-{book.name}", person=person, path=f"/administration/{book.name}?history=1")
        step, about = max(1, len(rows) // _ROWS), {poison(each) for each in _WRITTEN_ABOUT}
        for place, row in enumerate(row for at, row in enumerate(rows) if at % step == 0 or row.key in about):
            asked = urlencode({"key": row.key})
            if book.details is not None:
                yield Leaf(name=f"book-{book.name}-row-{place}", person=person, path=f"/administration/{book.name}/row?{asked}")
            for act in filter(None, map(book.act, row.acts)):
                yield Leaf(name=f"book-{book.name}-{act.name}-{place}", person=poison(_doer(act.roles)),
                           path=f"/administration/{book.name}/{act.name}?{asked}")


def _doer(roles: frozenset[str]) -> str:
    return next(each.id for each in STAFF if each.role in roles)


def _write_more(app: OpenAPI, hall: Hall) -> None:
    """What the demonstration leaves empty, each through the page where it is written."""
    book = "/administration/"
    _send(app, hall, "张敏", f"{book}people/absent?key=陈静", substitute="李娟", first_on="2026-12-01", last_on="2026-12-02",
          reason="外出学习")
    _send(app, hall, "张敏", f"{book}people/enter", id="某甲", name="某甲姓名", unit="某甲单位")
    _send(app, hall, "张敏", f"{book}people/grant?key=某甲", role="clerk", department="某甲科室", reason="某甲调入")
    _send(app, hall, "沈洁", f"{book}accounts/disable?key=何莉", reason="离岗培训")
    _send(app, hall, "张敏", f"{book}accounts/issue?key=陈静", name="工改平台接入", scopes="read", expires_on="2027-01-01")
    _send(app, hall, "张敏", f"{book}calendar/closure", scope="park", place="湘阴高新区", first="2026-12-07", last="2026-12-08",
          reference="停办文号一", approver="停办批准人", reason="停办事由")
    _send(app, hall, "张敏", f"{book}matters/set?key=SJ-SZBL", note="本级备注", reason="本级依据")
    _send(app, hall, "张敏", f"{book}credit/enter", code="91350100M000100Y43", name="失信公司", reason="虚假承诺",
          document="信用文书")
    _send(app, hall, "张敏", f"{book}limits/enter", process="company_setup", kind="promised", amount="1", unit="workday",
          park="湘阴高新区", basis="本级时限依据", approver="本级批准人")
    _send(app, hall, "张敏", f"{book}undertakings/enter", kind="declared", basis="承诺依据", text="承诺书正文")
    _send(app, hall, "林晓", "/designer/drafts", origin="empty", process="brand_new", title="空白流程")
    number = hall.number("company_setup", "reviewing", "熊伟")
    _send(app, hall, "周凯", f"/cases/{number}/uploads", file=(BytesIO(_SCAN), "扫描件.pdf"), material="身份证明")
    _send(app, hall, "周凯", f"/cases/{number}/particulars", reason="核对身份")
    _send(app, hall, "孙涛", f"/wall/cases/{number}/remind", addressee="周凯", text="请抓紧办理")
    _send(app, hall, "孙涛", f"/wall/cases/{number}/issue_order", addressee="周凯", text="督办内容", due_on="2026-12-04")
    over = hall.number("company_setup", "archived")
    client = app.test_client()
    _prove(client, hall.database, over)
    rated = client.post(f"/progress/{over}/rating", data={"csrf": _mark(client, "/progress"), "level": "1", "reasons": "late",
                                                            "text": "评价文字"})
    assert rated.status_code == 303, _refusal(rated.text)


def _send(app: OpenAPI, hall: Hall, person: str, path: str, **typed: Any) -> None:
    """Somebody types over what stands in a form and sends it."""
    client = app.test_client()
    _sign_in(client, hall.database, person)
    is_book = path.startswith("/administration/")
    standing = Form(client.get(path).text).values if is_book else {}
    over = {f"data.{name}" if is_book else name: value for name, value in typed.items()}
    sent = client.post(path, data={"csrf": _mark(client, "/password"), **standing, **over}, content_type="multipart/form-data")
    assert sent.status_code in (200, 303), (path, sent.status_code, _refusal(sent.text))


def _refusal(page: str) -> str:
    return " ".join(re.findall(r'class="[^"]*(?:wrong|fault)[^"]*"[^>]*>([^<]+)', page))


def _sign_in(client: FlaskClient, database: Engine, person: str) -> None:
    with writing(database) as connection:
        client.set_cookie(visiting.COOKIE, visits.begin(connection, person, demonstration.clock(database, lambda: MACHINE)()))


def _prove(client: FlaskClient, database: Engine, number: str) -> None:
    """Give the query code of a case, as its applicant does."""
    with reading(database) as connection:
        code = code_of(connection, number)
    client.post("/progress", data={"csrf": _mark(client, "/progress"), "number": number, "code": code})


def _mark(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]
