"""The page on which a chat is linked and forgotten."""

import re

import pytest

from messaging.contacts import link
from messaging.models import Contact, LinkCode
from tests.pages.conftest import INLINE

PAGE = "/notifications/chats"


@pytest.fixture
def page(browser, eve):
    client = browser(eve)

    def show(**form):
        answer = client.post(PAGE, form, follow=True) if form else client.get(PAGE)
        assert answer.status_code == 200
        assert not INLINE.search(answer.content.decode())
        return answer.content.decode()

    return show


def test_a_chat_is_linked_by_an_address_that_only_this_page_shows(page, eve):
    assert "Link my chat" in page()
    shown = page(do="link")
    [code] = re.findall(r"https://t\.me/office_of_the_tests_bot\?start=([\w-]{43})", shown)
    assert LinkCode.objects.get().person == eve
    assert code not in page()


def test_a_linked_chat_is_forgotten(page, eve):
    link(person=eve, channel="telegram", address="4711")
    assert "Your chat is linked" in page()
    assert "Nothing is sent to Telegram" in page(do="unlink")
    assert not Contact.objects.filter(person=eve).exists()


def test_a_closed_chat_says_why(page, eve):
    contact = link(person=eve, channel="telegram", address="4711")
    Contact.objects.filter(pk=contact.pk).update(
        closed_at=contact.created_at, closed_why="The person wrote /stop."
    )
    assert "is closed: The person wrote /stop." in page()


def test_without_a_bot_nothing_is_promised(page, settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    assert "has no Telegram bot" in page()


def test_the_page_of_wishes_leads_there(browser, eve):
    assert PAGE in browser(eve).get("/notifications").content.decode()
