"""The room of the supervisor's pages 效能监督: their blueprint, whose cases a visitor may look at, and how an address asks for
some of them.

What lies outside a visitor's scope is not there for him: it is in no number and no list, and its page is a 404.
"""

from __future__ import annotations

from flask import Blueprint, request
from sqlalchemy import Connection

from engine.calendar import SHANGHAI
from engine.counted import NOT_STATED
from engine.errors import InvalidInput
from engine.sentences import say
from services.store.rows import CaseRow
from services.watching import Within
from services.web import watched
from services.web.visiting import visitor

pages = Blueprint("wall", __name__, url_prefix="/wall")

LONGEST = 200
"""Characters of a name in an address."""


def within() -> Within:
    """What this request asks for, within what its visitor may see."""
    return Within(scopes=everything().scopes, park=_name("park"), department=_name("department"), process=_name("process"))


def everything() -> Within:
    """All that this visitor may see."""
    return Within(scopes=watched.scopes(visitor().id))


def found_case(connection: Connection, number: str) -> CaseRow:
    """A case this visitor may see. Raises NotFound, in the same words whether it is elsewhere or nowhere."""
    return watched.case_within(connection, everything(), number)


def chosen(name: str, among: tuple[str, ...]) -> str | None:
    """One of the words a parameter of the address may be; None when it is left out. Raises InvalidInput."""
    text = request.args.get(name, "")
    if text and text not in among:
        raise InvalidInput(name, say("expected one of {known}", known=among))
    return text or None


def stated(name: str) -> str:
    """A park or department as it is shown, and asked for in an address: "" has a word of its own."""
    return name or NOT_STATED


def _name(parameter: str) -> str | None:
    text = request.args.get(parameter, "")
    if len(text) > LONGEST:
        raise InvalidInput(parameter, say("a name has at most {most} characters", most=LONGEST))
    return None if not text else "" if text == NOT_STATED else text


def minute(at: object) -> str:
    """An instant as people read it, in Shanghai; a filter of the templates of these pages."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if hasattr(at, "astimezone") else ""


pages.add_app_template_filter(minute, "minute")
pages.add_app_template_filter(stated, "stated")
