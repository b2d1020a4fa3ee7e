"""The messaging app."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Owed messages and their delivery."""

    name = "messaging"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Tell the sweep what to do with messages that are due."""
        from messaging.due import DueKind, register_due
        from messaging.services import retry_messages

        register_due("message", DueKind(handle=retry_messages))
