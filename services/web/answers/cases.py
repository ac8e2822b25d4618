"""What was read, in the shapes of the API. One case is read in seven statements, and four more at most where it is of
a bundle; a page of them in three."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.case import Case
from engine.errors import NotFound
from engine.lifecycle import Standing, State
from engine.stops import ground_name
from services import family, worklists
from services.acting import Stepped
from services.folded import fold_of
from services.lamps import case_lamp, clock_lamp
from services.office import Office
from services.store import reading
from services.store.rows import CaseRow, IncidentRow, TaskRow
from services.store.worklists import Listed
from services.web import seeing, words
from services.web.answers import bundles as answers_bundles
from services.web.answers import oversight as answers_oversight
from services.web.cursor import cursor
from services.web.shapes import cases as shapes


def moved(connection: Connection, stepped: Stepped) -> shapes.Moved:
    """Where a case stands after a command."""
    progress = reading.progress(connection, stepped.number, at=stepped.at)
    incident = progress.incident and shapes.RaisedIncident(code=progress.incident[0], message=progress.incident[1])
    return shapes.Moved(number=stepped.number, version=stepped.version, state=State(progress.state), incident=incident,
                        tasks=[task(stepped.number, stepped.version, row) for row in progress.tasks],
                        doubts=dict(stepped.doubts))


def task(number: str, version: int, row: TaskRow) -> shapes.Task:
    """An open task of a case."""
    outcomes: list[tuple[str, str]] = orjson.loads(row.outcomes)
    return shapes.Task(id=f"{number}-{row.token}", case=number, name=row.name, act=row.act, role=row.role, form=row.form,
                       node=row.node, outcomes=[key for key, _ in outcomes], labels=dict(outcomes), version=version,
                       opened_at=row.opened_at, unit=row.unit, assignee=row.assignee, owner=row.owner,
                       host=None if row.host is None else f"{number}-{row.host}")


def tasks_page(connection: Connection, query: shapes.TasksQuery, after: tuple[int, int]) -> shapes.Tasks:
    """A page of open tasks. Raises NotFound for a case that is not there: an empty page would hide a slip of the pen."""
    def fetch(last: tuple[str, int, TaskRow] | None, most: int) -> list[tuple[str, int, TaskRow]]:
        return reading.tasks_page(connection, after=(last[2].case_id, last[2].token) if last else after, number=query.case,
                                  role=query.role, unit=query.unit, assignee=query.assignee, most=most)

    rows, last = seeing.page(connection, fetch, lambda row: row[2].case_id, query.limit)
    if not rows and query.case is not None:
        seeing.case_here(connection, query.case)
    return shapes.Tasks(items=[task(*row) for row in rows], next=cursor(last[2].case_id, last[2].token) if last else None)


def worklist(
    connection: Connection, office: Office, person: str, *, after: tuple[int, int], most: int, now: datetime,
) -> shapes.Tasks:
    """A page of what a person may do now. Raises Forbidden for somebody who is not in office."""
    def fetch(last: Listed | None, most: int) -> list[Listed]:
        return worklists.mine(connection, office, person, after=last.key if last else after, most=most, now=now)

    shown, last = seeing.page(connection, fetch, lambda each: each.task.case_id, most)
    barred = worklists.barred(connection, office, person, shown, now=now)
    return shapes.Tasks(items=[task(each.number, each.version, each.task) for each in shown],
                        next=cursor(*last.key) if last else None,
                        barred={f"{each.number}-{each.task.token}": barred[each.key] for each in shown if each.key in barred})


def cases_page(
    connection: Connection, office: Office, *, before: int, state: State | None, parent: str | None, most: int, now: datetime,
) -> shapes.Cases:
    """A page of cases, newest first."""
    office.refresh(connection)

    def fetch(last: CaseRow | None, most: int) -> list[CaseRow]:
        return reading.cases_page(connection, before=last.id if last else before, state=state.value if state else None,
                                  parent=parent, most=most)

    shown, last = seeing.page(connection, fetch, lambda row: row.id, most)
    names = reading.definition_names(connection, sorted({row.definition_id for row in shown}))
    return shapes.Cases(
        items=[shapes.CaseSummary(**_summary(office, row, names[row.definition_id], fold_of(row), now)) for row in shown],
        next=cursor(last.id) if last else None)


def case(
    connection: Connection, office: Office, number: str, query: shapes.CaseQuery, now: datetime,
) -> shapes.Case:
    """A case with its tasks, clocks, incidents and facts. Raises NotFound."""
    row = reading.peek_case(connection, number)
    if row is None:
        raise NotFound("case", number)
    office.refresh(connection)
    names = reading.definition_names(connection, [row.definition_id])
    folded = fold_of(row)
    parent = family.parent_of(connection, office, folded, now=now)
    facts = reading.facts_of(connection, row.id, after=query.facts_after, most=query.facts_limit + 1)
    shown = [_fact(body, link) for body, link in facts[:query.facts_limit]]
    return shapes.Case(
        **_summary(office, row, names[row.definition_id], folded, now), data=orjson.loads(row.data),
        routing=shapes.Routing.model_validate(folded.routing) if folded.routing else None,
        tasks=[task(row.number, row.version, open_task) for open_task in reading.tasks_of(connection, row.id)],
        clocks=_clocks(office, folded, now), suspensions=_suspensions(folded),
        cards=[answers_oversight.card(card) for card in folded.cards],
        orders=[answers_oversight.order(order) for order in folded.orders],
        messages=[message.name for message in reading.messages_of(connection, row.id)],
        incidents=_incidents(reading.incidents_of(connection, row.id)),
        parent=answers_bundles.relative(parent) if parent else None,
        children=[answers_bundles.child(kin) for kin in family.children_of(connection, office, folded, now=now)], facts=shown,
        facts_next=shown[-1].seq if len(facts) > query.facts_limit else None)


def _summary(office: Office, row: CaseRow, name: str, folded: Case, now: datetime) -> dict[str, Any]:
    return {
        "number": row.number, "process": row.process, "process_name": name, "state": State(row.state),
        "standing": Standing(row.standing) if row.standing else None, "version": row.version, "opened_at": row.opened_at,
        "accepted_on": row.accepted_on, "due_on": row.due_on, "is_provisional": row.is_provisional,
        "concluded_on": row.concluded_on, "ended_at": row.ended_at, "park": row.park,
        "department": row.department, "project": row.project, "parent_number": row.parent,
        "lamp": case_lamp(office, folded, now),
    }


def _clocks(office: Office, folded: Case, now: datetime) -> list[shapes.Clock]:
    return [shapes.Clock(
        name=clock.name, kind=clock.kind.value, label=words.LIMITS[clock.kind], amount=clock.amount, unit=clock.unit.value,
        extra=clock.extra, basis=clock.basis, source=clock.source,
        source_label=words.SOURCES.get(clock.source, clock.source), counted_from=clock.counted_from, due=clock.due,
        due_on=clock.due_on, lapses_at=clock.lapses_at, stopped_on=clock.stopped_on, has_lapsed=clock.has_lapsed,
        version=clock.version, law=clock.law, is_provisional=clock.is_provisional,
        is_governing=clock is folded.governing, lamp=clock_lamp(office, folded, clock, now)) for clock in folded.clocks]


def _suspensions(folded: Case) -> list[shapes.Suspension]:
    return [shapes.Suspension(
        seq=stop.seq, kind=stop.kind.value, label=words.STOP_KINDS[stop.kind], ground=stop.ground,
        ground_label=ground_name(stop.ground), start=stop.start, end=stop.end, expected_end=stop.expected_end,
        document=stop.document, basis=stop.basis) for stop in folded.all_stops]


def _incidents(rows: Sequence[IncidentRow]) -> list[shapes.OpenIncident]:
    return [shapes.OpenIncident(seq=row.seq, code=row.code, node=row.node, message=row.message, token=row.token,
                                opened_at=row.opened_at)
            for row in rows]


def _fact(body: bytes, link: bytes) -> shapes.Fact:
    written = orjson.loads(body)
    return shapes.Fact(seq=written["seq"], kind=written["kind"], at=written["at"], by=written["by"], data=written["data"],
                       hash=link.hex())
