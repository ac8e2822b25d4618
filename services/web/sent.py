"""A shape as the answer to a request."""

from __future__ import annotations

from flask import Response
from pydantic import BaseModel


def as_json(shape: BaseModel, *, version: int | None = None) -> Response:
    """A shape as JSON; `version` of the case it shows is its entity tag, None when it shows no single case."""
    response = Response(shape.model_dump_json(), content_type="application/json")
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return response
