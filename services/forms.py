"""What may be entered: the forms of the shelf (JSON Schema 2020-12) and the variables a diagram declares.

A value nobody declared is refused by name, so that a slip of the pen never becomes data that nothing reads. A field whose
schema has a `format` of `engine.codes` must hold such a code, and is kept as the code is written (half-width, capitals); what
is only doubtful about it is told, never refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from engine import codes
from engine.definitions.model import Node
from engine.errors import InvalidInput
from engine.sentences import Sentence, quoted, say
from services.deployments import BY_HAND, Deployment

_TYPES: Mapping[str, dict[str, object]] = {
    "string": {"type": "string", "maxLength": 10_000}, "int": {"type": "integer"}, "double": {"type": "number"},
    "bool": {"type": "boolean"}, "any": {"type": ["string", "number", "boolean", "null"]},
    "list": {"type": "array", "maxItems": 500, "items": {"type": ["string", "number", "boolean", "null"]}},
}

_ASKED: Mapping[str, dict[str, object]] = {"any": _TYPES["string"], "list": {**_TYPES["list"], "items": {"type": "string"}}}
"""As people are asked for it, where a program may answer in several types."""

_OPINION = jsonschema_rs.validator_for({
    "type": "object", "maxProperties": 50, "propertyNames": {"maxLength": 100},
    "additionalProperties": {"anyOf": [_TYPES["string"], _TYPES["any"], _TYPES["list"]]}})

RULES: Mapping[str, str] = {
    "required": "the field {value} is missing", "type": "is not of the type {value}", "enum": "is none of {value}",
    "maxLength": "is longer than {value} characters", "minLength": "is shorter than {value} characters",
    "minimum": "is less than {value}", "maximum": "is more than {value}", "maxItems": "has more than {value} items",
    "format": "is not of the form {value}", "pattern": "does not match the pattern {value}",
    "uniqueItems": "names an item twice", "additionalProperties": "has the unknown fields {value}",
}
"""The rules of JSON Schema that forms use, each as what a value does that breaks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What was entered in a form, codes as they are kept. `doubts`: what is odd about a field, by its JSON path."""

    data: Mapping[str, object]
    doubts: Mapping[str, str]


def check_start(shelf: Path, deployment: Deployment, data: Mapping[str, object], *, on: date | None = None) -> Entered:
    """Check the data a case is opened with. `on`: the day, which people must have been born before; None: any. Raises
    InvalidInput naming the field."""
    return _check(shelf, deployment, deployment.definition.process.form, data, on)


def known_at_start(shelf: Path, deployment: Deployment) -> tuple[str, ...]:
    """The names a case may be opened with, sorted."""
    process = deployment.definition.process
    return tuple(sorted(_validator(shelf, process.form, tuple(process.variables.items()))[0]["properties"]))


def check_task(
    shelf: Path, deployment: Deployment, form: str | None, data: Mapping[str, object], *, on: date | None = None,
) -> Entered:
    """Check the data a task is completed with; `form` None allows the declared variables only. As `check_start`."""
    if form is not None and form.startswith(BY_HAND):
        return _checked(*_compiled(by_hand(shelf, deployment, form)), data, on)
    return _check(shelf, deployment, form, data, on) if data else Entered(data={}, doubts={})


def check_some(shelf: Path, deployment: Deployment, data: Mapping[str, object], *, on: date | None = None) -> Entered:
    """Check some of the data a case was opened with, as `check_start`; what it requires besides is there already."""
    form = deployment.definition.process.form
    schema, _ = _validator(shelf, form, tuple(deployment.definition.process.variables.items()))
    return _checked(*_compiled({**schema, "required": []}), data, on)


def titles(shelf: Path, deployment: Deployment) -> dict[str, str]:
    """What the start form of a process calls its fields."""
    form = deployment.definition.process.form
    properties: dict[str, Any] = load(shelf / "forms" / form).get("properties", {}) if form else {}
    return {name: schema["title"] for name, schema in properties.items() if isinstance(schema, dict) and "title" in schema}


def check_answer(deployment: Deployment, node: Node, data: Mapping[str, object]) -> None:
    """Check what a connector answers at a service task: variables it gives, or any the diagram declares where it does not say
    which. Raises InvalidInput naming the field."""
    declared = deployment.definition.process.variables
    gives = node.connector.gives if node.connector is not None else ()
    properties = {name: _TYPES[declared.get(name, "any")] for name in gives or declared}
    _checked(*_compiled({"type": "object", "properties": properties, "additionalProperties": False}), data, None)


def by_hand(shelf: Path, deployment: Deployment, form: str) -> dict[str, Any]:
    """The form in which people enter what a system would have answered, as its JSON Schema; all of it is asked for. Raises
    InvalidInput for a form that is none of this diagram's."""
    node = deployment.entered.get(form)
    if node is None:
        raise InvalidInput("data", say("the form {file} is not on the shelf; deploy it beside its diagram", file=form))
    declared, named = deployment.definition.process.variables, titles(shelf, deployment)
    gives = node.connector.gives if node.connector is not None else ()
    properties = {name: {**_ASKED.get(kind := declared.get(name, "any"), _TYPES[kind]), "title": named.get(name, name)}
                  for name in gives}
    return {"type": "object", "properties": properties, "required": list(gives), "additionalProperties": False}


def check_opinion(data: Mapping[str, object]) -> None:
    """Check what comes with an answer to a question beside the diagram: a few texts, numbers or lists of them. Raises
    InvalidInput naming the field."""
    error = next(iter(_OPINION.iter_errors(dict(data))), None)
    if error is not None:
        raise InvalidInput(_path(error.instance_path), _said(error))


def start_fields(shelf: Path, deployment: Deployment) -> Mapping[str, Mapping[str, object]]:
    """What a case may be opened with: each name with its JSON Schema, whose `title` is its Chinese name."""
    process = deployment.definition.process
    own: dict[str, Any] = load(shelf / "forms" / process.form).get("properties", {}) if process.form else {}
    return {**{name: _TYPES[kind] for name, kind in process.variables.items()}, **own}


@lru_cache(maxsize=256)
def load(path: Path) -> dict[str, dict[str, object]]:
    """A form of the shelf, as its JSON Schema. Raises InvalidInput when it is missing or no JSON."""
    try:
        return dict(orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        raise InvalidInput("data", say(
            "the form {file} is not on the shelf; deploy it beside its diagram", file=path.name)) from None
    except orjson.JSONDecodeError as error:
        raise InvalidInput("data", say("the form {file} is not JSON: {technical}", file=path.name, technical=error)) from error


def _check(shelf: Path, deployment: Deployment, form: str | None, data: Mapping[str, object], on: date | None) -> Entered:
    return _checked(*_validator(shelf, form, tuple(deployment.definition.process.variables.items())), data, on)


def _checked(
    schema: Mapping[str, Any], validator: jsonschema_rs.Validator, data: Mapping[str, object], on: date | None,
) -> Entered:
    properties = schema["properties"]
    for name in data:
        if name not in properties:
            raise InvalidInput(f"data.{name}", say(
                "unknown field; known are: {known}", known=tuple(sorted(properties)) or say("none")))
    error = next(iter(validator.iter_errors(dict(data))), None)
    if error is not None:
        raise InvalidInput(_path(error.instance_path), _said(error))
    doubts: dict[str, str] = {}
    kept = {name: _coded(properties[name], value, f"data.{name}", on, doubts) for name, value in data.items()}
    return Entered(data=kept, doubts=doubts)


def _coded(schema: object, value: object, path: str, on: date | None, doubts: dict[str, str]) -> object:
    """A value whose codes are checked and written as they are kept; what is odd about them is added to `doubts`."""
    if not isinstance(schema, dict):
        return value
    match value:
        case str() if value and (check := codes.FORMATS.get(schema.get("format", ""))) is not None:
            code = check(value, path, on)
            if code.doubt:
                doubts[path] = code.doubt
            return code.value
        case list():
            return [_coded(schema.get("items"), item, f"{path}.{at}", on, doubts) for at, item in enumerate(value)]
        case dict():
            inside = schema.get("properties", {})
            return {name: _coded(inside.get(name), each, f"{path}.{name}", on, doubts) for name, each in value.items()}
    return value


@lru_cache(maxsize=256)
def _validator(
    shelf: Path, form: str | None, variables: tuple[tuple[str, str], ...],
) -> tuple[dict[str, Any], jsonschema_rs.Validator]:
    """The schema of a form with the variables a diagram declares, and the same compiled."""
    own = load(shelf / "forms" / form) if form else {}
    properties = {**{name: _TYPES[kind] for name, kind in variables}, **own.get("properties", {})}
    schema = {**own, "type": "object", "properties": properties, "additionalProperties": False}
    return schema, jsonschema_rs.validator_for(schema)


def _compiled(schema: dict[str, Any]) -> tuple[dict[str, Any], jsonschema_rs.Validator]:
    return schema, jsonschema_rs.validator_for(schema)


def _said(error: jsonschema_rs.ValidationError) -> Sentence:
    """What the validator says, with a pattern of ours that means the same."""
    pattern = RULES.get(error.kind.name)
    if pattern is None:
        return quoted(error.message)
    value: Any = error.kind.value
    return Sentence(error.message, pattern, {"value": tuple(value) if isinstance(value, list) else value})


def _path(parts: Sequence[str | int]) -> str:
    return ".".join(["data", *map(str, parts)])
