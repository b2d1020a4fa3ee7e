"""`make client`: writes the client's models and methods from the OpenAPI schema.

Generators of others bring a package of hundreds of files and an HTTP library; ours is two files
for the standard library. A test asks that they are what this makes of today's schema.
"""

import json
import keyword
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGE = HERE / "office_client"
TOP = '"""{what} Made by `make client`; not to be changed by hand."""\n\n'
FUTURE = "from __future__ import annotations\n\n"
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
Schema = dict[str, Any]


def files_for(schema: Schema) -> dict[str, str]:
    """Return the text of each file, by its name."""
    shapes = schema["components"]["schemas"]
    return {
        "models.py": formatted("".join(_models(shapes))),
        "api.py": formatted("".join(_methods(schema["paths"]))),
    }


def formatted(text: str) -> str:
    """Return the text as ruff writes it."""
    command = (sys.executable, "-m", "ruff", "format", "--stdin-filename", "made.py", "-")
    done = subprocess.run(  # noqa: S603  our own words
        command, input=text, capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout


def type_of(schema: Schema, prefix: str = "") -> str:
    """Return the annotation for what a schema describes; `prefix` stands before names of ours."""
    found = _type_of(schema, prefix)
    return f"{found} | None" if schema.get("nullable") and "None" not in found else found


def _type_of(schema: Schema, prefix: str) -> str:
    if "$ref" in schema:
        return prefix + str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    several = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf")
    if several:
        return " | ".join(dict.fromkeys(type_of(each, prefix) for each in several))
    kind = schema.get("type", "")
    if kind in {"array", "object"}:
        return _holder(kind, schema, prefix)
    return "bytes" if schema.get("format") == "binary" else PLAIN.get(kind, "Any")


def _holder(kind: str, schema: Schema, prefix: str) -> str:
    if kind == "array":
        return f"list[{type_of(schema.get('items', {}), prefix)}]"
    values = schema.get("additionalProperties")
    return f"dict[str, {type_of(values, prefix) if isinstance(values, dict) else 'Any'}]"


def _models(shapes: Schema) -> Iterator[str]:
    yield TOP.format(what="The shapes of the API.") + FUTURE
    yield "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict\n\n"
    for name, shape in sorted(shapes.items()):
        if "properties" in shape:
            yield _typed(name, shape)
        else:
            yield f"{name}: TypeAlias = {type_of(shape)!r}\n\n"


def _typed(name: str, shape: Schema) -> str:
    needed = set(shape.get("required", ()))
    fields = {
        key: type_of(value) if key in needed else f"NotRequired[{type_of(value)}]"
        for key, value in shape["properties"].items()
    }
    if not all(key.isidentifier() and not keyword.iskeyword(key) for key in fields):
        pairs = ", ".join(f"{key!r}: {value!r}" for key, value in fields.items())
        return f"{name} = TypedDict({name!r}, {{{pairs}}})\n\n"
    said = _sentence(shape.get("description", ""))
    lines = [f"class {name}(TypedDict):", f'    """{said}"""', ""]
    return "\n".join([*lines, *(f"    {key}: {value}" for key, value in fields.items())]) + "\n\n"


def _sentence(text: str) -> str:
    first = text.strip().split("\n\n")[0].replace('"""', "'''").replace("\\", "\\\\")
    return " ".join(first.split()) or "As the API shows it."


def _methods(paths: Schema) -> Iterator[str]:
    yield TOP.format(what="Every operation of the API, one method each.") + FUTURE
    yield "from collections.abc import Mapping\nfrom typing import Any, Literal, cast\n\n"
    yield "from office_client import models\n"
    yield "from office_client.transport import File, Transport, part\n\n\n"
    yield 'class Client(Transport):\n    """The office, with a method for each operation."""\n\n'
    for path, methods in sorted(paths.items()):
        for method, operation in sorted(methods.items()):
            yield _method(method.upper(), path, operation)


def _method(method: str, path: str, operation: Schema) -> str:
    given = operation.get("parameters", [])
    names = {place: [one for one in given if one["in"] == place] for place in ("query", "header")}
    ids = re.findall(r"{(\w+)}", path)
    arguments = ["self", *(f"{_name(one)}: str" for one in ids)]
    sent, passed = _body(operation)
    optional = [
        f"{_name(one['name'])}: {_word_type(one)}{'' if one.get('required') else ' | None = None'}"
        for place in names.values()
        for one in sorted(place, key=lambda one: not one.get("required"))
    ]
    arguments += sent + (["*", *optional] if optional else [])
    for place, key in (("query", "query"), ("header", "headers")):
        if names[place]:
            pairs = ", ".join(f"{one['name']!r}: {_name(one['name'])}" for one in names[place])
            passed.append(f"{key}={{{pairs}}}")
    address = re.sub(r"{(\w+)}", lambda found: f"{{part({_name(found[1])})}}", path)
    returned = _returned(operation)
    asked = ", ".join([repr(method), f"{'f' if ids else ''}{address!r}", *passed])
    call = f"self.ask({asked})"
    done = f"        {call}" if returned == "None" else f"        return cast({returned!r}, {call})"
    name = re.sub(r"\W+", "", operation["operationId"])
    head = f"    def {name}({', '.join(arguments)}) -> {returned}:"
    return f'{head}\n        """{_sentence(operation.get("description", ""))}"""\n{done}\n\n'


def _name(word: str) -> str:
    name = re.sub(r"\W", "_", word).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def _word_type(parameter: Schema) -> str:
    return type_of(parameter.get("schema", {}), "models.").replace(" | None", "")


def _body(operation: Schema) -> tuple[list[str], list[str]]:
    """Return the arguments for what is sent, and how they are passed on."""
    request = operation.get("requestBody")
    if request is None:
        return [], []
    kinds = request["content"]
    arguments, passed = [], ["body=body"]
    if "application/json" in kinds:
        kind = type_of(kinds["application/json"].get("schema", {}), "models.")
    else:
        kind = "Mapping[str, Any]"
    needed = request.get("required") and "multipart/form-data" not in kinds
    arguments.append(f"body: {kind}{'' if needed else ' | None = None'}")
    if "multipart/form-data" in kinds:
        arguments.append("files: Mapping[str, File] | None = None")
        passed.append("files=files")
    return arguments, passed


def _returned(operation: Schema) -> str:
    good = {
        type_of(content.get("application/json", {}).get("schema", {}), "models.")
        if "application/json" in content
        else "bytes"
        for status, answer in operation["responses"].items()
        if status.startswith("2") and (content := answer.get("content"))
    }
    return " | ".join(sorted(good)) or "None"


def schema_now() -> Schema:
    """Return the schema as the API serves it."""
    from drf_spectacular.generators import SchemaGenerator  # noqa: PLC0415  needs the settings
    from drf_spectacular.renderers import OpenApiJsonRenderer  # noqa: PLC0415

    made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: Schema = json.loads(OpenApiJsonRenderer().render(made, renderer_context={}))
    return found


def main() -> None:
    """Write the files."""
    sys.path.insert(0, str(ROOT))
    import django  # noqa: PLC0415  the path comes first

    django.setup()
    for name, text in files_for(schema_now()).items():
        (PACKAGE / name).write_text(text)


if __name__ == "__main__":
    main()
