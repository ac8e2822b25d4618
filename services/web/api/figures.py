"""The API of the figures of a month."""

from __future__ import annotations

from dataclasses import replace

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.months import read_month
from services import figures
from services.database import reading as read
from services.web import seeing
from services.web.auth import API
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.sent import as_json
from services.web.shapes import figures as shapes

api = APIBlueprint("figures", __name__, url_prefix=f"{API}/figures", abp_tags=[Tag(name="figures", description="统计")],
                   abp_security=SECURITY)


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
