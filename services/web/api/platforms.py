"""The API of 平台对接: the upstream platforms with their secrets, what they have told and who deals with it, what they are
told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.case import local_day
from engine.errors import NotFound
from services.administering import Instruction
from services.database import reading as read
from services.database import writing as write
from services.deliveries import platform_endpoints
from services.masking import hidden_in
from services.platforms import callbacks, shared_secrets, statuses
from services.store import platform_messages as messages_store
from services.store import platforms as store
from services.store.platform_messages import MessageRow
from services.store.platforms import NOTHING_CAME, SecretRow
from services.web.auth import API
from services.web.cursor import cursor, key_of
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.incoming import expect_nothing
from services.web.seeing import case_here, is_seen
from services.web.sent import as_json
from services.web.shapes import platforms as shapes
from services.web.shapes.cases import CasePath
from services.web.shapes.offers import Asking
from services.web.shapes.rulings import Ruling

api = APIBlueprint("platforms", __name__, url_prefix=API, abp_security=SECURITY,
                   abp_tags=[Tag(name="platforms", description="平台对接")])

_FIRST = 2**62
_COUNTED = timedelta(days=30)


@api.get("/platforms", summary="The upstream platforms", operation_id="list_platforms", responses=answered(shapes.Platforms))
def list_platforms() -> Response:
    """Those of the shelf, with what has come from them and the secrets they sign with; never a secret itself."""
    with read(door().database) as connection:
        return as_json(_platforms(connection))


@api.post("/platforms/<platform>/secrets", summary="签发密钥", operation_id="issue_secret",
          responses=answered(shapes.NewSecret, 404, 409))
def issue_secret(path: shapes.PlatformPath, header: Asking) -> Response:
    """Two live at most, so that the platform takes up the new one when it likes; the old one is ended then. Shown this once."""
    expect_nothing()
    with write(door().database) as connection:
        row = shared_secrets.issue(connection, door().office.platforms, path.platform, by=header.by, now=now())
    return as_json(shapes.NewSecret(**_secret(row), secret=row.secret))


@api.post("/platforms/<platform>/secrets/<int:id>/end", summary="停用密钥", operation_id="end_secret",
          responses=answered(shapes.PlatformSecret, 404))
def end_secret(path: shapes.SecretPath, header: Ruling) -> Response:
    """What is signed with it is refused from now on."""
    expect_nothing()
    return perform(lambda connection, at: shapes.PlatformSecret(**_secret(
        shared_secrets.end(connection, path.platform, path.id, by=header.by, now=at))))


@api.post("/platforms/<platform>/answer", summary="回传办理状态", operation_id="answer_platform",
          responses=answered(shapes.AnsweredPlatform, 404, 409))
def answer_platform(path: shapes.PlatformPath, header: Ruling, body: shapes.PlatformAnswer) -> Response:
    """From now on the platform is told of the cases it has sent, in its own words and codes, at an endpoint of its own."""
    def do(connection: Connection, at: Any) -> BaseModel:
        door().office.refresh(connection)
        row = platform_endpoints.answer(connection, door().office, Instruction(by=header.by, now=at), body.endpoint,
                                        path.platform)
        return shapes.AnsweredPlatform(platform=path.platform, endpoint=row.endpoint, kinds=row.kinds.split(","))

    return perform(do)


@api.get("/platform-messages", summary="What platforms have told", operation_id="list_platform_messages",
         responses=answered(shapes.PlatformMessages))
def list_messages(query: shapes.MessagesQuery) -> Response:
    """The latest first; unless asked otherwise, only what is still to be dealt with."""
    before = _FIRST if query.after is None else key_of(query.after, parts=1, field="after")[0]
    with read(door().database) as connection:
        rows = messages_store.messages(connection, is_open=query.open, before=before, most=query.limit + 1)
        shown = [row for row in rows[:query.limit] if not row.case or is_seen(connection, row.case)]
    following = cursor(rows[query.limit - 1].id) if len(rows) > query.limit else None
    return as_json(shapes.PlatformMessages(items=[shapes.PlatformMessage(**_message(row)) for row in shown], next=following))


@api.get("/platform-messages/<int:id>", summary="A message of a platform", operation_id="platform_message",
         responses=answered(shapes.WholeMessage, 404))
def get_message(path: shapes.MessagePath) -> Response:
    """With what it says; numbers of people and phones are masked."""
    with read(door().database) as connection:
        row = messages_store.message(connection, path.id)
        if row is None:
            raise NotFound("message of a platform", str(path.id))
    return as_json(shapes.WholeMessage(**_message(row), body=hidden_in(orjson.loads(row.body))))


@api.post("/platform-messages/<int:id>/deliver", summary="认领: give a message to its case", operation_id="deliver_message",
          responses=answered(shapes.PlatformMessage, 404, 409))
def deliver(path: shapes.MessagePath, header: Ruling, body: shapes.Delivering) -> Response:
    """The case takes it as if it had come for it; a withdrawal is confirmed by this."""
    def do(connection: Connection, at: Any) -> BaseModel:
        case_here(connection, body.case.strip())
        return shapes.PlatformMessage(**_message(callbacks.deliver(
            connection, door().office, path.id, body.case, by=header.by, now=at)))

    return perform(do)


@api.post("/platform-messages/<int:id>/dismiss", summary="不予处理", operation_id="dismiss_message",
          responses=answered(shapes.PlatformMessage, 404, 409))
def dismiss(path: shapes.MessagePath, header: Ruling, body: shapes.Dismissing) -> Response:
    """With a reason; a case that was told of a withdrawal learns that it goes on."""
    return perform(lambda connection, at: shapes.PlatformMessage(**_message(callbacks.dismiss(
        connection, door().office, path.id, body.reason, by=header.by, now=at))))


@api.get("/cases/<number>/platform-statuses", summary="What its platform is told of a case", operation_id="platform_statuses",
         responses=answered(shapes.Statuses, 404))
def preview_status(path: CasePath) -> Response:
    """Fact by fact, in the platform's words and codes."""
    with read(door().database) as connection:
        row = case_here(connection, path.number)
        found = store.submission_of(connection, row.id)
        if found is None:
            raise NotFound("application of case", path.number, "it came from no upstream platform")
        told = statuses.statuses(connection, door().office, found.platform, row.id)
    return as_json(shapes.Statuses(platform=found.platform, platform_number=found.number, items=[
        shapes.Status(seq=each.seq, fact=each.fact, body=each.body) for each in told]))


def _platforms(connection: Connection) -> shapes.Platforms:
    received, secrets = store.received(connection), store.secrets(connection)
    tallies = store.tallies(connection, (local_day(now()) - _COUNTED).isoformat())
    return shapes.Platforms(items=[shapes.Platform(
        name=each.name, title=each.title, codes=dict(each.codes), **received.get(each.name, NOTHING_CAME)._asdict(),
        forged=sum(row.times for row in tallies if row.platform == each.name),
        secrets=[shapes.PlatformSecret(**_secret(row)) for row in secrets if row.platform == each.name])
        for each in door().office.platforms.values()])


def _secret(row: SecretRow) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if name not in ("platform", "secret")}


def _message(row: MessageRow) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in shapes.PlatformMessage.model_fields}
    return {**told, "keys": orjson.loads(row.keys), "case": row.case or None}

