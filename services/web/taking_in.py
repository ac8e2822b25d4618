"""What can be taken in 收件, and what its form asks for, for the window's pages and the API alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.catalogue import Matter
from engine.errors import NotFound
from engine.events import ClockStarted
from services import foreseeing, forms
from services.deployments import BY_HAND, Deployment, find
from services.permit_sorts import read_sorts
from services.store import reading
from services.web.door import door, now
from services.web.fields import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A matter or bundle that can be taken in. `kind`: of the catalogue, "" for what is in none."""

    process: str
    name: str
    code: str
    department: str
    kind: str
    is_bundle: bool


def choices(connection: Connection, wanted: str) -> list[Choice]:
    """Which matters there are, bundles first; those that have a text in their name, code, department or process."""
    door().office.refresh(connection)
    found = [choice_of(door().office.deployment(connection, row.id)) for row in reading.latest_definitions(connection)]
    return sorted((each for each in found if wanted in f"{each.name} {each.code} {each.department} {each.process}"),
                  key=lambda each: (not each.is_bundle, each.code == "", each.code))


def choice_of(deployment: Deployment) -> Choice:
    """A deployed process as it is chosen."""
    matter, process = door().office.catalogue.matter_of(deployment.process), deployment.definition.process
    return Choice(process=deployment.process, name=process.name or deployment.process, code=deployment.matter,
                  department=deployment.department, is_bundle=deployment.is_bundle, kind=matter.kind.value if matter else "")


def deployment_of(connection: Connection, process: str) -> Deployment:
    """The version a case would be opened on. Raises NotFound."""
    return door().office.deployment(connection, find(connection, process))


def form_of(deployment: Deployment) -> Schema:
    """The form of a diagram; a diagram without one asks for nothing."""
    form = deployment.definition.process.form
    return forms.load(door().office.shelf / "forms" / form) if form else {}


def step_form(connection: Connection, form: str) -> Schema:
    """A form of the shelf, by the name of its file; permits it grants are chosen from the sorts there are. Or the form in which
    people enter what a system would have answered, by its name. Raises NotFound."""
    shelf = door().office.shelf
    if form.startswith(BY_HAND):
        return _by_hand(connection, form)
    if form not in {path.name for path in (shelf / "forms").glob("*.json")}:
        raise NotFound("form", form)
    schema: Schema = forms.load(shelf / "forms" / form)
    sort = schema.get("properties", {}).get("permits", {}).get("items", {}).get("properties", {}).get("sort")
    if sort is None:
        return schema
    names = [{"const": each.sort, "title": each.name} for each in read_sorts(shelf).values()]
    named: dict[str, Any] = orjson.loads(orjson.dumps(schema))
    named["properties"]["permits"]["items"]["properties"]["sort"] = {**sort, "oneOf": names}
    return named


def _by_hand(connection: Connection, form: str) -> Schema:
    id = form.removeprefix(BY_HAND).partition(":")[0]
    if not (id.isascii() and id.isdigit() and len(id) < 19):
        raise NotFound("form", form)
    deployment = door().office.deployment(connection, int(id))
    if form not in deployment.entered:
        raise NotFound("form", form)
    return forms.by_hand(door().office.shelf, deployment, form)


def asked_of(deployment: Deployment, matter: Matter | None) -> Schema:
    """The form as the window shows it: parks are chosen, and what the catalogue requires is required."""
    schema = form_of(deployment)
    properties: dict[str, Any] = dict(schema.get("properties", {}))
    parks = [park.name for park in door().office.catalogue.parks.values()]
    if "park" in properties and parks:
        properties["park"] = {**properties["park"], "enum": parks}
    required = [*schema.get("required", ()), *(matter.requires if matter else ())]
    return {**schema, "properties": properties, "required": list(dict.fromkeys(required))}


def foreseen(connection: Connection, deployment: Deployment, park: str) -> list[ClockStarted]:
    """What would be due, were such a case accepted now."""
    case = foreseeing.unopened(deployment, now=now(), park=park)
    return foreseeing.foresee(connection, door().office, deployment, case, now=now())
