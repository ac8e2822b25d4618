"""The API of the supervisor's figures: the last months, where the time of a process goes, the morning digest 每日晨报."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from engine.figures import BY_NAME, Ratio, Value
from services import digests, watchlists
from services.database import reading as read
from services.step_times import heat
from services.store.oversight_pages import ListedOrder
from services.trends import SHOWN, trend
from services.watchlists import Watched
from services.web import watched
from services.web.api.watching import clocks, everything, within_of
from services.web.auth import API
from services.web.describe import BPMN, SECURITY, answered, downloaded
from services.web.door import door, now
from services.web.sent import as_file, as_json
from services.web.shapes import watching as shapes
from services.web.shapes.figures import FigureDefinition, FigureRatio
from services.web.shapes.library import ProcessPath

api = APIBlueprint("watching_figures", __name__, url_prefix=f"{API}/wall", abp_tags=[Tag(name="wall", description="亮灯看板")],
                   abp_security=SECURITY)


class HeatQuery(shapes.WatchQuery):
    """Of which process."""

    process: str = Field(max_length=200, description="By its id.", json_schema_extra={"example": "company_setup"})


@api.get("/figures", summary="统计: the last months side by side", operation_id="trend", responses=answered(shapes.Trend))
def show_trend(header: shapes.Watching, query: shapes.WatchQuery) -> Response:
    """On time, time used, how cases came out. No figure without its definition."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        months = trend(connection, door().office, within_of(header, query), now=now())
    return as_json(shapes.Trend(
        months=[shapes.TrendMonth(month=each.month.text, is_frozen=each.is_frozen,
                                  figures={name: _figure(value) for name, value in each.figures.items()}) for each in months],
        definitions={name: FigureDefinition(label=BY_NAME[name].label, definition=BY_NAME[name].definition,
                                            unit=BY_NAME[name].unit) for name in SHOWN}))


@api.get("/heat", summary="办理热力图: where the time of a process goes", operation_id="heat",
         responses=answered(shapes.HeatMap, 404))
def show_heat(header: shapes.Watching, query: HeatQuery) -> Response:
    """Working time and open cases of each step, of the last concluded cases."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        row = watched.newest(connection, everything(header), query.process)
        found = heat(connection, door().office, row, within_of(header, query))
    return as_json(shapes.HeatMap(
        process=row.process, name=row.name, version=row.version, cases=found.cases, workday=found.workday,
        steps=[shapes.HeatStep.model_validate(each, from_attributes=True) for each in found.steps]))


@api.get("/heat/<process>.bpmn", summary="The diagram beneath a heat map", operation_id="heat_diagram",
         responses=downloaded([BPMN], 404))
def get_diagram(path: ProcessPath, header: shapes.Watching) -> Response:
    """The newest version."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        row = watched.newest(connection, everything(header), path.process)
    return as_file(row.source, BPMN, f"{row.process}-{row.version}.bpmn")


@api.get("/digest", summary="每日晨报", operation_id="digest", responses=answered(shapes.MorningDigest))
def show_digest(header: shapes.Watching, query: shapes.WatchQuery) -> Response:
    """What is overdue, what falls due today and on the next working day, what has happened since the last one at nine."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        found = digests.digest(connection, door().office, within_of(header, query), now=now())

        def lines(items: tuple[Watched, ...]) -> list[shapes.WatchedClock]:
            return clocks(watchlists.with_tasks(connection, items))

        shape = shapes.MorningDigest(
            day=found.day, since=found.since, next_on=found.next_on, overdue=found.overdue, due_today=found.today,
            due_next=found.tomorrow, worst=lines(found.worst), lapsed=lines(found.lapsed), first_today=lines(found.first_today),
            first_next=lines(found.first_tomorrow), answered=_orders(found.answered), unanswered=_orders(found.unanswered),
            cards=[shapes.DigestCard(case=each.number, seq=each.card.seq, colour=each.card.colour,
                                     issued_at=each.card.issued_at) for each in found.cards],
            concluded=found.concluded, late=found.late)
    return as_json(shape)


def _figure(value: Value) -> int | FigureRatio:
    if not isinstance(value, Ratio):
        return value
    return FigureRatio(numerator=value.numerator, denominator=value.denominator, value=value.value)


def _orders(found: tuple[ListedOrder, ...]) -> list[shapes.DigestOrder]:
    return [shapes.DigestOrder.model_validate({"case": each.number, "seq": each.order.seq, "addressee": each.order.addressee,
                                               "due_on": each.order.due_on}) for each in found]
