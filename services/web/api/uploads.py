"""The API of the files handed in to a case. Their content is judged and kept by `services.uploads`; here they come and go."""

from __future__ import annotations

from flask import Response, send_file
from flask_openapi3 import APIBlueprint, Tag

from engine.errors import InvalidInput
from services import files, uploads
from services.database import reading as read
from services.file_kinds import ENDINGS
from services.settings import files_of
from services.store.uploads import UploadRow
from services.web.auth import API
from services.web.describe import SECURITY, answered, downloaded
from services.web.door import door
from services.web.entering import perform
from services.web.seeing import case_here
from services.web.sent import as_json
from services.web.shapes import service as shapes
from services.web.shapes.cases import CasePath

api = APIBlueprint("uploads", __name__, url_prefix=f"{API}/cases/<number>/uploads",
                   abp_tags=[Tag(name="uploads", description="申请材料")], abp_security=SECURITY)


@api.get("", summary="List the files of a case", operation_id="list_uploads", responses=answered(shapes.Uploads, 404))
def list_uploads(path: CasePath) -> Response:
    """In the order they came, without those taken back."""
    with read(door().database) as connection:
        found = uploads.of_case(connection, case_here(connection, path.number).id)
    return as_json(shapes.Uploads(items=[_shape(each) for each in found]))


@api.post("", summary="Hand a file in", operation_id="attach", responses=answered(shapes.Upload, 404, 409))
def attach(path: CasePath, header: shapes.Attaching, form: shapes.Uploading) -> Response:
    """As `multipart/form-data`. The file is judged by its content: PDF, JPEG, PNG, OFD, DOCX, XLSX."""
    folder = files_of(door().settings)
    if not form.file.filename:
        raise InvalidInput("file", "send one file with its name")
    with read(door().database) as connection:
        case_here(connection, path.number)
    kept = files.keep(folder, form.file.stream, form.file.filename)
    return perform(lambda connection, at: _shape(uploads.enter(
        connection, folder, path.number, form.material, kept, header.by, at, version=header.version)))


@api.get("/<int:id>", summary="A file of a case", operation_id="get_upload", responses=downloaded(ENDINGS, 404))
def get_upload(path: shapes.UploadPath) -> Response:
    """Its content, to be saved."""
    with read(door().database) as connection:
        file = uploads.found(connection, case_here(connection, path.number).id, path.id)
    return sent(file)


def sent(file: UploadRow) -> Response:
    """A file as an attachment: never opened in this place's name."""
    response = send_file(files.path_of(files_of(door().settings), file.sha256).resolve(), mimetype=file.media_type,
                         as_attachment=True, download_name=file.name, etag=file.sha256, conditional=False)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _shape(row: UploadRow) -> shapes.Upload:
    return shapes.Upload.model_validate(row._asdict())
