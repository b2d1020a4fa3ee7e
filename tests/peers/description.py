"""What a vendor's own description says against a request of ours, or a reply of a peer's."""

import re
from collections.abc import Mapping
from typing import Any

import jsonschema

from tests.peers.specs import spec as described_in


def described(name: str) -> Any:
    """Return the description, or None where it does not lie beside the checkout."""
    return described_in(f"{name}.openapi")


def problems_of_request(name: str, method: str, path: str, body: Any) -> list[str]:
    """Return what is wrong with a call; a path that is not described is wrong as well."""
    spec = described(name)
    if spec is None:
        return []
    found = _operation(spec, method, path)
    if found is None:
        return [f"{method} {path} is not described"]
    content = _resolved(spec, found.get("requestBody", {})).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None or body is None:
        return []
    return _errors(spec, schema, body)


def problems_of_reply(name: str, method: str, path: str, told: tuple[int, Any]) -> list[str]:
    """Return what is wrong with a reply."""
    spec, (status, body) = described(name), told
    if spec is None:
        return []
    found = _operation(spec, method, path)
    if found is None:
        return [f"{method} {path} is not described"]
    answers = found["responses"]
    key = next(
        (k for k in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
         if k in answers), None,
    )  # fmt: skip
    if key is None:
        return [f"{method} {path} does not answer {status}"]
    content = _resolved(spec, answers[key]).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return [] if schema is None or body is None else _errors(spec, schema, body)


def _operation(spec: Any, method: str, path: str) -> Any:
    for template, methods in spec["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
        if method.lower() in methods and re.fullmatch(pattern, path):
            return methods[method.lower()]
    return None


def _resolved(spec: Any, item: Any) -> Any:
    while isinstance(item, Mapping) and "$ref" in item:
        target = spec
        for part in item["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        item = target
    return item


def _errors(spec: Any, schema: Any, body: Any) -> list[str]:
    whole = {"$ref": "#/schema", "schema": schema, "components": spec["components"]}
    kind = jsonschema.Draft202012Validator if "3.1" in spec["openapi"] else Oas30
    return [f"{error.json_path}: {error.message[:200]}" for error in kind(whole).iter_errors(body)]


def _type(validator: Any, types: Any, instance: Any, schema: Any) -> Any:
    """Read `nullable`, as OpenAPI 3.0 writes it."""
    if instance is None and schema.get("nullable"):
        return
    yield from jsonschema.Draft4Validator.VALIDATORS["type"](validator, types, instance, schema)


Oas30 = jsonschema.validators.extend(jsonschema.Draft4Validator, {"type": _type})
