"""Who is at the door. (Placeholder of the branch of accounts: the cookie names the person.)"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whose request this is."""

    id: str
    name: str
    unit: str
    csrf: str


def visitor() -> Visitor:
    """The visitor of this request."""
    id = request.cookies.get("jiban", "api")
    return Visitor(id=id, name=id, unit="", csrf="x")
