"""What there is in the product that could lead from one office into another: read, not listed."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from inspect import iscoroutinefunction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.core.management import get_commands
from django.db import models
from django.http import HttpRequest

from config.consoles import platform_console, tenant_console
from config.env import ROOT
from tests.isolation.bodies import ids_in, sends_files
from tests.isolation.openapi import PATH_PREFIX, described
from tests.isolation.routes import ID, Operation, api_operations, other_operations

OURS = ("common", "config", *(name for name in settings.TENANT_APPS if "." not in name), "tenants")
HOSTS = (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
REMEMBERING = {"cache", "lru_cache", "cached_property", "memoize", "cache_page"}
STORES = {"tenant_cache", "shared_cache", "caches", "cache_page", "_cache"}
LIVE = {
    *("StreamingHttpResponse", "AsyncConsumer", "AsyncWebsocketConsumer", "WebsocketConsumer"),
    *("ProtocolTypeRouter", "URLRouter", "AsyncJsonWebsocketConsumer", "pubsub"),
}
SENDING = {"FileResponse", "default_storage", "serve", "sendfile", "xsendfile"}


def tables() -> dict[str, ModelAdmin[Any]]:
    """Return the tables of both consoles: `tasks/task`."""
    found: dict[str, ModelAdmin[Any]] = {}
    for console in (platform_console, tenant_console):
        for model, admin in console._registry.items():
            found[f"{model._meta.app_label}/{model._meta.model_name}"] = admin
    return found


def pages() -> set[str]:
    """Return the addresses of either host outside the API, without the plain ones of tables."""
    return {
        found.path for host in HOSTS for found in other_operations(host) if not _of_table(found)
    }


def _of_table(found: Operation) -> bool:
    view = getattr(found.view, "model_admin", None) or getattr(found.view, "__wrapped__", None)
    label = "/".join(found.path.split("/")[2:4])
    usual = (
        "",
        "add/",
        "export/",
        *(f"<path:object_id>/{end}" for end in ("history/", "delete/", "change/")),
    )
    endings = {*usual, "<path:object_id>/"}
    return view is not None and label in tables() and found.path.split("/", 4)[4] in endings


def actions() -> set[str]:
    """Return what a console does with selected rows: `tasks/task complete`."""
    anybody: Any = SimpleNamespace(user=SimpleNamespace(has_perm=lambda *_: True), GET={})
    request: HttpRequest = anybody
    return {
        f"{label} {action}"
        for label, admin in tables().items()
        for action in admin.get_actions(request)
    }


def links() -> set[str]:
    """Return the fields of console tables that name other rows, and those of rows inside."""
    own = {
        item.name
        for admin in tables().values()
        for item in admin.model._meta.get_fields()
        if isinstance(item, models.ForeignKey | models.ManyToManyField)
    }
    return own | {name for admin in tables().values() for name in inline_links(admin)}


def inline_links(admin: ModelAdmin[Any]) -> set[str]:
    """Return the fields of rows inside a form that may be changed to name another row."""
    found = set()
    for inline in admin.inlines:
        fixed = {*(inline.readonly_fields or ())}
        related = [item for item in inline.model._meta.fields if item.is_relation]
        for item in related:
            inside = item.related_model is admin.model or item.name in fixed
            if not inside and item.name in (inline.fields or [item.name]):
                prefix = inline.model._meta.get_field(_parent(inline, admin)).remote_field
                found.add(f"{prefix.get_accessor_name()}-0-{item.name}")
    return found


def _parent(inline: Any, admin: ModelAdmin[Any]) -> str:
    [name] = [f.name for f in inline.model._meta.fields if f.related_model is admin.model]
    return name


def api_routes() -> set[str]:
    """Return the operations of the API: `POST tasks`."""
    return {" ".join(found.key) for found in api_operations()}


def routes_with_ids() -> set[str]:
    """Return the routes of the API whose address holds an id, by name."""
    return {found.name for found in api_operations() if "<" in found.path}


def parents() -> set[str]:
    """Return the ids in addresses of the API that stand before the route's own."""
    return {name for found in api_operations() for name in ID.findall(found.path)[:-1]}


def uploads() -> set[str]:
    """Return the operations that take a file: `POST documents`."""
    versioned = (found for found in api_operations() if found.path.startswith(PATH_PREFIX))
    return {" ".join(found.key) for found in versioned if sends_files(found)}


def secret_addresses() -> set[str]:
    """Return the addresses with a word in them: what is no id may open them by itself."""
    known = (*api_operations(), *(found for host in HOSTS for found in other_operations(host)))
    return {found.path for found in known if re.search(r"<(?:str|slug|\w+[Tt]oken):", found.path)}


def named_ids() -> set[str]:
    """Return the parameters and fields of the API that hold ids, at whatever depth and in lists."""
    found = set()
    for operation in api_operations():
        if not operation.path.startswith("/api/v1/"):
            continue
        said = described(operation)
        bodies = said.get("requestBody", {}).get("content", {}).values()
        for body in bodies:
            found |= {name for _place, name in ids_in(body.get("schema", {}))}
        for item in said.get("parameters", []):
            if item["in"] == "query":
                found |= {name for _place, name in ids_in(item["schema"], name=item["name"])}
    return found


def jobs() -> set[str]:
    """Return what workers run."""
    current_app.loader.import_default_modules()
    return {name for name in current_app.tasks if not name.startswith(("celery.", "tests."))}


def commands() -> set[str]:
    """Return the commands of our own apps."""
    return {name for name, app in get_commands().items() if str(app).split(".")[0] in OURS}


def files() -> set[str]:
    """Return the columns that name files."""
    return {
        f"{model._meta.label}.{item.name}"
        for model in apps.get_models()
        for item in model._meta.get_fields()
        if isinstance(item, models.FileField)
    }


def caches() -> set[str]:
    """Return what is kept between requests: decorated functions, and users of a store."""
    return _named(caches_in)


def downloads() -> set[str]:
    """Return the functions that hand out files."""
    return _named(lambda tree: names_in(tree, SENDING))


def sockets() -> set[str]:
    """Return what answers bit by bit or on an event loop."""
    views = {
        found.path
        for host in HOSTS
        for found in other_operations(host)
        if iscoroutinefunction(found.view)
    }
    asgi = {str(path.relative_to(ROOT)) for path in ROOT.glob("config/*sgi.py")} - {
        "config/wsgi.py"
    }
    return views | asgi | _named(lambda tree: names_in(tree, LIVE))


def headers() -> set[str]:
    """Return the request headers that the product reads, and its cookies."""
    return {name.partition(":")[2] for name in _named(headers_in)}


def _named(look: Callable[[ast.Module], set[str]]) -> set[str]:
    return {
        f"{path.relative_to(ROOT)}:{name}"
        for path, tree in _modules().items()
        for name in look(tree)
    }


@cache
def _modules() -> dict[Path, ast.Module]:
    paths = [path for app in OURS for path in (ROOT / app).rglob("*.py")]
    served = [path for path in paths if not {"embedded", "migrations"} & {*path.parts}]
    return {path: ast.parse(path.read_text()) for path in served}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def _word(node: ast.AST) -> str:
    """Return the last word of a name, whether called or not: `functools.cache(…)` is `cache`."""
    if isinstance(node, ast.Call):
        return _word(node.func)
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def caches_in(tree: ast.Module) -> set[str]:
    """Return the remembering functions of a file, and the stores that it asks."""
    kept = {
        node.name
        for node in _functions(tree)
        if any(_word(one) in REMEMBERING for one in node.decorator_list)
    }
    used = {
        _word(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute)
    }
    written = {
        _word(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
    }
    return kept | ((used | written) & STORES)


def names_in(tree: ast.Module, wanted: set[str]) -> set[str]:
    """Return the functions that call one of the names, and the classes built on one."""
    calling = {
        node.name
        for node in _functions(tree)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and _word(inner) in wanted
    }
    return calling | {
        node.name
        for node in _functions(tree)
        if isinstance(node, ast.ClassDef) and {_word(base) for base in node.bases} & wanted
    }


def headers_in(tree: ast.Module) -> set[str]:
    """Return the constants that are looked up in `headers`, `META` and `COOKIES`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        place: ast.AST | None = None
        key: ast.AST | None = None
        if isinstance(node, ast.Call) and _word(node) == "get" and node.args:
            place, key = getattr(node.func, "value", None), node.args[0]
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            place, key = node.value, node.slice
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
            place, key = node.comparators[0], node.left
        if place is not None and _word(place) in {"headers", "META", "COOKIES"}:
            found.add(str(getattr(key, "value", "computed")))
    return found
