"""The API of the wall 亮灯看板: numbers, the clocks behind each and their workbook, the evidence of a case.

An account watches within the scopes of its role, the token of the settings everything. What lies outside is in no number and no
list, and is not there. Nothing here counts: `services.watching` and `services.watchlists` do, and hold both together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.events import CaseReminded, Recorded
from engine.sight import EVERYWHERE
from engine.supervision import Lamp
from services import watching, watchlists
from services.database import reading as read
from services.dossiers import Dossier, about, dossier
from services.lamps import case_lamp
from services.masking import hidden_in
from services.watching import ORDER, Within
from services.watchlists import Watched
from services.web import auth, wall_lines, watched
from services.web.answers import oversight as answers
from services.web.auth import API
from services.web.describe import SECURITY, answered, downloaded
from services.web.door import door, now
from services.web.sent import as_file, as_json
from services.web.shapes import watching as shapes
from services.web.shapes.cases import CasePath
from services.web.wall_lines import XLSX, Asked, clock_cursor, clock_key, standing

api = APIBlueprint("watching", __name__, url_prefix=f"{API}/wall", abp_tags=[Tag(name="wall", description="亮灯看板")],
                   abp_security=SECURITY)


@api.get("", summary="亮灯看板: departments and matters by lamp", operation_id="wall", responses=answered(shapes.Wall))
def show_wall(header: shapes.Watching, query: shapes.WatchQuery) -> Response:
    """At this instant, with how much is due next."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        within = within_of(header, query)
        wall = watching.wall(connection, door().office, within, now=now())
        soon = watchlists.due(connection, door().office, within, now=now(), most=1)
    return as_json(shapes.Wall(
        lamps=_counted(wall.lamps), parks=list(wall.parks), due_today=soon.today, due_next=soon.tomorrow, next_on=soon.next_on,
        blocks=[shapes.WallBlock(department=block.department, lamps=_counted(block.lamps), rows=[
            shapes.WallRow(process=row.process, matter=row.matter, lamps=_counted(row.lamps)) for row in block.rows])
            for block in wall.blocks]))


@api.get("/clocks", summary="The clocks behind a number", operation_id="wall_clocks", responses=answered(shapes.WatchedClocks))
def list_clocks(header: shapes.Watching, query: shapes.WatchedClocksQuery) -> Response:
    """The worst first. A number and its list cannot differ."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        found = wall_lines.page(connection, door().office, _asked(header, query), now=now(), after=clock_key(query.after),
                                most=query.limit)
        items = watchlists.with_tasks(connection, found.items)
    return as_json(shapes.WatchedClocks(items=clocks(items), total=found.total, next=clock_cursor(found.next)))


@api.get("/clocks.xlsx", summary="导出: the same list as a workbook", operation_id="wall_sheet", responses=downloaded([XLSX]))
def export(header: shapes.Watching, query: shapes.WatchedSheetQuery) -> Response:
    """Its cells are texts and numbers, never formulas."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        name, book = wall_lines.workbook(connection, door().office, _asked(header, query), now=now())
    return as_file(book, XLSX, name)


@api.get("/cases/<number>", summary="办件依据: the evidence of a case", operation_id="evidence",
         responses=answered(shapes.CaseEvidence, 404))
def get_evidence(path: CasePath, header: shapes.Watching) -> Response:
    """Who has it, every card, order and reminder with what was told of it."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        row = watched.case_within(connection, everything(header), path.number)
        found = dossier(connection, door().office, row, now=now())
    return as_json(_evidence(found), version=row.version)


def everything(header: shapes.Watching) -> Within:
    """All that whoever asks may watch; the office has been refreshed."""
    return Within(scopes=EVERYWHERE if auth.bearer() is None else watched.scopes(header.by))


def within_of(header: shapes.Watching, query: shapes.WatchQuery) -> Within:
    """What he asks for of it."""
    return Within(scopes=everything(header).scopes, park=query.park, department=query.department, process=query.process)


def clocks(items: Iterable[Watched]) -> list[shapes.WatchedClock]:
    """Clocks as lists show them."""
    return [shapes.WatchedClock(
        case=each.case.number, clock=each.clock.name, kind=each.clock.kind, matter=each.matter, lamp=each.lamp,
        due=each.clock.due, is_provisional=each.clock.is_provisional, late_workdays=each.late_workdays,
        left_workdays=each.left_workdays, park=each.case.park, department=each.case.department,
        steps=list(dict.fromkeys(task.name for task in each.tasks)),
        holders=list(dict.fromkeys(task.assignee for task in each.tasks if task.assignee)),
        cards=[card.colour for card in standing(each)]) for each in items]


def _asked(header: shapes.Watching, query: shapes.WatchedSheetQuery) -> Asked:
    return Asked(within=within_of(header, query), lamp=query.lamp, due=query.due)


def _counted(lamps: Counter[Lamp]) -> dict[str, int]:
    """By lamp, the worst first."""
    return {lamp.value: lamps[lamp] for lamp in ORDER}


def _evidence(found: Dossier) -> shapes.CaseEvidence:
    case = found.case
    return shapes.CaseEvidence(
        number=case.number, version=found.row.version, process=case.process, matter=found.matter, park=case.park,
        department=case.department, lamp=case_lamp(door().office, case, now()),
        holdings=[shapes.CaseHolding(
            task=f"{case.number}-{each.task.token}", name=each.task.name, unit=each.task.unit or "",
            assignee=each.task.assignee, since=each.since, workdays=each.workdays) for each in found.holdings],
        cards=[shapes.CardEvidence(card=answers.card(card), facts=_facts(about(found, card.seq, "card")))
               for card in case.cards],
        orders=[shapes.OrderEvidence(order=answers.order(order), facts=_facts(about(found, order.seq, "order")))
                for order in case.orders],
        reminders=_facts(each for each in found.facts if isinstance(each.fact, CaseReminded)))


def _facts(found: Iterable[Recorded]) -> list[shapes.Evidence]:
    return [shapes.Evidence(seq=each.seq, kind=each.kind, at=each.at, by=each.by,
                            data=hidden_in(orjson.loads(each.body)["data"]))
            for each in found]
