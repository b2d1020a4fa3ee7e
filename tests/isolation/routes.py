"""Every operation of the API, read from the URL tables; the tables of the tests are held to it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver

# An id, or a word that opens an address; a number is that of a part of what an id names.
ID = re.compile(r"<(?!int)\w+:(\w+)>")
SCIM, MCP = "/scim/", "/mcp"
# Where no page stands: a token opens it.
BY_PROGRAMS = ("/api/", SCIM, MCP)
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One method of one route: `POST tasks`."""

    method: str
    name: str
    path: str
    view: Any

    @property
    def key(self) -> tuple[str, str]:
        return self.method.upper(), self.name

    @property
    def action(self) -> str | None:
        """What a viewset calls it, as `list`."""
        return getattr(self.view, "actions", {}).get(self.method)

    def url(self, **ids: Any) -> str:
        found = self.path
        for name, value in ids.items():
            found = re.sub(rf"<(?:uuid|int|str):{name}>", str(value), found)
        assert "<" not in found, f"{self.key} needs a value for {found}"
        return found


def api_operations() -> list[Operation]:
    """Return what stands below `api/` on either kind of host, once."""
    found = {}
    for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        for path, pattern in _patterns(import_module(urlconf).urlpatterns, "/"):
            if path.startswith("/api/"):
                for method in _methods(pattern.callback):
                    operation = Operation(method, pattern.name or path, path, pattern.callback)
                    found[operation.key] = operation
    return list(found.values())


def other_operations(urlconf: str) -> list[Operation]:
    """Return what stands beside the API on one kind of host; pages are looked at or posted to."""
    return [
        Operation(method, pattern.name or path, path, pattern.callback)
        for path, pattern in _patterns(import_module(urlconf).urlpatterns, "/")
        if not path.startswith("/api/v1/")
        for method in _methods_of(path, pattern)
    ]


def _methods_of(path: str, pattern: URLPattern) -> Iterable[str]:
    return _methods(pattern.callback) if path.startswith((SCIM, MCP)) else ("get", "post")


def operation(method: str, name: str) -> Operation:
    return _by_key()[method, name]


@cache
def _by_key() -> dict[tuple[str, str], Operation]:
    return {item.key: item for item in api_operations()}


def _patterns(entries: list[Any], before: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in entries:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, path)
        else:
            yield path, entry


def _methods(view: Any) -> list[str]:
    if hasattr(view, "actions"):
        return [method for method in METHODS if method in view.actions]
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return [method for method in METHODS if hasattr(kind, method)] if kind else ["get"]
