"""The API describes itself, truly: valid OpenAPI 3.1, every route, answers of the shapes it promises."""

import re
from collections.abc import Iterator

import orjson
import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from services.web.shapes.cases import _Query
from services.web.shapes.headers import _Headers


def test_the_description_is_valid_openapi_3_1(client) -> None:
    document = client.get("/api/v1/openapi.json")

    assert document.content_type == "application/json" and document.json["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document.json).validate()


def test_every_route_is_described_with_its_errors_and_its_security(client) -> None:
    document = client.get("/api/v1/openapi.json").json
    routes = {rule.rule for rule in client.application.url_map.iter_rules()
              if rule.rule.startswith(("/api/", "/healthz", "/readyz")) and rule.endpoint != "description"}

    assert {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in routes} == set(document["paths"])
    for path, methods in document["paths"].items():
        for operation in methods.values():
            scheme = "signature" if path.startswith("/api/v1/incoming/") else "bearer"
            assert path in ("/healthz", "/readyz") or (
                operation["security"] == [{scheme: []}] and "401" in operation["responses"])
            assert {"default", "503"} <= set(operation["responses"]) and operation["summary"]
            problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
            assert problem == {"$ref": "#/components/schemas/Problem"}


def test_no_two_shapes_share_a_name(client) -> None:
    """The description knows a shape by its name alone: of two, one would be shown in the place of the other."""
    document = client.get("/api/v1/openapi.json").json["components"]["schemas"]
    known: dict[str, set[str]] = {}
    for shape in _shapes(BaseModel):
        schema = shape.model_json_schema()
        for name, inner in {**schema.pop("$defs", {}), shape.__name__: schema}.items():
            if name in document:
                known.setdefault(name, set()).add(orjson.dumps(inner, option=orjson.OPT_SORT_KEYS).decode())

    assert {name: told for name, told in known.items() if len(told) > 1} == {}


def _shapes(shape: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in shape.__subclasses__():
        if each.__module__.startswith("services.web.") and not issubclass(each, (_Headers, _Query)):
            yield each
        yield from _shapes(each)


def test_examples_have_the_shape_they_stand_for(client) -> None:
    document = client.get("/api/v1/openapi.json").json

    exampled = {name: schema["examples"] for name, schema in document["components"]["schemas"].items() if "examples" in schema}
    assert {"NewCase", "Completing", "Suspending", "Ordering", "Exempting", "Moved", "Problem"} <= set(exampled)
    for name, examples in exampled.items():
        for example in examples:
            _validate(document, name, example)


def test_every_move_has_a_summary_an_article_or_rule_and_an_example(client) -> None:
    document = client.get("/api/v1/openapi.json").json

    for path, methods in document["paths"].items():
        operation = methods.get("post")
        if operation is None or not path.startswith("/api/v1/cases/{number}/"):
            continue
        assert operation["summary"] and operation["description"], path
        if "requestBody" in operation:
            if "multipart/form-data" in operation["requestBody"]["content"]:
                continue  # a file has no example
            shape = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert document["components"]["schemas"][shape]["examples"], path


@pytest.mark.parametrize(("path", "query", "shape"), [
    ("cases", {}, "Cases"), ("cases/{number}", {}, "Case"), ("tasks", {}, "Tasks"), ("clocks", {}, "RunningClocks"),
    ("board", {}, "Board"), ("cards", {}, "Cards"), ("orders", {}, "Orders"),
    ("notifications", {"recipient": "supervisor"}, "Notifications"),
])
def test_answers_have_the_shape_that_is_described(api, client, path: str, query: dict[str, str], shape: str) -> None:
    moved = api.complete(api.complete(api.open(applicant="某公司"), "received"), "accept")

    document = client.get("/api/v1/openapi.json").json
    _validate(document, shape, api.get(path.format(**moved), **query).json)
    _validate(document, "Moved", moved)
    _validate(document, "Problem", api.get("cases/1").json)


def _validate(document: dict[str, object], name: str, value: object) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    errors = list(OAS31Validator(schema).iter_errors(value))
    assert not errors, errors
