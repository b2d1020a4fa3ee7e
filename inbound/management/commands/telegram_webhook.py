"""Tell Telegram where to bring what people write."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inbound.telegram import webhook_secret
from messaging.channels.base import DeliveryError
from messaging.channels.telegram import call


class Command(BaseCommand):
    """Registers TELEGRAM_WEBHOOK_URL with the secret that the webhook asks for."""

    help = "Tell Telegram the address of our webhook and the secret that proves who calls."

    def handle(self, *args: Any, **options: Any) -> None:
        """Call setWebhook."""
        if not (settings.TELEGRAM_BOT_TOKEN and settings.TELEGRAM_WEBHOOK_URL):
            raise CommandError("Set TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_URL first.")
        values = {
            "url": settings.TELEGRAM_WEBHOOK_URL,
            "secret_token": webhook_secret(),
            "allowed_updates": ["message", "callback_query", "my_chat_member"],
        }
        try:
            call("setWebhook", values)
        except DeliveryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Telegram brings updates to {settings.TELEGRAM_WEBHOOK_URL}.")
