"""The API of the library of processes: what is deployed, in which versions, and what diagrams are drawn with."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import library
from services.database import reading as read
from services.library import Shelved
from services.store import drafts as store
from services.store import reading
from services.store.drafts import VersionRow
from services.web import drafting
from services.web.auth import API
from services.web.describe import BPMN, SECURITY, answered, downloaded
from services.web.door import door
from services.web.sent import as_file, as_json
from services.web.shapes import library as shapes

api = APIBlueprint("library", __name__, url_prefix=API, abp_tags=[Tag(name="library", description="流程库")],
                   abp_security=SECURITY)


@api.get("/processes", summary="List the processes", operation_id="list_processes", responses=answered(shapes.Processes))
def list_processes() -> Response:
    """Every deployed process by its id, with the cases that run and where it is used."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        found = library.processes(connection, door().office)
    return as_json(shapes.Processes(items=[shapes.Process(**_said(each)) for each in found]))


@api.get("/processes/<process>", summary="A process with its versions", operation_id="get_process",
         responses=answered(shapes.ProcessWithVersions, 404))
def get_process(path: shapes.ProcessPath) -> Response:
    """The newest first, with who published each."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        found = library.process(connection, door().office, path.process)
        published = store.publishers(connection, path.process)
    return as_json(shapes.ProcessWithVersions(**_said(found), versions=[
        _version(row, published.get(row.id, (None,))[0]) for row in found.versions]))


@api.get("/processes/versions/<int:id>.bpmn", summary="The diagram of a version", operation_id="get_version",
         responses=downloaded([BPMN], 404))
def get_version(path: shapes.DefinitionPath) -> Response:
    """As it was published."""
    with read(door().database) as connection:
        row = reading.definition(connection, path.id)
    return as_file(row.source, BPMN, f"{row.process}-{row.version}.bpmn")


@api.get("/vocabulary", summary="What diagrams are drawn with", operation_id="vocabulary",
         responses=answered(shapes.Vocabulary))
def vocabulary() -> Response:
    """Forms and diagrams of the shelf, roles, processes, departments."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        return as_json(shapes.Vocabulary(**drafting.vocabulary(connection), shelf=drafting.shelf_files()))


def _said(found: Shelved) -> dict[str, Any]:
    named = {name: [shapes.Named.model_validate(each) for each in getattr(found, name)]
             for name in ("called_by", "opened_by", "calls", "matters", "bundles")}
    return {"process": found.process, "name": found.name, "version": found.versions[0].version, "running": found.running,
            **named}


def _version(row: VersionRow, by: str | None) -> shapes.ProcessVersion:
    known = {name: value for name, value in row._asdict().items() if name != "process"}
    return shapes.ProcessVersion(**known, published_by=by, bpmn=f"{API}/processes/versions/{row.id}.bpmn")
