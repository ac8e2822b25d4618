"""The papers of a case on its page: the applicant's materials with their scans, and the official documents issued about it.

A file handed in is judged by whoever keeps it (`services.uploads`), a document by whoever makes it (`services.issuing`); both
are given out only to whom the case may be shown.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.errors import InvalidInput, Refusal
from services import files, issuing, sight, uploads
from services.database import reading as read
from services.database import writing as write
from services.documents.kinds import DocumentKind
from services.settings import files_of
from services.web.api.uploads import sent
from services.web.door import door, now
from services.web.pages import case
from services.web.pages.case_papers import OTHER
from services.web.visiting import visitor

pages = Blueprint("papers", __name__, url_prefix="/cases/<number>")

@pages.post("/uploads")
def attach(number: str) -> Answer | tuple[str, int]:
    """A scan for one of the materials."""
    chosen, material = request.files.get("file"), request.form.get("material", "")[:200]

    def enter() -> None:
        if chosen is None or not chosen.filename:
            raise InvalidInput("file", "choose a file")
        folder = files_of(door().settings)
        kept = files.keep(folder, chosen.stream, chosen.filename)
        with write(door().database) as connection:
            uploads.enter(connection, folder, number, material or OTHER, kept, visitor().id, now())

    return _done(number, enter, "attached")


@pages.post("/uploads/<int:id>/remove")
def remove(number: str, id: int) -> Answer | tuple[str, int]:
    """A scan that was attached by mistake."""
    def take_away() -> None:
        with write(door().database) as connection:
            uploads.remove(connection, number, id, visitor().id, now())

    return _done(number, take_away, "removed")


@pages.get("/uploads/<int:id>")
def download(number: str, id: int) -> Response:
    """A scan, to be saved: never opened in this place's name."""
    with read(door().database) as connection:
        row = sight.visible_case(connection, door().office, visitor().id, number, now())
        file = uploads.found(connection, row.id, id)
    return sent(file)


@pages.post("/documents")
def issue(number: str) -> Answer | tuple[str, int]:
    """出具文书: number a document and keep what it says."""
    kind, seq = request.form.get("kind", ""), request.form.get("seq", "")

    def write_down() -> None:
        if kind not in {each.value for each in DocumentKind} or not (seq.isascii() and seq.isdigit() and len(seq) < 10):
            raise InvalidInput("kind", "choose one of the documents offered")
        with write(door().database) as connection:
            issuing.issue(connection, door().office, number, DocumentKind(kind), by=visitor().id, now=now(), seq=int(seq))

    return _done(number, write_down, "issued")


@pages.get("/documents/<int:place>.pdf")
def printed(number: str, place: int) -> Response:
    """A document as PDF, the same bytes every time; once it is sealed, with the seal."""
    with read(door().database) as connection:
        sight.visible_case(connection, door().office, visitor().id, number, now())
        issued, pdf = issuing.print_at(connection, door().office, number, place)
    name = quote(f"{issued.title} {issued.number}.pdf", safe="")
    return Response(pdf, content_type="application/pdf", headers={
        "Content-Disposition": f"inline; filename=\"document.pdf\"; filename*=UTF-8''{name}"})


def _done(number: str, act: Callable[[], None], done: str) -> Answer | tuple[str, int]:
    """Do something about the papers of a case that may be seen, and come back to its page. A refusal is said there."""
    with read(door().database) as connection:
        sight.visible_case(connection, door().office, visitor().id, number, now())
    try:
        act()
    except Refusal as refusal:
        return case.refused(number, refusal)
    return redirect(url_for("case.show", number=number, done=done, _anchor="papers"), 303)
