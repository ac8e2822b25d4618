"""What comes in signed: by whom it is, and that it is carried out once under its id.

Nothing of a body is read before its signature fits one of the platform's secrets, at our clock. What does not fit leaves a
count and a line in the log without what was sent; a name that is no platform is answered as a wrong signature is.

An id is answered once. The same id with the same body is an honest retry of a sender whose answer was lost: it is given the
kept answer, to the letter, and nothing is done again. The same id with another body is refused (409). A captured message is of
use to nobody: within five minutes it finds the kept answer, after that its instant is refused. What is refused for its content
is not kept; it may be mended and sent again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from flask import Response, request
from pydantic import BaseModel
from sqlalchemy import Connection
from werkzeug.exceptions import TooManyRequests

from engine.case import local_day
from engine.errors import InvalidInput, Stale
from engine.platforms import Platform
from engine.sentences import say
from services import throttling
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.database import writing as write
from services.platforms import shared_secrets
from services.store import platforms as store
from services.store.platforms import AnswerRow, Raced
from services.throttling import Throttle
from services.web.door import door, now
from services.web.problems import MEDIA_TYPE
from services.web.replays import Replayed
from webhooks.faults import SignatureRefused
from webhooks.signature import verify

FORGED = "forged"
_OF_ADDRESS = Throttle("platform-forged", 30)
"""So many refused signatures a minute of one address are counted; what comes beyond that is refused without a trace."""

_OF_PLATFORM = Throttle("platform", 1200)
_LONGEST_ID = 200
_TRIES = 5
_LOG = logging.getLogger(__name__)

Answer: TypeAlias = tuple[int, bytes]
"""Status and body."""

Work: TypeAlias = Callable[[Connection], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a platform has signed: the body as it came, under the `id` of its sender, at our clock's `at`."""

    platform: Platform
    id: str
    content: bytes
    at: datetime


def signed_by(name: str) -> Signed:
    """Who has signed this request. Raises SignatureRefused, InvalidInput for an id that cannot be kept, TooManyRequests."""
    content, at = request.get_data(), now()  # refuses what is too large
    platform = door().office.platforms.get(name)
    with read(door().database) as connection:
        secrets = shared_secrets.live(connection, platform.name) if platform is not None else []
    try:
        verified = verify(secrets, dict(request.headers), content, at)
    except SignatureRefused:
        _count(platform.name if platform else "", at)
        raise
    assert platform is not None  # without a secret nothing fits
    if len(verified.id) > _LONGEST_ID or not verified.id.isprintable():
        raise InvalidInput("webhook-id", say("expected 1 to {most} printable characters on one line", most=_LONGEST_ID))
    with write(door().database) as connection:
        is_admitted = throttling.admit(connection, _OF_PLATFORM, platform.name, at)
    if not is_admitted:
        raise TooManyRequests("too much came from this platform in this minute", retry_after=throttling.wait_seconds(at))
    return Signed(platform=platform, id=verified.id, content=content, at=at)


def once(signed: Signed, work: Work) -> Response:
    """What was answered to this id, or else what `work` answers, kept in its transaction. Raises Replayed, and what `work`
    raises. What is lost to the same beside it, or to somebody who has moved the case, is done again."""
    for left in reversed(range(_TRIES)):
        try:
            return _sent(_kept_or_made(signed, work))
        except (Raced, Stale):
            if not left:
                raise
    raise AssertionError("unreachable")


def written(status: int, shape: BaseModel) -> Answer:
    """A shape as an answer."""
    return status, shape.model_dump_json().encode()


def _kept_or_made(signed: Signed, work: Work) -> AnswerRow:
    digest = hashlib.sha256(signed.content).digest()
    with write(door().database) as connection:
        kept = store.answer(connection, signed.platform.name, signed.id)
        if kept is not None:
            if kept.digest != digest:
                raise Replayed(signed.id)
            return kept
        status, body = work(connection)
        answer = AnswerRow(platform=signed.platform.name, webhook_id=signed.id, digest=digest, status=status, body=body,
                           at=signed.at)
        store.insert_answer(connection, answer)
    return answer


def _count(platform: str, at: datetime) -> None:
    """One more that is not signed as agreed; no trace of what it was."""
    try:
        with write(door().database) as connection:
            if not throttling.admit(connection, _OF_ADDRESS, throttling.network(request.remote_addr), at):
                return
            store.count(connection, platform, local_day(at).isoformat(), FORGED, at)
    except DatabaseUnavailable as error:
        _LOG.warning("what was not signed as agreed is not counted: %s", error)
    _LOG.warning("refused what is not signed as agreed, for %s", platform or "no platform of the shelf")


def _sent(answer: AnswerRow) -> Response:
    media = "application/json" if answer.status < 400 else MEDIA_TYPE
    return Response(answer.body, answer.status, content_type=media)
