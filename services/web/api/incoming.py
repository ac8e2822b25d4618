"""Where upstream platforms 一网通办, 工改 send what they sign: new applications, and callbacks. No token is borne here."""

from __future__ import annotations

from functools import partial

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection

from services import errands
from services.platforms import applications, callbacks
from services.platforms.applications import Differs, TakenIn
from services.store.platform_messages import MessageRow
from services.web import problems
from services.web.auth import API
from services.web.describe import signed as signed_responses
from services.web.door import door, now
from services.web.incoming import signed_object
from services.web.shapes import platforms as shapes
from services.web.signed import Answer, Signed, once, signed_by, written

api = APIBlueprint("incoming", __name__, url_prefix=f"{API}/incoming", abp_security=[{"signature": []}],
                   abp_tags=[Tag(name="incoming", description="上级平台推送")])


@api.post("/<platform>/applications", summary="新申请: submit an application", operation_id="submit_application",
          responses=signed_responses(shapes.Submitted, 201))
def apply(path: shapes.PlatformPath, header: shapes.Signing) -> Response:
    """Each number of the platform opens one case, however often it comes; 201 when it has just been opened. The same number
    with another content is refused (409) and kept for a person. The body has the platform's own field names, and so has
    `field` of a refusal."""
    signed = signed_by(path.platform)
    body = signed_object()
    taken: list[TakenIn] = []

    def work(connection: Connection) -> Answer:
        taken.append(applications.submit(connection, door().office, signed.platform, body, now=signed.at))
        return _submitted(taken[-1])

    try:
        answer = once(signed, work)
    except Differs as differs:
        return once(signed, partial(_kept_for_a_person, signed, differs))
    if any(each.asks for each in taken):
        errands.run_now(door().database, door().office, now=now())
    return answer


@api.post("/<platform>/callbacks", summary="回调: tell a case something", operation_id="call_back",
          responses=signed_responses(shapes.CalledBack, 202))
def call_back(path: shapes.PlatformPath, header: shapes.Signing) -> Response:
    """Given to the case that waits for it; 202 when none does yet, or a person has to see to it: it is kept, and the sender has
    nothing more to do."""
    signed = signed_by(path.platform)
    body = signed_object()
    return once(signed, lambda connection: _called_back(callbacks.receive(
        connection, door().office, signed.platform, body, signed.content, webhook_id=signed.id, now=signed.at)))


def _submitted(taken: TakenIn) -> Answer:
    return written(201 if taken.is_new else 200, shapes.Submitted(
        number=taken.number, platform_number=taken.platform_number, is_new=taken.is_new, doubts=dict(taken.doubts)))


def _called_back(row: MessageRow) -> Answer:
    return written(200 if row.state == callbacks.DONE else 202,
                   shapes.CalledBack(id=row.id, state=row.state, case=row.case or None))


def _kept_for_a_person(signed: Signed, differs: Differs, connection: Connection) -> Answer:
    callbacks.keep_application(connection, signed.platform, differs.number, differs.case, differs.sentence, signed.content,
                               webhook_id=signed.id, now=signed.at)
    return 409, orjson.dumps(problems.members(problems.of_error(differs)))
