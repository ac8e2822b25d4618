"""The wall 亮灯看板, the list behind each of its numbers, and the same list as a workbook.

Nothing here counts: numbers and lists come from `services.watching` and `services.watchlists`, which hold them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request
from sqlalchemy import Connection

from engine.cards import Card, CardState
from engine.case import local_day
from engine.day_sort import weekday
from engine.supervision import Colour, Lamp
from services import watching, watchlists, workbooks
from services.database import reading as read
from services.store.clocks import Key
from services.watching import ORDER, Within
from services.watchlists import Listed, Watched
from services.web import words
from services.web.cursor import cursor, instant, microseconds, named_key_of
from services.web.door import door, now
from services.web.frame import text
from services.web.pages.wall_scope import chosen, everything, pages, stated, within

_MOST, _BESIDE, MOST_ROWS = 50, 8, 10_000
_LAMPS = tuple(lamp.value for lamp in ORDER)
_DUE = {"overdue": "已超期", "today": "今日到期", "tomorrow": "下一工作日到期"}
_ASKED = ("lamp", "due", "department", "process", "park")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADER = ("亮灯", "办件编号", "事项名称", "时限", "到期日", "剩余工作日", "超期工作日", "所属园区", "受理部门", "当前环节",
           "承办人", "牌况")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A clock as a list shows it, in Chinese; empty texts are not shown. `late`, `left`: in working days."""

    number: str
    clock: str
    lamp: Lamp
    matter: str
    limit: str
    due: str
    is_provisional: bool
    slack: str
    late: int
    left: int
    park: str
    department: str
    steps: str
    holders: str
    cards: str
    has_red_card: bool


@pages.get("")
def board() -> str:
    """亮灯看板."""
    return render_template("wall/board.html", **_board())


@pages.get("/now")
def now_shown() -> str:
    """What changes of the wall, for the page that shows it. It is no act of the visitor: he may be away."""
    return render_template("wall/now.html", **_board())


@pages.get("/list", endpoint="list")
def clock_list() -> str:
    """The clocks behind a number, the worst first."""
    lamp, due, at = _lamp(), chosen("due", tuple(_DUE)), now()
    asked = {name: request.args[name] for name in _ASKED if request.args.get(name)}
    with read(door().database) as connection:
        door().office.refresh(connection)
        which = within()
        found = _found(connection, which, lamp, due, at, _after(), _MOST)
        everywhere = watching.wall(connection, door().office, everything(), now=at)
        lines = _lines(connection, found.items)
    return render_template(
        "wall/list.html", lines=lines, found=found, lamp=lamp, due=due, dues=_DUE, order=ORDER, lamps=words.LAMPS, read_at=at,
        which=which, parks=everywhere.parks, blocks=everywhere.blocks, asked=asked, is_first="after" not in request.args,
        matters=sorted({(row.process, row.matter) for block in everywhere.blocks for row in block.rows}),
        next=_next(found.next))


@pages.get("/list.xlsx", endpoint="export")
def export() -> Response:
    """导出: the same list as a workbook; its cells are texts and numbers, never formulas."""
    lamp, due, at = _lamp(), chosen("due", tuple(_DUE)), now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        items, is_cut = _all(connection, within(), lamp, due, at)
        lines = _lines(connection, items)
    title = _DUE[due] if due else words.LAMPS[lamp] if lamp else text("在办时限")
    name = quote(f"{title}-{local_day(at):%Y%m%d}.xlsx")
    cut = text("仅列前{count}项，请按部门、事项或园区分别导出").format(count=MOST_ROWS)
    rows = [_cells(line) for line in lines] + ([[cut]] if is_cut else [])
    return Response(workbooks.write_rows(title, _HEADER, rows), content_type=_XLSX,
                    headers={"Content-Disposition": f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{name}"})


def _board() -> dict[str, Any]:
    at, office = now(), door().office
    with read(door().database) as connection:
        office.refresh(connection)
        which = within()
        shown = watching.wall(connection, office, which, now=at)
        soon = watchlists.due(connection, office, which, now=at, most=_BESIDE)
    today = local_day(at)
    return {
        "wall": shown, "order": ORDER, "lamps": words.LAMPS, "which": which, "read_at": at, "today": today,
        "here": {} if which.park is None else {"park": stated(which.park)},
        "soon": [("today", text("今日到期 {day} {weekday}").format(day=f"{today:%m-%d}", weekday=weekday(today)),
                  soon.today, [_line(each) for each in soon.first_today]),
                 ("tomorrow", text("下一工作日到期 {day} {weekday}").format(
                     day=f"{soon.next_on:%m-%d}", weekday=weekday(soon.next_on)), soon.tomorrow,
                  [_line(each) for each in soon.first_tomorrow])]}


def _found(
    connection: Connection, which: Within, lamp: Lamp | None, due: str | None, at: datetime, after: Key | None, most: int,
) -> Listed:
    if due is not None:
        return watchlists.due_list(connection, door().office, which, which=due, now=at, after=after, most=most)
    return watchlists.behind(connection, door().office, which, lamp=lamp, now=at, after=after, most=most)


def _all(
    connection: Connection, which: Within, lamp: Lamp | None, due: str | None, at: datetime,
) -> tuple[tuple[Watched, ...], bool]:
    """Every clock of a list, and whether it was cut: at most MOST_ROWS."""
    items: tuple[Watched, ...] = ()
    after: Key | None = None
    while len(items) < MOST_ROWS:
        page = _found(connection, which, lamp, due, at, after, MOST_ROWS - len(items))
        items, after = items + page.items, page.next
        if after is None:
            return items, False
    return items, True


def lines_of(items: tuple[Watched, ...]) -> list[Line]:
    """Clocks as lists show them."""
    return [_line(each) for each in items]


def _lines(connection: Connection, items: tuple[Watched, ...]) -> list[Line]:
    return lines_of(watchlists.with_tasks(connection, items))


def _line(found: Watched) -> Line:
    case, clock = found.case, found.clock
    return Line(
        number=case.number, clock=clock.name, lamp=found.lamp, matter=found.matter, limit=words.LIMITS[clock.kind],
        due=(clock.due or "").replace("T", " "), is_provisional=clock.is_provisional, slack=_slack(found),
        late=found.late_workdays, left=found.left_workdays, park=case.park, department=case.department,
        steps="、".join(dict.fromkeys(task.name for task in found.tasks)),
        holders="、".join(dict.fromkeys(task.assignee for task in found.tasks if task.assignee)),
        cards=_cards(found), has_red_card=any(card.colour == Colour.RED.value for card in _standing(found)))


def _slack(found: Watched) -> str:
    """剩余时限 as it is said."""
    if found.clock.due_on is None:
        return text("停止计时")
    if found.lamp is Lamp.RED:
        return text("已超{days}个工作日").format(days=found.late_workdays) if found.late_workdays else text("已超期")
    return text("剩{days}个工作日").format(days=found.left_workdays) if found.left_workdays else text("今日到期")


def _cards(found: Watched) -> str:
    """牌况: the cards that stand."""
    counts = {text(label): sum(card.colour == colour.value for card in _standing(found))
              for colour, label in words.COLOURS.items()}
    return "、".join(f"{label}{count if count > 1 else ''}" for label, count in reversed(counts.items()) if count)


def _standing(found: Watched) -> list[Card]:
    return [card for card in found.case.cards if card.state not in (CardState.WRITTEN_OFF, CardState.EXEMPTED)]


def _cells(line: Line) -> list[str | int]:
    due = text("{due}（暂定）").format(due=line.due) if line.is_provisional else line.due
    return [words.LAMPS[line.lamp], line.number, line.matter, line.limit, due, line.left, line.late, line.park, line.department,
            line.steps, line.holders, line.cards]


def _lamp() -> Lamp | None:
    asked = chosen("lamp", _LAMPS)
    return Lamp(asked) if asked else None


def _after() -> Key | None:
    sent = request.args.get("after")
    if not sent:
        return None
    (lapses_at, case_id), name = named_key_of(sent[:200], parts=3, field="after")
    return Key(instant(lapses_at), case_id, name)


def _next(key: Key | None) -> str | None:
    return None if key is None else cursor(microseconds(key.lapses_at), key.case_id, key.clock)
