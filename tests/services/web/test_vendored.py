"""Libraries of others: each file is the one we looked at, under a licence we have read, and asks nobody else for anything."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from services.web import app

VENDOR = Path(app.__file__).parent / "static" / "vendor"
LIST = json.loads((VENDOR / "vendored.json").read_text())


def digest(file: str) -> str:
    return hashlib.sha256((VENDOR / file).read_bytes()).hexdigest()


@pytest.mark.parametrize("file", LIST["files"], ids=lambda file: str(file["file"]))
def test_a_file_is_the_one_that_was_built(file: dict[str, str]) -> None:
    assert digest(file["file"]) == file["sha256"]
    assert {f"{library['name']} {library['version']}" for library in LIST["libraries"]} >= set(file["contains"])


@pytest.mark.parametrize("library", LIST["libraries"], ids=lambda library: str(library["name"]))
def test_a_library_comes_with_its_licence(library: dict[str, str]) -> None:
    assert digest(library["licence_file"]) == library["sha256"]
    assert library["licence"] in {"MIT", "ISC", "Apache-2.0", "BSD-3-Clause", "0BSD", "CC0-1.0", "LicenseRef-bpmn-io"}


def test_every_file_is_listed() -> None:
    lying = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}

    listed = {file["file"] for file in LIST["files"]} | {library["licence_file"] for library in LIST["libraries"]}

    assert lying == listed | {"vendored.json"}


@pytest.mark.parametrize("bundle", ["bpmn-viewer.js", "bpmn-editor.js"])
def test_no_markup_of_a_bundle_carries_a_style_that_the_policy_would_block(bundle: str) -> None:
    text = (VENDOR / bundle).read_text()

    assert not re.search(r'[ `]style="', text) and "insertRule" not in text
    assert not re.search(r"\b(eval|new Function)\(", text)
    assert "bpmn.io" in text  # its mark stays


@pytest.mark.parametrize("sheet", ["bpmn-viewer.css", "bpmn-editor.css"])
def test_a_style_sheet_loads_nothing_but_our_font(sheet: str) -> None:
    loaded = re.findall(r"url\(['\"]?([^'\")]+)", (VENDOR / sheet).read_text())

    assert all(address == "bpmn.woff2" or address.startswith("data:image/svg+xml") for address in loaded)


def test_what_every_page_loads_is_small() -> None:
    sizes = {file["file"]: int(file["gzipped"]) for file in LIST["files"]}

    assert sizes["htmx.min.js"] + sizes["alpine-csp.min.js"] < 100 * 1024
