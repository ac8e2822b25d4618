"""The API of what may be done: the verbs there are, and which of them a task or a case takes now.

A verb is judged by rehearsing it (`services.judging`): what is offered here is what the move itself will say. Nothing is
changed by asking. """

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.verbs import VERBS, Verb
from services import judging
from services.database import rehearsing
from services.web.auth import API
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.sent import as_json
from services.web.shapes import cases as shapes
from services.web.shapes import offers as shapes_offers

api = APIBlueprint("offers", __name__, url_prefix=API, abp_tags=[Tag(name="verbs", description="环节与办件的操作")],
                   abp_security=SECURITY)


@api.get("/verbs", summary="List the verbs", operation_id="list_verbs", responses=answered(shapes_offers.Verbs))
def list_verbs() -> Response:
    """Everything people can do to a task or a case, with what it does and on what it rests."""
    return as_json(shapes_offers.Verbs(items=[shapes_offers.Verb(**_shown(verb)) for verb in VERBS.values()]))


@api.get("/tasks/<id>/verbs", summary="What may be done to a task now", operation_id="offers_of_task",
         responses=answered(shapes_offers.Offers, 404))
def offers_of_task(path: shapes.TaskPath, header: shapes_offers.Asking) -> Response:
    """Each verb allowed or refused with its reason, for who asks; also of a task that is over."""
    with rehearsing(door().database) as connection:
        found = judging.of_task(connection, door().office, path.id, by=header.by, now=now())
    return _offered(found)


@api.get("/cases/<number>/verbs", summary="What may be done to a case now", operation_id="offers_of_case",
         responses=answered(shapes_offers.Offers, 404))
def offers_of_case(path: shapes.CasePath, header: shapes_offers.Asking) -> Response:
    """Each verb allowed or refused with its reason, for who asks."""
    with rehearsing(door().database) as connection:
        found = judging.of_case(connection, door().office, path.number, by=header.by, now=now())
    return _offered(found)


def _offered(verdicts: list[judging.Verdict]) -> Response:
    return as_json(shapes_offers.Offers(items=[
        shapes_offers.Offer(**_shown(each.verb), is_allowed=not each.reason,
                            reason=each.reason) for each in verdicts]))


def _shown(verb: Verb) -> dict[str, Any]:
    return {**asdict(verb), "about": verb.about.value, "roles": list(verb.roles), "asks": list(verb.asks)}
