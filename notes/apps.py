"""The notes app."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """What people write down: notes, minutes of meetings, policies."""

    name = "notes"
    verbose_name = "Notes"

    def ready(self) -> None:
        """Have notes written down that people ask for in a conversation."""
        from notes import chat  # noqa: F401  needs the apps
