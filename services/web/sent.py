"""A shape, or a file, as the answer to a request."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from pydantic import BaseModel


def as_json(shape: BaseModel, *, version: int | None = None) -> Response:
    """A shape as JSON; `version` of the case it shows is its entity tag, None when it shows no single case."""
    response = Response(shape.model_dump_json(), content_type="application/json")
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return response


def as_file(content: bytes, media: str, name: str) -> Response:
    """A file to be kept: nothing shows it in this place's name, whatever stands in it."""
    return Response(content, content_type=media, headers={
        "Content-Disposition": f"attachment; filename=\"file\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'"})
