"""A form of the shelf (JSON Schema) as fields of a page, and what was typed into them as data again.

Decides how each sort of value is asked for and read. What is allowed stays with `services.forms`, which judges the data; a
text that is no number is handed on as it was typed, so that it is refused there, at its field, and stands in the form again.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

_PREFIX = "data"
_LONG = 200
"""Texts that may be longer than this get several lines."""
_SPARE_ROWS = 2
_YES, _NO = "yes", "no"

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent. `name`: as its sender calls it, to be shown and nothing else."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form. `path`: its JSON path and its name in the form. `kind`: text | long | number | date | yes_no |
    choice | radio | ticks | lines | rows | file | password. `value`: what stands in it, of `ticks` and `lines` several; of a
    file Base64, so that it need not be chosen again, with its name in `values`. `options`: value, label and what choosing it
    means. `rows`: of a table, each a row of fields. `fault`: what is wrong with it, "" for nothing."""

    path: str
    label: str
    kind: str
    is_required: bool
    value: str = ""
    values: tuple[str, ...] = ()
    options: tuple[tuple[str, str, str], ...] = ()
    rows: tuple[tuple[Field, ...], ...] = ()
    most: int | None = None
    hint: str = ""
    fault: str = ""


def fields(schema: Schema, data: Mapping[str, Any], faults: Mapping[str, str], *, within: str = _PREFIX) -> tuple[Field, ...]:
    """The fields of an object's schema, filled with data. `faults`: what is wrong, by JSON path."""
    required = set(schema.get("required", ()))
    return tuple(_field(f"{within}.{name}", inner, data.get(name, inner.get("default")), name in required, faults)
                 for name, inner in schema.get("properties", {}).items())


def typed(
    schema: Schema, form: MultiDict[str, str], *, within: str = _PREFIX, files: MultiDict[str, FileStorage] | None = None,
) -> dict[str, Any]:
    """What was typed into the fields of a schema; what was left empty is left out. `files`: those sent with the form; one of an
    earlier sending that its form has kept counts when no other was chosen."""
    read = {name: _sent(f"{within}.{name}", form, files) if _kind(inner) == "file" else _typed(f"{within}.{name}", inner, form)
            for name, inner in schema.get("properties", {}).items()}
    return {name: value for name, value in read.items() if value is not None}


def _field(path: str, schema: Schema, value: Any, is_required: bool, faults: Mapping[str, str]) -> Field:
    kind = _kind(schema)
    items: Schema = schema.get("items", {})
    rows = _rows(path, items, value, faults) if kind == "rows" else ()
    own = next((fault for at, fault in faults.items() if at == path or (not rows and at.startswith(f"{path}."))), "")
    return Field(
        path=path, label=schema.get("title", path.rpartition(".")[2]), kind=kind, is_required=is_required, fault=own,
        value=_shown(value) if kind not in ("ticks", "lines", "rows", "password") else "", rows=rows,
        values=_several(kind, value),
        options=_options(schema) or _options(items),
        most=schema.get("maxLength"), hint=schema.get("description", ""))


def _several(kind: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, Upload):
        return (value.name,)
    return tuple(map(_shown, value)) if kind in ("ticks", "lines") and isinstance(value, list | tuple) else ()


def _options(schema: Schema) -> tuple[tuple[str, str, str], ...]:
    """What may be chosen: of `oneOf` each constant with its title and description; else the values themselves."""
    if "oneOf" in schema:
        return tuple((str(each["const"]), each.get("title", ""), each.get("description", "")) for each in schema["oneOf"])
    return tuple((str(each), str(each), "") for each in schema.get("enum") or schema.get("examples") or ())


def _kind(schema: Schema) -> str:
    if "oneOf" in schema:
        return "radio" if any(each.get("description") for each in schema["oneOf"]) else "choice"
    match schema.get("type"):
        case "boolean":
            return "yes_no"
        case "integer" | "number" if "oneOf" not in schema:
            return "number"
        case "array":
            items: Schema = schema.get("items", {})
            return "rows" if items.get("type") == "object" else "ticks" if "enum" in items or "oneOf" in items else "lines"
    if "enum" in schema:
        return "choice"
    if schema.get("format") in ("date", "file", "password"):
        return str(schema["format"])
    return "long" if schema.get("maxLength", 0) > _LONG else "text"


def _sent(path: str, form: MultiDict[str, str], files: MultiDict[str, FileStorage] | None) -> Upload | None:
    sent = files.get(path) if files is not None else None
    if sent is not None and sent.filename:
        return Upload(name=_calm(sent.filename), data=sent.read())
    kept = form.get(path, "")
    try:
        return Upload(name=_calm(form.get(f"{path}.name", "")), data=base64.b64decode(kept, validate=True)) if kept else None
    except (binascii.Error, ValueError):
        return None  # nobody's browser sends that


def _calm(name: str) -> str:
    """A file's name as it can be shown."""
    return "".join(sign for sign in name if sign.isprintable())[:_LONG]


def _rows(path: str, items: Schema, value: Any, faults: Mapping[str, str]) -> tuple[tuple[Field, ...], ...]:
    """What is there, and some empty rows to go on."""
    there = [each for each in value if isinstance(each, dict)] if isinstance(value, list | tuple) else []
    return tuple(fields(items, each, faults, within=f"{path}.{at}") for at, each in enumerate([*there, *[{}] * _SPARE_ROWS]))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, Upload):
        return base64.b64encode(value.data).decode()
    return "" if value is None else str(value)


def _typed(path: str, schema: Schema, form: MultiDict[str, str]) -> Any:
    kind = _kind(schema)
    if kind == "rows":
        return _typed_rows(path, schema["items"], form)
    if kind in ("ticks", "lines"):
        lines = [line.strip() for text in form.getlist(path) for line in text.splitlines()]
        return list(dict.fromkeys(line for line in lines if line)) or None
    text = form.get(path, "").strip()
    if not text:
        return None
    match kind:
        case "yes_no":
            return {_YES: True, _NO: False}.get(text, text)
        case "number":
            return _number(text, schema["type"])
    return _number(text, schema["type"]) if schema.get("type") in ("integer", "number") else text


def _typed_rows(path: str, items: Schema, form: MultiDict[str, str]) -> list[dict[str, Any]] | None:
    """The rows in their order, without those left empty."""
    numbers = {name[len(path) + 1:].partition(".")[0] for name in form if name.startswith(f"{path}.")}
    there = sorted(int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 4)
    return [row for at in there if (row := typed(items, form, within=f"{path}.{at}"))] or None


def _number(text: str, kind: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text) if kind == "number" else text
    except ValueError:
        return text
