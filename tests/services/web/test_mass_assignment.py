"""What a form does not ask is of no effect: every form of the pages is sent twice to the same office at the same hour, once as
its page puts it and once laden with what a program might add. What is answered and what is stored is the same.

The routes are the application's, the verbs those of the table, the acts those of the books: a new one that is neither tried nor
excused fails here.
"""

from __future__ import annotations

import re
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from html import unescape
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from sqlalchemy import Engine, Table
from werkzeug.test import TestResponse

from engine.verbs import VERBS
from services import judging
from services.database import connect, rehearsing
from services.judging import Verdict
from services.settings import Settings
from services.tables import metadata
from services.web.admission import PAGES
from services.web.books import BOOKS
from services.web.door import Door, hang
from services.web.pages import wall_case
from tests.services.desk import Desk
from tests.services.staff import QUICK
from tests.services.web import a_form_of_each as story
from tests.services.web.conftest import sign_in
from tests.services.web.laden import Scan, Sent, filled
from tests.services.web.test_every_route import TELLING
from tests.services.web.test_visiting import mark_of
from webhooks.guard import Guard, origins_of

GENERATED = frozenset({"intake.open_case", "case.complete", "case.of_case", "case.of_task", "administration.act"})
"""The routes whose forms are taken from their own pages."""

ALLOWED = Guard(origins=origins_of("https://hooks.example.gov.cn"))

RANDOM = {"account_secret": "hash", "api_token": "digest", "endpoint_secret": "value", "platform_secret": "secret",
          "connector": "secret"}
"""What is another every time."""

SHEETS: Mapping[str, Mapping[str, str]] = {
    "lists/enter": {"data.sheet": TELLING["enter_version"]["csv"]},
    "empowerment/upload": {"data.kind": "local_authority", "data.sheet": TELLING["import_empowerment"]["csv"]},
    "assessments/upload": {"data.sheet": TELLING["import_assessments"]["csv"]},
    "linkage/upload": {"data.sheet": TELLING["import_checks"]["csv"]}}
TYPED: Mapping[str, Mapping[str, Any]] = {
    "contacts/enter": {"data.office_phone": "0730-8880000"}, "contacts/replace": {"data.office_phone": "0730-8881111"},
    "limits/replace": {"data.basis": "另一文件"}, "policies/replace": {"data.warn_workdays": "4"},
    **{name: {"data.url": "https://hooks.example.gov.cn/2"} for name in (
        "endpoints/enter", "endpoints/change", "connectors/enter", "connectors/change")},
    "people/change": {"data.name": "另一姓名"}, "undertakings/replace": {"data.text": "另一正文"},
    "undertakings/enter": {"data.text": "本人承诺"}, "linkage/record": {"data.checked_on": "2026-03-12"},
    **{f"{book}/set": {"data.note": "另有说明"} for book in ("matters", "bundles", "parks", "departments", "systems")},
    **{name: {field: Scan(data=text.encode(), name="清单.csv") if field == "data.sheet" else text
              for field, text in typed.items()} for name, typed in SHEETS.items()}}
"""What is typed into the forms of acts that are not taken when any text stands in them."""

UNSENT_VERBS: Mapping[str, frozenset[str]] = {
    "sent on the pages of a case, the wall and the applicant": frozenset({
        "complete_task", "take_back", "remind", "issue_order", "return_order", "close_order", "write_off", "exempt", "uphold",
        "rate"}),
    "of a task that was claimed, delegated, countersigned or asked for before": frozenset({
        "unclaim", "resolve", "add_signer", "drop_signer", "answer", "recall", "ask_again"}),
    "of a case that waits for a message, a project or a hearing": frozenset({
        "receive_message", "start_clock", "schedule_hearing"}),
    "of a result that nobody was named to supervise": frozenset({"push_result"}),
    "of a declaration that was signed": frozenset({"verify_declaration", "find_unmet", "fail_declaration"})}
"""The verbs that no case of the story takes as it stands: the one page that reads all of them is tried by the others."""

UNSENT_ACTS: Mapping[str, frozenset[str]] = {
    "on an account that was barred, locked or given a token before": frozenset({
        "accounts/enable", "accounts/unlock", "accounts/revoke"}),
    "on what a platform has sent before, or signs with": frozenset({
        "platform_messages/deliver", "platform_messages/dismiss", "platforms/end"}),
    "on a row that was approved before": frozenset({"empowerment/end"}),
    "where there is unified authentication 统一身份认证": frozenset({"accounts/link", "accounts/unlink"}),
    "on an entry whose shipped values were changed before": frozenset({
        f"{book}/restore" for book in ("matters", "bundles", "parks", "departments", "systems")}),
    "a whole year's notice": frozenset({"calendar/notice"})}
"""The acts that nothing the second person has entered takes: the one page that reads all of them is tried by the others."""

STORING_NOTHING = frozenset({
    "drawing.check", "progress.look", "progress.find", "progress.tablet", "sign_in.leave", "/administration/limits/ask"})
"""What is asked, proved or ended, and stored nowhere but in a visit."""

pytestmark = pytest.mark.parametrize("tell", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office that is copied for every form, so that each is sent at the same hour of the same history."""

    house: OpenAPI
    desk: Desk
    file: Path
    numbers: Iterator[int]

    def copy(self) -> Office:
        """Another of the same history."""
        copied = self.file.with_name(f"{next(self.numbers)}.db")
        copyfile(self.file, copied)
        return replace(self, file=copied)

    @contextmanager
    def opened(self) -> Iterator[Engine]:
        """Its database, behind the door."""
        database = connect(f"sqlite:///{self.file}")
        hang(self.house, Door(
            database=database, office=replace(self.desk.office, cache=OrderedDict()), clock=lambda: story.NOW,
            settings=Settings(hashing=QUICK, guard=ALLOWED, files=self.file.with_suffix(".files"))))
        yield database
        database.dispose()

    def sends(self, sent: Sent, *, laden: bool = False) -> TestResponse:
        """What is answered to a form, after those before it."""
        with self.opened() as database:
            client = self.house.test_client()
            for each in (*sent.before, sent):
                over, mark = laden and each is sent, _mark(client, database, each.who)
                answer = client.post(each.at(laden=over), **each.body(mark, laden=over))
                assert each is sent or answer.status_code in (200, 303), (each.address, answer.text)
        return answer

    def shows(self, address: str, who: str = story.CLERK) -> str:
        """A page as somebody sees it."""
        with self.opened() as database:
            shown = sign_in(self.house.test_client(), database, who).get(address)
        assert shown.status_code == 200, (address, shown.status_code)
        return shown.text

    @property
    def stored(self) -> dict[str, list[tuple[object, ...]]]:
        """All that is stored, but for visits and what is another every time."""
        with closing(sqlite3.connect(self.file)) as connection:
            return {table.name: list(connection.execute(_whole(table))) for table in metadata.sorted_tables
                    if table.name not in ("visit", "throttle")}


def _whole(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns if RANDOM.get(table.name) != column.name)
    return f'SELECT {names} FROM "{table.name}" ORDER BY {", ".join(column.name for column in table.primary_key)}'


def _mark(client: FlaskClient, database: Engine, who: str) -> str:
    """The mark of a form that is shown to somebody, who signs in for it; or to nobody."""
    if who:
        return sign_in(client, database, who).csrf
    client.delete_cookie("jiban")
    return mark_of(client.get("/progress"))


@pytest.fixture
def office(house: OpenAPI, tell: Callable[[Callable[[Desk], None]], Desk]) -> Office:
    """The office after the story."""
    desk = tell(story.told)
    assert desk.database.url.database is not None
    return Office(house=house, desk=desk, file=Path(desk.database.url.database), numbers=count())


def wrong(office: Office, sent: Sent) -> str:
    """What a laden form does that the same form as it is put does not; "" for nothing."""
    office.desk.database.dispose()
    plain, laden = office.copy(), office.copy()
    as_put, answer = plain.sends(sent), laden.sends(sent, laden=True)
    if as_put.status_code not in (200, 303):
        return f"refused as it is put: {as_put.status_code}"
    if (answer.status_code, answer.location) != (as_put.status_code, as_put.location):
        return f"answered by {answer.status_code} {answer.location}, not {as_put.status_code} {as_put.location}"
    said, told = plain.stored, laden.stored
    if not {sent.endpoint, sent.address} & STORING_NOTHING and not sent.before and said == office.stored:
        return "does nothing as it is put"
    return "; ".join(f"{name}: {set(told[name]) ^ set(said[name])}" for name in said if said[name] != told[name])


def all_wrong(office: Office, tried: Iterable[Sent]) -> dict[str, str]:
    """What is wrong, by the address of a form."""
    return {sent.address: found for sent in tried if (found := wrong(office, sent))}


def sendable(office: Office, endpoint: str, address: str, typed: Mapping[str, Any] | None = None) -> Sent | None:
    """The form of a page, filled in so that it is taken; None when it is not, however it is filled in. `typed`: into some of
    its fields; None: whatever comes to mind."""
    shown, tried = office.shows(address), office.copy()
    for whole in (False, True):
        form, asks = filled(shown, whole=whole)
        sent = Sent(endpoint=endpoint, address=address, form={**form, **(typed or {})}, asks=asks)
        answer = tried.sends(sent)
        if answer.status_code == 303 or (answer.status_code == 200 and "preview" not in form):
            return sent
    return None


def test_a_laden_form_does_what_it_does_as_its_page_puts_it(office: Office) -> None:
    intake = sendable(office, "intake.open_case", "/intake/company_setup")

    assert intake is not None
    done = step(office, story.REVIEWED, "propose_grant")
    taken_back = Sent(endpoint="case.of_task", address=done.address.replace("complete", "do/take_back"), before=[done],
                      form={"data.reason": "误办"}, asks=frozenset({"version", "seq"}))
    assert all_wrong(office, [*story.forms(office.desk), step(office, story.FRESH, "accept"), done, taken_back, intake]) == {}


def step(office: Office, case: int, outcome: str) -> Sent:
    """The first step of a case is done, from its page."""
    number = office.desk.opened[case]
    address = f"/tasks/{number}-{office.desk.tasks(number)[0].token}/complete"
    form, asks = filled(office.shows(f"/cases/{number}"), address)
    return Sent(endpoint="case.complete", address=address, form={**form, "outcome": outcome}, asks=asks)


def test_every_verb_does_what_it_does_when_its_form_is_laden(office: Office) -> None:
    sent = dict(verbs(office))

    assert all_wrong(office, sent.values()) == {}
    assert set(VERBS) - set(sent) == frozenset().union(*UNSENT_VERBS.values())


def verbs(office: Office) -> Iterator[tuple[str, Sent]]:
    """The form of every verb that may be done to a case of the story, or a task of it."""
    done = {"complete_task"}
    for number in office.desk.opened:
        for endpoint, subject, judged in _judged(office, number):
            for verb in judged:
                if verb not in done and (sent := sendable(office, endpoint, f"{subject}/do/{verb}")) is not None:
                    done.add(verb)
                    yield verb, sent


def _judged(office: Office, number: str) -> Iterator[tuple[str, str, list[str]]]:
    """The subjects of a case, with the route and the address of their verbs, and those that may be done to them."""
    desk, asked = office.desk, {"by": story.CLERK, "now": story.NOW}
    with rehearsing(desk.database) as connection:
        desk.office.refresh(connection)
        yield "case.of_case", f"/cases/{number}", _free(judging.of_case(connection, desk.office, number, **asked))
        for id in (f"{number}-{task.token}" for task in desk.tasks(number)):
            yield "case.of_task", f"/tasks/{id}", _free(judging.of_task(connection, desk.office, id, **asked))


def _free(verdicts: Iterable[Verdict]) -> list[str]:
    return [each.verb.name for each in verdicts if each.refusal is None]


def test_every_act_of_the_books_does_what_it_does_when_its_form_is_laden(office: Office) -> None:
    kept = office.copy()
    entered = dict(acts(kept))
    for sent in entered.values():
        kept.sends(replace(sent, who=story.OTHER))
    answered = dict(acts(kept, but=entered)) | dict(acts_on_rows(kept))

    assert all_wrong(office, entered.values()) | all_wrong(kept, answered.values()) == {}
    known = {f"{book.name}/{act.name}" for book in BOOKS.values() for act in book.acts}
    assert known - {*entered, *answered} == frozenset().union(*UNSENT_ACTS.values())


def acts(office: Office, but: Collection[str] = ()) -> Iterator[tuple[str, Sent]]:
    """The acts that are about no row, each with its form."""
    names = [f"{book.name}/{act.name}" for book in BOOKS.values() for act in book.acts if not act.is_about_row]
    for name in names:
        sent = None if name in but else sendable(office, "administration.act", f"/administration/{name}", TYPED.get(name))
        if sent is not None:
            yield name, sent


def acts_on_rows(office: Office) -> Iterator[tuple[str, Sent]]:
    """The acts on the first rows that take them."""
    for book in BOOKS.values():
        shown = unescape(office.shows(f"/administration/{book.name}?history=1"))
        for act in book.acts:
            name = f"{book.name}/{act.name}"
            for address in re.findall(rf'"(/administration/{name}\?key=[^"]+)"', shown)[:3]:
                if (sent := sendable(office, "administration.act", address, TYPED.get(name))) is not None:
                    yield name, sent
                    break


def test_every_route_that_a_form_is_sent_to_is_tried(office: Office) -> None:
    sent_to = {rule.endpoint for rule in office.house.url_map.iter_rules()
               if rule.endpoint in PAGES and (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}}

    tried = story.forms(office.desk)
    assert sent_to == {each.endpoint for each in tried} | GENERATED
    assert {each.address.split("/")[4] for each in tried if each.endpoint == "wall.act"} == set(wall_case.ACTS)

