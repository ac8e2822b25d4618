"""The API of the contact book 联络表: who is told when a deadline lapses."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import contacts
from services.contact_sheets import read_sheet
from services.contacts import NewContact
from services.database import reading as read
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import rulings as shapes
from services.web.shapes.headers import Keyed

api = APIBlueprint("contacts", __name__, url_prefix=f"{API}/contacts", abp_tags=[Tag(name="contacts", description="联络表")],
                   abp_security=SECURITY)


@api.get("", summary="List the contacts", operation_id="list_contacts", responses=answered(shapes.Contacts))
def list_contacts(query: shapes.ContactsQuery) -> Response:
    """In the order they were entered. Mobile numbers are masked but for the unit the list is made for."""
    with read(door().database) as connection:
        found = contacts.contacts(connection, viewer_unit=query.viewer_unit, unit=query.unit, with_history=query.history,
                                  after=after(query.after), most=query.limit + 1)
    return as_json(shapes.Contacts(items=[shapes.Contact.model_validate(each) for each in found[:query.limit]],
                                   next=following([each.id for each in found], query.limit)))


@api.get("/gaps", summary="Ranks without a contact", operation_id="contact_gaps", responses=answered(shapes.Gaps))
def list_gaps(query: shapes.GapsQuery) -> Response:
    """Nobody would be told there; until they are filled, 预警 cannot be switched on for the unit."""
    with read(door().database) as connection:
        found = contacts.gaps(connection, query.unit, at=now())
    return as_json(shapes.Gaps(items=[shapes.Gap.model_validate(each) for each in found]))


@api.post("", summary="Enter a contact", operation_id="set_contact", responses=answered(shapes.Contact))
def set_contact(header: shapes.Ruling, body: shapes.NewContact) -> Response:
    """Whoever held the place before is kept in the history."""
    return perform(lambda connection, at: shapes.Contact.model_validate(contacts.set_contact(
        connection, NewContact(**body.model_dump()), by=header.by, now=at)))


@api.post("/end", summary="Take a contact out of the book", operation_id="end_contact",
          responses=answered(shapes.Contact, 404))
def end_contact(header: Keyed, body: shapes.EndedContact) -> Response:
    """The place is a gap from then on."""
    return perform(lambda connection, at: shapes.Contact.model_validate(contacts.end_contact(
        connection, unit=body.unit, rank=body.rank, now=at)))


@api.post("/import", summary="Enter a sheet of contacts", operation_id="import_contacts",
          responses=answered(shapes.SheetEntered))
def import_contacts(header: shapes.Ruling, body: shapes.Sheet) -> Response:
    """All of them or none: 422 tells of every line that cannot be used."""
    sheet = read_sheet(body.csv.encode())
    return perform(lambda connection, at: shapes.SheetEntered.model_validate(contacts.set_contacts(
        connection, sheet, by=header.by, now=at)))
