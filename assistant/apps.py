"""The assistant app."""

from django.apps import AppConfig


class AssistantConfig(AppConfig):
    """Understands office language and acts through the services of the other apps."""

    name = "assistant"
    verbose_name = "Assistant"

    def ready(self) -> None:
        """Have messages answered, calls counted by plans, and keys kept out of archives."""
        from accounts.undoing import Keeper, register_keeper
        from assistant import event_handlers, task_handlers  # noqa: F401  need the apps
        from assistant.actions import keep_change, keep_creation
        from assistant.event_kind import EVENTS, KIND
        from assistant.file_kind import FILES
        from assistant.filter_kind import FILTERS
        from assistant.kinds import register_kind
        from assistant.llm.ledger import count_this_month
        from assistant.task_kind import TASKS
        from tasks.undoing import FILE, FILTER
        from tenants.archive.format import leave_out
        from tenants.plans import Use, register_use

        register_kind("task", TASKS)
        register_kind(KIND, EVENTS)
        register_kind(FILTER, FILTERS)
        register_kind(FILE, FILES)
        register_keeper(Keeper(change=keep_change, creation=keep_creation))
        calls = Use(
            count=count_this_month,
            one="AI call a month",
            many="AI calls a month",
            advice="Wait for the next month",
        )
        register_use("ai_calls_per_month", calls)
        leave_out(self.get_model("ModelKey")._meta.db_table)
