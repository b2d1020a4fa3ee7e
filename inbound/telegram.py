"""What Telegram brings to the bot's webhook (core.telegram.org/bots/api, Update).

Answers to strangers and to commands go back in the webhook's own response, so that nothing of them
is stored. What a linked person writes is taken in and answered through the outbox.
"""

import hmac
import logging
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings

from accounts.models import Channel
from inbound.models import TOUCH
from inbound.services import Heard, receive
from messaging.contacts import choose, close, use_code
from tenants.context import tenant_transaction
from tenants.directory import people_at

logger = logging.getLogger(__name__)

TELEGRAM = Channel.TELEGRAM
# What it may bring of which we take nothing, or not in this form (core.telegram.org/bots/api).
KINDS = frozenset(
    {
        *("message", "edited_message", "callback_query", "my_chat_member", "chat_member"),
        *("channel_post", "edited_channel_post", "inline_query", "chosen_inline_result"),
        *("poll", "poll_answer", "message_reaction", "chat_join_request", "pre_checkout_query"),
    }
)
STRANGER = (
    "I am the assistant of an office. If you work there, open “Notifications” on its pages and"
    " link this chat."
)
BAD_CODE = "This link is no good any more. Ask for a new one on the page “Notifications”."
HELP = (
    "Write what there is to do, as “remind finance to approve the invoice tomorrow at 3pm”."
    " /tenant shows your offices, /stop ends this chat."
)
STOPPED = "Nothing comes here any more. Link this chat again when you want to be back."
LEFT = frozenset({"kicked", "left"})
# answerCallbackQuery: 200 characters.
LONGEST_NOTICE = 200


class Said(NamedTuple):
    """What somebody wrote, or touched, in a private chat."""

    update_id: int
    chat: str
    text: str
    callback: str = ""
    """The id of the touch on a button, which wants to be answered."""
    has_left: bool = False
    place: str = ""
    """The message: what was written, or what the touched button stands below."""
    is_edit: bool = False


def webhook_secret() -> str:
    """Return what Telegram shows in X-Telegram-Bot-Api-Secret-Token; it follows from secrets."""
    key = f"telegram:{settings.SECRET_KEY}".encode()
    return hmac.new(key, settings.TELEGRAM_BOT_TOKEN.encode(), sha256).hexdigest()


def is_telegram(secret: str) -> bool:
    """Tell whether a request to the webhook comes from where the bot's token is known."""
    if not settings.TELEGRAM_BOT_TOKEN:
        return False
    return hmac.compare_digest(secret.encode(), webhook_secret().encode())


def take(update: Any) -> dict[str, Any]:
    """Take an update in and return the response: what Telegram is to do, or nothing.

    An update of another kind than those that we asked for is answered and left alone.
    """
    said = read_update(update)
    if said is None:
        logger.info("update left alone", extra={"update": kind_of(update)})
        return {}
    if said.has_left:
        _close_all(said.chat, "The chat was closed.")
        return {}
    if said.is_edit:
        # A command is obeyed when it is sent, and strangers have had their answer.
        _take_in(said)
        return {}
    reply = _obey(said)
    if said.callback:
        values = {"text": reply[:LONGEST_NOTICE]} if reply else {}
        return {"method": "answerCallbackQuery", "callback_query_id": said.callback, **values}
    return {"method": "sendMessage", "chat_id": int(said.chat), "text": reply} if reply else {}


def kind_of(update: Any) -> str:
    """Return what kind of update it is, for the log; no word of it is kept."""
    kinds = sorted(set(update) & KINDS) if isinstance(update, dict) else []
    return " ".join(kinds) or "unknown"


def read_update(update: Any) -> Said | None:
    """Return what was said; None for what is not from a person in a private chat."""
    try:
        number, callback = int(update["update_id"]), ""
        if "callback_query" in update:
            query = update["callback_query"]
            # What a button says is never taken for words of the person.
            data = TOUCH + query["data"].removeprefix(TOUCH)
            message = {**query["message"], "text": data}
            callback = str(query["id"])
        elif "my_chat_member" in update:
            member = update["my_chat_member"]
            message = {"chat": member["chat"], "text": ""}
            if member["new_chat_member"]["status"] not in LEFT:
                return None
        else:
            message = update["edited_message" if "edited_message" in update else "message"]
        chat, text = message["chat"], message["text"]
        if chat["type"] != "private" or not isinstance(text, str):
            return None
        has_left = "my_chat_member" in update
        place = "" if has_left else str(int(message.get("message_id", 0)) or "")
        is_edit = "edited_message" in update
        return Said(number, str(int(chat["id"])), text.strip(), callback, has_left, place, is_edit)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _obey(said: Said) -> str:
    """Do what a command says and return the answer; empty for what the assistant will answer."""
    command, _space, rest = said.text.partition(" ")
    if command == "/start" and rest:
        return _link(said.chat, rest.strip())
    if not people_at(TELEGRAM, said.chat):
        return STRANGER
    if command in {"/start", "/help"}:
        return HELP
    if command == "/stop":
        _close_all(said.chat, "The person wrote /stop.")
        return STOPPED
    if command == "/tenant":
        return _choose(said.chat, rest.strip().lower())
    return "" if _take_in(said) else STRANGER


def _take_in(said: Said) -> bool:
    name = str(said.update_id)
    return receive(Heard(TELEGRAM, name, said.chat, said.text, said.place, said.is_edit))


def _link(chat: str, code: str) -> str:
    linked = use_code(text=code, channel=TELEGRAM, address=chat)
    if linked is None:
        return BAD_CODE
    tenant, person = linked
    return f"This chat is linked with {person.full_name} at {tenant.name}. {HELP}"


def _choose(chat: str, slug: str) -> str:
    offices = {tenant.slug: tenant for tenant, _person in people_at(TELEGRAM, chat)}
    if slug in offices:
        with tenant_transaction(offices[slug]):
            choose(channel=TELEGRAM, address=chat)
        return f"What you write is now meant for {offices[slug].name}."
    current, *others = offices.values()
    lines = [f"What you write is meant for {current.name}."]
    lines += [f"/tenant {office.slug} changes to {office.name}" for office in others]
    return "\n".join(lines)


def _close_all(chat: str, why: str) -> None:
    for tenant, _person in people_at(TELEGRAM, chat):
        with tenant_transaction(tenant):
            close(channel=TELEGRAM, address=chat, why=why)
