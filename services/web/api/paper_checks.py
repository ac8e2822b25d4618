"""The API of what may be done about papers: which documents may be issued now, is one real, and take a file back."""

from __future__ import annotations

from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.errors import Stale
from services import issuing, ratings, uploads
from services.database import reading as read
from services.documents.kinds import SORTS
from services.web.auth import API
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.incoming import expect_nothing
from services.web.seeing import case_here
from services.web.sent import as_json
from services.web.shapes import particulars as shapes
from services.web.shapes import service as shapes_service
from services.web.shapes.cases import CasePath, Moving
from services.web.shapes.offers import Asking

api = APIBlueprint("paper_checks", __name__, url_prefix=API, abp_tags=[Tag(name="documents", description="文书")],
                   abp_security=SECURITY)


@api.get("/cases/<number>/documents/offered", summary="Which documents may be issued now", operation_id="offered_documents",
         responses=answered(shapes.OfferedDocuments, 404))
def list_offered(path: CasePath, header: Asking) -> Response:
    """By whoever asks. Whether what one must say is there is only known when it is issued."""
    with read(door().database) as connection:
        number = case_here(connection, path.number).number
        found = issuing.offered(connection, door().office, number, by=header.by, now=now())
    return as_json(shapes.OfferedDocuments(items=[
        shapes.OfferedDocument(kind=each.kind, title=SORTS[each.kind].title, seq=each.seq, at=each.at) for each in found]))


@api.get("/documents/check", summary="文书核验: is a document real?", operation_id="check_document",
         responses=answered(shapes.DocumentChecked))
def check_document(query: shapes.DocumentCheckQuery) -> Response:
    """Told as little as answers that: yes or no, its kind and its day."""
    with read(door().database) as connection:
        found = issuing.check(connection, query.number.strip(), query.digest)
    return as_json(shapes.DocumentChecked(is_valid=found.is_valid, title=found.title or None, issued_on=found.issued_on))


@api.post("/cases/<number>/uploads/<int:id>/remove", summary="Take a file back", operation_id="remove_upload",
          responses=answered(shapes_service.Uploads, 404, 409))
def remove_upload(path: shapes_service.UploadPath, header: Moving) -> Response:
    """By whoever has handed it in by mistake, as long as he might hand in another. Answers with those that are left."""
    expect_nothing()

    def take_away(connection: Connection, at: datetime) -> BaseModel:
        row = case_here(connection, path.number)
        if header.version not in (None, row.version):
            raise Stale(row.number, header.version, row.version)
        uploads.remove(connection, row.number, path.id, header.by, at)
        left = uploads.of_case(connection, row.id)
        return shapes_service.Uploads(items=[shapes_service.Upload.model_validate(each._asdict()) for each in left])

    return perform(take_away)


@api.get("/ratings/waiting", summary="差评整改: bad ratings that wait for an answer", operation_id="waiting_ratings",
         responses=answered(shapes.WaitingRatings))
def list_waiting(header: Asking) -> Response:
    """Of the departments whoever asks administers, the most urgent first."""
    with read(door().database) as connection:
        found = ratings.waiting(connection, door().office, header.by, now=now())
    return as_json(shapes.WaitingRatings(items=[shapes.WaitingRating.model_validate(each) for each in found]))
