"""Bodies of requests: where ids stand in them, at whatever depth, and how one is put there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.isolation.openapi import described, resolved
from tests.isolation.routes import Operation

if TYPE_CHECKING:
    from tests.isolation.asks import Ask, File

# The name under which a map of the body takes an id.
ANY = "any"


def ids_in(schema: dict[str, Any], place: str = "", name: str = "") -> Iterator[tuple[str, str]]:
    """Return the places of a body that take ids, each with the name of its field.

    An item of a list is written `document_ids[]`, what lies inside something `lines[].task_id`.
    """
    plain = resolved(schema)
    if plain.get("format") == "uuid":
        yield place, name
    for inner, part in plain.get("properties", {}).items():
        yield from ids_in(part, f"{place}.{inner}" if place else inner, inner)
    if isinstance(plain.get("items"), dict):
        yield from ids_in(plain["items"], f"{place}[]", name)
    if isinstance(plain.get("additionalProperties"), dict):
        yield from ids_in(plain["additionalProperties"], f"{place}.{ANY}", name)
    for kind in ("allOf", "anyOf", "oneOf"):
        for part in plain.get(kind, []):
            yield from ids_in(part, place, name)


def put(body: Any, place: str, value: Any) -> Any:
    """Return the body with the value in that place, and the rest as it was."""
    head, dot, rest = place.partition(".")
    name, is_list = head.removesuffix("[]"), head.endswith("[]")
    found = dict(body) if isinstance(body, dict) else {}
    if not name:
        return [put({}, rest, value) if rest else value]
    old = found.get(name)
    if is_list:
        first = old[0] if isinstance(old, list) and old else {}
        found[name] = [put(first, rest, value) if dot else value]
    else:
        found[name] = put(old, rest, value) if dot else value
    return found


def sends_files(found: Operation) -> bool:
    """Tell whether the operation takes a form with a file."""
    return "multipart/form-data" in described(found).get("requestBody", {}).get("content", {})


def with_file(ask: "Ask", file: "File") -> "Ask":
    """Return the same request as a form with a file in place of the text."""
    fields = {name: value for name, value in (ask.body or {}).items() if name != "text"}
    return ask.but(body=None, form=tuple(fields.items()), file=file)
