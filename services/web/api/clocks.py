"""The API of all running clocks: what is overdue, what will be soon, and the lamp board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection

from engine.limits import LimitKind
from engine.supervision import Lamp
from services import board, clocks
from services.board import Group
from services.clocks import Running
from services.database import reading as read
from services.store.clocks import Key
from services.web import seeing, words
from services.web.auth import API
from services.web.cursor import cursor, instant, microseconds, named_key_of
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.sent import as_json
from services.web.shapes import clocks as shapes

api = APIBlueprint("clocks", __name__, url_prefix=API, abp_tags=[Tag(name="clocks", description="时限、亮灯")],
                   abp_security=SECURITY)


@api.get("/clocks", summary="超期与预警: running clocks, first due first", operation_id="list_clocks",
         responses=answered(shapes.RunningClocks))
def list_clocks(query: shapes.ClocksQuery) -> Response:
    """Judged by the calendar and the policy of each case. A clock that is stopped (行政许可法 art. 45) has no deadline and is
    not listed."""
    at = now()
    with read(door().database) as connection:
        page = _page(connection, query, at)
    return as_json(page)


@api.get("/board", summary="亮灯看板: how many clocks of each lamp", operation_id="board", responses=answered(shapes.Board))
def show_board(query: shapes.BoardQuery) -> Response:
    """By matter, park and department, at this instant. Closures of a single window or platform are not part of it."""
    at = now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        groups = board.board(connection, door().office, now=at, process=query.process, park=query.park,
                             department=query.department)
        who = seeing.onlooker(connection)
    if who is not None:
        groups = [each for each in groups if who.sees(each.park, each.department, each.process, ())]
    total = sum((group.lamps for group in groups), Counter[Lamp]())
    return as_json(shapes.Board(read_at=at, total=shapes.Lamps(**_lit(total)), groups=[_group(each) for each in groups]))


def _page(connection: Connection, query: shapes.ClocksQuery, at: datetime) -> shapes.RunningClocks:
    office = door().office
    office.refresh(connection)
    which = clocks.asked(office, is_overdue=query.overdue, within=query.due_within, kind=query.kind, process=query.process,
                         park=query.park, now=at)
    begin = _after(query.after)

    def fetch(last: Running | None, most: int) -> list[Running]:
        return clocks.running(connection, office, which, now=at, most=most, after=last.key if last else begin)

    found, last = seeing.page(connection, fetch, lambda each: each.key.case_id, query.limit)
    return shapes.RunningClocks(items=[_clock(each) for each in found], next=_next(last.key if last else None))


def _after(text: str | None) -> Key | None:
    if text is None:
        return None
    (lapses_at, case_id), name = named_key_of(text, parts=3, field="after")
    return Key(instant(lapses_at), case_id, name)


def _next(last: Key | None) -> str | None:
    return None if last is None else cursor(microseconds(last.lapses_at), last.case_id, last.clock)


def _clock(found: Running) -> shapes.RunningClock:
    case, clock = found.case, found.clock
    assert clock.due is not None and clock.due_on is not None
    return shapes.RunningClock(
        case=case.number, process=case.process, process_name=found.matter, state=case.state, park=case.park,
        department=case.department, name=clock.name, kind=clock.kind, label=words.LIMITS[clock.kind], node=clock.node,
        amount=clock.amount, unit=clock.unit.value, due=clock.due, due_on=clock.due_on, lapses_at=found.key.lapses_at,
        is_provisional=clock.is_provisional, lamp=found.lamp, lamp_label=words.LAMPS[found.lamp],
        late_workdays=found.late_workdays, left_workdays=found.left_workdays)


def _group(group: Group) -> shapes.BoardGroup:
    return shapes.BoardGroup(
        process=group.process, process_name=group.matter, park=group.park, department=group.department,
        lamps=shapes.Lamps(**_lit(group.lamps)), kinds=[_kind(kind, lit) for kind, lit in group.kinds.items()])


def _kind(kind: LimitKind, lit: Mapping[Lamp, int]) -> shapes.KindLamps:
    return shapes.KindLamps(kind=kind, label=words.LIMITS[kind], **_lit(lit))


def _lit(lit: Mapping[Lamp, int]) -> dict[str, int]:
    return {lamp.value: clocks for lamp, clocks in lit.items()}
