"""收件 at the window: pick the matter or bundle, fill in the application, see what would be due, open the case.

The form is that of the diagram; what is wrong is said at its field and what was typed stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.catalogue import Matter
from engine.errors import Incident, InvalidInput, Refusal
from services import cases, errands, foreseeing, forms
from services.database import reading as read
from services.database import writing as write
from services.deployments import Deployment, find
from services.store import reading
from services.web.door import door, now
from services.web.fields import Schema, fields, typed
from services.web.pages.case_file import foreseen_line
from services.web.visiting import visitor
from services.web.words.refusals import in_chinese, reason_in_chinese

pages = Blueprint("intake", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A matter or bundle that can be taken in."""

    process: str
    name: str
    code: str
    department: str
    kind: str
    is_bundle: bool


@pages.get("/intake")
def choose() -> str:
    """Which matters there are, bundles first; searched by name, code or department."""
    wanted = request.args.get("q", "").strip()[:100]
    with read(door().database) as connection:
        door().office.refresh(connection)
        found = [each for each in _choices(connection) if wanted in f"{each.name} {each.code} {each.department} {each.process}"]
    return render_template("intake.html", choices=found, q=wanted)


@pages.get("/intake/<process>")
def fill_in(process: str) -> str:
    """The application form of a matter."""
    return _page(process, {}, {}, None)


@pages.post("/intake/<process>")
def open_case(process: str) -> Response | tuple[str, int]:
    """Open the case, and go to its page."""
    with read(door().database) as connection:
        schema = _schema(_deployment(connection, process))
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
        deployment = _deployment(connection, process)
        park = data.get("park", "")
        foreseen = foreseeing.foresee(connection, office, deployment, foreseeing.unopened(
            deployment, now=now(), park=park if isinstance(park, str) else ""), now=now())
    matter = office.catalogue.matter_of(deployment.process)
    schema = _with_parks(_schema(deployment), matter)
    at_fields = set(_paths(schema))
    return render_template(
        "intake_form.html", deployment=deployment, matter=matter, fields=fields(schema, data, faults),
        foreseen=[foreseen_line(fact) for fact in foreseen],
        refusal="" if refusal is None or any(path in at_fields for path in faults) else in_chinese(refusal))


def _schema(deployment: Deployment) -> Schema:
    """The form of a diagram; a diagram without one asks for nothing."""
    form = deployment.definition.process.form
    return forms.load(door().office.shelf / "forms" / form) if form else {}


def _with_parks(schema: Schema, matter: Matter | None) -> Schema:
    """The form as the window shows it: parks are chosen, and what the catalogue requires is required."""
    properties: dict[str, Any] = dict(schema.get("properties", {}))
    parks = [park.name for park in door().office.catalogue.parks.values()]
    if "park" in properties and parks:
        properties["park"] = {**properties["park"], "enum": parks}
    required = [*schema.get("required", ()), *(matter.requires if matter else ())]
    return {**schema, "properties": properties, "required": list(dict.fromkeys(required))}


def _paths(schema: Schema) -> list[str]:
    return [f"data.{name}" for name in schema.get("properties", {})]


def _deployment(connection: Connection, process: str) -> Deployment:
    return door().office.deployment(connection, find(connection, process))


def _choices(connection: Connection) -> list[Choice]:
    office = door().office
    found = [office.deployment(connection, row.id) for row in reading.latest_definitions(connection)]
    choices = [_choice(each, office.catalogue.matter_of(each.process)) for each in found]
    return sorted(choices, key=lambda each: (not each.is_bundle, each.code == "", each.code))


def _choice(deployment: Deployment, matter: Matter | None) -> Choice:
    process = deployment.definition.process
    return Choice(process=deployment.process, name=process.name or deployment.process, code=deployment.matter,
                  department=deployment.department, is_bundle=deployment.is_bundle, kind=KINDS.get(matter.kind.value, "")
                  if matter else "")


KINDS: Mapping[str, str] = {
    "immediate": "即办件", "promised": "承诺件", "joint": "联办件", "reported": "上报件", "service": "服务",
}
