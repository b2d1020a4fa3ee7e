"""Every address of both consoles, for every role, of this office and of another.

The addresses are read from the consoles. One without a rule fails, and says where it goes.
"""

from itertools import product
from uuid import uuid4

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.consoles import tenant_console
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
    kwargs |= {"erase-tenant": [uuid4()], "support-tenant": [uuid4()]}
    args = kwargs.get(name, [])
    if page in {"change", "delete", "history"} and table:
        args = [str(uuid4()) if not table.startswith("django_celery") else "999999"]
    return reverse(f"admin:{name}", urlconf=urls, args=args, current_app=site.name)


SITES = {"office": tenant_console, "platform": admin.site}
EVERY = [(kind, name) for kind, site in SITES.items() for name in names_of(site)]


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_address_has_a_rule(kind, name):
    assert rule_of(SITES[kind], name), f"{name}: say in OFFICE, PLATFORM or OTHERS who may"


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_an_admin_opens_what_the_rule_says_and_no_more(kind, name, console, platform, olga):
    site = SITES[kind]
    client = console if kind == "office" else platform(olga)
    table, page, allowed = rule_of(site, name)
    answer = client.get(address_of(site, name))
    answer.close()
    if not table:
        assert answer.status_code == allowed
        return
    if page in {"change", "delete", "history"}:
        # There is no such row: who may would be sent back to the first page.
        seen = (answer.status_code, answer.get("Location"))
        assert seen == ((302, "/admin/") if allowed else (403, None))
        return
    assert answer.status_code == (200 if allowed else 403)


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
        if kind == "office":
            answer = client.get(address_of(tenant_console, name))
            assert is_sent_to_sign_in(answer), name
