"""What of people's numbers is shown of a case: its forms say which fields are personal, and in free text they are found by
their looks (`services.web.masking`). For the page of a case and the API alike.

The token of the settings is of the machine that serves, and is shown everything; an account what its page shows it: masked,
until its holder says why he needs the full data, which is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from services import forms
from services.deployments import Deployment
from services.office import Office
from services.store import reading
from services.web.door import door
from services.web.masking import hidden, is_personal, masked
from services.web.shapes import cases as shapes

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


def veiled_case(connection: Connection, case: shapes.Case) -> shapes.Case:
    """A case with what is personal in its data and its facts masked. The hash of a fact is of what was written."""
    row = reading.peek_case(connection, case.number)
    assert row is not None
    fields = fields_of(door().office, door().office.deployment(connection, row.definition_id))
    return case.model_copy(update={
        "data": veiled(fields, case.data),
        "facts": [fact.model_copy(update={"data": veiled(fields, fact.data)}) for fact in case.facts],
        "orders": [order.model_copy(update={"text": hidden(order.text)}) for order in case.orders]})


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
