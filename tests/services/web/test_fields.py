"""Forms of the shelf as fields of a page, and what is typed into them as data again."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from services.settings import SHELF
from services.web.fields import Field, Upload, fields, typed

SCHEMA = {
    "type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "title": "企业名称", "maxLength": 100},
        "scope": {"type": "string", "title": "经营范围", "maxLength": 2000},
        "capital": {"type": "number", "title": "注册资本(万元)"},
        "wants_bank": {"type": "boolean", "title": "预约开户", "default": True},
        "day": {"type": "string", "format": "date", "title": "日期"},
        "channel": {"type": "string", "enum": ["窗口", "网上"]},
        "materials": {"type": "array", "items": {"type": "string", "examples": ["申请表"]}},
        "kinds": {"type": "array", "items": {"type": "string", "enum": ["普通", "专用"]}},
        "permits": {"type": "array", "items": {"type": "object", "properties": {
            "sort": {"type": "string"}, "number": {"type": "string"}}}}}}


def kinds(shown: tuple[Field, ...]) -> dict[str, str]:
    return {field.path.removeprefix("data."): field.kind for field in shown}


def test_each_sort_of_value_is_asked_for_in_its_own_way() -> None:
    shown = fields(SCHEMA, {}, {})

    assert kinds(shown) == {
        "name": "text", "scope": "long", "capital": "number", "wants_bank": "yes_no", "day": "date", "channel": "choice",
        "materials": "lines", "kinds": "ticks", "permits": "rows"}
    assert [field.path for field in shown if field.is_required] == ["data.name"]


def test_what_was_typed_comes_back_as_data() -> None:
    form = MultiDict([
        ("data.name", " 湘阴启明科技有限公司 "), ("data.capital", "12.5"), ("data.wants_bank", "no"),
        ("data.day", "2026-03-11"),
        ("data.materials", "申请表\n\n章程\n申请表"), ("data.kinds", "普通"), ("data.kinds", "专用"),
        ("data.permits.0.sort", ""), ("data.permits.3.sort", "施工许可证"), ("data.permits.3.number", "A1")])

    assert typed(SCHEMA, form) == {
        "name": "湘阴启明科技有限公司", "capital": 12.5, "wants_bank": False, "day": "2026-03-11",
        "materials": ["申请表", "章程"],
        "kinds": ["普通", "专用"], "permits": [{"sort": "施工许可证", "number": "A1"}]}


def test_what_was_left_empty_is_left_out() -> None:
    assert typed(SCHEMA, MultiDict({"data.name": "  ", "data.capital": ""})) == {}


def test_a_text_that_is_no_number_stays_as_it_was_typed() -> None:
    data = typed(SCHEMA, MultiDict({"data.capital": "一百万"}))

    (capital,) = (field for field in fields(SCHEMA, data, {"data.capital": "不是数字"}) if field.path == "data.capital")

    assert (data, capital.value, capital.fault) == ({"capital": "一百万"}, "一百万", "不是数字")


def test_a_table_shows_what_is_there_and_rows_to_go_on() -> None:
    (permits,) = (field for field in fields(SCHEMA, {"permits": [{"sort": "施工许可证"}]}, {}) if field.kind == "rows")

    assert [row[0].value for row in permits.rows] == ["施工许可证", "", ""]


@pytest.mark.parametrize("hostile", ["999999999", "-1", "x", "0" * 9, "１"])
def test_rows_out_of_all_number_are_not_read(hostile: str) -> None:
    assert typed(SCHEMA, MultiDict({f"data.permits.{hostile}.sort": "证"})) == {}


def _example(schema: dict[str, Any]) -> Any:
    """Something a person might type into a field."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "boolean":
            return True
        case "number" | "integer":
            return 7
        case "array":
            return [_example(schema["items"])]
        case "object":
            return {name: _example(inner) for name, inner in schema["properties"].items()}
    return "2026-03-11" if schema.get("format") == "date" else "文字"


def _as_form(shown: tuple[Field, ...]) -> list[tuple[str, str]]:
    """What a browser sends of a page's fields."""
    sent: list[tuple[str, str]] = []
    for field in shown:
        if field.kind == "rows":
            for row in field.rows:
                sent += _as_form(row)
        elif field.kind == "ticks":
            sent += [(field.path, value) for value in field.values]
        else:
            sent.append((field.path, "\r\n".join(field.values) if field.kind == "lines" else field.value))
    return sent


@pytest.mark.parametrize("form", sorted(path.name for path in (SHELF / "forms").glob("*.json")))
def test_every_form_of_the_shelf_goes_through_a_browser_and_back(form: str) -> None:
    schema = json.loads(Path(SHELF / "forms" / form).read_text())
    data = _example(schema)

    assert typed(schema, MultiDict(_as_form(fields(schema, data, {})))) == data


WITH_SHEET = {"type": "object", "properties": {"sheet": {"type": "string", "format": "file", "title": "表格"}}}


def test_a_file_stands_in_its_form_again_and_another_takes_its_place() -> None:
    sent = typed(WITH_SHEET, MultiDict(), files=MultiDict({"data.sheet": FileStorage(BytesIO("园区".encode()), "清单.csv")}))
    shown = fields(WITH_SHEET, sent, {})[0]
    kept = MultiDict({"data.sheet": shown.value, "data.sheet.name": "清单.csv"})

    assert sent == {"sheet": Upload(name="清单.csv", data="园区".encode())}
    assert (shown.kind, shown.values) == ("file", ("清单.csv",))
    assert typed(WITH_SHEET, kept, files=MultiDict()) == sent
    assert typed(WITH_SHEET, kept, files=MultiDict({"data.sheet": FileStorage(BytesIO(b"x"), "b.csv")}))["sheet"].data == b"x"


def test_what_only_pretends_to_be_a_kept_file_is_none() -> None:
    assert typed(WITH_SHEET, MultiDict({"data.sheet": "不是Base64"}), files=MultiDict()) == {}


def test_a_password_never_stands_in_its_form_again() -> None:
    schema = {"type": "object", "properties": {"password": {"type": "string", "format": "password"}}}

    assert fields(schema, {"password": "洞庭湖"}, {})[0].value == ""
