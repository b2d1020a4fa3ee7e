"""The links by which people bring their chats home."""

from django.conf import settings

from accounts.models import Channel, User
from common.errors import MissingError
from messaging.contacts import Code, make_code


def link_to_telegram(person: User) -> dict[str, object]:
    """Return the address and when it ends. Raises MissingError where the platform has no bot."""
    if not (settings.TELEGRAM_BOT_TOKEN and settings.TELEGRAM_BOT_NAME):
        raise MissingError("This platform has no Telegram bot.", code="not_set_up")
    code: Code = make_code(person=person, channel=Channel.TELEGRAM)
    url = f"https://t.me/{settings.TELEGRAM_BOT_NAME}?start={code.text}"
    return {"url": url, "expires_at": code.expires_at}
