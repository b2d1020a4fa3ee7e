"""Who gets into which console, and with whose session."""

from uuid import uuid4

import pytest
from django.contrib import admin

from accounts.consoles import tenant_console
from accounts.models import AuditEntry, Role, Team
from accounts.services import create_user
from tasks.models import Reminder, Task
from tenants.context import public_context, tenant_context, tenant_transaction
from tenants.models import Tenant
from tests.conftest import PASSWORD, api_as
from tests.consoles.conftest import ACME, GLOBEX, PLATFORM, at

OFFICE_TABLES = {
    "accounts/user",
    "accounts/role",
    "accounts/team",
    "accounts/auditentry",
    "tasks/task",
    "tasks/reminder",
    "accounts/invitation",
    "accounts/identityprovider",
    "connections/connection",
    "messaging/outgoingmessage",
    "assistant/modelcall",
    "documents/document",
    "calendar_app/calendarsync",
    "calendar_app/calendar",
    "calendar_app/event",
    "notes/note",
    "webhooks/webhook",
    "webhooks/webhookdelivery",
    "accounts/apikey",
}
PLATFORM_TABLES = {
    "accounts/user",
    "accounts/auditentry",
    "tenants/tenant",
    "tenants/domain",
    "tenants/plan",
    "tenants/operation",
    "tenants/erasurecertificate",
    "tenants/schemastate",
    "tenants/jobrun",
    "django_celery_beat/periodictask",
    "django_celery_beat/intervalschedule",
    "django_celery_beat/crontabschedule",
}
FIXED = ("", "password_change/", "jsi18n/", "accounts/")
CANNOT_BE_ADDED = {
    *("accounts/auditentry", "messaging/outgoingmessage", "assistant/modelcall"),
    *("connections/connection", "calendar_app/calendarsync"),
    *("tenants/plan", "tenants/operation", "tenants/erasurecertificate"),
    *("tenants/schemastate", "tenants/jobrun"),
    *("documents/document", "calendar_app/calendar"),
    *("calendar_app/event", "notes/note", "webhooks/webhookdelivery"),
}


def pages_of(tables):
    lists = [f"{table}/" for table in tables]
    adds = [f"{table}/add/" for table in tables - CANNOT_BE_ADDED]
    return sorted([*FIXED, *lists, *adds])


def tables_of(site):
    return {f"{model._meta.app_label}/{model._meta.model_name}" for model in site._registry}


def test_the_consoles_hold_these_tables_and_no_others():
    assert tables_of(tenant_console) == OFFICE_TABLES
    assert tables_of(admin.site) == PLATFORM_TABLES


def test_every_object_has_a_page_and_a_history(console, busy_task, finance, ada):
    console.post("/admin/accounts/role/add/", {"name": "clerk", "permissions": ["task:read"]})
    rows = [busy_task, Reminder.objects.get(), finance, ada, Role.objects.get(name="clerk")]
    for row in [*rows, Role.objects.get(name="admin"), AuditEntry.objects.first()]:
        place = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}"
        assert console.get(f"{place}/change/").status_code == 200, place
        assert console.get(f"{place}/history/").status_code == 200, place


def test_each_console_says_whose_it_is(console, platform, olga):
    for client, name in ((console, "Acme"), (platform(olga), "AI Office Manager: platform")):
        assert f'<a href="/admin/">{name}</a>' in client.get("/admin/").content.decode()


@pytest.mark.parametrize("host", [ACME, PLATFORM])
def test_admins_sign_in_with_e_mail_and_password(host, acme, in_acme, olga):
    email = olga.email if host == PLATFORM else "ada@acme.example"
    client = at(host)
    form = {"username": email.upper(), "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", form).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/logout/")["Location"] == "/admin/login/"
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("email", ["eve@acme.example", "mia@globex.example", "nobody@acme.example"])
def test_others_cannot_sign_in(email, in_acme):
    answer = at(ACME).post("/admin/login/", {"username": email, "password": PASSWORD})
    assert answer.status_code == 200
    assert b"Please enter the correct" in answer.content


def test_a_session_is_good_in_its_own_office_only(console, mias_console, olga, platform):
    for host in (GLOBEX, PLATFORM):
        assert console.get("/admin/", HTTP_HOST=host).status_code == 302
    assert mias_console.get("/admin/", HTTP_HOST=ACME).status_code == 302
    operators = platform(olga)
    assert operators.get("/admin/").status_code == 200
    assert operators.get("/admin/", HTTP_HOST=ACME).status_code == 302


def test_a_token_does_not_carry_an_admin_into_the_platform_console(console, ada, acme):
    token = api_as(ada, acme).tokens["access_token"]
    headers = {"HTTP_HOST": PLATFORM, "HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert console.get("/admin/", **headers).status_code == 302
    assert console.get("/admin/tenants/tenant/", **headers).status_code == 302


def test_what_is_in_the_other_office_does_not_exist_here(console, mia, globex):
    with tenant_context(globex):
        other = Task.objects.create(title="Secret of globex", creator=mia)
        team = Team.objects.create(name="Secret team")
    pairs = (("tasks/task", other.pk), ("accounts/team", team.pk), ("accounts/user", mia.pk))
    for table, pk in pairs:
        for page in ("change", "delete", "history"):
            answers = [console.get(f"/admin/{table}/{key}/{page}/") for key in (pk, uuid4())]
            seen = {(answer.status_code, answer.get("Location")) for answer in answers}
            assert len(seen) == 1
            assert seen.pop()[0] in {302, 403, 404}
    found = console.get("/admin/tasks/task/?q=globex")
    assert b"Secret of globex" not in found.content


def test_suspending_closes_the_office_at_once_and_resuming_opens_it(console, platform, olga, acme):
    operators = platform(olga)
    place = "/admin/tenants/tenant/"
    operators.post(place, {"action": "suspend", "_selected_action": [str(acme.pk)], "post": "yes"})
    assert console.get("/admin/", HTTP_ACCEPT="application/json").status_code == 403
    operators.post(place, {"action": "resume", "_selected_action": [str(acme.pk)], "post": "yes"})
    assert console.get("/admin/").status_code == 200


FIRST_ADMIN = {
    "admin_name": "Bill Boss",
    "admin_email": "bill@initech.example",
    "admin_password": PASSWORD,
}


def test_an_operator_opens_an_office(platform, olga):
    form = {"name": "Initech", "slug": "initech", "timezone": "Europe/Berlin", **FIRST_ADMIN}
    answer = platform(olga).post("/admin/tenants/tenant/add/", form)
    assert answer.status_code == 302
    with public_context():
        made = Tenant.objects.get(slug="initech")
        entry = AuditEntry.objects.get(object_pk=str(made.pk), action=AuditEntry.Action.CREATE)
    assert (made.ready, made.timezone) == (True, "Europe/Berlin")
    assert (entry.actor_id, entry.source) == (olga.pk, "admin")
    sign_in = {"username": "bill@initech.example", "password": PASSWORD, "next": "/admin/"}
    assert at("initech.localhost").post("/admin/login/", sign_in).status_code == 302


@pytest.mark.parametrize("slug", ["acme", "admin"])
def test_a_taken_or_kept_slug_is_told_at_its_field(platform, olga, acme, slug):
    form = {"name": "Again", "slug": slug, "timezone": "UTC", **FIRST_ADMIN}
    answer = platform(olga).post("/admin/tenants/tenant/add/", form)
    assert answer.status_code == 200
    assert "slug" in answer.context["adminform"].form.errors


def test_pages_are_finished_inside_their_own_transaction(committed):
    """The other tests run in one transaction all the time, where a late query would pass."""
    with tenant_transaction(committed):
        create_user(email="u@u.example", full_name="Una", role="admin", password=PASSWORD)
    client = at(f"{committed.slug}.localhost")
    assert client.get("/admin/login/").status_code == 200
    form = {"username": "u@u.example", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", form).status_code == 302
    for page in pages_of(OFFICE_TABLES):
        assert client.get(f"/admin/{page}").status_code == 200, page
