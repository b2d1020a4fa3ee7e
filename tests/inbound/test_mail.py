"""The office by e-mail: only what a relay vouches for, only from people of the office, once."""

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from accounts.services import create_user
from inbound.mail import is_for_offices, take_letter, without_quotes
from inbound.management.commands.receive_mail import listener
from inbound.models import Delivery
from messaging.models import OutgoingMessage
from tasks.models import Task
from tenants.context import tenant_context, tenant_transaction
from tests.conftest import PASSWORD
from tests.inbound.conftest import work
from tests.messaging.conftest import server, smtp  # noqa: F401  fixtures

TO, RELAY = "office+acme@in.example", "mx.relay.example"
GOOD = (
    f"{RELAY}; spf=pass smtp.mailfrom=acme.example; dmarc=pass (p=reject) header.from=acme.example"
)


@pytest.fixture(autouse=True)
def open_door(settings):
    settings.INBOUND_MAIL_DOMAIN, settings.INBOUND_MAIL_AUTHSERV = "in.example", RELAY
    settings.MESSAGE_RATES = {}


def letter(text="Order new badges tomorrow at 3pm", results=(GOOD,), **headers):
    message = EmailMessage()
    headers = {
        "From": "Eve <eve@acme.example>",
        "Subject": "Badges",
        "Message-ID": "<1@a>",
        **headers,
    }
    for result in results:
        message["Authentication-Results"] = result
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def take(content, *recipients, sender="eve@acme.example"):
    take_letter(content, recipients or [TO], sender)


def test_a_letter_becomes_a_task_and_is_answered_by_mail(eve, server):  # noqa: F811
    take(letter())
    work()
    task = Task.objects.get()
    assert (task.title, task.source, task.creator) == ("Order new badges", "email", eve)
    [answer] = server.received
    assert answer.recipients == ["eve@acme.example"]
    assert answer.letter["Reply-To"] == TO
    assert "Order new badges" in answer.letter.get_body(("plain",)).get_content()


def test_the_same_letter_twice_is_heard_once(eve):
    take(letter())
    take(letter())
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "results",
    [
        [],
        [f"{RELAY}; dmarc=fail header.from=acme.example"],
        [f"{RELAY}; spf=pass smtp.mailfrom=acme.example; dkim=pass header.d=acme.example"],
        [f"{RELAY}; dmarc=pass header.from=evil.example"],
        ["mx.evil.example; dmarc=pass header.from=acme.example"],
        # What the sender wrote into a comment or a quoted word is no result.
        [f"{RELAY}; dmarc=fail (x; dmarc=pass header.from=acme.example) header.from=acme.example"],
        [f'{RELAY}; spf=fail smtp.mailfrom="x; dmarc=pass header.from=acme.example"@evil.example'],
        # The relay's own stands on top.
        [f"{RELAY}; dmarc=fail header.from=acme.example", GOOD],
    ],
)
def test_a_letter_that_the_relay_does_not_vouch_for_is_of_nobody(results, eve):
    take(letter(results=results))
    assert not Delivery.objects.exists()
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "stranger@acme.example"},
        {"From": "no address"},
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<all.acme.example>"},
    ],
)
def test_strangers_and_programs_are_not_heard(headers, eve):
    take(letter(**headers))
    assert not Delivery.objects.exists()


def test_a_letter_with_two_senders_or_none_is_of_nobody(eve):
    take(b"From: mallory@evil.example\r\n" + letter())
    take(letter(), sender="")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "address", ["office+nowhere@in.example", "office+globex@in.example", "office@in.example"]
)
def test_it_is_heard_in_the_office_that_it_is_to(address, eve, globex):
    take(letter(), address)
    assert not Delivery.objects.exists()
    with tenant_context(globex):
        assert not Delivery.objects.exists()


def test_somebody_who_has_left_is_a_stranger(eve):
    eve.is_active = False
    eve.save()
    take(letter())
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("yes\n\nOn Mon, 4 May 2026 at 10:00, Office <o@in.example> wrote:\n> Shall I?\n", "yes"),
        ("ja\n\nAm 04.05.2026 um 10:00 schrieb Office <o@in.example>:\n> Soll ich?\n", "ja"),
        ("call Bob\n-- \nEve\nAcme", "call Bob"),
        ("> quoted\ndone\n", "done"),
        ("ok\n-----Original Message-----\nFrom: office", "ok"),
        ("ok\n________________________________\nFrom: Office <o@in.example>", "ok"),
        ("On Monday we meet", "On Monday we meet"),
        ("Call Bob - today", "Call Bob - today"),
    ],
)
def test_what_is_answered_to_is_cut_off(body, kept):
    assert without_quotes(body) == kept


def test_the_subject_counts_where_there_is_no_text(eve):
    take(letter(text="-- \nEve", Subject="Re: AW: call Bob tomorrow"))
    assert Delivery.objects.get().text == "call Bob tomorrow"


def test_html_alone_and_strange_charsets_break_nothing(eve):
    raw = letter().replace(b'charset="utf-8"', b'charset="klingon"')
    take(raw)
    assert Delivery.objects.get().text


def test_only_addresses_of_offices_are_taken():
    assert is_for_offices("Office+Anything@IN.example")
    assert not is_for_offices("eve@in.example")
    assert not is_for_offices("office+acme@other.example")


def test_the_command_wants_a_relay_to_believe(settings):
    settings.INBOUND_MAIL_AUTHSERV = ""
    with pytest.raises(CommandError, match="INBOUND_MAIL_AUTHSERV"):
        call_command("receive_mail")


# --- Over LMTP, as a relay speaks it


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def relay() -> Iterator[smtplib.LMTP]:
    port = free_port()
    door = listener(host="127.0.0.1", port=port)
    door.start()
    try:
        with smtplib.LMTP("127.0.0.1", port) as client:
            yield client
    finally:
        door.stop()


def test_a_relay_hands_letters_over(committed, relay, monkeypatch):
    monkeypatch.setattr("inbound.jobs.answer_delivery.delay_on_commit", lambda _pk: None)
    with tenant_transaction(committed):
        create_user(email="eve@acme.example", full_name="Eve", role="employee", password=PASSWORD)
    to = f"office+{committed.slug}@in.example"
    assert relay.sendmail("eve@acme.example", [to], letter()) == {}
    # A letter of a stranger is answered in the same way.
    assert relay.sendmail("bob@evil.example", [to], letter(From="bob@evil.example")) == {}
    assert relay.sendmail("bob@evil.example", ["office+nobody@in.example"], letter()) == {}
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        relay.sendmail("eve@acme.example", ["ceo@in.example"], letter())
    with tenant_transaction(committed):
        [delivery] = Delivery.objects.all()
        assert delivery.address == "eve@acme.example"
    connections.close_all()


def test_a_letter_that_cannot_be_stored_comes_again(committed, relay, monkeypatch):
    def break_down(*_args):
        raise OSError("the disk is full")

    monkeypatch.setattr("inbound.management.commands.receive_mail.take_letter", break_down)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        relay.sendmail("eve@acme.example", ["office+acme@in.example"], letter())
    assert caught.value.smtp_code == 451
