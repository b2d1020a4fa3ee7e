"""Plans in both consoles: what is used, what is refused, and who changes what."""

from uuid import uuid4

import pytest

from accounts.models import AuditEntry, Role, User
from tasks.models import Task
from tenants.context import public_context
from tenants.models import Tenant, schema_name_of
from tenants.plan_models import FEATURES, LIMITS, OwnLimits, Plan
from tests.conftest import PASSWORD
from tests.consoles.conftest import errors_of
from tests.consoles.test_people import person_form
from tests.consoles.test_writes import task_form
from tests.pages.conftest import text_of
from tests.plan_limits import allow

MORE = "More than the plan allows: all of it stays, new ones are refused."


def tenant_form(tenant, *, limits=None, **values):
    """The form of a tenant without host names, with limits of its own or without."""
    stored = OwnLimits.objects.filter(tenant=tenant).exists()
    return {
        "name": tenant.name,
        "slug": tenant.slug,
        "subscription_tier": tenant.subscription_tier,
        "timezone": tenant.timezone,
        "domains-TOTAL_FORMS": 0,
        "domains-INITIAL_FORMS": 0,
        "own_limits-TOTAL_FORMS": 1,
        "own_limits-INITIAL_FORMS": int(stored),
        "own_limits-0-tenant": str(tenant.pk),
        **{f"own_limits-0-{name}": "" for name in LIMITS},
        **{f"own_limits-0-{name}": "unknown" for name in FEATURES},
        **{f"own_limits-0-{name}": value for name, value in (limits or {}).items()},
        **values,
    }


def place_of(tenant):
    return f"/admin/tenants/tenant/{tenant.pk}/change/"


def test_the_office_console_shows_each_limit_and_its_use(console, task, acme):
    allow(acme, users=8)
    page = console.get("/admin/")
    assert "Plan: Free" in text_of(page)
    assert "Active people 4 8" in text_of(page)
    assert "Open tasks 1 500" in text_of(page)
    assert "Bytes of storage 0 bytes 1.0 GB" in text_of(page)
    assert '<progress max="8" value="4" aria-label="Active people">' in page.content.decode()
    assert MORE not in text_of(page)
    assert "<script>" not in page.content.decode()


def test_both_consoles_say_what_is_more_than_the_plan_allows(console, platform, olga, task, acme):
    allow(acme, users=2)
    for page in (console.get("/admin/"), platform(olga).get(place_of(acme))):
        assert page.status_code == 200
        assert f"Active people 4 2 {MORE}" in text_of(page)
        assert text_of(page).count(MORE) == 1


def test_a_person_without_room_is_refused_in_the_form(console, in_acme):
    allow(in_acme, users=4)
    role = Role.objects.get(name="employee")
    form = {"email": "neo@acme.example", "full_name": "Neo New", "role": str(role.pk)}
    answer = console.post("/admin/accounts/user/add/", {**form, "new_password": PASSWORD})
    assert "Your plan allows 4 active people" in str(errors_of(answer))
    assert b"Neo New" in answer.content
    assert not User.objects.filter(email="neo@acme.example").exists()


def test_nobody_is_let_in_again_without_room(console, in_acme, eve):
    place = f"/admin/accounts/user/{eve.pk}/change/"
    assert console.post(place, person_form(eve, is_active=None)).status_code == 302
    allow(in_acme, users=3)
    answer = console.post(place, person_form(eve))
    assert "Your plan allows 3 active people" in str(errors_of(answer))
    assert not User.objects.get(pk=eve.pk).is_active
    allow(in_acme, users=4)
    assert console.post(place, person_form(eve)).status_code == 302


def test_a_task_without_room_is_refused_in_the_form(console, in_acme):
    allow(in_acme, tasks=0)
    answer = console.post("/admin/tasks/task/add/", task_form())
    assert "Your plan does not include open tasks." in str(errors_of(answer))
    assert not Task.objects.exists()


def test_an_operator_edits_a_plan_and_every_office_of_the_tier_has_it_at_once(
    console, platform, olga, in_acme, globex
):
    operators = platform(olga)
    listing = text_of(operators.get("/admin/tenants/plan/"))
    assert "Pro 200 20000 5000 100.0 GB 20000 1200" in listing
    form = {**dict.fromkeys(LIMITS, ""), **dict.fromkeys(FEATURES, "on"), "users": 4, "tasks": 0}
    assert operators.post("/admin/tenants/plan/free/change/", form).status_code == 302
    assert console.post("/admin/tasks/task/add/", task_form()).status_code == 200
    with public_context():
        plan = Plan.objects.get(tier="free")
        entry = AuditEntry.objects.get(object_pk="free", action=AuditEntry.Action.UPDATE)
    assert (plan.users, plan.tasks, plan.documents) == (4, 0, None)
    assert (entry.actor_id, entry.changes["users"]) == (olga.pk, [10, 4])
    assert operators.get("/admin/tenants/plan/free/history/").status_code == 200


@pytest.mark.parametrize("users", ["0", "-1", "many"])
def test_a_plan_without_people_is_told_at_its_field(platform, olga, users):
    form = {**dict.fromkeys(LIMITS, ""), **dict.fromkeys(FEATURES, "on"), "users": users}
    answer = platform(olga).post("/admin/tenants/plan/free/change/", form)
    assert "users" in errors_of(answer)


def test_tiers_are_neither_added_nor_removed(platform, olga):
    operators = platform(olga)
    assert operators.get("/admin/tenants/plan/add/").status_code == 403
    answer = operators.post("/admin/tenants/plan/free/delete/", {"post": "yes"})
    assert answer.status_code == 403


def test_an_operator_moves_an_office_to_another_plan(console, platform, olga, acme, in_acme):
    allow(in_acme, users=4)
    operators = platform(olga)
    with public_context():
        form = tenant_form(acme, subscription_tier="enterprise")
    assert operators.post(place_of(acme), form).status_code == 302
    assert "Open tasks 0 no limit" in text_of(operators.get(place_of(acme)))
    with public_context():
        moved = AuditEntry.objects.get(content_type__model="tenant", actor_id=olga.pk)
    assert moved.changes == {"subscription_tier": ["free", "enterprise"]}
    assert "Plan: Enterprise" in text_of(console.get("/admin/"))


def test_an_operator_agrees_on_limits_with_one_office_and_takes_them_back(
    console, platform, olga, acme, in_acme
):
    operators = platform(olga)
    for limits, shown in (({"tasks": 7}, "7"), ({"tasks": 9, "users": 4}, "9"), ({}, "500")):
        with public_context():
            form = tenant_form(acme, limits=limits)
        answer = operators.post(place_of(acme), form)
        assert answer.status_code == 302, answer.context["errors"]
        assert f"Open tasks 0 {shown}" in text_of(console.get("/admin/"))
    with public_context():
        stored = AuditEntry.objects.filter(content_type__model="ownlimits", actor_id=olga.pk)
        assert stored.count() == 3


def test_an_office_that_is_not_ready_has_a_page_without_use(platform, olga):
    with public_context():
        key = uuid4()
        raw = Tenant.objects.create(id=key, name="Raw", slug="raw", schema_name=schema_name_of(key))
    page = platform(olga).get(place_of(raw))
    assert page.status_code == 200
    assert "<progress" not in page.content.decode()


def test_an_operator_switches_and_it_stands_in_the_trail(platform, olga, acme, console):
    operators = platform(olga)
    with public_context():
        form = tenant_form(acme, **{"own_limits-0-mcp": "false"})
    assert operators.post(place_of(acme), form).status_code == 302
    shown = "Switched off: Tools for programs (MCP)."
    assert shown in text_of(operators.get(place_of(acme)))
    assert shown in text_of(console.get("/admin/"))
    form = {**dict.fromkeys(LIMITS, ""), **dict.fromkeys(FEATURES, "on"), "users": 9}
    del form["webhooks"]
    assert operators.post("/admin/tenants/plan/free/change/", form).status_code == 302
    with public_context():
        assert Plan.objects.get(tier="free").webhooks is False
        entries = AuditEntry.objects.filter(source="admin", actor_id=olga.pk)
        changes = [entry.changes for entry in entries]
    assert any("mcp" in change for change in changes)
    assert any(change.get("webhooks") == [True, False] for change in changes), changes
