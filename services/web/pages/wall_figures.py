"""Figures for whoever supervises: the last months as charts with the table beneath, where the time of a process goes on its
picture, and the morning digest 晨报.

A chart shows what its table says; a browser draws it from the data in the page. No figure is shown without its definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, render_template, request
from sqlalchemy import Connection

from engine.case import local_day
from engine.day_sort import weekday
from engine.figures import BY_NAME, CASES, Ratio, Value
from services import digests, reentries
from services.database import reading as read
from services.step_times import Heat, heat
from services.store import clocks as clock_store
from services.store.reentries import CountedRow
from services.trends import SHOWN, MonthShown, trend
from services.watchlists import Watched
from services.web import watched, words
from services.web.door import door, now
from services.web.frame import text
from services.web.pages.wall_scope import LONGEST, everything, pages, within
from services.web.sent import as_file
from services.web.wall_lines import Line, with_tasks

_CHARTS = (
    ("on-time", "按时办结率", ("on_time_rate",), "%"),
    ("time-used", "平均用时", ("mean_net", "mean_span"), "日"),
    ("outcomes", "办结情况", ("early", "on_time", "late", "overdue"), CASES),
    ("stopped", "停表时长", ("mean_special", "mean_pause"), "日"),
)
"""Which figures are drawn together."""

_MONTHS = 6
_DEEPEST = 5
"""Shades of heat."""


@pages.get("/figures")
def figures() -> str:
    """统计: on time, time used, how cases came out, month by month."""
    at = now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        months = trend(connection, door().office, within(), now=at)
        entered = _reentries(connection, at)
    return render_template(
        "wall/figures.html", months=months, charts=[_chart(months, *each) for each in _CHARTS], read_at=at, said=_said,
        rows=[BY_NAME[name] for name in SHOWN], which=within(), parks=door().office.catalogue.parks,
        entered=entered)


@pages.get("/figures/reentries.csv", endpoint="reentries")
def export_reentries() -> Response:
    """二次录入 of the last months, as a sheet."""
    with read(door().database) as connection:
        found = reentries.sheet(_reentries(connection, now()))
    return as_file(found.encode(), "text/csv", text("二次录入") + ".csv")


@pages.get("/heat", endpoint="heat")
def heat_map() -> str:
    """办理热力图: working time and open cases of each step of a process."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        matters = watched.matters(connection, everything())
        process = request.args.get("process", "")[:LONGEST] or next(iter(matters), "")
        row = watched.newest(connection, everything(), process) if process else None
        found = None if row is None else heat(connection, door().office, row, watched.of_process(within(), process))
    return render_template(
        "wall/heat.html", matters=matters, process=process, row=row, heat=found, shade=_shade, days=_days,
        data=None if found is None else _heat_data(found))


@pages.get("/heat/<process>/picture")
def picture(process: str) -> Response:
    """流程图: the newest diagram of a process, as a text that a browser never opens as a page."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        row = watched.newest(connection, everything(), process[:LONGEST])
    return Response(row.source, content_type="text/plain; charset=utf-8",
                    headers={"Content-Disposition": "attachment; filename=\"process.bpmn\""})


@pages.get("/digest")
def digest() -> str:
    """每日晨报."""
    at = now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        found = digests.digest(connection, door().office, within(), now=at)
        matters = clock_store.matters(connection)

        def lines(items: tuple[Watched, ...]) -> list[Line]:
            return with_tasks(connection, items)

        parts = [("lapsed", text("上一期以来新超期"), lines(found.lapsed)),
                 ("today", text("今日到期"), lines(found.first_today)),
                 ("tomorrow", text("{day} {weekday}到期").format(
                     day=f"{found.next_on:%m-%d}", weekday=text(weekday(found.next_on))), lines(found.first_tomorrow)),
                 ("worst", text("超期最久"), lines(found.worst))]
    return render_template("wall/digest.html", found=found, parts=parts, read_at=at, words=words, weekday=weekday,
                           matters=matters, today=local_day(at))


def _reentries(connection: Connection, at: datetime) -> list[CountedRow]:
    """What was entered by hand instead of a system in the last months, in the parks this visitor sees."""
    today = local_day(at)
    first = f"{today.year - (today.month <= _MONTHS - 1)}-{(today.month - _MONTHS) % 12 + 1:02}"
    parks = {scope.park for scope in everything().scopes}
    asked = within().park
    return [row for row in reentries.counted(connection, since=first, until=f"{today:%Y-%m}")
            if parks & {"", row.park} and asked in (None, row.park)]


def _chart(months: Sequence[MonthShown], key: str, title: str, names: tuple[str, ...], unit: str) -> dict[str, Any]:
    """A chart: what a browser needs to draw it, and which rows of the table say the same."""
    series = [{"name": text(BY_NAME[name].label), "values": [_number(month.figures[name], unit) for month in months]}
              for name in names]
    return {"key": key, "title": title, "figures": [BY_NAME[name] for name in names],
            "data": {"months": [month.month.text for month in months], "unit": text(unit), "series": series,
                     "kind": "bar" if unit == CASES else "line"}}


def _number(value: Value, unit: str) -> float | None:
    if not isinstance(value, Ratio):
        return value
    return None if value.value is None else round(value.value * (100 if unit == "%" else 1), 1)


def _said(name: str, value: Value) -> str:
    """A figure as it is printed; a rate or mean of nothing is a dash."""
    if not isinstance(value, Ratio):
        return str(value)
    if value.value is None:
        return "—"
    return f"{value.value:.1%}" if BY_NAME[name].unit == "%" else f"{value.value:.1f}"


def _days(minutes: int, workday: int) -> str:
    """Working minutes as working days; less than an hour of them as minutes."""
    if minutes < 60:
        return text("{minutes}分").format(minutes=minutes)
    return text("{days}日").format(days=f"{minutes / workday:.1f}")


def _shade(minutes: int, longest: int) -> int:
    """How hot a step is, from 0 to 5: against the longest of its process."""
    return 0 if not minutes or not longest else max(1, -(-minutes * _DEEPEST // longest))


def _heat_data(found: Heat) -> list[dict[str, object]]:
    return [{"node": step.node, "shade": _shade(step.p80, found.longest), "open": step.open,
             "p80": _days(step.p80, found.workday) if step.completed else "",
             "total": round(step.total / found.workday, 1), "name": step.name} for step in found.steps]
