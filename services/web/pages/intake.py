"""收件 at the window: pick the matter or bundle, fill in the application, see what would be due, open the case.

The form is that of the diagram; what is wrong is said at its field and what was typed stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Incident, InvalidInput, Refusal
from services import cases, errands
from services.database import reading as read
from services.database import writing as write
from services.web import taking_in
from services.web.door import door, now
from services.web.fields import Schema, fields, typed
from services.web.pages.case_file import foreseen_line
from services.web.visiting import visitor
from services.web.words.refusals import in_chinese, reason_in_chinese

pages = Blueprint("intake", __name__)

KINDS: Mapping[str, str] = {
    "immediate": "即办件", "promised": "承诺件", "joint": "联办件", "reported": "上报件", "service": "服务",
}


@pages.get("/intake")
def choose() -> str:
    """Which matters there are, bundles first; searched by name, code or department."""
    wanted = request.args.get("q", "").strip()[:100]
    with read(door().database) as connection:
        found = taking_in.choices(connection, wanted)
    return render_template("intake.html", choices=found, kinds=KINDS, q=wanted)


@pages.get("/intake/<process>")
def fill_in(process: str) -> str:
    """The application form of a matter."""
    return _page(process, {}, {}, None)


@pages.post("/intake/<process>")
def open_case(process: str) -> Response | tuple[str, int]:
    """Open the case, and go to its page."""
    with read(door().database) as connection:
        schema = taking_in.form_of(taking_in.deployment_of(connection, process))
    data = typed(schema, request.form)
    office = door().office
    try:
        with write(door().database) as connection:
            opened = cases.open_case(connection, office, process=process, data=data, by=visitor().id, now=now())
    except (Refusal, Incident) as refusal:
        faults = {refusal.field: reason_in_chinese(refusal)} if isinstance(refusal, InvalidInput) else {}
        return _page(process, data, faults, refusal), 422
    if opened.asks:
        errands.run_now(door().database, office, now=now())
    return redirect(url_for("case.show", number=opened.number, done="open_case"), 303)


def _page(process: str, data: Mapping[str, Any], faults: Mapping[str, str], refusal: Refusal | Incident | None) -> str:
    office = door().office
    with read(door().database) as connection:
        office.refresh(connection)
        deployment = taking_in.deployment_of(connection, process)
        park = data.get("park", "")
        foreseen = taking_in.foreseen(connection, deployment, park if isinstance(park, str) else "")
    matter = office.catalogue.matter_of(deployment.process)
    schema = taking_in.asked_of(deployment, matter)
    at_fields = set(_paths(schema))
    return render_template(
        "intake_form.html", deployment=deployment, matter=matter, fields=fields(schema, data, faults),
        foreseen=[foreseen_line(fact) for fact in foreseen],
        refusal="" if refusal is None or any(path in at_fields for path in faults) else in_chinese(refusal))


def _paths(schema: Schema) -> list[str]:
    return [f"data.{name}" for name in schema.get("properties", {})]
