"""The tasks app."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Tasks, their reminders and comments."""

    name = "tasks"
    verbose_name = "Tasks"

    def ready(self) -> None:
        """Tell the sweep, the ledger and digests what comes, and the plans what is open."""
        from accounts.finding import register_finder
        from messaging.digests import register_digest
        from messaging.due import DueKind, MessageKind, register_due, register_message
        from tasks.attaching import wake_leftovers
        from tasks.digests import tasks_ahead
        from tasks.finding import TASKS
        from tasks.mentions import KIND as MENTION
        from tasks.mentions import objections as mention_objections
        from tasks.mentions import unread_mentions
        from tasks.models import LEFTOVER, Task, TaskFile
        from tasks.reminders import DUE_KIND, objections, owe_due_reminders, planned_reminders
        from tasks.shelf import SHELF
        from tenants.plans import Use, add_to_use, register_use
        from tenants.reads import Count
        from tenants.stores import register_store
        from tenants.uploads import STORE

        open_tasks = Use(
            count=Count(Task.objects.open),
            one="open task",
            many="open tasks",
            advice="Complete some",
        )
        register_use("tasks", open_tasks)
        add_to_use("storage_bytes", TaskFile.objects.all)
        register_store(SHELF.folder, STORE)
        register_due(LEFTOVER, DueKind(handle=wake_leftovers))
        register_finder(TASKS)
        register_due(DUE_KIND, DueKind(handle=owe_due_reminders, plan=planned_reminders))
        register_digest(tasks_ahead)
        register_digest(unread_mentions)
        register_message(DUE_KIND, MessageKind(objections=objections))
        register_message(MENTION, MessageKind(objections=mention_objections))
