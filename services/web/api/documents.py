"""The API of the official documents 文书 of a case: list them, issue one, print one."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import issuing
from services.database import reading as read
from services.file_kinds import PDF
from services.issuing import IssuedDocument
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered, downloaded
from services.web.door import door
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import documents as shapes
from services.web.shapes.cases import CasePath, PageQuery

api = APIBlueprint("documents", __name__, url_prefix=f"{API}/cases", abp_security=SECURITY,
                   abp_tags=[Tag(name="documents", description="文书")])


@api.get("/<number>/documents", summary="List the documents of a case", operation_id="list_documents",
         responses=answered(shapes.Documents, 404))
def list_documents(path: CasePath, query: PageQuery) -> Response:
    """In the order they were issued, each with its number, digest and seal."""
    with read(door().database) as connection:
        found = issuing.list_documents(connection, path.number, after=after(query.after), most=query.limit + 1)
    return as_json(shapes.Documents(items=[_document(each) for each in found[:query.limit]],
                                    next=following([each.place for each in found], query.limit)))


@api.post("/<number>/documents", summary="Issue a document 出具文书", operation_id="issue_document",
          responses=answered(shapes.Document, 404, 409))
def issue_document(path: CasePath, header: shapes.Issuing, body: shapes.NewDocument) -> Response:
    """Numbers it and keeps what it says. Asking again about the same fact answers with the same document. 409 says what it must
    say and nobody has entered, and who enters it."""
    return perform(lambda connection, at: _document(issuing.issue(
        connection, door().office, path.number, body.kind, by=header.by, now=at, seq=body.seq, version=header.version)))


@api.get("/<number>/documents/<int:place>.pdf", summary="Print a document", operation_id="print_document",
         responses=downloaded([PDF], 404, 409))
def print_document(path: shapes.DocumentPath) -> Response:
    """As PDF, the same bytes every time; once it is sealed, with the seal."""
    with read(door().database) as connection:
        issued, pdf = issuing.print_at(connection, door().office, path.number, path.place)
    name = quote(f"{issued.title} {issued.number}.pdf", safe="")
    return Response(pdf, content_type="application/pdf", headers={
        "Content-Disposition": f"inline; filename=\"document.pdf\"; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff"})


def _document(issued: IssuedDocument) -> shapes.Document:
    sealed = issued.sealed
    return shapes.Document(
        place=issued.place, kind=issued.kind, title=issued.title, number=issued.number, issued_at=issued.issued_at,
        by=issued.by, seq=issued.seq, digest=issued.digest,
        pdf=f"{API}/cases/{quote(issued.case)}/documents/{issued.place}.pdf",
        sealed=shapes.Seal(seal=sealed.seal, unit=sealed.unit, on=sealed.on) if sealed else None)
