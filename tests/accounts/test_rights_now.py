"""A change of rights acts on the next request, whatever the token says."""

import pytest

from accounts.models import Role, User
from tenants.context import public_context
from tenants.services import resume_tenant, suspend_tenant
from tests.accounts.contract import assert_refused

ME, AUDIT = "/api/v1/auth/me", "/api/v1/admin/audit-logs"
HOSTS = ["localhost", "acme.localhost"]


@pytest.mark.parametrize("host", HOSTS)
def test_a_demoted_admin_is_refused_at_once(api, ada, host):
    caller = api(ada, host=host)
    assert caller.get(AUDIT).status_code == 200
    User.objects.filter(pk=ada.pk).update(role=Role.objects.get(name="employee"))
    assert_refused(caller.get(AUDIT), 403)
    assert caller.get(ME).json()["role"] == "employee"


def test_a_promoted_person_is_let_in_at_once(api, eve):
    caller = api(eve)
    assert_refused(caller.get(AUDIT), 403)
    User.objects.filter(pk=eve.pk).update(role=Role.objects.get(name="admin"))
    assert caller.get(AUDIT).status_code == 200


def test_a_grant_taken_from_a_role_is_gone_at_once(api, eve):
    role = Role.objects.create(name="auditor", permissions=["admin:audit"])
    User.objects.filter(pk=eve.pk).update(role=role)
    caller = api(eve)
    assert caller.get(AUDIT).status_code == 200
    role.permissions = []
    role.save()
    assert_refused(caller.get(AUDIT), 403)


@pytest.mark.parametrize("host", HOSTS)
def test_a_disabled_person_is_nobody_at_once(api, eve, host):
    caller = api(eve, host=host)
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert_refused(caller.get(ME), 401)
    User.objects.filter(pk=eve.pk).update(is_active=True)
    assert caller.get(ME).status_code == 200


def test_a_suspended_office_is_closed_at_once_on_the_shared_host(api, ada, acme):
    caller = api(ada)
    with public_context():
        suspend_tenant(tenant=acme)
    assert_refused(caller.get(ME), 401)
    with public_context():
        resume_tenant(tenant=acme)
    assert caller.get(ME).status_code == 200


def test_a_suspended_office_is_closed_at_once_on_its_own_host(api, ada, acme, stranger):
    caller = api(ada, host="acme.localhost")
    suspend_tenant(tenant=acme)
    assert_refused(caller.get(ME), 403, code="office_closed")
    assert_refused(stranger.get(ME, HTTP_HOST="acme.localhost"), 403)


def test_suspending_one_office_leaves_the_others_open(mia_api, acme):
    suspend_tenant(tenant=acme)
    assert mia_api.get(ME).status_code == 200


def test_an_office_can_be_suspended_from_within_a_tenant(in_acme, globex):
    """Whoever calls: the directory is changed where it stands."""
    suspend_tenant(tenant=globex)
    with public_context():
        globex.refresh_from_db()
    assert not globex.is_active
