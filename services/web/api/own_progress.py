"""The API of 办件进度: a portal shows an applicant his case by number and query code, an agent sees those of his principals.

A wrong number and a wrong code are answered the same, after the same work, and tries are counted together with those of the
pages (`services.web.knocking`): a portal that lets strangers try for it is held up with them.
"""

from __future__ import annotations

from dataclasses import asdict

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from werkzeug.exceptions import TooManyRequests

from engine.errors import NotFound
from services import progress
from services.database import reading as read
from services.database import rehearsing
from services.progress import Progress
from services.web import proof
from services.web.auth import API
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.knocking import knock
from services.web.sent import as_json
from services.web.shapes import progress as shapes
from services.web.shapes.cases import CasePath
from services.web.shapes.offers import Asking

api = APIBlueprint("own_progress", __name__, url_prefix=f"{API}/progress", abp_security=SECURITY,
                   abp_tags=[Tag(name="progress", description="办件进度")])


@api.post("", summary="Look a case up by number and query code", operation_id="look_up",
          responses=answered(shapes.OwnProgress, 404))
def look_up(body: shapes.LookingUp) -> Response:
    """Nothing is changed by it but the count of tries; 429 when there were too many in this minute."""
    at, number = now(), body.number.strip()
    if knock(number, body.code, at) is None:
        raise TooManyRequests("too many numbers and codes were tried; wait a minute")
    with rehearsing(door().database) as connection:
        return _answered(progress.look(connection, door().office, number, body.code, at))


@api.get("/principals", summary="帮代办: the cases of one's principals", operation_id="principals",
         responses=answered(shapes.PrincipalCases))
def list_principals(header: Asking) -> Response:
    """Those that a mandate 委托书 covers today."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        found = progress.cases_of(connection, progress.mandates_of(door().office, header.by, now()))
    return as_json(shapes.PrincipalCases(items=[shapes.PrincipalCase.model_validate(each) for each in found]))


@api.get("/principals/<number>", summary="The progress of a principal's case", operation_id="principal",
         responses=answered(shapes.OwnProgress, 404))
def get_principal(path: CasePath, header: Asking) -> Response:
    """As the applicant sees it, with what the agent may do for him."""
    with rehearsing(door().database) as connection:
        door().office.refresh(connection)
        if not proof.is_entrusted(connection, door().office, header.by, path.number, now()):
            raise NotFound("case", path.number)
        return _answered(progress.of_case(connection, door().office, path.number, by=header.by, now=now()))


def _answered(found: Progress) -> Response:
    told = {name: getattr(found, name) for name in shapes.OwnProgress.model_fields}
    told |= {
        "stops": [{"ground": ground, "until": until} for ground, until in found.stops], "offers": sorted(found.offers),
        "tasks": [{**asdict(each), "outcomes": dict(each.outcomes)} for each in found.tasks],
        "collects": found.collects.way if found.collects else None}
    return as_json(shapes.OwnProgress.model_validate(told, from_attributes=True), version=found.version)
