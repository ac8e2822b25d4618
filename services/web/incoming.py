"""What a request may look like before anybody reads it: JSON in UTF-8, of bounded size and depth, or the form of a page,
without NUL anywhere. Where a file may come, the file alone is larger, and has its own bound.

A form's own rules come later (`services.forms`). This is what no form could want and some database or log would choke on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson
from flask import request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from engine.errors import InvalidInput, NotFound
from engine.sentences import say
from services.files import MEGABYTE
from services.web.auth import SIGNED_ENDPOINTS
from services.web.door import door

LARGEST = 1024 * 1024
"""Bytes of a body. A form with its ten longest texts is a tenth of that."""

DEEPEST = 16
"""Levels of lists and objects; no form has more than four."""

TAKING_FILES = frozenset({"papers.attach", "progress.attach", "uploads.attach"})
"""Where a file may come: a body as large as a file may be, and a form beside it."""

WITH_SHEET = frozenset({"administration.act"})
"""The pages whose forms may bring a sheet."""

LARGEST_WITH_SHEET = 3 * LARGEST
"""Bytes of such a form: the Base64 of a sheet as large as one may be (`services.sheets.LARGEST`), which the form has kept, and
another chosen in its place."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_LARGEST_NUMBER = 2**63 - 1  # what a column and an expression can hold; JSON itself knows no bound


class Orjson(JSONProvider):
    """JSON as RFC 8259 has it: no NaN, no lone surrogates, UTF-8 only."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """To text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """From text or bytes."""
        return orjson.loads(s)


def check_address() -> None:
    """Check the path and the query. Raises NotFound or InvalidInput: no text of ours holds NUL, and PostgreSQL has no room
    for it."""
    if "\0" in request.path:
        raise NotFound("address", request.path.replace("\0", "%00"))
    for name, value in request.args.items(multi=True):
        if "\0" in name + value:
            raise InvalidInput(name.replace("\0", "%00"), "contains the character NUL (U+0000); leave it out")


def check_body() -> None:
    """Check the body of a request that has one: JSON, or of a page a form. Raises RequestEntityTooLarge, UnsupportedMediaType,
    BadRequest or InvalidInput naming the value."""
    if request.method != "POST" or request.url_rule is None or request.endpoint in SIGNED_ENDPOINTS:
        return  # what is signed is read by nobody before its signature
    if request.endpoint in TAKING_FILES:
        request.max_content_length = door().settings.file_megabytes * MEGABYTE + LARGEST
        _expect_form()
        check_form()
    elif request.endpoint in WITH_SHEET:
        request.max_content_length = request.max_form_memory_size = LARGEST_WITH_SHEET
        check_form()
    elif request.mimetype in _FORMS and not request.path.startswith("/api/"):
        check_form()
    else:
        _check_json()


def _expect_form() -> None:
    if request.path.startswith("/api/") and request.mimetype != "multipart/form-data" and request.get_data():
        raise UnsupportedMediaType(f"send the file as “multipart/form-data”, not “{request.mimetype or 'without a type'}”")


def signed_object() -> dict[str, Any]:
    """The body of a request whose signature has been checked: one object, no name in it twice, for readers differ in which of
    the two they keep. Raises as `check_body` does."""
    body = _check_json()
    if body is None:
        raise InvalidInput("", "the body is missing; send one JSON object")
    json.loads(request.get_data(), object_pairs_hook=_once)
    return body


def _once(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise InvalidInput(name[:100], "the name is there twice in one object")
        seen.add(name)


def _check_json() -> dict[str, Any] | None:
    content = request.get_data()  # refuses what is too large
    if not content:
        return None
    if not request.is_json:
        raise UnsupportedMediaType(f"send the body as “application/json”, not “{request.mimetype or 'without a type'}”")
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is not JSON: {error}; send one object in UTF-8") from error
    if not isinstance(body, dict):
        raise InvalidInput("", "the body must be one JSON object, like {\"process\": …}")
    for path, value in _values("", body, 1):
        _check_value(path, value)
    return body


def check_form() -> None:
    """Every text of a form."""
    for name, value in request.form.items(multi=True):
        _check_value(name.replace("\0", "%00"), name)
        _check_value(name, value)


def expect_nothing() -> None:
    """Refuse a body that says something, where a request takes none. Raises InvalidInput."""
    for name in request.get_json(silent=True) or {}:
        raise InvalidInput(name, "this request takes no body; leave it out")


def _values(path: str, value: object, depth: int) -> Iterator[tuple[str, object]]:
    """Every scalar and every key, with the path it stands at; never deeper than allowed."""
    if not isinstance(value, dict | list):
        yield path, value
        return
    if depth > DEEPEST:
        raise InvalidInput(path, say("more than {deepest} levels of lists and objects; flatten the value", deepest=DEEPEST))
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield path, key
        yield from _values(f"{path}.{key}".lstrip("."), inner, depth + 1)


def _check_value(path: str, value: object) -> None:
    match value:
        case str() if "\0" in value:
            raise InvalidInput(path, "contains the character NUL (U+0000); leave it out")
        case int() | float() if abs(value) > _LARGEST_NUMBER:
            raise InvalidInput(path, say("the number is beyond ±{most}; send it as a text", most=_LARGEST_NUMBER))
