"""What happened to accounts, and who has looked at personal data: for the audit administrator 审计管理员."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request

from engine.calendar import SHANGHAI
from services import account_events, unmasking
from services.account_events import NAMES, Kind
from services.database import reading as read
from services.store.accounts import EventRow
from services.web.cursor import cursor, key_of
from services.web.door import door
from services.web.frame import text

pages = Blueprint("account_events", __name__)

_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that happened, as the page shows it."""

    number: int
    at: str
    kind: str
    person: str
    by: str
    detail: str


@pages.get("/account-events")
def index() -> str:
    """The latest first; of one account when asked so."""
    person = request.args.get("account", "").strip()[:100]
    before = key_of(request.args["after"], parts=1, field="after")[0] if request.args.get("after") else None
    with read(door().database) as connection:
        rows = account_events.events(connection, person=person or None, before=before, most=_MOST + 1)
    return render_template("account_events.html", lines=[_line(row) for row in rows[:_MOST]], account=person,
                           next=cursor(rows[_MOST - 1].id) if len(rows) > _MOST else None)


@pages.get("/account-events/unmaskings")
def unmaskings() -> str:
    """Who has looked at personal data, the latest first; of one case when asked so."""
    number = request.args.get("number", "").strip()[:40]
    before = key_of(request.args["after"], parts=1, field="after")[0] if request.args.get("after") else None
    with read(door().database) as connection:
        rows = unmasking.records(connection, number=number or None, before=before, most=_MOST + 1)
    return render_template("unmaskings.html", rows=rows[:_MOST], number=number, at=_at,
                           next=cursor(rows[_MOST - 1].id) if len(rows) > _MOST else None)


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _line(row: EventRow) -> Line:
    return Line(number=row.id, at=_at(row.at), kind=text(NAMES[Kind(row.kind)]),
                person=row.person, by=row.by, detail=row.detail)
