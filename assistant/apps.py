"""The assistant app."""

from django.apps import AppConfig


class AssistantConfig(AppConfig):
    """Understands office language and acts through the services of the other apps."""

    name = "assistant"
    verbose_name = "Assistant"

    def ready(self) -> None:
        """Have messages about tasks answered."""
        from assistant import task_handlers  # noqa: F401  needs the apps
