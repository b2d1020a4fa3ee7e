"""Every address of both consoles, for every role, of this office and of another.

The addresses are read from the consoles. One without a rule fails, and says where it goes.
"""

from itertools import product
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from accounts.consoles import tenant_console
from accounts.invitations import invite
from accounts.models import Role
from accounts.permissions import Permission
from tenants.context import tenant_context
from tests.consoles.conftest import ACME, at, operator_with

# What an admin may do with each table of an office's console: view, add, change, delete.
OFFICE = {
    "accounts/user": "view add change",
    "accounts/role": "view add change delete",
    "accounts/team": "view add change delete",
    "accounts/invitation": "view add change",
    "accounts/identityprovider": "view add change delete",
    "accounts/apikey": "view add change",
    "accounts/auditentry": "view",
    "tasks/task": "view add change delete",
    "tasks/reminder": "view add change delete",
    "calendar_app/calendar": "view",
    "calendar_app/event": "view",
    "calendar_app/calendarsync": "view",
    "notes/note": "view",
    "documents/document": "view",
    "messaging/outgoingmessage": "view",
    "connections/connection": "view",
    "webhooks/webhook": "view add change delete",
    "webhooks/webhookdelivery": "view",
    "assistant/modelcall": "view",
}
PLATFORM = {
    "accounts/user": "view add change",
    "accounts/auditentry": "view",
    "tenants/tenant": "view add change",
    "tenants/domain": "view add delete",
    "tenants/plan": "view change",
    "tenants/operation": "view",
    "tenants/erasurecertificate": "view",
    "tenants/schemastate": "view",
    "tenants/jobrun": "view",
    "django_celery_beat/periodictask": "view add change",
    "django_celery_beat/intervalschedule": "view add change",
    "django_celery_beat/crontabschedule": "view add change",
}
# What opens the pages of a table.
VERBS = {"changelist": "view", "export": "view", "history": "view", "change": "view"}
VERBS |= {"add": "add", "delete": "delete"}
# Addresses of no table, and what an admin is answered there with GET. Each has tests of its own.
OTHERS = {
    "index": 200,
    "login": 302,
    "logout": 405,
    "password_change": 200,
    "password_change_done": 200,
    "autocomplete": 403,
    "jsi18n": 200,
    "app_list": 200,
    "rounds": 200,
    "dead-letters": 200,
    "office-settings": 200,
    "sign-in-rules": 200,
    "office-export": 200,
    "language-model": 200,
    "operation-archive": 404,
    "import-tenant": 200,
    "prove-domain": 405,
    "erase-tenant": 404,
    "move-tenant": 404,
    "support-tenant": 404,
}
OPEN = {"login", "logout"}


def names_of(site):
    """Return the names of all addresses of a console; one without a name leads on to another."""

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns)
            elif pattern.name:
                yield pattern.name

    return sorted(set(walk(site.get_urls())))


def rule_of(site, name):
    """Return the rule of an address: a table's verb, or what an admin is answered."""
    tables = OFFICE if site is tenant_console else PLATFORM
    for table, verbs in tables.items():
        prefix = table.replace("/", "_") + "_"
        if name.startswith(prefix) and name.removeprefix(prefix) in VERBS:
            page = name.removeprefix(prefix)
            return table, page, VERBS[page] in verbs.split()
    return None if name not in OTHERS else ("", name, OTHERS[name])


def address_of(site, name):
    urls = "config.urls" if site is tenant_console else "config.urls_public"
    table, page, _ = rule_of(site, name)
    kwargs = {"app_list": ["accounts"], "operation-archive": [uuid4()]}
    kwargs |= {"prove-domain": [999_999]}
    kwargs |= {"move-tenant": [uuid4()]}
    kwargs |= {"erase-tenant": [uuid4()], "support-tenant": [uuid4()]}
    args = kwargs.get(name, [])
    if page in {"change", "delete", "history"} and table:
        args = [str(uuid4()) if not table.startswith("django_celery") else "999999"]
    return reverse(f"admin:{name}", urlconf=urls, args=args, current_app=site.name)


SITES = {"office": tenant_console, "platform": admin.site}
EVERY = [(kind, name) for kind, site in SITES.items() for name in names_of(site)]


def test_every_address_has_a_rule():
    missing = [name for kind, name in EVERY if not rule_of(SITES[kind], name)]
    assert not missing, "say in OFFICE, PLATFORM or OTHERS who may"


def ask(client, site, name):
    """Open an address, and read a file to its end: it is closed then."""
    answer = client.get(address_of(site, name))
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def is_wrong(site, name, answer, *, allowed):
    """Tell whether an address answered somebody otherwise than the rule says."""
    table, page, _ = rule_of(site, name)
    seen = answer.status_code, answer.get("Location")
    if page in {"change", "delete", "history"} and table:
        # There is no such row: who may would be sent back to the first page.
        return seen != ((302, "/admin/") if allowed else (403, None))
    return seen[0] != (200 if allowed else 403)


@pytest.mark.parametrize("kind", SITES)
def test_an_admin_opens_what_the_rule_says_and_no_more(kind, console, platform, olga):
    site, wrong = SITES[kind], []
    client = console if kind == "office" else platform(olga)
    for each, name in EVERY:
        if each != kind:
            continue
        table, _page, rule = rule_of(site, name)
        answer = ask(client, site, name)
        if is_wrong(site, name, answer, allowed=rule) if table else answer.status_code != rule:
            wrong.append((name, answer.status_code))
    assert not wrong


# Whoever sets the office up and reads everything, and changes neither people nor tasks.
READER = [grant.value for grant in Permission if grant.endswith(("read", "audit", "settings"))]
LOOKED_AT = {*("accounts/user", "accounts/team", "accounts/invitation", "tasks/task")}
LOOKED_AT |= {"tasks/reminder"}


@pytest.fixture
def reader(browser, ada):
    Role.objects.filter(pk=ada.role_id).update(permissions=READER)
    return browser(ada)


def test_whoever_may_only_look_changes_nothing_by_any_address(reader):
    wrong = []
    for kind, name in EVERY:
        table, page, rule = rule_of(tenant_console, name) if kind == "office" else ("", "", None)
        if table:
            allowed = rule and (VERBS[page] == "view" or table not in LOOKED_AT)
            answer = ask(reader, tenant_console, name)
            if is_wrong(tenant_console, name, answer, allowed=allowed):
                wrong.append((name, answer.status_code))
    assert not wrong


def test_whoever_may_only_look_is_offered_no_action_and_forces_none(reader, busy_task, finance):
    invite(email="nia@acme.example", role="employee", by=busy_task.creator)
    for table in LOOKED_AT:
        model = apps.get_model(table.replace("/", "."))
        place, rows = f"/admin/{table}/", model.objects.order_by("pk")
        before = list(rows.values())
        actions = {*(tenant_console.get_model_admin(model).actions or ()), "delete_selected"}
        page = reader.get(place).content.decode()
        for action in actions:
            assert f'value="{action}"' not in page, (table, action)
            chosen = [str(row["id"]) for row in before]
            form = {"action": action, "_selected_action": chosen, "post": "yes"}
            assert reader.post(place, form).status_code in {200, 302, 403}
        assert before
        assert list(rows.values()) == before, table


@pytest.mark.parametrize(
    ("link", "grants", "status"),
    [
        ("tasks.task.assignee", READER, 200),
        ("tasks.task.assignee", ["admin:settings", "task:read"], 403),
        ("tasks.reminder.task", ["admin:settings", "user:read"], 403),
        ("accounts.team.lead", READER, 200),
        # No link.
        ("tasks.task.title", READER, 403),
    ],
)
def test_a_search_box_finds_what_its_person_may_see(reader, ada, link, grants, status):
    Role.objects.filter(pk=ada.role_id).update(permissions=grants)
    app, model, name = link.split(".")
    asked = {"app_label": app, "model_name": model, "field_name": name, "term": "Ada"}
    answer = reader.get("/admin/autocomplete/", asked)
    assert answer.status_code == status
    if status == 200:
        assert [each["text"] for each in answer.json()["results"]] == ["Ada Admin"]


ROLES = ("manager", "employee", "stranger")
CLOSED = [each for each in EVERY if each[1] not in OPEN]


@pytest.mark.parametrize(("kind", "role"), list(product(SITES, ROLES)))
def test_nobody_else_opens_anything(kind, role, request, in_acme):
    site = SITES[kind]
    if kind == "platform":
        user = None if role == "stranger" else operator_with(role)
        client = request.getfixturevalue("platform")(user)
    else:
        people = {"manager": "max_", "employee": "eve"}
        user = request.getfixturevalue(people[role]) if role in people else None
        client = request.getfixturevalue("browser")(user)
    wrong = [
        (name, method, answer.status_code)
        for each, name in CLOSED
        for method in ("get", "post")
        if each == kind
        and not is_sent_to_sign_in(answer := getattr(client, method)(address_of(site, name)))
    ]
    assert not wrong


def is_sent_to_sign_in(answer):
    return answer.status_code == 302 and answer["Location"].split("?")[0] == "/admin/login/"


def test_an_admin_of_another_office_opens_nothing(mia, globex, in_acme):
    client = at(ACME)
    with tenant_context(globex):
        client.force_login(mia)
    for kind, name in CLOSED:
        for ask in (client.get, client.post):
            if kind == "office":
                assert is_sent_to_sign_in(ask(address_of(tenant_console, name))), name
