"""The API of the counter: the eight queues of a person with their counts, and the search for a case.

Whose they are is who acts. What a line says is computed at this instant, as on the page (`services.queues`).
"""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.queues import Queue
from services import queues
from services.database import reading as read
from services.masking import hidden
from services.queues import MOST_COUNTED, Key, Line
from services.web.auth import API
from services.web.cursor import cursor, instant, key_of, microseconds
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.sent import as_json
from services.web.shapes import queues as shapes
from services.web.shapes.offers import Asking

api = APIBlueprint("queues", __name__, url_prefix=API, abp_tags=[Tag(name="queues", description="窗口队列")],
                   abp_security=SECURITY)


@api.get("/queues", summary="How much waits in each queue", operation_id="queue_counts", responses=answered(shapes.QueueCounts))
def count_queues(header: Asking) -> Response:
    """Exact up to a bound; beyond it is said that there are more."""
    with read(door().database) as connection:
        counts = queues.counts(connection, door().office, header.by, now=now())
    return as_json(shapes.QueueCounts(items=[
        shapes.QueueCount(queue=each, count=min(counts.get(each, 0), MOST_COUNTED), is_more=counts.get(each, 0) > MOST_COUNTED)
        for each in Queue if each is not Queue.DONE]))


@api.get("/queues/<queue>", summary="A page of one queue", operation_id="queue", responses=answered(shapes.QueueLines))
def list_queue(path: shapes.QueuePath, header: Asking, query: shapes.QueueQuery) -> Response:
    """One line a task; where no limit presses last."""
    with read(door().database) as connection:
        found = queues.page(connection, door().office, header.by, path.queue, after=queue_key(query.after),
                            most=query.limit + 1, now=now())
    return as_json(shapes.QueueLines(items=[_line(each) for each in found[:query.limit]],
                                     next=queue_cursor(found[query.limit - 1].key) if len(found) > query.limit else None))


@api.get("/search", summary="Search for a case", operation_id="search", responses=answered(shapes.FoundCases))
def search(header: Asking, query: shapes.SearchQuery) -> Response:
    """By number, applicant or code, within what whoever asks may see."""
    with read(door().database) as connection:
        found = queues.search(connection, door().office, header.by, query.q, most=query.limit, now=now())
    return as_json(shapes.FoundCases(items=[_line(each) for each in found]))


def queue_key(sent: str | None) -> Key | None:
    """After which line a page of a queue begins; None: with the first. Raises InvalidInput."""
    if not sent:
        return None
    at, case_id, part = key_of(sent, parts=3, field="after")
    return Key(instant(at), case_id, part - 2)


def queue_cursor(key: Key) -> str:
    """The cursor of the page that follows a line. The part of what no task is below 0, by at most two."""
    return cursor(microseconds(key.at), key.case_id, key.part + 2)


def _line(line: Line) -> shapes.QueueLine:
    said = {name: getattr(line, name) for name in shapes.QueueLine.model_fields}
    return shapes.QueueLine(**{**said, "applicant": hidden(line.applicant), "stops": [kind.value for kind in line.stops]})
