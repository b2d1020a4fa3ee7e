"""Trying a channel out: a message to oneself, by that channel alone, with what became of it."""

import pytest

from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from tests.connections.mailbox import mailbox
from tests.peers.microsoft import microsoft


@pytest.fixture(autouse=True)
def no_rates(settings):
    settings.MESSAGE_RATES = {}


def send_all():
    deliver(list(OutgoingMessage.objects.filter(status="queued").values_list("pk", flat=True)))


def test_the_message_comes_by_the_channel_and_its_page_says_so(browser, eve, server):
    page = browser(eve)
    assert "By E-mail" in page.get("/notifications").content.decode()
    answer = page.post("/notifications/try", {"channel": "email"})
    message = OutgoingMessage.objects.get()
    assert answer["Location"] == f"/messages/{message.pk}"
    send_all()
    assert "This is a message of Acme to try E-mail out." in server.received[0].letter.get_content()
    assert "It was handed over." in page.get(answer["Location"]).content.decode()


def test_what_is_wrong_is_shown_and_nothing_goes_another_way(browser, eve, server):
    server.rcpt = lambda _address: "550 no such mailbox"
    answer = browser(eve).post("/notifications/try", {"channel": "email"})
    send_all()
    assert "550 no such mailbox" in browser(eve).get(answer["Location"]).content.decode()
    assert not OutgoingMessage.objects.exclude(instead_of=None).exists()


@pytest.mark.parametrize("channel", ["telegram", "slack", "", "fax"])
def test_a_channel_that_does_not_reach_the_person_is_refused(channel, browser, eve):
    page = browser(eve).post("/notifications/try", {"channel": channel}, follow=True)
    assert "cannot be reached by this channel yet" in page.content.decode()
    assert not OutgoingMessage.objects.exists()


def test_nobody_is_flooded(browser, eve, settings):
    settings.CHANNEL_TESTS = (2, 3600)
    page = browser(eve)
    for _each in range(3):
        answer = page.post("/notifications/try", {"channel": "email"}, follow=True)
    assert "wait a few minutes" in answer.content.decode()
    assert OutgoingMessage.objects.count() == 2


def test_a_mailbox_of_the_office_is_tried_the_same_way(browser, ada, settings):
    with microsoft() as peer:
        settings.MS_LOGIN_BASE_URL = settings.MSGRAPH_BASE_URL = peer.url
        mailbox(peer)
        browser(ada).post("/notifications/try", {"channel": "email"})
        send_all()
        assert [sent["subject"] for sent in peer.sent] == ["A message to try E-mail out"]
