"""What may be entered: the forms of the shelf (JSON Schema 2020-12) and the variables a diagram declares.

A value nobody declared is refused by name, so that a slip of the pen never becomes data that nothing reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import jsonschema_rs
import orjson

from engine.errors import InvalidInput
from services.deployments import Deployment

_TYPES: Mapping[str, dict[str, object]] = {
    "string": {"type": "string", "maxLength": 10_000}, "int": {"type": "integer"}, "double": {"type": "number"},
    "bool": {"type": "boolean"}, "any": {"type": ["string", "number", "boolean", "null"]},
    "list": {"type": "array", "maxItems": 500, "items": {"type": ["string", "number", "boolean", "null"]}},
}


def check_start(shelf: Path, deployment: Deployment, data: Mapping[str, object]) -> None:
    """Check the data a case is opened with. Raises InvalidInput naming the field."""
    _check(shelf, deployment, deployment.definition.process.form, data)


def check_task(shelf: Path, deployment: Deployment, form: str | None, data: Mapping[str, object]) -> None:
    """Check the data a task is completed with; `form` None allows the declared variables only."""
    if data:
        _check(shelf, deployment, form, data)


def start_fields(shelf: Path, deployment: Deployment) -> Mapping[str, Mapping[str, object]]:
    """What a case may be opened with: each name with its JSON Schema, whose `title` is its Chinese name."""
    process = deployment.definition.process
    own = load(shelf / "forms" / process.form) if process.form else {}
    return {**{name: _TYPES[kind] for name, kind in process.variables.items()}, **own.get("properties", {})}  # type: ignore[dict-item]


@lru_cache(maxsize=256)
def load(path: Path) -> dict[str, dict[str, object]]:
    """A form of the shelf, as its JSON Schema. Raises InvalidInput when it is missing or no JSON."""
    try:
        return dict(orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        raise InvalidInput("data", f"the form {path.name} is not on the shelf; deploy it beside its diagram") from None
    except orjson.JSONDecodeError as error:
        raise InvalidInput("data", f"the form {path.name} is not JSON: {error}") from error


def _check(shelf: Path, deployment: Deployment, form: str | None, data: Mapping[str, object]) -> None:
    known, validator = _validator(shelf, form, tuple(deployment.definition.process.variables.items()))
    for name in data:
        if name not in known:
            raise InvalidInput(f"data.{name}", f"unknown field; known are: {', '.join(known) or 'none'}")
    error = next(iter(validator.iter_errors(dict(data))), None)
    if error is not None:
        raise InvalidInput(_path(error.instance_path), error.message)


@lru_cache(maxsize=256)
def _validator(
    shelf: Path, form: str | None, variables: tuple[tuple[str, str], ...],
) -> tuple[tuple[str, ...], jsonschema_rs.Validator]:
    """The known names, sorted, and the compiled schema of a form with the variables a diagram declares."""
    own = load(shelf / "forms" / form) if form else {}
    properties = {**{name: _TYPES[kind] for name, kind in variables}, **own.get("properties", {})}
    schema = {**own, "type": "object", "properties": properties, "additionalProperties": False}
    return tuple(sorted(properties)), jsonschema_rs.validator_for(schema)


def _path(parts: Sequence[str | int]) -> str:
    return ".".join(["data", *map(str, parts)])
