"""What is asked of the API is done once, however often its request comes.

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
from pydantic import BaseModel
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage

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
Entering: TypeAlias = Callable[[Connection, datetime], BaseModel]
Said = ParamSpec("Said")
"""What a use case is told besides whom it is about."""


def mark(key: str | None) -> Mark | None:
    """The mark of this request, None when its sender gave no key."""
    if key is None:
        return None
    bearer = auth.bearer()  # what one account was told is not told to another that happens upon its key
    asked = f"{request.method} {request.path}\n" + (f"{bearer.person}\n" if bearer else "")
    return Mark(key=key, fingerprint=hashlib.sha256(asked.encode() + _said()).digest())


def _said() -> bytes:
    """What a request says, however it is written; of a file its digest."""
    if not request.files:
        return orjson.dumps(request.get_json(silent=True), option=orjson.OPT_SORT_KEYS)
    files = [(name, file.filename, _digest(file)) for name, file in request.files.items(multi=True)]
    return orjson.dumps([sorted(request.form.items(multi=True)), sorted(files)])


def _digest(file: FileStorage) -> str:
    file.stream.seek(0)
    digest = hashlib.sha256(file.stream.read()).hexdigest()
    file.stream.seek(0)
    return digest


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
    made: list[Stepped] = []

    def move(connection: Connection, at: datetime) -> BaseModel:
        made.append(command(connection, at))
        return answers.moved(connection, made[-1])

    answer = once(marked, move, status)
    if any(stepped.asks for stepped in made):
        errands.run_now(door().database, door().office, now=now())
    return _response(answer)


def once(marked: Mark | None, command: Entering, status: int) -> AnswerRow:
    """What a command answers, in the transaction that carries it out; of a marked one that was carried out, the kept answer.
    Raises what the command raises."""
    try:
        return _make(marked, command, status)
    except Refusal:
        kept = None if marked is None else kept_for(marked)
        if kept is None:
            raise
        return kept


def kept_for(marked: Mark) -> AnswerRow | None:
    """What this request was told before; None: it was not carried out. Raises InvalidInput for another under its key."""
    with read(door().database) as connection:
        return _kept(connection, marked)


def _make(marked: Mark | None, command: Entering, status: int) -> AnswerRow:
    at = now()
    with write(door().database) as connection:
        if marked is not None and (kept := _kept(connection, marked)) is not None:
            return kept
        body = command(connection, at).model_dump_json().encode()
        answer = AnswerRow(key=marked.key if marked else "", fingerprint=marked.fingerprint if marked else b"",
                           status=status, body=body, at=at)
        if marked is not None:
            writing.keep_answer(connection, answer)
    return answer


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
