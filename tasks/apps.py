"""The tasks app."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Tasks, their reminders and comments."""

    name = "tasks"
    verbose_name = "Tasks"

    def ready(self) -> None:
        """Tell the sweep and the ledger about reminders."""
        from messaging.due import DueKind, MessageKind, register_due, register_message
        from tasks.reminders import DUE_KIND, objection, owe_due_reminders

        register_due(DUE_KIND, DueKind(handle=owe_due_reminders))
        register_message(DUE_KIND, MessageKind(objection=objection))
