"""A bot whose chats are linked, and what its people write."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Channel
from common.origin import Origin, origin_of_writes
from inbound.answering import answer_delivery
from inbound.models import Delivery
from inbound.telegram import webhook_secret
from messaging.contacts import link
from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from tests.conftest import outermost
from tests.peers.telegram import TOKEN, Bot, telegram

WEBHOOK = "/api/v1/integrations/telegram/webhook"
CHAT = 4711


@pytest.fixture
def bot(settings) -> Iterator[Bot]:
    with telegram() as peer:
        settings.TELEGRAM_API_BASE_URL = peer.url
        # Rates go by the store's own clock, which no test holds.
        settings.MESSAGE_RATES = {}
        settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_BOT_NAME = TOKEN, "acme_office_bot"
        yield peer
    assert peer.wrong == []


@pytest.fixture
def brought(bot, db) -> Callable[..., Any]:
    """`brought({...})` brings an update as Telegram does; returns what it is told to do."""
    client = APIClient(HTTP_HOST="localhost")

    def bring(update: dict[str, Any], secret: str = "") -> Any:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret or webhook_secret()}
        return client.post(WEBHOOK, update, format="json", headers=headers)

    return bring


@pytest.fixture
def write(brought) -> Callable[..., Any]:
    """`write("call Bob")` is what somebody writes in the chat."""
    numbers = count(1000)

    def say(
        text: str, chat: int = CHAT, number: int | None = None, *, edits: int = 0
    ) -> dict[str, Any]:
        who = {"id": chat, "is_bot": False, "first_name": "Eve"}
        update_id = next(numbers) if number is None else number
        kind = "edited_message" if edits else "message"
        message = {"message_id": edits or update_id, "date": 0, "from": who, "text": text}
        update = {
            "update_id": update_id,
            kind: {**message, "chat": {"id": chat, "type": "private"}},
        }
        answer = brought(update)
        assert answer.status_code == 200
        return answer.json()

    return say


@pytest.fixture
def eves_chat(eve) -> Any:
    return link(person=eve, channel=Channel.TELEGRAM, address=str(CHAT))


def work() -> list[Delivery]:
    """Do what the worker does: answer what came in, and send what is owed."""
    waiting = list(Delivery.objects.filter(answered_at=None).order_by("created_at"))
    with outermost(), origin_of_writes(Origin(source="job")):
        for delivery in waiting:
            answer_delivery(delivery.pk)
    queued = OutgoingMessage.objects.filter(status="queued").order_by("created_at")
    deliver(list(queued.values_list("pk", flat=True)))
    return waiting
