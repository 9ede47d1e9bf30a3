"""The API's description, as it is committed, is that of the code; and it says of every operation what a reader needs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.urls import URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

CONVERTERS = {"id": "<uuid:pk>", "form": "<slug:form>", "name": "<str:name>"} | {name: f"<uuid:{name}>" for name in ("site", "scan", "test")}
COMMITTED = Path(__file__).parent.parent / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def described():
    return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True)))  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def operations(described) -> dict[str, dict[str, Any]]:
    return {f"{method} {path}": operation for path, methods in described["paths"].items() for method, operation in methods.items()}


def test_the_committed_description_is_that_of_the_code(described):
    again = "manage.py spectacular --format openapi-json --validate --fail-on-warn --file docs/openapi.json"

    assert json.loads(COMMITTED.read_text()) == described, f"Write it again: {again}"


def test_the_description_is_valid_openapi(described):
    validate_schema(described)  # type: ignore[no-untyped-call]
    assert described["openapi"] == "3.1.1"


def test_every_route_is_described(described):
    routes = {
        str(pattern.pattern)
        for part in get_resolver().url_patterns
        if isinstance(part, URLResolver) and str(part.pattern) == "api/v1/"
        for pattern in part.url_patterns
    }
    plain = {re.sub(r"\{(\w+)\}", lambda name: CONVERTERS[name[1]], path.removeprefix("/api/v1/")) for path in described["paths"]}

    assert routes - plain == {"schema/", "^.*$"}


def test_every_operation_has_a_summary_a_name_and_the_key(operations):
    assert {name for name, operation in operations.items() if not operation.get("summary") or operation["security"] != [{"apiKey": []}]} == set()
    names = [operation["operationId"] for operation in operations.values()]
    assert len(names) == len(set(names))


def test_every_operation_says_how_it_refuses(operations):
    for name, operation in operations.items():
        assert "401" in operation["responses"], name
        for status, answer in operation["responses"].items():
            if status >= "400" and status != "413":
                assert answer["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}, (name, status)


def test_every_example_is_an_example_of_its_schema(described):
    found = list(_examples(described))
    for schema, value in found:
        jsonschema.Draft202012Validator(schema | {"components": described["components"]}, format_checker=jsonschema.FormatChecker()).validate(value)

    assert len(found) >= 15


def test_no_inner_word_of_the_code_is_told(described):
    text = json.dumps(described)

    assert [word for word in ("get_queryset", "workspace_path", "object_key", "digest", "lease", "fence") if word in text] == []


def _examples(node: Any) -> Any:
    if isinstance(node, dict):
        if "schema" in node and "examples" in node:
            yield from ((node["schema"], example["value"]) for example in node["examples"].values())
        for inner in node.values():
            yield from _examples(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _examples(inner)


def test_the_page_about_the_api_names_every_operation_and_no_other(operations):
    named = re.findall(r"`(GET|POST|PATCH|PUT|DELETE) (/[^`?]*)[^`]*`", (COMMITTED.parent / "api.md").read_text())

    assert {f"{method.lower()} /api/v1{path}" for method, path in named} == set(operations)
