"""The API of the catalogue of matters 事项库: matters, bundles, parks, departments, systems, the office's own values."""

from __future__ import annotations

from datetime import datetime

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.catalogue_entries import write_entry
from services import catalogue
from services.catalogue import Held
from services.database import reading as read
from services.store.catalogue import EntryRow
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import catalogue as shapes
from services.web.shapes.cases import PageQuery
from services.web.shapes.headers import Keyed
from services.web.shapes.rulings import Ruling

api = APIBlueprint("catalogue", __name__, url_prefix=f"{API}/catalogue", abp_tags=[Tag(name="catalogue", description="事项库")],
                   abp_security=SECURITY)


@api.get("/check", summary="What in the catalogue somebody should look at", operation_id="check_catalogue",
         responses=answered(shapes.Findings))
def check() -> Response:
    """Contradictions, gaps, and deployed diagrams that say something else."""
    with read(door().database) as connection:
        found = catalogue.check(connection, door().office.shelved)
    return as_json(shapes.Findings(items=[shapes.Finding.model_validate(each) for each in found]))


@api.get("/<book>", summary="List a book of the catalogue", operation_id="list_catalogue", responses=answered(shapes.Entries))
def list_entries(path: shapes.BookPath, query: shapes.EntriesQuery) -> Response:
    """By code, with where each value comes from."""
    with read(door().database) as connection:
        held = catalogue.held(connection, door().office.shelved, path.book.category, at=query.at or now())
    rest = sorted((each for each in held if query.after is None or each.entry.code > query.after),
                  key=lambda each: each.entry.code)
    page = rest[:query.limit]
    return as_json(shapes.Entries(items=[_entry(each) for each in page],
                                  next=page[-1].entry.code if len(rest) > len(page) else None))


@api.get("/<book>/<code>", summary="Look at an entry", operation_id="catalogue_entry", responses=answered(shapes.Entry, 404))
def get_entry(path: shapes.EntryPath, query: shapes.EntriesQuery) -> Response:
    """By its code or its standard name."""
    with read(door().database) as connection:
        held = catalogue.held_entry(connection, door().office.shelved, path.book.category, path.code, at=query.at or now())
    return as_json(_entry(held))


@api.get("/<book>/<code>/history", summary="What the office entered of an entry", operation_id="catalogue_history",
         responses=answered(shapes.OwnEntries, 404))
def get_history(path: shapes.EntryPath, query: PageQuery) -> Response:
    """In the order it was entered; 404 for an entry that is not there and never was."""
    with read(door().database) as connection:
        rows = catalogue.history(connection, path.book.category, path.code, after=after(query.after), most=query.limit + 1)
        if not rows and query.after is None:
            catalogue.held_entry(connection, door().office.shelved, path.book.category, path.code, at=now())
    return as_json(shapes.OwnEntries(items=[_own(row) for row in rows[:query.limit]],
                                     next=following([row.id for row in rows], query.limit)))


@api.post("/<book>/<code>", summary="Enter the office's own values of an entry", operation_id="set_catalogue_values",
          responses=answered(shapes.Entry))
def set_values(path: shapes.EntryPath, header: Ruling, body: shapes.OwnValues) -> Response:
    """They follow those in force; its values of other fields stay. A code that is not on the shelf is a new entry, and has to
    be given whole."""
    return perform(lambda connection, at: _entry(catalogue.set_values(
        connection, door().office.shelved, path.book.category, path.code, body.values, basis=body.basis, by=header.by, now=at)))


@api.post("/<book>/<code>/end", summary="End the office's own values of an entry", operation_id="end_catalogue_values",
          responses=answered(shapes.OwnEntry, 404))
def end_values(path: shapes.EntryPath, header: Keyed) -> Response:
    """The shipped ones count again; an entry of its own is gone."""
    def end(connection: Connection, at: datetime) -> BaseModel:
        return _own(catalogue.end_values(connection, door().office.shelved, path.book.category, path.code, now=at))

    return perform(end)


def _entry(held: Held) -> shapes.Entry:
    row = held.row
    return shapes.Entry(code=held.entry.code, name=held.entry.name, values=write_entry(held.entry), sources=dict(held.sources),
                        since=row.since if row else None, basis=row.basis if row else None,
                        entered_by=row.entered_by if row else None)


def _own(row: EntryRow) -> shapes.OwnEntry:
    return shapes.OwnEntry(id=row.id, values=orjson.loads(row.body), basis=row.basis, since=row.since, until=row.until,
                           entered_by=row.entered_by)
