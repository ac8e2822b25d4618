"""The API of what an office rules: its own limits, a project's commitments, its policies; and whose limit counts."""

from __future__ import annotations

from datetime import datetime

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from engine import policies as policy_json
from engine.errors import InvalidInput
from engine.jurisdiction import Place
from engine.limits import Limit
from engine.precedence import Commitment, Departure, Settled
from engine.supervision import Policy
from services import catalogue, governing, rulings
from services.administering import Instruction
from services.database import reading as read
from services.rulings import NewLimit
from services.store.rulings import CommitmentRow, OfficeLimitRow, PolicyRow
from services.web.auth import API, bearer
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import rulings as shapes
from services.web.shapes.headers import Keyed

api = APIBlueprint("rulings", __name__, url_prefix=API, abp_tags=[Tag(name="rulings", description="时限、承诺、规则")],
                   abp_security=SECURITY)

@api.get("/limits", summary="List the office's own limits", operation_id="list_limits",
         responses=answered(shapes.OfficeLimits))
def list_limits(query: shapes.RulingsQuery) -> Response:
    """In the order they were entered; with `history` those that others have followed, too."""
    with read(door().database) as connection:
        rows = rulings.office_limits(connection, process=query.process, park=query.park, with_history=query.history,
                                     after=after(query.after), most=query.limit + 1)
    return as_json(shapes.OfficeLimits(items=[_limit(row) for row in rows[:query.limit]],
                                       next=following([row.id for row in rows], query.limit)))


@api.get("/limits/effective", summary="Whose limit counts", operation_id="effective_limits",
         responses=answered(shapes.SettledLimits, 404))
def effective_limits(query: shapes.EffectiveQuery) -> Response:
    """Every limit drawn on a process, with the value that counts for a case accepted then, and where it comes from."""
    with read(door().database) as connection:
        process, drawn = rulings.drawn_limits(connection, query.process)
        at = query.at or now()
        listed = catalogue.load_catalogue(connection, door().office.shelved, at=at).limits_of(process)
        in_force = rulings.effective_limits(connection, process=process, park=query.park, project=query.project, at=at,
                                            catalogue=listed)
    return as_json(shapes.SettledLimits(process=process, limits=[_settled(limit, in_force.settle(limit)) for limit in drawn]))


@api.post("/limits", summary="Enter an office's own limit", operation_id="enter_limit",
          responses=answered(shapes.OfficeLimit, 404))
def enter_limit(header: shapes.Ruling, body: shapes.NewOfficeLimit) -> Response:
    """It follows the one in force for the same process, park and kind, and counts for cases accepted from now on. A promise
    longer than the statute is refused (422) without a documented exception."""
    exception = Departure(**body.exception.model_dump()) if body.exception else None

    def enter(connection: Connection, at: datetime) -> BaseModel:
        process, drawn = rulings.drawn_limits(connection, body.process)
        new = NewLimit(process=process, park=body.park, kind=body.kind, amount=body.amount, unit=body.unit,
                       basis=body.basis, approver=body.approver, exception=exception)
        return _limit(governing.enter_office_limit(connection, Instruction(by=header.by, now=at), new, drawn=drawn))

    return perform(enter)


@api.post("/limits/end", summary="End an office's own limit", operation_id="end_limit",
          responses=answered(shapes.OfficeLimit, 404))
def end_limit(header: Keyed, body: shapes.EndedOfficeLimit) -> Response:
    """What is below it counts again, for cases accepted from now on."""
    def end(connection: Connection, at: datetime) -> BaseModel:
        process, drawn = rulings.drawn_limits(connection, body.process)
        return _limit(governing.end_office_limit(connection, _told(at), Place(park=body.park, process=process), body.kind,
                                                 drawn=drawn))

    return perform(end)


@api.get("/commitments", summary="List the projects' commitments", operation_id="list_commitments",
         responses=answered(shapes.ProjectCommitments))
def list_commitments(query: shapes.CommitmentsQuery) -> Response:
    """In the order they were entered; with `history` those that others have followed, too."""
    with read(door().database) as connection:
        rows = rulings.commitments(connection, project=query.project, item=query.item, with_history=query.history,
                                   after=after(query.after), most=query.limit + 1)
    return as_json(shapes.ProjectCommitments(items=[_commitment(row) for row in rows[:query.limit]],
                                             next=following([row.id for row in rows], query.limit)))


@api.post("/commitments", summary="承诺清单: enter what an agreement promises a project", operation_id="enter_commitment",
          responses=answered(shapes.ProjectCommitment))
def enter_commitment(header: shapes.Ruling, body: shapes.NewCommitment) -> Response:
    """It follows the one in force for the same project and item, and counts for cases accepted from now on."""
    def enter(connection: Connection, at: datetime) -> BaseModel:
        item, current = rulings.committed_item(connection, body.item)
        new = Commitment(**{**body.model_dump(exclude={"project"}), "item": item})
        return _commitment(governing.enter_commitment(
            connection, Instruction(by=header.by, now=at), new, project=body.project, current=current))

    return perform(enter)


@api.post("/commitments/end", summary="End a commitment", operation_id="end_commitment",
          responses=answered(shapes.ProjectCommitment, 404))
def end_commitment(header: Keyed, body: shapes.EndedCommitment) -> Response:
    """Clocks that run keep it."""
    def end(connection: Connection, at: datetime) -> BaseModel:
        item, _ = rulings.committed_item(connection, body.item)
        return _commitment(governing.end_commitment(connection, _told(at), project=body.project, item=item))

    return perform(end)


@api.get("/policies", summary="List the policies of lamps, cards and ladder", operation_id="list_policies",
         responses=answered(shapes.OfficePolicies))
def list_policies(query: shapes.RulingsQuery) -> Response:
    """In the order they were entered; with `history` those that others have followed, too."""
    with read(door().database) as connection:
        rows = rulings.policies(connection, process=query.process, park=query.park, with_history=query.history,
                                after=after(query.after), most=query.limit + 1)
    return as_json(shapes.OfficePolicies(items=[_policy(row) for row in rows[:query.limit]],
                                         next=following([row.id for row in rows], query.limit)))


@api.post("/policies", summary="Enter a policy", operation_id="enter_policy", responses=answered(shapes.OfficePolicy, 404))
def enter_policy(header: shapes.Ruling, body: shapes.NewPolicy) -> Response:
    """It follows the one in force for the same matter and park. A policy counts whole: the park's for the matter, else the
    matter's, else the park's for all matters, else the office's."""
    policy = _read_policy(body.policy)
    return perform(lambda connection, at: _policy(governing.enter_policy(
        connection, Instruction(by=header.by, now=at), policy,
        Place(park=body.park, process=rulings.process_named(connection, body.process)))))


@api.post("/policies/end", summary="End a policy", operation_id="end_policy", responses=answered(shapes.OfficePolicy, 404))
def end_policy(header: Keyed, body: shapes.EndedPolicy) -> Response:
    """What is less special counts again."""
    return perform(lambda connection, at: _policy(governing.end_policy(
        connection, _told(at), Place(park=body.park, process=rulings.process_named(connection, body.process)))))


def _told(at: datetime) -> Instruction:
    """Who ends a ruling: the account whose token this is; "": the operator, who need not say."""
    found = bearer()
    return Instruction(by=found.person if found else "", now=at)


def _read_policy(data: dict[str, object]) -> Policy:
    try:
        return policy_json.from_json(data)
    except InvalidInput as refusal:
        raise InvalidInput(f"policy.{refusal.field}".rstrip("."), refusal.reason) from refusal


def _limit(row: OfficeLimitRow) -> shapes.OfficeLimit:
    exception = orjson.loads(row.exception) if row.exception else None
    return shapes.OfficeLimit(**{**row._asdict(), "exception": exception})


def _commitment(row: CommitmentRow) -> shapes.ProjectCommitment:
    return shapes.ProjectCommitment(**row._asdict())


def _policy(row: PolicyRow) -> shapes.OfficePolicy:
    return shapes.OfficePolicy(id=row.id, process=row.process, park=row.park, policy=orjson.loads(row.body), since=row.since,
                               until=row.until, entered_by=row.entered_by)


def _settled(drawn: Limit, settled: Settled | None) -> shapes.SettledLimit:
    limit = settled.limit if settled else None
    return shapes.SettledLimit(
        kind=drawn.kind, item=drawn.item, drawn_amount=drawn.amount, drawn_unit=drawn.unit,
        amount=limit.amount if limit else None, unit=limit.unit if limit else None,
        source=settled.source if settled else None, becomes=settled.becomes if settled else None,
        basis=limit.basis if limit else drawn.basis, passed_over=settled.passed_over if settled else "")
