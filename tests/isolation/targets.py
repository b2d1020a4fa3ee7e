"""Each operation of the product as something to attack, and a good request to each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.db import models

from config.consoles import platform_console, tenant_console
from tests.isolation.arena import ACME, CSRF, SHARED
from tests.isolation.asks import Ask
from tests.isolation.bodies import ids_in, sends_files, with_file
from tests.isolation.members import Member
from tests.isolation.openapi import described, request_schema
from tests.isolation.routes import BY_PROGRAMS, ID, Operation, api_operations, other_operations
from tests.isolation.rules.consoles import TABLES
from tests.isolation.rules.ids import NAMED_IDS, PATH_IDS
from tests.isolation.rules.pages import PAGES
from tests.isolation.rules.rule import Body, Page, Table
from tests.isolation.samples.every import SAMPLES
from tests.isolation.samples.sample import Sample
from tests.isolation.samples.uploads import UPLOADS

PARAMETER = re.compile(r"<\w+:(\w+)>|\(\?P<(\w+)>[^)]*\)")
TABLE = re.compile(r"/admin/(\w+/\w+)/(.*)")
# Not looked up by id, so nobody's are as good as anybody's.
FIXED = {"app": "accounts", "nothing": "nothing/here", "number": "1", "kind": "1", "plan": "free"}
FIXED["certificate"] = FIXED["run"] = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Target:
    """One operation: where it stands, and which ids it takes in address, query and body."""

    name: str
    door: str  # api, page or console: what opens it
    method: str
    path: str
    host: str
    path_ids: Mapping[str, str] = field(default_factory=dict)
    query_ids: Mapping[str, str] = field(default_factory=dict)
    body_ids: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, str] | None = None
    page: Page | Table | None = None
    action: str = ""
    takes_words: tuple[str, ...] = ()
    sends_file: bool = False

    def ask(self, member: Member) -> Ask:
        """Return a good request, with what opens this door for the member."""
        return opened(self._api(member) if self.key else self._page(member), self.door, member)

    def _api(self, member: Member) -> Ask:
        sample = self._sample(member)
        query = tuple(sorted(sample.query.items()))
        ask = Ask(
            self.method,
            self.at(self.own_ids(member)),
            self.host,
            query=query,
            body=sample.body,
            headers=tuple(sample.headers.items()),
        )
        return with_file(ask, UPLOADS[self.key]) if self.sends_file and self.key else ask

    def _sample(self, member: Member) -> Sample:
        tokens = SimpleNamespace(
            tokens={"access_token": member.access, "refresh_token": member.refresh}
        )
        assert self.key is not None
        return SAMPLES[self.key](member.world, tokens)  # type: ignore[arg-type]

    def own_ids(self, member: Member) -> dict[str, str]:
        """Return what a good request has in the address: by parameter, the member's own."""
        if self.key:
            return {name: str(value) for name, value in self._sample(member).ids.items()}
        own = {**FIXED, **member.own}
        return {name: own[kind] for name, kind in self.path_ids.items()}

    def _page(self, member: Member) -> Ask:
        path, own = self.at(self.own_ids(member)), {**FIXED, **member.own}
        query = self.page.query if isinstance(self.page, Page) else {}
        ask = Ask(self.method, path, self.host, query=tuple(query.items()))
        if body := self._bodies.get(self.method):
            return ask.but(body=body.make(member.world))
        is_form = self.method == "post" and not self._bodies
        return ask.but(form=self._form(own, member), file=self._file) if is_form else ask

    @property
    def _file(self) -> tuple[str, str, bytes] | None:
        return self.page.file if isinstance(self.page, Page) else None

    @property
    def _bodies(self) -> Mapping[str, Body]:
        return self.page.bodies if isinstance(self.page, Page) else {}

    def _form(self, own: Mapping[str, str], member: Member) -> tuple[tuple[str, str], ...]:
        assert self.page is not None
        if self.action and isinstance(self.page, Table):
            chosen = {"action": self.action, "_selected_action": own[self.page.kind], "post": "yes"}
            return tuple(chosen.items())
        form = self.page.form(member.world) if self.page.form else {}
        return tuple((name, str(value)) for name, value in form.items())

    def at(self, ids: Mapping[str, str]) -> str:
        """Return the address with these ids in it."""
        path = self.path.replace("/^(", "/(").replace("/$", "/").removesuffix("$")
        return PARAMETER.sub(lambda found: ids[found[1] or found[2]], path)


def opened(ask: Ask, door: str, member: Member) -> Ask:
    """Add the token of the API, or the session and the form's token of pages."""
    if door == "api":
        named = isinstance(ask.body, dict) and "refresh_token" in ask.body
        return ask if member.user is None or named else ask.with_token(member.access)
    if ask.form is not None:
        ask = ask.with_field("csrfmiddlewaretoken", CSRF)
    session = (("office_session", member.session),) if member.session else ()
    return ask.but(cookies=(("office_csrf", CSRF), *session))


@cache
def targets() -> tuple[Target, ...]:
    """Return all there is, of both hosts."""
    versioned = [found for found in api_operations() if found.path.startswith("/api/v1/")]
    api = [
        _api_target(found, host, sends_file=file)
        for found in versioned
        for host in (SHARED, ACME)
        for file in ((False, True) if sends_files(found) else (False,))
    ]
    office = _others(settings.ROOT_URLCONF, ACME, tenant_console)
    shared = _others(settings.PUBLIC_SCHEMA_URLCONF, SHARED, platform_console)
    return (*api, *office, *shared)


def _api_target(found: Operation, host: str, *, sends_file: bool = False) -> Target:
    return Target(
        name=f"{host} {' '.join(found.key)}{'#file' if sends_file else ''}",
        door="api",
        method=found.method,
        path=found.path,
        host=host,
        path_ids=path_ids_of(found),
        query_ids={name: NAMED_IDS[name] for name in queries_of(found, "uuid")},
        body_ids=body_ids_of(found),
        key=found.key,
        takes_words=tuple(queries_of(found, None)),
        sends_file=sends_file,
    )


def path_ids_of(found: Operation) -> dict[str, str]:
    """Return what each id in the address stands for; numbers of parts are none.

    The last one is that of the route, in PATH_IDS; those before it are its parents', in NAMED_IDS.
    """
    *parents, own = ID.findall(found.path) or [""]
    kinds = {name: NAMED_IDS[name] for name in parents}
    return {**kinds, own: PATH_IDS[found.name]} if own else {}


def body_ids_of(found: Operation) -> dict[str, str]:
    """Return what each id in the body stands for, by its place there: `document_ids[]`."""
    return {place: NAMED_IDS[name] for place, name in ids_in(request_schema(found))}


def queries_of(found: Operation, kind: str | None) -> list[str]:
    """Return the parameters of one format; without one, those that take any text."""
    return sorted(
        item["name"]
        for item in described(found).get("parameters", [])
        if item["in"] == "query"
        and item["schema"].get("format") == kind
        and (kind or item["schema"] == {"type": "string", **_bounds(item["schema"])})
    )


def _bounds(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name.endswith("Length")}


def _others(urlconf: str, host: str, site: Any) -> list[Target]:
    tables = {f"{m._meta.app_label}/{m._meta.model_name}": a for m, a in site._registry.items()}
    found = []
    for operation in other_operations(urlconf):
        table = TABLE.fullmatch(operation.path)
        if operation.path not in PAGES and table and table[1] in tables:
            found += _of_table(operation, host, table[1], tables[table[1]])
        else:
            found.append(_of_page(operation, host))
    return found


def _of_page(operation: Operation, host: str) -> Target:
    page = PAGES[operation.path]
    body = page.bodies.get(operation.method)
    return Target(
        name=f"{host} {operation.method.upper()} {operation.path}",
        door="api" if operation.path.startswith(BY_PROGRAMS) else "page",
        method=operation.method,
        path=operation.path,
        host=host,
        path_ids=page.ids,
        body_ids=body.ids if body else {},
        page=page,
        takes_words=tuple(name for name in page.query if name not in {"next", "app_label"}),
    )


def _of_table(operation: Operation, host: str, label: str, admin: ModelAdmin[Any]) -> list[Target]:
    rule = TABLES[label]
    plain = Target(
        name=f"{host} {operation.method.upper()} {operation.path}",
        door="page",
        method=operation.method,
        path=operation.path,
        host=host,
        path_ids={"object_id": rule.kind} if "object_id" in operation.path else {},
        page=rule,
        body_ids=links_of(admin, rule) if operation.method == "post" else {},
    )
    if not operation.path.endswith(f"/{label}/"):
        return [plain]
    filters = {f"{name}__id__exact": kind for name, kind in filters_of(admin).items()}
    filters |= {"id__exact": rule.kind, "id__in": rule.kind, "pk": rule.kind, "e": rule.kind}
    if operation.method == "get":
        return [replace(plain, query_ids=filters, body_ids={}, takes_words=("q",))]
    return [
        replace(plain, name=f"{plain.name}#{action}", action=action, body_ids={})
        for action in sorted(rule.actions) or [""]
    ]


def links_of(admin: ModelAdmin[Any], rule: Table) -> dict[str, str]:
    """Return which fields of a table's forms name another row, and of which kind."""
    shown = {*(admin.fields or ()), *getattr(admin, "add_fields", ())}
    names = {name for name in filters_of(admin) if not shown or name in shown}
    return {name: NAMED_IDS[name] for name in sorted(names | {*rule.inline_links})}


def filters_of(admin: ModelAdmin[Any]) -> dict[str, str]:
    """Return the links of a table that its list may be asked to narrow down to."""
    return {
        item.name: NAMED_IDS[item.name]
        for item in admin.model._meta.get_fields()
        if isinstance(item, models.ForeignKey | models.ManyToManyField)
    }
