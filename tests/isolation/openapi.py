"""The OpenAPI description, and a check of answers against it."""

import re
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

from tests.isolation.routes import Operation

PATH_PREFIX = "/api/v1"


@cache
def description() -> dict[str, Any]:
    """Return the schema as the API serves it."""
    return SchemaGenerator().get_schema(request=None, public=True)


def described(operation: Operation) -> dict[str, Any]:
    """Return what the schema says about an operation; `<uuid:pk>` is called `{id}` there."""
    path = re.sub(r"<\w+:(\w+)>", r"{\1}", operation.path.replace("<uuid:pk>", "{id}"))
    return description()["paths"][path][operation.method]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference to a component."""
    while "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def request_schema(operation: Operation) -> dict[str, Any]:
    content = described(operation).get("requestBody", {}).get("content", {})
    return resolved(content.get("application/json", {}).get("schema", {}))


def response_schema(operation: Operation, status: int) -> dict[str, Any] | None:
    """Return the schema of the body, or None for an answer without one."""
    return content_of(operation, status).get("schema")


def content_of(operation: Operation, status: int | str) -> dict[str, Any]:
    """Return what is said of an answer's JSON: its schema and its example."""
    answer = described(operation)["responses"][str(status)]
    if "$ref" in answer:
        answer = description()["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    found: dict[str, Any] = answer.get("content", {}).get("application/json", {})
    return found


def check(body: Any, schema: dict[str, Any]) -> None:
    """Raise jsonschema.ValidationError; a field that is not described is an error too."""
    Draft202012Validator(_plain(schema), format_checker=FormatChecker(["uuid"])).validate(body)


def _plain(schema: Any) -> Any:
    """Turn OpenAPI 3.0 into JSON Schema: no references, `null` as a type."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if [one.get("$ref", "")[-6:] for one in schema.get("anyOf", [])][1:] == ["InPart"]:
        # What nobody has asked to see in part is whole.
        return _plain(schema["anyOf"][0])
    found = {name: _plain(value) for name, value in resolved(schema).items() if name != "nullable"}
    if isinstance(found.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") else found
