"""Every page somebody sees, once for each role that works with it: where it is, and who looks.

What is checked of all pages, or photographed, is taken from here; a test holds it together with the table of admission.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import select

from services import drafts
from services import tables as t
from services.database import reading, writing
from services.demo.staff import STAFF
from services.drafts import Began, Hand, Origin
from services.settings import SHELF
from services.store import reading as store
from services.web.books import BOOKS
from services.web.books.book import Asked, Book
from services.web.topics import TOPICS
from tests.journeys.browser import Hall

UNSEEN = frozenset({
    "static", "description", "health.health", "health.ready", "case.process", "counter.counted", "wall.now_shown",
    "wall.export", "wall.reentries", "receipts.figures_sheet", "in_place.sheet", "in_place.workbook", "wall.picture",
    "designer.version_source", "designer.draft_source", "drawing.due", "drawing.vocabulary", "demo.clock", "demo.arrive",
    "home.index", "fragments.account", "fragments.account_of_clock", "progress.download", "papers.download",
    "papers.printed", "oidc.begin", "oidc.arrive"})
"""Addresses that are read and are no page of their own: files, parts of pages, and ways to a page."""

EXTENDING = "岳阳南翔钢构有限公司"
"""The company for whose case an extension waits for approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A page. `person`: who looks, "" for nobody who is signed in; `is_public`: an applicant comes here with his telephone;
    `proves`: the case whose query code he gives before, "" for none."""

    name: str
    person: str
    path: str
    is_public: bool = False
    proves: str = ""


def leaves(hall: Hall) -> list[Leaf]:
    """All of them, of this hall; a draft is begun for those that show one."""
    return [*_strangers(), *_first_pages(), *_counters(hall), *_walls(hall), *_drawings(hall), *_books(hall),
            *_progress(hall), *_helps(), *_refusals(hall)]


def _strangers() -> list[Leaf]:
    return [Leaf(name="welcome", person="", path="/demo/", is_public=True),
            Leaf(name="sign-in", person="", path="/sign-in", is_public=True),
            Leaf(name="verify", person="", path="/documents/check/", is_public=True),
            Leaf(name="verify-unknown", person="", path="/documents/check/岳园决〔2026〕9号", is_public=True)]


def _first_pages() -> list[Leaf]:
    """Where each person begins."""
    return [Leaf(name=f"first-{each.role}-{place}", person=each.id, path="/") for place, each in enumerate(STAFF)]


def _counters(hall: Hall) -> list[Leaf]:
    received = hall.number("company_setup", "received", "刘洋")
    reviewing = hall.number("company_setup", "reviewing", "熊伟")
    deciding = hall.number("company_setup", "reviewing", "杨洁")
    extending = hall.number("four_permits", applicant=EXTENDING)
    task = _open_task(hall, reviewing)
    queues = ("in_hand", "due_soon", "overdue", "stopped", "result", "to_archive", "done")
    return [
        *(Leaf(name=f"queue-{queue}", person="陈静", path=f"/queues/{queue}") for queue in queues),
        Leaf(name="queue-overdue-reviewer", person="周凯", path="/queues/overdue"),
        Leaf(name="search", person="陈静", path="/search?q=岳阳"),
        Leaf(name="search-nothing", person="陈静", path="/search?q=没有这样的企业"),
        Leaf(name="intake", person="陈静", path="/intake"), Leaf(name="intake-nothing", person="陈静", path="/intake?q=没有"),
        Leaf(name="intake-form", person="陈静", path="/intake/company_setup"),
        Leaf(name="intake-form-long", person="李娟", path="/intake/four_permits"),
        Leaf(name="case-received", person="陈静", path=f"/cases/{received}"),
        Leaf(name="case-reviewing", person="周凯", path=f"/cases/{reviewing}?from=in_hand"),
        Leaf(name="case-deciding", person="罗敏", path=f"/cases/{deciding}"),
        Leaf(name="case-bundle", person="李娟", path=f"/cases/{hall.number('company_setup_bundle', 'decided', '谢萍')}"),
        Leaf(name="case-suspended", person="王磊", path=f"/cases/{hall.number('four_permits', 'suspended')}"),
        Leaf(name="case-certify", person="何莉", path=f"/cases/{hall.number('four_permits', 'concluded')}"),
        Leaf(name="case-archived", person="陈静", path=f"/cases/{hall.number('company_setup', 'archived')}"),
        Leaf(name="case-supervised", person="孙涛", path=f"/cases/{hall.number('company_setup', 'reviewing', '蔡勇')}"),
        Leaf(name="case-found", person="孙涛", path=f"/cases/{_found(hall)}"),
        Leaf(name="verbs", person="周凯", path=f"/cases/{reviewing}/verbs"),
        Leaf(name="verb-of-case", person="周凯", path=f"/cases/{reviewing}/do/suspend"),
        Leaf(name="verb-of-head", person="彭辉", path=f"/cases/{extending}/do/approve_extension"),
        Leaf(name="verb-send-back", person="周凯", path=f"/tasks/{task}/do/send_back"),
        Leaf(name="verb-transfer", person="周凯", path=f"/tasks/{task}/do/transfer"),
        Leaf(name="messages", person="周凯", path="/messages/"),
        Leaf(name="messages-of-supervisor", person="孙涛", path="/messages/?show=all"),
        Leaf(name="password", person="陈静", path="/password"),
    ]


def _found(hall: Hall) -> str:
    """The number of a case about whose result its supervisors have reported something."""
    wanted = select(t.case.c.number).join_from(t.push, t.case, t.push.c.case_id == t.case.c.id).where(t.push.c.findings > 0)
    with reading(hall.database) as connection:
        return str(connection.execute(wanted).scalars().first())


def _walls(hall: Hall) -> list[Leaf]:
    case = f"/wall/cases/{hall.number('company_setup', 'reviewing', '蔡勇')}"
    paths = {
        "wall": "/wall", "wall-list": "/wall/list?lamp=red", "wall-list-all": "/wall/list",
        "wall-list-none": "/wall/list?department=无", "wall-case": case, "wall-explained": f"{case}/explained",
        "wall-act": f"{case}/remind", "wall-order": f"{case}/issue_order", "wall-figures": "/wall/figures",
        "wall-heat": "/wall/heat", "wall-digest": "/wall/digest", "wall-cards": "/wall/cards", "wall-orders": "/wall/orders",
    }
    return [Leaf(name=name, person="孙涛", path=path) for name, path in paths.items()]


def _drawings(hall: Hall) -> list[Leaf]:
    draft = begin_draft(hall, "company_setup")
    return [Leaf(name="library", person="林晓", path="/designer/"),
            Leaf(name="process", person="林晓", path="/designer/processes/company_setup"),
            Leaf(name="board", person="林晓", path=f"/designer/drafts/{draft}"),
            Leaf(name="draft", person="许文", path=f"/designer/drafts/{draft}")]


def _books(hall: Hall) -> list[Leaf]:
    """Every book as one of its readers has it, the particulars of a row, and the acts on people and contacts."""
    forms = {"people-enter": "people/enter", "people-history": "people?history=1", "contacts-enter": "contacts/enter"}
    return [Leaf(name="book-index", person="张敏", path="/administration"),
            *(Leaf(name=f"book-{name}", person="张敏", path=f"/administration/{path}") for name, path in forms.items()),
            *(Leaf(name=f"book-{book.name}", person=_reader(book), path=f"/administration/{book.name}")
              for book in BOOKS.values()),
            *(Leaf(name=f"book-{book.name}-row", person=_reader(book), path=f"/administration/{book.name}/row?{key}")
              for book in BOOKS.values() if (key := _first_row(hall, book))),
            Leaf(name="account-events", person="高峰", path="/account-events"),
            Leaf(name="unmaskings", person="高峰", path="/account-events/unmaskings")]


def _reader(book: Book) -> str:
    return next(each.id for each in STAFF if each.role in book.readers)


def _first_row(hall: Hall, book: Book) -> str:
    """The key of its first row, as an address has it; "" when it shows no particulars or is empty."""
    if book.details is None:
        return ""
    with reading(hall.database) as connection:
        hall.office.refresh(connection)
        rows = book.rows(Asked(connection=connection, office=hall.office, by=_reader(book), now=hall.now()))
    return urlencode({"key": rows[0].key}) if rows else ""


def _progress(hall: Hall) -> list[Leaf]:
    """What applicants see of a case that is under way and of one that is over, and an agent of his principals'."""
    going = hall.number("company_setup", "reviewing", "熊伟")
    over = hall.number("company_setup", "archived")
    sections = ("", "/tasks", "/supply", "/declaration", "/withdrawal", "/hand-over", "/hearing", "/rating")
    return [Leaf(name="progress", person="", path="/progress", is_public=True),
            *(Leaf(name=f"progress-{state}{section.replace('/', '-')}", person="", path=f"/progress/{case}{section}",
                   is_public=True, proves=case) for state, case in (("going", going), ("over", over)) for section in sections),
            Leaf(name="principals", person="唐敏", path="/progress/principals"),
            Leaf(name="ratings", person="郑伟", path="/ratings"),
            *(Leaf(name=f"pushes-{stands}", person="郑伟", path=f"/pushes?stands={stands}")
              for stands in ("waiting", "overdue", "received")),
            Leaf(name="linkage", person="孙涛", path="/linkage"),
            Leaf(name="pushes-figures", person="孙涛", path="/pushes/figures"),
            Leaf(name="incidents", person="郑伟", path="/incidents")]


def _helps() -> list[Leaf]:
    return [Leaf(name="help", person="", path="/help/", is_public=True),
            *(Leaf(name=f"help-{topic.key}", person="陈静", path=f"/help/{topic.key}") for topic in TOPICS)]


def _refusals(hall: Hall) -> list[Leaf]:
    return [Leaf(name="not-found", person="陈静", path="/cases/0"), Leaf(name="not-admitted", person="陈静", path="/wall"),
            Leaf(name="not-here", person="陈静", path="/nowhere")]


def begin_draft(hall: Hall, process: str) -> int:
    """The designer's draft of a process on the shelf; its number."""
    with writing(hall.database) as connection:
        hall.office.refresh(connection)
        row = drafts.create(
            connection, Hand(people=hall.office.people, by="林晓", now=hall.now()),
            Began(origin=Origin.SHELF, name=process, source=(SHELF / f"{process}.bpmn").read_bytes()),
            title="企业开办", process=process)
    return row.id


def _open_task(hall: Hall, number: str) -> str:
    with reading(hall.database) as connection:
        row = store.peek_case(connection, number)
        assert row is not None
        return f"{number}-{store.tasks_of(connection, row.id)[0].token}"
