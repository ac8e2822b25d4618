"""The wall 亮灯看板, the list behind each of its numbers, and the same list as a workbook.

Nothing here counts: numbers and lists come from `services.watching` and `services.watchlists`, which hold them together.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request

from engine.case import local_day
from engine.day_sort import weekday
from engine.supervision import Lamp
from services import watching, watchlists
from services.database import reading as read
from services.watching import ORDER
from services.web import wall_lines, words
from services.web.door import door, now
from services.web.frame import text
from services.web.pages.wall_scope import chosen, everything, pages, stated, within
from services.web.wall_lines import DUE, XLSX, Asked, clock_cursor, clock_key, lines_of, with_tasks

_MOST, _BESIDE = 50, 8
_LAMPS = tuple(lamp.value for lamp in ORDER)
_ASKED = ("lamp", "due", "department", "process", "park")


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
    lamp, due, at = _lamp(), chosen("due", tuple(DUE)), now()
    asked = {name: request.args[name] for name in _ASKED if request.args.get(name)}
    with read(door().database) as connection:
        door().office.refresh(connection)
        which = within()
        found = wall_lines.page(connection, door().office, Asked(within=which, lamp=lamp, due=due), now=at,
                                after=clock_key(request.args.get("after")), most=_MOST)
        everywhere = watching.wall(connection, door().office, everything(), now=at)
        lines = with_tasks(connection, found.items)
    return render_template(
        "wall/list.html", lines=lines, found=found, lamp=lamp, due=due, dues=DUE, order=ORDER, lamps=words.LAMPS, read_at=at,
        which=which, parks=everywhere.parks, blocks=everywhere.blocks, asked=asked, is_first="after" not in request.args,
        matters=sorted({(row.process, row.matter) for block in everywhere.blocks for row in block.rows}),
        next=clock_cursor(found.next))


@pages.get("/list.xlsx", endpoint="export")
def export() -> Response:
    """导出: the same list as a workbook; its cells are texts and numbers, never formulas."""
    lamp, due, at = _lamp(), chosen("due", tuple(DUE)), now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        name, book = wall_lines.workbook(connection, door().office, Asked(within=within(), lamp=lamp, due=due), now=at)
    return Response(book, content_type=XLSX, headers={
        "Content-Disposition": f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{quote(name)}"})


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
        "soon": [("today", text("今日到期 {day} {weekday}").format(day=f"{today:%m-%d}", weekday=text(weekday(today))),
                  soon.today, lines_of(soon.first_today)),
                 ("tomorrow", text("下一工作日到期 {day} {weekday}").format(
                     day=f"{soon.next_on:%m-%d}", weekday=text(weekday(soon.next_on))), soon.tomorrow,
                  lines_of(soon.first_tomorrow))]}


def _lamp() -> Lamp | None:
    asked = chosen("lamp", _LAMPS)
    return Lamp(asked) if asked else None
