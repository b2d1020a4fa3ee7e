"""The notes app."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """What people write down: notes, minutes of meetings, policies."""

    name = "notes"
    verbose_name = "Notes"
