"""The inbound app."""

from django.apps import AppConfig


class InboundConfig(AppConfig):
    """What people write to the office from outside: taken in once, answered where it came from."""

    name = "inbound"
    verbose_name = "Incoming messages"

    def ready(self) -> None:
        """Let the sweep find what was taken in and not answered yet."""
        from inbound.models import KIND
        from inbound.services import wake_deliveries
        from messaging.due import DueKind, register_due

        register_due(KIND, DueKind(handle=wake_deliveries))
