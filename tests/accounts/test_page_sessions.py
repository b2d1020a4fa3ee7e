"""A page session is that of one person in one office, and ends with their rights."""

import pytest

from accounts.models import AuditEntry, Role, User
from accounts.services import change_password
from common.origin import Origin, origin_of_writes
from tenants.services import suspend_tenant
from tests.conftest import PASSWORD

PAGE, CONSOLE = "/", "/admin/"


def is_signed_in(client, **extra) -> bool:
    answer = client.get(PAGE, **extra)
    assert answer.status_code in {200, 302}
    if answer.status_code == 302:
        assert answer["Location"].startswith("/sign-in")
    return answer.status_code == 200


def test_a_person_is_signed_in_until_they_sign_out(browser, eve):
    client = browser(eve)
    assert is_signed_in(client)
    client.post("/sign-out")
    assert not is_signed_in(client)


def test_a_stranger_is_sent_to_the_sign_in(browser, in_acme):
    assert not is_signed_in(browser())


@pytest.mark.parametrize(("password", "opened"), [(PASSWORD, True), ("wrong horse battery", False)])
def test_email_and_password_open_a_session(browser, eve, password, opened):
    client = browser()
    client.post("/sign-in", {"username": "EVE@acme.example", "password": password})
    assert is_signed_in(client) == opened


@pytest.mark.parametrize("email", ["eve@acme.example", "nobody@acme.example"])
def test_a_refused_sign_in_costs_one_hash_whoever_asks(browser, in_acme, hashes, email):
    browser().post("/sign-in", {"username": email, "password": "wrong horse battery"})
    assert len(hashes) == 1


def test_a_disabled_person_is_signed_out_at_once(browser, eve):
    client = browser(eve)
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert not is_signed_in(client)


def test_a_demoted_admin_loses_the_console_at_once(browser, ada):
    client = browser(ada)
    assert client.get(CONSOLE).status_code == 200
    User.objects.filter(pk=ada.pk).update(role=Role.objects.get(name="employee"))
    assert client.get(CONSOLE).status_code in {302, 403}
    assert is_signed_in(client)


def test_a_suspended_office_is_closed_to_its_people_at_once(browser, eve, acme):
    client = browser(eve)
    suspend_tenant(tenant=acme)
    assert client.get(PAGE).status_code == 403


def test_a_new_password_ends_the_page_sessions(browser, eve):
    client = browser(eve)
    change_password(user=eve, old=PASSWORD, new="a new and long sentence")
    assert not is_signed_in(client)


def test_a_session_of_one_office_is_unknown_in_another(browser, eve, globex):
    client, thief = browser(eve), browser()
    thief.cookies.update(client.cookies)
    assert not is_signed_in(thief, HTTP_HOST="globex.localhost")
    assert is_signed_in(client)


def test_a_page_session_does_not_open_the_api(browser, eve):
    """Nor does it need to: the API knows tokens alone, so that no other site can call it."""
    assert browser(eve).get("/api/v1/auth/me").status_code == 401


def test_what_a_page_writes_is_recorded_as_the_persons(browser, eve, task):
    client = browser(eve)
    client.post(f"/tasks/{task.pk}/complete", headers={"X-Request-ID": "page-1"})
    entry = AuditEntry.objects.get(cid="page-1", object_pk=str(task.pk))
    assert (entry.actor_id, entry.source) == (eve.pk, "page")


def test_a_person_who_is_looked_up_late_is_recorded_too(eve):
    """PersonMiddleware names a lazy user; the first write asks who it is."""
    from django.utils.functional import SimpleLazyObject

    with origin_of_writes(Origin(source="page", actor=SimpleLazyObject(lambda: eve))):
        role = Role.objects.create(name="auditor")
    assert AuditEntry.objects.get(object_pk=str(role.pk)).actor_id == eve.pk
