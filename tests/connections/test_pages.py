"""The page and the console of connected accounts, and secrets that show nowhere."""

import logging

import pytest
from django.core.management import call_command
from django.db import connection as database

from connections.asking import Ask
from connections.client import Client
from connections.errors import IntegrationError
from connections.models import Connection
from tenants.cache import tenant_cache
from tenants.context import tenant_transaction
from tests.connections.conftest import connected
from tests.peers.google import says

PAGE = "/connections"
SECRETS = ("refresh-1", "access-1", "secret-of-the-tests")


def text_of(answer):
    return answer.content.decode()


def test_the_page_says_what_is_connected_and_leads_to_the_vendor(browser, eve, google):
    page = browser(eve)
    assert "None is connected." in text_of(page.get(PAGE))
    shown = text_of(page.post(PAGE, {"do": "connect", "provider": "google"}))
    assert "Go on to Google" in shown
    assert f"{google.url}/o/oauth2/v2/auth?" in shown
    connected(eve, state="reauth_required", secrets="", last_error="Google has ended it.")
    shown = text_of(page.get(PAGE))
    assert "has to be connected again" in shown
    assert "Google has ended it." in shown
    assert "Connect again" in shown


def test_the_accounts_of_the_office_are_for_admins(browser, eve, ada):
    assert "Accounts of the office" in text_of(browser(ada).get(PAGE))
    assert "Accounts of the office" not in text_of(browser(eve).get(PAGE))
    page = browser(eve).post(PAGE, {"do": "connect", "provider": "slack"}, follow=True)
    assert "Only an admin" in text_of(page)


@pytest.mark.parametrize("form", [{}, {"provider": "fax"}, {"do": "disconnect"},
    {"do": "check", "connection": "7"}])  # fmt: skip
def test_strange_forms_do_nothing(form, browser, eve):
    assert browser(eve).post(PAGE, form, follow=True).status_code == 200
    assert not Connection.objects.exists()


def test_an_account_is_checked_and_disconnected_on_the_page(browser, eve, google):
    tenant_cache.clear()
    account = connected(eve)
    form = {"connection": str(account.pk)}
    page = browser(eve)
    assert "It works." in text_of(page.post(PAGE, {**form, "do": "check"}, follow=True))
    google.script = [says(404, error={"code": 404})]
    told = text_of(page.post(PAGE, {**form, "do": "check"}, follow=True))
    assert "It does not work: Google said 404" in told
    assert "Disconnected" in text_of(page.post(PAGE, {**form, "do": "disconnect"}, follow=True))
    account.refresh_from_db()
    assert (account.state, account.secrets) == ("disabled", "")


def test_the_console_shows_accounts_checks_and_disconnects_them(
    browser, ada, eve, google, django_capture_on_commit_callbacks
):
    tenant_cache.clear()
    account = connected(eve)
    console = browser(ada)
    listed = text_of(console.get("/admin/connections/connection/"))
    assert "eve@acme.example" in listed
    one = text_of(console.get(f"/admin/connections/connection/{account.pk}/change/"))
    assert not [secret for secret in SECRETS if secret in listed + one]
    for action, words in (("check_now", "checked"), ("disconnect", "disconnected")):
        form = {"action": action, "_selected_action": [str(account.pk)], "post": "yes"}
        with django_capture_on_commit_callbacks(execute=True):
            answer = console.post("/admin/connections/connection/", form, follow=True)
        assert f"Being {words}: 1." in text_of(answer)
    assert [asked.path for asked in google.asked][1:] == [
        "/calendar/v3/users/me/calendarList",
        "/revoke",
    ]
    account.refresh_from_db()
    assert (account.state, account.secrets) == ("disabled", "")
    assert google.revoked == ["refresh-1"]


def test_secrets_show_nowhere(api, browser, ada, eve, google, caplog):
    """Not in the API, on pages, in the trail, in logs, in errors, or in the table itself."""
    tenant_cache.clear()
    caplog.set_level(logging.DEBUG)
    account = connected(eve)
    client = Client(account, pause=lambda _seconds: None)
    client.ask(Ask("list", "GET", "/calendar/v3/users/me/calendarList"))
    google.script = [says(400, error={"code": 400, "message": "access-1 refresh-1"})]
    with pytest.raises(IntegrationError) as caught:
        client.ask(Ask("list", "GET", "/calendar/v3/users/me/calendarList"))
    with database.cursor() as cursor:
        cursor.execute("SELECT c::text FROM connections_connection c")
        table = str(cursor.fetchall())
    shown = [
        *(text_of(api(person).get("/api/v1/integrations")) for person in (eve, ada)),
        *(text_of(browser(person).get(PAGE)) for person in (eve, ada)),
        text_of(browser(ada).get(f"/admin/connections/connection/{account.pk}/history/")),
        text_of(api(ada).get("/api/v1/admin/audit-logs")),
        repr(caught.value),
        repr(caught.value.facts),
        caplog.text,
        table,
    ]
    for text in shown:
        assert not [secret for secret in SECRETS if secret in text], text[:500]


def test_archives_know_nothing_of_connected_accounts(committed, tmp_path):
    with tenant_transaction(committed):
        connected(None)
    call_command("tenant_export", committed.slug, output=tmp_path / "office.zip")
    whole = (tmp_path / "office.zip").read_bytes()
    assert b"connections_" not in whole
