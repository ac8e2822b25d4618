"""Whose case it is at the applicants' pages: who has given its query code, or an agent whose mandate covers the applicant.

A code is given once, in the body of a form. After that the browser bears a mark (`services.query_codes`) in a cookie of that
case's own address, for an hour: it is not in an address, several cases can be open side by side, and going back or reloading
asks for nothing. The mark of a counter's tablet is good for rating alone.

An agent 帮代办员 signs in as officials do and acts under his own name, whatever codes he knows, so that each of his acts is
marked 代办. """

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from flask import Response as Answer
from flask import request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.case import local_day
from engine.duties import APPLICANT
from services import query_codes
from services.folded import fold_of
from services.office import Office
from services.store import reading
from services.web.visiting import present

WHOLE, RATING = "whole", "rating"
"""What a mark is good for: everything an applicant may do, or rating alone."""

LASTS = timedelta(hours=1)
_COOKIE = "progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who acts for the applicant of a case. `by`: as facts name him; `purpose`: what he may do."""

    by: str
    purpose: str

    @property
    def is_agent(self) -> bool:
        """Does he act under a mandate?"""
        return self.by != APPLICANT


def grant(response: Response, connection: Connection, number: str, purpose: str, now: datetime) -> Response:
    """Let a browser look at a case from now on."""
    response.set_cookie(
        _COOKIE, query_codes.mark(connection, number, purpose, now + LASTS), max_age=int(LASTS.total_seconds()),
        path=url_for("progress.show", number=number), httponly=True, samesite="Strict", secure=request.is_secure)
    return response


def withdraw(response: Answer, number: str) -> Answer:
    """Let a browser look no more."""
    response.delete_cookie(_COOKIE, path=url_for("progress.show", number=number), httponly=True, samesite="Strict",
                           secure=request.is_secure)
    return response


def party(connection: Connection, office: Office, number: str, now: datetime) -> Party | None:
    """Who asks, of this case; None: somebody who has shown nothing."""
    office.refresh(connection)
    if (agent := agent_here(office, now)) is not None:
        return Party(by=agent, purpose=WHOLE) if is_entrusted(connection, office, agent, number, now) else None
    purpose = query_codes.purpose_of(connection, number, request.cookies.get(_COOKIE, ""), now)
    return Party(by=APPLICANT, purpose=purpose) if purpose else None


def agent_here(office: Office, now: datetime) -> str | None:
    """The agent who has signed in; None: nobody, or somebody who is none."""
    seen = present()
    return seen.id if seen is not None and office.people.is_agent(seen.id, local_day(now)) else None


def is_entrusted(connection: Connection, office: Office, agent: str, number: str, now: datetime) -> bool:
    """Does a mandate 委托书 of the agent cover this case? The office has been refreshed."""
    row = reading.peek_case(connection, number)
    if row is None:
        return False
    data = orjson.loads(row.data)
    names = [each for each in (row.applicant, data.get("credit_code"), data.get("applicant")) if isinstance(each, str)]
    return office.people.mandate(agent, names, fold_of(row).project, local_day(now)) is not None
