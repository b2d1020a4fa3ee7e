"""Connecting a Google account, over HTTP, as a person does it."""

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser

from connections.asking import Ask
from connections.client import Client
from connections.models import Connection, OAuthState
from tenants.context import tenant_context
from tests.connections.conftest import begin, connected, finish_url


@pytest.fixture
def begun(api, eve, google):
    """Eve has agreed at Google: the code and the state that come back."""
    query = begin(api(eve), "google")
    return {"code": google.agree(query), "state": query["state"]}


def test_an_account_is_connected_by_the_person_who_began(begun, callback, browser, eve, api):
    answer = callback("google", **begun)
    assert answer.status_code == 200
    page = browser(eve).get(finish_url(answer), follow=True)
    assert "Google is connected: eve@acme.example." in page.content.decode()
    made = Connection.objects.get()
    assert (made.person, made.account_key) == (eve, "1098")
    assert made.state == "active"
    assert not OAuthState.objects.exists()
    [shown] = api(eve).get("/api/v1/integrations").json()["results"]
    assert (shown["provider"], shown["state"]) == ("google", "active")


def test_its_calendar_can_be_asked(begun, callback, browser, eve, google):
    browser(eve).get(finish_url(callback("google", **begun)))
    reply = Client(Connection.objects.get()).ask(Ask("list", "GET", "/calendar/v3/users/me/list"))
    assert reply.json()["items"] == []
    assert google.refreshes == 0


def test_the_code_stands_in_no_address_of_the_office_and_in_no_table(begun, callback):
    assert begun["code"] not in callback("google", **begun).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT o::text FROM connections_oauthstate o")
        [row] = cursor.fetchall()
    assert begun["code"] not in row[0]
    assert begun["state"] not in row[0]


def test_somebody_else_cannot_end_what_eve_began(begun, callback, browser, max_, eve):
    url = finish_url(callback("google", **begun))
    page = browser(max_).get(url, follow=True)
    assert "good no longer" in page.content.decode()
    assert not Connection.objects.exists()
    browser(eve).get(url)
    assert Connection.objects.get().person == eve


def test_it_is_good_once(begun, callback, browser, eve):
    url = finish_url(callback("google", **begun))
    browser(eve).get(url)
    Connection.objects.all().delete()
    assert "good no longer" in browser(eve).get(url, follow=True).content.decode()
    assert not Connection.objects.exists()
    assert finish_url(callback("google", **begun)) is None


def test_it_ends_after_ten_minutes(api, eve, google, callback, browser):
    with time_machine.travel("2026-05-04T10:00:00Z", tick=False) as clock:
        query = begin(api(eve), "google")
        values = {"code": google.agree(query), "state": query["state"]}
        url = finish_url(callback("google", **values))
        clock.move_to("2026-05-04T10:10:01Z")
        assert "good no longer" in browser(eve).get(url, follow=True).content.decode()
        assert finish_url(callback("google", **values)) is None
    assert not Connection.objects.exists()


def test_the_first_answer_counts(begun, callback, browser, eve):
    url = finish_url(callback("google", **begun))
    callback("google", state=begun["state"], code="of-an-attacker")
    browser(eve).get(url)
    assert Connection.objects.get().address == "eve@acme.example"


def test_another_office_cannot_use_it(begun, callback, globex, mia):
    url = finish_url(callback("google", **begun))
    with tenant_context(globex):
        theirs = Browser(headers={"host": "globex.localhost"})
        theirs.force_login(mia)
    page = theirs.get(url, follow=True)
    assert "good no longer" in page.content.decode()
    with tenant_context(globex):
        assert not Connection.objects.exists()


@pytest.mark.parametrize("state", ["", "x", "A" * 64, "ä" * 64, "AAAA" * 20])
def test_a_made_up_word_leads_nowhere(state, callback, in_acme):
    answer = callback("google", state=state, code="x")
    assert answer.status_code == 200
    assert finish_url(answer) is None


def test_the_word_of_one_vendor_is_worth_nothing_at_another(begun, callback):
    assert finish_url(callback("slack", **begun)) is None


def test_whoever_declines_is_told_so(api, eve, google, callback, browser):
    query = begin(api(eve), "google")
    answer = callback("google", state=query["state"], error="access_denied")
    page = browser(eve).get(finish_url(answer), follow=True)
    assert "Nobody agreed at Google" in page.content.decode()


def test_whoever_unticks_the_calendar_is_told_so(api, eve, google, callback, browser):
    google.scopes = "openid email"
    query = begin(api(eve), "google")
    answer = callback("google", state=query["state"], code=google.agree(query))
    page = browser(eve).get(finish_url(answer), follow=True)
    assert "leave all boxes ticked" in page.content.decode()
    assert not Connection.objects.exists()


def test_only_an_admin_connects_for_the_office(api, eve, ada, google):
    answer = api(eve).post("/api/v1/integrations/google/connect", {"for_office": True})
    assert answer.status_code == 403
    begin(api(ada), "google", for_office=True)


def test_a_platform_without_the_vendor_says_so(api, eve, settings):
    settings.GOOGLE_CLIENT_ID = ""
    answer = api(eve).post("/api/v1/integrations/google/connect", {})
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "not_set_up"


def test_disconnecting_revokes_and_wipes(api, eve, google):
    account = connected(eve)
    assert api(eve).delete("/api/v1/integrations/google").status_code == 204
    assert google.revoked == ["refresh-1"]
    account.refresh_from_db()
    assert (account.state, account.secrets) == ("disabled", "")


def test_disconnecting_works_while_the_vendor_is_away(api, eve, settings):
    settings.GOOGLE_TOKEN_BASE_URL = "http://127.0.0.1:1"
    account = connected(eve)
    assert api(eve).delete("/api/v1/integrations/google").status_code == 204
    account.refresh_from_db()
    assert (account.state, account.secrets) == ("disabled", "")


def test_connecting_again_keeps_the_row(api, eve, google, callback, browser):
    before = connected(eve, state="reauth_required", secrets="", last_error="It ended.")
    query = begin(api(eve), "google")
    answer = callback("google", state=query["state"], code=google.agree(query))
    browser(eve).get(finish_url(answer))
    after = Connection.objects.get()
    assert after.pk == before.pk
    assert (after.state, after.last_error) == ("active", "")


def test_one_person_does_not_see_or_end_the_accounts_of_another(api, browser, eve, max_, google):
    account = connected(eve)
    assert api(max_).get("/api/v1/integrations").json()["results"] == []
    assert api(max_).delete("/api/v1/integrations/google").status_code == 204
    browser(max_).post("/connections", {"do": "disconnect", "connection": str(account.pk)})
    account.refresh_from_db()
    assert account.state == "active"
