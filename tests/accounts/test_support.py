"""Support works in somebody's place only where the office allows it, and everybody can see it."""

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts.identity_models import ApiKey
from accounts.models import AuditEntry, RefreshFamily, User
from tasks.models import Task
from tenants.context import public_context
from tests.accounts.letters import letters
from tests.consoles.conftest import operator_with, platform  # noqa: F401  a fixture

REASON = "They asked why a reminder did not come."


def allow(acme, *, yes=True):
    acme.settings = acme.settings.model_copy(update={"support_access": yes})
    with public_context():
        acme.save()


@pytest.fixture
def olga(db):
    return operator_with("admin")


@pytest.fixture
def ask(platform, olga, acme):  # noqa: F811
    """`ask()` fills in the operator's form; returns the page."""

    def fill_in(**more):
        form = {"email": "eve@acme.example", "reason": REASON, "minutes": "15", **more}
        return platform(olga).post(f"/admin/tenants/tenant/{acme.pk}/support/", form)

    return fill_in


def path_in(page):
    way = page.context["way"]
    assert way.startswith("http://acme.localhost"), page.content
    return way[way.index("/support/") :]


def test_it_is_off_unless_the_office_allows_it(ask, in_acme):
    page = ask()
    assert page.context["way"] == ""
    assert b"does not allow it" in page.content


def test_an_operator_works_in_somebodys_place_and_everybody_sees_it(ask, browser, acme, eve, olga):
    allow(acme)
    client, path = browser(), path_in(ask())
    assert client.get(path).status_code == 200
    assert client.get("/").status_code == 302
    assert client.post(path).url == "/"
    page = client.get("/")
    assert page.wsgi_request.user == eve
    said = unescape(page.content.decode())
    assert f"{olga.email} of the platform's support works here as Eve Employee: {REASON}" in said
    client.post("/quick-add", {"text": "Order new badges"})
    entry = AuditEntry.objects.get(object_pk=Task.objects.get(creator=eve).pk)
    assert entry.source == "support"
    access = AuditEntry.objects.get(object_pk=eve.pk, action=AuditEntry.Action.ACCESS)
    assert access.additional_data == {"support": olga.email, "reason": REASON, "minutes": "15"}
    assert REASON in letters("support_access", eve.email)[0].text
    assert RefreshFamily.objects.get(user=eve, method="support")
    with public_context():
        known = AuditEntry.objects.get(object_pk=acme.pk, action=AuditEntry.Action.ACCESS)
    assert known.additional_data["reason"] == REASON
    assert known.actor_email == olga.email


def test_the_way_in_is_good_once_and_for_a_minute(ask, browser, acme, eve, time_machine):
    allow(acme)
    path = path_in(ask())
    assert browser().post(path).status_code == 302
    assert browser().post(path).status_code == 400
    late = path_in(ask())
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    assert browser().post(late).status_code == 400


def test_it_ends_by_itself_however_busy(ask, browser, acme, eve, time_machine):
    allow(acme)
    client, start = browser(), timezone.now()
    client.post(path_in(ask()))
    time_machine.move_to(start + timedelta(minutes=14))
    assert client.get("/").status_code == 200
    time_machine.move_to(start + timedelta(minutes=16))
    assert client.get("/").status_code == 302


def test_the_office_may_think_better_of_it_meanwhile(ask, browser, acme, eve):
    allow(acme)
    path = path_in(ask())
    allow(acme, yes=False)
    assert browser().post(path).status_code == 403


def test_what_asks_who_one_is_stays_shut(ask, browser, acme, ada):
    allow(acme)
    client = browser()
    client.post(path_in(ask(email=ada.email)))
    answer = client.get(f"/admin/accounts/user/{ada.pk}/change/")
    assert answer.url.startswith("/security/show-again")
    form = {"name": "Sync", "scopes": ["task:read"], "days": "30"}
    answer = client.post("/profile/api-keys", form)
    assert answer.url.startswith("/security/show-again")
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    "more",
    [{"reason": "x"}, {"reason": ""}, {"minutes": "600"}, {"email": "nobody@acme.example"}],
)
def test_without_a_reason_a_time_and_a_person_there_is_no_way(ask, acme, eve, more):
    allow(acme)
    assert ask(**more).context["way"] == ""


def test_an_offices_own_admin_has_no_such_door(browser, acme, ada):
    allow(acme)
    answer = browser(ada).post(f"/admin/tenants/tenant/{acme.pk}/support/", {})
    assert answer.status_code == 404
    assert User.objects.get(pk=ada.pk)
