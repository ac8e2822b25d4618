"""The API of bundles 一件事: have done again what could not be done between a bundle and one of its children."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import bundles
from services.acting import Command
from services.web.auth import API
from services.web.describe import SECURITY, moved
from services.web.door import door
from services.web.once import mark, perform
from services.web.shapes import bundles as shapes_bundles
from services.web.shapes import cases as shapes

api = APIBlueprint("bundles", __name__, url_prefix=f"{API}/cases", abp_tags=[Tag(name="bundles", description="一件事一次办")],
                   abp_security=SECURITY)


@api.post("/<number>/children/<int:token>/retry", summary="Try again between a bundle and a child", operation_id="retry_child",
          responses=moved(shapes.Moved))
def retry(path: shapes_bundles.ChildPath, header: shapes.Moving) -> Response:
    """For an incident of the bundle that names the child's `token`, once its cause is mended: the child is opened, or the
    bundle told of it. 404 when nothing was set aside."""
    return perform(mark(header.key), lambda connection, at: bundles.ask_again(
        connection, door().office, Command(number=path.number, by=header.by, now=at, version=header.version), token=path.token))
