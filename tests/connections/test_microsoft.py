"""Connecting Microsoft 365, through msal, over HTTP."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from connections.asking import Ask
from connections.client import Client
from connections.errors import ConsentRevokedError, PermanentError
from connections.models import Connection
from connections.tokens import access_token
from tenants.context import tenant_context
from tests.connections.conftest import begin, finish_url
from tests.peers.microsoft import OID, TID, says

INBOX = Ask("inbox", "GET", "/me/mailFolders/inbox/messages", query={"$top": "5"})


@pytest.fixture
def connect(api, browser, callback, ms):
    """`connect(person)` goes the whole way and returns what is shown at its end."""

    def go(person, **body):
        query = begin(api(person), "microsoft", **body)
        answer = callback(
            "microsoft", posted=True, code=ms.agree(query), state=query["state"], client_info="e30"
        )
        return browser(person).get(finish_url(answer), follow=True).content.decode()

    return go


def test_the_account_is_known_by_tenant_and_object_id(connect, eve):
    assert "Microsoft 365 is connected: office@acme.example." in connect(eve)
    connection = Connection.objects.get()
    assert (connection.account_key, connection.person) == (f"{TID}:{OID}", eve)
    assert {"Mail.Send", "Mail.Read", "Calendars.ReadWrite"} <= {*connection.scopes}


def test_an_admin_connects_a_mailbox_for_the_office(connect, ada):
    connect(ada, for_office=True)
    assert Connection.objects.get().person is None


def test_tokens_are_renewed_through_what_msal_remembers(connect, eve, ms):
    connect(eve)
    connection = Connection.objects.get()
    first = access_token(connection.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        second = access_token(connection.pk)
        third = access_token(connection.pk)
    assert first != second == third
    assert ms.refreshes == 1
    with time_machine.travel(timezone.now() + timedelta(hours=4), tick=False):
        # The refresh token is another one each time; the one before is good no longer.
        assert access_token(connection.pk) not in {first, second}
    assert ms.refreshes == 2


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (700082, "not used for so long"),
        (50173, "password was changed"),
        (53003, "blocks this access"),
        (50057, "disabled in Microsoft 365"),
        (70000, "connect the account again"),
    ],
)
def test_why_it_ended_is_told_in_words(number, words, connect, eve, ms):
    connect(eve)
    ms.refusal = ("invalid_grant", number)
    connection = Connection.objects.get()
    with pytest.raises(ConsentRevokedError, match=words):
        access_token(connection.pk, refused=access_token(connection.pk))
    connection.refresh_from_db()
    assert connection.state == "reauth_required"
    assert words in connection.last_error


def test_a_secret_of_the_platform_that_ended_ends_nobodys_account(connect, eve, ms):
    connect(eve)
    ms.refusal = ("invalid_client", 7000222)
    connection = Connection.objects.get()
    with pytest.raises(PermanentError, match="tell who runs this platform"):
        access_token(connection.pk, refused=access_token(connection.pk))
    connection.refresh_from_db()
    assert connection.state == "degraded"
    ms.refusal = None
    assert Client(connection).ask(INBOX).json()["value"] == []
    connection.refresh_from_db()
    assert (connection.state, connection.last_error) == ("active", "")


def test_a_sign_in_of_another_organisation_is_told_by_its_token(connect, eve, ms):
    ms.tid = "22222222-2222-4333-8444-555555555555"
    connect(eve)
    assert Connection.objects.get().account_key.startswith(ms.tid)


def test_a_token_for_another_application_is_refused(connect, eve, ms, monkeypatch):
    monkeypatch.setattr("tests.peers.microsoft.CLIENT", ("somebody-elses", "secret-of-the-tests"))
    ms._token = lambda form: says_token(ms, form)
    assert "something else than was asked" in connect(eve)
    assert not Connection.objects.exists()


def says_token(ms, form):
    query = ms._codes.pop(form["code"])
    return says(200, **ms._fresh(), id_token=ms._id_token(query["nonce"]))


def test_a_nonce_of_another_sign_in_is_refused(connect, eve, ms):
    ms._id_token = lambda _nonce: type(ms)._id_token(ms, "of another")
    assert "something else than was asked" in connect(eve)
    assert not Connection.objects.exists()


def test_a_sign_in_that_does_not_answer_is_told_in_words(api, browser, callback, eve, ms, settings):
    query = begin(api(eve), "microsoft")
    code = ms.agree(query)
    url = finish_url(callback("microsoft", posted=True, code=code, state=query["state"]))
    settings.MS_LOGIN_BASE_URL = "http://127.0.0.1:1"
    assert "did not answer" in browser(eve).get(url, follow=True).content.decode()


def test_an_operator_connects_a_mailbox_of_the_application(ms, acme):
    call_command("connect_mailbox", "acme", organisation=UUID(TID), mailbox="office@acme.example")
    with tenant_context(acme):
        connection = Connection.objects.get()
        assert (connection.mode, connection.person) == ("application", None)
        first = access_token(connection.pk)
        assert access_token(connection.pk, refused=first) != first
    assert ms.asked[-1].path == f"/{TID}/oauth2/v2.0/token"


def test_without_an_administrators_consent_the_operator_is_told(ms, acme, settings):
    settings.MICROSOFT_CLIENT_SECRET = "wrong"
    with pytest.raises(CommandError, match="tell who runs this platform"):
        call_command("connect_mailbox", "acme", organisation=UUID(TID), mailbox="o@acme.example")
