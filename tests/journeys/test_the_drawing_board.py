"""The drawing board in a real browser: a limit is changed, a broken diagram says so, the work is kept, and nothing is lost."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from engine.definitions.check import load
from services import drafts
from services.database import connect, reading, writing
from services.drafts import Began, Hand, Origin
from services.office import Office
from services.settings import SHELF, Settings
from services.web.app import create_app
from tests.journeys.browser import Hall, Machine, Visit, served
from tests.services import diagrams
from tests.services.staff import hire

pytestmark = pytest.mark.browser

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
SHELVED = sorted(path.name for path in SHELF.glob("*.bpmn"))
SELECT = "(id) => board.modeler.get('selection').select(board.modeler.get('elementRegistry').get(id))"
REMOVE = "(id) => board.modeler.get('modeling').removeElements([board.modeler.get('elementRegistry').get(id)])"
AGAIN = "async (xml) => { await board.modeler.importXML(xml); return (await board.modeler.saveXML({ format: true })).xml; }"


@dataclass
class Drawing:
    """A designer at a board."""

    page: Page
    address: str
    database: Engine
    office: Office
    visit: Visit

    def draw(self, source: bytes, title: str = "流程", process: str = "drawn") -> int:
        """Begin a draft of this content and open its board; its number."""
        with writing(self.database) as connection:
            self.office.refresh(connection)
            hand = Hand(people=self.office.people, by="sheji", now=NOW)
            began = Began(origin=Origin.UPLOAD, name="x", source=source)
            row = drafts.create(connection, hand, began, title=title, process=process)
        self.open(row.id)
        return row.id

    def open(self, draft_id: int) -> None:
        self.page.goto(f"{self.address}/designer/drafts/{draft_id}")
        self.page.wait_for_selector("#board[data-ready]")
        expect(self.page.locator("#verdict")).not_to_have_text("正在检查…")

    def kept(self, draft_id: int) -> drafts.DraftRow:
        with reading(self.database) as connection:
            return drafts.found(connection, draft_id)

    def select(self, id: str) -> None:
        self.page.evaluate(SELECT, id)
        expect(self.page.locator("#field-id")).to_have_value(id)

    def complaints(self) -> list[str]:
        """What the console and the policy have complained of."""
        return self.visit.complaints


@pytest.fixture
def drawing(sqlite_url: str, office: Office, browser: Browser) -> Iterator[Drawing]:
    """A server with a designer and a legal officer, and the designer's browser."""
    database, own = connect(sqlite_url), replace(office, cache=OrderedDict())
    with writing(database) as connection:
        for id, role in (("sheji", "designer"), ("tongshi", "designer"), ("fazhi", "legal_officer")):
            hire(connection, id, role)
    machine = Machine(NOW)
    app = create_app(database, own, Settings(), clock=machine)
    with served(app) as address:
        hall = Hall(address=address, database=database, office=own, machine=machine, browser=browser, app=app)
        visit = hall.visit()
        visit.become("sheji", NOW)
        yield Drawing(page=visit.page, address=address, database=database, office=own, visit=visit)
        visit.page.context.close()
    database.dispose()


def test_a_designer_changes_a_limit_mends_what_is_broken_and_keeps_it(drawing: Drawing) -> None:
    page = drawing.page
    number = drawing.draw((SHELF / "receipt.bpmn").read_bytes(), "收件受理", "receipt")
    expect(page.locator("#verdict")).to_contain_text("可以发布")

    drawing.select("notice_lapsed")
    page.locator(".supposed input").fill("2026-02-13")
    page.locator(".supposed input").dispatch_event("change")
    expect(page.locator("output.due")).to_contain_text("2026-02-27 到期")
    page.get_by_label("数", exact=True).fill("3")
    page.keyboard.press("Tab")
    expect(page.locator("output.due")).to_contain_text("2026-02-25 到期")

    page.evaluate(REMOVE, "verify_to_verified")
    broken = page.locator("#findings button:enabled").first
    expect(page.locator("#verdict")).to_contain_text("个错误")
    page.evaluate("board.modeler.get('selection').select([])")
    broken.click()
    expect(page.locator("#props .findings")).to_be_visible()  # its element is selected, and says the same
    assert page.locator(".mark.error").count() > 0
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("#verdict")).to_contain_text("可以发布")

    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("已保存")

    limits = re.findall(r'<jb:limit kind="notice" amount="(\d+)"', drawing.kept(number).source.decode())
    assert drawing.kept(number).version == 2 and limits == ["3"]
    assert drawing.complaints() == []


def test_every_diagram_of_the_shelf_is_kept_unharmed_by_the_board(drawing: Drawing) -> None:
    drawing.draw((SHELF / "filing.bpmn").read_bytes())

    for file in SHELVED:
        source = (SHELF / file).read_text()
        read_again = drawing.page.evaluate(AGAIN, source)
        assert load(read_again.encode(), file=file).hash == load(source.encode(), file=file).hash, file
        assert words_of(read_again) == words_of(source), file
    assert drawing.complaints() == []


def words_of(xml: str) -> Counter[tuple[str, tuple[tuple[str, str], ...]]]:
    """Every jb element with its attributes."""
    return Counter((name, tuple(sorted(re.findall(r'([\w:]+)="([^"]*)"', attributes.replace("&#34;", "&quot;")))))
                   for name, attributes in re.findall(r"<jb:(\w+)([^>]*?)/?>", xml))


def test_who_saves_after_a_colleague_is_told_and_loses_nothing(drawing: Drawing) -> None:
    page = drawing.page
    number = drawing.draw((SHELF / "filing.bpmn").read_bytes(), "备案", "filing")
    with writing(drawing.database) as connection:
        colleague = Hand(people=drawing.office.people, by="tongshi", now=NOW)
        drafts.save(connection, colleague, number, (SHELF / "filing.bpmn").read_bytes(), version=1, title="备案",
                    process="filing")

    drawing.select("file_record")
    page.get_by_label("名称", exact=True).first.fill("登记备案并编号")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="保存").click()

    expect(page.locator("#said")).to_contain_text("tongshi 已于")
    expect(page.locator("#said")).to_contain_text("没有丢")
    assert page.evaluate("board.isDirty()") and drawing.kept(number).version == 2
    assert "登记备案并编号" in page.evaluate("board.modeler.saveXML().then(({ xml }) => xml)")
    assert [text for text in drawing.complaints() if "409" not in text] == []  # the browser notes the refusal itself


def test_a_lost_session_loses_nothing_that_was_drawn(drawing: Drawing) -> None:
    page = drawing.page
    number = drawing.draw((SHELF / "filing.bpmn").read_bytes(), "备案", "filing")
    page.route("**/save", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>登录</h1>"))

    page.locator("#title").fill("备案新")
    page.get_by_role("button", name="保存").click()

    expect(page.locator("#said")).to_contain_text("登录已失效")
    assert page.evaluate("board.isDirty()") and drawing.kept(number).version == 1


def test_leaving_with_unsaved_work_asks_first(drawing: Drawing) -> None:
    page = drawing.page
    drawing.draw((SHELF / "filing.bpmn").read_bytes(), "备案", "filing")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    page.locator("#title").fill("备案新")
    page.get_by_role("link", name="回到流程库").click()
    page.wait_for_timeout(300)

    assert asked == ["beforeunload"] and "/drafts/" in page.url
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("已保存")
    page.get_by_role("link", name="回到流程库").click()
    expect(page.get_by_role("heading", name="流程库")).to_be_visible()


def test_handing_in_keeps_first_what_is_drawn(drawing: Drawing) -> None:
    page = drawing.page
    number = drawing.draw((SHELF / "filing.bpmn").read_bytes(), "备案", "filing")

    drawing.select("file_record")
    page.get_by_label("名称", exact=True).first.fill("登记编号")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("待审核")).to_be_visible()

    row = drawing.kept(number)
    assert row.state == "submitted" and "登记编号" in row.source.decode()
    assert drawing.complaints() == []


def test_the_mark_of_bpmn_io_is_seen_and_uncovered(drawing: Drawing) -> None:
    page = drawing.page
    drawing.draw((SHELF / "company_deregistration.bpmn").read_bytes())
    mark = page.locator(".bjs-powered-by")
    box = mark.bounding_box()

    assert box is not None and mark.is_visible()
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        on_top = page.evaluate("""() => { const it = document.querySelector('.bjs-powered-by').getBoundingClientRect();
            return Boolean(document.elementFromPoint(it.x + it.width / 2, it.y + it.height / 2)?.closest('.bjs-powered-by'));
        }""")
        assert on_top


def test_a_diagram_without_a_layout_is_laid_out(drawing: Drawing) -> None:
    bare = diagrams.process("bare", diagrams.start(), diagrams.task("fill", "done"), diagrams.end(),
                            diagrams.flows("begin", "fill", "done"), name="没有布局")

    number = drawing.draw(bare)
    expect(drawing.page.locator("#said")).to_contain_text("已自动排好")
    drawing.page.get_by_role("button", name="保存").click()
    expect(drawing.page.locator("#said")).to_contain_text("已保存")

    kept = drawing.kept(number).source
    assert kept.count(b"<bpmndi:BPMNShape") == 3 and kept.count(b"<bpmndi:BPMNEdge") == 2
    assert load(kept, file="kept").hash == load(bare, file="bare").hash
    assert drawing.complaints() == []


def test_names_in_a_diagram_stay_text_on_the_board_and_in_the_simulation(drawing: Drawing) -> None:
    page = drawing.page
    hostile = "&lt;img src=x onerror=alert(1)&gt;&lt;b&gt;"
    source = diagrams.process("hostile", diagrams.start(), diagrams.task("fill"), diagrams.end(),
                              diagrams.flows("begin", "fill", "done")).decode()
    drawing.draw(re.sub(r'name="(fill|hostile)"', f'name="{hostile}"', source).encode())

    drawing.select("fill")
    page.get_by_role("button", name="模拟运行").click()
    page.locator(".bts-context-pad[title=触发]:not(.hidden)").first.click()
    expect(page.locator(".bts-log")).to_contain_text("<img src=x", timeout=15_000)

    assert page.locator("#board img, #board b").count() == 0
    assert drawing.complaints() == []


@pytest.mark.parametrize("address", ["/designer/", "/designer/processes/company_setup", "/designer/drafts/1?look=1"])
def test_the_other_pages_complain_of_nothing(drawing: Drawing, address: str) -> None:
    drawing.draw((SHELF / "filing.bpmn").read_bytes())

    drawing.page.goto(f"{drawing.address}{address}")
    drawing.page.wait_for_load_state("networkidle")

    assert drawing.complaints() == []
    assert drawing.page.locator(".picture .viewport").count() == drawing.page.locator(".picture").count()


def test_the_board_is_worked_with_by_keyboard_alone(drawing: Drawing) -> None:
    page = drawing.page
    number = drawing.draw((SHELF / "filing.bpmn").read_bytes(), "备案", "filing")

    page.locator("#canvas svg").first.focus()
    page.keyboard.press("Control+f")
    page.keyboard.insert_text("登记备案")
    page.keyboard.press("Shift")  # the search looks when a key is let go
    page.keyboard.press("Enter")
    expect(page.locator("#field-id")).to_have_value("file_record")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "field-name":
            break
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("登记")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "field-id"  # the panel was drawn anew and kept the focus
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("已保存")

    assert 'name="登记"' in drawing.kept(number).source.decode()
    assert Path(SHELF / "filing.bpmn").read_text().count('name="登记"') == 0
