"""What an office sets in its console: as boxes, through the services of the API."""

from datetime import time

import pytest
from django.contrib.auth import SESSION_KEY

from accounts.models import AuditEntry, Role
from accounts.page_sessions import SHOWN
from tenants.context import current_tenant, public_context
from tenants.models import Tenant
from tests.consoles.conftest import at

OFFICE, SIGN_IN = "/admin/office-settings/", "/admin/sign-in-rules/"


def office_form(**values):
    return {
        "name": "Acme",
        "timezone": "Europe/Berlin",
        "office_opens": "08:00",
        "office_closes": "16:30",
        "working_days": ["0", "1", "2", "3"],
        "fiscal_year_starts": "4",
        "email_provider": "smtp",
        "country": "DE",
        # As a browser sends it for a box that was ticked, and is not any more.
        "initial-sms_enabled": "True",
        **values,
    }


def sign_in_form(**values):
    times = {"session_idle_minutes": 60, "session_hours": 24, "step_up_minutes": 15}
    return {**times, "sso_break_glass": "", **values}


def stored(office):
    with public_context():
        return Tenant.objects.get(pk=office.pk)


def test_an_office_says_when_it_works(console, acme, in_acme):
    assert console.post(OFFICE, office_form()).status_code == 302
    office = stored(acme)
    assert (office.name, office.timezone) == ("Acme", "Europe/Berlin")
    assert (office.settings.office_opens, office.settings.office_closes) == (time(8), time(16, 30))
    assert office.settings.working_days == {0, 1, 2, 3}
    assert (office.settings.fiscal_year_starts, office.settings.country) == (4, "DE")
    assert (office.settings.email_provider, office.settings.sms_enabled) == ("smtp", False)
    assert AuditEntry.objects.filter(object_pk=str(acme.pk)).latest("timestamp").source == "admin"


def test_what_the_service_refuses_is_said_at_its_box(console, acme, in_acme):
    answer = console.post(OFFICE, office_form(office_closes="07:00"))
    assert answer.context["form"].errors == {
        "office_closes": ["The office has to open before it closes."]
    }
    assert stored(acme).settings.office_closes == time(17)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", "Mars/Olympus"),
        ("working_days", []),
        ("working_days", ["9"]),
        ("country", "XX"),
        ("fiscal_year_starts", "13"),
        ("name", ""),
    ],
)
def test_what_makes_no_sense_is_said_at_its_box(console, acme, in_acme, name, value):
    answer = console.post(OFFICE, office_form(**{name: value}))
    assert list(answer.context["form"].errors) == [name]
    assert stored(acme).settings == acme.settings


def as_shown(page):
    """Return what the browser sends back when nothing is touched."""
    sent = {}
    for bound in page.context["form"]:
        seen = bound.value()
        if bound.html_name in {"office_opens", "office_closes"}:
            seen = f"{seen:%H:%M}"
        sent |= {bound.html_name: seen, bound.html_initial_name: seen}
    return {name: seen for name, seen in sent.items() if seen is not False}


def test_a_form_leaves_alone_what_somebody_else_changed_meanwhile(console, acme, in_acme):
    seen = as_shown(console.get(OFFICE))
    console.post(OFFICE, office_form(name="Acme & Sons"))
    assert console.post(OFFICE, {**seen, "fiscal_year_starts": "7"}).status_code == 302
    office = stored(acme)
    assert (office.name, office.settings.fiscal_year_starts) == ("Acme & Sons", 7)
    assert office.settings.office_opens == time(8)


def test_an_office_asks_a_second_factor_of_a_role(console, acme, in_acme):
    assert console.post(SIGN_IN, sign_in_form(mfa_roles=["employee"])).status_code == 302
    settings = stored(acme).settings
    assert settings.mfa_roles == {"employee"}
    assert AuditEntry.objects.filter(object_pk=str(acme.pk)).latest("timestamp").source == "admin"
    assert (settings.session_idle_minutes, settings.session_hours) == (60, 24)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"mfa_roles": ["admin"]}, "mfa_roles"),
        ({"sso_only": "on"}, "sso_break_glass"),
        ({"session_hours": "0"}, "session_hours"),
    ],
)
def test_nobody_locks_themselves_out(console, acme, in_acme, values, name):
    answer = console.post(SIGN_IN, sign_in_form(**values))
    assert list(answer.context["form"].errors) == [name]
    assert stored(acme).settings == acme.settings


def test_sign_in_rules_ask_first_who_one_is(console, acme, in_acme):
    session = console.session
    assert SESSION_KEY in session
    del session[SHOWN]
    session.save()
    for answer in (console.get(SIGN_IN), console.post(SIGN_IN, sign_in_form())):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/security/show-again")
    assert stored(acme).settings == acme.settings
    assert console.get(OFFICE).status_code == 200


def test_a_role_without_the_grant_neither_sees_nor_opens_the_settings(browser, eve, in_acme):
    role = Role.objects.create(name="auditor", permissions=["user:read", "admin:audit"])
    eve.role = role
    eve.save()
    client = browser(eve)
    for place in (OFFICE, SIGN_IN):
        assert client.get(place).status_code in {302, 403}
        assert client.post(place, office_form()).status_code in {302, 403}
    assert current_tenant().name == stored(current_tenant()).name


def test_another_office_keeps_its_settings(console, globex, mias_console, in_acme):
    console.post(OFFICE, office_form())
    assert stored(globex).settings.office_opens == time(9)
    assert at("globex.localhost").get(OFFICE).status_code == 302
