"""The office in a Telegram chat: heard once, answered where it was asked."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from assistant.models import Action
from inbound import answering
from inbound.models import Delivery
from inbound.services import wake_deliveries
from messaging.models import OutgoingMessage
from messaging.sweep import sweep_due
from tasks.models import Task
from tenants.context import public_context
from tests.conftest import outermost
from tests.inbound.conftest import CHAT, WEBHOOK, work
from tests.inbound.telegram_calls import SENTENCE, touch
from tests.peers.specs import vectors, why
from tests.peers.telegram import TOKEN

# --- What is written becomes work, once


def test_a_sentence_becomes_a_task_and_the_answer_comes_to_the_chat(eve, eves_chat, write, bot):
    assert write(SENTENCE) == {}
    work()
    task = Task.objects.get(creator=eve)
    assert (task.title, task.source, task.assignee) == ("Water the plants", "telegram", eve)
    [sent] = bot.sent
    assert sent["chat_id"] == CHAT
    assert sent["text"].startswith("“Water the plants” is written down")
    [[button]] = sent["reply_markup"]["inline_keyboard"]
    assert button["text"] == "Undo"
    message = OutgoingMessage.objects.get(kind="reply")
    assert (message.channel, message.status) == ("telegram", "sent")
    entry = AuditEntry.objects.get(object_pk=str(task.pk))
    assert (entry.actor_id, entry.source) == (eve.pk, "channel")


def test_a_long_answer_comes_in_parts_that_end_with_a_line(eve, eves_chat, write, bot):
    said = answering.Answer("\n".join(f"{number} " + "é😀" * 200 for number in range(40)))
    write("my tasks")
    [delivery] = Delivery.objects.all()
    answering._settle(delivery, said)
    work()
    texts = [sent["text"] for sent in bot.sent]
    assert len(texts) > 5
    assert all(len(text.encode("utf-16-le")) <= 2 * 4096 for text in texts)
    assert "\n".join(texts) == said.reply


def test_nine_thousand_characters_with_marks_arrive_as_they_were_typed(eve, eves_chat, write, bot):
    said = answering.Answer("\n".join(["<b>bold</b> & *stars* _lines_ " + "x" * 60] * 100))
    write("my tasks")
    [delivery] = Delivery.objects.all()
    answering._settle(delivery, said)
    work()
    assert "\n".join(sent["text"] for sent in bot.sent) == said.reply
    assert len(said.reply) > 9000
    assert not any("parse_mode" in sent for sent in bot.sent)


def test_an_update_that_comes_again_is_one(eve, eves_chat, write, bot):
    write(SENTENCE, number=7)
    write(SENTENCE, number=7)
    work()
    write(SENTENCE, number=7)
    work()
    assert Task.objects.filter(creator=eve).count() == 1
    assert len(bot.sent) == 1


def test_a_worker_that_dies_before_the_end_leaves_nothing_half_done(
    eve, eves_chat, write, monkeypatch
):
    def die(_owed):
        raise KeyboardInterrupt

    write(SENTENCE)
    [delivery] = Delivery.objects.all()
    with monkeypatch.context() as broken:
        broken.setattr(answering, "owe_messages", die)
        with pytest.raises(KeyboardInterrupt), outermost():
            answering.answer_delivery(delivery.pk)
    assert not Task.objects.filter(creator=eve).exists()
    assert not Action.objects.exists()
    Delivery.objects.update(wake_at=timezone.now())
    with public_context():
        sweep_due()
    work()
    assert Task.objects.filter(creator=eve).count() == 1


def test_two_workers_answer_once(eve, eves_chat, write, monkeypatch, bot):
    write(SENTENCE)
    [delivery] = Delivery.objects.all()
    honest = answering.answer

    def overtaken(**given):
        monkeypatch.setattr(answering, "answer", honest)
        Delivery.objects.update(wake_at=timezone.now())
        answering.answer_delivery(delivery.pk)
        return honest(**given)

    monkeypatch.setattr(answering, "answer", overtaken)
    work()
    assert Task.objects.filter(creator=eve).count() == 1
    assert len(bot.sent) == 1


def test_what_always_fails_is_told_in_the_end(eve, eves_chat, write, monkeypatch, bot):
    def broken(**_given):
        raise ZeroDivisionError

    monkeypatch.setattr(answering, "answer", broken)
    write(SENTENCE)
    [delivery] = Delivery.objects.all()
    with outermost():
        for _try in range(answering.MOST_ATTEMPTS - 1):
            with pytest.raises(ZeroDivisionError):
                answering.answer_delivery(delivery.pk)
    work()
    assert [sent["text"] for sent in bot.sent] == [answering.FAILED]
    delivery.refresh_from_db()
    assert delivery.wake_at is None


def test_what_was_taken_in_is_found_again_by_the_sweep(eve, eves_chat, write):
    write(SENTENCE)
    [delivery] = Delivery.objects.all()
    before = delivery.wake_at
    wake_deliveries([delivery.pk], before + timedelta(seconds=1))
    delivery.refresh_from_db()
    assert delivery.wake_at > before


# --- What is heard


def test_only_telegram_is_heard(brought, write, eves_chat, settings):
    update = touch("v1:yes")
    assert brought(update, secret="x" * 64).status_code == 403
    settings.TELEGRAM_BOT_TOKEN = ""
    assert brought(update).status_code == 403
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("vector", vectors("telegram"), ids=why)
def test_the_secret_that_telegram_shows_is_compared_whole(vector, eve, settings, monkeypatch):
    # An unset secret is a bot that is not set up.
    settings.TELEGRAM_BOT_TOKEN = TOKEN if vector["secret_token"] else ""
    monkeypatch.setattr("inbound.telegram.webhook_secret", lambda: vector["secret_token"])
    shown = vector["header"]
    headers = {} if shown is None else {"X-Telegram-Bot-Api-Secret-Token": shown}
    answer = APIClient(HTTP_HOST="localhost").post(WEBHOOK, {}, format="json", headers=headers)
    assert answer.status_code == (200 if vector["valid"] else 403)


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": 1},
        {"update_id": "x", "message": {"chat": {"id": CHAT, "type": "private"}, "text": "a"}},
        {"update_id": 1, "edited_message": {"chat": {"id": CHAT, "type": "group"}, "text": "a"}},
        {"update_id": 1, "message": {"chat": {"id": CHAT, "type": "group"}, "text": "a"}},
        {"update_id": 1, "message": {"chat": {"id": CHAT, "type": "private"}, "photo": []}},
        {"update_id": 1, "message": None},
        {"update_id": 1, "callback_query": {"id": "1"}},
        {"update_id": 1, "poll": {}},
    ],
)
def test_what_we_did_not_ask_for_is_left_alone(update, brought, eves_chat):
    answer = brought(update)
    assert (answer.status_code, answer.json()) == (200, {})
    assert not Delivery.objects.exists()


# --- The command


def test_the_command_tells_telegram_where_to_come(bot, settings):
    settings.TELEGRAM_WEBHOOK_URL = "https://office.example/api/v1/integrations/telegram/webhook"
    call_command("telegram_webhook")
    [(method, values)] = bot.calls
    assert (method, values["url"]) == ("setWebhook", settings.TELEGRAM_WEBHOOK_URL)
    assert len(values["secret_token"]) == 64


def test_the_command_says_what_is_missing(bot, settings):
    settings.TELEGRAM_WEBHOOK_URL = ""
    with pytest.raises(CommandError, match="TELEGRAM_WEBHOOK_URL"):
        call_command("telegram_webhook")
    settings.TELEGRAM_WEBHOOK_URL = "https://office.example/x"
    bot.refuses(400, "Bad Request: bad webhook")
    with pytest.raises(CommandError, match="bad webhook"):
        call_command("telegram_webhook")
