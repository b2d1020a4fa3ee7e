"""E-mail from the office's own mailbox, over HTTP; by SMTP when that is not to be had."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from messaging.delivery import deliver
from messaging.ledger import BACK_OFF
from messaging.letters import send_email
from messaging.models import OutgoingMessage
from messaging.services import Owed, owe_messages
from tenants.cache import tenant_cache
from tenants.context import public_context
from tests.connections.mailbox import mailbox
from tests.peers.microsoft import microsoft, refuses


@pytest.fixture(autouse=True)
def no_rates(settings):
    settings.MESSAGE_RATES = {}


@pytest.fixture
def ms(settings, in_acme):
    tenant_cache.clear()
    with microsoft() as peer:
        settings.MS_LOGIN_BASE_URL = settings.MSGRAPH_BASE_URL = peer.url
        yield peer
    assert peer.wrong == []


@pytest.fixture
def letter(eve):
    """`letter()` is a message that Eve is owed by e-mail."""

    def owed(**values):
        values = {"subject": "Water the plants", "text": "It is time.", "html": "", **values}
        item = Owed(
            recipient=eve,
            kind="reply",
            about_id=None,
            due_at=timezone.now(),
            occasion=f"test:{OutgoingMessage.objects.count()}",
            urgent=True,
            **values,
        )
        [pk] = owe_messages([item])
        return OutgoingMessage.objects.get(pk=pk)

    return owed


def send(message):
    deliver([message.pk])
    message.refresh_from_db()
    return message


def letter_in(peer):
    [sent] = peer.sent
    return sent


def test_a_message_goes_out_from_the_offices_mailbox(ms, letter, eve, server):
    mailbox(ms)
    message = send(letter(html="<p>It is <b>time</b>.</p>"))
    assert message.status == "sent"
    sent = letter_in(ms)
    assert sent["subject"] == "Water the plants"
    assert sent["body"] == {"contentType": "html", "content": "<p>It is <b>time</b>.</p>"}
    assert sent["toRecipients"] == [{"emailAddress": {"address": eve.email}}]
    assert {"name": "x-office-outbox-id", "value": str(message.pk)} in sent[
        "internetMessageHeaders"
    ]
    assert server.received == []


def test_an_application_sends_as_the_mailbox_that_it_names(ms, letter):
    mailbox(ms, mode="application", scopes=["https://graph.microsoft.com/.default"])
    send(letter())
    assert ms.asked[-1].path == "/v1.0/users/office@acme.example/sendMail"


def test_without_a_mailbox_the_mail_server_sends(ms, letter, server):
    assert send(letter()).status == "sent"
    assert len(server.received) == 1


def test_an_office_that_wants_the_mail_server_sends_by_it_beside_a_mailbox(
    ms, letter, server, api, ada, in_acme
):
    def want(provider):
        api(ada).patch("/api/v1/admin/tenant", {"settings": {"email_provider": provider}})
        with public_context():
            in_acme.refresh_from_db()

    mailbox(ms)
    want("smtp")
    assert send(letter()).status == "sent"
    assert (len(server.received), ms.sent) == (1, [])
    want("microsoft")
    send(letter(subject="Again"))
    assert (len(server.received), len(ms.sent)) == (1, 1)


def test_a_persons_own_mailbox_sends_nothing_of_the_offices(ms, letter, server, eve):
    mailbox(ms, eve)
    send(letter())
    assert (len(server.received), ms.sent) == (1, [])


@pytest.mark.parametrize("state", ["reauth_required", "revoked", "disabled"])
def test_with_a_mailbox_that_ended_the_mail_server_sends(state, ms, letter, server):
    mailbox(ms, state=state, secrets="")
    send(letter())
    assert (len(server.received), ms.sent) == (1, [])


def test_a_permission_that_ends_now_loses_nothing_and_is_told_once(ms, letter, server, ada):
    connection = mailbox(ms, state="active")
    ms.good.clear()
    ms.refusal = ("invalid_grant", 50173)
    first, second = letter(), letter(subject="Again")
    deliver([first.pk, second.pk])
    for message in (first, second):
        message.refresh_from_db()
        assert message.status == "sent"
    assert len(server.received) == 2
    connection.refresh_from_db()
    assert connection.state == "reauth_required"
    [notice] = OutgoingMessage.objects.filter(kind="reconnect")
    assert notice.recipient == ada
    assert "Connect Microsoft 365 again" in notice.subject
    assert "/connections" in notice.text
    assert "sign-in" in notice.text


def test_a_letter_that_was_taken_before_the_line_was_cut_is_found_and_not_sent_again(ms, letter):
    mailbox(ms)
    ms.script = [ms.accepts_and_hangs_up]
    message = send(letter())
    assert message.status == "queued"
    assert message.in_doubt_since is not None
    with time_machine.travel(timezone.now() + BACK_OFF[0] + timedelta(seconds=1), tick=False):
        assert send(message).status == "sent"
    assert len(ms.sent) == 1
    assert message.provider_id == "<1@outlook.example>"


def test_a_letter_that_was_not_taken_is_not_found_and_goes_out(ms, letter):
    mailbox(ms)
    ms.script = [lambda _asked: None]
    message = send(letter())
    assert (message.status, ms.sent) == ("queued", [])
    with time_machine.travel(timezone.now() + BACK_OFF[0] + timedelta(seconds=1), tick=False):
        assert send(message).status == "sent"
    assert len(ms.sent) == 1


def test_a_mailbox_that_wants_a_rest_gets_it(ms, letter):
    mailbox(ms)
    ms.script = [lambda _asked: refuses(429, "ApplicationThrottled", Retry_After="90")]
    message = send(letter())
    assert message.status == "queued"
    assert message.uncounted == 1
    assert (message.not_before - timezone.now()).total_seconds() == pytest.approx(90, abs=3)


def test_a_letter_that_graph_refuses_has_failed_and_says_why(ms, letter):
    mailbox(ms)
    ms.script = [lambda _asked: refuses(400, "ErrorInvalidRecipients")]
    message = send(letter())
    assert message.status == "failed"
    assert message.reason == "Microsoft 365 said 400 ErrorInvalidRecipients."


def test_a_mailbox_that_may_not_send_is_passed_over(ms, letter, server):
    connection = mailbox(ms)
    ms.script = [lambda _asked: refuses(403, "ErrorAccessDenied")]
    assert send(letter()).status == "sent"
    assert len(server.received) == 1
    connection.refresh_from_db()
    assert (connection.state, connection.last_error) == (
        "degraded",
        "Microsoft 365 said 403 ErrorAccessDenied.",
    )


def test_answers_to_a_letter_go_to_whoever_wrote_it(ms, ada):
    mailbox(ms)
    [message] = send_email(by=ada, to=["customer@example.com"], subject="Hi", body="Good day.")
    send(message)
    assert letter_in(ms)["replyTo"] == [{"emailAddress": {"address": ada.email}}]


# --- Reading


def lies_there(number, **values):
    return {
        "id": f"AAMk{number}",
        "internetMessageId": f"<{number}@example.com>",
        "subject": f"Letter {number}",
        "from": {"emailAddress": {"name": "Bob", "address": "bob@example.com"}},
        "receivedDateTime": "2026-05-04T10:00:00Z",
        "bodyPreview": "Good day",
        "body": {"contentType": "html", "content": "<p>Good day</p>"},
        **values,
    }


def test_a_person_reads_the_mailbox_that_is_theirs(ms, eve, api):
    mailbox(ms, eve)
    evil = '<p onclick="x()">Hi<script>alert(1)</script><img src="http://spy.example/a.gif">'
    ms.inbox = [
        lies_there(1, body={"contentType": "html", "content": evil}),
        lies_there(2, body={"contentType": "text", "content": "a < b"}),
        lies_there(2),
    ]
    shown = api(eve).get("/api/v1/email/inbox?limit=5").json()
    assert (shown["address"], shown["state"], shown["trouble"]) == (ms.address, "active", None)
    assert [mail["subject"] for mail in shown["results"]] == ["Letter 1", "Letter 2"]
    html = shown["results"][0]["html"]
    assert "Hi" in html
    assert not [word for word in ("script", "onclick", "img", "spy") if word in html]
    assert shown["results"][0]["from_address"] == "bob@example.com"


def test_nobody_reads_the_mailbox_of_another_or_of_the_office(ms, eve, max_, ada, api):
    mailbox(ms, eve)
    mailbox(ms)
    ms.inbox = [lies_there(1)]
    nothing = {"address": None, "state": None, "trouble": None, "results": []}
    assert api(max_).get("/api/v1/email/inbox").json() == nothing
    assert api(ada).get("/api/v1/email/inbox").json() == nothing


def test_a_mailbox_that_cannot_be_read_says_why(ms, eve, api):
    mailbox(ms, eve)
    ms.good.clear()
    ms.refusal = ("invalid_grant", 700082)
    shown = api(eve).get("/api/v1/email/inbox").json()
    assert (shown["state"], shown["results"]) == ("reauth_required", [])
    assert "not used for so long" in shown["trouble"]
