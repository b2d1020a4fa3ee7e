"""A tool is called: the API is asked in the place of whoever asked us, without a second request.

The operation gets the person, the office and the rights that the doorman has found for this
request. It runs as it does for the API: its own grants, checks, transaction and refusals.
"""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest
from django.urls import resolve

from common.errors import AppError
from common.refusals import error_body
from tenants.context import atomic, home_alias
from tenants.middleware import TransactionMiddleware
from toolbox.tools import OfficeTool

# Of the request that came, what the operation may look at as well.
KEPT = (
    *("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST", "REMOTE_ADDR", "SCRIPT_NAME"),
    *("HTTP_AUTHORIZATION", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"),
    *("wsgi.url_scheme", "wsgi.version", "wsgi.multithread", "wsgi.multiprocess"),
)
# What the doorman has found out.
FOUND = ("office_access", "tenant", "host_tenant", "urlconf", "received_at")
GOOD = range(200, 300)
UNCONFIRMED = "Nothing was done. Show this to the person, and call again with “confirm”: true."


@dataclass(frozen=True, slots=True)
class Said:
    """What the API answered."""

    is_good: bool
    data: Any


def call(tool: OfficeTool, arguments: dict[str, Any], request: HttpRequest) -> Said:
    """Do what the tool does, or say why not; a refusal has the API's words."""
    wrong = _problem(tool, arguments)
    if wrong:
        return Said(False, error_body(status=400, code="invalid", detail=wrong))  # noqa: FBT003
    path = tool.path.format(**{name: arguments[name] for name in tool.place})
    if tool.destroys and not (arguments.get("confirm") or arguments.get("dry_run")):
        seen = _ask(request, "GET", path)
        return _inside(seen, "about", {"done": False, "detail": UNCONFIRMED})
    query = {name: arguments[name] for name in tool.query if name in arguments}
    body = {name: arguments[name] for name in tool.body if name in arguments}
    if not tool.writes or not arguments.get("dry_run"):
        return _ask(request, tool.method, path, query, body)
    if tool.knows_dry_run:
        return _ask(request, tool.method, path, query, {**body, "dry_run": True})
    with atomic():
        said = _ask(request, tool.method, path, query, body)
        transaction.set_rollback(True, using=home_alias())
    return _inside(said, "result", {"dry_run": True})


def _inside(said: Said, name: str, words: dict[str, Any]) -> Said:
    """Return what was said inside of words about it; a refusal stays as it is."""
    return Said(True, {**words, name: said.data}) if said.is_good else said  # noqa: FBT003


def _problem(tool: OfficeTool, arguments: dict[str, Any]) -> str:
    """Say what keeps the arguments from being passed on; what they mean is asked by the API."""
    schema = tool.schema
    unknown = sorted(arguments.keys() - schema["properties"].keys())
    if unknown:
        return f"{tool.name} takes no “{unknown[0]}”."
    missing = [name for name in schema["required"] if name not in arguments]
    if missing:
        return f"{tool.name} needs “{missing[0]}”."
    for name in tool.place:
        try:
            UUID(arguments[name])
        except (ValueError, TypeError, AttributeError):
            return f"“{name}” is not an id."
    flags = ("dry_run", "confirm")
    wrong = [name for name in flags if not isinstance(arguments.get(name, False), bool)]
    return f"“{wrong[0]}” is true or false." if wrong else ""


def _ask(
    request: HttpRequest,
    method: str,
    path: str,
    query: dict[str, Any] | None = None,
    body: dict[str, Any] | None = None,
) -> Said:
    inner = _request(request, method, path, (query or {}, body or {}))
    match = resolve(path, urlconf=inner.urlconf)
    inner.resolver_match = match
    view = match.func
    try:
        within = TransactionMiddleware(view).process_view(inner, view, match.args, match.kwargs)
        response: Any = within or view(inner, *match.args, **match.kwargs)
    except AppError as error:
        words = error_body(
            status=error.status, code=error.code, detail=error.sentence, attr=error.attr
        )
        return Said(False, {**words, **error.extra})  # noqa: FBT003
    if hasattr(response, "render"):
        response.render()
    data = json.loads(response.content) if response.content else {"done": True}
    return Said(response.status_code in GOOD, data)


def _request(
    request: HttpRequest, method: str, path: str, given: tuple[dict[str, Any], dict[str, Any]]
) -> WSGIRequest:
    query, body = given
    content = orjson.dumps(body) if method == "POST" else b""
    words = {name: _word(value) for name, value in query.items()}
    environ = {name: request.META[name] for name in KEPT if name in request.META}
    environ |= {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(words),
        "CONTENT_TYPE": "application/json" if content else "",
        "CONTENT_LENGTH": str(len(content)),
        "HTTP_ACCEPT": "application/json",
        "wsgi.input": BytesIO(content),
    }
    inner = WSGIRequest(environ)
    for name in FOUND:
        if hasattr(request, name):
            setattr(inner, name, getattr(request, name))
    return inner


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
