"""People, roles and teams in the consoles."""

import threading

import pytest
from django.db import connections

from accounts.guards import LastAdminError, ensure_an_admin_remains
from accounts.models import AuditEntry, RefreshFamily, Role, Team, TeamMembership, User
from accounts.services import create_user
from tenants.context import public_context, tenant_transaction
from tests.conftest import PASSWORD
from tests.consoles.conftest import errors_of

NEW_PASSWORD = "another horse staple"


def person_form(user, **values):
    values = {
        "email": user.email,
        "full_name": user.full_name,
        "role": str(user.role_id),
        "is_active": "on",
        "timezone": user.timezone,
        "locale": "en",
        "phone": "",
        "notification_preference": "email",
        "new_password": "",
        **values,
    }
    return {name: value for name, value in values.items() if value is not None}


def no_members(count=0):
    return {"memberships-TOTAL_FORMS": count, "memberships-INITIAL_FORMS": 0}


def test_a_person_is_let_in_and_can_sign_in(console, in_acme):
    role = Role.objects.get(name="employee")
    form = {"email": "Neo@Acme.example", "full_name": "Neo New", "role": str(role.pk)}
    answer = console.post("/admin/accounts/user/add/", {**form, "new_password": NEW_PASSWORD})
    assert answer.status_code == 302
    neo = User.objects.get(email="neo@acme.example")
    assert neo.password.startswith("argon2")
    assert neo.check_password(NEW_PASSWORD)


def test_a_weak_password_is_told_at_its_field(console, in_acme):
    role = Role.objects.get(name="employee")
    form = {"email": "neo@acme.example", "full_name": "Neo New", "role": str(role.pk)}
    answer = console.post("/admin/accounts/user/add/", {**form, "new_password": "short"})
    assert "new_password" in errors_of(answer)
    assert not User.objects.filter(email="neo@acme.example").exists()


def test_a_taken_e_mail_is_told_whatever_its_case(console, eve, ada):
    answer = console.post(
        f"/admin/accounts/user/{eve.pk}/change/", person_form(eve, email="ADA@acme.example")
    )
    assert "email" in errors_of(answer)


def test_a_new_password_ends_the_persons_sessions(console, eve, api):
    api(eve)
    place = f"/admin/accounts/user/{eve.pk}/change/"
    assert console.post(place, person_form(eve, new_password=NEW_PASSWORD)).status_code == 302
    eve.refresh_from_db()
    assert eve.check_password(NEW_PASSWORD)
    assert not RefreshFamily.objects.filter(user=eve, ended_at=None).exists()


def test_ones_own_new_password_keeps_one_signed_in(console, ada):
    place = f"/admin/accounts/user/{ada.pk}/change/"
    assert console.post(place, person_form(ada, new_password=NEW_PASSWORD)).status_code == 302
    assert console.get("/admin/").status_code == 200
    form = {"old_password": NEW_PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert console.post("/admin/password_change/", form).status_code == 302
    assert console.get("/admin/password_change/done/").status_code == 200
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


@pytest.mark.parametrize("loss", ["role", "active"])
def test_the_last_admin_stays(console, ada, eve, loss):
    lost = {"role": str(eve.role_id)} if loss == "role" else {"is_active": None}
    place = f"/admin/accounts/user/{ada.pk}/change/"
    answer = console.post(place, person_form(ada, **lost))
    assert "without an active admin" in str(errors_of(answer))
    ada = User.objects.with_rights().get(pk=ada.pk)
    assert ada.is_staff
    eve.role = ada.role
    eve.save()
    assert console.post(place, person_form(ada, **lost)).status_code == 302
    assert console.get("/admin/").status_code == 302


def test_the_last_role_with_the_grant_keeps_it(console, ada):
    role = Role.objects.create(name="owner", permissions=list(ada.role.permissions))
    User.objects.filter(pk=ada.pk).update(role=role)
    form = {"name": "owner", "permissions": ["task:read"]}
    answer = console.post(f"/admin/accounts/role/{role.pk}/change/", form)
    assert "without an active admin" in str(errors_of(answer))


def test_nobody_is_deleted(console, eve):
    assert (
        console.post(f"/admin/accounts/user/{eve.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    listing = console.get("/admin/accounts/user/")
    assert "delete_selected" not in listing.content.decode()
    assert User.objects.filter(pk=eve.pk).exists()


@pytest.mark.parametrize("name", ["admin", "manager", "employee"])
def test_built_in_roles_are_only_looked_at(console, name, in_acme):
    role = Role.objects.get(name=name)
    other = Role.objects.create(name="other", permissions=role.permissions)
    User.objects.filter(role=role).update(role=other)
    place = f"/admin/accounts/role/{role.pk}"
    assert console.post(f"{place}/change/", {"name": "x", "permissions": []}).status_code == 403
    assert console.post(f"{place}/delete/", {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [str(role.pk)], "post": "yes"}
    assert console.post("/admin/accounts/role/", form).status_code == 403
    assert Role.objects.get(pk=role.pk).permissions == role.permissions


def test_a_role_of_the_offices_own(console, in_acme):
    form = {"name": "clerk", "permissions": ["task:read", "task:update"]}
    assert console.post("/admin/accounts/role/add/", form).status_code == 302
    role = Role.objects.get(name="clerk")
    assert role.permissions == form["permissions"]
    assert (
        console.post(f"/admin/accounts/role/{role.pk}/delete/", {"post": "yes"}).status_code == 302
    )


def test_a_team_keeps_the_order_of_its_members(console, eve, sarah, ada):
    members = {
        "memberships-0-position": 1,
        "memberships-0-user": str(eve.pk),
        "memberships-1-position": 0,
        "memberships-1-user": str(sarah.pk),
    }
    form = {"name": "Marketing", "lead": str(ada.pk), **no_members(2), **members}
    assert console.post("/admin/accounts/team/add/", form).status_code == 302
    team = Team.objects.get(name="Marketing")
    order = [membership.user for membership in team.memberships.select_related("user")]
    assert order == [sarah, eve]
    made = TeamMembership.objects.filter(team=team).values_list("pk", flat=True)
    entries = AuditEntry.objects.filter(object_pk__in=[str(pk) for pk in made], source="admin")
    assert entries.count() == 2


def test_the_last_operator_stays(platform, olga):
    operators = platform(olga)
    with public_context():
        User.objects.exclude(pk=olga.pk).update(is_active=False)
        form = person_form(olga, is_active=None)
    answer = operators.post(f"/admin/accounts/user/{olga.pk}/change/", form)
    assert "without an active admin" in str(errors_of(answer))


def test_two_admins_who_demote_each_other_do_not_both_succeed(committed):
    with tenant_transaction(committed):
        one, two = (
            create_user(email=f"{name}@u.example", full_name=name, role="admin", password=PASSWORD)
            for name in ("one", "two")
        )
    outcome = []

    def demote_two():
        try:
            with tenant_transaction(committed):
                ensure_an_admin_remains(without=two)
        except LastAdminError as refusal:
            outcome.append(refusal.code)
        finally:
            connections.close_all()

    rival = threading.Thread(target=demote_two)
    with tenant_transaction(committed):
        ensure_an_admin_remains(without=one)
        User.objects.filter(pk=one.pk).update(role=Role.objects.get(name="employee"))
        rival.start()
        rival.join(timeout=0.5)
        assert rival.is_alive()
    rival.join(timeout=10)
    assert outcome == ["last_admin"]


def test_a_member_who_came_in_meanwhile_is_told_in_the_form(console, finance, sarah):
    form = {
        "name": "Finance",
        "lead": "",
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-user": sarah.pk,
        "memberships-0-position": 1,
    }
    answer = console.post(f"/admin/accounts/team/{finance.pk}/change/", form)
    assert answer.status_code == 200
    assert "stands there already" in answer.content.decode()
    assert finance.memberships.count() == 1
