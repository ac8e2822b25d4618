"""帮助: what one does first in the morning, and then, role by role; open to everybody, for it tells nothing of any case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from engine import explanation
from engine.errors import InvalidInput, NotFound
from engine.limit_words import read_question, said
from services.database import reading as read
from services.web.door import door
from services.web.frame import text
from services.web.topics import BY_KEY, own_first
from services.web.visiting import present
from services.web.words.refusals import in_chinese

pages = Blueprint("help", __name__, url_prefix="/help")


@pages.get("/")
def index() -> str:
    """All pages of the help, those of the reader's own roles first."""
    topics, roles = own_first(_roles()), _roles()
    return render_template("help/index.html", topics=topics, own={topic.key for topic in topics if topic.roles & roles})


@pages.get("/<topic>")
def page(topic: str) -> str:
    """One page of the help."""
    if topic not in BY_KEY:
        raise NotFound("page of the help", topic[:60])
    tried = _tried() if topic == "days" and present() and "limit" in request.args else {}
    return render_template(f"help/{topic}.html", topic=BY_KEY[topic], **tried)


def _tried() -> dict[str, Any]:
    """The account of a deadline somebody tries: accepted then, with this limit; or why there is none."""
    try:
        asked = read_question(at=request.args.get("at", "")[:40], limit=request.args["limit"][:40])
        with read(door().database) as connection:
            door().office.refresh(connection)
        found = explanation.explain(door().office.calendar, asked.limit, asked.at, event=asked.event)
    except InvalidInput as wrong:
        return {"fault": in_chinese(wrong)}
    return {"account": found, "length": text(said(found.amount, found.limit.unit)), "began": f"{asked.at:%Y-%m-%d %H:%M}",
            "happened": text("受理")}


def _roles() -> frozenset[str]:
    """Of whoever reads; none of a stranger."""
    reader = present()
    return frozenset(reader.roles) if reader else frozenset()
