"""What the OpenAPI schema gives as examples, and what it says of parameters that say nothing.

Examples are made of the schema itself, so that each operation has some and none grows old; a test
holds every one against what it is an example of.
"""

from typing import Any

from common.parts import REF

JSON = "application/json"
ID = "3f2a1c58-7a4e-4d8b-9d5e-2f6b1c0a9e77"
FORMATS: dict[str, Any] = {
    "uuid": ID,
    "date-time": "2026-05-14T13:00:00Z",
    "date": "2026-05-14",
    "email": "eve@acme.example",
    "uri": "https://acme.example.com/api/v1/tasks?cursor=WzEsZmFsc2Vd",
    "decimal": "0.50",
}
# By the field's name.
WORDS: dict[str, Any] = {
    "title": "Order badges",
    "description": "Two for the new people, before Monday.",
    "text": "Remind Eve to order badges on Friday at 3pm",
    "full_name": "Eve Employee",
    "body": "Two for the new people, please.",
    "subject": "Badges",
    "message": "What is due today?",
    "reply": "One task is due today: “Order badges”.",
    "question": "How many days of leave are there?",
    "answer": "There are 28 days of leave.",
    "timezone": "Europe/Berlin",
    "locale": "de-DE",
    "phone": "+4930123456",
    "recurrence": "FREQ=WEEKLY;BYDAY=MO",
    "code": "123456",
    "password": "a rather long pass phrase",
    "new_password": "a rather long pass phrase",
    "colour": "#3366cc",
    "tenant_name": "Acme",
    "slug": "acme",
    "filename": "leave.md",
    "url": "https://hooks.example.com/office",
    "conference_url": "https://meet.example.com/badges",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "digest_at": "07:30",
    "office_opens": "08:00",
    "office_closes": "18:00",
    "csv": "email,full_name\neve@acme.example,Eve Employee\n",
    "seal": "9f" * 32,
}
# Of components of which some fields alone make sense together.
WHOLE: dict[str, Any] = {
    "BulkItemRequest": {"op": "create", "task": {"title": "Order badges", "priority": "high"}},
    "ReminderRequest": {"minutes_before": 30},
    "AttendeeRequest": {"email": "guest@example.com", "name": "Gina Guest"},
    "PatchedReminderRequest": {"minutes_before": 30},
}
# What is shown in the example of a request although it may be left out.
TELLING = frozenset({"description", "priority", "due_date", "labels", "tags", "body", "kind"})
REFUSALS = {
    "400": ("validation_error", "required", "This field is required.", "title"),
    "401": ("client_error", "not_authenticated", "Sign in first.", None),
    "402": ("client_error", "plan_limit", "Your plan has room for 5 tasks.", None),
    "403": ("client_error", "permission_denied", "Your role does not include this.", None),
    "404": ("client_error", "not_found", "Not found.", None),
    "406": ("client_error", "not_acceptable", "It is to be had as JSON alone.", None),
    "409": ("client_error", "conflict", "Somebody else was first.", None),
    "412": ("client_error", "changed_meanwhile", "Somebody else changed this in between.", None),
    "413": ("client_error", "request_too_large", "The request body is too large.", None),
    "415": ("client_error", "unsupported_media_type", "The body is not JSON.", None),
    "422": ("client_error", "assignee_not_found", "Nobody here is called “Evi”.", "text"),
    "429": ("client_error", "throttled", "All requests of this minute are used.", None),
    "500": ("server_error", "error", "This is our own mistake.", None),
}
LIMIT = {"limit": "tasks", "maximum": 5, "used": 5}
PARAMETERS = {
    "about": "The id of what it is about.",
    "days": "For how many days.",
    "end": "Until when, with `start`: series are shown occurrence by occurrence.",
    "event": "What happened; of notes the id of an event that they are about.",
    "for_office": "The account of the whole office, not one's own.",
    "is_active": "Whether they may sign in.",
    "kind": "Of which kind.",
    "label": "One that it carries.",
    "limit": "At most so many.",
    "missing": "Only those who have not signed what holds now.",
    "occurrence": "The start of one occurrence of a series, as it was before it was moved.",
    "overdue": "Open and past its due time, or the contrary.",
    "purge": "Delete here what came from the vendor.",
    "reassign_to": "The id of the person who takes the work.",
    "resource_type": "Of which kind the thing is, as `task`.",
    "review_until": "To be looked at again on this day or before.",
    "role": "The name of a role.",
    "seal": "A seal that was written down elsewhere.",
    "search": "Words that stand in it.",
    "send_invitations": "Write to those who are asked.",
    "since": "From this instant on.",
    "start": "From when, with an offset.",
    "tag": "One that it carries.",
    "to_sign": "Whether the asker has still to sign it.",
    "until": "Before this instant.",
    "users": "The ids of people, apart by commas.",
    "due_after": "Due at this instant or later.",
    "due_before": "Due before this instant.",
    "index": "Its place in the summary, from 0.",
    "If-Match": "The ETag of the state that is meant; 412 when it is another by now.",
    "secret": "The word of the address, which opens it.",
}


def tell_by_examples(result: Any, **_about: Any) -> Any:
    """Give each body and answer an example, and each parameter a sentence."""
    components = result["components"]
    shapes = components["schemas"]
    components["examples"] = {name: {"value": _refusal(name)} for name in REFUSALS}
    for answer in components["responses"].values():
        answer["content"][JSON]["examples"] = _named("429")
    for path, methods in result["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                parameter.setdefault("description", _sentence(parameter["name"], path))
            _give(operation.get("requestBody", {}).get("content", {}), shapes, is_request=True)
            for status, answer in operation["responses"].items():
                if status in REFUSALS and JSON in answer.get("content", {}):
                    answer["content"][JSON]["examples"] = _named(status)
                else:
                    _give(answer.get("content", {}), shapes, is_request=False)
    return result


def example_of(schema: Any, shapes: Any, name: str = "", *, is_request: bool = False) -> Any:
    """Return something that the schema allows."""
    if "$ref" in schema:
        component = schema["$ref"].removeprefix(REF)
        known = WHOLE.get(component)
        return known or example_of(shapes[component], shapes, name, is_request=is_request)
    several = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if several:
        return example_of(several[0], shapes, name, is_request=is_request)
    if "enum" in schema:
        return next((one for one in schema["enum"] if one not in {"", None}), schema["enum"][0])
    return _of_type(schema, shapes, name, is_request=is_request)


def _of_type(schema: Any, shapes: Any, name: str, *, is_request: bool) -> Any:
    match schema.get("type"):
        case "object":
            return _object(schema, shapes, is_request=is_request)
        case "array":
            singular = name.removesuffix("s")
            return [example_of(schema["items"], shapes, singular, is_request=is_request)]
        case "string":
            return _text(schema, name)
        case kind:
            return _plain(kind, schema)


def _plain(kind: Any, schema: Any) -> Any:
    if kind in {"integer", "number"}:
        return schema.get("minimum", 1 if kind == "integer" else 0.5)
    return True if kind == "boolean" else {}


def _object(schema: Any, shapes: Any, *, is_request: bool) -> dict[str, Any]:
    fields = schema.get("properties", {})
    names = [*fields]
    if is_request:
        needed = set(schema.get("required", ())) | TELLING
        names = [name for name in names if name in needed] or names[:1]
    return {name: example_of(fields[name], shapes, name, is_request=is_request) for name in names}


def _text(schema: Any, name: str) -> str:
    if schema.get("format") in FORMATS:
        return str(FORMATS[schema["format"]])
    text = WORDS.get(name) or ("acme" if "pattern" not in schema else "123456")
    longest: int | None = schema.get("maxLength")
    return str(text)[:longest]


def _give(content: Any, shapes: Any, *, is_request: bool) -> None:
    if JSON in content and "schema" in content[JSON]:
        found = example_of(content[JSON]["schema"], shapes, is_request=is_request)
        content[JSON].setdefault("example", found)


def _named(status: str) -> dict[str, Any]:
    return {"refusal": {"$ref": f"#/components/examples/{status}"}}


def _refusal(status: str) -> dict[str, Any]:
    kind, code, detail, attr = REFUSALS[status]
    body = {"type": kind, "errors": [{"code": code, "detail": detail, "attr": attr}]}
    more = {"402": LIMIT, "429": {"retry_after": 12, "limit": "requests_per_minute"}}
    return body | more.get(status, {})


def _sentence(name: str, path: str) -> str:
    if name in PARAMETERS:
        return PARAMETERS[name]
    if name == "id":
        before = path.partition("/{id}")[0].rpartition("/")[2].replace("-", " ")
        return f"The id of one of the {before}."
    return f"The id of the {name.removesuffix('_id').replace('_', ' ')}."
