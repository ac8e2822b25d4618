"""The upstream platforms of the shelf: `platforms/*.json`, one file a platform, checked by `platforms/schema.json`.

A file is the administrator's to read and to change; whatever is wrong in it is said with the file and the entry, and nothing
starts with it. A shelf without the folder knows no platform.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema_rs

from engine.errors import InvalidInput
from engine.json_lines import read_json
from engine.platform_files import read_platform
from engine.platforms import Platform
from engine.sentences import quoted, say

FOLDER, SCHEMA = "platforms", "schema.json"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_platforms(shelf: Path) -> dict[str, Platform]:
    """The platforms of a shelf, by name. Raises InvalidInput with file and entry."""
    files = [path for path in sorted((shelf / FOLDER).glob("*.json")) if path.name != SCHEMA]
    if not files:
        return {}
    schema = jsonschema_rs.validator_for(_json(shelf / FOLDER / SCHEMA))
    return {path.stem: _platform(path, schema) for path in files}


def _platform(path: Path, schema: jsonschema_rs.Validator) -> Platform:
    if not _NAME.fullmatch(path.stem):
        raise InvalidInput(path.name, "expected a name of small letters, digits and “_”: it stands in addresses")
    data = _json(path)
    error = next(iter(schema.iter_errors(data)), None)
    if error is not None:
        raise InvalidInput(_entry(path, ".".join(map(str, error.instance_path))), quoted(error.message))
    try:
        return read_platform(path.stem, data)
    except InvalidInput as refusal:
        raise InvalidInput(_entry(path, refusal.field), refusal.reason) from refusal


def _json(path: Path) -> dict[str, Any]:
    try:
        data, _ = read_json(path.read_bytes())
    except FileNotFoundError:
        raise InvalidInput(path.name, say("{file} is not on the shelf", file=f"{FOLDER}/{path.name}")) from None
    except InvalidInput as refusal:
        raise InvalidInput(path.name, refusal.reason) from refusal
    if not isinstance(data, dict):
        raise InvalidInput(path.name, "expected one JSON object")
    return data


def _entry(path: Path, entry: str) -> str:
    return f"{path.name}: {entry}" if entry else path.name
