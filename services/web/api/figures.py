"""The API of the figures of a month."""

from __future__ import annotations

from dataclasses import replace

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.months import read_month
from services import figures, reentries
from services.database import reading as read
from services.store.reentries import CountedRow
from services.web import seeing
from services.web.auth import API
from services.web.describe import SECURITY, answered, downloaded
from services.web.door import door, now
from services.web.sent import as_file, as_json
from services.web.shapes import figures as shapes

api = APIBlueprint("figures", __name__, url_prefix=f"{API}/figures", abp_tags=[Tag(name="figures", description="统计")],
                   abp_security=SECURITY)
_CSV = "text/csv"


@api.get("", summary="月度统计: the figures of a month, with their definitions", operation_id="figures",
         responses=answered(shapes.MonthFigures))
def month_figures(query: shapes.FiguresQuery) -> Response:
    """A month that was frozen as it ended, with the amendments found since; another one as it stands now. An account is told
    the groups it may see all of: ask for them apart, by what its roles are limited to."""
    with read(door().database) as connection:
        found = figures.report(connection, door().office, read_month(query.month), by=query.by, now=now())
        who = seeing.onlooker(connection)
    if who is not None:
        found = replace(found, groups=tuple(each for each in found.groups if who.sees_group(*each[0])),
                        amendments=tuple(each for each in found.amendments if who.sees_group(*each.group)))
    return as_json(shapes.MonthFigures.model_validate(figures.as_object(found)))


@api.get("/reentries", summary="二次录入: what was entered by hand, by month, park and system", operation_id="reentries",
         responses=answered(shapes.Reentries))
def count_reentries(query: shapes.ReentriesQuery) -> Response:
    """Each completion of a task that people did instead of a system. An account is told those of the parks it sees."""
    return as_json(shapes.Reentries(items=[shapes.Reentry.model_validate(row._asdict()) for row in _counted(query)]))


@api.get("/reentries.csv", summary="导出二次录入: the same as CSV", operation_id="reentries_sheet",
         responses=downloaded([_CSV]))
def export_reentries(query: shapes.ReentriesQuery) -> Response:
    """As spreadsheets open it."""
    return as_file(reentries.sheet(_counted(query)).encode(), _CSV, f"二次录入{query.since}至{query.until}.csv")


def _counted(query: shapes.ReentriesQuery) -> list[CountedRow]:
    with read(door().database) as connection:
        rows = reentries.counted(connection, since=query.since, until=query.until)
        who = seeing.onlooker(connection)
    return [row for row in rows if who is None or who.sees_park(row.park)]
