"""Messages that go out by the bot: what Telegram's answers mean for them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.channels.telegram import LONGEST, shortened
from messaging.contacts import link
from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from tests.inbound.conftest import CHAT, bot  # noqa: F401  a fixture
from tests.peers.telegram import TOKEN


@pytest.fixture
def owed(bot, eve, owe):  # noqa: F811  the fixture of that name
    """`owed()` is a reminder that Eve is to get in her chat."""

    def make():
        link(person=eve, channel="telegram", address=str(CHAT))
        User.objects.filter(pk=eve.pk).update(notification_preference="telegram")
        eve.refresh_from_db()
        return owe(assignee=eve)

    return make


def state(message):
    message.refresh_from_db()
    return message.status, message.attempts


def test_a_reminder_arrives_in_the_chat(owed, bot):  # noqa: F811
    message = owed()
    deliver([message.pk])
    assert state(message) == ("sent", 1)
    [sent] = bot.sent
    assert sent["chat_id"] == CHAT
    assert sent["text"].startswith("Reminder: Water the plants")
    assert message.provider_id == f"{CHAT}:1"


def test_who_has_no_chat_gets_a_letter(bot, eve, owe):  # noqa: F811
    User.objects.filter(pk=eve.pk).update(notification_preference="telegram")
    eve.refresh_from_db()
    assert owe(assignee=eve).channel == "email"


def test_a_platform_without_a_bot_writes_letters(owed, settings, bot):  # noqa: F811
    settings.TELEGRAM_BOT_TOKEN = ""
    assert owed().channel == "email"


def test_too_quick_waits_as_long_as_asked_and_loses_no_try(owed, bot):  # noqa: F811
    bot.refuses(429, "Too Many Requests", retry_after=17)
    message = owed()
    deliver([message.pk])
    assert state(message)[0] == "queued"
    assert message.uncounted == 1
    assert message.not_before == timezone.now() + timedelta(seconds=17)


def test_a_blocked_chat_is_closed_and_the_letter_goes_another_way(owed, bot, eve):  # noqa: F811
    bot.refuses(403, "Forbidden: bot was blocked by the user")
    message = owed()
    deliver([message.pk])
    assert state(message)[0] == "failed"
    assert "blocked by the user" in message.reason
    assert eve.contacts.get().closed_at is not None
    assert OutgoingMessage.objects.get(instead_of=message).channel == "email"


@pytest.mark.parametrize(
    ("code", "status"), [(400, "failed"), (500, "queued"), (502, "queued"), (401, "queued")]
)
def test_other_refusals_wait_or_fail(owed, bot, code, status):  # noqa: F811
    bot.refuses(code, "no")
    message = owed()
    deliver([message.pk])
    assert state(message)[0] == status
    assert TOKEN not in message.reason


def test_a_line_that_is_cut_leaves_it_unknown_and_sends_no_second_copy(owed, bot):  # noqa: F811
    bot.hangs_up = True
    message = owed()
    deliver([message.pk])
    assert state(message)[0] == "queued"
    bot.hangs_up = False
    OutgoingMessage.objects.filter(pk=message.pk).update(not_before=None)
    deliver([message.pk])
    assert state(message)[0] == "unknown"
    assert bot.sent == []


def test_a_bot_that_cannot_be_reached_is_waited_for(owed, settings, bot):  # noqa: F811
    settings.TELEGRAM_API_BASE_URL = "http://127.0.0.1:1"
    message = owed()
    deliver([message.pk])
    assert state(message)[0] == "queued"
    assert "cannot be reached" in message.reason


def test_a_long_text_is_cut_at_the_end_of_a_line():
    text = "\n".join(["line"] * 2000)
    short = shortened(text)
    assert len(short) <= LONGEST
    assert short.endswith("line\n…")
    assert shortened("short") == "short"
    assert len(shortened("x" * 5000)) <= LONGEST
