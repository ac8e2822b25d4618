"""The API of what a case is about: its particulars in full, once and for a reason, and the diagram it runs on."""

from __future__ import annotations

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import unmasking
from services.database import reading as read
from services.database import writing as write
from services.store import reading
from services.web.auth import API
from services.web.describe import BPMN, SECURITY, answered, downloaded
from services.web.door import door, now
from services.web.seeing import case_here
from services.web.sent import as_file, as_json
from services.web.shapes import particulars as shapes
from services.web.shapes.cases import CasePath
from services.web.shapes.offers import Asking

api = APIBlueprint("particulars", __name__, url_prefix=f"{API}/cases/<number>",
                   abp_tags=[Tag(name="cases", description="办件")], abp_security=SECURITY)


@api.post("/particulars", summary="显示完整信息: personal data in full", operation_id="unmask",
          responses=answered(shapes.Particulars, 404))
def unmask(path: CasePath, header: Asking, body: shapes.UnmaskingReason) -> Response:
    """To an account everything else shows them masked (domain rules §5). Who looked, when and why is written down, for the
    audit administrator 审计管理员: so it takes no key, under which they would be seen again unwritten."""
    with write(door().database) as connection:
        row = case_here(connection, path.number)
        unmasking.record(connection, row.number, by=header.by, reason=body.reason, now=now())
    return as_json(shapes.Particulars(number=row.number, data=orjson.loads(row.data)))


@api.get("/process.bpmn", summary="The diagram a case runs on", operation_id="case_diagram", responses=downloaded([BPMN], 404))
def get_diagram(path: CasePath) -> Response:
    """Of the version it was opened on."""
    with read(door().database) as connection:
        row = reading.definition(connection, case_here(connection, path.number).definition_id)
    return as_file(row.source, BPMN, f"{row.process}-{row.version}.bpmn")
