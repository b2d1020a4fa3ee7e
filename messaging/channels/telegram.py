"""Telegram, by the bot of the platform (core.telegram.org/bots/api)."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from accounts.models import Channel, User
from common.http import Deadline, Limits, NoAnswerError, post
from messaging.channels.base import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelThrottledError,
    ChannelUnavailableError,
    Letter,
    OutcomeUnknownError,
    Sender,
    Way,
)
from messaging.contacts import addresses_by, close, why_closed

# sendMessage: 1-4096 characters.
LONGEST = 4096
PATIENCE_SECONDS = 35
# What it says of an edit that was made already.
NOT_MODIFIED = "message is not modified"
UNAUTHORIZED, FORBIDDEN, THROTTLED, SERVER_ERRORS = 401, 403, 429, 500


class TelegramGateway:
    """Sends as the bot; there is no key by which Telegram would drop a second copy."""

    idempotent = False

    @property
    def sender(self) -> Sender:
        """The platform's bot; the part of its token before the colon is its id, no secret."""
        bot = settings.TELEGRAM_BOT_TOKEN.partition(":")[0]
        return Sender(f"{settings.TELEGRAM_API_BASE_URL}/{bot}", shared=True)

    def send(self, letter: Letter) -> str:
        """Send the letter as plain text, with its buttons below."""
        if why := why_closed(channel=Channel.TELEGRAM, address=letter.address):
            raise ChannelRefusedError(why)
        try:
            if letter.replaces and (place := _edit(letter)):
                return place
            sent = call("sendMessage", message_of(letter))
        except ChatClosedError as error:
            close(channel=Channel.TELEGRAM, address=letter.address, why=str(error))
            raise
        return f"{letter.address}:{sent['message_id']}"

    def find(self, letter: Letter, since: datetime) -> str | None:
        """Nobody can look into a chat: whether it is there only the person can say.

        What takes the place of another message may do so twice.
        """
        if letter.replaces and (place := _edit(letter)):
            return place
        raise OutcomeUnknownError("Telegram does not tell what stands in a chat.")

    def close(self) -> None:
        """Each call has a connection of its own."""


def message_of(letter: Letter) -> dict[str, Any]:
    """Return what is sent: plain text, with the buttons below."""
    message: dict[str, Any] = {
        "chat_id": int(letter.address),
        "text": shortened(letter.brief),
        "link_preview_options": {"is_disabled": True},
    }
    if letter.buttons:
        message["reply_markup"] = keyboard(letter.buttons)
    return message


def _edit(letter: Letter) -> str:
    """Put the letter in the place of an earlier message; empty where that cannot be changed.

    Buttons that the letter does not have are gone with the earlier words.
    """
    try:
        call("editMessageText", {**message_of(letter), "message_id": int(letter.replaces)})
    except ChatClosedError:
        raise
    except ChannelRefusedError as error:
        if NOT_MODIFIED not in str(error):
            # Deleted by the person, or too old: it is sent as a new one.
            return ""
    return f"{letter.address}:{letter.replaces}"


class ChatClosedError(ChannelRefusedError):
    """The person has blocked the bot, or is gone."""


def call(method: str, values: Mapping[str, Any]) -> Any:
    """Call a method of the bot and return its result. Raises a DeliveryError; none shows the token.

    What Telegram answers: `ok` with `result`, or `error_code`, `description` and for 429
    `parameters.retry_after`.
    """
    url = f"{settings.TELEGRAM_API_BASE_URL}/bot{settings.TELEGRAM_BOT_TOKEN}/{method}"
    limits = Limits(Deadline.after(PATIENCE_SECONDS), inside=None)
    try:
        answer = post(
            url,
            content=json.dumps(values).encode(),
            headers={"Content-Type": "application/json"},
            limits=limits,
        )
    except NoAnswerError as error:
        if error.sent:
            raise OutcomeUnknownError(f"Telegram did not answer: {error.reason}") from None
        raise ChannelDownError(f"Telegram cannot be reached: {error.reason}") from None
    told = _read(answer.body)
    if told.get("ok") is True:
        return told["result"]
    raise refusal(answer.status, told)


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def refusal(status: int, told: Mapping[str, Any]) -> Exception:
    """Return what an answer that is not ok means for the message."""
    code = told.get("error_code", status)
    words = f"Telegram said {code} {told.get('description', '')}".strip()
    if code == THROTTLED:
        seconds = (told.get("parameters") or {}).get("retry_after")
        wait = timedelta(seconds=seconds) if isinstance(seconds, int) else None
        return ChannelThrottledError(words, retry_after=wait)
    if code == FORBIDDEN:
        return ChatClosedError(words)
    if code == UNAUTHORIZED:
        return ChannelDownError("Telegram does not know the bot's token.")
    if code >= SERVER_ERRORS:
        return ChannelUnavailableError(words)
    return ChannelRefusedError(words)


def keyboard(buttons: Collection[tuple[str, str]]) -> dict[str, Any]:
    """Return the buttons as one row below a message; `callback_data` has 64 bytes at most."""
    row = [{"text": label, "callback_data": answer} for label, answer in buttons]
    return {"inline_keyboard": [row]}


def shortened(text: str) -> str:
    """Return at most as much as a message holds, cut at the end of a line."""
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST - 2]
    return (head.rpartition("\n")[0] or head) + "\n…"


def open_gateway() -> TelegramGateway:
    """Return the bot. Raises ChannelRefusedError where the platform has none."""
    if not settings.TELEGRAM_BOT_TOKEN:
        raise ChannelRefusedError("This platform has no Telegram bot.")
    return TelegramGateway()


def _addresses(people: Collection[User]) -> Mapping[UUID, str]:
    if not settings.TELEGRAM_BOT_TOKEN:
        return {}
    return addresses_by(Channel.TELEGRAM, people)


TELEGRAM = Way(open=open_gateway, addresses=_addresses, longest=LONGEST)
