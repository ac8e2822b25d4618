"""A move through the API is made once, however often its request comes.

The answer of a request with an `Idempotency-Key` is kept in the transaction that makes the move: either both are there or
neither, whatever is killed in between. The same request again is given the kept answer, to the letter; another request under
the same key is refused. Two of the same at once: one of them loses at the case's lock, its version guard or the key's row, is
rolled back, and then finds the answer of the other. A refused request keeps nothing; it may be mended and sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeAlias

import orjson
from flask import Response, request
from sqlalchemy import Connection

from engine.errors import InvalidInput, Refusal
from services import errands
from services.acting import Command as CaseCommand
from services.acting import Stepped, TaskCommand
from services.database import reading as read
from services.database import writing as write
from services.office import Office
from services.store import reading, writing
from services.store.rows import AnswerRow
from services.web import auth
from services.web.answers import cases as answers
from services.web.door import door, now
from services.web.shapes import cases as shapes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What tells a request from others: the key its sender chose, and a digest of what is asked."""

    key: str
    fingerprint: bytes


Command: TypeAlias = Callable[[Connection, datetime], Stepped]
Said = ParamSpec("Said")
"""What a use case is told besides whom it is about."""


def mark(key: str | None) -> Mark | None:
    """The mark of this request, None when its sender gave no key."""
    if key is None:
        return None
    body = orjson.dumps(request.get_json(silent=True), option=orjson.OPT_SORT_KEYS)
    bearer = auth.bearer()  # what one account was told is not told to another that happens upon its key
    asked = f"{request.method} {request.path}\n" + (f"{bearer.person}\n" if bearer else "")
    return Mark(key=key, fingerprint=hashlib.sha256(asked.encode() + body).digest())


def on_case(path: shapes.CasePath, header: shapes.Moving,
            use_case: Callable[Concatenate[Connection, Office, CaseCommand, Said], Stepped],
            *said: Said.args, **named: Said.kwargs) -> Response:
    """Perform a use case on the case of a request."""
    return perform(mark(header.key), lambda connection, at: use_case(
        connection, door().office, CaseCommand(number=path.number, by=header.by, now=at, version=header.version),
        *said, **named))


def on_task(path: shapes.TaskPath, header: shapes.Moving,
            use_case: Callable[Concatenate[Connection, Office, TaskCommand, Said], Stepped],
            *said: Said.args, **named: Said.kwargs) -> Response:
    """Perform a use case on the task of a request."""
    return perform(mark(header.key), lambda connection, at: use_case(
        connection, door().office, TaskCommand(task=path.id, by=header.by, now=at, version=header.version), *said, **named))


def perform(marked: Mark | None, command: Command, *, status: int = 200) -> Response:
    """Make a move and answer with where the case stands then; a marked one only once. What the case asks of others is done
    right after it, so that a clerk sees the children of a bundle at once."""
    try:
        answer, asks = _make(marked, command, status)
        if asks:
            errands.run_now(door().database, door().office, now=now())
        return _response(answer)
    except Refusal:
        if marked is None:
            raise
        with read(door().database) as connection:
            kept = _kept(connection, marked)
        if kept is None:
            raise
        return _response(kept)


def _make(marked: Mark | None, command: Command, status: int) -> tuple[AnswerRow, bool]:
    """The answer, and whether the case asks others for something."""
    at = now()
    with write(door().database) as connection:
        if marked is not None and (kept := _kept(connection, marked)) is not None:
            return kept, False
        stepped = command(connection, at)
        body = answers.moved(connection, stepped).model_dump_json().encode()
        answer = AnswerRow(key=marked.key if marked else "", fingerprint=marked.fingerprint if marked else b"",
                           status=status, body=body, at=at)
        if marked is not None:
            writing.keep_answer(connection, answer)
    return answer, stepped.asks


def _kept(connection: Connection, marked: Mark) -> AnswerRow | None:
    kept = reading.answer(connection, marked.key)
    if kept is not None and kept.fingerprint != marked.fingerprint:
        raise InvalidInput("Idempotency-Key", "this key was used for another request; choose a new key for a new request")
    return kept


def _response(answer: AnswerRow) -> Response:
    response = Response(answer.body, answer.status, content_type="application/json")
    case = orjson.loads(answer.body)
    response.headers["ETag"] = f'"{case["version"]}"'
    if answer.status == 201:
        response.headers["Location"] = f"/api/v1/cases/{case['number']}"
    return response
