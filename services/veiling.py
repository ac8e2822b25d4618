"""What of people's numbers leaves this program about a case: its forms say which fields are personal, and in free text they
are found by their looks (`services.masking`). For pages, the API and what is posted to other systems alike; who is shown more
is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services import forms
from services.deployments import Deployment
from services.masking import hidden, is_personal, masked
from services.office import Office

Fields = Mapping[str, Mapping[str, Any]]


def fields_of(office: Office, deployment: Deployment) -> Fields:
    """The fields of all forms of a process; one that several ask is as the first has it, and personal when any says so."""
    names = [deployment.definition.process.form, *(node.work.form for node in deployment.nodes.values() if node.work)]
    found: dict[str, Mapping[str, Any]] = {}
    for form in dict.fromkeys(name for name in names if name):
        properties: Mapping[str, Any] = forms.load(office.shelf / "forms" / form).get("properties", {})
        for name, schema in properties.items():
            found[name] = {**found.get(name, schema), **({"x-personal": True} if is_personal(schema) else {})}
    return found


def veiled(fields: Fields, value: Any) -> Any:
    """A value of JSON in which the fields of forms stand, at whatever depth."""
    if isinstance(value, dict):
        return {name: _field(fields[name], each) if name in fields else veiled(fields, each) for name, each in value.items()}
    if isinstance(value, list):
        return [veiled(fields, each) for each in value]
    return hidden(value) if isinstance(value, str) else value


def _field(schema: Mapping[str, Any], value: Any) -> Any:
    """The value of a field, of the same shape."""
    match value:
        case list():
            return [_field(schema.get("items", {}), each) for each in value]
        case dict():
            inside = schema.get("properties", {})
            return {name: _field(inside.get(name, {}), each) for name, each in value.items()}
        case str():
            return masked(value) if is_personal(schema) else hidden(value)
        case bool() | None:
            return value
    return masked(str(value)) if is_personal(schema) else value
