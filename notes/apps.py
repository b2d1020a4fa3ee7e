"""The notes app."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """What people write down: notes, minutes of meetings, policies."""

    name = "notes"
    verbose_name = "Notes"

    def ready(self) -> None:
        """Have notes written down that are said in a conversation, and summaries made."""
        from messaging.due import DueKind, register_due
        from notes import chat  # noqa: F401  needs the apps
        from notes.summarizing import KIND, wake_summaries

        register_due(KIND, DueKind(handle=wake_summaries))
