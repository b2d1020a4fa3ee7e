"""The notes app."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """What people write down: notes, minutes of meetings, policies."""

    name = "notes"
    verbose_name = "Notes"

    def ready(self) -> None:
        """Have notes written down that are said in a conversation, and summaries made."""
        from accounts.finding import register_finder
        from assistant.kinds import register_kind
        from messaging.due import DueKind, register_due
        from notes import (
            chat,  # noqa: F401  needs the apps
            note_kind,
        )
        from notes.finding import NOTES
        from notes.summarizing import KIND, wake_summaries

        register_finder(NOTES)
        register_kind(note_kind.KIND, note_kind.NOTES)
        register_due(KIND, DueKind(handle=wake_summaries))
