"""The API of tasks: list what is open, complete one."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.errors import InvalidInput
from services import cases
from services.cases import Completion
from services.database import reading as read
from services.web.answers import cases as answers
from services.web.auth import API
from services.web.cursor import key_of
from services.web.describe import SECURITY, answered, moved
from services.web.door import door, now
from services.web.once import mark, perform
from services.web.sent import as_json
from services.web.shapes import cases as shapes

api = APIBlueprint("tasks", __name__, url_prefix=f"{API}/tasks", abp_tags=[Tag(name="tasks", description="环节")],
                   abp_security=SECURITY)


@api.get("", summary="List open tasks", operation_id="list_tasks", responses=answered(shapes.Tasks, 404, 409))
def list_tasks(query: shapes.TasksQuery) -> Response:
    """In the order of their cases; of one case, one role or one person when asked so."""
    first, token = (0, -1) if query.after is None else key_of(query.after, parts=2, field="after")
    if query.mine is not None and (query.case, query.role, query.assignee) != (None, None, None):
        raise InvalidInput("mine", "goes with no other filter: leave case, role and assignee out")
    with read(door().database) as connection:
        if query.mine is not None:
            return as_json(answers.worklist(connection, door().office, query.mine, after=(first, token), most=query.limit,
                                            now=now()))
        return as_json(answers.tasks_page(connection, query, (first, token)))


@api.post("/<id>/complete", summary="Complete a task", operation_id="complete_task", responses=moved(shapes.Moved))
def complete_task(path: shapes.TaskPath, header: shapes.Moving, body: shapes.Completing) -> Response:
    """Completes a task with one of its outcomes and moves the case on. A task takes one decision: whoever comes second is
    told who was first (409). When the diagram cannot go on, the answer is 200 with the `incident` and the task is still
    open: nothing was wrong with the request, and a person has been called."""
    completion = Completion(task=path.id, outcome=body.outcome, data=body.data, by=header.by, version=header.version)
    return perform(mark(header.key), lambda connection, at: cases.complete_task(connection, door().office, completion, now=at))
