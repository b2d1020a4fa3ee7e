"""The webhooks app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Programs outside that are told what happens in the office."""

    name = "webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        """Let the sweep find what is to be told; secrets stay out of archives."""
        from messaging.due import DueKind, MessageKind, register_due, register_message
        from tenants.archive.format import leave_out
        from webhooks.models import KIND, SWITCHED_OFF
        from webhooks.services import wake_deliveries

        register_due(KIND, DueKind(handle=wake_deliveries))
        register_message(SWITCHED_OFF, MessageKind(goes_on=False))
        for name in ("Webhook", "WebhookDelivery"):
            leave_out(self.get_model(name)._meta.db_table)
