"""The supervisor's pages: the wall, the lists behind it and their export, cards, messages, figures, the digest, the heat."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from openpyxl import load_workbook

from tests.services.desk import Desk, day
from tests.services.web.conftest import Reader
from tests.services.web.supervised import (
    EARLIER,
    HELD,
    HOSTILE,
    INSPECTION,
    LATE,
    NEW,
    NOW,
    SETUP,
    SUN,
    accepted,
    cases_in,
    enter,
    hostile,
    numbers,
    statements_of,
)


def test_every_number_of_the_wall_is_the_length_of_the_list_behind_it(supervisor: Reader) -> None:
    shown = numbers(supervisor.get("/wall").text)

    lengths = {address: len(cases_in(supervisor.get(address).text)) for address in shown}

    assert shown and lengths == shown


def test_of_a_case_with_a_promise_and_a_statute_only_the_promise_is_counted_and_listed(
    supervisor: Reader, watched: Desk,
) -> None:
    watched.now = day(12)
    number = watched.open(SETUP, park="岳阳经发区")
    watched.go(number, "register", "verify")
    watched.now = NOW

    shown = numbers(supervisor.get("/wall").text)

    lists = {address: supervisor.get(address).text for address in shown}
    assert {address: len(cases_in(page)) for address, page in lists.items()} == shown
    assert all(f'<span class="count">{shown[address]} 项</span>' in page for address, page in lists.items())
    assert cases_in(supervisor.get("/wall/list").text).count(number) == 1


def test_the_wall_counts_departments_by_matter_with_the_worst_lamp_first(supervisor: Reader) -> None:
    page = supervisor.get("/wall").text

    tiles = re.findall(r'<span class="tile-name">(.*?)</span> <strong>(\d+)</strong>', page)
    assert tiles == [("超期", "1"), ("预警", "1"), ("正常", "1"), ("暂停", "1"), ("暂定", "0"), ("合计", "4")]
    assert "市住建局" in page and "竣工联合验收" in page


def test_the_wall_of_a_park_counts_only_its_cases(supervisor: Reader) -> None:
    page = supervisor.get("/wall", query_string={"park": "岳阳经发区"}).text

    assert dict(re.findall(r'<span class="tile-name">(.*?)</span> <strong>(\d+)</strong>', page))["合计"] == "2"
    assert all("park=" in address for address in numbers(page))


def test_what_falls_due_today_and_on_the_next_working_day_stands_beside_the_wall(
    supervisor: Reader, watched: Desk,
) -> None:
    watched.now = day(16, hour=1)  # Monday 09:00; the second case is due on this day

    page = supervisor.get("/wall").text

    assert "今日到期 03-16 周一" in page and "下一工作日到期 03-17 周二" in page
    assert cases_in(supervisor.get("/wall/list?due=today").text) == [watched.opened[EARLIER]]


def test_a_list_shows_the_worst_first_and_what_stands_still_last(supervisor: Reader, watched: Desk) -> None:
    page = supervisor.get("/wall/list").text

    assert cases_in(page) == [watched.opened[each] for each in (LATE, EARLIER, NEW, HELD)]
    assert "已超1个工作日" in page and "停止计时" in page and "黄牌" in page


def test_a_long_list_is_turned_page_by_page_and_shows_every_clock_once(
    supervisor: Reader, watched: Desk, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.web.pages.wall._MOST", 1)

    seen, address = [], "/wall/list"
    while address:
        page = supervisor.get(address).text
        seen += cases_in(page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        address = unescape(following[1]) if following else ""

    assert seen == [watched.opened[each] for each in (LATE, EARLIER, NEW, HELD)]


def test_the_wall_costs_the_same_number_of_statements_however_many_cases_there_are(
    supervisor: Reader, watched: Desk,
) -> None:
    def spent() -> list[int]:
        browser = supervisor.signed_in()
        return [statements_of(watched.database, lambda path=path: browser.get(path)) for path in (
            "/wall", "/wall/list?lamp=red", f"/wall/cases/{watched.opened[LATE]}")]

    supervisor.get("/wall")  # the office reads its definitions once
    before = spent()
    for number in (11, 12, 12):
        accepted(watched, number, park="岳阳经发区")
    watched.now = NOW

    assert spent() == before and all(found <= most for found, most in zip(before, (7, 8, 9), strict=True))


def test_an_exported_list_holds_the_same_clocks_and_its_cells_are_texts(supervisor: Reader, watched: Desk) -> None:
    watched.deploy(hostile=hostile("=HYPERLINK(1)", "=cmd|calc"))
    watched.open("hostile")

    answer = supervisor.get("/wall/list.xlsx")

    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2))
    assert answer.headers["Content-Disposition"].startswith("attachment") and len(rows) == 5
    assert {cell.data_type for row in rows for cell in row if isinstance(cell.value, str)} == {"s"}
    named = next(cell for row in rows for cell in row if cell.value == "=HYPERLINK(1)")
    assert named.quotePrefix and [row[1].value for row in rows][:4] == cases_in(supervisor.get("/wall/list").text)[:4]


def test_an_export_holds_every_page_of_the_list_and_says_when_it_is_cut(
    supervisor: Reader, watched: Desk, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.watchlists.PAGE", 1)
    monkeypatch.setattr("services.watchlists.ROUNDS", 2)

    whole = [row[1].value for row in load_workbook(io.BytesIO(supervisor.get("/wall/list.xlsx").data)).worksheets[0].rows]
    monkeypatch.setattr("services.web.wall_lines.MOST_ROWS", 3)
    cut = list(load_workbook(io.BytesIO(supervisor.get("/wall/list.xlsx").data)).worksheets[0].rows)

    assert whole[1:] == [watched.opened[each] for each in (LATE, EARLIER, NEW, HELD)]
    assert len(cut) == 5 and cut[-1][0].value.startswith("仅列前3项")


def test_names_of_strangers_are_shown_as_they_are_written(supervisor: Reader, watched: Desk) -> None:
    watched.deploy(hostile=hostile("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;img src=x onerror=alert(1)&gt;"))
    number = watched.open("hostile")
    watched.command("remind", number, addressee=HOSTILE, text=HOSTILE, by=SUN)

    pages = [supervisor.get(path).text for path in (
        "/wall", "/wall/list", f"/wall/cases/{number}", "/wall/digest", "/wall/heat?process=hostile", "/wall/figures")]

    assert not any("<script>alert" in page or "<img src=x" in page for page in pages)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[1]


@pytest.mark.parametrize(("grants", "seen"), [
    ([{"role": "supervisor"}], {LATE, EARLIER, HELD, NEW}),
    ([{"role": "supervisor", "park": "岳阳经发区"}], {EARLIER, HELD}),
    ([{"role": "supervisor", "department": "市住建局"}], {LATE, EARLIER, HELD, NEW}),
    ([{"role": "supervisor", "park": "岳阳经发区", "department": "市公安局"}], set()),
    ([{"role": "supervisor", "park": "岳阳经发区", "department": "市公安局"},
      {"role": "supervisor", "park": "湘阴高新区", "process": INSPECTION}], {LATE, NEW}),
    ([{"role": "supervisor", "process": SETUP}], set()),
    ([{"role": "supervisor", "park": "岳阳经发区", "department": "市公安局"}, {"role": "clerk"}], set()),  # 窗口
])
def test_a_supervisor_sees_the_parks_departments_and_matters_of_his_role(
    supervisor: Reader, watched: Desk, grants: list[dict[str, str]], seen: set[int],
) -> None:
    enter(watched, "sun", *grants)
    supervisor = supervisor.instead("sun")

    page = supervisor.get("/wall").text

    assert set(cases_in(supervisor.get("/wall/list").text)) == {watched.opened[each] for each in seen}
    tiles = dict(re.findall(r'<span class="tile-name">(.*?)</span> <strong>(\d+)</strong>', page))
    assert tiles.get("合计", "0") == str(len(seen))
    assert all(len(cases_in(supervisor.get(address).text)) == count for address, count in numbers(page).items())
    assert bool(cases_in(supervisor.get("/wall/cards").text)) is (LATE in seen)


def test_the_figures_stand_in_a_table_with_their_definitions(supervisor: Reader) -> None:
    page = supervisor.get("/wall/figures").text

    assert page.count('type="application/json"') == 4 and "2026-03" in page and "2025-10" in page
    assert "（提前办结＋按时办结）÷（办结件＋期末超期未办结）。" in page
    assert re.search(r"期末超期未办结</th>(<td class=\"num\">0</td>){5}<td class=\"num\">1</td>", page)


def test_the_digest_tells_what_is_overdue_due_next_and_new_since_the_last_one(supervisor: Reader, watched: Desk) -> None:
    page = supervisor.get("/wall/digest").text

    assert "每日晨报 2026-03-13 周五" in page and "上一期 2026-03-12 09:00" in page
    assert dict(re.findall(r'<span class="tile-name">(.*?)</span> <strong>(.*?)</strong>', page))["新亮牌"] == "1"
    part = page[page.index('id="part-lapsed"'):page.index('id="part-today"')]
    assert cases_in(part) == [watched.opened[LATE]]


def test_the_heat_of_a_process_tells_how_long_its_steps_took_and_what_waits(supervisor: Reader, watched: Desk) -> None:
    page = supervisor.get("/wall/heat", query_string={"process": INSPECTION}).text
    picture = supervisor.get(f"/wall/heat/{INSPECTION}/picture")

    assert "竣工联合验收" in page and "最近办结的 0 件" in page
    assert picture.content_type.startswith("text/plain") and b"<bpmn" in picture.data[:3000]
    assert supervisor.get("/wall/heat/nothing/picture", headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize("path", [
    "/wall/list?lamp=purple", "/wall/list?due=never", "/wall/list?after=%21%21", "/wall/cards?state=x", "/wall/cards?after=QQ",
    "/wall/orders?state=x", "/wall/orders?after=QQ", "/messages/?after=QQ", "/messages/?show=x",
    "/wall/list?park=" + "x" * 201])
def test_an_address_that_asks_for_nothing_known_is_refused(supervisor: Reader, path: str) -> None:
    assert supervisor.get(path, headers={"Accept": "text/html"}).status_code == 422
