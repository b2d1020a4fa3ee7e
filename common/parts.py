"""How the OpenAPI schema describes things of which `fields=` or `expand=` shows less or more."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

# Where an operation says what can be expanded, until `tell_of_parts` has read it.
NOTE = "x-expands"
REF = "#/components/schemas/"


def parameters_of_wishes(fields: list[str], relations: dict[str, Any]) -> list[OpenApiParameter]:
    """Return the parameters by which a request chooses."""
    told = {
        "fields": (fields, "Only these fields, apart by commas; the ETag is that of the whole."),
        "expand": (
            list(relations),
            "Together with the ids what they name, as far as you may see it; null where not.",
        ),
    }
    return [
        OpenApiParameter(
            name,
            {"type": "array", "minItems": 1, "items": {"type": "string", "enum": names}},
            description=words,
            style="form",
            explode=False,
        )
        for name, (names, words) in told.items()
        if names
    ]


def tell_of_parts(result: Any, **_about: Any) -> Any:
    """Describe each thing that can be shown in part: beside the whole, the same without needs."""
    shapes = result["components"]["schemas"]
    for methods in result["paths"].values():
        for operation in methods.values():
            expands = operation.pop(NOTE, None)
            if expands is not None:
                answer = operation["responses"]["200"]["content"]["application/json"]
                _tell(answer, expands, shapes)
    result["components"]["schemas"] = dict(sorted(shapes.items()))
    return result


def _tell(answer: Any, expands: dict[str, Any], shapes: Any) -> None:
    whole = answer["schema"]["$ref"].removeprefix(REF)
    if "results" not in shapes[whole]["properties"]:
        answer["schema"] = _either(whole, expands, shapes)
        return
    results = shapes[whole]["properties"]["results"]
    if "$ref" in results["items"]:
        results["items"] = _either(results["items"]["$ref"].removeprefix(REF), expands, shapes)


def _either(name: str, expands: dict[str, Any], shapes: Any) -> dict[str, Any]:
    part, whole = f"{name}InPart", shapes[name]
    more: dict[str, Any] = {}
    for key, (relation, ref) in expands.items():
        one = {"allOf": [ref], "nullable": True}
        if relation.within:
            item = whole["properties"][relation.within]["items"]["$ref"].removeprefix(REF)
            shown = {**shapes[item]["properties"], relation.put_as: one}
            shapes[f"{item}InPart"] = {"type": "object", "properties": shown}
            more[relation.within] = {
                "type": "array",
                "items": {"$ref": f"{REF}{item}InPart"},
            }
        else:
            more[key] = one
    shapes[part] = {
        "type": "object",
        "description": "The same with `fields` or `expand`.",
        "properties": {**whole["properties"], **more},
    }
    return {"anyOf": [{"$ref": REF + name}, {"$ref": REF + part}]}
